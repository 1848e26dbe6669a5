"""A screen of several pages behind one strip of headings, and a page that is a list with a side."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QStackedWidget, QWidget

from app.commands.wire import Changed
from app.desk.columns import AnyColumn
from app.desk.listing import Listing
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.rows import Rows, RowsModel, whole
from app.desk.screen import Act, Screen
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.desk.view import RowsView

SIDE, NARROW_SIDE = 420, 360


class Page(Screen):
    """One page: a screen whose words are put again when the screen it stands in says so."""

    def say(self) -> None:
        """Put the words again."""


class PagedScreen(Screen):
    """Pages under a title, a chip for each, and a button for what is added to the one in sight."""

    def __init__(self, seat: Seat, pages: Mapping[str, Page], title: str) -> None:
        """``title`` is the word of its title."""
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self._names, self._pages = seat, tuple(pages), tuple(pages.values())
        self._word = title
        self._title, self._total = TextLabel(face="title"), TextLabel(ink="second")
        self._group, self._stack = QButtonGroup(self), QStackedWidget()
        self.add = Button("primary", self.add_one)
        self._lay_out_pages()
        seat.speech.changed.connect(self.say)
        seat.look.changed.connect(self.say)
        seat.viewer_changed.connect(self.say)

    # --- what a screen of pages says of itself ----------------------------------------------------

    def chip(self, name: str) -> str:
        """The word of a page's chip, by the page's name; by itself that name."""
        return name

    def total(self) -> str:
        """What stands behind the title; empty for nothing."""
        return ""

    def say_add(self) -> None:
        """Put the word of the button for the page in sight, or hide it there."""
        self.add.hide()

    def add_one(self) -> None:
        """The button was pressed."""

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read every page."""
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
        """Show a page by its name."""
        if what in self._names:
            at = self._names.index(what)
            self._group.button(at).setChecked(True)
            self._go(at)

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        for page in self._pages:
            page.put_away()

    def shortcuts(self) -> Mapping[str, Act]:
        """The keys of all pages; each acts for the page in sight."""
        keys = {key: None for page in self._pages for key in page.shortcuts()}
        return {key: partial(self._press, key) for key in keys}

    @property
    def page(self) -> Page:
        """The page in sight."""
        return self._pages[self._stack.currentIndex()]

    def say(self) -> None:
        """Put the words of the strip and of every page."""
        say = self._seat.speech.say
        self._title.setText(say(self._word))
        for at, name in enumerate(self._names):
            chip = self._group.button(at)
            assert isinstance(chip, Button)  # noqa: S101 - made below
            chip.say(say(self.chip(name)))
        self.say_add()
        for page in self._pages:
            page.say()
        self.say_total()

    def say_total(self) -> None:
        """Put what stands behind the title."""
        self._total.setText(self.total())

    # --- inside -----------------------------------------------------------------------------------

    def _press(self, key: str) -> None:
        act = self.page.shortcuts().get(key)
        if act is not None:
            act()

    def _lay_out_pages(self) -> None:
        head = row(self._title, self._total, gap=10, margins=(14, 0, 12, 0))
        head.addSpacing(12)
        for at, page in enumerate(self._pages):
            chip = Button("chip")
            chip.setCheckable(True)
            chip.setChecked(not at)
            chip.setFixedHeight(28)
            self._group.addButton(chip, at)
            head.addWidget(chip)
            self._stack.addWidget(page)
        self._group.idClicked.connect(self._go)
        head.addStretch(1)
        head.addWidget(self.add)
        self.add.setFixedHeight(30)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(46)
        under = column(strip, gap=0)
        under.addWidget(self._stack, 1)
        self.setLayout(under)

    def _go(self, at: int) -> None:
        self._stack.setCurrentIndex(at)
        self._pages[at].reload()
        self.say()


class ListPage(Page):
    """A list that is read whole, and beside it the row under the cursor."""

    def __init__(
        self,
        seat: Seat,
        columns: Sequence[AnyColumn],
        sides: tuple[int, int] = (SIDE, NARROW_SIDE),
    ) -> None:
        """``sides``: how wide the side is, in pixels, on a wide screen and on a narrow one."""
        super().__init__()
        self._seat, self._sides, self._tight = seat, sides, False
        self.model = RowsModel(columns, seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self._side, self._left = column(gap=12, margins=(18, 18, 18, 18)), column(gap=0)
        self._area = QScrollArea()
        self._listing = Listing(seat, self.table, self.nothing)
        self._lay_out_side()
        self.table.moved.connect(lambda _id: self.moved())
        self.table.opened.connect(lambda _id: self.moved())
        self.model.settled.connect(self.settled)

    # --- what a page says of itself ---------------------------------------------------------------

    async def rows(self) -> Rows:
        """What the list shows; by itself nothing."""
        return ()

    def nothing(self) -> tuple[str, str, str]:
        """Icon, title and advice of an empty list."""
        return "calm", "", ""

    def beside(self, shown: Any) -> Iterable[QWidget]:
        """The parts that show the row under the cursor, from above; by itself none."""
        del shown
        return ()

    def moved(self) -> None:
        """The cursor stands on another row."""
        self.show_side()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list from its beginning."""
        self.model.show(whole(self.rows))

    def tick(self) -> None:
        """Ages grow."""
        self.model.repaint_all()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the list on a small screen; on a very small one it stands alone."""
        self._tight = tight
        self._area.setFixedWidth(self._sides[narrow])
        self.show_side()

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.table.setFocus()

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        self.model.clear()
        self.show_side()

    def say(self) -> None:
        """Put the words again."""
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._listing.say()
        self.show_side()

    def current(self) -> Any:
        """The row under the cursor; None on an empty list."""
        found = self.model.at_hand({self.table.current_id})
        return found[0] if found else None

    def show_side(self) -> None:
        """Show the row under the cursor beside the list."""
        clear(self._side)
        shown = self.current()
        self._area.setVisible(shown is not None and not self._tight)
        if shown is not None:
            for part in self.beside(shown):
                self._side.addWidget(part)
            self._side.addStretch(1)

    def settled(self) -> None:
        """Rows came or went."""
        self._listing.settle()
        self.moved()

    # --- inside -----------------------------------------------------------------------------------

    def _lay_out_side(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setObjectName("panel")
        self._area.setWidget(boxed(self._side, "panel"))
        self._area.setFixedWidth(self._sides[0])
        self._left.addWidget(self._listing, 3)
        both = row(gap=0)
        both.addLayout(self._left, 1)
        both.addWidget(self._area)
        self.setLayout(both)
        self._area.hide()
