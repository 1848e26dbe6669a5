"""Watches one run of a part: how it ended last time, how it ends now, and what it leaves behind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import __version__
from app.compose.clock import SystemClock
from app.process.crashes import Crash, NativeWatch, keep
from app.process.runs import Run

SILENT = Crash("ended without a word", ("no stack: it was ended from outside, or power failed",))


class Watch:
    """One run of a part of Waydesk that holds its folder's lock."""

    def __init__(self, folder: Path, role: str, *, tells: bool = False) -> None:
        """`tells`: a run that ended without a word gets a report too; children's are seen live."""
        self._folder, self._role, self._tells = folder, role, tells
        self._clock = SystemClock()
        self._run = Run(folder, role)
        self._native = NativeWatch(folder, role, os.getpid())

    def begin(self, *, safe: bool = False) -> None:
        """Make reports of what the run before left, and watch this one."""
        now = self._clock.now()
        found = self._native.collect(now, __version__)
        if self._tells and self._run.ended_badly and not found:
            keep(self._folder, self._role, SILENT, now, __version__)
        self._run.begin(now, safe=safe)
        self._native.begin()

    def end(self, *, well: bool) -> None:
        """Say how it ended; nothing when it never began."""
        self._native.end()
        self._run.end(well=well)


@contextmanager
def watched(folder: Path, role: str, *, safe: bool = False, tells: bool = False) -> Iterator[None]:
    """Watch what runs inside; a fault that leaves the block counts as a crash."""
    watch = Watch(folder, role, tells=tells)
    watch.begin(safe=safe)
    well = False
    try:
        yield
        well = True
    finally:
        watch.end(well=well)
