"""Prints on their way to paper: claimed before a byte leaves, never a silent second copy.

One row is one copy of one label. A copy whose outcome nobody knows is never printed again by
itself (consistency.md 2.2, Printing).
"""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import func, select

from app.domain import masks
from app.domain.errors import CopyExists, WaybillNotLive
from app.domain.errors_labels import PlatformLabel
from app.domain.states import OrderState, ParcelState, PrintConfirmed, PrintState, WaybillState
from app.domain.times import shop_text
from app.operations import packing_gate, reconcile, shippable, waybill_intents
from app.rulebook import Rulebook
from app.store import bundles, cases, events, label_data
from app.store import orders as book
from app.store.cases import Notice
from app.store.seal import Row
from app.store.tables import orders, parcel, print_job, receiver, waybill
from app.store.work import Work
from printing.documents import LabelDocument, Party
from sync.waybill_records import PartyRecord

ENDED = frozenset({OrderState.CANCELLED.value, OrderState.CLOSED.value})
# Copies of which it is sure that no paper came out.
NOT_PAPER = frozenset({PrintState.FAILED.value, PrintState.CANCELLED.value})
# What stops a label that was right when it was asked for, until a person settles it.
STALE = ("cancelled_after_label", "changed_after_label", "waybill_mismatch")
# What the press says, where the shop's word for the case is another.
CASES = {"missing_glyphs": "missing_glyph", "name_too_long": "address_too_long"}


@dataclass(frozen=True, slots=True)
class Where:
    """The printer and template of a print; empty means the shop's usual ones."""

    printer: str
    template: str
    batch: str = ""
    desk: str = ""


def queue_first(work: Work, rules: Rulebook, waybill_id: int, where: Where) -> int:
    """Queue copy 1 of a label; the unique index makes a second copy 1 impossible.

    One that surely did not become paper is queued again as what it is, the first copy. Raises
    :class:`WaybillNotLive`, :class:`PlatformLabel`, :class:`CheckFirst` or :class:`CopyExists`.
    """
    row = work.row(waybill, waybill_id)
    _refuse_what_is_not_ours(rules, row)
    packing_gate.refuse_early_label(work, rules, row)
    copies = select(print_job).where(print_job.c.waybill_id == waybill_id)
    standing = work.rows(copies)
    if not standing:
        return _queue(work, rules, row, where, Copy(1))
    if len(standing) > 1 or standing[0]["state"] not in NOT_PAPER:
        raise CopyExists(waybill_no=row["carrier_no"] or "", copy_no=1)
    return _queue_again(work, rules, work.checked(print_job, standing[0]), where)


def queue_copy(work: Work, rules: Rulebook, waybill_id: int, where: Where, reason: str) -> int:
    """Queue one more copy, marked as such on paper."""
    row = work.row(waybill, waybill_id)
    _refuse_what_is_not_ours(rules, row)
    number = _copies(work, waybill_id) + 1
    return _queue(work, rules, row, where, Copy(number, reason))


def _refuse_what_is_not_ours(rules: Rulebook, row: Row) -> None:
    """A label is ours to draw while its number is live, and where we know the receiver's name."""
    if row["state"] != WaybillState.LIVE:
        raise WaybillNotLive(parcel_no=str(row["parcel_id"]), state=row["state"])
    carrier = row["carrier_account"].split(":")[0]
    if rules.label_routes.is_ewaybill(carrier):
        raise PlatformLabel(waybill_no=row["carrier_no"] or "", carrier=carrier)


@dataclass(frozen=True, slots=True)
class Copy:
    """Which copy of a label, and why a further one is wanted."""

    number: int
    reason: str = ""


def _copies(work: Work, waybill_id: int) -> int:
    highest = select(func.max(print_job.c.copy_no)).where(print_job.c.waybill_id == waybill_id)
    return int(work.conn.execute(highest).scalar() or 0)


def _queue(work: Work, rules: Rulebook, row: Row, where: Where, copy: Copy) -> int:
    pk = work.ids.next()
    work.insert(
        print_job,
        {
            "id": pk,
            "waybill_id": row["id"],
            "order_id": row["order_id"],
            "copy_no": copy.number,
            "reason": copy.reason,
            "state": PrintState.QUEUED.value,
            "desk": where.desk,
            "printer": where.printer or rules.policy.label_printer,
            "template": where.template or rules.policy.label_template,
            "batch": where.batch,
            "order_version": work.row(receiver, row["order_id"])["version"],
        },
    )
    work.mark("prints", pk)
    work.mark("orders", row["order_id"])
    return pk


