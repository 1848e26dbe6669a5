"""Reads off the Qt thread: one thread with its own connection, results as awaitables."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from app.reads.book import ReadBook

T = TypeVar("T")
P = ParamSpec("P")


class Reader:
    """Runs the functions of `app.reads` one after another; the screen never waits for them."""

    def __init__(self, path: Path) -> None:
        """Read this file; it is opened at the first read."""
        self._path = path
        self._book: ReadBook | None = None
        self._thread = ThreadPoolExecutor(1, "reads")

    async def read(
        self, look: Callable[Concatenate[ReadBook, P], T], *args: P.args, **more: P.kwargs
    ) -> T:
        """Run one read; raises what it raises (no book yet: sqlite3.OperationalError)."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: look(self._opened(), *args, **more))

    async def reopen(self) -> None:
        """Read the file that stands there now from the next read on: another took its place."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._shut)

    def close(self) -> None:
        """Finish the read in hand and close the connection; harmless when done twice."""
        with contextlib.suppress(RuntimeError):  # closed before
            self._thread.submit(self._shut)
        self._thread.shutdown(wait=True)

    def _opened(self) -> ReadBook:
        if self._book is None:
            self._book = ReadBook(self._path)
        return self._book

    def _shut(self) -> None:
        if self._book is not None:
            self._book.close()
            self._book = None
