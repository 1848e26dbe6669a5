r"""Labels in ZPL II for Zebra printers and their kin: one bitmap, and not a letter of foreign text.

Text reaches the printer as dots only, so no name or address can hold a command (security.md 3.9,
row ZPL), and Chinese prints on a printer without Chinese fonts. The list of commands is the same
for every label: `^XA ^PW ^LL ^LH ^FO ^GF ^FS ^PQ ^XZ`.
"""

import base64
import binascii
import re
import zlib
from typing import Literal

from printing.page import Page
from printing.raster import Bitmap, Raster

Packing = Literal["z64", "acs"]
"""`z64`: zlib in base64 with a checksum; `acs`: run lengths, for old and foreign firmware."""

_RUN = re.compile(r"(.)\1+", re.DOTALL)
_FAST = 1


def zpl_label(page: Page, raster: Raster, packing: Packing = "z64") -> bytes:
    """Return one label as a ZPL job of one copy, in ASCII."""
    bitmap = raster.draw(page)
    total = len(bitmap.data)
    return (
        f"^XA^PW{page.width}^LL{page.height}^LH0,0^FO0,{bitmap.y}"
        f"^GFA,{total},{total},{bitmap.row_bytes},{_packed(bitmap, packing)}^FS^PQ1^XZ"
    ).encode("ascii")


def _packed(bitmap: Bitmap, packing: Packing) -> str:
    if packing == "acs":
        return _run_lengths(bitmap)
    body = base64.b64encode(zlib.compress(bitmap.data, _FAST))
    return f":Z64:{body.decode('ascii')}:{binascii.crc_hqx(body, 0):04X}"


def _run_lengths(bitmap: Bitmap) -> str:
    """Return hex rows packed as the ZPL guide tells: `,` and `!` fill, `:` repeats the last row."""
    step = bitmap.row_bytes
    rows = [bitmap.data[at : at + step] for at in range(0, len(bitmap.data), step)]
    packed: list[str] = []
    last = b""
    for row in rows:
        packed.append(":" if row == last else _row(row.hex().upper()))
        last = row
    return "".join(packed)


def _row(digits: str) -> str:
    kept = digits.rstrip("0")
    if len(kept) < len(digits):
        return _RUN.sub(_run, kept) + ","
    kept = digits.rstrip("F")
    tail = "!" if len(kept) < len(digits) else ""
    return _RUN.sub(_run, kept) + tail


def _run(hit: re.Match[str]) -> str:
    """Write a run of one digit: `z` 400, `g`–`y` 20 to 380, `G`–`Y` 1 to 19, then the digit."""
    hundreds, rest = divmod(hit.end() - hit.start(), 400)
    twenties, ones = divmod(rest, 20)
    digit = hit.group(1)
    code = "z" * hundreds
    code += chr(ord("g") + twenties - 1) if twenties else ""
    code += chr(ord("G") + ones - 1) if ones else ""
    return code + digit
