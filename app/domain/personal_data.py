"""When an order's personal data may go: once the order is over, and whatever may follow it too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.states import OrderState

DAY_MS = 86_400_000
WEEK = 7
#: over by themselves: nothing follows a cancelled order that was never sent
_AT_ONCE = frozenset({OrderState.CANCELLED, OrderState.CLOSED})
_SENT = frozenset({OrderState.SHIPPED, OrderState.COMPLETED})


class OpenBecause(StrEnum):
    """Why an order still needs its buyer's data."""

    NOTHING = ""
    NOT_SHIPPED = "not_shipped"
    AFTER_SALE = "after_sale"
    WORK_OPEN = "work_open"


@dataclass(frozen=True, slots=True)
class Course:
    """How far an order has come.

    Attributes:
        sent_at: when it was completed, or shipped where no platform says that (UTC ms).
        busy: an exception is open, or something is still on its way to a platform, carrier or
            printer.
    """

    state: OrderState
    sent_at: int | None
    busy: bool


def backups_gone_after_ms(days: int, weeks: int) -> int:
    """Return how long after a moment no backup made before it is kept any more, in ms.

    ``days`` and ``weeks`` are how many daily and weekly ones stay; a week more is on the safe side.
    """
    return (max(days, WEEK * weeks) + WEEK) * DAY_MS


def open_because(course: Course, now: int, after_sale_days: int) -> OpenBecause:
    """Return why the personal data must stay for now; NOTHING when it may go."""
    if course.state not in _AT_ONCE | _SENT:
        return OpenBecause.NOT_SHIPPED
    if course.busy:
        return OpenBecause.WORK_OPEN
    if course.state in _AT_ONCE:
        return OpenBecause.NOTHING
    until = (course.sent_at or now) + after_sale_days * DAY_MS
    return OpenBecause.AFTER_SALE if now < until else OpenBecause.NOTHING
