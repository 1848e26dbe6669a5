"""The parcels weighed out last, so that one that was forgotten is seen."""

from PySide6.QtWidgets import QFrame

from app.desk.parts import clear, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads.packing import WeighedRow

SHOWN = 5


def kilograms(grams: int) -> str:
    """A weight as people read it on a scale."""
    return f"{grams // 1000}.{grams % 1000:03d} kg"


class WeighedCard(QFrame):
    """The latest parcels, the newest first."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._seat = seat
        self._rows: tuple[WeighedRow, ...] = ()
        self._lines = column(gap=9, margins=(18, 14, 18, 15))
        self.setLayout(self._lines)
        for changed in (seat.speech.changed, seat.look.changed):
            changed.connect(self._draw)
        self._draw()

    def show_rows(self, rows: tuple[WeighedRow, ...]) -> None:
        """Show these parcels."""
        self._rows = rows
        self._draw()

    def _draw(self) -> None:
        clear(self._lines)
        speech, faces = self._seat.speech, self._seat.look.faces
        head = "weighing.latest" if self._rows else "weighing.none_yet"
        self._lines.addWidget(TextLabel(speech.say(head), face="caption", ink="third"))
        for one in self._rows[:SHOWN]:
            at = TextLabel(speech.clock(one.at), ink="third").faced(faces.mono(12))
            order = TextLabel(one.external_no)
            number = TextLabel(one.waybill_no, ink="second").faced(faces.mono())
            told = kilograms(one.weight_g) if one.weight_g else speech.say("weighing.unweighed")
            weight = TextLabel(told, weight="medium")
            order.setMinimumWidth(150)
            self._lines.addLayout(row(at, order, number, 1, weight, gap=18))
