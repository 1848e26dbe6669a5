"""The sounds of a station: how many beeps say what became of a scan, without looking up."""

from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

BEEPS = {"good": 1, "done": 2, "warning": 2, "bad": 3, "stop": 4}
"""One for right; two for closed, or read twice; three for a wrong item; four for a stop."""
GAP_MS = 140


class Chime(Protocol):
    """Says in sound what a scan was."""

    def play(self, tone: str) -> None:
        """Sound good, done, warning, bad or stop."""
        ...


class Beeper(QObject):
    """The system's own beep, as many times as the tone asks for."""

    def __init__(self) -> None:
        super().__init__()
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(GAP_MS)
        self._timer.timeout.connect(self._beep)

    def play(self, tone: str) -> None:
        """Begin at once; a newer sound ends the one before."""
        self._left = BEEPS.get(tone, 1)
        self._beep()
        self._timer.start()

    def _beep(self) -> None:
        if self._left <= 0:
            self._timer.stop()
            return
        self._left -= 1
        QApplication.beep()
