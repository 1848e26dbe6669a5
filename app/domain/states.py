"""Every state a thing of the shop can be in, by the words of the trade.

The values are what stands in the database, the commands and the rule files; what people read
stands in ``resources/words/states.toml`` under ``[<area>.<value>]``. Foreign words (a platform's
or a carrier's) never appear here: the status map turns them into these or opens a case.
"""

from __future__ import annotations

from enum import StrEnum


class Machine(StrEnum):
    """The three machines that run side by side on each order (F109)."""

    ORDER = "order"
    PAYMENT = "payment"
    LOGISTICS = "logistics"


class OrderState(StrEnum):
    """How far the shop is with an order; five steps and two ways out (F005)."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    ALLOCATED = "allocated"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class PaymentState(StrEnum):
    """What is known about the money of an order."""

    UNPAID = "unpaid"
    UNCONFIRMED = "unconfirmed"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


class LogisticsState(StrEnum):
    """Where the parcels of an order are; moves forward only."""

    NONE = "none"
    WAYBILLED = "waybilled"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    TROUBLE = "trouble"
    RETURNING = "returning"
    RETURNED = "returned"


class OrderKind(StrEnum):
    """What sort of order it is (F111)."""

    NORMAL = "normal"
    RUSH = "rush"
    SAMPLE = "sample"
    PRESALE = "presale"


class IntakeState(StrEnum):
    """Whether a channel's record has become an order of ours."""

    PENDING = "pending"
    BOOKED = "booked"


class LockKind(StrEnum):
    """Soft: unpaid, may expire. Firm: paid, never expires."""

    SOFT = "soft"
    FIRM = "firm"


class LockState(StrEnum):
    """What became of a reservation."""

    HELD = "held"
    USED = "used"
    RELEASED = "released"
    EXPIRED = "expired"


class WaybillState(StrEnum):
    """A waybill's life; ``unknown`` counts as open until somebody knows better."""

    INTENT = "intent"
    REQUESTING = "requesting"
    UNKNOWN = "unknown"
    LIVE = "live"
    VOIDING = "voiding"
    VOID_FAILED = "void_failed"
    VOIDED = "voided"
    REJECTED = "rejected"

    @property
    def is_open(self) -> bool:
        """Return whether it stands in the way of another waybill for the same parcel."""
        return self not in {WaybillState.VOIDED, WaybillState.REJECTED}


class PrintState(StrEnum):
    """One copy on its way to one printer; ``unknown`` is never printed again by itself."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SPOOLED = "spooled"
    PRINTED = "printed"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PrintConfirmed(StrEnum):
    """Who says that the paper is there, the strongest first."""

    SCAN = "scan"
    OPERATOR = "operator"
    SPOOLER = "spooler"


class ParcelState(StrEnum):
    """Whether one box is still in the house."""

    OPEN = "open"
    SHIPPED = "shipped"
    VOID = "void"


class Held(StrEnum):
    """Why an order stands still, if it does."""

    NOT = ""
    HOLD = "hold"
    LOCKED = "locked"
    RISK = "risk"


#: Why an order is held that its platform sends itself, from stock of its own: here to look at only.
#: It is a word of ``OrderRecord.hold`` too.
SENT_BY_PLATFORM = "platform"


class OutboxState(StrEnum):
    """What became of something that must be told to the outside."""

    READY = "ready"
    LEASED = "leased"
    UNKNOWN = "unknown"
    DONE = "done"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


class ProofKind(StrEnum):
    """A recorded fact that supports a status (F003, F004)."""

    PAYMENT_CALLBACK = "payment_callback"
    BANK_SERIAL = "bank_serial"
    PLATFORM_SETTLED = "platform_settled"
    WAYBILL = "waybill"
    OUTBOUND_SCAN = "outbound_scan"
    CARRIER_ACCEPTANCE = "carrier_acceptance"


class ShippedBy(StrEnum):
    """Whose word made the order count as shipped, and its money as owed to the shop."""

    SCAN = "scan"
    CARRIER = "carrier"
    PLATFORM = "platform"


class PaidPolicy(StrEnum):
    """What the shop takes for a payment that has arrived."""

    CALLBACK_AND_SERIAL = "callback_and_serial"
    SETTLED = "settled"
    EITHER = "either"


class ShipTrigger(StrEnum):
    """What ships the order on the platform: the shop's choice (F230)."""

    PRINT = "print"
    VERIFY = "verify"
    WEIGH_OUT = "weigh_out"
    HAND_OVER = "hand_over"


class PartShipment(StrEnum):
    """Which parcel of several tells a platform that takes an order only as a whole."""

    LAST = "last"
    FIRST = "first"


class LockMoment(StrEnum):
    """When stock is first held for an order; nightly is for one shop alone, whose sales merge."""

    AT_ORDER = "at_order"
    AT_PAYMENT = "at_payment"
    NIGHTLY = "nightly"


class CaseState(StrEnum):
    """How far somebody is with an exception."""

    OPEN = "open"
    CLAIMED = "claimed"
    SETTLED = "settled"


class Priority(StrEnum):
    """How soon a case must be looked at; P0 first."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


class Responsible(StrEnum):
    """Whose turn it is to answer for a case until a person says otherwise."""

    SHOP = "shop"
    WAREHOUSE = "warehouse"
    CARRIER = "carrier"
    PLATFORM = "platform"
    BUYER = "buyer"
    WAYDESK = "waydesk"


class AuditResult(StrEnum):
    """How an attempt ended; a denial is an entry too."""

    OK = "ok"
    DENIED = "denied"
    FAILED = "failed"
