"""The two pipes between a parent and its child, read and written on threads of their own.

Threads, because Windows cannot wait on a pipe without one, and because then the same lines serve
every event loop: the desk's (Qt), the keeper's (plain asyncio) and none at all (the press).
"""

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Callable

PIECE = 65_536
"""Bytes read at once."""


def own_pipes() -> tuple[int, int]:
    """Take this process's standard input and output for frames; give both descriptors.

    From here on a stray print goes to the error stream and cannot corrupt a frame, and a library
    that reads the standard input finds nothing.
    """
    sys.stdout.flush()
    frames_in, frames_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # a windowed desk has no error stream to pass on
        os.dup2(nothing, 1)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows alone

        msvcrt.setmode(frames_in, os.O_BINARY)
        msvcrt.setmode(frames_out, os.O_BINARY)
    return frames_in, frames_out


def read_on_thread(source: int, piece: Callable[[bytes], None], ended: Callable[[], None]) -> None:
    """Call `piece` with what arrives and `ended` once at the end, both from the reading thread.

    The descriptor belongs to the thread from here on and is closed by it.
    """

    def run() -> None:
        with contextlib.suppress(OSError):
            while data := os.read(source, PIECE):
                piece(data)
        with contextlib.suppress(OSError):
            os.close(source)
        ended()

    threading.Thread(target=run, name="pipe-in", daemon=True).start()


class PipeWriter:
    """Writes to a pipe without making anyone wait for the reader at its other end."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="pipe-out", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Put bytes in line; what cannot be delivered because the reader is gone is dropped."""
        self._waiting.put(data)

    def close(self, seconds: float = 2.0) -> None:
        """Deliver what is in line, wait at most `seconds` for it, and close the pipe."""
        self._waiting.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while (data := self._waiting.get()) is not None:
                self._put(memoryview(data))
        with contextlib.suppress(OSError):
            os.close(self._target)

    def _put(self, rest: memoryview) -> None:
        while rest:
            rest = rest[os.write(self._target, rest) :]
