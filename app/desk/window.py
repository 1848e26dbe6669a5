"""The window: sign-in first, then the rail, the search box, one screen, and the status bar."""

import asyncio
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from app.commands.founding import Founding, ReadFounding
from app.commands.people import SignOut
from app.commands.wire import Changed
from app.desk.account import Account
from app.desk.banner import Banner
from app.desk.consent import Consent
from app.desk.cover import Cover
from app.desk.gathering import Gathering
from app.desk.orders import OrdersScreen
from app.desk.parts import boxed, column, is_writing, row
from app.desk.places import PLACES, Place, place_of
from app.desk.rail import Rail
from app.desk.screen import Act, Screen
from app.desk.screens.first_day.screen import FirstDayScreen, is_unfinished
from app.desk.screens.restore import RestoreScreen
from app.desk.screens.sign_in import SignInScreen
from app.desk.seat import News, Seat
from app.desk.statusbar import StatusBar
from app.desk.strip import GO, Strip
from app.desk.toast import Toast
from app.desk.topbar import TopBar
from app.desk.tour import Tours
from app.desk.watch import DeskWatch
from app.domain.demo import DEMO_LOGIN, DEMO_PASSPHRASE
from app.reads import house
from app.reads.board import View
from app.rulebook import load

NARROW = 1440
"""Pixels of width below which panels narrow and the views fold to icons."""
TIGHT = 980
"""Pixels of width below which two parts of a screen take turns."""
TICK_MS = 15_000


