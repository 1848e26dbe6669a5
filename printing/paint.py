"""Pages painted by Qt: to PDF, and to whatever QPainter can reach (a printer, a preview).

Text stays text in the shipped fonts (searchable, copyable), bars are filled paths in whole dots.
Only the press and the desk's preview import this file; a QGuiApplication must live.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from printing.errors import Fault
from printing.metrics import Fonts
from printing.page import Bars, Matrix, Page

_DMM_PER_MM = 10
_STRETCH = re.compile("1+")
_BLACK, _WHITE = QColor(0, 0, 0), QColor(255, 255, 255)


_LONGEST = 1 << 16


class _Stretches(dict[tuple[int, int], QRectF]):
    """Rectangles one module high, by where a stretch begins and ends in rows of `width` modules.

    No more than a symbol's length (or side) squared, whatever is printed.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width

    def __missing__(self, span: tuple[int, int]) -> QRectF:
        row, column = divmod(span[0], self._width)
        rect = self[span] = QRectF(column, row, span[1] - span[0], 1)
        return rect


class Brush:
    """Paints pages with the shipped fonts; kept for as long as the process prints.

    Raises Fault `no_qt_application` without a QGuiApplication, `font_unreadable` for a font file
    that Qt does not take.
    """

    def __init__(self, fonts: Fonts) -> None:
        if QGuiApplication.instance() is None:
            raise Fault("no_qt_application")
        self._families = {name: _family(face.path) for name, face in fonts.faces.items()}
        self._fonts: dict[tuple[str, int], QFont] = {}
        self._stretches: dict[int, _Stretches] = {}

    def paint(self, page: Page, painter: QPainter) -> None:
        """Paint one page with the painter's unit at one dot of the page."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BLACK)
        for fill in page.fills:
            painter.drawRect(fill.x, fill.y, fill.width, fill.height)
        for bars in page.bars:
            self._rule(bars, painter)
        for matrix in page.matrices:
            self._stamp(matrix, painter)
        for run in page.runs:
            painter.setPen(_WHITE if run.white else _BLACK)
            painter.setFont(self._font(run.face, run.size))
            painter.drawText(QPointF(run.x, run.y), run.text)

    def _rule(self, bars: Bars, painter: QPainter) -> None:
        """Draw a linear symbol as one rectangle a bar, counted in modules."""
        known = self._stretches.setdefault(0, _Stretches(_LONGEST))
        painter.save()
        painter.translate(bars.x, bars.y)
        painter.scale(bars.module, bars.height)
        painter.drawRects([known[span] for span in bars.spans()])
        painter.restore()

    def _stamp(self, matrix: Matrix, painter: QPainter) -> None:
        """Draw a QR symbol as one rectangle for each stretch of a row, counted in modules.

        The size of the content stream is the time a PDF takes; a rectangle in small whole numbers
        is the least of it. The same stretches come again on label after label.
        """
        side = len(matrix.rows)
        known = self._stretches.setdefault(side, _Stretches(side + 1))
        painter.save()
        painter.translate(matrix.x, matrix.y)
        painter.scale(matrix.module, matrix.module)
        # A white column between the rows keeps a stretch from running on into the next one.
        hits = _STRETCH.finditer("0".join(matrix.rows))
        painter.drawRects([known[hit.span()] for hit in hits])
        painter.restore()

    def _font(self, face: str, size: int) -> QFont:
        key = (face, size)
        if key not in self._fonts:
            font = QFont(self._families[face])
            font.setBold(face.endswith("bold"))
            font.setPixelSize(size)
            # Widths must be those the layout measured: no kerning, no hinting, no other font.
            font.setKerning(False)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            font.setStyleStrategy(
                QFont.StyleStrategy.PreferNoShaping | QFont.StyleStrategy.NoFontMerging
            )
            self._fonts[key] = font
        return self._fonts[key]


def render_pdf(pages: Iterable[Page], out: Path, brush: Brush) -> int:
    """Write the pages to one PDF and return how many; `out` appears whole or not at all.

    Pages are drawn as they come, so a thousand labels need no more memory than ten. Without any
    page no file is written. Raises Fault `pdf_not_written`.
    """
    partial = out.with_name(out.name + ".part")
    try:
        partial.touch()
        count = _write_pdf(pages, partial, brush)
        if count:
            partial.replace(out)
    except OSError as failure:
        raise Fault("pdf_not_written", file=out.name) from failure
    finally:
        partial.unlink(missing_ok=True)
    return count


def picture(page: Page, brush: Brush, scale: float = 1.0) -> QImage:
    """Return the page as an image for a preview on screen, `scale` pixels to the dot."""
    image = QImage(
        round(page.width * scale), round(page.height * scale), QImage.Format.Format_Grayscale8
    )
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    brush.paint(page, painter)
    painter.end()
    return image


def page_layout(page: Page) -> QPageLayout:
    """Return the paper of a page for a printer or PDF: exact size, no margins."""
    size = QSizeF(page.paper_width_dmm / _DMM_PER_MM, page.paper_height_dmm / _DMM_PER_MM)
    paper = QPageSize(
        size, QPageSize.Unit.Millimeter, "label", QPageSize.SizeMatchPolicy.ExactMatch
    )
    return QPageLayout(paper, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))


def _write_pdf(pages: Iterable[Page], out: Path, brush: Brush) -> int:
    writer: QPdfWriter | None = None
    paper = (0, 0)
    painter = QPainter()
    count = 0
    try:
        for page in pages:
            if writer is None:
                writer = _writer(page, out)
                if not painter.begin(writer):
                    raise OSError(out)
            else:
                if _paper(page) != paper:
                    writer.setPageLayout(page_layout(page))
                writer.newPage()
            paper = _paper(page)
            painter.save()
            painter.scale(writer.resolution() / page.dpi, writer.resolution() / page.dpi)
            brush.paint(page, painter)
            painter.restore()
            count += 1
    finally:
        if painter.isActive():
            painter.end()
    return count


def _paper(page: Page) -> tuple[int, int]:
    return page.paper_width_dmm, page.paper_height_dmm


def _writer(page: Page, out: Path) -> QPdfWriter:
    writer = QPdfWriter(str(out))
    writer.setResolution(page.dpi)
    writer.setPageLayout(page_layout(page))
    writer.setCreator("Waydesk")
    writer.setTitle("Waydesk labels")
    return writer


def _family(path: Path) -> str:
    number = QFontDatabase.addApplicationFont(str(path))
    families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    if not families:
        raise Fault("font_unreadable", file=path.name)
    return families[0]
