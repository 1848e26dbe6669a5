"""What people do with waybills: take, type, void, and settle what nobody knows."""

from dataclasses import replace

import msgspec
from sqlalchemy import select

from app.commands.numbers import GivenNumber
from app.commands.parcels import (
    PerOrder,
    ResolveWaybill,
    TakeWaybills,
    TypeWaybill,
    VoidWaybill,
)
from app.domain.errors import (
    MissingProofs,
    NotFound,
    NotInState,
    ReceiverSealed,
    Refusal,
    WaybillNotLive,
    WaybillOpen,
)
from app.domain.states import Machine, WaybillState
from app.operations import (
    blocked,
    number_plans,
    number_writes,
    waybill_answers,
    waybill_intents,
    weights,
)
from app.operations.outbound import refuse_read_only
from app.operations.verbs import Facts, Verb, Weight
from app.operations.waybill_answers import Number
from app.rulebook import Rulebook
from app.store import cases, events
from app.store import orders as book
from app.store.seal import Row
from app.store.tables import waybill
from app.store.work import Work


def take_waybills(work: Work, ask: TakeWaybills, rules: Rulebook) -> PerOrder:
    """Want a waybill for every parcel of these orders; the others go on when one is refused."""
    done, refused = [], []
    for order_id in dict.fromkeys(ask.order_ids):
        try:
            waybill_intents.take(work, rules, order_id)
            done.append(order_id)
        except MissingProofs as refusal:
            blocked.lock_order(work, rules, order_id, refusal)
            refused.append((order_id, refusal.code))
        except ReceiverSealed as refusal:
            waybill_intents.want_ewaybill(work, rules, order_id)
            refused.append((order_id, refusal.code))
        except Refusal as refusal:
            refused.append((order_id, refusal.code))
    return PerOrder(done=tuple(done), refused=tuple(refused))


def type_waybill(work: Work, ask: TypeWaybill, rules: Rulebook) -> None:
    """Take a number got elsewhere: its shape is checked, and who typed it is recorded (F182)."""
    number = rules.waybill_numbers.accept(ask.carrier, ask.waybill_no)
    facts = book.view(work, ask.order_id)[1]
    rules.lifecycle.step(Machine.LOGISTICS, facts.logistics.value, "type_number")
    box = next((p for p in facts.boxes if p.waybill is None), None)
    if box is None:
        raise WaybillOpen(parcel_no=str(ask.order_id), state="open")
    holder = number_plans.holder_of(work, number, ask.order_id)
    if holder is not None:
        raise WaybillOpen(parcel_no=number, state=holder["state"])
    given = GivenNumber(0, ask.order_id, ask.carrier, number)
    number_writes.put_number(work, rules, given, box.parcel_id)


def _refuse_taken(work: Work, order_id: int, number: str) -> None:
    """One number is one parcel's: raises :class:`WaybillOpen` when another bears it."""
    query = select(waybill.c.order_id, waybill.c.state).where(waybill.c.carrier_no == number)
    for row in work.rows(query):
        if row["order_id"] != order_id or WaybillState(row["state"]).is_open:
            raise WaybillOpen(parcel_no=number, state=row["state"])


def void_waybill(work: Work, ask: VoidWaybill, rules: Rulebook) -> None:
    """Ask the carrier to take a number back; it stays open until the carrier has said yes."""
    refuse_read_only(rules)
    row = work.row(waybill, ask.waybill_id)
    if row["state"] not in {WaybillState.LIVE, WaybillState.VOID_FAILED}:
        raise WaybillNotLive(parcel_no=str(row["parcel_id"]), state=row["state"])
    _give_back(work, row, ask.reason)


def _give_back(work: Work, row: Row, reason: str) -> None:
    """A number got elsewhere is not ours to void; every other one the carrier is asked about."""
    if row["carrier_account"].endswith(":0"):
        waybill_answers.voided(work, row["id"])
        return
    work.update(waybill, row["id"], state=WaybillState.VOIDING.value, next_at=work.now)
    events.note(work, row["order_id"], "waybill_voiding", reason=reason)
    work.mark("waybills", row["id"])


def give_back_all(work: Work, order_id: int, reason: str) -> None:
    """A cancelled order needs no number: one not asked for is dropped, a live one given back.

    One whose answer is out stays open until the carrier has answered.
    """
    for row in book.sealed(work, waybill, order_id):
        if row["state"] == WaybillState.INTENT:
            waybill_answers.not_wanted(work, row)
        elif row["state"] == WaybillState.LIVE:
            _give_back(work, row, reason)


def resolve_waybill(work: Work, ask: ResolveWaybill, rules: Rulebook) -> None:
    """Settle a waybill nobody knows about, by what the carrier's own page shows."""
    row = _unsettled(work, ask)
    if ask.found_no:
        carrier = row["carrier_account"].split(":")[0]
        number = rules.waybill_numbers.accept(carrier, ask.found_no)
        if number != row["carrier_no"]:
            _refuse_taken(work, row["order_id"], number)
        route = msgspec.json.decode(row["route_json"])
        waybill_answers.number_live(work, rules, row, Number(number, route, "typed"))
        return
    if row["state"] == WaybillState.VOID_FAILED:
        waybill_answers.voided(work, row["id"])
        return
    work.update(waybill, row["id"], state=WaybillState.REJECTED.value, rejected_code="not_there")
    settled = ("waybill_unknown", waybill_answers.MISMATCH)
    cases.settle_all(work, row["order_id"], settled, ask.reason)
    events.note(work, row["order_id"], "waybill_not_there", "warning", reason=ask.reason)


def _unsettled(work: Work, ask: ResolveWaybill) -> Row:
    row = work.row(waybill, ask.waybill_id)
    if row["state"] not in {WaybillState.UNKNOWN, WaybillState.VOID_FAILED}:
        raise NotInState(machine="waybill", state=row["state"], action="resolve")
    return row


def waybill_of(work: Work, waybill_no: str) -> int:
    """The id of a live waybill by the carrier's number; :class:`NotFound` when none is ours."""
    query = waybill.select().where(waybill.c.carrier_no == waybill_no)
    rows = [work.checked(waybill, row) for row in work.rows(query)]
    if not rows:
        raise NotFound(what="waybill", id=waybill_no)
    return int(rows[-1]["id"])


def _resolve_weight(_work: Work, ask: ResolveWaybill, rules: Rulebook) -> Weight:
    """A number that was found costs nothing; "there is none" lets a second one be bought."""
    law = weights.by_law(rules, "waybill.resolve_unknown")
    return replace(law, two_people=law.two_people and not ask.found_no.strip())


def _resolve_facts(work: Work, ask: ResolveWaybill, _rules: Rulebook) -> Facts:
    return weights.about_order(work, _unsettled(work, ask)["order_id"])


VERBS = (
    Verb(TakeWaybills, take_waybills, "waybill.create", "waybills_taken"),
    Verb(TypeWaybill, type_waybill, "waybill.type_manual", "waybill_typed"),
    Verb(VoidWaybill, void_waybill, "waybill.void", "waybill_void_asked"),
    Verb(
        ResolveWaybill,
        resolve_waybill,
        "waybill.resolve_unknown",
        "waybill_resolved",
        weigh=_resolve_weight,
        facts=_resolve_facts,
    ),
)
