"""What to do about a waybill whose answer was lost (consistency.md 2.2).

Never a second waybill by guess: look it up, send the same bytes under the same key while the
carrier promises to recognise them, or ask a person.
"""

from dataclasses import dataclass
from enum import StrEnum

LOOKUP_WAITS_MS = (5_000, 15_000, 45_000, 120_000, 300_000, 600_000)
BETWEEN_NOT_FOUND_MS = 60_000


MOST_LOOKUPS = len(LOOKUP_WAITS_MS)


class Next(StrEnum):
    """The one thing to do now."""

    LOOK_UP = "look_up"
    RESEND = "resend"
    ASK_PERSON = "ask_person"


@dataclass(frozen=True, slots=True)
class Promise:
    """What the carrier promises, in milliseconds; 0 means not at all."""

    idem_window_ms: int
    lookup_by_ref: bool
    not_found_is_final_after_ms: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A waybill request without an answer: when it left, and what lookups said.

    ``not_found_at`` is when a lookup first said "unknown to us", None while none has.
    """

    first_sent_at: int
    not_found_at: int | None
    now: int


def plan(lost: Lost, promise: Promise) -> Next:
    """Decide the next act for a lost request."""
    age = lost.now - lost.first_sent_at
    safe_repeat = age < promise.idem_window_ms * 9 // 10
    if promise.lookup_by_ref:
        unknown_there = lost.not_found_at is not None
        return Next.RESEND if unknown_there and safe_repeat else Next.LOOK_UP
    return Next.RESEND if safe_repeat else Next.ASK_PERSON


def wait_ms(lookups: int, spread: float) -> int:
    """How long to wait before the next lookup; ``spread`` is between -0.2 and 0.2."""
    wait = LOOKUP_WAITS_MS[min(lookups, len(LOOKUP_WAITS_MS) - 1)]
    return int(wait * (1 + spread))


def is_final(lost: Lost, promise: Promise) -> bool:
    """Whether a "not found" heard just now is believed, so that the same bytes may leave again.

    It is when an earlier lookup said the same, a minute ago at least, and the request is older than
    the carrier needs to know its own orders.
    """
    if lost.not_found_at is None:
        return False
    late = lost.now - lost.first_sent_at >= promise.not_found_is_final_after_ms
    return lost.now - lost.not_found_at >= BETWEEN_NOT_FOUND_MS and late


def wait_after_no(lost: Lost, promise: Promise, lookups: int, spread: float) -> int:
    """How long to wait after a "not found": by the plan, but not past when the next is believed."""
    heard = lost.now if lost.not_found_at is None else lost.not_found_at
    late = lost.first_sent_at + promise.not_found_is_final_after_ms
    left = max(heard + BETWEEN_NOT_FOUND_MS, late) - lost.now
    by_plan = wait_ms(lookups, spread)
    return min(by_plan, left) if left > 0 else by_plan
