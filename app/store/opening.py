"""Opens a book with the shop's key, and begins a new one."""

from pathlib import Path

from sqlalchemy import Engine, select

from app.domain.actor import worker
from app.domain.errors import Refusal
from app.domain.ports import Clock, Ids, Rng
from app.store.backup import FOLDER, Keeping, drop_old, make_backup
from app.store.key_rows import keys_from
from app.store.keys import KEY_BYTES, Keys
from app.store.migrate import LATEST, Migrated, check_revision, migrate
from app.store.tables_record import keyring_row
from app.store.vault import wrap
from app.store.work import Book, Place

FIRST = 1


class BookAbsent(Refusal):
    """There is no data in the folder yet."""

    takes = ("folder",)


def keys_of(engine: Engine, kek: bytes, rng: Rng) -> Keys | None:
    """Return the keys that lie wrapped in the book; None when it has none yet.

    Raises:
        VaultLocked: another shop's key was given.
    """
    columns = (keyring_row.c.id, keyring_row.c.wrapped, keyring_row.c.state)
    with engine.connect() as conn:
        rows = [tuple(row) for row in conn.execute(select(*columns))]
    return keys_from(rows, kek, rng)


class Opener:
    """What opening a book takes: its key and what the book is handed."""

    def __init__(self, kek: bytes, clock: Clock, ids: Ids, rng: Rng) -> None:
        self._kek, self._clock, self._ids, self._rng = kek, clock, ids, rng

    def with_key(self, kek: bytes) -> "Opener":
        """Return what opens books closed with another key of the shop's."""
        return Opener(kek, self._clock, self._ids, self._rng)

    def open(self, engine: Engine, place: Place | None = None) -> Book:
        """Return the book behind ``engine``, brought to today's form; begun when it is new.

        Raises:
            BookTooNew: a newer Waydesk wrote it.
            VaultLocked: it was closed with another shop's key.
        """
        self._put_aside(engine)
        done = migrate(engine)
        keys = keys_of(engine, self._kek, self._rng)
        if keys is None:
            return self._begin(engine, place)
        book = Book(engine, keys, self._clock, self._ids, place)
        if done.before != done.after:
            self._tell(book, done)
        return book

    def _put_aside(self, engine: Engine) -> None:
        """Make a verified backup of a book in an older form; a shared one is its server's care."""
        found, where = check_revision(engine), engine.url.database
        if engine.dialect.name != "sqlite" or not where or found in {"", LATEST}:
            return
        keys = keys_of(engine, self._kek, self._rng)
        if keys is not None:
            folder = Path(where).parent / FOLDER
            make_backup(Path(where), folder, keys, "upgrade", (self._clock, self._rng))
            drop_old(folder, Keeping())

    def _begin(self, engine: Engine, place: Place | None) -> Book:
        data_key = self._rng.random_bytes(KEY_BYTES)
        keys = Keys({FIRST: data_key}, FIRST, self._rng)
        book = Book(engine, keys, self._clock, self._ids, place)
        with book.work(worker("keeper", host=book.host)) as work:
            wrapped = wrap(self._kek, FIRST, data_key, self._rng)
            row = {"id": FIRST, "wrapped": wrapped, "state": "current", "made_at": work.now}
            work.insert(keyring_row, row)
            work.tell("book_begun", "book", FIRST)
            work.commit()
        return book

    @staticmethod
    def _tell(book: Book, done: Migrated) -> None:
        with book.work(worker("keeper", host=book.host)) as work:
            work.tell("book_migrated", "book", 0, before=done.before, after=done.after)
            work.commit()
