"""Brings a backup back into a data folder, beside the book it replaces."""

import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.actor import Actor
from app.domain.errors import BookInUse
from app.domain.ports import Clock, Rng
from app.process.locks import try_lock
from app.store import settings
from app.store.backup import BOOK_FILE, STAMP, to_disk
from app.store.backup_check import check_backup, keys_in
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.work import Book, Place

KEEPER_LOCK = "keeper.lock"
#: while this setting says ``due``, nothing is printed: the past is real again, and carriers are
#: asked first about every waybill that may be newer than the backup (consistency.md 2.7)
RECONCILE = "reconcile"


@dataclass(frozen=True, slots=True)
class Restored:
    """What the record says of a restore: which backup, and why."""

    backup: str
    reason: str


class Restore:
    """Brings a backup back into a data folder."""

    def __init__(self, opener: Opener, kek: bytes, hands: tuple[Clock, Rng]) -> None:
        self._opener, self._kek = opener, kek
        self._clock, self._rng = hands

    def run(
        self, backup: Path, folder: Path, actor: Actor, place: Place, reason: str = ""
    ) -> Path | None:
        """Put the backup in the book's place; return where the old book was put aside.

        Printing stays locked until the carriers were asked (`RECONCILE`).

        Raises:
            BookInUse: a background service works on the folder.
            BackupBroken: the backup does not pass its check; nothing was touched.
            VaultLocked: it was made with another shop's key.
        """
        held = try_lock(folder / KEEPER_LOCK)
        if held is None:
            raise BookInUse(folder=str(folder))
        try:
            check_backup(backup, keys_in(backup, self._kek, self._rng), self._rng)
            coming = folder / f"{BOOK_FILE}.coming"
            shutil.copyfile(backup, coming)
            to_disk(coming)
            told = Restored(backup.name, reason)
            self._mark(coming, told, actor, place)
            aside = self._put_aside(folder)
            coming.replace(folder / BOOK_FILE)
            to_disk(folder)
        finally:
            held.release()
        return aside

    def _mark(self, coming: Path, told: Restored, actor: Actor, place: Place) -> None:
        """Write into the book that it was brought back, before it is anybody's book."""
        engine = sqlite_engine(coming)
        try:
            book = self._opener.open(engine, place)
            _lock_printing(book, told, actor)
            with engine.connect() as conn:
                conn.exec_driver_sql("COMMIT")
                conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                conn.exec_driver_sql("PRAGMA journal_mode=DELETE")
                conn.exec_driver_sql("BEGIN")
        finally:
            engine.dispose()
        to_disk(coming)

    def _put_aside(self, folder: Path) -> Path | None:
        """Copy the old book, with what belongs to it, where it is still found.

        It stays in its place until the restored one takes that in one step: a restore that is
        cut off leaves either book, whole, and never none.
        """
        old = folder / BOOK_FILE
        if not old.exists():
            return None
        stamp = datetime.fromtimestamp(self._clock.now() / 1000, UTC).strftime(STAMP)
        aside = folder / f"before-restore-{stamp}"
        aside.mkdir(mode=0o700)
        beside = [old.with_name(f"{BOOK_FILE}{end}") for end in ("-wal", "-shm")]
        for path in (old, *beside):
            if path.exists():
                to_disk(Path(shutil.copyfile(path, aside / path.name)))
        _fold_in(old)
        for path in beside:
            path.unlink(missing_ok=True)
        return aside


def _fold_in(old: Path) -> None:
    """Bring the old book's last commits into its file, unless it is past reading."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(old, isolation_level=None)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _lock_printing(book: Book, told: Restored, actor: Actor) -> None:
    with book.work(actor) as work:
        settings.put(work, RECONCILE, {"state": "due", "backup": told.backup})
        work.tell("book_restored", "book", 0, backup=told.backup, reason=told.reason)
        work.commit()
