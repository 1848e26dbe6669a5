"""`waydesk press`: Qt without a window, drawing for the keeper. Started by the keeper alone."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from app import __version__
from app.compose.clock import SystemClock
from app.compose.start import begin_child
from app.keeper.press_jobs import (
    PDF,
    PRINTER,
    PRINTERS,
    SHEET,
    SHEET_PRINT,
    Label,
    PdfJob,
    PrinterJob,
    PrinterSeen,
    SheetJob,
    SheetPrint,
    written,
)
from app.keeper.press_jobs import read as read_job
from app.keeper.press_loop import Draw, Drawn, run_press
from app.process.crashes import NativeWatch
from app.rulebook import RESOURCES
from printing.errors import LayoutRefused
from printing.layout import lay_out
from printing.metrics import load_fonts
from printing.page import Page
from printing.paint import Brush, render_pdf
from printing.printers_qt import print_page, system_printers
from printing.sheet import lay_out_sheet
from printing.templates import load_templates


class Drawing:
    """Everything a job is drawn with: fonts, templates and Qt's brush, loaded once."""

    def __init__(self, resources: Path) -> None:
        self._fonts = load_fonts(resources / "fonts")
        self._templates = load_templates(resources / "labels")
        self._brush = Brush(self._fonts)

    def kinds(self) -> Mapping[str, Draw]:
        """Give what each kind of job is drawn by."""
        sheets = {SHEET: self.sheet, SHEET_PRINT: self.sheet_print}
        return {PDF: self.pdf, PRINTER: self.printer, PRINTERS: self.printers, **sheets}

    def pdf(self, payload: bytes) -> Drawn:
        """Draw a PdfJob."""
        job = read_job(payload, PdfJob)
        pages = (self._page(label) for label in job.labels)
        count = render_pdf(pages, Path(job.out), self._brush)
        return Drawn(written(count), count)

    def printer(self, payload: bytes) -> Drawn:
        """Draw a PrinterJob."""
        job = read_job(payload, PrinterJob)
        name = print_page(self._page(job.label), job.printer, job.print_id, self._brush)
        return Drawn(written(name), 1)

    def printers(self, payload: bytes) -> Drawn:
        """List the printers of this computer."""
        del payload
        return Drawn(written(tuple(PrinterSeen(**asdict(seen)) for seen in system_printers())))

    def sheet(self, payload: bytes) -> Drawn:
        """Draw a SheetJob."""
        job = read_job(payload, SheetJob)
        count = render_pdf((lay_out_sheet(job.document, self._fonts),), Path(job.out), self._brush)
        return Drawn(written(count), count)

    def sheet_print(self, payload: bytes) -> Drawn:
        """Draw a SheetPrint."""
        job = read_job(payload, SheetPrint)
        page = lay_out_sheet(job.document, self._fonts)
        return Drawn(written(print_page(page, job.printer, job.print_id, self._brush)), 1)

    def _page(self, label: Label) -> Page:
        if label.template not in self._templates:
            raise LayoutRefused("unknown_template", template=label.template)
        return lay_out(label.document, self._templates[label.template], self._fonts, label.dpi)


def main(arguments: Sequence[str]) -> int:
    """Draw until the keeper says goodbye or is gone; give the exit code."""
    settings = begin_child("press", arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication(["waydesk"])
    watch = NativeWatch(settings.folder, "press", os.getpid())
    watch.collect(SystemClock().now(), __version__)
    watch.begin()
    code = run_press(str(settings.folder), lambda: Drawing(RESOURCES).kinds())
    watch.end()
    del application
    return code
