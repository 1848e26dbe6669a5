"""A sheet of paper with figures on it, such as the end of a day: laid out like a label, on A4."""

from collections.abc import Iterator
from dataclasses import dataclass

from printing.errors import LayoutRefused
from printing.flow import Style, set_text
from printing.legible import legible
from printing.metrics import Fonts
from printing.page import Fill, Page, TextRun

_A4_MM = (210, 297)
_MARGIN_MM = 20
_DPI = 300
_POINTS = 72
_MM = 25.4


@dataclass(frozen=True, slots=True)
class SheetDocument:
    """What a sheet says; every text as it shall stand on paper.

    Attributes:
        rows: (name, value) pairs, one to a line.
        words: lines set large, which people read aloud or type.
        foot: what the words are for.
    """

    title: str
    subtitle: str
    rows: tuple[tuple[str, str], ...]
    words_title: str
    words: tuple[str, ...]
    foot: str


@dataclass(slots=True)
class _Paper:
    """A page being filled from the top; ``y`` is where the next line begins, in dots."""

    fonts: Fonts
    y: int
    runs: list[TextRun]
    fills: list[Fill]
    _bottom: int = 0

    def write(self, text: str, points: float, face: str = "regular", left: int = 0) -> None:
        """Set a text below what stands there, as wide as the paper leaves."""
        self._put(text, points, face, left)
        self.y = self._bottom

    def pair(self, name: str, value: str) -> None:
        """Set a name and its value on one line."""
        top, column = self.y, _dots(70)
        self._put(name, 11, "regular", 0)
        low = self._bottom
        self.y = top
        self._put(value, 11, "bold", column)
        self.y = max(low, self._bottom) + _dots(1.5)

    def gap(self, mm: float) -> None:
        """Leave room."""
        self.y += _dots(mm)

    def rule(self) -> None:
        """Draw a line across."""
        width = _dots(_A4_MM[0] - 2 * _MARGIN_MM)
        self.fills.append(Fill(_dots(_MARGIN_MM), self.y, width, max(1, _dots(0.2))))
        self.gap(4)

    def _put(self, text: str, points: float, face: str, left: int) -> None:
        width = _dots(_A4_MM[0] - 2 * _MARGIN_MM) - left
        room = (width, _dots(_A4_MM[1] - _MARGIN_MM) - self.y)
        style = Style(face, (round(points * _DPI / _POINTS),), 1.35)
        said = "\n".join(legible(part) for part in text.split("\n"))
        setting = set_text(said, room, style, self.fonts) if said.strip() else None
        if setting is None and said.strip():
            raise LayoutRefused("caption_too_long", element="sheet")
        self._bottom = self.y
        if setting is not None:
            self._bottom = round(self.y + setting.height + setting.size * 0.35)
            for line, baseline in zip(setting.lines, setting.baselines(self.y), strict=True):
                at: float = _dots(_MARGIN_MM) + left
                for (name, part), wide in zip(line.parts, line.widths, strict=True):
                    self.runs.append(TextRun(part, round(at), round(baseline), setting.size, name))
                    at += wide * setting.size


def lay_out_sheet(document: SheetDocument, fonts: Fonts) -> Page:
    """Return the sheet as a page of 300 dots to the inch.

    Raises LayoutRefused when a text holds what no shipped font can draw, or all does not fit.
    """
    absent = fonts.missing(legible(text) for text in _texts(document))
    if absent:
        raise LayoutRefused("missing_glyphs", waybill_no="", glyphs=" ".join(absent))
    paper = _Paper(fonts, _dots(_MARGIN_MM), [], [])
    paper.write(document.title, 22, "bold")
    paper.write(document.subtitle, 11)
    paper.gap(5)
    paper.rule()
    for name, value in document.rows:
        paper.pair(name, value)
    paper.gap(4)
    paper.rule()
    paper.write(document.words_title, 11)
    paper.gap(3)
    for line in document.words:
        paper.write(line, 17, "bold")
        paper.gap(2)
    paper.gap(3)
    paper.write(document.foot, 9)
    return Page(
        width=_dots(_A4_MM[0]),
        height=_dots(_A4_MM[1]),
        dpi=_DPI,
        paper_width_dmm=_A4_MM[0] * 10,
        paper_height_dmm=_A4_MM[1] * 10,
        fills=tuple(paper.fills),
        bars=(),
        matrices=(),
        runs=tuple(paper.runs),
    )


def _texts(document: SheetDocument) -> Iterator[str]:
    yield from (document.title, document.subtitle, document.words_title, document.foot)
    yield from document.words
    for pair in document.rows:
        yield from pair


def _dots(mm: float) -> int:
    return round(mm * _DPI / _MM)
