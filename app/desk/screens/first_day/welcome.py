"""The first thing anybody sees: set a shop up, try the demonstration, or bring a backup back."""

from PySide6.QtCore import Qt, Signal

from app.desk.parts import LaidButton, column, row
from app.desk.screens.first_day.page import Draft, Page
from app.desk.seat import Seat
from app.desk.text import TextLabel

WAYS = (("facts", "shop"), ("demo", "eye"), ("restore", "inbox"))


class WelcomePage(Page):
    """Three ways in. `wanted` names the one that was pressed: facts, demo or restore."""

    wanted = Signal(str)

    def __init__(self, seat: Seat, draft: Draft) -> None:
        super().__init__(seat, draft)
        self._demo = ""
        self.ways = {name: LaidButton("way") for name, _icon in WAYS}
        self._words = {name: self._fill(name) for name, _icon in WAYS}
        for name, button in self.ways.items():
            button.clicked.connect(lambda _on=False, name=name: self.wanted.emit(name))
        self.setLayout(column(*self.ways.values(), 1, gap=12))
        self.say()

    def say(self) -> None:
        """Write the words and icons."""
        say, look = self.seat.speech.say, self.seat.look
        for name, icon in WAYS:
            picture, title, text = self._words[name]
            picture.setPixmap(look.pixmap(icon, look.tokens.accent, 24))
            title.setText(say(f"first.way_{name}"))
            more = f"first.demo_{self._demo}" if name == "demo" and self._demo else ""
            text.setText(say(more or f"first.way_{name}_text"))
            self.ways[name].setAccessibleName(f"{title.text()}. {text.text()}")

    def show_demo(self, state: str) -> None:
        """Say that the demonstration is `starting` or `open`; with nothing it is offered."""
        self._demo = state
        self.ways["demo"].setEnabled(state != "starting")
        self.say()

    def take_focus(self) -> None:
        """The keyboard starts at the usual way."""
        self.ways["facts"].setFocus(Qt.FocusReason.TabFocusReason)

    def _fill(self, name: str) -> tuple[TextLabel, TextLabel, TextLabel]:
        picture, title = TextLabel(), TextLabel(face="title")
        text = TextLabel(ink="second").wrapped()
        for label in (picture, title, text):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        words = column(title, text, gap=4)
        inside = row(picture, gap=16, margins=(18, 14, 18, 14))
        inside.addLayout(words, 1)
        self.ways[name].setLayout(inside)
        self.ways[name].setMinimumHeight(84)
        return picture, title, text
