"""The window: sign-in first, then rail, search, views, board, panel, exceptions, status."""

import asyncio
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QWidget,
)

from app.commands.people import LockSession, SignOut
from app.commands.wire import Changed
from app.desk.actions import ACTIONS, Action
from app.desk.dialogs import Sheet
from app.desk.doing import Doer
from app.desk.parts import boxed, column, row
from app.desk.prints import PrintCard
from app.desk.rail import Rail
from app.desk.scan import ScanStrip
from app.desk.screens.board import BoardScreen
from app.desk.screens.exceptions import CasesScreen
from app.desk.screens.panel import PanelScreen
from app.desk.screens.sign_in import SignInScreen
from app.desk.screens.views import ViewsColumn
from app.desk.seat import News, Seat
from app.desk.statusbar import StatusBar
from app.desk.toast import Toast
from app.desk.topbar import TopBar
from app.reads import house
from app.reads.board import View
from app.rulebook import load

Act = Callable[[], None]
NARROW = 1440
"""Pixels of width below which the panel narrows and the views fold to icons."""
TIGHT = 980
"""Pixels of width below which the board and the panel take turns."""
TICK_MS = 15_000
GATHER_MS = 120


class DeskWindow(QMainWindow):
    """One person's desk."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.seat = seat
        self.stays = self._panel_alone = False
        self.setObjectName("ground")
        self.setMinimumSize(660, 360)
        self.resize(1600, 900)
        self.sign_in = SignInScreen(seat)
        self.rail, self.top, self.bar = Rail(seat), TopBar(seat), StatusBar(seat)
        self.views, self.board, self.panel = ViewsColumn(seat), BoardScreen(seat), PanelScreen(seat)
        self.cases, self.scan = CasesScreen(seat), ScanStrip(seat)
        self._screens = QStackedWidget()
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self._lay_out()
        self.prints = PrintCard(seat, self._pages)
        self.toast = Toast(seat, self._pages)
        self.doer = Doer(seat, self._pages)
        self._changed: dict[str, set[int] | None] = {}
        self._gather = _timer(self, GATHER_MS, self._spread, single=True)
        self._ticker = _timer(self, TICK_MS, self._tick)
        self._wire()
        self._keys()
        self._forget: Act | None = seat.link.changes.add(self._hear)
        self._say()

    # --- who sits here ------------------------------------------------------------------------

    def come_in(self) -> None:
        """Show the shop to the person who signed in."""
        self._pages.setCurrentIndex(1)
        self.top.say()
        self.board.reload()
        self.cases.reload()
        self.seat.spawn(self._read_all())
        self.board.table.setFocus()
        self._ticker.start()

    def leave(self) -> None:
        """Show the sign-in screen; what the person saw is let go."""
        self._ticker.stop()
        for sheet in self.findChildren(Sheet):
            sheet.put_away()
        self.panel.forget()
        self.prints.hide()
        self.toast.hide()
        self._pages.setCurrentIndex(0)
        self.sign_in.begin()

    def lock(self) -> None:
        """Lock the session; it opens again with the passphrase only."""
        self.seat.spawn(self._lock())

    def sign_out(self) -> None:
        """End the session."""
        self.seat.spawn(self._sign_out())

    def follow(self, wish: str) -> None:
        """Go where a deep link points, once somebody is signed in; links only navigate."""
        kind, _, number = wish.removeprefix("waydesk://").partition("/")
        if self._pages.currentIndex() == 1 and number.isdecimal():
            if kind == "order":
                self.open_order(int(number))
            else:
                self.go("cases")
                self.cases.table.go_to(int(number))

    def open_order(self, order_id: int) -> None:
        """Show an order beside the board."""
        self.go("orders")
        self.board.table.go_to(order_id)
        self.panel.open(order_id)
        self._show_panel(True)

    def go(self, name: str) -> None:
        """Show a screen of the rail."""
        self.rail.go(name)
        self._screens.setCurrentIndex(("orders", "cases").index(name))
        (self.board.table if name == "orders" else self.cases.table).setFocus()

    # --- Qt's events --------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Fold and narrow with the width."""
        super().resizeEvent(event)
        self._fold()
        self.prints.place()

    def _fold(self) -> None:
        """Fold and narrow; where board and panel have no room side by side, one is shown."""
        narrow, tight = self.width() < NARROW, self.width() < TIGHT
        alone = tight and self._panel_alone
        self.views.fold(narrow)
        self.panel.narrow(narrow, alone=alone)
        self.panel.setVisible(alone or not tight)
        for part in (self.views, self.board):
            part.setVisible(not alone)
        self.cases.narrow(narrow, tight=tight)
        self.top.narrow(tight)
        self.bar.narrow(tight)

    def _show_panel(self, wanted: bool) -> None:
        self._panel_alone = wanted
        self._fold()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's
        """Let go of everything that would outlive the window, unless it stays in the tray."""
        if not self.stays:
            self.let_go()
        super().closeEvent(event)

    def let_go(self) -> None:
        """Stop timers and hooks; harmless when done twice."""
        self._ticker.stop()
        self._gather.stop()
        if self._forget is not None:
            self._forget()
            self.sign_in.close_hooks()
            self.bar.close_hooks()
            self._forget = None

    # --- inside -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        orders = row(self.views, self.board, self.panel, gap=0)
        orders.setStretch(1, 1)
        desk = column(self.scan, gap=0)
        desk.addLayout(orders, 1)
        self._screens.addWidget(boxed(desk))
        self._screens.addWidget(self.cases)
        right = column(self.top, self._screens, gap=0)
        right.setStretch(1, 1)
        upper = row(self.rail, gap=0)
        upper.addLayout(right, 1)
        whole = column(gap=0)
        whole.addLayout(upper, 1)
        whole.addWidget(self.bar)
        self._pages.addWidget(self.sign_in)
        self._pages.addWidget(boxed(whole))

    def _wire(self) -> None:
        self.sign_in.came.connect(lambda _signed: self.come_in())
        self.seat.news.connect(self._tell)
        self.seat.ended.connect(self.leave)
        self.seat.speech.changed.connect(self._say)
        self.rail.gone_to.connect(self.go)
        self.top.typed.connect(self._search)
        self.top.into_results.connect(self.board.table.setFocus)
        self.top.lock_wanted.connect(self.lock)
        self.top.sign_out_wanted.connect(self.sign_out)
        self.views.chosen.connect(self.show_view)
        self.board.opened.connect(self.panel.open)
        self.board.table.opened.connect(lambda _id: self._show_panel(True))
        self.panel.closed.connect(lambda: self._show_panel(False))
        self.board.do.connect(self.doer.run)
        self.board.scan_wanted.connect(self.scan.open)
        self.board.left.connect(self.top.search.clear)
        self.board.model.settled.connect(self._first_order)
        self.panel.do.connect(self.doer.run)
        self.doer.printing.connect(self.prints.begin)
        self.prints.doubtful.connect(self._settle_print)
        self.cases.opened.connect(self.open_order)
        self.cases.counted.connect(self.rail.places["cases"].count)

    def _keys(self) -> None:
        for action in ACTIONS:
            self._key(action.key, partial(self._act, action))
        self._key("/", self.top.focus_search)
        self._key("Ctrl+F", self.top.focus_search, always=True)
        self._key("C", self._copy_or_claim)
        self._key("S", self._on_cases(self.cases.settle))
        self._key("O", self._on_cases(self.cases.open_order))
        self._key("F9", self.scan.open, always=True)
        self._key("Ctrl+Z", self.doer.undo)
        self._key("Alt+1", lambda: self.go("orders"), always=True)
        self._key("Alt+2", lambda: self.go("cases"), always=True)
        self._key("Ctrl+L", self.lock, always=True)

    def _key(self, key: str, act: Act, *, always: bool = False) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(lambda: act() if self._heeds(always) else None)
        if not always:
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)

    def _heeds(self, always: bool) -> bool:
        """Whether a shortcut counts now: never behind an open card, seldom in a field."""
        asking = any(sheet.isVisible() for sheet in self.findChildren(Sheet))
        return not asking and (always or not _writing())

    def _on_cases(self, act: Act) -> Act:
        return lambda: act() if self._screens.currentIndex() == 1 else None

    def _act(self, action: Action) -> None:
        if self._pages.currentIndex() == 1 and self._screens.currentIndex() == 0:
            self.board.press(action)

    def _copy_or_claim(self) -> None:
        if self._screens.currentIndex() == 1:
            self.cases.claim()
        else:
            self.panel.copy()

    def _say(self) -> None:
        self.setWindowTitle("Waydesk")

    def _tell(self, news: News) -> None:
        if self._pages.currentIndex() == 1:
            self.toast.tell(news)

    def _search(self, typed: str) -> None:
        self.go_quietly("orders")
        self.board.search(typed)

    def go_quietly(self, name: str) -> None:
        """Show a screen and leave the keyboard where it is."""
        self.rail.go(name)
        self._screens.setCurrentIndex(("orders", "cases").index(name))

    def show_view(self, view: View) -> None:
        """Narrow the board to a view."""
        self.top.search.clear()
        self.views.show_view(view)
        self.board.show_view(view)
        self.board.table.setFocus()

    def _first_order(self) -> None:
        if not self.panel.order_id:
            first = self.board.model.row(0)
            if first is not None:
                self.board.table.go_to(first.id)
                self.panel.open(first.id)

    def _settle_print(self, print_id: int, number: str) -> None:
        self.seat.spawn(self.doer.settle_print(print_id, number))

    async def _read_law(self) -> None:
        """Read the shop's own rules: its zone, its proofs of payment, its trigger."""
        choices = await self.seat.reader.read(house.choices)
        law = await asyncio.to_thread(load, choices=choices)
        self.seat.law, self.seat.speech.zone = law, law.policy.zone
        self.scan.choose(law.policy.ship_trigger)
        self.panel.draw()

    async def _read_all(self) -> None:
        await self._read_law()
        await self.views.read()
        await self.cases.count()
        await self._read_bar()

    async def _read_bar(self) -> None:
        await self.bar.read()
        self.top.shops(self.bar.shops)

    async def _lock(self) -> None:
        signed = self.seat.signed
        if signed is not None and await self.seat.do(LockSession()):
            self.leave()
            self.seat.link.session = ""
            self.sign_in.begin(signed)

    async def _sign_out(self) -> None:
        await self.seat.do(SignOut())
        self.seat.sat(None)
        self.leave()

    def _tick(self) -> None:
        self.board.tick()
        self.cases.tick()
        self.panel.tick()
        self.seat.spawn(self._read_bar())

    # --- what changed -------------------------------------------------------------------------

    def _hear(self, changed: Changed) -> None:
        """Gather what changed for a moment: a thousand rows in a second are read once."""
        for kind, ids in changed.rows.items():
            known = self._changed.setdefault(kind, set())
            if not ids:
                self._changed[kind] = None
            elif known is not None:
                known.update(ids)
        if not self._gather.isActive():
            self._gather.start()

    def _spread(self) -> None:
        gathered = {kind: tuple(ids) if ids else () for kind, ids in self._changed.items()}
        self._changed = {}
        if self._pages.currentIndex() == 0 or not gathered:
            return
        changed = Changed(gathered)
        for screen in (self.views, self.board, self.panel, self.cases, self.prints):
            screen.heard(changed)
        if "settings" in changed.rows:
            self.seat.spawn(self._read_law())
        if self.bar.heard(changed):
            self.seat.spawn(self._read_bar())


def _timer(parent: QWidget, ms: int, act: Act, *, single: bool = False) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(ms)
    timer.setSingleShot(single)
    timer.timeout.connect(act)
    return timer


def _writing() -> bool:
    return isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit)
