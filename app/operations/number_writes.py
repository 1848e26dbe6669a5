"""Gives parcels the numbers that were got elsewhere, changes them, and takes them back.

A number that takes another's place is told to the platform with the one it replaces; one that was
typed in error lets its number go, so that the parcel it belongs to can have it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.commands.numbers import GivenNumber
from app.domain.states import OrderState, OutboxState, ParcelState, WaybillState
from app.operations import number_plans, shipping, waybill_answers, waybill_intents
from app.operations.number_plans import BY_HAND, CHANGE, TOLD, Plan
from app.operations.waybill_answers import Number
from app.rulebook import Rulebook
from app.store import cases, events
from app.store import orders as book
from app.store import outbox as box_out
from app.store.seal import Row
from app.store.tables import line, orders, parcel, parcel_line, waybill
from app.store.tables_record import outbox
from app.store.work import Work

FAILED = ("writeback_failed", "dead_letter")


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever gives the numbers says of them all."""

    handed: bool
    reason: str


def give(work: Work, rules: Rulebook, plans: Sequence[Plan], wish: Wish) -> tuple[list[int], int]:
    """Carry one order's plans out; the waybills made, and how many parcels are to be told."""
    order_id = plans[0].given.order_id
    made: list[int] = []
    told = 0
    if any(not plan.box for plan in plans):
        plans = _with_boxes(work, order_id, plans)
    for plan in plans:
        if not plan.gives:
            continue
        if plan.label:
            waybill_answers.voided(work, plan.label)
        made.append(put_number(work, rules, plan.given, plan.box))
        if plan.verdict == TOLD:
            _tell_changed(work, rules, plan, wish.reason)
            told += 1
        elif plan.verdict == CHANGE:
            said = {"before": plan.before, "waybill_no": plan.given.number}
            events.note(work, order_id, "waybill_changed", reason=wish.reason, **said)
    if wish.handed:
        told += _hand_over(work, rules, order_id)
    return made, told


def put_number(work: Work, rules: Rulebook, given: GivenNumber, parcel_id: int) -> int:
    """Write the waybill of a number got elsewhere; one that let it go is no longer its bearer."""
    _let_go(work, given.number)
    account = f"{given.courier}{BY_HAND}"
    pk = waybill_intents.write_intent(work, given.order_id, parcel_id, account)
    row = work.row(waybill, pk)
    waybill_answers.number_live(work, rules, row, Number(given.number, {}, "typed"))
    return pk


def take_back(work: Work, waybill_id: int) -> bool:
    """Take a typed number back; False where it was told, left the house, or is none any more."""
    row = work.row(waybill, waybill_id)
    order_id = row["order_id"]
    order = work.row(orders, order_id)
    is_typed = row["state"] == WaybillState.LIVE and row["carrier_account"].endswith(BY_HAND)
    is_told = number_plans.told_of(work, order_id, row["parcel_id"]) is not None
    if not is_typed or is_told or order["state"] != OrderState.ALLOCATED:
        return False
    waybill_answers.voided(work, waybill_id)
    _join(work, order_id)
    return True


# --- inside -----------------------------------------------------------------------------------


def _let_go(work: Work, number: str) -> None:
    """Voided typed rows keep that they had a number, and no longer hold it."""
    query = select(waybill.c.id).where(
        waybill.c.carrier_no == number,
        waybill.c.state == WaybillState.VOIDED.value,
        waybill.c.carrier_account.endswith(BY_HAND),
    )
    for row in work.rows(query):
        work.update(waybill, row["id"], carrier_no=None, rejected_text=number)


def _with_boxes(work: Work, order_id: int, plans: Sequence[Plan]) -> list[Plan]:
    """Make the parcels of a split, and put into each what its number says is in it."""
    first = plans[0].box
    for row in work.of(parcel_line, "parcel_id", first):
        work.delete(parcel_line, row["id"])
    left = {item.line_id: item.to_ship for item in book.lines_of(work, order_id)}
    made: list[Plan] = []
    for plan in plans:
        pk = plan.box or _make_box(work, order_id)
        _fill(work, order_id, pk, plan.given, left)
        made.append(Plan(plan.given, plan.verdict, pk, plan.label, plan.before))
    events.note(work, order_id, "parcels_split", n=len(made))
    return made


