"""Replenishment tickets in the book: one open at a time for each merchant code (F021)."""

from collections.abc import Mapping

from sqlalchemy import select

from app.domain.errors import NotInState
from app.store.seal import Row
from app.store.tables_breaker import replenishment
from app.store.work import Work


def open_tickets(work: Work) -> dict[str, Row]:
    """The open tickets by merchant code, each seal checked."""
    rows = work.rows(select(replenishment).where(replenishment.c.state == "open"))
    return {row["sku"]: work.checked(replenishment, row) for row in rows}


def open_them(work: Work, low: Mapping[str, int]) -> None:
    """Open a ticket for each of these codes, with what is free of it."""
    made = [(work.ids.next(), sku, free) for sku, free in sorted(low.items())]
    rows = [
        {"id": pk, "number": f"B{pk}", "sku": sku, "free": free, "opened_at": work.now}
        for pk, sku, free in made
    ]
    work.insert(replenishment, *rows)
    work.mark("replenishments")


def done(work: Work, row: Row) -> None:
    """Close a ticket: there is enough again."""
    work.update(replenishment, row["id"], row["version"], state="done", done_at=work.now)
    work.mark("replenishments")


def ordered(work: Work, ticket_id: int, quantity: int, reason: str) -> None:
    """Keep that a person ordered goods for a ticket; :class:`NotInState` for a closed one."""
    row = work.row(replenishment, ticket_id)
    if row["state"] != "open":
        raise NotInState(machine="replenishment", state=row["state"], action="order")
    by = {"ordered_at": work.now, "ordered_by": work.actor.name, "ordered_reason": reason}
    work.update(replenishment, ticket_id, row["version"], ordered=quantity, **by)
    work.mark("replenishments")
