"""The screen of staff: its three pages behind one strip of headings."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QStackedWidget

from app.commands.wire import Changed
from app.desk.parts import Button, boxed, column, row
from app.desk.screen import Act, Screen
from app.desk.screens.people.departments import DepartmentsPage
from app.desk.screens.people.review import ReviewPage
from app.desk.screens.people.staff import StaffPage
from app.desk.seat import Seat
from app.desk.text import TextLabel

PAGES = ("staff", "review", "departments")


class PeopleScreen(Screen):
    """Staff, the review of who may do what, departments."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self.staff, self.review = StaffPage(seat), ReviewPage(seat)
        self.departments = DepartmentsPage(seat)
        self._pages = (self.staff, self.review, self.departments)
        self._title, self._total = TextLabel(face="title"), TextLabel(ink="second")
        self._group = QButtonGroup(self)
        self.add = Button("primary", self._add)
        self._stack = QStackedWidget()
        self._lay_out()
        self.staff.model.settled.connect(self._say_total)
        seat.speech.changed.connect(self._say)
        seat.look.changed.connect(self._say)
        self._say()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read every page."""
        for page in self._pages:
            page.reload()

    def heard(self, changed: Changed) -> None:
        """Let the pages read again what changed."""
        for page in self._pages:
            page.heard(changed)

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Fit a small screen."""
        for page in self._pages:
            page.narrow(narrow, tight=tight)

    def take_focus(self) -> None:
        """The keyboard goes to the page in sight."""
        self.page.take_focus()

    def open_at(self, what: str) -> None:
        """Show one page by its name."""
        if what in PAGES:
            self._group.button(PAGES.index(what)).setChecked(True)
            self._go(PAGES.index(what))

    def put_away(self) -> None:
        """Let go of every name."""
        for page in self._pages:
            page.put_away()

    def shortcuts(self) -> Mapping[str, Act]:
        """Add somebody, or a department."""
        return {"N": self._add}

    @property
    def page(self) -> Screen:
        """The page in sight."""
        return self._pages[self._stack.currentIndex()]

    # --- inside --------------------------------------------------------------------------------

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
        head.addStretch(1)
        head.addWidget(self.add)
        self.add.setFixedHeight(30)
        self._group.idClicked.connect(self._go)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(46)
        whole = column(strip, gap=0)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)

    def _go(self, at: int) -> None:
        self._stack.setCurrentIndex(at)
        self._pages[at].reload()
        self._say()

    def _add(self) -> None:
        if self.page is self.departments:
            self.departments.add()
        elif self.page is self.staff:
            self.staff.add()

    def _say(self) -> None:
        say = self._seat.speech.say
        self._title.setText(say("nav.people"))
        for chip in self._group.buttons():
            assert isinstance(chip, Button)  # noqa: S101 - made above
            chip.say(say(f"people.{chip.property('page')}"))
        self.add.setVisible(self.page is not self.review)
        self.add.say(say("people.add" if self.page is self.staff else "people.dep_add"))
        self.staff.say()
        self.review.say()
        self.departments.say()
        self._say_total()

    def _say_total(self) -> None:
        model = self.staff.model
        rows = [model.row(at) for at in range(model.rowCount())]
        left = sum(row.state == "left" for row in rows if row is not None)
        said = self._seat.speech.say("people.count", n=len(rows) - left, left=left)
        self._total.setText(said if rows else "")
