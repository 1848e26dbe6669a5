"""How fast and whether at all: the token bucket and the breaker, one each per channel account.

Both take the clock handed in and never look at another one (consistency.md 2.6).
"""

import asyncio
from collections import deque
from collections.abc import Callable

from sync.ports import Clock, Rng, Sleep


class Bucket:
    """A token bucket for one (channel, app, shop): `rate` a second, at most `burst` at once.

    Those who wait leave in the order they came.
    """

    def __init__(
        self, clock: Clock, rate: float, burst: float, sleep: Sleep = asyncio.sleep
    ) -> None:
        """Start full."""
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._sleep = sleep
        self._tokens = burst
        self._filled_at = clock.mono()

    async def take(self, cost: float = 1.0) -> None:
        """Return when this request may leave; a debt is waited off."""
        wait_s = self.claim(cost)
        if wait_s > 0:
            await self._sleep(wait_s)

    def claim(self, cost: float = 1.0) -> float:
        """Take the tokens now, and say how many seconds to wait before using them."""
        now = self._clock.mono()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        self._tokens -= cost
        return max(0.0, -self._tokens / self._rate)

    def pace(self, rate: float) -> None:
        """Go on at another rate, one the side named; what was saved up until now stays."""
        self.claim(0)
        self._rate = rate


class Unlimited:
    """For sides that set no limit of their own (a sandbox)."""

    async def take(self, cost: float = 1.0) -> None:
        """Return at once."""

    def pace(self, rate: float) -> None:
        """A rate that was named sets no limit here either."""


# A pause nobody asked for by length: 5 s, then four times as long each time up to two minutes, so
# that ten minutes of "slow down" cost about as many requests as ten ordinary ones (faults.md 22).
_SLOW_S, _SLOW_GROWS, _SLOWEST_S = 5.0, 4, 120.0
_TICK_S = 0.001
# Who says "slow down" and "at once" in one breath, or names a moment that is past, is left alone.
_SHORTEST_MS = 1000


class Breaker:
    """Stops asking a side that is down: open after 5 failures in a row, or half of 20 in 30 s.

    Open for 30 s, then twice as long each time up to 10 minutes, ±20 % by chance; then one probe
    decides. A side that says "slow down" is left alone by everybody who would ask it, readings and
    uploads alike, and then by all but one.
    """

    def __init__(self, clock: Clock, rng: Rng) -> None:
        """Start closed."""
        self._mono: Callable[[], float] = clock.mono
        self._rng = rng
        self._seen: deque[tuple[float, bool]] = deque()
        self._in_a_row = 0
        self._times_opened = 0
        self._throttles = 0
        self._open_until: float | None = None
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether the side counts as down."""
        return self._open_until is not None

    def left_s(self) -> float:
        """Seconds until a request may leave, without taking the probe."""
        left = 0.0 if self._open_until is None else self._open_until - self._mono()
        return left if left > _TICK_S else 0.0

    def wait_s(self) -> float:
        """0 when a request may leave now (the probe, if open); else seconds until one may.

        A caller that gets 0 while open holds the one probe and must report `worked` or `failed`.
        """
        left = self.left_s()
        if left > 0 or self._open_until is None:
            return left
        if self._probing:
            return 1.0
        self._probing = True
        return 0.0

    def worked(self) -> None:
        """The last request was answered: a probe closes the breaker."""
        self._note(good=True)
        self._in_a_row = 0
        if self._throttles and not self._probing:
            return  # sent before the pause began; it says nothing of what may be asked now
        self._throttles = 0
        if self._open_until is not None:
            self._open_until = None
            self._times_opened = 0
            self._seen.clear()
        self._probing = False

    def throttled(self, asked_ms: int | None) -> None:
        """They said "slow down": nobody asks before `asked_ms` are over, or longer if they repeat.

        The first time they are believed; a side that says so again and again is asked less often
        than it names.
        """
        if self.left_s() > 0 and not self._probing:
            return  # several were on their way when the pause began: they say one and the same
        self._throttles += 1
        most = min(_SLOWEST_S, _SLOW_S * _SLOW_GROWS ** min(self._throttles - 1, 8))
        length = most / 2 + self._rng.uniform(0, most / 2)
        if asked_ms is not None:
            asked_ms = max(asked_ms, _SHORTEST_MS)
            length = asked_ms / 1000 if self._throttles == 1 else max(asked_ms / 1000, length)
        self._open_until = max(self._open_until or 0.0, self._mono() + length)
        self._probing = False

    def failed(self) -> None:
        """The last request was not answered well: maybe open, maybe longer."""
        self._note(good=False)
        self._in_a_row += 1
        if self._open_until is not None:
            if self._probing:
                self._trip()
        elif self._in_a_row >= 5 or self._half_bad():
            self._trip()

    def released(self) -> None:
        """The probe was given up before it was answered; another may take its place."""
        self._probing = False

    def _note(self, *, good: bool) -> None:
        now = self._mono()
        self._seen.append((now, good))
        while self._seen[0][0] < now - 30:
            self._seen.popleft()

    def _half_bad(self) -> bool:
        bad = sum(1 for _, good in self._seen if not good)
        return len(self._seen) >= 20 and bad * 2 >= len(self._seen)

    def _trip(self) -> None:
        length = min(600.0, 30.0 * (1 << self._times_opened)) * self._rng.uniform(0.8, 1.2)
        self._times_opened = min(self._times_opened + 1, 10)
        self._open_until = self._mono() + length
        self._probing = False
