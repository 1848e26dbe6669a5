"""What the keeper asks of the press: values only, so that a job can be written down and read back.

Layout happens in the press, beside the fonts; the keeper sends what a label says and which template
it bears. All kinds and their payloads stand here, for both ends.
"""

from typing import Final, TypeVar

import msgspec

from app.commands import wire
from printing.documents import LabelDocument
from printing.sheet import SheetDocument

PDF: Final = "pdf"
PRINTER: Final = "printer"
PRINTERS: Final = "printers"
SHEET: Final = "sheet"
SHEET_PRINT: Final = "sheet_print"

T = TypeVar("T")


class Label(msgspec.Struct, frozen=True):
    """One label to draw: the code of its template, what it says, and the dots to the inch."""

    template: str
    document: LabelDocument
    dpi: int = 203


class PdfJob(msgspec.Struct, frozen=True):
    """Draw these labels, a page each, into the file `out`, which appears whole or not at all.

    The result is the number of pages (`int`).
    """

    labels: tuple[Label, ...]
    out: str


class SheetJob(msgspec.Struct, frozen=True):
    """Draw a sheet of figures into the file `out`, which appears whole or not at all."""

    document: SheetDocument
    out: str


class SheetPrint(msgspec.Struct, frozen=True):
    """Hand a sheet to a printer of the system; the result is the spooler's job name (`str`)."""

    document: SheetDocument
    printer: str
    print_id: int


class PrinterJob(msgspec.Struct, frozen=True):
    """Hand one label to a printer of the system; the result is the spooler's job name (`str`)."""

    label: Label
    printer: str
    print_id: int


class PrinterSeen(msgspec.Struct, frozen=True):
    """A printer the press sees; the kind `printers` answers a tuple of them.

    `state` is idle, printing, aborted or error, as the driver says: a hint, never a proof.
    """

    name: str
    description: str
    is_default: bool
    state: str
    custom_sizes: bool


def written(job: object) -> bytes:
    """Give the bytes of a job or of a result."""
    return bytes(wire.pack(job))


def read(payload: bytes, kind: type[T]) -> T:
    """Read a job or a result back; raises FrameError when it is none."""
    return wire.unpack(payload, kind)
