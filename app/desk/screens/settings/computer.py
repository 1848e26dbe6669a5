"""What this computer does for whoever sits at it: language, colours, rows, the closed window."""

from collections.abc import Callable

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout

from app.desk.parts import Button, boxed, column, row, rule
from app.desk.screens.settings.page import SettingsPage
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.desk.theme import Shade
from app.desk.tray import STAY

CHOICES = (
    ("language", ("system", "zh", "en"), "system"),
    ("theme", tuple(str(shade) for shade in Shade), "system"),
    ("density", ("roomy", "compact"), "roomy"),
    (STAY, ("yes", "no"), "yes"),
)
"""Each choice of this computer: its name in the memory, its words, its default."""


class ComputerPage(SettingsPage):
    """A few choices that are nobody else's business: they stay on this computer."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "computer")
        self.groups: dict[str, QButtonGroup] = {}
        self._words: list[Callable[[], None]] = []
        layout = column(gap=0, margins=(16, 6, 16, 6))
        for at, (name, words, _default) in enumerate(CHOICES):
            if at:
                layout.addWidget(rule())
            layout.addLayout(self._line(name, words))
        self.body.addWidget(boxed(layout, kind="card"))
        self.say()

    def reload(self) -> None:
        """Show what is remembered; the switches at the top may have changed it."""
        for name, _words, default in CHOICES:
            self._check(name, self.seat.memory.recall(name, default))

    def say(self) -> None:
        """Put the words of every choice."""
        super().say()
        for put in self._words:
            put()

    # --- inside --------------------------------------------------------------------------------

    def _line(self, name: str, words: tuple[str, ...]) -> QHBoxLayout:
        title, told = TextLabel(weight="medium"), TextLabel(ink="second").wrapped()
        group = self.groups[name] = QButtonGroup(self)
        chips = row(gap=6)
        for word in words:
            chip = Button("chip")
            chip.setCheckable(True)
            chip.setFixedHeight(28)
            chip.setProperty("value", word)
            group.addButton(chip)
            chips.addWidget(chip)
        group.buttonClicked.connect(lambda chip: self._choose(name, str(chip.property("value"))))
        line = row(gap=24, margins=(0, 10, 0, 10))
        line.addLayout(column(title, told, gap=3), 1)
        line.addLayout(chips)

        def put() -> None:
            say = self.seat.speech.say
            title.setText(say(f"prefs.this_{name}"))
            told.setText(say(f"prefs.this_{name}_about"))
            for chip in group.buttons():
                assert isinstance(chip, Button)  # noqa: S101 - made above
                chip.say(say(f"prefs.this_{name}_{chip.property('value')}"))

        self._words.append(put)
        return line

    def _check(self, name: str, value: str) -> None:
        for chip in self.groups[name].buttons():
            chip.setChecked(chip.property("value") == value)

    def _choose(self, name: str, value: str) -> None:
        self.seat.memory.keep(name, value)
        if name == "language":
            self.seat.speech.choose(value)
        elif name == "theme":
            self.seat.look.choose(Shade(value))
        self._check(name, value)
        self.seat.chosen.emit(name)
