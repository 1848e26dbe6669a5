"""A label scanned at the bench: the scan is a fact, and the shop's trigger ships (F230)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.commands.parcels import ScanLabel, Scanned
from app.domain.errors import BadValue, NotFound, OrderOnHold, WaybillNotLive
from app.domain.errors_gates import RefundPending
from app.domain.lifecycle import Blocked
from app.domain.states import (
    Machine,
    OrderState,
    ParcelState,
    PrintConfirmed,
    PrintState,
    ProofKind,
    ShippedBy,
    ShipTrigger,
    WaybillState,
)
from app.operations import blocked, packing_gate, print_queue, receivables, shippable, steps
from app.operations.outbound import refuse_read_only
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, events, outbox, stock_release
from app.store import orders as book
from app.store.seal import Row
from app.store.tables import line, orders, parcel, parcel_line, print_job, waybill
from app.store.work import Work

MOMENTS = {
    ShipTrigger.PRINT: "printed_at",
    ShipTrigger.VERIFY: "verified_at",
    ShipTrigger.WEIGH_OUT: "weighed_at",
    ShipTrigger.HAND_OVER: "handed_at",
}
NOTHING: Mapping[int, str] = {}
PRINTING = (PrintState.SPOOLED.value, PrintState.UNKNOWN.value, PrintState.CLAIMED.value)


def scan_label(work: Work, ask: ScanLabel, rules: Rulebook) -> Scanned:
    """Take a scan as a fact; when it is the shop's trigger, the order ships on the platform.

    Refused, so that the bench shows red: a number that is not ours, not live, or an order that
    must not leave. A second scan of the same step changes nothing and says so.
    """
    if ask.step not in set(ShipTrigger) or ask.weight_g < 0:
        raise BadValue(field="step", value=ask.step)
    label = label_of(work, ask.code)
    refuse_stopped(work, label["order_id"])
    if label["state"] != WaybillState.LIVE:
        raise WaybillNotLive(parcel_no=str(label["parcel_id"]), state=label["state"])
    box = work.row(parcel, label["parcel_id"])
    already = box[MOMENTS[ShipTrigger(ask.step)]] is not None
    if not already:
        if ask.step in packing_gate.LEAVING:
            packing_gate.refuse_unverified(work, rules, box)
        record_step(work, box, Taken(ShipTrigger(ask.step), label["carrier_no"], ask.weight_g))
        confirm_paper(work, label["id"])
    shipped = ship_if_due(work, rules, label["order_id"])
    return Scanned(label["order_id"], box["id"], shipped, already)


def label_of(work: Work, code: str) -> Row:
    """The waybill of a scanned number, the newest of that number; :class:`NotFound` for none."""
    query = select(waybill).where(waybill.c.carrier_no == code.strip().upper())
    rows = [work.checked(waybill, row) for row in work.rows(query.order_by(waybill.c.id))]
    if not rows:
        raise NotFound(what="waybill", id=code[:40])
    return rows[-1]


def refuse_stopped(work: Work, order_id: int) -> None:
    """Raise what keeps an order in the house: a refund, a hold, its end, a memo nobody read."""
    row = work.row(orders, order_id)
    ended = row["state"] in {OrderState.CANCELLED, OrderState.CLOSED}
    if shippable.is_refund(work, row):
        named = shippable.refund_named(work, order_id)
        raise RefundPending(order_no=row["external_no"], refund=named)
    if row["held"] or ended or row["platform_cancelled"]:
        raise OrderOnHold(order_no=row["external_no"], why=row["held"] or row["state"])
    packing_gate.refuse_unread_memo(work, order_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step a box took: which, by the number scanned ("" for none), and how heavy it was."""

    step: ShipTrigger
    reference: str
    weight_g: int = 0


def record_step(work: Work, box: Row, taken: Taken) -> None:
    """Write that a box took a step, and beyond "print" that it moved in the house."""
    values = {MOMENTS[taken.step]: work.now}
    if taken.weight_g:
        values["weight_g"] = taken.weight_g
    work.update(parcel, box["id"], **values)
    if taken.step is not ShipTrigger.PRINT:
        station = work.actor.host or "desk"
        fact = book.Fact(ProofKind.OUTBOUND_SCAN, station, taken.reference, box["id"])
        book.prove(work, box["order_id"], fact)
        cases.settle_all(work, box["order_id"], ("left_unproven",), "scanned_out")
    events.note(work, box["order_id"], f"scan_{taken.step}", "good", weight_g=taken.weight_g)


