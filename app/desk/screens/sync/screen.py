"""The screen of shops and carriers: its three pages behind one strip of headings."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QStackedWidget

from app.commands.wire import Changed
from app.desk.parts import Button, boxed, column, row
from app.desk.screen import Act, Screen
from app.desk.screens.sync.carriers import CarriersPage
from app.desk.screens.sync.connections import CONNECTS, ConnectionsPage
from app.desk.screens.sync.health import HealthPage
from app.desk.seat import Seat
from app.desk.text import TextLabel, plain_tip

PAGES = ("connections", "health", "carriers")


class SyncScreen(Screen):
    """What is connected, how well it is read, and how well carriers take over."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self.connections, self.health = ConnectionsPage(seat), HealthPage(seat)
        self.carriers = CarriersPage(seat)
        self._pages = (self.connections, self.health, self.carriers)
        self._title, self._total = TextLabel(face="title"), TextLabel(ink="second")
        self._group, self._stack = QButtonGroup(self), QStackedWidget()
        self.add = Button("primary", self.connections.add)
        self._lay_out()
        self.connections.model.settled.connect(self._say_total)
        seat.speech.changed.connect(self._say)
        seat.look.changed.connect(self._say)
        seat.viewer_changed.connect(self._say)
        self._say()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read all pages."""
        for page in self._pages:
            page.reload()

    def heard(self, changed: Changed) -> None:
        """Let the pages read again what changed."""
        for page in self._pages:
            page.heard(changed)

    def tick(self) -> None:
        """Ages grow."""
        self.page.tick()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Fit a small screen."""
        for page in self._pages:
            page.narrow(narrow, tight=tight)

    def take_focus(self) -> None:
        """The keyboard goes to the page in sight."""
        self.page.take_focus()

    def open_at(self, what: str) -> None:
        """Show a page by its name, or one connection by its number."""
        if what in PAGES:
            self._group.button(PAGES.index(what)).setChecked(True)
            self._go(PAGES.index(what))
        else:
            self.connections.open_at(what)

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        for page in self._pages:
            page.put_away()

    def shortcuts(self) -> Mapping[str, Act]:
        """The keys of all pages; each acts for the page in sight."""
        return {key: partial(self._press, key) for key in self._keys()}

    @property
    def page(self) -> ConnectionsPage | HealthPage | CarriersPage:
        """The page in sight."""
        return self._pages[self._stack.currentIndex()]

    # --- inside --------------------------------------------------------------------------------

    def _keys(self) -> tuple[str, ...]:
        return tuple({key: None for page in self._pages for key in page.shortcuts()})

    def _press(self, key: str) -> None:
        act = self.page.shortcuts().get(key)
        if act is not None:
            act()

    def _lay_out(self) -> None:
        head = row(self._title, self._total, gap=10, margins=(14, 0, 12, 0))
        head.addSpacing(12)
        for at, name in enumerate(PAGES):
            chip = Button("chip")
            chip.setCheckable(True)
            chip.setChecked(not at)
            chip.setFixedHeight(28)
            chip.setProperty("page", name)
            self._group.addButton(chip, at)
            head.addWidget(chip)
            self._stack.addWidget(self._pages[at])
        self._group.idClicked.connect(self._go)
        head.addStretch(1)
        head.addWidget(self.add)
        self.add.setFixedHeight(30)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(46)
        whole = column(strip, gap=0)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)

    def _go(self, at: int) -> None:
        self._stack.setCurrentIndex(at)
        self._pages[at].reload()
        self._say()

    def _say(self) -> None:
        say, may = self._seat.speech.say, self._seat.may(CONNECTS.removeprefix("permission."))
        self._title.setText(say("nav.sync"))
        for chip in self._group.buttons():
            assert isinstance(chip, Button)  # noqa: S101 - made above
            chip.say(say(f"sync.page_{chip.property('page')}"))
        self.add.setVisible(self.page is self.connections)
        self.add.say(say("sync.add") if may else f"{say('sync.add')} · {say('act.locked')}")
        self.add.setEnabled(may)
        plain_tip(self.add, "" if may else say("act.no_right", right=say(CONNECTS)))
        for page in self._pages:
            page.say()
        self._say_total()

    def _say_total(self) -> None:
        model = self.connections.model
        rows = [model.row(at) for at in range(model.rowCount())]
        shops = sum(row.is_shop for row in rows if row is not None)
        said = self._seat.speech.say("sync.count", shops=shops, carriers=len(rows) - shops)
        self._total.setText(said if rows else "")
