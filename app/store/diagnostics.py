"""What whoever mends Waydesk needs to see of a data folder, as files of text and nothing else.

Versions, the doctor's findings, the shop's choices, how many rows there are, how long the disk
takes, crash reports and the last lines of the logs. No order, no buyer, no key, no address of a
database: counts only. Every line passes the log's own sieve once more, and the way to the folder
is left out, for it names the person whose computer it is.
"""

import json
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.config import Settings
from app.domain.ports import Clock
from app.domain.times import local
from app.process.crashes import listed
from app.process.logs import parts_logged, redacted, tail
from app.process.runs import last_run
from app.store.backup import BOOK_FILE, FOLDER, list_backups, to_disk
from app.store.backup_check import opened
from app.store.doctor import Patient, examine
from app.store.migrate import LATEST
from app.store.schema import metadata

LINES = 300
PACKAGES = ("PySide6-Essentials", "SQLAlchemy", "httpx", "msgspec", "cryptography", "psycopg")
ROLES = ("desk", "keeper", "press")
POLICY = "policy."
PROBE_BYTES = 1 << 20

Say = Callable[[str, Mapping[str, str | int]], str]
"""Says a sentence of the doctor's."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is gathered from: the settings of this computer, its patient, a clock, the program."""

    settings: Settings
    patient: Patient
    clock: Clock
    program: str
    say: Say


def gather(case: Case) -> tuple[tuple[str, str], ...]:
    """Give every file by its name; what cannot be read is said in its place."""
    pages: list[tuple[str, Callable[[Case], Iterator[str]]]] = [
        ("about.txt", _about),
        ("doctor.txt", _doctor),
        ("settings.txt", _settings),
        ("counts.txt", _counts),
        ("backups.txt", _backups),
        ("runs.txt", _runs),
        ("timings.txt", _timings),
    ]
    files = [(name, _page(case, lines(case))) for name, lines in pages]
    folder = case.settings.folder
    files += [(f"log-{part}.txt", _page(case, _log(case, part))) for part in parts_logged(folder)]
    files += [
        (f"crash-{n}.txt", _page(case, iter(report.text.splitlines())))
        for n, report in enumerate(listed(folder), 1)
    ]
    return tuple(files)


def _page(case: Case, lines: Iterator[str]) -> str:
    """Sift every line; a page that breaks off says so and costs no other page."""
    done: list[str] = []
    try:
        done.extend(_sifted(case, line) for line in lines)
    except (OSError, sqlite3.Error, ValueError) as problem:
        done.append(f"(broken off: {type(problem).__name__})")
    return "\n".join(done) + "\n"


def _sifted(case: Case, line: str) -> str:
    """Without the way to the folder, and without what looks like anybody's data."""
    for place in (str(case.settings.folder), str(Path.home())):
        line = line.replace(place, "<data>" if place != str(Path.home()) else "~")
    return redacted(line)


def _about(case: Case) -> Iterator[str]:
    now = case.clock.now()
    yield f"waydesk: {case.program}"
    yield f"gathered: {local(now, 'UTC'):%Y-%m-%d %H:%M:%S} UTC"
    yield f"python: {platform.python_version()}"
    yield f"system: {platform.system()} {platform.release()} {platform.machine()}"
    yield f"frozen: {bool(getattr(sys, 'frozen', False))}"
    yield f"sqlite: {sqlite3.sqlite_version}"
    yield f"form of the data this Waydesk knows: {LATEST}"
    for package in PACKAGES:
        yield f"{package}: {_version(package)}"
    usage = shutil.disk_usage(case.settings.folder)
    yield f"disk: {usage.free >> 20} MiB free of {usage.total >> 20}"


def _doctor(case: Case) -> Iterator[str]:
    for sign in examine(case.patient):
        yield f"[{sign.level}] {case.say(f'doctor.{sign.code}', sign.facts)}"


def _settings(case: Case) -> Iterator[str]:
    """This computer's settings and the shop's choices; where the shared data is stays unsaid."""
    settings = case.settings
    for name in ("language", "theme", "desk", "log_level", "safe"):
        yield f"{name} = {getattr(settings, name)}"
    yield f"shared data: {bool(settings.book)}"
    book = settings.folder / BOOK_FILE
    if not book.exists():
        return
    with opened(book) as conn:
        rows = conn.execute(
            "SELECT key, value_json FROM setting WHERE key LIKE ? ORDER BY key", (f"{POLICY}%",)
        ).fetchall()
    for key, value in rows:
        plain = json.loads(value)
        told = plain if isinstance(plain, bool | int) else f"({len(str(plain))} letters)"
        yield f"{key} = {told}"


def _counts(case: Case) -> Iterator[str]:
    book = case.settings.folder / BOOK_FILE
    if not book.exists():
        yield "no data"
        return
    with opened(book) as conn:
        yield f"form: {conn.execute('PRAGMA user_version').fetchone()[0]}"
        for table in metadata.sorted_tables:
            count = conn.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]  # noqa: S608 - schema names
            yield f"{table.name}: {count}"
    yield f"bytes: {book.stat().st_size}"


def _backups(case: Case) -> Iterator[str]:
    for one in list_backups(case.settings.folder / FOLDER):
        yield f"{one.path.name} {one.size}"


def _runs(case: Case) -> Iterator[str]:
    for role in ROLES:
        mark = last_run(case.settings.folder, role)
        yield f"{role}: open={mark.open} early={mark.early} steady={mark.steady} safe={mark.safe}"


def _timings(case: Case) -> Iterator[str]:
    """How long this computer takes for what every action needs."""
    probe = case.settings.folder / "diagnostics.probe"
    began = case.clock.mono()
    try:
        probe.write_bytes(os.urandom(PROBE_BYTES))
        to_disk(probe)
        yield f"1 MiB onto the disk: {(case.clock.mono() - began) * 1000:.1f} ms"
    finally:
        probe.unlink(missing_ok=True)
    book = case.settings.folder / BOOK_FILE
    if book.exists():
        began = case.clock.mono()
        with opened(book) as conn:
            conn.execute("SELECT count(*) FROM orders").fetchone()
        yield f"counting the orders: {(case.clock.mono() - began) * 1000:.1f} ms"


def _log(case: Case, part: str) -> Iterator[str]:
    for row in tail(case.settings.folder, part, LINES):
        yield json.dumps(
            {**row, "error": _frames(row)} if "error" in row else row, ensure_ascii=False
        )


def _frames(row: dict[str, object]) -> list[str]:
    """The stack of a fault without its text, which may name anybody."""
    told = row["error"]
    lines = [str(line).strip() for line in told] if isinstance(told, list) else []
    return [line.splitlines()[0] for line in lines if line.startswith("File ")]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
