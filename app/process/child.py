"""Starting a child role of Waydesk and holding its two pipes.

The child is the same program with another subcommand. A frozen Waydesk has two executables: the
windowed desk, and the console program `waydesk` for keeper and press; the desk starts the second,
without a window. In a checkout the child is the same Python with the same main file.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from app.process.pipes import PipeWriter, read_on_thread

CONSOLE_PROGRAM = "waydesk"
"""The name of the frozen console executable, without the system's ending."""

MAIN_FILE = Path(__file__).resolve().parents[1] / "__main__.py"


def role_command(role: str, folder: Path) -> tuple[str, ...]:
    """Give the command that starts `role` of this very program on a data folder."""
    if getattr(sys, "frozen", False):
        here = Path(sys.executable)
        return (str(here.with_name(CONSOLE_PROGRAM + here.suffix)), role, "--data", str(folder))
    return (sys.executable, str(MAIN_FILE), role, "--data", str(folder))


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of a child. Both are called from a thread of the child's own.

    Attributes:
        piece: bytes the child wrote.
        ended: called once, with the exit code, when the child is no more (-9 after kill -9).
    """

    piece: Callable[[bytes], None]
    ended: Callable[[int], None]


def start_apart(command: Sequence[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a process that goes on when this one ends; what it complains of goes to `errors`.

    Raises OSError when the program cannot be started.
    """
    return subprocess.Popen(  # noqa: S603 - our own program, an argument list, no shell
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        start_new_session=sys.platform != "win32",
    )


class Child:
    """A running child process: write to it, hear from it, end it."""

    def __init__(self, command: Sequence[str], hearing: Hearing, grace_s: float = 5.0) -> None:
        """Start the child; raises OSError when the program cannot be started.

        `grace_s` is how long it may live on after closing its output, before it is killed.
        """
        self._hearing = hearing
        self._grace_s = grace_s
        self._process = subprocess.Popen(  # noqa: S603 - our own program, an argument list, no shell
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=sys.platform != "win32",
        )
        with (
            cast("IO[bytes]", self._process.stdin) as into,
            cast("IO[bytes]", self._process.stdout) as out,
        ):
            self._writer = PipeWriter(os.dup(into.fileno()))
            read_on_thread(os.dup(out.fileno()), hearing.piece, self._output_closed)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def write(self, data: bytes) -> None:
        """Send bytes to the child, without waiting for it to read them."""
        self._writer.write(data)

    def close_input(self) -> None:
        """Tell the child that nothing more comes; a child of ours then ends by itself."""
        self._writer.close(seconds=0)

    def kill(self) -> None:
        """End the child at once."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def _output_closed(self) -> None:
        try:
            code = self._process.wait(self._grace_s)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        self._writer.close(seconds=0)
        self._hearing.ended(code)
