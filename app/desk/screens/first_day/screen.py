"""The first day's frame: the steps at the left, one page, and the way on, back or later."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.commands.founding import KeepStep
from app.desk.choices import Choices
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.screens.first_day.connect import CarrierPage, ChannelPage
from app.desk.screens.first_day.kit import KitPage
from app.desk.screens.first_day.page import Draft, Page
from app.desk.screens.first_day.pages import OwnerPage, SenderPage, ShopPage, WarehousePage
from app.desk.screens.first_day.printer import PrinterPage
from app.desk.screens.first_day.ready import ReadyPage
from app.desk.screens.first_day.stock import StockPage
from app.desk.screens.first_day.welcome import WelcomePage
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors import WaydeskError
from app.reads import first_day
from app.reads.first_day import Standing

WIDTH, HEIGHT = 940, 620
STEPS_WIDTH = 230
SMALL = 900


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its page, and whether it may be left for later."""

    name: str
    make: Callable[[Seat, Draft], Page]
    later: bool = False


STEPS = (
    Step("welcome", WelcomePage),
    Step("facts", ShopPage),
    Step("owner", OwnerPage),
    Step("kit", KitPage),
    Step("warehouse", WarehousePage),
    Step("sender", SenderPage),
    Step("printer", PrinterPage, later=True),
    Step("shop", ChannelPage, later=True),
    Step("stock", StockPage, later=True),
    Step("carrier", CarrierPage, later=True),
    Step("ready", ReadyPage),
)
FOUNDED = 3
"""Steps before this one make the shop; those from here on need somebody signed in."""


