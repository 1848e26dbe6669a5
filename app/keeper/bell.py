"""A bell that calls a worker to its rounds: rung when there is work, or after a short rest."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable


class Bell:
    """Wakes one worker; ringing it many times before it looks counts once."""

    def __init__(self, rest_s: float) -> None:
        """``rest_s`` is how long the worker rests when nobody rings, in seconds."""
        self._rest_s = rest_s
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Call the worker now."""
        self._rung.set()

    async def rest(self) -> None:
        """Rest until somebody rings, or long enough."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), self._rest_s)
        self._rung.clear()

    async def rounds(self, go: Callable[[], Awaitable[int]]) -> None:
        """Go round until cancelled, resting after a round that found nothing to do."""
        while True:
            if not await go():
                await self.rest()
