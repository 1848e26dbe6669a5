"""`waydesk pictures`: signs in at a data folder and draws the screens, without a display."""

import asyncio
import os
from collections.abc import Sequence
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
from app.reads.board import View

SIZES = (QSize(1600, 900), QSize(1366, 768))
SETTLE_S = 0.35
LONGEST_S = 15.0
NAMES = {"orders": "board", "cases": "exceptions"}


async def draw(
    settings: Settings, link: Link, out: Path, signed: SignedIn, sizes: Sequence[QSize] = SIZES
) -> list[Path]:
    """Draw every screen of the rail in both languages and colours; give the files written.

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
    for size in sizes:
        window.resize(size)
        for lang in ("zh", "en"):
            for shade in (Shade.LIGHT, Shade.DARK):
                seat.speech.choose(lang)
                seat.look.choose(shade)
                for place in PLACES:
                    if not seat.may(place.permission):
                        continue
                    window.go(place.name)
                    await asyncio.sleep(SETTLE_S)
                    name = NAMES.get(place.name, place.name)
                    path = out / f"{name}_{lang}_{shade}_{size.width()}x{size.height()}.png"
                    window.grab().save(str(path))
                    written.append(path)
    window.let_go()
    window.close()
    await seat.close()
    return written


async def _there(window: DeskWindow) -> None:
    """Wait until the board has rows to show, or knows that there are none."""
    window.show_view(View())
    for _ in range(int(LONGEST_S / SETTLE_S)):
        await asyncio.sleep(SETTLE_S)
        if not window.orders.board.model.loading:
            break
    await asyncio.sleep(SETTLE_S)


async def _day(settings: Settings, out: Path, login: str, passphrase: str) -> int:
    link = link_of(settings)
    link.start()
    try:
        await link.ready()
        signed = await link.ask(SignIn(login, passphrase), SignedIn)
        await draw(settings, link, out, signed)
    finally:
        await link.close()
    return 0


def main(arguments: Sequence[str]) -> int:
    """Draw the screens of a data folder; give the exit code."""
    parser = flags_of("pictures", "Draw the screens of a data folder as pictures.")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="where they go")
    parser.add_argument("--login", default="demo")
    flags = parser.parse_args(arguments)
    settings = begin("pictures", flags)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    passphrase = os.environ.get("WAYDESK_PICTURES_PASSPHRASE", "waydesk-demo")
    application = QApplication(["waydesk"])
    return run_window(application, lambda: _day(settings, flags.out, flags.login, passphrase))
