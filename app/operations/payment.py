"""What the recorded proofs of payment make of an order (F003)."""

from app.domain.guards import paid_proofs
from app.domain.payment import payment_state
from app.domain.states import SENT_BY_PLATFORM, LockMoment, Machine, OrderState, PaymentState
from app.operations import breakers, steps
from app.rulebook import Rulebook
from app.store import cases, selling, stock
from app.store.cases import Notice
from app.store.tables import orders
from app.store.work import Work

OPEN = frozenset({PaymentState.UNPAID, PaymentState.UNCONFIRMED})


def follow(work: Work, rules: Rulebook, order_id: int) -> bool:
    """Move payment and order as far as the proofs go; True when the order counts as paid.

    With some but not all proofs the payment reads "unconfirmed" and a case waits for the rest.
    """
    facts = steps.facts_of(work, rules, order_id)
    if facts.order.payment not in OPEN:
        return True
    reached = payment_state(facts)
    if reached is PaymentState.UNCONFIRMED:
        _step(work, rules, order_id, Machine.PAYMENT, "report_paid")
        _wait_for(work, rules, order_id, ",".join(m.proof for m in paid_proofs(facts)))
    if reached is not PaymentState.PAID:
        return False
    _confirm(work, rules, order_id)
    return True


def _confirm(work: Work, rules: Rulebook, order_id: int) -> None:
    row = work.row(orders, order_id)
    _step(work, rules, order_id, Machine.PAYMENT, "confirm")
    work.update(orders, order_id, paid_minor=row["total_minor"], paid_at=row["paid_at"] or work.now)
    cases.settle_all(work, order_id, ("payment_unconfirmed",), "proofs_complete")
    if row["state"] == OrderState.AWAITING_PAYMENT:
        _step(work, rules, order_id, Machine.ORDER, "confirm_payment")
        if row["held_reason"] == SENT_BY_PLATFORM:
            return
        stock.make_firm(work, order_id)
        law = selling.of_shop(work, row["channel_id"])
        if law.moment(rules.policy) == LockMoment.NIGHTLY:
            return
        for short in stock.hold(work, order_id):
            _say_short(work, rules, order_id, short)


def _step(work: Work, rules: Rulebook, order_id: int, machine: Machine, action: str) -> None:
    """Apply a row of the table whose proofs were judged above; nothing where it does not start."""
    state = work.row(orders, order_id)[steps.COLUMN[machine]]
    row = rules.lifecycle.rows.get((machine, state, action))
    if row is not None:
        steps.apply(work, order_id, row)


def _wait_for(work: Work, rules: Rulebook, order_id: int, missing: str) -> None:
    row = work.row(orders, order_id)
    notice = Notice(
        "payment_unconfirmed",
        order_id,
        row["channel_id"],
        args={"missing": missing},
        amount=(row["total_minor"], row["currency"]),
    )
    cases.open_case(work, rules.cases, notice)


def _say_short(work: Work, rules: Rulebook, order_id: int, short: stock.Short) -> None:
    row = work.row(orders, order_id)
    args: dict[str, str | int] = {
        "sku": short.sku,
        "wanted": short.wanted,
        "available": short.available,
    }
    notice = Notice("short_stock", order_id, row["channel_id"], subject=short.sku, args=args)
    cases.open_case(work, rules.cases, notice)
    breakers.follow_shortage(work, rules, (short.sku,))