def confirm_paper(work: Work, waybill_id: int) -> None:
    """A label that was scanned is on paper, whatever was known of its print."""
    query = select(print_job.c.id).where(
        print_job.c.waybill_id == waybill_id, print_job.c.state.in_(PRINTING)
    )
    for row in work.rows(query):
        print_queue.on_paper(work, row["id"], PrintConfirmed.SCAN)


def ship_if_due(work: Work, rules: Rulebook, order_id: int) -> bool:
    """Ship when every box has reached the trigger; a guard that says no locks the order."""
    facts = steps.facts_of(work, rules, order_id)
    boxes = facts.order.boxes
    reached = bool(boxes) and all(b.reached(rules.policy.ship_trigger) for b in boxes)
    if facts.order.state is not OrderState.ALLOCATED or not reached:
        return False
    found = rules.lifecycle.attempt(Machine.ORDER, "ship", facts)
    if isinstance(found, Blocked):
        blocked.lock_order(work, rules, order_id, found.refusal())
        return False
    _leave_house(work, order_id)
    steps.apply(work, order_id, found)
    receivables.book(work, order_id, ShippedBy.SCAN, work.row(orders, order_id)["waybill_no"])
    if rules.policy.auto_writeback:
        write_back(work, rules, order_id)
    return True


def _leave_house(work: Work, order_id: int) -> None:
    """Take the goods off the shelf and mark their boxes as gone."""
    owed = [(item.line_id, item.to_ship) for item in book.lines_of(work, order_id) if item.to_ship]
    _fit_box(work, order_id, dict(owed))
    stock_release.use(work, order_id, owed)
    for line_id, quantity in owed:
        row = work.row(line, line_id)
        work.update(line, line_id, shipped=row["shipped"] + quantity)
    for box in book.sealed(work, parcel, order_id):
        if box["state"] == ParcelState.OPEN:
            work.update(parcel, box["id"], state=ParcelState.SHIPPED.value)


def _fit_box(work: Work, order_id: int, owed: dict[int, int]) -> None:
    """Let the box say what is really in it: items may have been cancelled since it was made."""
    boxes = [b for b in book.sealed(work, parcel, order_id) if b["state"] == ParcelState.OPEN]
    if len(boxes) != 1:
        return
    for row in work.of(parcel_line, "parcel_id", boxes[0]["id"]):
        left = owed.pop(row["line_id"], 0)
        if not left:
            work.delete(parcel_line, row["id"])
        elif left != row["quantity"]:
            work.update(parcel_line, row["id"], quantity=left)
    place = {"parcel_id": boxes[0]["id"]}
    for line_id, left in owed.items():
        row = {"id": work.ids.next(), "line_id": line_id, "quantity": left}
        work.insert(parcel_line, place | row)


def write_back(
    work: Work, rules: Rulebook, order_id: int, replaces: Mapping[int, str] = NOTHING
) -> None:
    """Ask for every shipped box to be told to the platform; one key a number, for ever.

    ``replaces`` holds, by box, the number the platform was told before.
    """
    refuse_read_only(rules)
    order = work.row(orders, order_id)
    for box in book.sealed(work, parcel, order_id):
        labels = [
            w
            for w in book.sealed(work, waybill, order_id)
            if w["parcel_id"] == box["id"] and w["state"] == WaybillState.LIVE
        ]
        if not labels or box["written_back_at"] is not None:
            continue
        courier = book.courier_of(labels[-1])
        effect = outbox.Effect(
            "ship_writeback",
            f"SHIP-{labels[-1]['intent_key']}",
            channel_id=order["channel_id"],
            order_id=order_id,
            object_id=box["id"],
            body={
                "external_id": order["external_id"],
                "carrier": courier,
                "carrier_name": rules.couriers.name(courier, "en"),
                "waybill_no": labels[-1]["carrier_no"],
                "lines": _lines(work, box["id"]),
                "replaces": replaces.get(box["id"], ""),
            },
        )
        outbox.put(work, effect)


def _lines(work: Work, parcel_id: int) -> list[tuple[str, int]]:
    query = (
        select(line.c.external_id, parcel_line.c.quantity)
        .join(line, line.c.id == parcel_line.c.line_id)
        .where(parcel_line.c.parcel_id == parcel_id)
        .order_by(line.c.id)
    )
    return [(row["external_id"], row["quantity"]) for row in work.rows(query)]


VERBS = (Verb(ScanLabel, scan_label, "pack.scan", "label_scanned"),)
