"""What carriers answered about waybills, written through in the name of sync.

Every outcome has its place: live, rejected, or unknown until somebody knows better. A fact that
arrives late is still a fact: the answer is kept whatever became of the order meanwhile.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import or_, select, update

from app.domain.errors import RowChanged
from app.domain.states import LogisticsState, OrderState, ProofKind, WaybillState
from app.domain.waybill_plan import MOST_LOOKUPS, wait_ms
from app.operations import packing_gate, print_queue, reconcile, tampered
from app.rulebook import Rulebook
from app.store import cases, credentials, events, label_data
from app.store import orders as book
from app.store.cases import Notice
from app.store.label_data import LabelData
from app.store.seal import Row
from app.store.tables import orders, print_job, waybill
from app.store.tables_record import case
from app.store.work import Work
from sync.waybill_records import PrintData, WaybillAnswer

KEY_REFUSED = "key_refused"
NO_LABEL = "label_not_given"
MISMATCH = "waybill_mismatch"
ANSWERED = ("waybill_unknown", "waybill_rejected", "void_failed", MISMATCH)
GONE = (
    *("void_failed", "cancelled_after_label", "changed_after_label", MISMATCH),
    NO_LABEL,
)
DAY_MS = 24 * 3_600_000
DUE = (WaybillState.INTENT.value, WaybillState.UNKNOWN.value, WaybillState.VOIDING.value)
# After a restore nothing new is bought until a person has looked.
DUE_LOST = (WaybillState.UNKNOWN.value,)


def due(work: Work, limit: int, stopped: Collection[str] = ()) -> list[Row]:
    """Waybills that something can be done about now, oldest first.

    ``stopped`` are accounts whose key was refused: what is theirs waits for a person.
    """
    states = DUE_LOST if reconcile.is_due(work) else DUE
    query = select(waybill).where(
        waybill.c.state.in_(states),
        or_(waybill.c.next_at.is_(None), waybill.c.next_at <= work.now),
        waybill.c.carrier_account.not_in(stopped),
    )
    rows = work.rows(query.order_by(waybill.c.next_at, waybill.c.id).limit(limit))
    return [work.checked(waybill, row) for row in rows]


def stopped(work: Work) -> set[str]:
    """The accounts that wait for a person: their key was refused, and nobody settled that yet."""
    query = select(case.c.subject).where(
        case.c.kind == KEY_REFUSED, case.c.channel_id == 0, case.c.state != "settled"
    )
    return {row["subject"] for row in work.rows(query)}


def key_refused(work: Work, rules: Rulebook, row: Row) -> None:
    """The carrier does not accept the account's key: it is not asked again until somebody acts."""
    account = row["carrier_account"]
    said = {"platform": account.split(":")[0].upper()}
    cases.open_case(work, rules.cases, Notice(KEY_REFUSED, subject=account, args=said))


def key_renewed(work: Work, account: str) -> None:
    """The account has a new key: what waited for it goes on."""
    query = select(case.c.id).where(
        case.c.kind == KEY_REFUSED, case.c.subject == account, case.c.state != "settled"
    )
    for row in work.rows(query):
        cases.settle(work, row["id"], "connected_again", work.actor.name)


def forget_requesting(work: Work) -> int:
    """After a start: a request that was under way when Waydesk died is unknown, never new."""
    if reconcile.is_due(work):
        return reconcile.doubt_intents(work)
    query = select(waybill.c.id).where(waybill.c.state == WaybillState.REQUESTING.value)
    found = [row["id"] for row in work.rows(query)]
    if found:
        change = update(waybill).where(waybill.c.id.in_(found))
        work.execute(change.values(state=WaybillState.UNKNOWN.value, next_at=work.now))
        work.touch(waybill, *found)
        work.tell("waybills_unknown", "waybill", n=len(found))
    return len(found)


def begin(work: Work, row: Row, prepared: bytes, digest: bytes) -> None:
    """Commit the exact bytes before the first one leaves."""
    work.update(
        waybill,
        row["id"],
        expect=row["version"],
        state=WaybillState.REQUESTING.value,
        request_ct=work.keys.encrypt("waybill", row["id"], "request_ct", prepared),
        request_digest=digest,
        first_sent_at=work.now,
    )
    credentials.served(work, int(row["carrier_account"].split(":")[1]))


def prepared_of(work: Work, row: Row) -> bytes:
    """The bytes that were sent, to send the very same again."""
    return work.keys.decrypt("waybill", row["id"], "request_ct", row["request_ct"]) or b""


def made_live(work: Work, rules: Rulebook, waybill_id: int, answer: WaybillAnswer) -> None:
    """The carrier has made the waybill: number kept, first proof recorded, label may print."""
    row = work.row(waybill, waybill_id)
    if row["state"] == WaybillState.LIVE:
        return
    credentials.served(work, int(row["carrier_account"].split(":")[1]), good=True)
    route = {
        "routing_mark": answer.routing_mark,
        "sort_code": answer.sort_code,
        "dest_code": answer.dest_code,
        "two_dimension_code": answer.two_dimension_code,
        "product_name": answer.product_name,
        "sub_nos": list(answer.sub_nos),
        "courier": answer.courier,
    }
    number_live(work, rules, row, Number(answer.waybill_no, route))
    if answer.print_data is not None:
        keep_label(work, rules, row, answer.print_data)


