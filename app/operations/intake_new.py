"""Orders the book has not seen: many at once, as plain rows, with their stock."""

from dataclasses import dataclass, field

import msgspec

from app.domain import board
from app.domain.states import (
    SENT_BY_PLATFORM,
    Held,
    IntakeState,
    LockKind,
    OrderState,
    PaymentState,
)
from app.operations import breakers, intake_hold
from app.operations import intake_parts as parts
from app.operations.intake_read import STOPPING, TOLD_PAID, Claim, Ground, claim_of, kinds_of, said
from app.operations.intake_states import GONE, OVER, Standing, opening, proofs_told, refunded_minor
from app.operations.selling import terms_for
from app.operations.stock import named
from app.store import cases, selling
from app.store.breakers import SHORT
from app.store.cases import Notice
from app.store.intake_rows import Tray
from app.store.listings import Listings, meant
from app.store.orders import home_of, moments
from app.store.seal import Row
from app.store.stock import Shelf, owed
from app.store.tables import line, orders, proof, receiver, refund
from app.store.tables_record import event, raw_record, time_reading
from app.store.work import Work
from sync.records import OrderRecord

FIRM = LockKind.FIRM.value
NOT_YET = Standing(OrderState.AWAITING_PAYMENT, PaymentState.UNPAID)


