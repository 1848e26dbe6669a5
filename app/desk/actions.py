"""What can be done with an order: each a row with its word, key, permission and when it may be.

The door decides; this table only says beforehand what the door would refuse, by the same
permissions and the same lifecycle, so that a locked action stands there with its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.lifecycle import Lifecycle
from app.domain.states import Held, Machine, OrderState, PaymentState, PrintState
from app.reads.board import BoardRow

GONE = frozenset({OrderState.CANCELLED, OrderState.CLOSED})
UNPAID = frozenset({PaymentState.UNPAID, PaymentState.UNCONFIRMED})
UNSETTLED = frozenset({PrintState.UNKNOWN, PrintState.SPOOLED})
May = Callable[[str], bool]
Check = Callable[[BoardRow, Lifecycle], str]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done.

    Attributes:
        word: the key of its name.
        key: its shortcut, as Qt writes keys; it acts only while no field has the keyboard.
        right: the key of the sentence of the permission the door asks for.
        why_not: gives the key of the reason why it cannot be done now, empty when it can.
        many: whether it may be done with a selection.
    """

    name: str
    word: str
    key: str
    right: str
    why_not: Check
    many: bool = False
    tone: str = ""

    @property
    def permission(self) -> str:
        """The permission's own name."""
        return self.right.removeprefix("permission.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an action may be done now; otherwise why not, as a key with what fills it.

    `fits` says whether it is worth showing at all: the order stands where it could be done.
    """

    action: Action
    allowed: bool
    reason: str = ""
    right: str = ""
    fits: bool = True


def standing(action: Action, row: BoardRow, law: Lifecycle, may: May) -> Standing:
    """How an action stands for this order and person."""
    reason = action.why_not(row, law)
    if not may(action.permission):
        return Standing(action, False, "act.no_right", action.right, fits=not reason)
    return Standing(action, not reason, reason, fits=not reason or reason in TOLD)


def all_standing(row: BoardRow, law: Lifecycle, may: May) -> tuple[Standing, ...]:
    """What fits the order: what can be done first, then what is locked for this person."""
    found = [standing(action, row, law, may) for action in ACTIONS]
    return tuple(sorted((s for s in found if s.fits), key=lambda s: not s.allowed))


def _stopped(row: BoardRow) -> str:
    if row.intake != "booked":
        return "act.not_booked"
    return "act.is_held" if row.held else ""


def _hold(row: BoardRow, _law: Lifecycle) -> str:
    if row.held not in {Held.NOT, Held.LOCKED}:
        return "act.already_held"
    return "act.is_over" if row.state in GONE or row.state == OrderState.COMPLETED else ""


def _release(row: BoardRow, _law: Lifecycle) -> str:
    if row.held == Held.RISK:
        return "act.platform_holds"
    return "" if row.held else "act.not_held"


def _review(row: BoardRow, law: Lifecycle) -> str:
    if row.state != OrderState.PAID or (Machine.ORDER, row.state, "review") not in law.rows:
        return "act.not_to_review"
    return ""


def _waybill(row: BoardRow, law: Lifecycle) -> str:
    if row.state != OrderState.ALLOCATED:
        return "act.not_allocated"
    if row.waybill_no or (Machine.LOGISTICS, row.logistics, "take_number") not in law.rows:
        return "act.has_waybill"
    return _stopped(row)


def _print(row: BoardRow, _law: Lifecycle) -> str:
    if not row.waybill_no:
        return "act.no_waybill"
    return "act.is_printed" if row.print_state else _stopped(row)


def _reprint(row: BoardRow, _law: Lifecycle) -> str:
    if not row.waybill_no:
        return "act.no_waybill"
    return "" if row.print_state else "act.not_printed"


def _settle(row: BoardRow, _law: Lifecycle) -> str:
    return "" if row.print_state in UNSETTLED else "act.print_known"


def _payment(row: BoardRow, _law: Lifecycle) -> str:
    waits = row.payment in UNPAID and row.state not in GONE
    return "" if waits else "act.is_paid"


def _cancel(row: BoardRow, law: Lifecycle) -> str:
    return "" if (Machine.ORDER, row.state, "cancel") in law.rows else "act.too_late"


def _always(_row: BoardRow, _law: Lifecycle) -> str:
    return ""


def _tracking(row: BoardRow, _law: Lifecycle) -> str:
    return "" if row.waybill_no else "act.no_waybill"


TOLD = frozenset({"act.is_held", "act.platform_holds"})
"""Reasons worth a greyed button; where an action simply does not fit, it is left out."""

ACTIONS = (
    Action("waybill", "act.waybill", "W", "permission.waybill.create", _waybill, many=True),
    Action("print", "act.print", "P", "permission.label.print", _print, many=True),
    Action("settle", "act.settle", "Y", "permission.label.print", _settle),
    Action("payment", "act.payment", "B", "permission.payment.confirm", _payment),
    Action("release", "act.release", "R", "permission.order.release", _release, many=True),
    Action("review", "act.review", "V", "permission.order.review", _review, many=True),
    Action("hold", "act.hold", "H", "permission.order.hold", _hold, many=True),
    Action("note", "act.note", "N", "permission.order.note", _always),
    Action("memo", "act.memo", "M", "permission.order.memo", _always),
    Action("reprint", "act.reprint", "Shift+P", "permission.label.reprint", _reprint),
    Action("tracking", "act.tracking", "T", "permission.trace.read", _tracking, many=True),
    Action("cancel", "act.cancel", "Shift+X", "permission.order.cancel", _cancel, tone="danger"),
)
"""In the order in which they are likely to be wanted; the first that can be done stands out."""
