"""Long readings beside the writer: how far they have come, how they end early, and on what."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from app.keeper.server import Ask
from app.store.engine import reading_engine
from app.store.work import Book, Place

Watch = Callable[[int, int], None]
"""Is told how many of how many are done; what it raises ends the reading."""


class Stopped(Exception):  # noqa: N818 - a person's wish, no error
    """Somebody stopped a reading."""


def stoppable(stop: threading.Event, watch: Watch) -> Watch:
    """The watch, which ends the reading by :class:`Stopped` once somebody asked for that."""

    def look(done: int, of: int) -> None:
        if stop.is_set():
            raise Stopped
        watch(done, of)

    return look


def reporter(ask: Ask, words: str) -> Watch:
    """Tell the desk how far a reading has come, from the thread that reads."""
    loop = asyncio.get_running_loop()

    def report(done: int, of: int) -> None:
        loop.call_soon_threadsafe(ask.progress, done, of, words)

    return report


@contextlib.contextmanager
def read_only(book: Book) -> Iterator[Book]:
    """The same book through a connection of its own, so that the writer is held up by nothing."""
    where = book.engine.url.database
    if book.dialect != "sqlite" or not where:
        yield book
        return
    engine = reading_engine(Path(where))
    place = Place(book.chain, book.host, book.app)
    try:
        yield Book(engine, book.keys, book.clock, book.ids, place)
    finally:
        engine.dispose()
