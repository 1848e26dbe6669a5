"""`waydesk pictures`: signs in at a data folder and draws the screens, without a display."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from app.commands.people import SignedIn, SignIn
from app.compose.desk import seat_of
from app.compose.link import link_of
from app.compose.start import begin, flags_of
from app.config import Settings
from app.desk.link import Link
from app.desk.loop import run_window
from app.desk.places import PLACES
from app.desk.theme import Shade
from app.desk.window import DeskWindow
from app.domain.demo import DEMO_LOGIN, DEMO_PASSPHRASE
from app.reads.board import View

SIZES = (QSize(1600, 900), QSize(1366, 768))
SETTLE_S = 0.35
LONGEST_S = 15.0
NAMES = {"orders": "board", "cases": "exceptions"}


async def draw(
    settings: Settings, link: Link, out: Path, signed: SignedIn, shown: Sequence[str]
) -> list[Path]:
    """Draw these places of the rail in both languages and colours; give the files written.

    `link` is started and ready. Runs on Qt's loop (`desk.loop.run_window`).
    """
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    application = QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101 - the caller made it
    seat = seat_of(settings, link, application)
    window = DeskWindow(seat)
    window.show()
    seat.sat(signed)
    window.come_in()
    await _there(window)
    written = []
    for lang, shade in product(("zh", "en"), (Shade.LIGHT, Shade.DARK)):
        seat.speech.choose(lang)
        seat.look.choose(shade)
        for size in SIZES:
            window.resize(size)
            for place in PLACES:
                if place.name not in shown or not seat.may(place.permission):
                    continue
                window.go(place.name)
                name = NAMES.get(place.name, place.name)
                path = out / f"{name}_{lang}_{shade}_{size.width()}x{size.height()}.png"
                await _save(window, path)
                written.append(path)
    window.let_go()
    window.close()
    await seat.close()
    return written


async def _save(window: DeskWindow, path: Path) -> None:
    """Draw the window into a file once it came to rest and is laid out."""
    await asyncio.sleep(SETTLE_S)
    QApplication.sendPostedEvents()
    window.grab().save(str(path))


async def _there(window: DeskWindow) -> None:
    """Wait until the board has rows to show, or knows that there are none."""
    window.show_view(View())
    for _ in range(int(LONGEST_S / SETTLE_S)):
        await asyncio.sleep(SETTLE_S)
        if not window.orders.board.model.loading:
            break
    await asyncio.sleep(SETTLE_S)


async def _day(settings: Settings, flags: Namespace, passphrase: str) -> int:
    link = link_of(settings)
    link.start()
    try:
        await link.ready()
        signed = await link.ask(SignIn(flags.login, passphrase), SignedIn)
        await draw(settings, link, flags.out, signed, flags.screens)
    finally:
        await link.close()
    return 0


def main(arguments: Sequence[str]) -> int:
    """Draw the screens of a data folder; give the exit code."""
    parser = flags_of("pictures", "Draw the screens of a data folder as pictures.")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="where they go")
    parser.add_argument("--login", default=DEMO_LOGIN)
    every = [place.name for place in PLACES]
    parser.add_argument("--screens", nargs="+", choices=every, default=every, help="which places")
    flags = parser.parse_args(arguments)
    settings = begin("pictures", flags)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    passphrase = os.environ.get("WAYDESK_PICTURES_PASSPHRASE", DEMO_PASSPHRASE)
    application = QApplication(["waydesk"])
    return run_window(application, lambda: _day(settings, flags, passphrase))