def _queue_again(work: Work, rules: Rulebook, job: Row, where: Where) -> int:
    work.update(
        print_job,
        job["id"],
        state=PrintState.QUEUED.value,
        error="",
        spool_job="",
        desk=where.desk,
        printer=where.printer or rules.policy.label_printer,
        template=where.template or rules.policy.label_template,
        batch=where.batch,
        order_version=work.row(receiver, job["order_id"])["version"],
    )
    work.mark("prints", job["id"])
    work.mark("orders", job["order_id"])
    return int(job["id"])


def queued(work: Work, limit: int) -> list[Row]:
    """Prints waiting for a printer, in the order in which they were asked for."""
    if reconcile.is_due(work):
        return []
    query = select(print_job).where(print_job.c.state == PrintState.QUEUED.value)
    rows = work.rows(query.order_by(print_job.c.id).limit(limit))
    return [work.checked(print_job, row) for row in rows]


def next_batch(work: Work, limit: int) -> tuple[list[Row], str]:
    """The prints to claim together, and the name of their job; of one printer, oldest first.

    The name is new for every try, so that no file of an earlier one is written over. Labels whose
    press died go again together under the name they had: should that press still finish, it
    writes the same labels into the same file, not a second copy.
    """
    rows = queued(work, limit)
    if not rows:
        return [], ""
    first = rows[0]
    if first["spool_job"]:
        query = select(print_job).where(
            print_job.c.state == PrintState.QUEUED.value,
            print_job.c.spool_job == first["spool_job"],
        )
        again = work.rows(query.order_by(print_job.c.id))
        return [work.checked(print_job, row) for row in again], first["spool_job"]
    same = [row for row in rows if row["printer"] == first["printer"] and not row["spool_job"]]
    return same, f"WD-{first['id']}-{first['version']}.pdf"


def claim(work: Work, rules: Rulebook, row: Row, spool_job: str = "") -> LabelDocument | None:
    """Claim a print and give what the label says; None when it must not become paper.

    What has changed since it was asked for is looked at in this same transaction: a cancelled,
    held or re-addressed order opens a case instead of leaving the printer.
    """
    if shippable.stop_of(work, row["order_id"]) == "refund":
        _settle(work, row["id"], PrintState.FAILED, error="refund_pending")
        events.note(work, row["order_id"], "gate_stopped", "bad", gate="print", why="refund")
        return None
    why = _stale(work, row)
    if why:
        refused(work, rules, row["id"], why, {})
        return None
    work.update(
        print_job,
        row["id"],
        expect=row["version"],
        state=PrintState.CLAIMED.value,
        claimed_at=work.now,
        spool_job=spool_job,
    )
    return _document(work, rules, row)


def carriers_own(work: Work, rules: Rulebook, row: Row) -> str | None:
    """The label as its carrier gave it, in ZPL; "" where it is ours to draw.

    None where the carrier has not given it yet.
    """
    label = work.row(waybill, row["waybill_id"])
    if not rules.label_routes.brings_label(label["carrier_account"].split(":")[0]):
        return ""
    kept = label_data.of(work, label["id"])
    return kept.content if kept is not None and kept.content else None


def _stale(work: Work, row: Row) -> str:
    order = work.row(orders, row["order_id"])
    if order["state"] in ENDED or order["platform_cancelled"]:
        return "cancelled_after_label"
    if work.row(waybill, row["waybill_id"])["state"] != WaybillState.LIVE:
        return "cancelled_after_label"
    changed = work.row(receiver, row["order_id"])["version"] != row["order_version"]
    if changed or order["held"]:
        return "changed_after_label"
    return cases.standing_of(work, row["order_id"], STALE)


def spooled(work: Work, print_id: int) -> None:
    """The printer has it; whether it is on paper only a scan or a person can say."""
    _settle(work, print_id, PrintState.SPOOLED, printed_at=work.now)


def unknown(work: Work, rules: Rulebook, print_id: int) -> None:
    """Nobody knows whether it is on paper: a person looks, nothing prints again by itself."""
    row = _settle(work, print_id, PrintState.UNKNOWN)
    _case(work, rules, row, "print_unknown", {})


def refused(
    work: Work, rules: Rulebook, print_id: int, kind: str, args: dict[str, str | int]
) -> None:
    """The label was not printed, for a reason that is a case: nothing came out."""
    row = _settle(work, print_id, PrintState.FAILED, error=kind)
    case = CASES.get(kind, kind)
    said = {"raw": args["glyphs"], **args} if "glyphs" in args else args
    _case(work, rules, row, case if case in rules.cases else "print_failed", said)


