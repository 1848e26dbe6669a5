"""Shows the demonstration in a window of its own, started by the desk and outliving it.

It runs as a process that nothing ties to this desk, in a folder beside the shop's own, and ends
when its window is closed. A second wish brings the window that is there to the front.
"""

import asyncio
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from app.compose.demo_folders import RESULTS
from app.desk.first import RAISE, pass_on
from app.desk.seat import News
from app.desk.window import DeskWindow
from app.domain.errors import WaydeskError
from app.domain.errors_first_day import DemoNotStarted
from app.process.child import role_command, start_apart

ORDERS = 300
"""Four a second: they come in for over a minute."""
LOOK_S = 0.25
PATIENCE_S = 180.0
SAYS = "waydesk: "
"""Begins the one sentence of a part that cannot go on."""
MOST = 400
"""Characters of what its process said last that are shown."""

Command = Callable[[Path], Sequence[str]]


def folder_of(folder: Path) -> Path:
    """Where the demonstration that a desk starts works: beside the data folder, never in it."""
    return folder.with_name(f"{folder.name}-demo")


def demo_command(folder: Path) -> tuple[str, ...]:
    """Give the command that runs it in this folder, clearing an earlier one first."""
    flags = ("--again", "--window", "--speed", "live", "--orders", str(ORDERS))
    return (*role_command("demo", folder), *flags, "--out", str(folder / RESULTS))


class DemoShop:
    """The demonstration beside this desk: one at a time."""

    def __init__(self, folder: Path, command: Command = demo_command) -> None:
        """`folder` is this desk's own data folder."""
        self.folder = folder_of(folder)
        self._command = command
        self.process: subprocess.Popen[bytes] | None = None

    async def open(self, *looks: str) -> None:
        """Bring its window to the front, starting it first where it does not run.

        `looks` are the flags of language and theme. Returns when the window stands there.
        Raises :class:`DemoNotStarted`.
        """
        if await self._is_shown():
            return
        if self.process is not None and self.process.poll() is None:
            await self._until_shown(self.process, None)
            return
        with tempfile.TemporaryFile() as errors:
            try:
                self.process = start_apart((*self._command(self.folder), *looks), errors)
            except OSError as problem:
                raise DemoNotStarted(why=problem.strerror or "?") from problem
            await self._until_shown(self.process, errors)

    async def _until_shown(
        self, process: subprocess.Popen[bytes], errors: IO[bytes] | None
    ) -> None:
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if await self._is_shown():
                return
            if process.poll() is not None:
                raise DemoNotStarted(why=_last_words(errors))
            await asyncio.sleep(LOOK_S)
        raise DemoNotStarted(why="…")

    async def _is_shown(self) -> bool:
        return await asyncio.to_thread(pass_on, self.folder, RAISE)


def offer_demo(window: DeskWindow, demo: DemoShop) -> None:
    """Let the window's button show the demonstration, and say how far it came."""
    seat = window.seat
    window.demo_wanted.connect(lambda: seat.spawn(_show(window, demo)))


async def _show(window: DeskWindow, demo: DemoShop) -> None:
    seat, first_day = window.seat, window.first_day
    say = seat.speech.say
    first_day.show_demo("starting")
    if not first_day.isVisible():
        seat.news.emit(News(say("first.way_demo"), say("first.demo_starting"), "good"))
    try:
        await demo.open("--language", seat.speech.lang, "--theme", seat.look.shade)
    except WaydeskError:
        first_day.show_demo("")
        raise
    first_day.show_demo("open")


def _last_words(errors: IO[bytes] | None) -> str:
    """The sentence its process ended with, without the remedy below it."""
    if errors is None:
        return "…"
    errors.seek(0)
    said = [line.strip() for line in errors.read().decode("utf-8", "replace").split("\n")]
    sentences = [line.removeprefix(SAYS) for line in said if line.startswith(SAYS)]
    return (sentences or [line for line in said if line] or ["…"])[-1][:MOST]
