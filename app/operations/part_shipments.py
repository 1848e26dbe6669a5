"""Several parcels of one order, and a platform that takes an order only as a whole.

Such a platform closes the order with the first number it is told (WooCommerce completes it), so a
part is not told by itself: the shop's rule says whether it hears the last parcel, once everything
has left, or the first. Whether a platform can take a part is asked of its connector each time.
"""

from collections.abc import Set
from enum import StrEnum

from sqlalchemy import select

from app.domain.states import ParcelState
from app.operations import effects
from app.rulebook import Rulebook
from app.store import events
from app.store import orders as book
from app.store import outbox as box
from app.store.seal import Row
from app.store.tables import parcel
from app.store.tables_record import outbox
from app.store.work import Work

SHIP = "ship_writeback"
TAKES_PARTS = "ship_lines"
WAITS = "waits_for_rest"
LOOK_MS = 60_000


class Telling(StrEnum):
    """What becomes of a shipment that is due: told, held until the rest left, or told already."""

    NOW = "now"
    WAITS = "waits"
    COVERED = "covered"


def telling(work: Work, rules: Rulebook, row: Row, flags: Set[str]) -> Telling:
    """Whether a due effect may leave; ``flags`` are what the shop's connector says it can."""
    if row["kind"] != SHIP or TAKES_PARTS in flags:
        return Telling.NOW
    others = [one for one in _shipments(work, row) if one["object_id"] != row["object_id"]]
    if any(one["state"] == "done" for one in others):
        return Telling.COVERED
    if rules.policy.part_shipment == "first":
        first = all(row["id"] < one["id"] for one in others)
        return Telling.NOW if first else Telling.WAITS
    last = all(row["id"] > one["id"] for one in others)
    return Telling.NOW if last and not _rest(work, row["order_id"]) else Telling.WAITS


def settle(work: Work, row: Row, telling: Telling) -> None:
    """Write down what became of a shipment that is not told now."""
    if telling is Telling.COVERED:
        effects.done(work, row, "", already=True)
        work.tell("effect_covered", "outbox", row["id"])
    else:
        _hold(work, row)
        work.tell("effect_waits", "outbox", row["id"])


def _hold(work: Work, row: Row) -> None:
    """Look again in a minute; the order says once why its number is not told yet."""
    if row["last_error"] != WAITS:
        events.note(work, row["order_id"], "upload_waits", "info")
    box.settle(work, row["id"], "ready", next_at=work.now + LOOK_MS, last_error=WAITS)


def _shipments(work: Work, row: Row) -> list[Row]:
    query = select(outbox).where(outbox.c.order_id == row["order_id"], outbox.c.kind == SHIP)
    return work.rows(query)


def _rest(work: Work, order_id: int) -> bool:
    """Whether anything of the order is still in the house."""
    owed = any(item.to_ship for item in book.lines_of(work, order_id))
    boxes = work.of(parcel, "order_id", order_id)
    return owed or any(one["state"] == ParcelState.OPEN for one in boxes)