class FirstDayScreen(QWidget):
    """Leads from nothing to a shop that works. `done` says that the desk may be shown."""

    done = Signal()
    founded = Signal()
    """The shop is there and its owner sits here: its rules are to be read."""
    demo_wanted = Signal()
    restore_wanted = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self.draft = seat, Draft(seat)
        self._busy = False
        self._error: WaydeskError | None = None
        self.at = 0
        self.pages = tuple(step.make(seat, self.draft) for step in STEPS)
        self._steps = QVBoxLayout()
        self._stack = QStackedWidget()
        self._title, self._text = TextLabel(face="display"), TextLabel(ink="second").wrapped()
        self.problem = TextLabel(ink="bad", weight="medium").wrapped()
        self.remedy = TextLabel(ink="second").wrapped()
        self.onward = Button("primary", self.go_on)
        self.back = Button("ghost", self.go_back)
        self.later = Button("link", self.leave_for_later)
        self.board = Button("ghost", self.done.emit)
        self._lay_out()
        self._wire()
        self._show()

    # --- what the window asks ---------------------------------------------------------------------

    def begin(self, keyring: bool) -> None:
        """Start from nothing; `keyring` says that this computer can hold the shop's key."""
        for page in self.pages:
            if isinstance(page, OwnerPage):
                page.keyring = keyring
                page.say()
        self._turn_to(0)

    def resume(self, standing: Standing) -> None:
        """Go on where the shop was left."""
        self._turn_to(next_step(standing))

    def show_demo(self, state: str) -> None:
        """Say on the welcome page that the demonstration is `starting` or `open`."""
        self.tell("", "")
        for page in self.pages:
            if isinstance(page, WelcomePage):
                page.show_demo(state)

    # --- the way ----------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Do the step that is shown, and turn to the next."""
        if not self._busy and self.pages[self.at].ready():
            self._seat.spawn(self._finish())

    def go_back(self) -> None:
        """Look at the step before; what makes the shop is not done twice."""
        if not self._busy and self._may_go_back():
            self._turn_to(self.at - 1)

    def leave_for_later(self) -> None:
        """Leave this step and go on to the next; it is offered again."""
        if not self._busy and STEPS[self.at].later:
            self._seat.spawn(self._leave())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Enter goes on, Escape back, F8 leaves the step for later."""
        keys = {
            Qt.Key.Key_Return: self.go_on,
            Qt.Key.Key_Enter: self.go_on,
            Qt.Key.Key_Escape: self.go_back,
            Qt.Key.Key_F8: self.leave_for_later,
        }
        act = keys.get(Qt.Key(event.key()))
        if act is not None:
            act()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Leave the list of steps out where there is no room for it."""
        super().resizeEvent(event)
        self._steps_box.setVisible(self.width() >= SMALL)

    # --- inside -----------------------------------------------------------------------------------

    async def _finish(self) -> None:
        self._error = None
        self.tell("", "")
        self._set_busy(True)
        try:
            done = await self.pages[self.at].finish()
        except WaydeskError as error:
            self._error = error
            self.tell(*self._seat.speech.error(error))
            self._set_busy(False)
            self.pages[self.at].take_focus()
            return
        self._set_busy(False)
        if done:
            if self.at + 1 == FOUNDED:
                self.founded.emit()
            await self._next()
        else:
            self.pages[self.at].take_focus()

    def _welcomed(self, way: str) -> None:
        ways = {"demo": self.demo_wanted.emit, "restore": self.restore_wanted.emit}
        ways.get(way, self.go_on)()

    async def _leave(self) -> None:
        if await self._seat.do(KeepStep(STEPS[self.at].name, "later")):
            await self._next()

    async def _next(self) -> None:
        """Turn to what is still to be done; before there is a shop, to the page that follows."""
        if self.at + 1 == len(STEPS):
            self.done.emit()
        elif self.at + 1 <= FOUNDED:
            self._turn_to(self.at + 1)
        else:
            self._turn_to(next_step(await self._seat.see(first_day.standing)))

    def _turn_to(self, at: int) -> None:
        self.at, self._error = at, None
        self.tell("", "")
        self._stack.setCurrentIndex(at)
        self.pages[at].begin()
        self._show()
        self.pages[at].take_focus()
        QTimer.singleShot(0, self, self._bring_up)

    def _bring_up(self) -> None:
        """Show the page from its top, as far as the keyboard's place allows, once laid out."""
        self._area.verticalScrollBar().setValue(0)
        focused = QApplication.focusWidget()
        if focused is not None and self._stack.isAncestorOf(focused):
            self._area.ensureWidgetVisible(focused)

    def _may_go_back(self) -> bool:
        return self.at not in {0, FOUNDED}

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._stack.setEnabled(not busy)
        self._show_foot()

    def tell(self, title: str, remedy: str, ink: str = "bad") -> None:
        """Say what is wrong, or in a calmer ink what was done, on the page itself."""
        self.problem.restyle(ink=ink)
        self.problem.setText(title)
        self.remedy.setText(remedy)
        self.problem.setVisible(bool(title))
        self.remedy.setVisible(bool(remedy))

    def _lay_out(self) -> None:
        for page in self.pages:
            self._stack.addWidget(page)
        self._steps.setContentsMargins(22, 24, 16, 20)
        self._steps.setSpacing(4)
        self._steps_box = boxed(self._steps, "steps")
        self._steps_box.setFixedWidth(STEPS_WIDTH)
        inside = row(self._steps_box, gap=0)
        inside.addLayout(self._right(), 1)
        card = boxed(inside, kind="sheet")
        card.setMaximumSize(WIDTH, HEIGHT)
        middle = row(1, card, 1, gap=0)
        middle.setStretch(1, 100)
        whole = column(margins=(16, 10, 16, 16))
        choices = Choices(self._seat)
        choices.setFixedHeight(34)
        whole.addLayout(row(1, choices))
        whole.addLayout(middle, 1)
        self.setLayout(whole)

    def _right(self) -> QVBoxLayout:
        """Title, the page, what is wrong with it, and the way on."""
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(boxed(column(self._stack, gap=0, margins=(0, 0, 8, 0))))
        for button in (self.onward, self.back, self.board):
            button.setMinimumHeight(36)
        self.onward.setMinimumWidth(130)
        right = column(self._title, self._text, gap=6, margins=(30, 26, 26, 22))
        right.addSpacing(10)
        right.addWidget(area, 1)
        right.addWidget(self.problem)
        right.addWidget(self.remedy)
        right.addLayout(row(self.later, 1, self.board, self.back, self.onward, gap=10))
        return right

    def _wire(self) -> None:
        for page in self.pages:
            if isinstance(page, WelcomePage):
                page.wanted.connect(self._welcomed)
            page.changed.connect(self._show_foot)
            page.entered.connect(self.go_on)
        for changed in (self._seat.speech.changed, self._seat.look.changed):
            changed.connect(self._say)

    def _say(self) -> None:
        within = self.isAncestorOf(QApplication.focusWidget() or self)
        for page in self.pages:
            page.say()
        self._show()
        if self._error is not None:
            self.tell(*self._seat.speech.error(self._error))
        if within:
            self.pages[self.at].take_focus()
            QTimer.singleShot(0, self, self._bring_up)

    def _show(self) -> None:
        say, name = self._seat.speech.say, STEPS[self.at].name
        self._title.setText(say(f"first.title_{name}"))
        self._text.setText(say(f"first.text_{name}"))
        self._show_steps()
        self._show_foot()

    def _show_foot(self) -> None:
        say, name = self._seat.speech.say, STEPS[self.at].name
        trying = name in {"shop", "carrier"}
        busy = "first.trying" if trying else "first.wait"
        word = {"ready": "first.open", "owner": "first.found"}.get(name, "first.onward")
        self.onward.say(say(busy if self._busy else word))
        self.onward.setEnabled(not self._busy and self.pages[self.at].ready())
        self.back.say(say("first.back"))
        self.back.setVisible(self._may_go_back())
        self.later.say(say("first.later"))
        self.later.setVisible(STEPS[self.at].later)
        self.board.say(say("first.board"))
        self.board.setVisible(FOUNDED < self.at < len(STEPS) - 1)
        self.onward.setVisible(name != "welcome")

    def _show_steps(self) -> None:
        clear(self._steps)
        look, say = self._seat.look, self._seat.speech.say
        self._steps.addWidget(TextLabel(say("first.name"), face="title"))
        self._steps.addSpacing(12)
        for number, step in enumerate(STEPS):
            here, past = number == self.at, number < self.at
            mark = TextLabel()
            color = (
                look.tokens.accent if here else (look.tokens.good if past else look.tokens.third)
            )
            mark.setPixmap(look.pixmap("check" if past else "circle", color, 16))
            ink = "accent" if here else ("second" if past else "third")
            word = TextLabel(say(f"first.step_{step.name}"), ink=ink)
            word.restyle(weight="medium" if here else "")
            line = row(mark, word, 1, gap=9)
            line.setContentsMargins(0, 4, 0, 4)
            self._steps.addLayout(line)
        self._steps.addStretch(1)


def next_step(standing: Standing) -> int:
    """The first step that is neither done nor left for later; the last page when all are."""
    for at, step in enumerate(STEPS[FOUNDED:-1], FOUNDED):
        if not getattr(standing, step.name) and step.name not in standing.later:
            return at
    return len(STEPS) - 1


async def is_unfinished(seat: Seat) -> Standing | None:
    """How far the shop is, when its set-up is not at its end and this person may go on with it."""
    standing = await seat.see(first_day.standing)
    left = standing.begun and not standing.end
    return standing if left and seat.may("settings.edit") else None
