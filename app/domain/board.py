"""Where an order stands on the board: exactly one tab, so that the tabs add up to all orders."""

from enum import StrEnum

from app.domain.states import IntakeState, OrderState


class Tab(StrEnum):
    """The board's tabs, in the order in which work flows through them."""

    PENDING = "pending"  # received, not yet understood
    AWAITING_PAYMENT = "awaiting_payment"
    TO_REVIEW = "to_review"
    TO_PRINT = "to_print"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


_STRAIGHT = {
    OrderState.AWAITING_PAYMENT: Tab.AWAITING_PAYMENT,
    OrderState.PAID: Tab.TO_REVIEW,
    OrderState.SHIPPED: Tab.SHIPPED,
    OrderState.COMPLETED: Tab.COMPLETED,
    OrderState.CANCELLED: Tab.CANCELLED,
    OrderState.CLOSED: Tab.CLOSED,
}


def tab_of(intake: str, state: str, *, printed: bool) -> Tab:
    """The tab of an order; ``printed`` says that every open parcel's label is on paper."""
    if intake != IntakeState.BOOKED or not state:
        return Tab.PENDING
    known = OrderState(state)
    if known is OrderState.ALLOCATED:
        return Tab.TO_SHIP if printed else Tab.TO_PRINT
    return _STRAIGHT[known]
