"""Scans reported by carriers: kept once, forward only, and the third proof among them."""

from typing import Any

from sqlalchemy import case as sql_case
from sqlalchemy import false, func, or_, select

from app.commands.parcels import RefreshTracking
from app.domain import masks
from app.domain.connections import Kind
from app.domain.deadlines import HOUR_MS, carrier_hours
from app.domain.states import LogisticsState, Machine, ParcelState, ProofKind, WaybillState
from app.domain.status import Unknown
from app.domain.tracking import SCANNED, Track, fold, of_order
from app.operations import departures
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import accounts, cases, events, inbox
from app.store import orders as book
from app.store.cases import Notice
from app.store.inbox import Delivery
from app.store.seal import Row
from app.store.tables import orders, parcel, tracking, waybill
from app.store.tables_record import case
from app.store.work import CHUNK, Work
from sync.waybill_records import TrackingRecord

Scans = tuple[TrackingRecord, ...]
MOVING = (ParcelState.SHIPPED.value, ParcelState.OPEN.value)
ENDED = (LogisticsState.DELIVERED.value, LogisticsState.RETURNED.value)
ASKED = ("shipped", "completed")
INSIDE = ("paid", "allocated", "cancelled")
INSIDE_MS = 30 * 24 * 3_600_000
"""How long a label of an order that did not leave is asked about: it may have left unseen."""


def awaited(work: Work, limit: int, after: int = 0) -> list[Row]:
    """Live waybills of parcels that are not yet delivered, in id order after ``after``."""
    query = (
        select(waybill)
        .join(orders, orders.c.id == waybill.c.order_id)
        .where(waybill.c.state == WaybillState.LIVE.value, waybill.c.id > after)
        .where(orders.c.logistics.not_in(ENDED), _followed(work))
    )
    rows = work.rows(query.order_by(waybill.c.id).limit(limit))
    return [work.checked(waybill, row) for row in rows]


def _followed(work: Work) -> Any:
    """Orders whose parcels are followed: those that left, and those that may have left unseen."""
    recent = orders.c.updated_at > work.now - INSIDE_MS
    return orders.c.state.in_(ASKED) | (orders.c.state.in_(INSIDE) & recent)


def pushed(work: Work, rules: Rulebook, account: tuple[str, int], told: tuple[bytes, Scans]) -> int:
    """Keep the scans a carrier called with, as far as they are of our parcels; how many were new.

    ``account`` is the carrier's code and the account's id, ``told`` the raw body and its scans.
    """
    (code, pk), (body, scans) = account, told
    rows = _called_about(work, code, sorted({scan.waybill_no for scan in scans}))
    if not rows or inbox.put(work, Delivery(f"carrier:{pk}", "", body)) != inbox.FRESH:
        return 0
    fresh = 0
    for row in rows:
        mine = tuple(scan for scan in scans if scan.waybill_no == row["carrier_no"])
        fresh += take(work, rules, row, mine)
    work.tell("scans_pushed", "waybill", n=fresh)
    return fresh


def _called_about(work: Work, code: str, numbers: list[str]) -> list[Row]:
    """Live waybills of these numbers whose parcels are followed."""
    query = (
        select(waybill)
        .join(orders, orders.c.id == waybill.c.order_id)
        .where(waybill.c.state == WaybillState.LIVE.value)
        .where(waybill.c.carrier_no.in_(numbers[:CHUNK]))
        .where(waybill.c.carrier_account.startswith(f"{code}:", autoescape=True))
        .where(_followed(work))
    )
    rows = work.rows(query.order_by(waybill.c.id))
    return [work.checked(waybill, row) for row in rows]


def sender_tail(work: Work) -> str:
    """The last four digits of the sender's phone: carriers ask for them before they tell."""
    return masks.phone_tail(str(accounts.sender(work).get("phone", "")))


def take(work: Work, rules: Rulebook, row: Row, scans: tuple[TrackingRecord, ...]) -> int:
    """Keep the scans of one waybill that are new; returns how many were."""
    query = select(tracking.c.dedupe_key).where(tracking.c.waybill_no == row["carrier_no"])
    known = {found["dedupe_key"] for found in work.rows(query)}
    fresh = {s.dedupe_key: s for s in scans if s.dedupe_key not in known}
    carrier = row["carrier_account"].split(":")[0]
    for scan in fresh.values():
        _keep(work, rules, row, scan, carrier)
    if fresh:
        _follow(work, rules, row)
    return len(fresh)


