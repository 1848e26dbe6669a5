"""Watches over who sits at the desk: left alone, locked by the system, changed by a badge."""

import getpass
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.commands.people import EnterByBadge, LockSession, SignedIn
from app.desk.cover import Cover
from app.desk.idle import IdleWatch
from app.desk.parts import is_writing
from app.desk.scanner import CHOSEN, Aim, Scanner, frame_of
from app.desk.screen import Screen
from app.desk.screens.sign_in import SignInScreen
from app.desk.seat import News, Seat
from app.desk.system_lock import SystemLock
from app.domain import scan_codes
from app.domain.badge import PREFIX
from app.domain.errors import WaydeskError
from app.domain.errors_packing import CodeMisread
from app.domain.scan_codes import CodeKind
from app.reads import packing

OPENED = frozenset({CodeKind.ORDER, CodeKind.PARCEL})
"""Codes that open an order wherever they are scanned."""


class Desk(Protocol):
    """What the watch asks of the window."""

    sign_in: SignInScreen

    @property
    def is_open(self) -> bool:
        """Whether somebody sits here and sees the shop."""

    @property
    def front(self) -> Screen | None:
        """The screen in front, None where nobody sees the shop."""

    def go(self, target: str) -> None:
        """Show one thing of the shop."""

    def come_in(self) -> None:
        """Show the shop to whoever sits down."""

    def leave(self) -> None:
        """Show the sign-in screen and let go of everything shown."""


class DeskWatch(QObject):
    """Locks a desk that was left, and lets a badge change who sits there."""

    def __init__(self, seat: Seat, window: QWidget, desk: Desk) -> None:
        super().__init__(window)
        self._seat, self._desk = seat, desk
        self.idle = IdleWatch(seat.clock, lambda: seat.law.policy.idle_lock_minutes)
        self.scanner = Scanner(window, seat.clock, self.aim)
        self._frame(CHOSEN)
        self.system = SystemLock()
        self.idle.left_alone.connect(self.lock)
        self.system.locked.connect(self.lock)
        seat.chosen.connect(self._frame)
        self.scanner.scanned.connect(self.read)
        self.scanner.disturbed.connect(lambda _code: self._disturbed())
        self._filter(on=True)
        self.system.listen()

    def let_go(self) -> None:
        """Hear nothing any more; harmless when done twice."""
        self.idle.end()
        self._filter(on=False)

    def lock(self) -> None:
        """Lock the desk: the screen goes first, whatever the background service says."""
        if self._desk.is_open:
            self._seat.spawn(self._lock())

    def aim(self) -> Aim:
        """Who gets what is typed now."""
        front = self._desk.front
        if front is None or not front.takes_scans:
            return Aim.FOCUS
        at: QObject | None = QApplication.focusWidget()
        while at is not None and not isinstance(at, Cover):
            at = at.parent()
        return Aim.CARD if at is not None or is_writing() else Aim.SCREEN

    def read(self, code: str) -> None:
        """Give a code to whom it is for: a badge changes who sits here, the rest the screen."""
        front, told = self._desk.front, scan_codes.read(code)
        misread = told.kind is CodeKind.MISREAD
        badge = told.kind is CodeKind.BADGE or (misread and told.body.upper().startswith(PREFIX))
        if front is None or (badge and not (misread and front.takes_scans)):
            self._seat.spawn(self.switch(code))
        elif front.takes_scans:
            front.scanned(code)
        elif misread:
            self._seat.tell(CodeMisread(read=told.body[:40]))
        elif told.kind in OPENED:
            self._seat.spawn(self._open(code))

    async def _open(self, code: str) -> None:
        order_id = await self._seat.see(packing.order_of, code)
        if order_id:
            self._desk.go(f"order/{order_id}")

    def _frame(self, chosen: str) -> None:
        if chosen == CHOSEN:
            self.scanner.frame = frame_of(self._seat.memory)

    def _disturbed(self) -> None:
        if self._desk.front is not None:
            self._desk.front.disturbed()

    async def switch(self, code: str) -> None:
        """Let whoever a badge belongs to sit down; whoever sat here is locked."""
        seat = self._seat
        leaving = seat.link.session
        ask = EnterByBadge(code, getpass.getuser(), leaving)
        try:
            signed = await seat.link.ask(ask, SignedIn)
        except WaydeskError as error:
            self._refused(error)
            return
        if signed.session == leaving:
            said = seat.speech.say("people.you_sit_here", name=signed.name)
            seat.news.emit(News(said, "", "info"))
            return
        self._desk.leave()
        seat.sat(signed)
        self._desk.come_in()

    # --- inside --------------------------------------------------------------------------------

    async def _lock(self) -> None:
        signed = self._seat.signed
        self._desk.leave()
        self._desk.sign_in.begin(signed)
        await self._seat.do(LockSession())
        if not self._desk.is_open:
            self._seat.link.session = ""

    def _refused(self, error: WaydeskError) -> None:
        if error.code == "passphrase_needed":  # whoever sat here is locked
            self._desk.leave()
            self._seat.sat(None)
            self._desk.sign_in.ask(str(error.details.get("login", "")), error)
        elif self._desk.is_open:
            self._seat.tell(error)
        else:
            self._desk.sign_in.tell(error)

    def _filter(self, *, on: bool) -> None:
        application = QApplication.instance()
        if application is not None and on:
            application.installEventFilter(self.scanner)
        elif application is not None:
            application.removeEventFilter(self.scanner)
