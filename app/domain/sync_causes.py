"""Why a shop's syncing is late or stopped: four causes, each from what is measured already."""

from dataclasses import dataclass
from enum import StrEnum

THROTTLED = "sync_throttled"
WAITS_MS = 60_000
"""Work of ours that is due for longer is a backlog: nineteen of twenty orders are here by then."""
UNHEARD_MS = 86_400_000
"""Orders that were found for a day without one call about them: nobody listens any more."""


class Cause(StrEnum):
    """One of the four, in the order a person is told of them."""

    CALL_LIMITS = "call_limits"
    CAPACITY = "capacity"
    NO_LISTENER = "no_listener"
    NO_RETRY = "no_retry"


@dataclass(frozen=True, slots=True)
class Strain:
    """What is known of one shop that is read; times are UTC ms, None for never or not known.

    Attributes:
        up: whether its last reading worked.
        error: the code of why not.
        throttled: uploads and orders to read again that were last told to slow down.
        limit_left: calls the platform says are left.
        due_since: since when the oldest piece of work for it could be done and was not begun.
        can_push: its platform can call by itself, or keep messages for us.
        told_at: when it last did.
        last_event_at: when an order last came in or changed, however it was found.
        dead: dead letters; nothing tries them again by itself.
    """

    up: bool
    error: str
    throttled: int
    limit_left: int | None
    due_since: int | None
    can_push: bool
    told_at: int | None
    last_event_at: int | None
    dead: int


def causes_of(one: Strain, now: int) -> tuple[Cause, ...]:
    """Every cause that holds now (UTC ms); none where all is well or the reason is another one.

    Work that waits for a side that does not answer is no backlog of ours.
    """
    late = one.due_since is not None and now - one.due_since > WAITS_MS
    holds = {
        Cause.CALL_LIMITS: _is_limited(one),
        Cause.CAPACITY: one.up and late,
        Cause.NO_LISTENER: one.can_push and _is_unheard(one),
        Cause.NO_RETRY: one.dead > 0,
    }
    return tuple(cause for cause in Cause if holds[cause])


def _is_limited(one: Strain) -> bool:
    refused = not one.up and one.error == THROTTLED
    return refused or one.throttled > 0 or one.limit_left == 0


def _is_unheard(one: Strain) -> bool:
    if one.told_at is None:
        return True
    return one.last_event_at is not None and one.last_event_at - one.told_at > UNHEARD_MS
