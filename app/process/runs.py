"""How each part of Waydesk ended last time, and whether it should begin carefully now.

A part that begins writes its mark and takes it away when it ends in order; whoever finds a mark
knows that the run before ended badly, whatever ended it. A run that lives for ten minutes is
steady: a crash after that is bad luck. Three runs in a row that did not become steady are a fault
that comes with the start, and the next start is a careful one: no sync, no timers, no printing.

No clock is compared for this, so that a clock that jumps neither hides a crash nor makes one.
"""

import contextlib
import logging
import threading
from pathlib import Path
from typing import Final

import msgspec

FOLDER: Final = "runs"
STEADY_S: Final = 600.0
"""How long a run lives before a crash no longer counts against the start, in seconds."""
TOO_MANY: Final = 3

LOG = logging.getLogger(__name__)


class Mark(msgspec.Struct, frozen=True):
    """What a part wrote about its last run.

    Attributes:
        open: it has begun and not ended in order.
        early: how many runs before it ended badly soon after their start, in a row.
        steady: it has lived long enough.
        safe: it was begun carefully.
        began_at: UTC ms.
    """

    open: bool = False
    early: int = 0
    steady: bool = False
    safe: bool = False
    began_at: int = 0


def last_run(folder: Path, role: str) -> Mark:
    """What stands about a part's last run; a file that cannot be read says nothing bad."""
    try:
        return msgspec.json.decode((folder / FOLDER / f"{role}.json").read_bytes(), type=Mark)
    except (OSError, msgspec.MsgspecError):
        return Mark()


def early_crashes(mark: Mark) -> int:
    """How many runs in a row, this one among them, ended badly soon after their start."""
    if not mark.open:
        return mark.early if not mark.steady else 0
    return 0 if mark.steady else mark.early + 1


def is_careful(folder: Path, role: str) -> bool:
    """Whether the next start of a part should be a careful one."""
    return early_crashes(last_run(folder, role)) >= TOO_MANY


def forgive(folder: Path) -> None:
    """Count no crash against the next start: a person wants Waydesk to start as usual."""
    for path in (folder / FOLDER).glob("*.json"):
        with contextlib.suppress(OSError):
            path.unlink()


class Run:
    """One run of a part, from its start to its orderly end."""

    def __init__(self, folder: Path, role: str) -> None:
        self._path = folder / FOLDER / f"{role}.json"
        self._before = last_run(folder, role)
        self._mark = Mark()
        self._steady: threading.Timer | None = None

    @property
    def ended_badly(self) -> bool:
        """Whether the run before this one ended without a word."""
        return self._before.open

    def begin(self, now: int, *, safe: bool, steady_s: float = STEADY_S) -> None:
        """Write the mark; call it once this part holds its folder's lock."""
        self._mark = Mark(True, early_crashes(self._before), safe=safe, began_at=now)
        self._write()
        self._steady = threading.Timer(steady_s, self.steady)
        self._steady.daemon = True
        self._steady.start()

    def steady(self) -> None:
        """It has lived long enough: what ends it now is no fault of the start."""
        if self._mark.open:
            self._mark = msgspec.structs.replace(self._mark, steady=True, early=0)
            self._write()

    def end(self, *, well: bool) -> None:
        """Take the mark away after an orderly end; one that was none counts against the start."""
        if not self._mark.open:
            return
        if self._steady is not None:
            self._steady.cancel()
        early = 0 if well else early_crashes(self._mark)
        self._mark = Mark(began_at=self._mark.began_at, early=early)
        self._write()

    def _write(self) -> None:
        """Put the mark there whole; a full disk costs the mark, never the work."""
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            half = self._path.with_suffix(".new")
            half.write_bytes(msgspec.json.encode(self._mark))
            half.replace(self._path)
        except OSError:
            LOG.warning("the mark of this run could not be written")
