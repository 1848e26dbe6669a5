"""What is known about an order's money, from amounts and proofs alone."""

from __future__ import annotations

from app.domain.guards import Facts, paid_proofs
from app.domain.states import PaymentState


def payment_state(facts: Facts) -> PaymentState:
    """Return the payment state these facts amount to.

    Proofs decide, not the platform's word: a callback alone is "unconfirmed" (F003). An order that
    costs nothing (a sample, a resend) has nothing to prove. Once money came in, what went back
    decides: all of it, or some.
    """
    order = facts.order
    if order.refunded_minor > 0:
        whole = max(order.paid_minor, order.total_minor)
        if order.refunded_minor >= whole:
            return PaymentState.REFUNDED
        return PaymentState.PARTLY_REFUNDED
    if order.total_minor == 0 or not paid_proofs(facts):
        return PaymentState.PAID
    return PaymentState.UNCONFIRMED if _heard(facts) else PaymentState.UNPAID


def _heard(facts: Facts) -> bool:
    """Return whether anybody said that money came, proven or not."""
    return bool(facts.order.paid_minor or facts.order.proofs & _MONEY)


_MONEY = frozenset({"payment_callback", "bank_serial", "platform_settled"})