class DeskWindow(QMainWindow):
    """One person's desk. Wants a demonstration in its own window; says when somebody `entered`."""

    demo_wanted, entered = Signal(), Signal()
    stays = is_demo = _let_go = False
    _wish, shown = "", PLACES[0].name

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.seat = seat
        seat.between = Consent(self, seat).settle
        self.setObjectName("ground")
        self.setMinimumSize(660, 360)
        self.resize(1600, 900)
        self.sign_in, self.first_day = SignInScreen(seat), FirstDayScreen(seat)
        self.rail, self.top, self.bar = Rail(seat), TopBar(seat), StatusBar(seat)
        self.strip, self.banner = Strip(seat), Banner(seat)
        self._stack, self._pages = QStackedWidget(), QStackedWidget()
        self.setCentralWidget(boxed(column(self.banner, self._pages, gap=0)))
        self._lay_out()
        self.toast, self.account = Toast(seat, self._pages), Account(seat, self, self)
        self.tours = Tours(seat, self, self)
        self._screens, self._shortcuts = dict[str, Screen](), dict[str, QShortcut]()
        self._gather = Gathering(self, seat.link.changes, self._spread)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._tick)
        self.orders = self._orders()
        self.watch = DeskWatch(seat, self, self)
        self._wire()
        self._keys()
        seat.speech.changed.connect(self._name)
        self._name()

    # --- who sits here ------------------------------------------------------------------------

    def come_in(self) -> None:
        """Show the shop to the person who signed in."""
        self.strip.hide()
        self._pages.setCurrentIndex(1)
        self.top.say()
        for screen in self._screens.values():
            screen.reload()
        self.go(PLACES[0].name)
        self.seat.spawn(self._read_all())
        self._ticker.start()
        self.watch.idle.begin()
        wish, self._wish = self._wish, ""
        self.go(wish)
        self.entered.emit()

    def leave(self) -> None:
        """Show the sign-in screen; what the person saw is let go."""
        self._ticker.stop()
        self.watch.idle.end()
        self.top.forget()
        for cover in self.findChildren(Cover):
            cover.put_away()
        for screen in self._screens.values():
            screen.put_away()
        self.toast.hide()
        self._pages.setCurrentIndex(0)
        self.sign_in.begin()

    def lock(self) -> None:
        """Lock the desk at once; the session opens again by passphrase, PIN or badge."""
        self.watch.lock()

    @property
    def is_open(self) -> bool:
        """Whether somebody sits here and sees the shop."""
        return self._pages.currentIndex() == 1

    @property
    def front(self) -> Screen | None:
        """The screen in front, None where nobody sees the shop."""
        return self._screens.get(self.shown) if self.is_open else None

    def sign_out(self) -> None:
        """End the session."""
        self.seat.spawn(self._sign_out())

    def follow(self, wish: str) -> None:
        """Go where a deep link points, once somebody is signed in; links only navigate."""
        target = wish.removeprefix("waydesk://")
        if target.partition("/")[2].isdecimal():
            self.visit(target)

    def visit(self, target: str) -> None:
        """Go somewhere now, or once somebody is signed in: before, nothing is shown."""
        if self._pages.currentIndex() == 1:
            self.go(target)
        else:
            self._wish = target

    def restore_first(self) -> None:
        """Offer to bring a backup back, where nobody can sign in yet."""
        screen = RestoreScreen(self.seat)
        screen.left.connect(lambda: self._end_restore(screen))
        self._pages.setCurrentIndex(self._pages.addWidget(screen))
        screen.take_focus()

    def _end_restore(self, screen: RestoreScreen) -> None:
        self._pages.removeWidget(screen)
        screen.deleteLater()
        self.leave()
        self._look_at_folder()

    def go(self, target: str) -> None:
        """Show a screen of the rail, or one thing of it ("order/123"), and give it the keyboard."""
        name, what = place_of(target)
        if not name:
            return
        self.go_quietly(name)
        screen = self.screen_of(name)
        screen.take_focus()
        if what:
            screen.open_at(what)

    def go_quietly(self, name: str) -> None:
        """Show a screen and leave the keyboard where it is."""
        screen = self.screen_of(name)
        self.shown = name
        self.rail.go(name)
        self._stack.setCurrentWidget(screen)
        for part in (self.rail, self.top, self.bar):
            part.setVisible(not screen.fills)

    def screen_of(self, name: str) -> Screen:
        """The screen of a place, made when it is first asked for."""
        if name not in self._screens:
            place = next(place for place in PLACES if place.name == name)
            self._take_in(place, place.make(self.seat))
        return self._screens[name]

    def show_view(self, view: View) -> None:
        """Narrow the board to a view."""
        self.orders.show_view(view)

    # --- Qt's events --------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Fold and narrow with the width."""
        super().resizeEvent(event)
        narrow, tight = self.width() < NARROW, self.width() < TIGHT
        for screen in self._screens.values():
            screen.narrow(narrow, tight=tight)
        self.top.narrow(tight)
        self.bar.narrow(tight)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's
        """Let go of everything that would outlive the window, unless it stays in the tray."""
        if not self.stays:
            self.let_go()
        super().closeEvent(event)

    def let_go(self) -> None:
        """Stop timers and hooks; harmless when done twice."""
        self._ticker.stop()
        self.watch.let_go()
        if not self._let_go:
            self._let_go = True
            self._gather.let_go()
            self.sign_in.close_hooks()
            self.bar.close_hooks()

    # --- inside -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        right = column(self.top, self.strip, self._stack, gap=0)
        right.setStretch(2, 1)
        upper = row(self.rail, gap=0)
        upper.addLayout(right, 1)
        whole = column(gap=0)
        whole.addLayout(upper, 1)
        whole.addWidget(self.bar)
        self._pages.addWidget(self.sign_in)
        self._pages.addWidget(boxed(whole))
        self._pages.addWidget(self.first_day)

    def _orders(self) -> OrdersScreen:
        """The screen that the search box and the shop's rules speak to."""
        screen = OrdersScreen(self.seat)
        screen.emptied.connect(self.top.search.clear)
        self._take_in(PLACES[0], screen, read=False)
        return screen

    def _take_in(self, place: Place, screen: Screen, *, read: bool = True) -> None:
        self._screens[place.name] = screen
        self._stack.addWidget(screen)
        screen.wanted.connect(self.go)
        screen.narrow(self.width() < NARROW, tight=self.width() < TIGHT)
        for key in screen.shortcuts():
            if key not in self._shortcuts:
                self._shortcuts[key] = self._key(key, partial(self._press, key))
        if read:
            screen.reload()

    def _wire(self) -> None:
        self.sign_in.came.connect(lambda _signed: self.seat.spawn(self._came()))
        self.sign_in.opened.connect(self._look_at_folder)
        self.first_day.done.connect(self.come_in)
        self.first_day.founded.connect(lambda: self.seat.spawn(self._read_law()))
        for asks in (self.first_day.demo_wanted, self.top.demo_wanted):
            asks.connect(self.demo_wanted)
        self.first_day.restore_wanted.connect(self.restore_first)
        self.strip.resume.connect(lambda: self.seat.spawn(self._go_on_with_first_day()))
        self.seat.news.connect(self._tell)
        self.seat.ended.connect(self.leave)
        self.seat.viewer_changed.connect(lambda: self.rail.open_to(self.seat.may))
        self.rail.gone_to.connect(self.go)
        self.top.typed.connect(self._search)
        self.top.into_results.connect(lambda: self.go(PLACES[0].name))
        self.top.account_wanted.connect(lambda what: self.seat.spawn(self.account.change(what)))
        self.top.lock_wanted.connect(self.lock)
        self.top.sign_out_wanted.connect(self.sign_out)

    def _keys(self) -> None:
        self._key("/", self.top.focus_search)
        self._key("Ctrl+F", self.top.focus_search, always=True)
        self._shortcuts["F9"] = self._key("F9", self._scan, always=True)
        self._key("Ctrl+L", self.lock, always=True)
        self._key(GO, self.strip.ask_go, always=True)
        self._key("Ctrl+Shift+P", self.bar.choose_printer, always=True)
        for number, place in enumerate(PLACES[:9], 1):
            self._key(f"Ctrl+{number}", partial(self._go_if_may, place), always=True)

    def _key(self, key: str, act: Act, *, always: bool = False) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(lambda: act() if self._heeds(always) else None)
        if not always:
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        return shortcut

    def _heeds(self, always: bool) -> bool:
        """Whether a shortcut counts: never before sign-in or behind a card, seldom in a field."""
        asking = any(cover.isVisible() for cover in self.findChildren(Cover))
        return self._pages.currentIndex() == 1 and not asking and (always or not is_writing())

    def _press(self, key: str) -> None:
        act = self._screens[self.shown].shortcuts().get(key)
        if act is not None:
            act()

    def _go_if_may(self, place: Place) -> None:
        if self.seat.may(place.permission):
            self.go(place.name)

    def _scan(self) -> None:
        """F9: the scan strip, save where the screen in front has that key itself."""
        if "F9" in self._screens[self.shown].shortcuts():
            self._press("F9")
            return
        self.go(PLACES[0].name)
        self.orders.scan.open()

    def _tell(self, news: News) -> None:
        if self._pages.currentWidget() is self.first_day:
            self.first_day.tell(news.title, news.remedy, news.tone)
        elif self._pages.currentIndex() == 1:
            self.toast.tell(news)

    def _search(self, typed: str) -> None:
        if typed.strip() or self.shown == PLACES[0].name:
            self.go_quietly(PLACES[0].name)
            self.orders.board.search(typed)

    async def _read_law(self) -> None:
        """Read the shop's own rules: its zone, its proofs of payment, its trigger."""
        choices = await self.seat.reader.read(house.choices)
        law = await asyncio.to_thread(load, choices=choices)
        self.seat.law, self.seat.speech.zone = law, law.policy.zone
        self.orders.read_law()

    async def _read_settings(self) -> None:
        await self._read_law()
        await self.strip.read()

    async def _came(self) -> None:
        """Somebody signed in: on to the board, or to what the first day left undone."""
        await self._read_law()
        if await is_unfinished(self.seat) is None:
            self.come_in()
        else:
            await self._go_on_with_first_day()

    async def _go_on_with_first_day(self) -> None:
        standing = await is_unfinished(self.seat)
        if standing is not None:
            self._pages.setCurrentWidget(self.first_day)
            self.first_day.resume(standing)

    def _look_at_folder(self) -> None:
        """The way to the keeper is open: a folder without a shop begins its first day."""
        self.seat.spawn(self._found())

    async def _found(self) -> None:
        founding = await self.seat.link.ask(ReadFounding(), Founding)
        if founding.demo:
            self._be_demo()
        if not founding.founded and self._pages.currentIndex() == 0:
            self._pages.setCurrentWidget(self.first_day)
            self.first_day.begin(founding.keyring)

    def _be_demo(self) -> None:
        """Say everywhere that this shop is made up, and how to sign in to it."""
        self.is_demo, self.stays = True, False
        self.top.offer_demo(False)
        self.sign_in.suggest(DEMO_LOGIN, DEMO_PASSPHRASE)
        self._name()

    def _name(self) -> None:
        self.setWindowTitle(
            self.seat.speech.say("strip.demo_window") if self.is_demo else "Waydesk"
        )

    async def _read_all(self) -> None:
        await self._read_law()
        await self.strip.read()
        await self._count(frozenset())
        await self._read_bar()

    async def _count(self, kinds: frozenset[str]) -> None:
        """Count what waits at the places these kinds of rows are told by; none means all."""
        for place in PLACES:
            badge = place.badge
            told = badge is not None and (not kinds or kinds & badge.kinds)
            if badge is not None and told and self.seat.may(place.permission):
                self.rail.places[place.name].count(await badge.count(self.seat))

    async def _read_bar(self) -> None:
        await self.bar.read()
        self.top.shops(self.bar.shops)

    async def _sign_out(self) -> None:
        await self.seat.do(SignOut())
        self.seat.sat(None)
        self.leave()

    def _tick(self) -> None:
        for screen in self._screens.values():
            screen.tick()
        self.seat.spawn(self._read_bar())

    def _spread(self, changed: Changed) -> None:
        if self._pages.currentIndex() != 1:
            return
        for screen in self._screens.values():
            screen.heard(changed)
        self.seat.spawn(self._count(frozenset(changed.rows)))
        if "settings" in changed.rows:
            self.seat.spawn(self._read_settings())
        if self.bar.heard(changed):
            self.seat.spawn(self._read_bar())
