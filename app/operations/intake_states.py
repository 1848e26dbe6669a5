"""Where an order stands by what the platform claims and what proves it (pure).

A platform's word is a claim: "paid" counts when the shop's proofs agree (F003); "shipped" and
"completed" by somebody on the platform are taken as facts, and never invent proofs of ours.
"""

from dataclasses import dataclass

from app.domain.guards import Facts, paid_proofs, paid_ways
from app.domain.order import Order
from app.domain.policy import ShopPolicy
from app.domain.states import OrderState, PaymentState, ProofKind
from app.operations.intake_read import CALLBACK, SETTLED
from sync.records import OrderRecord

RANK = {
    OrderState.AWAITING_PAYMENT: 0,
    OrderState.PAID: 1,
    OrderState.ALLOCATED: 2,
    OrderState.SHIPPED: 3,
    OrderState.COMPLETED: 4,
}
GONE = frozenset({OrderState.SHIPPED, OrderState.COMPLETED})
OVER = frozenset({OrderState.CANCELLED, OrderState.CLOSED})


@dataclass(frozen=True, slots=True)
class Standing:
    """The states a new order begins with; ``unproven`` names the proofs of payment that lack."""

    state: OrderState
    payment: PaymentState
    unproven: tuple[str, ...] = ()


def proofs_told(record: OrderRecord) -> tuple[tuple[ProofKind, str], ...]:
    """The proofs of payment a record brings, each with its reference."""
    told = []
    if SETTLED in record.payment_proofs:
        told.append((ProofKind.PLATFORM_SETTLED, record.transaction_ref or record.external_id))
    if CALLBACK in record.payment_proofs and record.transaction_ref:
        told.append((ProofKind.PAYMENT_CALLBACK, record.transaction_ref))
    return tuple(told)


def refunded_minor(record: OrderRecord) -> int:
    """How much went back to the buyer, in minor units; never more than 64 bits hold."""
    return min(sum(max(0, refund.amount_minor) for refund in record.refunds), 2**63 - 1)


def lacking(record: OrderRecord, policy: ShopPolicy) -> tuple[str, ...]:
    """The proofs of payment that are missing by the shop's policy; none: it is paid."""
    kinds = frozenset(kind for kind, _reference in proofs_told(record))
    if any(kinds.issuperset(way) for way in paid_ways(policy.paid_policy)):
        return ()
    order = Order(number="", currency=record.currency, proofs=kinds)
    return tuple(item.proof for item in paid_proofs(Facts(order, policy)))


def opening(
    claimed: OrderState, told_paid: bool, record: OrderRecord, policy: ShopPolicy
) -> Standing:
    """Where a new order stands. ``told_paid``: the platform's payment word says paid."""
    missing = lacking(record, policy)
    state = OrderState.PAID if claimed is OrderState.ALLOCATED else claimed
    if state is OrderState.AWAITING_PAYMENT and told_paid:
        state = OrderState.PAID
    payment = _payment(record, state, missing)
    if state is OrderState.PAID and missing:
        return Standing(OrderState.AWAITING_PAYMENT, payment, missing)
    return Standing(state, payment)


def _payment(record: OrderRecord, state: OrderState, missing: tuple[str, ...]) -> PaymentState:
    back = refunded_minor(record)
    if back and back >= record.total_minor:
        return PaymentState.REFUNDED
    if not missing:
        return PaymentState.PARTLY_REFUNDED if back else PaymentState.PAID
    claimed_paid = state in {OrderState.PAID, OrderState.SHIPPED, OrderState.COMPLETED}
    if claimed_paid or record.payment_proofs:
        return PaymentState.UNCONFIRMED
    return PaymentState.UNPAID
