"""A real window over a real keeper of its own process, for as long as somebody sits at it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from app.compose.desk import seat_of
from app.compose.link import link_of
from app.config import Settings
from app.desk.loop import run_window
from app.desk.window import DeskWindow

PATIENCE_S = 20.0


async def until(true: Callable[[], Any], seconds: float = PATIENCE_S) -> None:
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to that")


def sitting(
    folder: Path, application: QApplication, doing: Callable[[DeskWindow], Awaitable[None]]
) -> None:
    """Open the window on a folder, let somebody do something at it, and close it in order."""

    async def day() -> int:
        link = link_of(Settings(folder, language="en", theme="light"))
        seat = seat_of(Settings(folder, language="en", theme="light"), link, application)
        window = DeskWindow(seat)
        window.show()
        link.start()
        try:
            await link.ready()
            await doing(window)
        finally:
            window.let_go()
            window.close()
            await seat.close()
            await link.close()
            window.deleteLater()
            await asyncio.sleep(0.05)
        return 0

    assert run_window(application, day) == 0
