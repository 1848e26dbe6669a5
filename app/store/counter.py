"""What a shop sold over its counter, or offline, and Waydesk has not taken off the shelf yet."""

from sqlalchemy import exists, func, select

from app.domain.states import OrderState
from app.store.seal import Row
from app.store.tables import line, lock, orders, stock_move
from app.store.work import Work

CAUSE = "counter"
HANDED_OVER = (OrderState.SHIPPED.value, OrderState.COMPLETED.value)


def sold(work: Work, channel_id: int, since: int, limit: int) -> list[Row]:
    """Items handed over since (UTC ms) without a reservation and not merged yet, oldest first.

    What nobody has named comes last: it waits for a person, and must not keep the others waiting.
    """
    merged = exists().where(stock_move.c.cause_kind == CAUSE, stock_move.c.cause_id == line.c.id)
    held = exists().where(lock.c.line_id == line.c.id)
    query = (
        select(line)
        .join(orders, orders.c.id == line.c.order_id)
        .where(
            orders.c.channel_id == channel_id,
            orders.c.state.in_(HANDED_OVER),
            func.coalesce(orders.c.placed_at, orders.c.state_at) >= since,
            line.c.shipped > 0,
            ~merged,
            ~held,
        )
        .order_by(line.c.sku_known.desc(), orders.c.placed_at, line.c.id)
    )
    return [work.checked(line, row) for row in work.rows(query.limit(limit))]


def codes_of(work: Work, order_ids: list[int]) -> set[str]:
    """The merchant codes of these orders' items."""
    return {item["sku"] for item in work.of(line, "order_id", *order_ids)} if order_ids else set()


def waiting(work: Work, channel_id: int, limit: int) -> list[int]:
    """Paid orders of a shop that nobody stops and that hold nothing yet, oldest first."""
    query = (
        select(orders.c.id)
        .where(
            orders.c.channel_id == channel_id,
            orders.c.state == OrderState.PAID.value,
            orders.c.held == "",
            orders.c.reserved_at.is_(None),
        )
        .order_by(orders.c.placed_at, orders.c.id)
        .limit(limit)
    )
    return [row["id"] for row in work.rows(query)]
