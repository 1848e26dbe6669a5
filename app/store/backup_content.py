"""What is in a backup, for the person who chooses one; and what a restore of it would lose.

All of it is read from the files themselves through connections that cannot write. Beside a backup
lies a note of who took it and when it was last found whole; it counts only while the file is the
one it was written about, and a restore checks the file again whatever the note says.
"""

import contextlib
import sqlite3
from pathlib import Path

import msgspec

from app.domain.errors import BackupBroken, NotFound
from app.store.backup import NOTE, Backup, list_backups
from app.store.backup_check import opened

_CONTENT = (
    "SELECT (SELECT count(*) FROM orders),"
    " (SELECT external_no FROM orders ORDER BY id DESC LIMIT 1),"
    " (SELECT max(placed_at) FROM orders),"
    " (SELECT max(at) FROM audit)"
)
_SINCE = (
    ("orders", "SELECT count(*) FROM orders WHERE id > ?"),
    ("waybill", "SELECT count(*) FROM waybill WHERE id > ? AND carrier_no IS NOT NULL"),
    ("print_job", "SELECT count(*) FROM print_job WHERE id > ?"),
    ("cases", "SELECT count(*) FROM cases WHERE id > ?"),
)
MOST_NAMED = 12


class Note(msgspec.Struct, frozen=True):
    """What stands beside a backup.

    Attributes:
        by, why: who had it made, and what for.
        verified_at: when it was last found whole, UTC ms.
        size, changed_ns: of the file it was written about.
    """

    by: str = ""
    why: str = ""
    verified_at: int = 0
    size: int = 0
    changed_ns: int = 0


class Content(msgspec.Struct, frozen=True):
    """What a backup holds: orders, the newest one's platform number and when it was placed.

    ``told_at`` is the last line of the record; times are UTC ms.
    """

    orders: int = 0
    last_no: str = ""
    last_at: int = 0
    told_at: int = 0
    form: int = 0


class Loss(msgspec.Struct, frozen=True):
    """What the present book has and a backup has not.

    Attributes:
        orders, waybills, prints, cases: how many were born since.
        changes: entries of the activity log since.
        numbers: platform numbers of some orders born since, newest first.
        known: whether the present book could be read at all.
    """

    orders: int = 0
    waybills: int = 0
    prints: int = 0
    cases: int = 0
    changes: int = 0
    numbers: tuple[str, ...] = ()
    known: bool = True


def find_backup(folder: Path, name: str) -> Backup:
    """The backup of this name in a folder; a name is never a path. Raises NotFound."""
    for one in list_backups(folder):
        if one.path.name == name:
            return one
    raise NotFound(what="backup", id=name)


def content_of(path: Path) -> Content:
    """Look into a backup.

    Raises:
        BackupBroken: it is no book of ours, or cannot be read.
    """
    try:
        with opened(path) as conn:
            orders, last_no, last_at, told_at = conn.execute(_CONTENT).fetchone()
            form = conn.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupBroken(file=path.name, why=str(error)) from error
    return Content(orders, last_no or "", last_at or 0, told_at or 0, form)


def loss_of(backup: Path, book: Path) -> Loss:
    """What a restore of `backup` would take away from `book`, which may be in use.

    Ids are born in the order of time, so what was born since is what has a greater one.

    Raises:
        BackupBroken: the backup cannot be read.
    """
    newest, told_at = _newest(backup)
    try:
        with opened(book) as conn:
            born = {name: conn.execute(sql, (newest[name],)).fetchone()[0] for name, sql in _SINCE}
            lines = conn.execute("SELECT count(*) FROM audit WHERE at > ?", (told_at,)).fetchone()
            numbers = conn.execute(
                "SELECT external_no FROM orders WHERE id > ? ORDER BY id DESC LIMIT ?",
                (newest["orders"], MOST_NAMED),
            ).fetchall()
    except sqlite3.Error:
        return Loss(known=False)
    return Loss(
        orders=born["orders"],
        waybills=born["waybill"],
        prints=born["print_job"],
        cases=born["cases"],
        changes=lines[0],
        numbers=tuple(row[0] for row in numbers),
    )


def read_note(backup: Backup) -> Note:
    """The note beside a backup; an empty one when there is none, or it is of another file."""
    try:
        note = msgspec.json.decode(backup.path.with_suffix(NOTE).read_bytes(), type=Note)
        stat = backup.path.stat()
    except (OSError, msgspec.MsgspecError):
        return Note()
    same = (note.size, note.changed_ns) == (stat.st_size, stat.st_mtime_ns)
    return note if same else Note(note.by, note.why)


def write_note(backup: Backup, by: str, why: str, verified_at: int) -> Note:
    """Write the note; a full disk costs the note, never the backup."""
    stat = backup.path.stat()
    note = Note(by, why, verified_at, stat.st_size, stat.st_mtime_ns)
    with contextlib.suppress(OSError):
        backup.path.with_suffix(NOTE).write_bytes(msgspec.json.encode(note))
    return note


def _newest(backup: Path) -> tuple[dict[str, int], int]:
    try:
        with opened(backup) as conn:
            newest = {
                name: conn.execute(f'SELECT max(id) FROM "{name}"').fetchone()[0] or 0  # noqa: S608 - our own names
                for name, _ in _SINCE
            }
            told = conn.execute("SELECT max(at) FROM audit").fetchone()[0] or 0
    except sqlite3.Error as error:
        raise BackupBroken(file=backup.name, why=str(error)) from error
    return newest, told
