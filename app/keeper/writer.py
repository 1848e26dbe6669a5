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
from enum import IntEnum
from typing import Any, TypeVar

T = TypeVar("T")


class Turn(IntEnum):
    """Who goes first."""

    COMMAND = 0
    ANSWER = 1
    INTAKE = 2
    STOP = 9


class Writer:
    """Runs functions one at a time on its own thread, the most urgent first."""

    def __init__(self) -> None:
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

        def run() -> None:
            try:
                result = work()
            except BaseException as problem:  # noqa: BLE001 - handed to whoever asked
                loop.call_soon_threadsafe(_fail, future, problem)
            else:
                loop.call_soon_threadsafe(_give, future, result)

        self._line.put((turn, next(self._count), run))
        return await future

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
