"""Questions to the person, awaited: a card over the window, never a modal loop of its own."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.desk.cover import Cover
from app.desk.parts import Button, Flow, boxed, column, row
from app.desk.speech import Speech
from app.desk.text import TextLabel

WIDTH: Final = 440
Answers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked for.

    Attributes:
        word: the key of its caption.
        options: (value, word to show) to choose from; without them it is written.
        many: whether several may be chosen; their values are joined by commas.
        lines: how many lines a written answer has.
    """

    name: str
    word: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    lines: int = 1
    needed: bool = False
    secret: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What a card asks: its title, a sentence, its fields and what its buttons say (keys)."""

    title: str
    text: str = ""
    fields: tuple[Field, ...] = ()
    done: str = "sheet.done"
    tone: str = "primary"
    args: dict[str, str | int] = field(default_factory=dict)
    away: str = "sheet.cancel"


class Sheet(Cover):
    """A card with a form over its host; `answers` come once, None when it was put away."""

    def __init__(self, host: QWidget, speech: Speech, form: Form) -> None:
        super().__init__(host)
        self.setObjectName("scrim")
        self._speech, self._form = speech, form
        self._answer: asyncio.Future[Answers | None] = asyncio.get_running_loop().create_future()
        self._read: dict[str, QLineEdit | QPlainTextEdit | QButtonGroup] = {}
        self.done = Button(form.tone, self._accept)
        self.done.say(speech.say(form.done))
        away = self._away = Button("ghost", self.put_away)
        away.say(speech.say(form.away))
        self._card = boxed(self._content(away), kind="sheet")
        self._card.setFixedWidth(WIDTH)
        middle = row(1, self._card, 1)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addLayout(middle)
        whole.addStretch(3)
        self._order_tabs()
        self._judge()

    async def answers(self) -> Answers | None:
        """Show the card and wait for the person."""
        self.show()
        self.raise_()
        self._first().setFocus(Qt.FocusReason.TabFocusReason)
        try:
            return await self._answer
        finally:
            self._host.removeEventFilter(self)
            self.hide()
            self.deleteLater()
            self._host.setFocus()

    def _first(self) -> QWidget:
        """Where the keyboard starts: the first field, in a choice the answer that stands."""
        first = next(iter(self._read.values()), self.done)
        if isinstance(first, QButtonGroup):
            return first.checkedButton() or first.buttons()[0]
        return first

    def _order_tabs(self) -> None:
        """Tab goes through the fields as they stand, then to the buttons."""
        stops: list[QWidget] = []
        for asked in self._read.values():
            stops += asked.buttons() if isinstance(asked, QButtonGroup) else [asked]
        for one, after in itertools.pairwise((*stops, self._away, self.done)):
            QWidget.setTabOrder(one, after)

    def put_away(self) -> None:
        """Close the card without doing anything."""
        if not self._answer.done():
            self._answer.set_result(None)

    def fill(self, name: str, value: str) -> None:
        """Write an answer, as typing it would."""
        asked = self._read[name]
        if isinstance(asked, QLineEdit):
            asked.setText(value)
        elif isinstance(asked, QPlainTextEdit):
            asked.setPlainText(value)
        else:
            next(b for b in asked.buttons() if b.property("value") == value).click()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Escape puts it away; Ctrl+Enter, or Enter in a single line, is its button."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        elif enter and self.done.isEnabled():
            self._accept()

    # --- inside --------------------------------------------------------------------------------

    def _content(self, away: Button) -> QVBoxLayout:
        say, form = self._speech.say, self._form
        layout = column(gap=10, margins=(20, 18, 20, 16))
        layout.addWidget(TextLabel(say(form.title, **form.args), face="title").wrapped())
        if form.text:
            layout.addWidget(TextLabel(say(form.text, **form.args), ink="second").wrapped())
        for asked in form.fields:
            layout.addWidget(TextLabel(say(asked.word), face="caption", ink="second"))
            layout.addWidget(self._choice(asked) if asked.options else self._line(asked))
        layout.addSpacing(4)
        layout.addLayout(row(1, away, self.done))
        return layout

    def _line(self, asked: Field) -> QWidget:
        if asked.lines > 1:
            many = QPlainTextEdit(asked.value)
            many.setFixedHeight(24 + 20 * asked.lines)
            many.setTabChangesFocus(True)
            many.textChanged.connect(self._judge)
            self._read[asked.name] = many
            return many
        one = QLineEdit(asked.value)
        one.setEchoMode(QLineEdit.EchoMode.Password if asked.secret else QLineEdit.EchoMode.Normal)
        one.textChanged.connect(self._judge)
        self._read[asked.name] = one
        return one

    def _choice(self, asked: Field) -> QWidget:
        group, holder, flow = QButtonGroup(self), QWidget(), Flow(6)
        group.setExclusive(not asked.many)
        chosen = set(asked.value.split(",")) if asked.many else {asked.value}
        for value, word in asked.options:
            chip = Button("chip")
            chip.setCheckable(True)
            chip.say(word)
            chip.setProperty("value", value)
            chip.setChecked(value in chosen)
            group.addButton(chip)
            flow.addWidget(chip)
        group.buttonClicked.connect(self._judge)
        holder.setLayout(flow)
        self._read[asked.name] = group
        return holder

    def _value(self, name: str) -> str:
        asked = self._read[name]
        if isinstance(asked, QLineEdit):
            return asked.text().strip()
        if isinstance(asked, QPlainTextEdit):
            return asked.toPlainText().strip()
        return ",".join(str(b.property("value")) for b in asked.buttons() if b.isChecked())

    def _judge(self) -> None:
        lacking = [f for f in self._form.fields if f.needed and not self._value(f.name)]
        self.done.setEnabled(not lacking)

    def _accept(self) -> None:
        if not self._answer.done():
            self._answer.set_result({f.name: self._value(f.name) for f in self._form.fields})


async def ask(host: QWidget, speech: Speech, form: Form) -> Answers | None:
    """Ask the person; None when they put the card away."""
    return await Sheet(host, speech, form).answers()
