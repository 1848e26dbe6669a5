"""How far the demonstration is: one calm line at a terminal, a line now and then in a log."""

from dataclasses import dataclass
from typing import TextIO

from app.domain.ports import Clock

EVERY_S = 5.0


@dataclass(slots=True)
class Progress:
    """Shows one sentence at a time.

    Attributes:
        out: where to; a terminal gets one line that changes, anything else a line each five
            seconds while there is news.
    """

    out: TextIO
    clock: Clock
    _last: str = ""
    _at: float = -EVERY_S

    def show(self, sentence: str) -> None:
        """Show what is so now."""
        if sentence == self._last:
            return
        if self.out.isatty():
            # Behind the sentence the line is cleared: the one before may have been longer.
            self._write(f"\r{sentence}\x1b[K")
        elif self.clock.mono() - self._at >= EVERY_S:
            self._write(f"{sentence}\n")
        else:
            return
        self._last, self._at = sentence, self.clock.mono()

    def note(self, sentence: str) -> None:
        """Say something that is to stay."""
        self._write(f"\r\x1b[K{sentence}\n" if self.out.isatty() else f"{sentence}\n")
        self._last = ""

    def end(self) -> None:
        """Leave the line as it is."""
        if self._last and self.out.isatty():
            self._write("\n")
        self._last = ""

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()
