"""Points instead of calls: how long to wait before a request, and how large a page may be.

Each answer says what the request was asked to cost, what it did cost, and what the bucket holds
(channels.md 1.5: `extensions.cost`). A request needs its asked-for cost in the bucket when it
arrives; whoever waits until it is there is never throttled by his own doing.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from sync.ports import Clock, Sleep
from sync.reading import mapping, minor

MOST_POINTS = 1000
# Pages aim below the most one request may cost, for the platform's count is not ours.
AIM = 800
FIRST_PAGE, LARGEST_PAGE = 5, 50
# Waited for beyond the cost: the bucket is told in whole points, and two clocks are never one.
SPARE = 10.0


class CostMeter:
    """The bucket of one app at one shop, as its answers tell it."""

    def __init__(self, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        """Start knowing nothing: the first request leaves at once."""
        self._clock, self._sleep = clock, sleep
        self._costs: dict[str, float] = {}
        self._available: float | None = None
        self._most = 0.0
        self._rate = 0.0
        self._at = 0.0
        self._under_way = 0.0

    async def take(self, name: str, size: int = 1) -> float:
        """Return when the bucket holds what a page of this `size` is asked to cost; the cost."""
        cost = min(self._costs.get(name, 0.0) * size, self._most)
        wait_s = self.wait_s(cost)
        if self._available is not None:
            # Taken at once, before waiting, so that two who wait do not count on the same points.
            self._available = self._now_available() - cost
            self._at = self._clock.mono()
        self._under_way += cost
        if wait_s > 0:
            await self._sleep(wait_s)
        return cost

    def wait_s(self, cost: float) -> float:
        """Seconds until the bucket holds this many points."""
        if self._available is None or self._rate <= 0:
            return 0.0
        needed = min(cost + SPARE, self._most)
        return max(0.0, (needed - self._now_available()) / self._rate)

    def _now_available(self) -> float:
        grown = (self._clock.mono() - self._at) * self._rate
        return min(self._most, (self._available or 0.0) + grown)

    def lost(self, taken: float) -> None:
        """A request got no answer: it is no longer under way."""
        self._under_way = max(0.0, self._under_way - taken)

    def heed(self, name: str, size: int, taken: float, extensions: Mapping[str, Any]) -> int:
        """Note what an answer to a page of this `size` says, for which `taken` points were taken.

        Returns milliseconds until a refused request would have fitted.
        """
        self.lost(taken)
        cost = mapping(mapping(extensions).get("cost"))
        status = mapping(cost.get("throttleStatus"))
        asked = _points(cost.get("requestedQueryCost"))
        if asked is not None:
            self._costs[name] = asked / size
        numbers = [_points(status.get(key)) for key in ("currentlyAvailable", "restoreRate")]
        most = _points(status.get("maximumAvailable"))
        if None in numbers or most is None:
            return 0
        # Others under way are taken off already on our side, and perhaps not yet on theirs.
        self._available = (numbers[0] or 0.0) - self._under_way
        self._rate, self._most, self._at = numbers[1] or 0.0, most, self._clock.mono()
        return round(1000 * self.wait_s(min(asked or 0.0, most)))

    def page(self, name: str, last: int) -> int:
        """How large a page to ask for next, after one of `last`: as the points allow."""
        each = self._costs.get(name, 0.0)
        return last if each <= 0 else max(1, min(LARGEST_PAGE, int(AIM / each)))


def _points(told: object) -> float | None:
    """A number of points; Shopify writes 1000 and 1000.0."""
    thousandths = minor(told, 3)
    return None if thousandths is None or thousandths < 0 else thousandths / 1000
