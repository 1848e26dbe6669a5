"""One process of a role per data folder: locks that end with their holder, however it ends.

The operating system holds the lock, not the file: `kill -9` frees it, and a file left lying says
nothing. Python opens files so that children do not inherit them, so a press that outlives its
keeper by a moment does not hold the keeper's lock.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

STEP_S = 0.05
"""How often a waiting process asks again, in seconds."""


class HeldLock:
    """A lock this process holds until `release`, or until it ends."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle: int | None = handle

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def try_lock(path: Path) -> HeldLock | None:
    """Take the lock at `path`, or give None when another process holds it.

    Raises OSError when the file itself cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        taken = _take(handle)
    except OSError:
        os.close(handle)
        raise
    if taken:
        return HeldLock(path, handle)
    os.close(handle)
    return None


def wait_lock(
    path: Path, seconds: float, sleep: Callable[[float], None] = time.sleep
) -> HeldLock | None:
    """Take the lock, waiting up to `seconds` for a predecessor that is just ending."""
    for _ in range(max(1, round(seconds / STEP_S))):
        if (held := try_lock(path)) is not None:
            return held
        sleep(STEP_S)
    return try_lock(path)


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
