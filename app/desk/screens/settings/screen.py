"""The settings screen: the list of pages at the left, the page itself beside it."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QStackedWidget

from app.commands.wire import Changed
from app.desk.parts import Button, boxed, column, row
from app.desk.screen import Act, Screen
from app.desk.screens.settings.pages import PAGES, Page
from app.desk.seat import Seat
from app.desk.text import TextLabel

WIDTH, NARROW_WIDTH = 212, 176


class SettingsScreen(Screen):
    """Goes from page to page; a page is made when it is first shown."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self.shown = ""
        self._made: dict[str, Screen] = {}
        self._buttons: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        self._title = TextLabel(face="title")
        self._list = column(gap=2, margins=(12, 16, 12, 12))
        self._side = boxed(self._list, "views")
        self._stack = QStackedWidget()
        self._lay_out()
        seat.speech.changed.connect(self._say)
        seat.look.changed.connect(self._say)
        seat.viewer_changed.connect(self._open_to)
        self._say()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Show the pages this person may see, and read the one in sight."""
        self._open_to()
        if not self.shown or not self._seat.may(self._page(self.shown).permission):
            self.open_at(next((p.name for p in PAGES if self._seat.may(p.permission)), ""))
        elif self.shown in self._made:
            self._made[self.shown].reload()

    def open_at(self, what: str) -> None:
        """Show a page by its name."""
        page = next((p for p in PAGES if p.name == what and self._seat.may(p.permission)), None)
        if page is None:
            return
        if page.name not in self._made:
            self._made[page.name] = page.make(self._seat)
            self._made[page.name].wanted.connect(self.wanted)
            self._stack.addWidget(self._made[page.name])
        self.shown = page.name
        if any(button.hasFocus() for button in self._buttons.values()):
            self._buttons[page.name].setFocus()
        self._buttons[page.name].setChecked(True)
        self._stack.setCurrentWidget(self._made[page.name])
        self._made[page.name].reload()
        self._say()

    def page(self) -> Screen | None:
        """The page in sight."""
        return self._made.get(self.shown)

    def take_focus(self) -> None:
        """The keyboard goes to the list of pages."""
        if self.shown:
            self._buttons[self.shown].setFocus()

    def heard(self, changed: Changed) -> None:
        """Let every page that was made read again what changed."""
        for page in self._made.values():
            page.heard(changed)

    def tick(self) -> None:
        """Let the page in sight draw its ages again."""
        if self.shown in self._made:
            self._made[self.shown].tick()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the page on a small screen."""
        self._side.setFixedWidth(NARROW_WIDTH if narrow or tight else WIDTH)
        for page in self._made.values():
            page.narrow(narrow, tight=tight)

    def put_away(self) -> None:
        """Let go of everything that was read."""
        for page in self._made.values():
            page.put_away()

    def shortcuts(self) -> Mapping[str, Act]:
        """Page up and down the list."""
        return {"Ctrl+PgDown": lambda: self._step(1), "Ctrl+PgUp": lambda: self._step(-1)}

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._title.setContentsMargins(8, 0, 0, 8)
        self._list.addWidget(self._title)
        for page in PAGES:
            button = Button("page", lambda name=page.name: self.open_at(name))  # type: ignore[misc]
            button.setCheckable(True)
            button.setIconSize(QSize(18, 18))
            button.setFixedHeight(34)
            self._group.addButton(button)
            self._buttons[page.name] = button
            self._list.addWidget(button)
        self._list.addStretch(1)
        self._side.setFixedWidth(WIDTH)
        whole = row(self._side, self._stack, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _step(self, by: int) -> None:
        open_to = [page.name for page in PAGES if self._seat.may(page.permission)]
        if self.shown in open_to:
            self.open_at(open_to[(open_to.index(self.shown) + by) % len(open_to)])
            self.take_focus()

    def _open_to(self) -> None:
        for page in PAGES:
            self._buttons[page.name].setVisible(self._seat.may(page.permission))

    @staticmethod
    def _page(name: str) -> Page:
        return next(page for page in PAGES if page.name == name)

    def _say(self) -> None:
        look, say = self._seat.look, self._seat.speech.say
        self._title.setText(say("nav.settings"))
        for page in PAGES:
            button = self._buttons[page.name]
            button.say(say(page.word))
            button.setIcon(look.icon(page.icon, "accent" if page.name == self.shown else "second"))
