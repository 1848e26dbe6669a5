"""A strip above everything: Waydesk ended badly or runs carefully, and what can be done."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QWidget

from app.desk.parts import Button, row
from app.desk.seat import Seat
from app.desk.text import TextLabel, repolish

Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Strip:
    """What a strip says (a key and its facts), in which tone, and its buttons (key, act)."""

    key: str
    tone: str = "warning"
    args: dict[str, str | int] | None = None
    acts: tuple[tuple[str, Act], ...] = ()


class Banner(QFrame):
    """Shows one strip; gone once it was put away."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self._seat = seat
        self.strip: Strip | None = None
        self._told = TextLabel(weight="medium").wrapped()
        self._buttons: list[Button] = []
        self._away = Button("ghost", self.put_away)
        self._away.setFixedSize(28, 28)
        self._away.setIconSize(QSize(14, 14))
        self._line = row(self._told, gap=8, margins=(16, 7, 12, 7))
        self._line.setStretch(0, 1)
        self._line.addWidget(self._away)
        self.setLayout(self._line)
        seat.speech.changed.connect(self._say)
        seat.look.changed.connect(self._say)
        self.hide()

    def show_strip(self, strip: Strip) -> None:
        """Show this instead of what was shown."""
        self._clear()
        self.strip = strip
        for at, (_key, act) in enumerate(strip.acts, 1):
            button = Button("", act)
            self._buttons.append(button)
            self._line.insertWidget(at, button)
        self.setProperty("tone", strip.tone)
        repolish(self)
        self._say()
        self.show()

    def put_away(self) -> None:
        """Take it away."""
        self._clear()
        self.hide()

    def buttons(self) -> tuple[QWidget, ...]:
        """Its buttons, in the order they stand."""
        return tuple(self._buttons)

    def _clear(self) -> None:
        self.strip = None
        for button in self._buttons:
            self._line.removeWidget(button)
            button.deleteLater()
        self._buttons = []

    def _say(self) -> None:
        say = self._seat.speech.say
        self._away.setIcon(self._seat.look.icon("close", "second", 14))
        self._away.setAccessibleName(say("banner.away"))
        if self.strip is not None:
            self._told.setText(say(self.strip.key, **(self.strip.args or {})))
            for button, (key, _act) in zip(self._buttons, self.strip.acts, strict=True):
                button.say(say(key))
