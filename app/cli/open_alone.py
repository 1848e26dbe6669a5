"""Opens the book for a command of the terminal that writes, where no background service runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.cli.hands import Hands
from app.domain.errors import BookInUse
from app.process.locks import wait_lock
from app.store.backup import BOOK_FILE
from app.store.engine import postgres_engine, sqlite_engine
from app.store.restore import KEEPER_LOCK
from app.store.work import Book

WAIT_S = 5.0


@contextmanager
def open_alone(hands: Hands) -> Iterator[Book]:
    """The book, for as long as the block lasts. Raises :class:`BookInUse` beside a service."""
    folder = hands.settings.folder
    lock = wait_lock(folder / KEEPER_LOCK, WAIT_S)
    if lock is None:
        raise BookInUse(folder=str(folder))
    where = hands.settings.book
    engine = postgres_engine(where) if where else sqlite_engine(folder / BOOK_FILE)
    try:
        yield hands.opener(hands.key()).open(engine, hands.place())
    finally:
        engine.dispose()
        lock.release()
