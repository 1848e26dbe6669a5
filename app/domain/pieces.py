"""How much of a long piece of work is done at a time, so that nobody waits behind it.

The book has one writer (house.md). Long work is handed to it in pieces of about ten milliseconds.
How many rows that is differs by computer, table and day, so the size follows the time that pieces
took. Part of that time is the transaction's own, whatever it holds (its line of the record, its
commit): a piece is never so small that most of it is that, for then the whole would hold the
writer longer and nobody would wait less.
"""

from dataclasses import dataclass

AIM_S = 0.010
"""How long one piece should hold the writer, in seconds."""
LONG_S = 0.030
"""A piece that took so long, and twice the usual, had rows of another kind."""
FIRST, MOST = 8, 1_000
GROWS = 2
FADES = 0.05
"""How much the newest piece counts beside all before it."""
LEAST_SHARE = 0.1


@dataclass(slots=True)
class PieceSize:
    """The rows of the next piece, from a line through the times of those before it.

    Attributes:
        rows: how many rows the next piece takes; never none, and at most twice the last one.
        most: how many it never exceeds.
    """

    rows: int = FIRST
    most: int = MOST
    _rows: float = 0.0
    _time: float = 0.0
    _spread: float = 0.0
    _together: float = 0.0

    def took(self, rows: int, seconds: float, worked: float) -> None:
        """Say how many rows a piece did, how long it held the writer, and worked itself.

        Of what it waited no more counts than it worked: on a computer that is busy with something
        else a smaller piece would wait as long. A piece that found fewer rows than it was to take
        is the last one of its kind, and says nothing about the next.
        """
        counted = min(seconds, 2 * worked)
        if counted > max(LONG_S, 2 * self._time):
            self.rows = max(1, int(self.rows * AIM_S / counted))
            self._rows = self._time = self._spread = self._together = 0.0
        elif rows >= self.rows:
            self._learn(rows, counted)
            self.rows = max(1, min(self._fitting(), self.rows * GROWS, self.most))

    def _learn(self, rows: int, seconds: float) -> None:
        if not self._rows:
            self._rows, self._time = rows, seconds
            return
        beyond, late = rows - self._rows, seconds - self._time
        self._rows += FADES * beyond
        self._time += FADES * late
        self._spread = (1 - FADES) * (self._spread + FADES * beyond * beyond)
        self._together = (1 - FADES) * (self._together + FADES * beyond * late)

    def _fitting(self) -> int:
        """How many rows fill a piece; before two sizes were tried, as many as may be."""
        if not self._spread or self._time <= 0:
            return self.most
        mean = self._time / self._rows
        each = min(max(self._together / self._spread, LEAST_SHARE * mean), mean)
        fixed = self._time - each * self._rows
        # Near the first size and bearable, the times alone do not tell what a row takes.
        least = FIRST if self._rows > FIRST / GROWS and self._time < 2 * AIM_S else 1
        return max(least, int(max(AIM_S - fixed, fixed / 2) / each))
