"""Crash reports: what went wrong where nobody expected it, kept on this computer and sent nowhere.

A report says version, system, the kind of fault and the stack (files, lines, functions), and the
last lines of that part's log, which are sifted at their source. It holds no value of any variable
and not the fault's own text: both may hold a buyer's name. A crash below Python (a library, the
graphics driver) leaves its stack in a file of its own, which the next start makes a report of.
"""

import contextlib
import faulthandler
import hashlib
import json
import logging
import platform
import re
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from app.domain.errors import WaydeskError
from app.process.logs import redacted, tail

FOLDER: Final = "crashes"
MOST: Final = 20
"""How many reports are kept; the oldest go first."""
SAME_MS: Final = 3_600_000
"""The same fault is kept once in this time: a worker that fails every second fills no disk."""
LINES: Final = 50
STAMP: Final = "%Y%m%dT%H%M%S%f"
LARGEST_FAULT: Final = 64 * 1024

_NAME: Final = re.compile(r"crash-(\d{8}T\d{12})-([a-z_-]+)-([0-9a-f]{8})\.txt")
_FAULT_FRAME: Final = re.compile(r'^\s*File "([^"]*)", line (\d+) in (\S+)$')
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]+")
_SEEN: Final = "seen"

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its file's name, which part it is of, when (UTC ms), and what it says."""

    name: str
    role: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Crash:
    """What is reported: the kind of fault and its stack, one frame a line."""

    kind: str
    stack: tuple[str, ...]


def crash_of(problem: BaseException) -> Crash:
    """Read a Python fault, and what it came of, without its text and without any value."""
    lines: list[str] = []
    at: BaseException | None = problem
    while at is not None and len(lines) < 400:
        lines.append(f"{type(at).__name__}")
        lines += _frames(at.__traceback__)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return Crash(type(problem).__name__, tuple(lines))


def keep(folder: Path, role: str, crash: Crash, now: int, program: str) -> Report | None:
    """Write one report below `folder`; None when the same was kept lately or the disk is full."""
    digest = hashlib.sha256("\n".join(crash.stack).encode()).hexdigest()[:8]
    for known in listed(folder):
        same = known.role == role and known.name.endswith(f"-{digest}.txt")
        if same and 0 <= now - known.at < SAME_MS:
            return None
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime(STAMP)
    name = f"crash-{stamp}-{role}-{digest}.txt"
    text = _text(folder, role, crash, now, program)
    try:
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
        (folder / FOLDER / name).write_text(text, "utf-8")
    except OSError:
        return None
    _thin(folder)
    return Report(name, role, now, text)


def listed(folder: Path) -> tuple[Report, ...]:
    """Every report kept, newest first."""
    found = []
    for path in (folder / FOLDER).glob("crash-*.txt"):
        named = _NAME.fullmatch(path.name)
        if named is None:
            continue
        at = datetime.strptime(named[1], STAMP).replace(tzinfo=UTC)
        with contextlib.suppress(OSError):
            text = path.read_text("utf-8", "replace")
            found.append(Report(path.name, named[2], round(at.timestamp() * 1000), text))
    return tuple(sorted(found, key=lambda one: one.name, reverse=True))


def drop(folder: Path, name: str) -> bool:
    """Delete a report; tell whether there was one of this name."""
    if _NAME.fullmatch(name) is None:
        return False
    try:
        (folder / FOLDER / name).unlink()
    except OSError:
        return False
    return True


def unseen(folder: Path) -> tuple[Report, ...]:
    """The reports nobody was told of yet, newest first."""
    try:
        seen = (folder / FOLDER / _SEEN).read_text("utf-8").strip()
    except OSError:
        seen = ""
    return tuple(one for one in listed(folder) if one.name > seen)


def mark_seen(folder: Path) -> None:
    """A person was told of every report there is."""
    newest = listed(folder)[:1]
    with contextlib.suppress(OSError):
        if newest:
            (folder / FOLDER / _SEEN).write_text(newest[0].name, "utf-8")


