"""What a platform's newer word does to an order: always forward, never inventing proofs of ours.

A late or repeated word changes nothing. What was cancelled here is not opened again because the
platform has not heard of it yet; what left the house is never "not shipped" again.
"""

from dataclasses import dataclass

from app.domain.guards import check
from app.domain.states import (
    Held,
    IntakeState,
    Machine,
    OrderState,
    PaymentState,
    ProofKind,
    ShippedBy,
)
from app.operations import payment, receivables, ship_files, steps
from app.operations.breakers import release_gate
from app.operations.intake_read import TOLD_PAID, Claim, Ground
from app.operations.intake_states import GONE, OVER, RANK
from app.operations.steps import Step
from app.store import cases, events, intake_rows
from app.store import orders as book
from app.store import stock_release as shelf
from app.store.seal import Row
from app.store.tables import line, orders
from app.store.work import Work

MOOT = ("short_stock", "unknown_sku", "payment_unconfirmed", "refund_open")


@dataclass(frozen=True, slots=True)
class Following:
    """One order whose platform has said something new."""

    work: Work
    ground: Ground
    order_id: int

    def row(self) -> Row:
        """The order's row as it stands at this point of the transaction."""
        return self.work.row(orders, self.order_id)


def follow(work: Work, ground: Ground, order_id: int, claim: Claim) -> None:
    """Take an order where the platform says it is, as far as the shop's rules let it."""
    it = Following(work, ground, order_id)
    for machine, raw in claim.unknown:
        subject = ("unknown_status", f"{machine.value}:{raw}")
        notice(work, ground, it.row(), subject, raw=raw, platform=ground.shop.platform)
    if claim.order is None:
        return
    if it.row()["platform_state"] != claim.order:
        work.update(orders, order_id, platform_state=claim.order.value)
    if not claim.unknown:
        cases.settle_all(work, order_id, ("unknown_status",), "mapped")
    if it.row()["intake"] == IntakeState.PENDING:
        work.update(orders, order_id, intake=IntakeState.BOOKED.value)
        events.note(work, order_id, "booked", platform=ground.shop.platform)
    _move(it, _claimed(claim, claim.order))
    if claim.order in GONE and ground.shop.platform.startswith(ship_files.FROM_FILES):
        ship_files.shown_shipped(work, order_id)


def _claimed(claim: Claim, order: OrderState) -> OrderState:
    """No platform knows of our allocation; a payment told apart from the order counts too."""
    if order is OrderState.ALLOCATED:
        return OrderState.PAID
    if order is OrderState.AWAITING_PAYMENT and claim.payment in TOLD_PAID:
        return OrderState.PAID
    return order


def _move(it: Following, claimed: OrderState) -> None:
    current = OrderState(it.row()["state"])
    if claimed in OVER:
        _end(it, current, claimed)
        _paid_before(it)
    elif current in OVER:
        _open_again(it, current, claimed)
    elif RANK[claimed] > RANK[current]:
        _forward(it, claimed)
    else:
        _look_back(it, current, claimed)


def _paid_before(it: Following) -> None:
    """Money that came before it was over counts, though no reading saw it paid: it may go back."""
    if not check(("paid_proofs",), steps.facts_of(it.work, it.ground.rules, it.order_id)):
        payment.follow(it.work, it.ground.rules, it.order_id)


def _forward(it: Following, claimed: OrderState) -> None:
    proven = payment.follow(it.work, it.ground.rules, it.order_id)
    if not proven and it.row()["payment"] == PaymentState.UNPAID:
        steps.take(it.work, it.ground.rules, it.order_id, Step(Machine.PAYMENT, "report_paid"))
    if claimed in GONE:
        _gone(it, claimed)
    elif not proven:
        missing = check(("paid_proofs",), steps.facts_of(it.work, it.ground.rules, it.order_id))
        names = ",".join(item.proof for item in missing)
        notice(it.work, it.ground, it.row(), ("payment_unconfirmed", ""), missing=names)


