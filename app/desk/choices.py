"""The two switches that stand everywhere: language and colours."""

from PySide6.QtWidgets import QWidget

from app.desk.parts import Button, row
from app.desk.seat import Seat
from app.desk.text import plain_tip
from app.desk.theme import Shade

NEXT = {Shade.SYSTEM: Shade.LIGHT, Shade.LIGHT: Shade.DARK, Shade.DARK: Shade.SYSTEM}
ICONS = {Shade.SYSTEM: "auto", Shade.LIGHT: "sun", Shade.DARK: "moon"}


class Choices(QWidget):
    """Language and theme, switched while the desk runs and remembered for the next start."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self.language = Button("ghost", self._other_language)
        self.shade = Button("ghost", self._next_shade)
        for button in (self.language, self.shade):
            button.setFixedHeight(30)
        self.shade.setFixedWidth(36)
        self.setLayout(row(self.language, self.shade, gap=2))
        seat.speech.changed.connect(self._show)
        seat.look.changed.connect(self._show)
        self._show()

    def _other_language(self) -> None:
        lang = "en" if self._seat.speech.lang == "zh" else "zh"
        self._seat.memory.keep("language", lang)
        self._seat.speech.choose(lang)

    def _next_shade(self) -> None:
        shade = NEXT[self._seat.look.shade]
        self._seat.memory.keep("theme", shade)
        self._seat.look.choose(shade)

    def _show(self) -> None:
        look, say = self._seat.look, self._seat.speech.say
        self.language.setIcon(look.icon("language"))
        self.language.say(say("top.other_language"))
        self.shade.setIcon(look.icon(ICONS[look.shade]))
        told = say(f"theme.{look.shade}")
        self.shade.setAccessibleName(told)
        plain_tip(self.shade, told)