def on_paper(work: Work, print_id: int, by: PrintConfirmed) -> None:
    """Somebody has the label in hand: the strongest answer there is."""
    row = _settle(work, print_id, PrintState.PRINTED, confirmed_by=by.value, printed_at=work.now)
    box = work.row(parcel, work.row(waybill, row["waybill_id"])["parcel_id"])
    if box["printed_at"] is None:
        work.update(parcel, box["id"], printed_at=work.now)
    cases.settle_all(work, row["order_id"], ("print_unknown",), by.value)


def claimed(work: Work) -> list[Row]:
    """Prints in the hands of a printer or of the press."""
    query = select(print_job).where(print_job.c.state == PrintState.CLAIMED.value)
    return [work.checked(print_job, row) for row in work.rows(query.order_by(print_job.c.id))]


def back_in_line(work: Work, print_id: int) -> None:
    """Nothing was made of it: the same copy waits for its printer again, in the same job."""
    work.update(print_job, print_id, state=PrintState.QUEUED.value, claimed_at=None)
    work.mark("prints", print_id)


def print_again(work: Work, print_id: int) -> None:
    """A person says it is not on paper: the same copy goes out in a new job."""
    work.update(print_job, print_id, state=PrintState.QUEUED.value, claimed_at=None, spool_job="")
    work.mark("prints", print_id)


def forget_claimed(work: Work, rules: Rulebook) -> int:
    """After a start: a print under way when Waydesk died is unknown, never printed again."""
    found = [row["id"] for row in claimed(work)]
    for print_id in found:
        unknown(work, rules, print_id)
    if found:
        work.tell("prints_unknown", "print", n=len(found))
    return len(found)


def _settle(work: Work, print_id: int, state: PrintState, **values: Any) -> Row:
    work.update(print_job, print_id, state=state.value, **values)
    row = work.row(print_job, print_id)
    args = {"copy": row["copy_no"], "printer": row["printer"]}
    events.note(work, row["order_id"], f"print_{state.value}", **args)
    work.mark("prints", print_id)
    return row


def _case(work: Work, rules: Rulebook, row: Row, kind: str, args: dict[str, str | int]) -> None:
    number = work.row(waybill, row["waybill_id"])["carrier_no"] or ""
    channel_id = work.row(orders, row["order_id"])["channel_id"]
    said = {"waybill_no": number, **args}
    notice = Notice(kind, row["order_id"], channel_id, subject=number, args=said)
    cases.open_case(work, rules.cases, notice)


def _document(work: Work, rules: Rulebook, row: Row) -> LabelDocument:
    order, label = work.row(orders, row["order_id"]), work.row(waybill, row["waybill_id"])
    route = msgspec.json.decode(label["route_json"])
    items = waybill_intents.printed_lines(work, order["id"])
    boxes = work.rows(
        select(parcel.c.id)
        .where(parcel.c.order_id == order["id"], parcel.c.state != ParcelState.VOID.value)
        .order_by(parcel.c.id)
    )
    at = [box["id"] for box in boxes].index(label["parcel_id"]) + 1
    return LabelDocument(
        waybill_no=label["carrier_no"],
        routing_mark=route.get("routing_mark", ""),
        sort_code=route.get("sort_code", ""),
        two_dimension_code=route.get("two_dimension_code", "") or label["carrier_no"],
        carrier_name=rules.couriers.name(book.courier_of(label), "zh"),
        product_name=route.get("product_name", ""),
        sender=_party(waybill_intents.sender_of(work)),
        receiver=_party(_shown(work, rules, order)),
        goods=_goods(work, items),
        order_no=order["external_no"],
        parcel_no=f"{at}/{len(boxes)}",
        copy_no=row["copy_no"],
        printed_at_text=shop_text(work.now, rules.policy.zone),
    )


def _goods(work: Work, items: list[Row]) -> tuple[str, ...]:
    """What is in the parcels, line by line; a bundle says what it is made of."""
    inside, goods = bundles.contents(work, items), []
    for item in items:
        goods.append(f"{item['title']} {item['variant']} ×{item['quantity']}".strip())
        goods += [f"· {title} ×{n}" for _sku, title, n in inside.get(item["id"], ())]
    return tuple(goods)


def _shown(work: Work, rules: Rulebook, order: Row) -> PartyRecord:
    """The receiver as the label shows it: masked unless the shop says otherwise (隐私面单)."""
    party = waybill_intents.receiver_of(work, order)
    if not rules.policy.privacy_label:
        return party
    return replace(party, name=masks.mask_name(party.name), phone=masks.mask_phone(party.phone))


def _party(party: PartyRecord) -> Party:
    place = " ".join(p for p in (party.province, party.city, party.district) if p)
    lines = tuple(line for line in (place, f"{party.address} {party.postcode}".strip()) if line)
    return Party(name=party.name, phone=party.phone, lines=lines)