def _gone(it: Following, claimed: OrderState) -> None:
    """Somebody shipped it on the platform: the goods left, whoever sent them."""
    row = it.row()
    values: Row = {"state": claimed.value}
    if row["shipped_at"] is None:
        values["shipped_at"] = it.work.now
    if claimed is OrderState.COMPLETED:
        values["completed_at"] = it.work.now
    it.work.update(orders, it.order_id, **values)
    for item in intake_rows.rows_of(it.work, line, it.order_id):
        owed = item["quantity"] - item["cancelled"] - item["shipped"]
        if owed > 0:
            shelf.use_held(it.work, it.order_id, item["id"], owed)
            it.work.update(line, item["id"], item["version"], shipped=item["shipped"] + owed)
    receivables.book(it.work, it.order_id, ShippedBy.PLATFORM)
    event = "completed_on_platform" if claimed is OrderState.COMPLETED else "shipped_on_platform"
    events.note(it.work, it.order_id, event, platform=it.ground.shop.platform)
    if row["state"] not in GONE and intake_rows.has_label(it.work, it.order_id):
        stop(it.work, it.ground, row, ("changed_after_label", "shipped"), field="shipped")
    cases.settle_all(it.work, it.order_id, MOOT, "shipped_on_platform")


def _end(it: Following, current: OrderState, claimed: OrderState) -> None:
    """Cancelled or closed by the platform: what was held goes back in this transaction (F190)."""
    row = it.row()
    cancelled = int(claimed is OrderState.CANCELLED)
    if current in GONE and cancelled:
        if not row["platform_cancelled"]:
            it.work.update(orders, it.order_id, platform_cancelled=1)
            notice(it.work, it.ground, row, ("cancelled_after_shipped", ""))
        return
    if it.ground.rules.lifecycle.towards(Machine.ORDER, current, claimed) is None:
        return
    it.work.update(orders, it.order_id, state=claimed.value, platform_cancelled=cancelled)
    shelf.release_order(it.work, it.order_id, release_gate(it.work, it.ground.rules))
    event = "cancelled_on_platform" if cancelled else "closed_on_platform"
    events.note(it.work, it.order_id, event, "bad", platform=it.ground.shop.platform)
    cases.settle_all(it.work, it.order_id, MOOT, event)
    if current not in GONE and intake_rows.has_label(it.work, it.order_id):
        stop(it.work, it.ground, it.row(), ("cancelled_after_label", ""))


def _open_again(it: Following, current: OrderState, claimed: OrderState) -> None:
    """The platform took its cancellation back; ours, and goods that left, stay as they are."""
    row = it.row()
    lines = intake_rows.rows_of(it.work, line, it.order_id)
    cancelled_here = current is OrderState.CANCELLED and not row["platform_cancelled"]
    if cancelled_here or any(item["shipped"] for item in lines):
        return
    facts = steps.facts_of(it.work, it.ground.rules, it.order_id)
    paid = RANK[claimed] >= RANK[OrderState.PAID] and not check(("paid_proofs",), facts)
    state = OrderState.PAID if paid else OrderState.AWAITING_PAYMENT
    it.work.update(orders, it.order_id, state=state.value, platform_cancelled=0)
    events.note(it.work, it.order_id, "reopened", "warning", platform=it.ground.shop.platform)
    if RANK[claimed] > RANK[state]:
        _forward(it, claimed)
    elif paid:
        payment.follow(it.work, it.ground.rules, it.order_id)


def _look_back(it: Following, current: OrderState, claimed: OrderState) -> None:
    """An order is never taken back; a platform that had settled and says otherwise is a case."""
    payment.follow(it.work, it.ground.rules, it.order_id)
    unpaid = claimed is OrderState.AWAITING_PAYMENT and current is not claimed
    settled = unpaid and ProofKind.PLATFORM_SETTLED in book.proofs_of(it.work, it.order_id)
    undone = current is OrderState.COMPLETED and claimed is OrderState.PAID
    if settled or undone:
        row = it.row()
        args = {"raw": row["raw_status"], "platform": it.ground.shop.platform}
        subject = ("platform_backwards", row["raw_status"])
        notice(it.work, it.ground, row, subject, state=row["state"], **args)


def notice(work: Work, ground: Ground, row: Row, about: tuple[str, str], **args: str | int) -> None:
    """Open a case of a kind about a subject of one order; once for one thing."""
    kind, subject = about
    work.mark("orders", row["id"])
    amount = (row["total_minor"], row["currency"])
    made = cases.Notice(
        kind, row["id"], row["channel_id"], subject=subject, args=args, amount=amount
    )
    cases.open_case(work, ground.rules.cases, made)


def stop(work: Work, ground: Ground, row: Row, about: tuple[str, str], **args: str | int) -> None:
    """Open a case and let the order stand still until somebody has looked (F007)."""
    notice(work, ground, row, about, **args)
    if work.row(orders, row["id"])["held"] == Held.NOT:
        work.update(orders, row["id"], held=Held.LOCKED.value, held_reason=about[0])