def keep_label(work: Work, rules: Rulebook, row: Row, told: PrintData) -> None:
    """Keep the label a platform or carrier gave, as it came; a carrier's own may print now."""
    label_data.keep(work, row["id"], LabelData(told.component, told.content, told.template_url))
    cases.settle_all(work, row["order_id"], (NO_LABEL,), "label_kept")
    carrier = row["carrier_account"].split(":")[0]
    now = packing_gate.prints_now(work, rules, row["parcel_id"])
    if now and rules.label_routes.brings_label(carrier):
        live = work.row(waybill, row["id"])["state"] == WaybillState.LIVE
        if live and not work.of(print_job, "waybill_id", row["id"]):
            print_queue.queue_first(work, rules, row["id"], print_queue.Where("", ""))


def label_not_given(work: Work, rules: Rulebook, row: Row, text: str) -> None:
    """The platform keeps the label of a live number: a person looks."""
    _case(work, rules, row, NO_LABEL, text=text[:200])


@dataclass(frozen=True, slots=True)
class Number:
    """A carrier's number with what its label needs, and how it came: api or typed."""

    waybill_no: str
    route: dict[str, Any]
    source: str = "api"


def number_live(work: Work, rules: Rulebook, row: Row, number: Number) -> None:
    """Put a number on a waybill row and follow what it means for its order."""
    work.update(
        waybill,
        row["id"],
        state=WaybillState.LIVE.value,
        carrier_no=number.waybill_no,
        route_json=msgspec.json.encode(number.route).decode(),
        source=number.source,
        next_at=None,
    )
    order_id, carrier = row["order_id"], row["carrier_account"].split(":")[0]
    fact = book.Fact(ProofKind.WAYBILL, carrier, number.waybill_no, row["parcel_id"])
    book.prove(work, order_id, fact)
    order = work.row(orders, order_id)
    if order["logistics"] == LogisticsState.NONE:
        work.update(orders, order_id, logistics=LogisticsState.WAYBILLED.value)
    events.note(
        work, order_id, "waybill_live", "good", carrier=carrier, waybill_no=number.waybill_no
    )
    cases.settle_all(work, order_id, ANSWERED, "waybill_live")
    if order["state"] in {OrderState.CANCELLED, OrderState.CLOSED}:
        _case(work, rules, row, "cancelled_after_label", waybill_no=number.waybill_no)
    elif rules.label_routes.is_drawn_here(carrier) and packing_gate.prints_now(
        work, rules, row["parcel_id"]
    ):
        print_queue.queue_first(work, rules, row["id"], print_queue.Where("", ""))
    work.mark("waybills", row["id"])


@dataclass(frozen=True, slots=True)
class CarrierNo:
    """A definite no: the carrier's code and words, and our own sentence for it.

    ``error`` is the code of a sentence of ours that says it and what to do, "" where there is none;
    ``said`` fills that sentence.
    """

    code: str
    text: str
    error: str = ""
    said: Mapping[str, str | int] = field(default_factory=dict)


def rejected(work: Work, rules: Rulebook, waybill_id: int, no: CarrierNo) -> None:
    """A definite no: the next try is a new generation, and a person reads what to do about it."""
    code, text = no.code, no.text
    row = work.row(waybill, waybill_id)
    work.update(
        waybill,
        waybill_id,
        state=WaybillState.REJECTED.value,
        rejected_code=code[:40],
        rejected_text=text[:500],
        next_at=None,
    )
    events.note(work, row["order_id"], "waybill_rejected", "bad", code=code[:40], text=text[:200])
    short = {name: told[:200] if isinstance(told, str) else told for name, told in no.said.items()}
    short |= {"code": code[:40], "text": text[:200], "error": no.error}
    _case(work, rules, row, "waybill_rejected", **short)


def lost(work: Work, waybill_id: int, wait: int) -> None:
    """Nobody knows whether the carrier made it: still open, looked up after ``wait`` ms."""
    after = work.now + wait
    work.update(waybill, waybill_id, state=WaybillState.UNKNOWN.value, next_at=after)


def not_sent(work: Work, before: Row, wait: int) -> None:
    """Nothing left this time: as it was ``before``, and tried again after ``wait`` ms.

    A resend that did not leave says nothing about the first sending, which stays unknown.
    """
    work.update(waybill, before["id"], state=before["state"], next_at=work.now + wait)


def not_found(work: Work, waybill_id: int, wait: int) -> None:
    """A lookup says the carrier does not know our reference, so far; asked again in ``wait`` ms."""
    row = work.row(waybill, waybill_id)
    work.update(
        waybill,
        waybill_id,
        lookups=row["lookups"] + 1,
        not_found_at=row["not_found_at"] or work.now,
        next_at=work.now + wait,
    )


