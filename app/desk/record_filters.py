"""The line of fields by which the record is searched."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QVBoxLayout, QWidget

from app.commands.record import ReadAudit
from app.desk.parts import Button, boxed, row
from app.desk.record_words import actions_said
from app.desk.seat import Seat
from app.desk.speech import DAY
from app.domain.times import local

RESULTS = ("", "ok", "denied", "failed")
SPANS = (0, 1, 7, 30)
"""Days back, today among them; 0 for everything."""
FIELDS = ("who", "about", "action", "reason", "host")
PAUSE_MS = 350


@dataclass(frozen=True, slots=True)
class Asked:
    """What the fields ask for now; ``nothing`` when a typed action has no such word."""

    command: ReadAudit
    nothing: bool = False


class RecordFilters(QWidget):
    """Five fields and two rows of chips; `changed` is called a moment after the last key."""

    def __init__(self, seat: Seat, changed: Callable[[], None]) -> None:
        super().__init__()
        self._seat = seat
        self.fields = {name: QLineEdit() for name in FIELDS}
        self._results, self._spans = QButtonGroup(self), QButtonGroup(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(changed)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for strip in (self._chips(changed), self._lines(changed)):
            whole.addWidget(strip)

    def asked(self) -> Asked:
        """The question the fields make."""
        typed = {name: field.text().strip() for name, field in self.fields.items()}
        action = typed.pop("action")
        codes = actions_said(self._seat.speech, action) if action else ()
        question = ReadAudit(
            who=typed["who"].casefold(),
            about=typed["about"],
            reason=typed["reason"],
            host=typed["host"],
            actions=codes,
            result=_value(self._results),
            since=self._since(),
        )
        return Asked(question, nothing=bool(action) and not codes)

    def fill(self, **values: str) -> None:
        """Write into fields, as typing would, and empty the others."""
        for name, field in self.fields.items():
            field.setText(values.get(name, ""))

    def empty(self) -> bool:
        """Whether nothing narrows the record."""
        return self.asked() == Asked(ReadAudit())

    def say(self) -> None:
        """Say every word again."""
        say = self._seat.speech.say
        for name, field in self.fields.items():
            field.setPlaceholderText(say(f"record.by_{name}"))
            field.setAccessibleName(say(f"record.by_{name}"))
        for chip in self._results.buttons():
            value = str(chip.property("value"))
            self._name(chip, say(f"audit_result.{value}") if value else say("views.all"))
        for chip in self._spans.buttons():
            days = int(chip.property("value"))
            self._name(chip, say(f"record.days_{days}"))

    @staticmethod
    def _name(chip: object, text: str) -> None:
        assert isinstance(chip, Button)  # noqa: S101 - made below
        chip.say(text)

    def _since(self) -> int:
        days = int(_value(self._spans))
        if not days:
            return 0
        now = self._seat.clock.now()
        start = local(now, self._seat.speech.zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return round(start.timestamp() * 1000) - (days - 1) * DAY

    def _chips(self, changed: Callable[[], None]) -> QWidget:
        strip = row(gap=8, margins=(14, 8, 12, 4))
        for group, values in ((self._spans, SPANS), (self._results, RESULTS)):
            for value in values:
                chip = Button("chip")
                chip.setCheckable(True)
                chip.setProperty("value", value)
                chip.setChecked(value == values[0])
                chip.setFixedHeight(28)
                group.addButton(chip)
                strip.addWidget(chip)
            group.buttonClicked.connect(lambda _chip: changed())
            strip.addSpacing(16)
        strip.addStretch(1)
        return boxed(strip)

    def _lines(self, changed: Callable[[], None]) -> QWidget:
        strip = row(gap=8, margins=(14, 4, 12, 8))
        for field in self.fields.values():
            field.setClearButtonEnabled(True)
            field.setMinimumWidth(96)
            field.textEdited.connect(lambda _text: self._pause.start())
            field.returnPressed.connect(changed)
            strip.addWidget(field, 1)
        return boxed(strip)


def _value(group: QButtonGroup) -> str:
    chosen = group.checkedButton()
    return str(chosen.property("value")) if chosen is not None else ""


def going_on(question: ReadAudit, page_end: tuple[int, int, int] | None) -> ReadAudit:
    """The same question, going on where a page ended."""
    return msgspec.structs.replace(question, below=page_end)
