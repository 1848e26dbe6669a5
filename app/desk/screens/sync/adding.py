"""Connecting one more shop or carrier: the first day's form on a card over the window."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QStackedWidget, QWidget

from app.desk.connecting import ConnectForm, connect_carrier, connect_shop
from app.desk.cover import Cover
from app.desk.parts import Button, boxed, column, row
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.domain.connections import Kind
from app.domain.errors import WaydeskError

WIDTH, HIGHEST, GAP = 640, 660, 72
ENDS = ((Kind.PLATFORM, connect_shop), (Kind.CARRIER, connect_carrier))


class AddSheet(Cover):
    """Asks which, and for its fields; stays with what is wrong until it works or is put away."""

    def __init__(self, host: QWidget, seat: Seat) -> None:
        super().__init__(host)
        self.setObjectName("scrim")
        self._seat, self._busy, self._gone = seat, False, False
        self.made = 0
        self.forms = tuple(ConnectForm(seat, kind) for kind, _ in ENDS)
        self._group, self._stack = QButtonGroup(self), QStackedWidget()
        self.problem = TextLabel(ink="bad", weight="medium").wrapped()
        self.remedy = TextLabel(ink="second").wrapped()
        self.done = Button("primary", self._go)
        self.away = Button("ghost", self.put_away)
        self._lay_out()
        seat.news.connect(self._hear)
        for form in self.forms:
            form.say()
            form.changed.connect(self._judge)
            form.entered.connect(self._go)
        self._turn_to(0)

    @property
    def form(self) -> ConnectForm:
        """The form in sight."""
        return self.forms[self._stack.currentIndex()]

    def begin(self) -> None:
        """Show the card with the keyboard in its first field."""
        self.show()
        self.raise_()
        self.form.take_focus()

    def put_away(self) -> None:
        """Close the card, whatever it does; what was typed is forgotten."""
        if not self._gone:
            self._gone = True
            self._seat.news.disconnect(self._hear)
            self._host.removeEventFilter(self)
            self.hide()
            self.deleteLater()
            self._host.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Escape puts it away; no other key reaches what lies behind."""
        if event.key() == Qt.Key.Key_Escape and not self._busy:
            self.put_away()

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        say = self._seat.speech.say
        self.away.say(say("sheet.cancel"))
        card = column(TextLabel(say("sync.add_title"), face="headline"), gap=10)
        card.setContentsMargins(22, 18, 16, 16)
        card.addWidget(TextLabel(say("sync.add_text"), ink="second").wrapped())
        card.addWidget(self._ends())
        card.addWidget(self._fields(), 1)
        for label in (self.problem, self.remedy):
            card.addWidget(label)
        card.addLayout(row(1, self.away, self.done, gap=10))
        self._card = boxed(card, kind="sheet")
        self._card.setFixedSize(WIDTH, min(HIGHEST, self._host.height() - GAP))
        middle = row(1, self._card, 1)
        whole = column(1, gap=0)
        whole.addLayout(middle)
        whole.addStretch(1)
        self.setLayout(whole)

    def _ends(self) -> QWidget:
        """A chip each for a shop and a carrier."""
        ends = row(gap=6)
        for at, (kind, _) in enumerate(ENDS):
            chip = Button("chip", partial(self._turn_to, at))
            chip.setCheckable(True)
            chip.say(self._seat.speech.say(f"sync.add_{kind.value}"))
            self._group.addButton(chip, at)
            ends.addWidget(chip)
        ends.addStretch(1)
        return boxed(ends)

    def _fields(self) -> QWidget:
        for form in self.forms:
            self._stack.addWidget(boxed(column(form, 1, gap=0, margins=(0, 0, 10, 0))))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._stack)
        return area

    def _turn_to(self, at: int) -> None:
        self._group.button(at).setChecked(True)
        self._stack.setCurrentIndex(at)
        self._tell("", "")
        self._judge()

    def _judge(self) -> None:
        word = "first.trying" if self._busy else "sync.add_done"
        self.done.say(self._seat.speech.say(word))
        self.done.setEnabled(not self._busy and not self.form.lacking())

    def _hear(self, news: News) -> None:
        if news.tone == "bad":
            self._tell(news.title, news.remedy)

    def _tell(self, title: str, remedy: str) -> None:
        for label, text in ((self.problem, title), (self.remedy, remedy)):
            label.setText(text)
            label.setVisible(bool(text))

    def _go(self) -> None:
        if self.done.isEnabled():
            self._seat.spawn(self._connect())

    async def _connect(self) -> None:
        self._tell("", "")
        self._set_busy(True)
        connect = ENDS[self._stack.currentIndex()][1]
        try:
            kept = await connect(self._seat, await self.form.wish())
        except WaydeskError as error:
            self._tell(*self._seat.speech.error(error))
            kept = None
        if self._gone:
            return
        self._set_busy(False)
        if kept is None:
            return
        self.made = kept.id
        told = self._seat.speech.say("sync.added", name=self.form.values()["called"])
        notes = " ".join(self._seat.speech.refusal(code, {})[0] for code in kept.notes)
        self.form.forget_secrets()
        self.put_away()
        self._seat.news.emit(News(told, notes, "good"))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._stack.setEnabled(not busy)
        self.away.setEnabled(not busy)
        self._judge()
