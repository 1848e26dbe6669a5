"""After-sales in the book, found by the platform's number."""

from sqlalchemy import select

from app.store.seal import Row
from app.store.tables_after_sale import after_sale
from app.store.work import Work


def find(work: Work, channel_id: int, external_id: str) -> Row | None:
    """One after-sale of a shop, its seal checked; None where it was never told."""
    query = select(after_sale).where(
        after_sale.c.channel_id == channel_id, after_sale.c.external_id == external_id
    )
    found = work.rows(query.with_for_update())
    return work.checked(after_sale, found[0]) if found else None


def unsettled(work: Work, channel_ids: tuple[int, ...], limit: int = 20) -> list[Row]:
    """Answers nobody knows the outcome of, and answered ones not yet seen over, oldest first."""
    waits = after_sale.c.answer_state.in_(("done", "unknown")) & (after_sale.c.may != "")
    query = select(after_sale).where(waits, after_sale.c.channel_id.in_(channel_ids))
    rows = work.rows(query.order_by(after_sale.c.answered_at, after_sale.c.id).limit(limit))
    return [work.checked(after_sale, row) for row in rows]
