"""Looks a data folder over and says in sentences what is well and what to do about the rest.

Nothing is changed, and nothing is opened that a running keeper would notice: the book is read
through a connection that cannot write.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.errors import VaultLocked
from app.process.errors import FolderRefused, FolderUnusable
from app.process.folder import open_folder
from app.process.locks import try_lock
from app.store.backup import BOOK_FILE, FOLDER, list_backups
from app.store.backup_check import opened
from app.store.migrate import LATEST
from app.store.os_keyring import Backend
from app.store.restore import KEEPER_LOCK
from app.store.vault import has_vault, is_demo, read_head

OK, NOTE, BAD = "ok", "note", "bad"
GIB, MIB = 1 << 30, 1 << 20
LOW_BYTES, FULL_BYTES = 2 * GIB, 500 * MIB
FRESH_MS = 26 * 3_600_000
#: SQLite from 3.7.0 to 3.51.2 can lose a commit when a second connection checkpoints meanwhile
FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at; its sentence stands in the words under ``doctor.<code>``.

    Attributes:
        level: ``ok``, ``note`` (works, but look at it) or ``bad`` (work is at risk).
    """

    level: str
    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked over.

    Attributes:
        folder: the data folder.
        fonts: where the fonts for labels lie.
        keyring: the computer's own keyring, when it has one that answers.
        now: UTC ms.
        shared: the book is a PostgreSQL, whose server backs it up and checks it.
    """

    folder: Path
    fonts: Path
    keyring: Backend | None
    now: int
    shared: bool = False


def examine(patient: Patient) -> tuple[Sign, ...]:
    """Return everything there is to say, the program first, then the folder, then the book."""
    signs = [
        sqlite_sign(sqlite3.sqlite_version_info),
        _fonts(patient.fonts),
        _keyring(patient.keyring),
    ]
    place = _place(patient.folder)
    signs.append(place)
    if place.level == BAD:
        return tuple(signs)
    signs += [_disk(patient.folder), _lock(patient.folder), _vault(patient.folder)]
    if is_demo(patient.folder):
        signs.append(Sign(NOTE, "demo_folder"))
    if not patient.shared:
        signs += _book(patient.folder)
        signs.append(_backups(patient))
    return tuple(signs)


def sqlite_sign(version: tuple[int, ...]) -> Sign:
    """Tell whether this SQLite has the WAL-reset race (consistency.md 2.7)."""
    said = {"version": ".".join(map(str, version))}
    line = [fixed for fixed in FIXED if fixed[:2] == version[:2]]
    safe = version >= line[0] if line else version > (3, 52, 0)
    return Sign(OK, "sqlite_fixed", {**said}) if safe else Sign(NOTE, "sqlite_race", {**said})


def _fonts(folder: Path) -> Sign:
    found = sorted(p.name for end in ("*.otf", "*.ttf", "*.ttc") for p in folder.glob(end))
    return Sign(OK, "font_there", {"name": found[0]}) if found else Sign(BAD, "font_missing")


def _keyring(backend: Backend | None) -> Sign:
    if backend is None:
        return Sign(NOTE, "keyring_absent")
    return Sign(OK, "keyring_there", {"name": type(backend).__module__.rpartition(".")[2]})


def _place(folder: Path) -> Sign:
    try:
        return Sign(OK, "folder_good", {"folder": str(open_folder(folder))})
    except FolderRefused as no:
        what = str(no.details.get("what", ""))
        return Sign(BAD, "folder_shared", {"folder": str(folder), "what": what})
    except FolderUnusable as no:
        why = str(no.details.get("why", ""))
        return Sign(BAD, "folder_unusable", {"folder": str(folder), "what": why})


def _disk(folder: Path) -> Sign:
    free = shutil.disk_usage(folder).free
    book = folder / BOOK_FILE
    wanted = max(LOW_BYTES, 3 * book.stat().st_size if book.exists() else 0)
    said: dict[str, str | int] = {"free": free // MIB, "wanted": wanted // MIB}
    if free < FULL_BYTES:
        return Sign(BAD, "disk_full", said)
    return Sign(NOTE, "disk_low", said) if free < wanted else Sign(OK, "disk_room", said)


def _lock(folder: Path) -> Sign:
    if not (folder / KEEPER_LOCK).exists():
        return Sign(OK, "keeper_off")
    held = try_lock(folder / KEEPER_LOCK)
    if held is None:
        return Sign(OK, "keeper_on")
    held.release()
    return Sign(OK, "keeper_off")


def _vault(folder: Path) -> Sign:
    if not has_vault(folder):
        return Sign(NOTE, "vault_absent")
    try:
        kind = read_head(folder).kind
    except VaultLocked:
        return Sign(BAD, "vault_broken")
    return Sign(OK, "vault_keyring" if kind == "keyring" else "vault_passphrase")


def _book(folder: Path) -> Iterator[Sign]:
    path = folder / BOOK_FILE
    if not path.exists():
        yield Sign(NOTE, "book_absent")
        return
    try:
        with opened(path) as conn:
            said = str(conn.execute("PRAGMA quick_check(1)").fetchone()[0])
            form = int(conn.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        yield Sign(BAD, "book_broken", {"what": str(error)})
        return
    yield Sign(OK, "book_whole") if said == "ok" else Sign(BAD, "book_broken", {"what": said})
    if form != int(LATEST):
        newer = form > int(LATEST)
        facts: dict[str, str | int] = {"found": form, "known": int(LATEST)}
        yield Sign(BAD, "form_newer", facts) if newer else Sign(NOTE, "form_older", facts)


def _backups(patient: Patient) -> Sign:
    found = list_backups(patient.folder / FOLDER)
    if not found:
        return Sign(NOTE, "backup_none")
    hours = (patient.now - found[0].made_at) // 3_600_000
    said: dict[str, str | int] = {"hours": hours, "name": found[0].path.name}
    fresh = patient.now - found[0].made_at < FRESH_MS
    return Sign(OK, "backup_fresh", said) if fresh else Sign(NOTE, "backup_old", said)
