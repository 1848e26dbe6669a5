"""Template and document become a page: pure, the same answer for every way out.

A label that cannot be set whole is refused before anything is printed: `address_too_long`,
`name_too_long`, `text_too_long`, `symbol_too_wide`, `missing_glyphs`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
    said = fields_of(document)
    return fonts.missing(text for name, text in said.items() if name not in _UNPRINTED)


def lay_out(document: LabelDocument, template: Template, fonts: Fonts, dpi: int = 203) -> Page:
    """Return the label as a page of whole dots at `dpi`; raises LayoutRefused, prints nothing."""
    absent = missing_glyphs(document, fonts)
    if absent:
        no = document.waybill_no
        raise LayoutRefused("missing_glyphs", waybill_no=no, glyphs=" ".join(absent))
    form = _form(template, fonts, dpi)
    sheet = _Sheet(fields_of(document), fonts)
    for slot in form.slots:
        if not slot.element.when or sheet.said[slot.element.when]:
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


@dataclass(frozen=True, slots=True)
class _Slot:
    """An element in dots; what is the same on every label stands ready in it."""

    element: Element
    box: symbols.Box
    style: Style
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
    if element.kind == "block":
        return _Slot(element, box, style, fills=(Fill(left, top, max(1, box[2]), max(1, box[3])),))
    if element.kind == "frame":
        return _Slot(element, box, style, fills=_frame(box, max(1, _dots(dpi, element.line)[0])))
    if element.kind == "text" and "{" not in element.text:
        setting = set_text(element.text, box[2:], style, fonts)
        if setting is None:
            raise LayoutRefused("caption_too_long", element=element.name)
        return _Slot(element, box, style, runs=tuple(_runs(setting, element, box)))
    return _Slot(element, box, style)


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
        kind, modules = slot.element.kind, slot.element.modules
        if slot.fills:
            self.fills += slot.fills
        elif slot.runs:
            self.runs += slot.runs
        elif kind == "bars":
            self.bars.append(symbols.code128(self._said(slot), slot.box, modules, dpi))
        elif kind == "qr":
            self.matrices.append(symbols.qr(self._said(slot), slot.box, modules, dpi))
        else:
            self._write(slot)

    def _write(self, slot: _Slot) -> None:
        text = self._said(slot)
        if not text:
            return
        element, room = slot.element, slot.box[2:]
        if element.kind == "list":
            setting = set_list(text, room, slot.style, self.fonts, element.more)
        else:
            setting = set_text(text, room, slot.style, self.fonts)
        if setting is None:
            no = self.said["waybill_no"]
            raise LayoutRefused(element.refusal, element=element.name, waybill_no=no)
        self.runs += _runs(setting, element, slot.box)

    def _said(self, slot: _Slot) -> str:
        text = _BRACE.sub(lambda hit: self.said[hit.group(1)], slot.element.text)
        return "\n".join(line for part in text.split("\n") if (line := part.strip()))


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
