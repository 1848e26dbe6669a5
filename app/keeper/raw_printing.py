"""Labels straight to a network printer: laid out, drawn and sent without Qt, in the keeper.

The printer's name is ``raw:HOST:PORT`` (ZPL) or ``raw-tspl:HOST:PORT``.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from app.keeper.press_jobs import Label
from printing.errors import LayoutRefused
from printing.layout import lay_out
from printing.metrics import Fonts, load_fonts
from printing.printers_raw import Outcome, RawPrinter, send_label
from printing.raster import Raster
from printing.templates import Template, load_templates
from printing.tspl import tspl_label
from printing.zpl import zpl_label

ZPL, TSPL = "raw:", "raw-tspl:"


def is_raw(printer: str) -> bool:
    """Whether a printer's name says that it is reached over the network, past every driver."""
    return printer.startswith((ZPL, TSPL))


def printer_of(name: str) -> RawPrinter:
    """Where a raw printer listens. Raises LayoutRefused for a name that is no address."""
    host, _, port = name.partition(":")[2].rpartition(":")
    if not host or not port.isdecimal():
        raise LayoutRefused("unknown_printer", printer=name)
    return RawPrinter(host, int(port), answers=name.startswith(ZPL))


@dataclass(slots=True)
class _Tools:
    """What a label is drawn with, loaded once."""

    fonts: Fonts
    templates: dict[str, Template]
    raster: Raster


class RawPrinting:
    """Draws and sends one label at a time; fonts and templates are loaded with the first."""

    def __init__(self, resources: Path) -> None:
        self._resources = resources
        self._tools: _Tools | None = None

    async def send(self, label: Label, name: str) -> Outcome:
        """Send one label, once. Raises LayoutRefused when it cannot be set; nothing left then."""
        printer = printer_of(name)
        drawn = await asyncio.to_thread(self._draw, label, name)
        return await send_label(printer, drawn)

    async def forward(self, zpl: str, name: str) -> Outcome:
        """Send a carrier's own label as it came, once. Raises LayoutRefused for no address."""
        return await send_label(printer_of(name), zpl.encode())

    def _draw(self, label: Label, name: str) -> bytes:
        tools = self._tools = self._tools or self._load()
        if label.template not in tools.templates:
            raise LayoutRefused("unknown_template", template=label.template)
        page = lay_out(label.document, tools.templates[label.template], tools.fonts, label.dpi)
        make = zpl_label if name.startswith(ZPL) else tspl_label
        return make(page, tools.raster)

    def _load(self) -> _Tools:
        fonts = load_fonts(self._resources / "fonts")
        return _Tools(fonts, load_templates(self._resources / "labels"), Raster(fonts))
