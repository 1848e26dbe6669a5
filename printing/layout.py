"""Template and document become a page: pure, the same answer for every way out.

A label that cannot be set whole is refused before anything is printed: `address_too_long`,
`name_too_long`, `text_too_long`, `symbol_too_wide`, `missing_glyphs`.
"""

import re
from dataclasses import dataclass, field

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
    sheet = _Sheet(fields_of(document), fonts, dpi)
    for element in template.elements:
        if not element.when or sheet.said[element.when]:
            sheet.place(element)
    width, height = sheet.dots(template.width_mm, template.height_mm)
    return Page(
        width=width,
        height=height,
        dpi=dpi,
        paper_width_dmm=round(template.width_mm * 10),
        paper_height_dmm=round(template.height_mm * 10),
        fills=tuple(sheet.fills),
        bars=tuple(sheet.bars),
        matrices=tuple(sheet.matrices),
        runs=tuple(sheet.runs),
    )


@dataclass(slots=True)
class _Sheet:
    """A page while it is being filled."""

    said: dict[str, str]
    fonts: Fonts
    dpi: int
    fills: list[Fill] = field(default_factory=list)
    bars: list[Bars] = field(default_factory=list)
    matrices: list[Matrix] = field(default_factory=list)
    runs: list[TextRun] = field(default_factory=list)

    def dots(self, *mm: float) -> tuple[int, ...]:
        """Return lengths in mm as whole dots."""
        return tuple(round(length * self.dpi / _MM_PER_INCH) for length in mm)

    def place(self, element: Element) -> None:
        """Add one element of the template to the page."""
        left, top, right, bottom = self.dots(*element.box)
        box = (left, top, right - left, bottom - top)
        if element.kind in {"text", "list"}:
            self._write(element, box)
        elif element.kind == "block":
            self.fills.append(Fill(left, top, max(1, box[2]), max(1, box[3])))
        elif element.kind == "frame":
            self._frame(element, box)
        else:
            self._symbol(element, box)

    def _symbol(self, element: Element, box: symbols.Box) -> None:
        text = self._filled(element.text)
        if element.kind == "bars":
            self.bars.append(symbols.code128(text, box, element.modules, self.dpi))
        else:
            self.matrices.append(symbols.qr(text, box, element.modules, self.dpi))

    def _frame(self, element: Element, box: symbols.Box) -> None:
        x, y, width, height = box
        line = max(1, self.dots(element.line)[0])
        self.fills += [
            Fill(x, y, width, line),
            Fill(x, y + height - line, width, line),
            Fill(x, y, line, height),
            Fill(x + width - line, y, line, height),
        ]

    def _write(self, element: Element, box: symbols.Box) -> None:
        text = self._filled(element.text)
        if not text:
            return
        x, y, width, height = box
        sizes = tuple(round(size * self.dpi / _POINTS_PER_INCH) for size in element.sizes)
        style = Style(element.face, sizes, element.leading)
        if element.kind == "list":
            setting = set_list(text, (width, height), style, self.fonts, element.more)
        else:
            setting = set_text(text, (width, height), style, self.fonts)
        if setting is None:
            code = element.refusal
            raise LayoutRefused(code, element=element.name, waybill_no=self.said["waybill_no"])
        free = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[element.valign]
        self._run(setting, (x, width), y + free * (height - setting.height), element)

    def _run(self, setting: Setting, across: tuple[int, int], top: float, element: Element) -> None:
        free = {"left": 0.0, "center": 0.5, "right": 1.0}[element.align]
        for line, baseline in zip(setting.lines, setting.baselines(top), strict=True):
            at = across[0] + free * (across[1] - line.width * setting.size)
            for (face, part), width in zip(line.parts, line.widths, strict=True):
                run = TextRun(part, round(at), round(baseline), setting.size, face, element.white)
                self.runs.append(run)
                at += width * setting.size

    def _filled(self, pattern: str) -> str:
        text = _BRACE.sub(lambda hit: self.said[hit.group(1)], pattern)
        return "\n".join(line for part in text.split("\n") if (line := part.strip()))
