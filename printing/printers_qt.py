"""System printers through Qt: which there are, what they say, and one label per spool job.

Each job is named `WD-<print_id>`, so that after a crash the spooler's own list tells whether a
label went out (consistency.md 2.2, print, 2 and 3). "spooled" means handed to the system's
spooler; it never means "on paper".
"""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from printing.errors import PrinterRefused
from printing.page import Page
from printing.paint import Brush, page_layout

_STATES = {
    QPrinter.PrinterState.Idle: "idle",
    QPrinter.PrinterState.Active: "printing",
    QPrinter.PrinterState.Aborted: "aborted",
    QPrinter.PrinterState.Error: "error",
}


@dataclass(frozen=True, slots=True)
class SystemPrinter:
    """A printer of this computer; `state` is idle, printing, aborted or error, as the system says.

    Many drivers say idle with the lid open (carriers_labels.md 0, 4): a hint, never a proof.
    """

    name: str
    description: str
    is_default: bool
    state: str
    custom_sizes: bool


def system_printers() -> tuple[SystemPrinter, ...]:
    """Return the printers this computer knows, the default first; raises nothing."""
    default = QPrinterInfo.defaultPrinterName()
    found = [
        SystemPrinter(
            info.printerName(),
            info.description(),
            info.printerName() == default,
            _STATES.get(info.state(), "idle"),
            info.supportsCustomPageSizes(),
        )
        for info in QPrinterInfo.availablePrinters()
    ]
    return tuple(sorted(found, key=lambda printer: (not printer.is_default, printer.name)))


def job_name(print_id: int) -> str:
    """Return the name a print bears in the spooler, by which it is found again."""
    return f"WD-{print_id}"


def print_page(page: Page, printer_name: str, print_id: int, brush: Brush) -> str:
    """Hand one label to a system printer as one job and return the job's name.

    Raises PrinterRefused `printer_missing` or `printer_refused`; then nothing was handed over.
    """
    info = QPrinterInfo.printerInfo(printer_name)
    if info.isNull():
        raise PrinterRefused("printer_missing", printer=printer_name)
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    return _run_job(printer, page, print_id, brush)


def print_to_file(page: Page, out: Path, print_id: int, brush: Brush) -> str:
    """Run the same job into a PDF instead of a printer: the printer test without paper."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(out))
    return _run_job(printer, page, print_id, brush)


def _run_job(printer: QPrinter, page: Page, print_id: int, brush: Brush) -> str:
    name = job_name(print_id)
    printer.setDocName(name)
    printer.setCreator("Waydesk")
    printer.setFullPage(True)
    printer.setResolution(page.dpi)
    printer.setPageLayout(page_layout(page))
    printer.setCopyCount(1)
    painter = QPainter()
    if not painter.begin(printer):
        raise PrinterRefused("printer_refused", printer=printer.printerName())
    # A driver may insist on its own resolution; the page keeps its size on paper all the same.
    scale = printer.resolution() / page.dpi
    painter.scale(scale, scale)
    brush.paint(page, painter)
    if not painter.end():
        raise PrinterRefused("printer_refused", printer=printer.printerName())
    return name
