"""Template and document become a page: pure, the same answer for every way out.

A label that cannot be set whole is refused before anything is printed: `address_too_long`,
`name_too_long`, `text_too_long`, `symbol_too_wide`, `missing_glyphs`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from printing import symbols
from printing.documents import LabelDocument, fields_of
from printing.errors import LayoutRefused
from printing.flow import Setting, Style, set_list, set_text
from printing.metrics import Fonts
from printing.page import Bars, Fill, Matrix, Page, TextRun
from printing.templates import Element, Template

_MM_PER_INCH = 25.4
_POINTS_PER_INCH = 72
_BRACE = re.compile(r"\{(\w+)\}")
_FREE = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
_UNPRINTED = frozenset({"two_dimension_code"})


def missing_glyphs(document: LabelDocument, fonts: Fonts) -> tuple[str, ...]:
    """Return the characters of a document that no shipped font can draw, each once.

    Asked before a print is queued: a name that would come out as an empty box opens a case.
    """
    return _missing(fields_of(document), fonts)


def lay_out(document: LabelDocument, template: Template, fonts: Fonts, dpi: int = 203) -> Page:
    """Return the label as a page of whole dots at `dpi`; raises LayoutRefused, prints nothing."""
    said = fields_of(document)
    absent = _missing(said, fonts)
    if absent:
        no = document.waybill_no
        raise LayoutRefused("missing_glyphs", waybill_no=no, glyphs=" ".join(absent))
    form = _form(template, fonts, dpi)
    sheet = _Sheet(said, fonts)
    for slot in form.slots:
        if not slot.when or said[slot.when]:
            sheet.fill(slot, dpi)
    return Page(
        width=form.width,
        height=form.height,
        dpi=dpi,
        paper_width_dmm=round(template.width_mm * 10),
        paper_height_dmm=round(template.height_mm * 10),
        fills=tuple(sheet.fills),
        bars=tuple(sheet.bars),
        matrices=tuple(sheet.matrices),
        runs=tuple(sheet.runs),
    )


def _missing(said: dict[str, str], fonts: Fonts) -> tuple[str, ...]:
    return fonts.missing(text for name, text in said.items() if name not in _UNPRINTED)


@dataclass(frozen=True, slots=True, eq=False)
class _Slot:
    """An element in dots; what is the same on every label stands ready in it."""

    element: Element
    box: symbols.Box
    style: Style
    when: str
    pattern: tuple[str, ...]
    fills: tuple[Fill, ...] = ()
    runs: tuple[TextRun, ...] = ()


@dataclass(frozen=True, slots=True)
class _Form:
    """A template in the dots of one printer."""

    width: int
    height: int
    slots: tuple[_Slot, ...]


@lru_cache(maxsize=16)
def _form(template: Template, fonts: Fonts, dpi: int) -> _Form:
    width, height = _dots(dpi, template.width_mm, template.height_mm)
    return _Form(width, height, tuple(_slot(each, fonts, dpi) for each in template.elements))


def _slot(element: Element, fonts: Fonts, dpi: int) -> _Slot:
    left, top, right, bottom = _dots(dpi, *element.box)
    box = (left, top, right - left, bottom - top)
    sizes = tuple(round(size * dpi / _POINTS_PER_INCH) for size in element.sizes)
    style = Style(element.face, sizes, element.leading)
    # Literals and words in turn: the odd ones are what stood in braces.
    slot = _Slot(element, box, style, element.when, tuple(_BRACE.split(element.text)))
    if element.kind == "block":
        return replace(slot, fills=(Fill(left, top, max(1, box[2]), max(1, box[3])),))
    if element.kind == "frame":
        return replace(slot, fills=_frame(box, max(1, _dots(dpi, element.line)[0])))
    if element.kind == "text" and "{" not in element.text:
        runs = _written(slot, element.text, fonts)
        if runs is None:
            raise LayoutRefused("caption_too_long", element=element.name)
        return replace(slot, runs=runs)
    return slot


@dataclass(slots=True)
class _Sheet:
    """A page while it is being filled."""

    said: dict[str, str]
    fonts: Fonts
    fills: list[Fill] = field(default_factory=list)
    bars: list[Bars] = field(default_factory=list)
    matrices: list[Matrix] = field(default_factory=list)
    runs: list[TextRun] = field(default_factory=list)

    def fill(self, slot: _Slot, dpi: int) -> None:
        """Add one element of the template to the page."""
        if slot.fills:
            self.fills += slot.fills
        elif slot.runs:
            self.runs += slot.runs
        else:
            self._add(slot, self._said(slot.pattern), dpi)

    def _add(self, slot: _Slot, text: str, dpi: int) -> None:
        element = slot.element
        if element.kind == "bars":
            self.bars.append(symbols.code128(text, slot.box, element.modules, dpi))
        elif element.kind == "qr":
            self.matrices.append(symbols.qr(text, slot.box, element.modules, dpi))
        elif text:
            runs = _written(slot, text, self.fonts)
            if runs is None:
                no = self.said["waybill_no"]
                raise LayoutRefused(element.refusal, element=element.name, waybill_no=no)
            self.runs += runs

    def _said(self, pattern: tuple[str, ...]) -> str:
        parts = list(pattern)
        parts[1::2] = map(self.said.__getitem__, pattern[1::2])
        text = "".join(parts)
        if "\n" not in text:
            return text.strip()
        return "\n".join(line for part in text.split("\n") if (line := part.strip()))


@lru_cache(maxsize=512)
def _written(slot: _Slot, text: str, fonts: Fonts) -> tuple[TextRun, ...] | None:
    """Return a text set in the box of its slot, None when it does not fit.

    Sender, service and goods come again on label after label of a batch; what the last hundred
    labels said is not set anew.
    """
    element, room = slot.element, slot.box[2:]
    if element.kind == "list":
        setting = set_list(text, room, slot.style, fonts, element.more)
    else:
        setting = set_text(text, room, slot.style, fonts)
    return None if setting is None else tuple(_runs(setting, element, slot.box))


def _runs(setting: Setting, element: Element, box: symbols.Box) -> Iterator[TextRun]:
    x, y, width, height = box
    top = y + _FREE[element.valign] * (height - setting.height)
    for line, baseline in zip(setting.lines, setting.baselines(top), strict=True):
        at = x + _FREE[element.align] * (width - line.width * setting.size)
        for (face, part), wide in zip(line.parts, line.widths, strict=True):
            yield TextRun(part, round(at), round(baseline), setting.size, face, element.white)
            at += wide * setting.size


def _frame(box: symbols.Box, line: int) -> tuple[Fill, ...]:
    x, y, width, height = box
    return (
        Fill(x, y, width, line),
        Fill(x, y + height - line, width, line),
        Fill(x, y, line, height),
        Fill(x + width - line, y, line, height),
    )


def _dots(dpi: int, *mm: float) -> tuple[int, ...]:
    return tuple(round(length * dpi / _MM_PER_INCH) for length in mm)