@dataclass(slots=True)
class Draft:
    """One new order on its way into the tray."""

    record: OrderRecord
    row: Row
    claim: Claim
    standing: Standing
    owing: list[tuple[Row, int]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The order's own id."""
        return int(self.row["id"])


class NewOrders:
    """Takes new records in: rows, reservations and cases of a whole batch."""

    def __init__(self, work: Work, ground: Ground, numbers: list[str]) -> None:
        self._work, self._ground = work, ground
        self._numbers = iter(numbers)
        self._tray = Tray()
        self._shelf, self._law = Shelf(work, ()), selling.of_shop(work, ground.shop.id)
        self._listings = Listings(work, ground.shop.id, ())

    def take(self, records: list[OrderRecord]) -> int:
        """Write these orders; how many there were."""
        told = [parts.told_of(record, item) for record in records for item in record.lines]
        self._listings = Listings(self._work, self._ground.shop.id, told)
        skus = {one.sku_text for one in told if one.sku_text} | self._listings.mapped()
        self._shelf = Shelf(self._work, skus)
        drafts = [self._draft(record) for record in records]
        self._tray.write(self._work)
        self._shelf.write()
        short = set[str]()
        for draft in drafts:
            for notice in draft.notices:
                cases.open_case(self._work, self._ground.rules.cases, notice)
                short |= {notice.subject} if notice.kind == SHORT else set()
        breakers.follow_shortage(self._work, self._ground.rules, short)
        return len(drafts)

    def _draft(self, record: OrderRecord) -> Draft:
        ground, work = self._ground, self._work
        claim = claim_of(ground, record.raw_status, record.raw_payment, trashed=record.trashed)
        told_paid = claim.payment in TOLD_PAID
        standing = (
            opening(claim.order, told_paid, record, ground.rules.policy) if claim.order else NOT_YET
        )
        row: Row = {
            "id": work.ids.next(),
            "number": next(self._numbers),
            "channel_id": ground.shop.id,
            "external_id": record.external_id,
            **parts.facts(ground, record),
            **parts.memo(record),
            **parts.shown_receiver(record),
            **self._states(record, claim, standing),
        }
        draft = Draft(record, row, claim, standing)
        self._lines(draft)
        self._beside(draft)
        self._complain(draft)
        self._reserve(draft)
        self._finish(draft)
        return draft

    def _states(self, record: OrderRecord, claim: Claim, standing: Standing) -> Row:
        booked = claim.order is not None
        paid = standing.payment not in {PaymentState.UNPAID, PaymentState.UNCONFIRMED}
        gone = standing.state in GONE
        return {
            "kind": record.kind if record.kind in {"normal", "rush", "sample", "presale"} else "",
            "intake": (IntakeState.BOOKED if booked else IntakeState.PENDING).value,
            "state": standing.state.value,
            "platform_state": claim.order.value if claim.order else "",
            "payment": standing.payment.value,
            "platform_cancelled": int(standing.state is OrderState.CANCELLED),
            "paid_at": record.paid.utc_ms,
            "paid_minor": record.total_minor if paid else 0,
            "refunded_minor": refunded_minor(record),
            "shipped_at": record.completed.utc_ms if gone else None,
            "completed_at": (
                record.completed.utc_ms if standing.state is OrderState.COMPLETED else None
            ),
        }

    def _lines(self, draft: Draft) -> None:
        gone = draft.standing.state in GONE and draft.claim.order is not None
        for told in draft.record.lines:
            found = self._listings.row(parts.told_of(draft.record, told))
            means = meant(found, told.sku in self._shelf.known, told.sku)
            row = parts.line_row(told, draft.id, means)
            row["id"] = self._work.ids.next()
            most = row["quantity"] - row["cancelled"]
            row["shipped"] = most if gone else min(told.quantity_shipped, most)
            self._tray.put(line, row)
            if owed(row):
                draft.owing.append((row, most - row["shipped"]))

    def _beside(self, draft: Draft) -> None:
        work, record = self._work, draft.record
        kept, tokens = parts.kept_receiver(work, draft.id, record)
        self._tray.put(receiver, {"order_id": draft.id, **kept})
        self._tray.find_by(draft.id, tokens)
        self._tray.put(raw_record, parts.raw_row(work, draft.id, record))
        for row in parts.readings(work, draft.id, record):
            self._tray.put(time_reading, row)
        for told in {one.external_id: one for one in record.refunds}.values():
            self._tray.put(refund, parts.refund_row(work, draft.id, record.currency, told))
        for kind, reference in proofs_told(record):
            self._tray.put(
                proof,
                {
                    "id": work.ids.next(),
                    "order_id": draft.id,
                    "kind": kind.value,
                    "at": record.paid.utc_ms or work.now,
                    "source": self._ground.shop.platform,
                    "reference": reference,
                },
            )

    def _complain(self, draft: Draft) -> None:
        platform = self._ground.shop.platform
        waits = draft.record.hold and draft.standing.state not in (*OVER, *GONE)
        if waits and intake_hold.sent_by_platform(draft.record.hold):
            draft.row |= {"held": Held.RISK.value, "held_reason": SENT_BY_PLATFORM}
        elif waits:
            args: dict[str, str | int] = {"hold": draft.record.hold, "platform": platform}
            self._notice(draft, intake_hold.KIND, "", args)
            draft.row |= {"held": Held.RISK.value, "held_reason": intake_hold.KIND}
        for machine, raw in draft.claim.unknown:
            args = {"raw": raw, "platform": platform}
            self._notice(draft, "unknown_status", f"{machine.value}:{raw}", args)
        for kind, problem in kinds_of(draft.record.problems, self._ground.rules):
            args = {"raw": said(problem), "field": problem.field, "platform": platform}
            self._notice(draft, kind, problem.field, args)
            if problem.code in STOPPING:
                self._lock(draft, kind)
        if draft.claim.order and draft.standing.unproven:
            args = {"missing": ",".join(draft.standing.unproven)}
            self._notice(draft, "payment_unconfirmed", "", args)

    def _reserve(self, draft: Draft) -> None:
        """Reserve what the order wants, by its state; say what is short or unknown."""
        locked = draft.row.get("held") == Held.LOCKED
        locked |= intake_hold.sent_by_platform(draft.record.hold)
        if draft.claim.order is None or locked or not draft.owing:
            return
        terms = terms_for(self._ground.rules, self._law, draft.row["state"], self._work.now)
        if draft.standing.state not in GONE:
            unknown = sorted({named(row) for row, _ in draft.owing if not row["sku_known"]})
            for raw in unknown if draft.standing.state in _OPEN else ():
                self._notice(draft, "unknown_sku", raw, {"raw": raw, "sku": raw})
                self._lock(draft, "unknown_sku")
            if unknown:
                return
        if terms is None:
            return
        wants = [want for row, n in draft.owing for want in self._shelf.wants(row, n)]
        short = self._shelf.reserve(draft.id, wants, terms)
        for one in short if terms.kind is LockKind.FIRM else ():
            args: dict[str, str | int] = {
                "sku": one.said,
                "lacking": one.said,
                "need": one.wanted,
                "have": one.available,
            }
            self._notice(draft, SHORT, one.sku, args)
            self._lock(draft, SHORT)
        if not short:
            count = sum(n for _, n in draft.owing)
            self._tell(draft, "stock_held", "good", {"n": count})

    def _finish(self, draft: Draft) -> None:
        row = draft.row
        locks = self._shelf.locks_of(draft.id)
        tab = board.tab_of(row["intake"], row["state"], printed=False).value
        row |= {
            "kind": row["kind"] or "normal",
            "tab": tab,
            "counted_tab": tab,
            "counted_minor": row["total_minor"],
            "open_cases": len(draft.notices),
            "location_id": home_of(locks),
            **moments(self._work, row, reserved=any(one["kind"] == FIRM for one in locks)),
            "updated_at": self._work.now,
        }
        self._tray.put(orders, row)
        kind, tone = ("booked", "info") if draft.claim.order else ("kept_pending", "warning")
        platform = self._ground.shop.platform
        self._tell(draft, kind, tone, {"platform": platform})
        if draft.claim.order in OVER:
            args: dict[str, str | int] = {"platform": platform, "raw": draft.record.raw_status}
            self._tell(draft, "voided_at_source", "warning", args)

    def _lock(self, draft: Draft, kind: str) -> None:
        draft.row.setdefault("held_reason", kind)
        draft.row.setdefault("held", Held.LOCKED.value)

    def _notice(self, draft: Draft, kind: str, subject: str, args: dict[str, str | int]) -> None:
        amount = (draft.row["total_minor"], draft.row["currency"])
        place = (draft.id, self._ground.shop.id)
        draft.notices.append(Notice(kind, *place, subject=subject, args=args, amount=amount))

    def _tell(self, draft: Draft, kind: str, tone: str, args: dict[str, str | int]) -> None:
        self._tray.put(
            event,
            {
                "id": self._work.ids.next(),
                "order_id": draft.id,
                "at": self._work.now,
                "kind": kind,
                "args_json": msgspec.json.encode(args).decode(),
                "actor": self._work.actor.name,
                "tone": tone,
            },
        )


_OPEN = frozenset({OrderState.AWAITING_PAYMENT, OrderState.PAID})
