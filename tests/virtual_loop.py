"""Hours in seconds for code that sleeps on the loop itself: where nobody has work, time jumps.

Unlike tests.virtual_time, nothing is handed a sleep of its own: `asyncio.sleep`, `wait_for` and
`timeout` pass virtual time, so that the keeper's workers run here as they run in the keeper.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tests.worlds import NOON

T = TypeVar("T")


class _Jump(selectors.DefaultSelector):
    """Waits for nobody: what it would have waited has passed."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        if timeout is None and not found:
            raise AssertionError("nobody has work and nobody waits for a moment: it would hang")
        if not found:
            self.passed += max(0.0, timeout or 0.0)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only where everybody waits."""

    def __init__(self) -> None:
        self.jump = _Jump()
        super().__init__(self.jump)

    def time(self) -> float:
        return self.jump.passed


class LoopClock:
    """The clock of a virtual loop; it begins at noon."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> int:
        return NOON + round(self._loop.time() * 1000)

    def mono(self) -> float:
        return self._loop.time()

    def busy(self) -> float:
        return self._loop.time()


async def comes_true(true: Callable[[], bool], most_s: float, every_s: float = 0.5) -> bool:
    """Wait until something holds, at most so many seconds of the loop's time; whether it does."""
    for _ in range(round(most_s / every_s)):
        if true():
            return True
        await asyncio.sleep(every_s)
    return true()


def run_virtually(work: Coroutine[Any, Any, T], loop: VirtualLoop) -> T:
    """Run until done and close the loop."""
    try:
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
