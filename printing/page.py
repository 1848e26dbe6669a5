"""A laid-out label as a value: whole dots of one printer, ready for any painter.

The same page is painted to PDF, to a system printer and to the bitmap of a raw printer, so two
ways out can never differ in what they say. Pages are compared as values in tests and may cross
a process border.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of text in one face: left end and baseline in dots, `size` of the em in dots."""

    text: str
    x: int
    y: int
    size: int
    face: str
    white: bool = False


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled rectangle, black; lines and frames are made of these."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A linear symbol: `runs` are widths in modules, black and white in turn, black first."""

    x: int
    y: int
    height: int
    module: int
    runs: tuple[int, ...]

    @property
    def width(self) -> int:
        """Width in dots, without the quiet zones."""
        return sum(self.runs) * self.module

    def spans(self) -> list[tuple[int, int]]:
        """Return (beginning, end) of each bar in modules from the left of the symbol."""
        edges = [0, *accumulate(self.runs)]
        return list(zip(edges[::2], edges[1::2], strict=False))

    def rects(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield (x, y, width, height) of each bar in whole dots."""
        for begin, end in self.spans():
            yield (
                self.x + begin * self.module,
                self.y,
                (end - begin) * self.module,
                self.height,
            )


@dataclass(frozen=True, slots=True)
class Matrix:
    """A QR symbol: `rows` hold its modules row by row, "1" black and "0" white."""

    x: int
    y: int
    module: int
    rows: tuple[str, ...]

    @property
    def width(self) -> int:
        """Width and height in dots, without the quiet zone."""
        return len(self.rows) * self.module


@dataclass(frozen=True, slots=True)
class Page:
    """One label in dots of a printer with `dpi` dots per inch; paper size in whole 0.1 mm.

    Painted in this order: fills, bars, matrices, runs (white runs stand on fills).
    """

    width: int
    height: int
    dpi: int
    paper_width_dmm: int
    paper_height_dmm: int
    fills: tuple[Fill, ...]
    bars: tuple[Bars, ...]
    matrices: tuple[Matrix, ...]
    runs: tuple[TextRun, ...]

    @property
    def text(self) -> str:
        """Everything readable on the page, a run a line, in the order it was laid out."""
        return "\n".join(run.text for run in self.runs)