def look_again(work: Work, rules: Rulebook, waybill_id: int, spread: float) -> None:
    """A lookup got no answer: nothing is learnt, and it is asked again, more and more rarely.

    After as many as the plan names a person is asked too; the lookups go on.
    """
    row = work.row(waybill, waybill_id)
    lookups = row["lookups"] + 1
    after = work.now + wait_ms(lookups, spread)
    work.update(waybill, waybill_id, lookups=lookups, next_at=after)
    if lookups >= MOST_LOOKUPS:
        _case(work, rules, row, "waybill_unknown", reference=row["intent_key"])


def send_again(work: Work, row: Row) -> None:
    """The same bytes leave once more under the same key; lookups begin anew."""
    work.update(
        waybill,
        row["id"],
        expect=row["version"],
        state=WaybillState.REQUESTING.value,
        not_found_at=None,
        lookups=0,
        first_sent_at=work.now,
    )


def repeat(work: Work, row: Row) -> None:
    """The same bytes leave once more, for the answer the carrier promises to give again.

    Its promise began with the first sending, so that one's time stays.
    """
    work.update(
        waybill,
        row["id"],
        expect=row["version"],
        state=WaybillState.REQUESTING.value,
        lookups=row["lookups"] + 1,
    )


def not_wanted(work: Work, row: Row) -> None:
    """Nothing was asked of the carrier yet, and the order needs it no more."""
    work.update(waybill, row["id"], state=WaybillState.VOIDED.value, next_at=None)
    events.note(work, row["order_id"], "waybill_voided", waybill_no="")


def adopt(work: Work, rules: Rulebook, waybill_id: int, found: WaybillAnswer, digest: str) -> bool:
    """Take what a carrier answered as ours; False when it shows itself to be another parcel's.

    It is somebody else's when the carrier says so (carriers that do not say for whom a parcel is
    leave ``receiver_digest`` open), and when its number stands on another parcel of this shop. Then
    the number is not taken, nothing prints, and a person looks. That an answer names our reference,
    where it names one, its connector has seen to.
    """
    row = work.row(waybill, waybill_id)
    why = "receiver" if found.receiver_digest not in {None, digest} else ""
    why = why or ("number" if _is_anothers(work, row, found.waybill_no) else "")
    if why:
        lost(work, waybill_id, DAY_MS)
        told = {"reference": row["intent_key"], "found_no": found.waybill_no[:40], "why": why}
        _case(work, rules, row, MISMATCH, **told)
        return False
    made_live(work, rules, waybill_id, found)
    return True


def _is_anothers(work: Work, row: Row, number: str) -> bool:
    """Whether a number stands on another waybill here, voided or not, bought or typed.

    Over whichever account: one carrier gives a number once. One number at two carriers is chance.
    """
    query = select(waybill.c.carrier_account).where(
        waybill.c.carrier_no == number, waybill.c.id != row["id"]
    )
    carrier = row["carrier_account"].split(":")[0]
    return any(one["carrier_account"].split(":")[0] == carrier for one in work.rows(query))


def void_again(work: Work, waybill_id: int, wait: int) -> None:
    """The carrier did not answer a void: it is asked again, which is harmless."""
    work.update(waybill, waybill_id, next_at=work.now + wait)


def altered(work: Work, rules: Rulebook, waybill_id: int, found: RowChanged) -> None:
    """A row of its order was changed behind our back: nothing is bought on what it says."""
    work.update(waybill, waybill_id, next_at=work.now + DAY_MS)
    tampered.open_case(work, rules, found)


def ask_person(work: Work, rules: Rulebook, waybill_id: int) -> None:
    """The carrier may have made a label: only a person can look now."""
    row = work.row(waybill, waybill_id)
    work.update(waybill, waybill_id, next_at=work.now + DAY_MS)
    _case(work, rules, row, "waybill_unknown", reference=row["intent_key"])


def voided(work: Work, waybill_id: int) -> None:
    """The carrier took the number back; another may be taken."""
    row = work.row(waybill, waybill_id)
    work.update(waybill, waybill_id, state=WaybillState.VOIDED.value, next_at=None)
    order = work.row(orders, row["order_id"])
    if order["logistics"] == LogisticsState.WAYBILLED:
        work.update(orders, row["order_id"], logistics=LogisticsState.NONE.value)
    events.note(work, row["order_id"], "waybill_voided", waybill_no=row["carrier_no"] or "")
    cases.settle_all(work, row["order_id"], GONE, "voided")


def void_failed(work: Work, rules: Rulebook, waybill_id: int, text: str) -> None:
    """The number is still open, so no replacement until somebody settles it."""
    row = work.row(waybill, waybill_id)
    work.update(waybill, waybill_id, state=WaybillState.VOID_FAILED.value, next_at=None)
    _case(work, rules, row, "void_failed", text=text[:200])


def _case(work: Work, rules: Rulebook, row: Row, kind: str, **args: str | int) -> None:
    order = work.row(orders, row["order_id"])
    notice = Notice(
        kind,
        row["order_id"],
        order["channel_id"],
        subject=row["intent_key"],
        args={"waybill_no": row["carrier_no"] or "", **args},
        amount=(order["total_minor"], order["currency"]),
    )
    cases.open_case(work, rules.cases, notice)
