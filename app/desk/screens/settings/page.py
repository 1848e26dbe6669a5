"""How a page of the settings is laid out: a heading, one sentence, and cards that scroll."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.desk.dialogs import Answers, Form, ask
from app.desk.parts import boxed, column, row
from app.desk.screen import Screen
from app.desk.seat import Seat
from app.desk.text import TextLabel

WIDEST = 860
"""Pixels of a page's content: a longer line of text is hard to read."""
LABEL = 150


class SettingsPage(Screen):
    """One page. A page puts its cards into `body` and its words in `say`."""

    def __init__(self, seat: Seat, name: str) -> None:
        super().__init__()
        self.seat = seat
        self._name = name
        self._title = TextLabel(face="headline")
        self._sentence = TextLabel(ink="second").wrapped()
        self.head = row(gap=8)
        self.body = column(gap=12, margins=(0, 4, 0, 24))
        self._lay_out()
        seat.speech.changed.connect(self.say)
        seat.look.changed.connect(self.say)

    def say(self) -> None:
        """Put the page's words; called again when language or colours change."""
        say = self.seat.speech.say
        self._title.setText(say(f"prefs.page_{self._name}"))
        self._sentence.setText(say(f"prefs.about_{self._name}"))

    async def ask(self, form: Form) -> Answers | None:
        """Ask the person by a card over the window."""
        return await ask(self.window(), self.seat.speech, form)

    def _lay_out(self) -> None:
        top = column(self._title, self._sentence, gap=4)
        heading = row(gap=12)
        heading.addLayout(top, 1)
        heading.addLayout(self.head)
        inner = column(gap=14, margins=(28, 22, 28, 0))
        inner.addLayout(heading)
        inner.addLayout(self.body)
        inner.addStretch(1)
        content = boxed(inner)
        content.setMaximumWidth(WIDEST + 56)
        ground = row(gap=0)
        ground.addWidget(content, 1000)
        ground.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(boxed(ground))
        self.area = area
        self.setLayout(column(area, gap=0))


def card(*parts: QWidget, gap: int = 8) -> QFrame:
    """Parts below each other on a card."""
    return boxed(column(*parts, gap=gap, margins=(16, 12, 16, 14)), kind="card")


def facts(lines: tuple[tuple[str, str], ...], width: int = LABEL) -> QVBoxLayout:
    """Names and values in two columns; an empty value leaves its line out."""
    layout = column(gap=6)
    for name, value in lines:
        if value:
            label = TextLabel(name, ink="second")
            label.setFixedWidth(width)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            told = TextLabel(value).wrapped().copyable()
            line = row(label, told, gap=10)
            line.setStretch(1, 1)
            layout.addLayout(line)
    return layout


Act = Callable[[], None]
