"""Hours in seconds: a clock that jumps to the next moment somebody sleeps until.

Everything runs on the loop, so that whoever has work does it before time goes on.
"""

import asyncio
import heapq
from itertools import count

from tests.worlds import NOON

SETTLE = 60  # turns of the loop after which nobody has work left


class VirtualTime:
    """A clock and its sleep."""

    def __init__(self) -> None:
        self._s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> int:
        return NOON + round(self._s * 1000)

    def mono(self) -> float:
        return self._s

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._s + seconds, next(self._order), woken))
        await woken

    async def until(self, end_s: float) -> None:
        """Let time pass until this second, each sleeper woken at its own moment."""
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= end_s:
            self._s, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await self._settle()
        self._s = end_s

    async def _settle(self) -> None:
        for _ in range(SETTLE):
            await asyncio.sleep(0)