def _keep(work: Work, rules: Rulebook, row: Row, scan: TrackingRecord, carrier: str) -> None:
    found = rules.status.read(carrier, Machine.LOGISTICS, scan.code)
    if isinstance(found, Unknown):
        args = {"raw": scan.code, "platform": carrier, "text": scan.text[:120]}
        notice = Notice(found.case_kind, subject=f"{carrier}:{scan.code}", args=args)
        cases.open_case(work, rules.cases, notice)
    work.insert(
        tracking,
        {
            "id": work.ids.next(),
            "parcel_id": row["parcel_id"],
            "waybill_no": row["carrier_no"],
            "code": scan.code,
            "status": "" if isinstance(found, Unknown) else found.to,
            "at": scan.at.utc_ms or work.now,
            "place": scan.place,
            "said": scan.text,
            "dedupe_key": scan.dedupe_key,
        },
    )


def _follow(work: Work, rules: Rulebook, row: Row) -> None:
    order_id = row["order_id"]
    if _track_of(work, row["parcel_id"]).accepted:
        accepted(work, row)
    boxes = [b["id"] for b in book.sealed(work, parcel, order_id) if b["state"] in MOVING]
    tracks = {pk: _track_of(work, pk) for pk in boxes}
    departures.follow(work, rules, row, tracks)
    reached = of_order(track.state for track in tracks.values())
    standing = work.row(orders, order_id)["logistics"]
    if reached.value != standing:
        work.update(orders, order_id, logistics=reached.value)
        tone = "bad" if reached is LogisticsState.TROUBLE else "info"
        events.note(work, order_id, "logistics", tone, to=reached.value)


def accepted(work: Work, row: Row) -> None:
    """The carrier has the parcel: the third proof, whatever else happened (F004)."""
    box = work.row(parcel, row["parcel_id"])
    if box["picked_up_at"] is None:
        work.update(parcel, box["id"], picked_up_at=_first_scan(work, box["id"]) or work.now)
    carrier = row["carrier_account"].split(":")[0]
    kind = ProofKind.CARRIER_ACCEPTANCE
    book.prove(work, row["order_id"], book.Fact(kind, carrier, row["carrier_no"], box["id"]))
    cases.settle_all(work, row["order_id"], ("pickup_overdue",), "picked_up")


def _first_scan(work: Work, parcel_id: int) -> int:
    query = select(func.min(tracking.c.at)).where(
        tracking.c.parcel_id == parcel_id, tracking.c.status.in_([one.value for one in SCANNED])
    )
    return int(work.conn.execute(query).scalar() or 0)


def overdue(work: Work, rules: Rulebook, limit: int = 200) -> None:
    """Open a case for parcels the carrier has not accepted in time; the write-back stays."""
    query = (
        select(orders)
        .join(parcel, parcel.c.order_id == orders.c.id)
        .where(parcel.c.state == ParcelState.SHIPPED.value, parcel.c.picked_up_at.is_(None))
        .where(orders.c.shipped_at <= _due_before(work, rules))
        .where(orders.c.id.not_in(_told_overdue()))
        .where(orders.c.id.not_in(_never_told(rules)))
        .limit(limit)
    )
    for row in work.rows(query):
        hours = rules.policy.pickup_hours_of(row["carrier"])
        args = {"waybill_no": row["waybill_no"], "hours": hours}
        notice = Notice("pickup_overdue", row["id"], row["channel_id"], args=args)
        cases.open_case(work, rules.cases, notice)


def _due_before(work: Work, rules: Rulebook) -> Any:
    """When an order must have left to be late by now: each carrier has its own time (F184)."""
    usual = work.now - rules.policy.pickup_deadline_hours * HOUR_MS
    own = carrier_hours(rules.policy.pickup_hours)
    if not own:
        return usual
    late = {code: work.now - hours * HOUR_MS for code, hours in own.items()}
    return sql_case(late, value=orders.c.carrier, else_=usual)


def _told_overdue() -> Any:
    """Orders of which it was said once: what a person settled is not opened again."""
    return select(case.c.order_id).where(case.c.kind == "pickup_overdue")


def _never_told(rules: Rulebook) -> Any:
    """Orders whose numbers are of accounts that tell no scans: silence says nothing of them."""
    mute = [row.name for row in rules.connections.of(Kind.CARRIER) if "tracking" not in row.can]
    own = or_(false(), *(waybill.c.carrier_account.startswith(f"{one}:") for one in mute))
    return select(waybill.c.order_id).where(waybill.c.state == WaybillState.LIVE.value, own)


def _track_of(work: Work, parcel_id: int) -> Track:
    query = select(tracking).where(tracking.c.parcel_id == parcel_id, tracking.c.status != "")
    rows = [work.checked(tracking, row) for row in work.rows(query)]
    return fold(((LogisticsState(r["status"]), r["at"]) for r in rows), LogisticsState.WAYBILLED)


def refresh_tracking(work: Work, ask: RefreshTracking, _rules: Rulebook) -> None:
    """Ask for the carrier's latest word on these orders; it comes with the next round."""
    for order_id in ask.order_ids:
        work.row(orders, order_id)
    work.mark("tracking", *ask.order_ids)


VERBS = (Verb(RefreshTracking, refresh_tracking, "trace.read", "tracking_asked"),)
