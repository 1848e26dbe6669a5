"""Goods that left without our scan: the carrier's word ships the order (F185).

A parcel that is in transit, out for delivery or signed for has left the house, whatever the bench
recorded. The order then counts as shipped, its goods leave the shelf and its money is owed. What
that goes against, proofs of ours that are missing (F004) or a stop that was not heeded, becomes an
exception; nothing is taken back by a later or repeated scan.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.states import (
    Held,
    LogisticsState,
    Machine,
    OrderState,
    ParcelState,
    ProofKind,
    ShippedBy,
)
from app.domain.tracking import LEFT, Track
from app.operations import receivables, steps
from app.operations.shipping import write_back
from app.rulebook import Rulebook
from app.store import cases, events, intake_rows
from app.store import orders as book
from app.store import stock_release as shelf
from app.store.cases import Notice
from app.store.seal import Row
from app.store.tables import line, orders, parcel
from app.store.work import Work

INSIDE = frozenset({OrderState.PAID, OrderState.ALLOCATED})
NEEDED = (ProofKind.WAYBILL, ProofKind.OUTBOUND_SCAN)


@dataclass(frozen=True, slots=True)
class Departure:
    """One scanned parcel whose order is judged: its waybill's row, and its order's."""

    work: Work
    rules: Rulebook
    label: Row
    order: Row


def follow(work: Work, rules: Rulebook, label: Row, tracks: Mapping[int, Track]) -> bool:
    """Let the order of a scanned parcel count as shipped once all its boxes are gone.

    ``tracks`` holds what was heard of each of its boxes, by parcel id. True when it was shipped.
    """
    it = Departure(work, rules, label, work.row(orders, label["order_id"]))
    if not any(track.furthest in LEFT for track in tracks.values()):
        return False
    if it.order["state"] == OrderState.CANCELLED:
        _conflict(it, "left_while_stopped", ("cancelled",))
        return False
    gone = all(track.furthest in LEFT for track in tracks.values())
    if it.order["state"] not in INSIDE or not gone:
        return False
    _ship(it, tracks[label["parcel_id"]].furthest)
    return True


def _ship(it: Departure, reached: LogisticsState) -> None:
    work, order_id, number = it.work, it.order["id"], it.label["carrier_no"]
    stopped = _stops(work, it.order)
    step = it.rules.lifecycle.step(Machine.ORDER, it.order["state"], "carrier_ship")
    steps.apply(work, order_id, step)
    _leave(work, order_id)
    said = {"waybill_no": number, "to": reached.value}
    events.note(work, order_id, "shipped_by_scan", "warning", **said)
    receivables.book(work, order_id, ShippedBy.CARRIER, number)
    if stopped:
        _conflict(it, "left_while_stopped", stopped)
        return
    there = book.proofs_of(work, order_id)
    if missing := tuple(kind.value for kind in NEEDED if kind not in there):
        _conflict(it, "left_unproven", missing)
    if it.rules.policy.auto_writeback and not it.rules.policy.read_only:
        write_back(work, it.rules, order_id)


def _stops(work: Work, row: Row) -> tuple[str, ...]:
    """What should have kept the order in the house, by the words of missing proofs."""
    refund = not book.REFUND_CASES.isdisjoint(cases.open_kinds(work, row["id"]))
    found = (
        str(row["held"]) if row["held"] != Held.NOT else "",
        "refund" if refund else "",
        "cancelled" if row["platform_cancelled"] else "",
    )
    return tuple(word for word in found if word)


def _leave(work: Work, order_id: int) -> None:
    """Take off the shelf what is held for the order, and mark its boxes as gone."""
    for item in book.sealed(work, line, order_id):
        owed = item["quantity"] - item["cancelled"] - item["shipped"]
        if owed > 0:
            shelf.use_held(work, order_id, item["id"], owed)
            work.update(line, item["id"], shipped=item["shipped"] + owed)
    for box in book.sealed(work, parcel, order_id):
        if box["state"] == ParcelState.OPEN:
            work.update(parcel, box["id"], state=ParcelState.SHIPPED.value)


def _conflict(it: Departure, kind: str, missing: tuple[str, ...]) -> None:
    """Open the exception, once: what a person settled is not opened by the next scan."""
    row, number = it.order, it.label["carrier_no"]
    if intake_rows.was_noticed(it.work, row["id"], kind, number):
        return
    args = {"waybill_no": number, "missing": ",".join(missing)}
    amount = (row["total_minor"], row["currency"])
    notice = Notice(kind, row["id"], row["channel_id"], subject=number, args=args, amount=amount)
    cases.open_case(it.work, it.rules.cases, notice)
