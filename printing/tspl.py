"""Labels in TSPL for TSC printers and the many Chinese models that speak it: one bitmap.

As with ZPL, no foreign text is sent as text (security.md 3.9, row TSPL): quotes and line breaks
in a name cannot become commands. The gap between labels stays as the printer has calibrated it.
"""

from printing.page import Page
from printing.raster import Raster

_INVERTED = bytes(255 - byte for byte in range(256))
_DMM_PER_MM = 10


def tspl_label(page: Page, raster: Raster) -> bytes:
    """Return one label as a TSPL job of one copy; in its bitmap 0 is a black dot."""
    bitmap = raster.draw(page)
    width, height = page.paper_width_dmm / _DMM_PER_MM, page.paper_height_dmm / _DMM_PER_MM
    head = (
        f"SIZE {width:g} mm,{height:g} mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCLS\r\n"
        f"BITMAP 0,{bitmap.y},{bitmap.row_bytes},{bitmap.height},0,"
    )
    return head.encode("ascii") + bitmap.data.translate(_INVERTED) + b"\r\nPRINT 1,1\r\n"
