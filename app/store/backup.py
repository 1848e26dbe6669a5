"""Backups of a book in one file: made, checked, and kept for a while.

A backup holds the whole book: personal data closed, and the data key wrapped by the shop's key.
It does NOT hold the shop's key (the computer's keyring or `vault.json` has it, the recovery kit
has it on paper), nor saved PDFs and settings of this computer: a thief of the backup reads no
name, and whoever loses keyring, passphrase and kit cannot open it either. A shared PostgreSQL is
backed up by its server, not here.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.audit import Head
from app.domain.errors import BackupBroken, Refusal
from app.domain.ports import Clock, Rng
from app.store.backup_check import check_backup, opened
from app.store.keys import Keys

BOOK_FILE = "book.db"
FOLDER = "backups"
KINDS = ("daily", "manual", "upgrade")
KEEP_UPGRADES, KEEP_MANUAL = 3, 10
STAMP = "%Y%m%dT%H%M%S%fZ"
NOTE = ".json"
"""What stands beside a backup's file: who took it and when it was last found whole."""


class CopyFailed(Refusal):
    """A backup was not copied into a second folder; ``why`` is absent, differs, or the disk's."""

    takes = ("folder", "why")


@dataclass(frozen=True, slots=True)
class Backup:
    """One verified backup.

    Attributes:
        path: the file.
        kind: ``daily``, ``manual`` for one a person took, or ``upgrade`` for one made before the
            book's form changed.
        made_at: when, UTC ms.
        size: bytes.
    """

    path: Path
    kind: str
    made_at: int
    size: int


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long backups stay: the last of each of so many days, and of so many weeks."""

    days: int = 14
    weeks: int = 8


def make_backup(
    book: Path, folder: Path, keys: Keys, kind: str, hands: tuple[Clock, Rng]
) -> Backup:
    """Copy the book while it is in use, check the copy, and only then give it its name.

    Raises:
        BackupBroken: the copy does not pass; it is deleted, and earlier backups stay.
    """
    clock, rng = hands
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = clock.now()
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime(STAMP)
    half, whole = folder / f"{stamp}.part", folder / f"book-{stamp}-{kind}.db"
    half.unlink(missing_ok=True)
    try:
        with opened(book) as conn:
            conn.execute("VACUUM INTO ?", (str(half),))
        check_backup(half, keys, rng)
        to_disk(half)
        half.replace(whole)
        to_disk(folder)
    except sqlite3.Error as error:
        raise BackupBroken(file=whole.name, why=str(error)) from error
    finally:
        half.unlink(missing_ok=True)
    return Backup(whole, kind, now, whole.stat().st_size)


def list_backups(folder: Path) -> tuple[Backup, ...]:
    """Return the backups in a folder, newest first; other files are not looked at."""
    found = []
    for path in folder.glob("book-*Z-*.db"):
        _, stamp, kind = path.stem.split("-", 2)
        try:
            at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if kind in KINDS:
            found.append(Backup(path, kind, round(at.timestamp() * 1000), path.stat().st_size))
    return tuple(sorted(found, key=lambda one: one.made_at, reverse=True))


def kept(backups: Sequence[Backup], keeping: Keeping) -> tuple[Backup, ...]:
    """Return which to keep: the last of each day and week (UTC), 10 by hand, 3 of upgrades."""
    daily = [one for one in backups if one.kind == "daily"]
    days = _newest_each(daily, "%Y-%j", keeping.days)
    weeks = _newest_each(daily, "%G-%V", keeping.weeks)
    upgrades = [one for one in backups if one.kind == "upgrade"][:KEEP_UPGRADES]
    manual = [one for one in backups if one.kind == "manual"][:KEEP_MANUAL]
    stay = {one.path for one in (*days, *weeks, *upgrades, *manual)}
    return tuple(one for one in backups if one.path in stay)


def _newest_each(backups: Iterable[Backup], span: str, most: int) -> list[Backup]:
    newest: dict[str, Backup] = {}
    for one in backups:
        newest.setdefault(datetime.fromtimestamp(one.made_at / 1000, UTC).strftime(span), one)
    return list(newest.values())[:most]


def drop_old(folder: Path, keeping: Keeping) -> tuple[Path, ...]:
    """Delete the backups that are not to be kept, and return them."""
    found = list_backups(folder)
    stay = {one.path for one in kept(found, keeping)}
    gone = tuple(one.path for one in found if one.path not in stay)
    for path in gone:
        path.unlink()
        path.with_suffix(NOTE).unlink(missing_ok=True)
    return gone


def copy_backup(backup: Backup, folder: Path, keeping: Keeping) -> Path:
    """Copy a backup into a second folder, read it back, and thin that folder out alike.

    Raises:
        CopyFailed: the folder is not there, is full, or gives back other bytes than it was given.
    """
    half, whole = folder / f"{backup.path.name}.part", folder / backup.path.name
    try:
        if not folder.is_dir():
            raise CopyFailed(folder=str(folder), why="absent")
        shutil.copyfile(backup.path, half)
        to_disk(half)
        if digest_of(half) != digest_of(backup.path):
            raise CopyFailed(folder=str(folder), why="differs")
        half.replace(whole)
        drop_old(folder, keeping)
    except OSError as error:
        raise CopyFailed(folder=str(folder), why=error.strerror or "?") from error
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
    return whole


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def witnessed(folder: Path, keys: Keys, rng: Rng) -> dict[int, Head]:
    """Return the heads the newest whole backup saw, to hold a book against (`store.verify`)."""
    for one in list_backups(folder):
        try:
            return check_backup(one.path, keys, rng)
        except BackupBroken:
            continue
    return {}


def to_disk(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no such call for folders; NTFS journals their names
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
