"""The one thread that writes the book: commands before everything else, in the order they came.

The book has a single writing connection (house.md). Whatever wants to write hands a plain
function over and awaits it; long work is handed over in pieces, so that a command never waits for
more than the piece in hand.
"""

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from app.domain.errors import StaleVersion

T = TypeVar("T")


class Turn(IntEnum):
    """Who goes first."""

    COMMAND = 0
    ANSWER = 1
    INTAKE = 2
    STOP = 9


@dataclass(slots=True)
class Waits:
    """Who waited for whom since this was last asked.

    ``waited`` are the writes that found another under way, ``longest_s`` is the longest such wait
    in seconds, ``conflicts`` are those refused because their row had changed meanwhile.
    """

    writes: int = 0
    waited: int = 0
    longest_s: float = 0.0
    conflicts: int = 0


def _no_clock() -> float:
    return 0.0


class Writer:
    """Runs functions one at a time on its own thread, the most urgent first."""

    def __init__(self, mono: Callable[[], float] = _no_clock) -> None:
        """``mono`` measures how long a write waits for the one before it, in seconds.

        Without a clock who waited is counted, and for how long is not.
        """
        self._mono, self._waits, self._busy = mono, Waits(), 0
        self._line: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]]
        self._line = queue.PriorityQueue()
        self._count = itertools.count()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def do(self, turn: Turn, work: Callable[[], T]) -> T:
        """Run ``work`` on the writer's thread and give what it returned, or raise what it raised.

        Whoever stops waiting does not stop the work: it commits or does not, as a whole.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        came, behind = self._mono(), self._busy > 0
        self._busy += 1

        def run() -> None:
            self._began(came, behind=behind)
            try:
                result = work()
            except BaseException as problem:  # noqa: BLE001 - handed to whoever asked
                self._waits.conflicts += isinstance(problem, StaleVersion)
                loop.call_soon_threadsafe(_fail, future, problem)
            else:
                loop.call_soon_threadsafe(_give, future, result)

        self._line.put((turn, next(self._count), run))
        try:
            return await future
        finally:
            self._busy -= 1

    def taken(self) -> Waits:
        """Who waited since this was last asked; the count begins anew."""
        waits, self._waits = self._waits, Waits()
        return waits

    def _began(self, came: float, *, behind: bool) -> None:
        waits = self._waits
        waits.writes += 1
        if behind:
            waits.waited += 1
            waits.longest_s = max(waits.longest_s, self._mono() - came)

    def close(self) -> None:
        """Do what is in line and end the thread."""
        self._line.put((Turn.STOP, next(self._count), None))
        self._thread.join()

    def _run(self) -> None:
        while (job := self._line.get()[2]) is not None:
            job()


def _give(future: "asyncio.Future[Any]", result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[Any]", problem: BaseException) -> None:
    if not future.done():
        future.set_exception(problem)