class FaultKeeper(logging.Handler):
    """Makes a report of every fault that reaches the log though nobody expected it.

    What Waydesk says no to, and what shops and carriers answer, has a code: that is no crash.
    """

    def __init__(self, folder: Path, role: str, program: str) -> None:
        super().__init__(logging.ERROR)
        self._folder, self._role, self._program = folder, role, program

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a line of the log carries, when it carries a fault."""
        problem = record.exc_info[1] if record.exc_info else None
        if problem is None or isinstance(problem, WaydeskError) or hasattr(problem, "code"):
            return
        now = round(record.created * 1000)
        keep(self._folder, self._role, crash_of(problem), now, self._program)


class NativeWatch:
    """Where a crash below Python leaves its stack, and where the next start finds it."""

    def __init__(self, folder: Path, role: str, pid: int) -> None:
        self._folder, self._role = folder, role
        self._path = folder / FOLDER / f"{role}-{pid}.fault"
        self._file: IO[bytes] | None = None

    def begin(self) -> None:
        """Watch from now on, on every thread."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            self._file = self._path.open("wb")
            faulthandler.enable(self._file)
        threading.excepthook = _in_thread

    def end(self) -> None:
        """Watch no more; nothing happened."""
        faulthandler.disable()
        threading.excepthook = threading.__excepthook__
        if self._file is not None:
            self._file.close()
            with contextlib.suppress(OSError):
                self._path.unlink()

    def collect(self, now: int, program: str) -> tuple[Report, ...]:
        """Make reports of what earlier runs of this part left, before `begin`."""
        made = []
        for path in sorted((self._folder / FOLDER).glob(f"{self._role}-*.fault")):
            with contextlib.suppress(OSError):
                text = path.read_bytes()[:LARGEST_FAULT].decode("utf-8", "replace")
                path.unlink()
                if text.strip():
                    crash = fault_of(text)
                    made.append(keep(self._folder, self._role, crash, now, program))
        return tuple(report for report in made if report is not None)


def fault_of(text: str) -> Crash:
    """Read what Python's fault handler wrote: first what happened, then stacks of threads."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    stack = []
    for line in lines[:400]:
        frame = _FAULT_FRAME.match(line)
        said = _ADDRESS.sub("0x", redacted(line))  # no two runs have the same
        stack.append(f"  {_short(frame[1])}:{frame[2]} in {frame[3]}" if frame else said)
    return Crash(stack[0] if stack else "fault", tuple(stack))


def _in_thread(args: "threading.ExceptHookArgs") -> None:
    if args.exc_value is not None:
        LOG.error("nobody caught this in a thread", exc_info=args.exc_value)


def _frames(trace: TracebackType | None) -> Sequence[str]:
    return [
        f"  {_short(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(trace)
    ]


def _short(path: str) -> str:
    """A file without the way to it: that names the person whose computer it is."""
    parts = path.replace("\\", "/").split("/")
    for top in ("site-packages", "app", "sync", "printing"):
        if top in parts:
            return "/".join(parts[parts.index(top) :])
    return parts[-1]


def _text(folder: Path, role: str, crash: Crash, now: int, program: str) -> str:
    when = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    rows = [
        "Waydesk crash report. It is kept on this computer and was sent nowhere.",
        f"when: {when}",
        f"part: {role}",
        f"waydesk: {program}",
        f"python: {platform.python_version()}",
        f"system: {platform.system()} {platform.release()} {platform.machine()}",
        f"qt: {_version('PySide6-Essentials')}",
        f"frozen: {bool(getattr(sys, 'frozen', False))}",
        f"fault: {redacted(crash.kind)}",
        "",
        "stack:",
        *crash.stack,
        "",
        f"last lines of {role}.log:",
        *(_line(row) for row in tail(folder, role, LINES)),
    ]
    return "\n".join(rows) + "\n"


def _line(row: dict[str, object]) -> str:
    """A line of the log without the texts of faults: their stacks stand above."""
    kept = {name: row[name] for name in ("at", "level", "where", "says", "with") if name in row}
    return redacted(json.dumps(kept, ensure_ascii=False))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def _thin(folder: Path) -> None:
    for old in listed(folder)[MOST:]:
        drop(folder, old.name)
