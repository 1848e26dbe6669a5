"""Code 128 and QR as modules, by zxing-cpp, placed on whole dots with their quiet zones.

Facts: carriers_labels.md C "X-dimension/quiet zone" and "Snap X to whole dots"; D (encoder).
A module is at least two dots, quiet zones are 10 modules beside Code 128 and 4 around QR; a
symbol that does not fit is refused, never squeezed.
"""

import re
from typing import TYPE_CHECKING, cast

import zxingcpp

from printing.errors import LayoutRefused
from printing.page import Bars, Matrix

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

QUIET_LINEAR = 10
QUIET_MATRIX = 4
LEAST_DOTS = 2
_MM_PER_INCH = 25.4
_LINEAR_TEXT = re.compile(r"[A-Z0-9-]{4,40}\Z")
_MATRIX_LIMIT = 600
_RUNS = re.compile("1+|0+")
_BLACK_IS_ONE = b"1" + b"0" * 255

Box = tuple[int, int, int, int]
"""x, y, width, height in dots."""


def module_dots(module_mm: float, dpi: int) -> int:
    """Return the whole dots nearest to a module width in mm: 0.375 mm is 3 at 203, 4 at 300 dpi."""
    return max(LEAST_DOTS, round(module_mm * dpi / _MM_PER_INCH))


def code128(text: str, box: Box, modules_mm: tuple[float, ...], dpi: int) -> Bars:
    """Return the bars of `text`, centred in `box` at the widest allowed module that fits.

    Raises LayoutRefused `bad_waybill_no` for text outside [A-Z0-9-], `symbol_too_wide` else.
    """
    if not _LINEAR_TEXT.match(text):
        raise LayoutRefused("bad_waybill_no", waybill_no=text[:60])
    runs = _linear_runs(text)
    x, y, width, height = box
    total = sum(runs)
    dots = _widest(total + 2 * QUIET_LINEAR, width, modules_mm, dpi)
    return Bars(x + (width - total * dots) // 2, y, height, dots, runs)


def qr(text: str, box: Box, modules_mm: tuple[float, ...], dpi: int) -> Matrix:
    """Return the QR symbol of `text` at level M, centred in `box` at the widest module that fits.

    Raises LayoutRefused `bad_qr_text` for an over-long text, `symbol_too_wide` else.
    """
    if not 0 < len(text) <= _MATRIX_LIMIT:
        raise LayoutRefused("bad_qr_text", length=len(text))
    rows = _matrix_rows(text)
    x, y, width, height = box
    side = len(rows)
    dots = _widest(side + 2 * QUIET_MATRIX, min(width, height), modules_mm, dpi)
    left = x + (width - side * dots) // 2
    top = y + (height - side * dots) // 2
    return Matrix(left, top, dots, rows)


def _widest(modules: int, room: int, modules_mm: tuple[float, ...], dpi: int) -> int:
    allowed = sorted({module_dots(mm, dpi) for mm in modules_mm}, reverse=True)
    for dots in allowed:
        if modules * dots <= room:
            return dots
    raise LayoutRefused("symbol_too_wide", needed=modules * allowed[-1], room=room)


def _linear_runs(text: str) -> tuple[int, ...]:
    try:
        symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    except ValueError as failure:
        raise LayoutRefused("bad_waybill_no", waybill_no=text[:60]) from failure
    width, dots = _dots(symbol)
    return tuple(map(len, _RUNS.findall(dots, 0, width)))


def _matrix_rows(text: str) -> tuple[str, ...]:
    try:
        symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    except ValueError as failure:
        raise LayoutRefused("bad_qr_text", length=len(text)) from failure
    width, dots = _dots(symbol)
    return tuple(dots[at : at + width] for at in range(0, len(dots), width))


def _dots(symbol: zxingcpp.Barcode) -> tuple[int, str]:
    """Return the symbol's width in modules and its rows one after another, black "1"."""
    # The image speaks the buffer protocol, which its type stubs do not say.
    view = memoryview(cast("Buffer", symbol.to_image(add_quiet_zones=False)))
    return view.nbytes // len(view), view.tobytes().translate(_BLACK_IS_ONE).decode("ascii")
