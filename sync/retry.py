"""Whether and when to try again: a value from (error, attempts, now, chance), never a loop.

The table is consistency.md 2.6. Full jitter spreads ordinary failures; equal jitter is used for
throttling, because full jitter can draw almost nothing and spend all tries inside the limit's
window. Retries stand at one layer; the budget keeps them at a tenth of the traffic.
"""

from collections import deque
from dataclasses import dataclass

from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    SyncError,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.ports import Rng

FOREGROUND_TRIES = 6
FIRST_S = 0.5
FOREGROUND_CAP_S = 60.0
OUTBOX_CAP_S = 900.0
OUTBOX_UNTIL_MS = 24 * 3_600_000
_TRANSIENT = (Throttled, Unreachable, Ambiguous, Malformed)
_FOR_A_PERSON = (TokenExpired, PermissionMissing)


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after this many milliseconds."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class Never:
    """Do not try again by yourself; `why` is permanent | person | lookup | spent."""

    why: str


Decision = Again | Never


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known when a try failed: how many were made, and whether it may have acted twice.

    `writes` says that a repeat can do the thing twice; `looked_up` that the channel checks before
    it repeats, so that a repeat is harmless.
    """

    tries: int
    writes: bool = False
    looked_up: bool = False


def decide(error: SyncError, attempt: Attempt, rng: Rng) -> Decision:
    """In the foreground: six tries with growing waits, then the outbox or the next round."""
    barred = _barred(error, attempt)
    if barred is not None:
        return barred
    if attempt.tries >= FOREGROUND_TRIES:
        return Never("spent")
    return Again(_wait_ms(error, attempt.tries, FOREGROUND_CAP_S, rng))


def decide_outbox(
    error: SyncError, attempt: Attempt, first_sent_ms: int, now_ms: int, rng: Rng
) -> Decision:
    """From the outbox: waits growing to 15 minutes, for 24 hours, then a person is asked."""
    barred = _barred(error, attempt)
    if barred is not None:
        return barred
    if now_ms - first_sent_ms >= OUTBOX_UNTIL_MS:
        return Never("spent")
    return Again(_wait_ms(error, attempt.tries, OUTBOX_CAP_S, rng))


def _barred(error: SyncError, attempt: Attempt) -> Never | None:
    if not isinstance(error, _TRANSIENT):
        return Never("person" if isinstance(error, _FOR_A_PERSON) else "permanent")
    if isinstance(error, Ambiguous) and attempt.writes and not attempt.looked_up:
        return Never("lookup")
    return None


def _wait_ms(error: SyncError, tries: int, cap_s: float, rng: Rng) -> int:
    # 2**20 half-seconds are past every cap; a bound keeps long-lived counters from overflowing.
    ceiling = min(cap_s, FIRST_S * (1 << min(max(tries, 0), 20)))
    if not isinstance(error, Throttled):
        return round(1000 * rng.uniform(0, ceiling))
    if error.retry_after_ms is not None:
        return error.retry_after_ms
    ceiling = min(ceiling, FOREGROUND_CAP_S)  # the whole side is paused: no row waits longer for it
    return round(1000 * (ceiling / 2 + rng.uniform(0, ceiling / 2)))


class Budget:
    """Lets through at most one retry per ten requests of the last 60 s, and always three.

    One budget per host, so that an outage is not answered with a storm.
    """

    def __init__(self, share: float = 0.1, floor: int = 3, window_s: float = 60.0) -> None:
        """Start with nothing sent."""
        self._share = share
        self._floor = floor
        self._window_s = window_s
        self._sent: deque[float] = deque()
        self._retried: deque[float] = deque()

    def sent(self, mono: float) -> None:
        """Count one request that left, first try or retry."""
        self._sent.append(mono)

    def spend(self, mono: float) -> bool:
        """Whether one more retry may leave now; counts it if so."""
        for seen in (self._sent, self._retried):
            while seen and seen[0] <= mono - self._window_s:
                seen.popleft()
        if len(self._retried) >= max(self._floor, int(self._share * len(self._sent))):
            return False
        self._retried.append(mono)
        return True