def _make_box(work: Work, order_id: int) -> int:
    pk = work.ids.next()
    new = {"id": pk, "order_id": order_id, "public_id": f"P{pk}", "state": ParcelState.OPEN.value}
    work.insert(parcel, new)
    return pk


def _fill(work: Work, order_id: int, pk: int, given: GivenNumber, left: dict[int, int]) -> None:
    wanted: Counter[str] = Counter()
    for sku, quantity in given.items:
        wanted[sku] += quantity
    for item in book.sealed(work, line, order_id):
        take = min(wanted[item["sku"]], left.get(item["id"], 0))
        if take:
            wanted[item["sku"]] -= take
            left[item["id"]] -= take
            row = {"id": work.ids.next(), "parcel_id": pk, "line_id": item["id"], "quantity": take}
            work.insert(parcel_line, row)


def _join(work: Work, order_id: int) -> None:
    """Parcels of a split that bear no number any more are one parcel again."""
    labels = {
        row["parcel_id"]
        for row in book.sealed(work, waybill, order_id)
        if WaybillState(row["state"]).is_open
    }
    bare = [
        row
        for row in book.sealed(work, parcel, order_id)
        if row["state"] == ParcelState.OPEN and row["id"] not in labels
    ]
    if len(bare) < 2:
        return
    first, *others = bare
    inside = {row["line_id"]: row for row in work.of(parcel_line, "parcel_id", first["id"])}
    for other in others:
        for row in work.of(parcel_line, "parcel_id", other["id"]):
            held = inside.get(row["line_id"])
            if held is None:
                work.update(parcel_line, row["id"], parcel_id=first["id"])
                inside[row["line_id"]] = row
                continue
            held["quantity"] += row["quantity"]
            work.update(parcel_line, held["id"], quantity=held["quantity"])
            work.delete(parcel_line, row["id"])
        work.update(parcel, other["id"], state=ParcelState.VOID.value)


def _tell_changed(work: Work, rules: Rulebook, plan: Plan, reason: str) -> None:
    """Have the platform told the new number in place of the one it knows.

    An upload of the old one that has not left yet is withdrawn: the new one says both.
    """
    order_id = plan.given.order_id
    for row in book.sealed(work, outbox, order_id):
        mine = row["kind"] == "ship_writeback" and row["object_id"] == plan.box
        if mine and row["state"] in {"ready", "dead"}:
            box_out.settle(work, row["id"], OutboxState.WITHDRAWN.value)
            cases.settle_about(work, row["intent_key"], FAILED, "number_changed")
    work.update(parcel, plan.box, written_back_at=None)
    said = {"before": plan.before, "waybill_no": plan.given.number}
    events.note(work, order_id, "waybill_changed_told", "warning", reason=reason, **said)
    shipping.write_back(work, rules, order_id, replaces={plan.box: plan.before})


def _hand_over(work: Work, rules: Rulebook, order_id: int) -> int:
    """Take a person's word that the carrier has the parcels; how many are to be told by it."""
    here = [
        row["id"]
        for row in book.sealed(work, parcel, order_id)
        if row["state"] == ParcelState.OPEN and row["handed_at"] is None
    ]
    if not here:
        return 0
    for pk in here:
        work.update(parcel, pk, handed_at=work.now)
    events.note(work, order_id, "handed_by_word", "good")
    before = _uploads(work, order_id)
    shipping.ship_if_due(work, rules, order_id)
    return _uploads(work, order_id) - before


def _uploads(work: Work, order_id: int) -> int:
    rows: list[Row] = book.sealed(work, outbox, order_id)
    return sum(row["kind"] == "ship_writeback" for row in rows)
