"""`waydesk`: the window. Takes the desk's lock, starts the keeper, shows the shop."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.compose.clock import SystemClock
from app.compose.demo_start import DemoShop, offer_demo
from app.compose.link import PATIENT, link_of
from app.compose.start import begin, flags_of
from app.compose.watch import watched
from app.config import Settings
from app.desk.banner import Strip
from app.desk.first import LOCK_FILE, RAISE, FirstDesk, LinkEvents, is_wish, pass_on
from app.desk.link import Link, LinkState
from app.desk.loop import catch_the_rest, run_window
from app.desk.memory import Memory
from app.desk.no_internet import NoInternet
from app.desk.reading import Reader
from app.desk.seat import News, Seat, Ways
from app.desk.speech import Speech
from app.desk.theme import Look
from app.desk.tray import Tray
from app.desk.window import DeskWindow
from app.process.crashes import mark_seen, unseen
from app.process.locks import try_lock
from app.process.runs import forgive, is_careful, last_run
from app.rulebook import RESOURCES, load

BOOK_FILE = "book.db"
LOG = logging.getLogger(__name__)


def seat_of(settings: Settings, link: Link, application: QApplication) -> Seat:
    """Give a seat at this folder: what every screen is handed."""
    law, memory = load(), Memory(settings.folder, fresh=settings.safe)
    lang = _chosen(settings.language, memory.recall("language", "system"))
    shade = _chosen(settings.theme, memory.recall("theme", "system"))
    speech = Speech(law.words, lang, law.policy.zone)
    look = Look(application, RESOURCES, shade)
    reader = Reader(settings.folder / BOOK_FILE)
    return Seat(Ways(link, reader, law, SystemClock(), memory, settings.folder), speech, look)


def _chosen(setting: str, remembered: str) -> str:
    return remembered if setting == "system" else setting


class Day:
    """One run of the window: from the keeper's start to its orderly end."""

    def __init__(self, settings: Settings, wish: str) -> None:
        self._settings = settings
        self._wish, self._safe = wish, settings.safe
        self._link = link_of(settings, PATIENT, self._is_careful)

    async def run(self) -> int:
        """Show the shop until the person leaves; give the exit code.

        With a tray the day goes on after the last window is closed, where it was not asked to end.
        """
        over = asyncio.Event()
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101 - made by main
        seat = seat_of(self._settings, self._link, application)
        self._window = DeskWindow(seat)
        tray = self._tray(seat, over)
        application.lastWindowClosed.connect(lambda: self._closed(tray, over))
        self._offer()
        catch_the_rest(lambda kind: self._tell_fault(seat, kind))
        self._say_how_it_ended()
        network = NoInternet(seat, self._window.banner)
        first = FirstDesk(self._settings.folder, self._heard)
        self._link.states.add(self._note_state)
        links = LinkEvents(self._heard)
        application.installEventFilter(links)
        self._link.start()
        self._window.show()
        self._heard(self._wish)
        await over.wait()
        for let_go in (first.close, network.let_go, *((tray.let_go,) if tray else ())):
            let_go()
        self._window.let_go()
        await seat.close()
        await self._link.close()
        return 0

    def _offer(self) -> None:
        """What a newcomer is offered: the demonstration, and to be shown around."""
        self._window.entered.connect(self._window.tours.offer)
        offer_demo(self._window, DemoShop(self._settings.folder))

    def _tray(self, seat: Seat, over: asyncio.Event) -> Tray | None:
        tray = Tray(seat, self._window, over.set) if Tray.is_there() else None
        self._window.stays = tray is not None
        return tray

    def _closed(self, tray: Tray | None, over: asyncio.Event) -> None:
        """The last window is closed: a demonstration ends with it, a shop may stay in the tray."""
        if tray is None or self._window.is_demo:
            over.set()
        else:
            tray.window_closed()

    @staticmethod
    def _tell_fault(seat: Seat, kind: str) -> None:
        title, remedy = seat.speech.refusal("program_fault", {"where": kind})
        seat.news.emit(News(title, remedy))

    def _note_state(self, state: LinkState) -> None:
        LOG.info("background service: %s", state)
        if state is LinkState.READY and last_run(self._settings.folder, "keeper").safe:
            self._window.banner.show_strip(self._careful_strip())

    def _is_careful(self) -> bool:
        return self._safe or is_careful(self._settings.folder, "keeper")

    def _careful_strip(self) -> Strip:
        acts = (
            ("banner.normal", self._start_as_usual),
            ("banner.diagnostics", lambda: self._window.visit("settings/health")),
            ("banner.restore", self._window.restore_first),
        )
        return Strip("banner.safe", "warning", acts=acts)

    def _say_how_it_ended(self) -> None:
        """Tell the person once of every crash report nobody has seen."""
        new = unseen(self._settings.folder)
        if new:
            acts = (("banner.look", lambda: self._window.visit("settings/crashes")),)
            self._window.banner.show_strip(Strip("banner.crashed", "bad", {"n": len(new)}, acts))
            mark_seen(self._settings.folder)

    def _start_as_usual(self) -> None:
        """Count no crash any more, and let the background service begin with all it does."""
        self._safe = False
        forgive(self._settings.folder)
        self._window.banner.put_away()
        self._window.seat.spawn(self._again())

    async def _again(self) -> None:
        await self._link.pause()
        self._link.resume()

    def _heard(self, wish: str) -> None:
        LOG.info("asked to show: %s", wish)
        self._window.follow(wish)
        self._window.show()
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.raise_()
        self._window.activateWindow()


def main(arguments: Sequence[str]) -> int:
    """Open the desk, or hand the wish to the one that is open; give the exit code."""
    parser = flags_of("desk", "The window of Waydesk.")
    parser.add_argument("wish", nargs="?", default=RAISE, help="a link: waydesk://order/<id>")
    parser.add_argument("--safe", action="store_true", help="no sync, no timers, no printing")
    flags = parser.parse_args(arguments)
    if not is_wish(flags.wish):
        parser.error("a link reads waydesk://order/<id> or waydesk://case/<id>")
    settings = begin("desk", flags)
    settings = replace(settings, safe=flags.safe or is_careful(settings.folder, "desk"))
    held = try_lock(settings.folder / LOCK_FILE)
    if held is None:
        pass_on(settings.folder, flags.wish)
        return 0
    application = QApplication(["waydesk"])
    try:
        with watched(settings.folder, "desk", safe=settings.safe, tells=True):
            return run_window(application, Day(settings, flags.wish).run)
    finally:
        held.release()
