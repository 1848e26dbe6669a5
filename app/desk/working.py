"""The strip that says how far long work has come, lets it be stopped, and says how it ended."""

from collections.abc import Callable

from PySide6.QtWidgets import QProgressBar

from app.commands import wire
from app.desk.parts import Button, boxed, row
from app.desk.speech import Speech
from app.desk.text import TextLabel

HEIGHT = 44
SCALE = 1_000
Said = Callable[[], str]
"""Says it in the words of the language chosen now."""


class WorkBar:
    """A strip for a screen's long work; hidden while there is none.

    Attributes:
        frame: the strip itself.
    """

    def __init__(self, speech: Speech, stop: Callable[[], None]) -> None:
        """``stop`` asks that the work be stopped."""
        self._speech = speech
        self._said: Said | None = None
        self.text, self.progress = TextLabel(), QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(220, 6)
        self.progress.setMaximum(SCALE)
        self.stop, self.close = Button("ghost", stop), Button("ghost", self.put_away)
        parts = row(self.text, self.progress, 1, self.stop, self.close, gap=12)
        parts.setContentsMargins(14, 0, 12, 0)
        self.frame = boxed(parts, kind="quiet")
        self.frame.setFixedHeight(HEIGHT)
        self.frame.hide()

    def say(self) -> None:
        """Say every word again."""
        self.stop.say(self._speech.say("working.stop"))
        self.close.say(self._speech.say("working.close"))
        if self._said is not None:
            self.text.setText(self._said())

    def begin(self, said: Said) -> None:
        """Work begins; nothing of it is done yet."""
        self._said = said
        self.text.restyle(ink="second")
        self.progress.setValue(0)
        self.stop.setEnabled(True)
        self._show(busy=True)

    def moved(self, progress: wire.Progress) -> None:
        """It has come so far."""
        self.progress.setValue(SCALE * progress.done // max(1, progress.total))
        speech = self._speech
        done, of = speech.count(progress.done), speech.count(progress.total)
        self._said = lambda: speech.say(progress.text_key, done=done, of=of)
        self.text.setText(self._said())

    def stopping(self) -> None:
        """Its stop was asked for: once is enough."""
        self.stop.setEnabled(False)

    def end(self, said: Said, tone: str) -> None:
        """It ended; how stays until it is put away."""
        self._said = said
        self.text.restyle(ink=tone)
        self._show(busy=False)

    def put_away(self) -> None:
        """Hide it."""
        self._said = None
        self.frame.hide()

    def _show(self, *, busy: bool) -> None:
        for part, shown in ((self.progress, busy), (self.stop, busy), (self.close, not busy)):
            part.setVisible(shown)
        self.frame.show()
        self.say()
