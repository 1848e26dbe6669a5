"""An order as the rules look at it: frozen, and without anybody's name or address in clear.

Money is integer minor units, weights grams, times UTC milliseconds. The receiver is seen masked,
with only the facts a guard needs (is there a phone at all?), so that no rule can leak a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.money import Money
from app.domain.states import (
    Held,
    LogisticsState,
    OrderKind,
    OrderState,
    ParcelState,
    PaymentState,
    ProofKind,
    ShipTrigger,
    WaybillState,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One merchant code of an order; ``firmly_locked`` counts what firm reservations hold."""

    line_id: int
    sku: str
    quantity: int
    cancelled: int = 0
    shipped: int = 0
    firmly_locked: int = 0
    sku_known: bool = True

    @property
    def to_ship(self) -> int:
        """Return how many are still owed to the buyer."""
        return max(0, self.quantity - self.cancelled - self.shipped)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One box, with the moments (UTC ms) at which the shop's hands were on it."""

    parcel_id: int
    state: ParcelState = ParcelState.OPEN
    waybill: WaybillState | None = None
    printed_at: int | None = None
    verified_at: int | None = None
    weighed_at: int | None = None
    handed_at: int | None = None
    picked_up_at: int | None = None

    def reached(self, trigger: ShipTrigger) -> bool:
        """Return whether the box is as far as the shop's trigger asks, or further.

        The steps do not imply each other (a shop may weigh without verifying), save that what was
        handed to the courier has left whatever else was skipped.
        """
        moments = {
            ShipTrigger.PRINT: self.printed_at,
            ShipTrigger.VERIFY: self.verified_at,
            ShipTrigger.WEIGH_OUT: self.weighed_at,
            ShipTrigger.HAND_OVER: self.handed_at,
        }
        return moments[trigger] is not None or self.handed_at is not None


@dataclass(frozen=True, slots=True)
class ReceiverView:
    """The receiver, masked. ``sealed`` says the platform hides the person and prints by its own."""

    name: str = ""
    phone: str = ""
    address: str = ""
    country: str = ""
    province: str = ""
    city: str = ""
    sealed: bool = False

    def missing(self) -> tuple[str, ...]:
        """Return which parts a carrier needs and are not there, by their word keys."""
        if self.sealed:
            return ()
        parts = {"name": self.name, "phone": self.phone, "address": self.address}
        gone = [part for part, text in parts.items() if not text.strip()]
        if not (self.province.strip() or self.city.strip()):
            gone.append("city")
        return tuple(gone)


@dataclass(frozen=True, slots=True)
class Order:
    """All that a rule may look at before a step."""

    number: str
    currency: str
    state: OrderState = OrderState.AWAITING_PAYMENT
    payment: PaymentState = PaymentState.UNPAID
    logistics: LogisticsState = LogisticsState.NONE
    kind: OrderKind = OrderKind.NORMAL
    held: Held = Held.NOT
    total_minor: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    open_refund: bool = False
    platform_cancelled: bool = False
    reviewed: bool = False
    lines: tuple[Line, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    receiver: ReceiverView = field(default_factory=ReceiverView)
    proofs: frozenset[ProofKind] = frozenset()

    @property
    def total(self) -> Money:
        """Return what the buyer owes for the whole order."""
        return Money(self.total_minor, self.currency)

    @property
    def boxes(self) -> tuple[Parcel, ...]:
        """Return the parcels that were not given up."""
        return tuple(p for p in self.parcels if p.state is not ParcelState.VOID)
