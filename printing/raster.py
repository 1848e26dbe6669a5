"""Pages as one-bit bitmaps for raw label printers, without Qt: Pillow draws the shipped fonts.

Each glyph is drawn once per size, cut to black and white, and stamped from then on; a shop's
labels repeat a few hundred characters, so a thousand labels need a few seconds at most.
"""

from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from printing.metrics import Fonts
from printing.page import Matrix, Page, TextRun

_THRESHOLD = 112
_CACHE_LIMIT = 3000


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Dots of a label: rows of `row_bytes` bytes, the highest bit leftmost, 1 is black.

    The bitmap is as wide as the label; `y` says how far down the label it begins.
    """

    y: int
    width: int
    height: int
    row_bytes: int
    data: bytes


_Glyph = tuple[Any, int, int, int, int]
"""A character's dots (Pillow's own core image); left, top, right, bottom about its origin."""


@dataclass(slots=True)
class Raster:
    """Turns pages into bitmaps and remembers the glyphs it has drawn."""

    fonts: Fonts
    _sizes: dict[tuple[str, int], ImageFont.FreeTypeFont] = field(default_factory=dict)
    _glyphs: dict[tuple[str, int], dict[str, _Glyph]] = field(default_factory=dict)

    def draw(self, page: Page) -> Bitmap:
        """Return the page in black and white, a bit a dot, without blank rows above and below."""
        image = self.image(page)
        step = (image.width + 7) // 8
        data = image.tobytes()
        top = (len(data) - len(data.lstrip(b"\0"))) // step
        bottom = max(top + 1, -(-len(data.rstrip(b"\0")) // step))
        return Bitmap(top, image.width, bottom - top, step, data[top * step : bottom * step])

    def image(self, page: Page) -> Image.Image:
        """Return the page as a one-bit image in which ink is 1 (white when shown as it is)."""
        image = Image.new("1", (page.width, page.height), 0)
        # The core's own paste: the public one costs five times as much a piece.
        paste = image.im.paste
        for fill in page.fills:
            paste(255, (fill.x, fill.y, fill.x + fill.width, fill.y + fill.height))
        for bars in page.bars:
            for x, y, width, height in bars.rects():
                paste(255, (x, y, x + width, y + height))
        for matrix in page.matrices:
            image.paste(_enlarged(matrix), (matrix.x, matrix.y))
        for run in page.runs:
            self._stamp(image, run)
        return image

    def _stamp(self, image: Image.Image, run: TextRun) -> None:
        widths = self.fonts.faces[run.face].widths
        known = self._known(run.face, run.size)
        ink = 0 if run.white else 255
        paste = image.im.paste
        at, y, size = float(run.x), run.y, run.size
        for char in run.text:
            if char not in known:
                known[char] = self._drawn(run.face, size, char)
            glyph, left, top, right, bottom = known[char]
            x = round(at)
            paste(ink, (x + left, y + top, x + right, y + bottom), glyph)
            at += widths[char] * size

    def _known(self, face: str, size: int) -> dict[str, _Glyph]:
        """Return the glyphs drawn so far in one face and size."""
        known = self._glyphs.setdefault((face, size), {})
        if len(known) >= _CACHE_LIMIT:
            known.clear()
        return known

    def _drawn(self, face: str, size: int, char: str) -> _Glyph:
        font = self._sizes.get((face, size))
        if font is None:
            path = str(self.fonts.faces[face].path)
            engine = ImageFont.Layout.BASIC
            font = self._sizes[face, size] = ImageFont.truetype(path, size, layout_engine=engine)
        left, top, right, bottom = map(round, font.getbbox(char, anchor="ls"))
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        canvas = Image.new("L", (right - left, bottom - top), 0)
        ImageDraw.Draw(canvas).text((-left, -top), char, font=font, fill=255, anchor="ls")
        return canvas.point(_CUT, mode="1").im, left, top, right, bottom


_INK_OF_DIGIT = bytes(255 if code == ord("1") else 0 for code in range(256))
_CUT = [255 if level >= _THRESHOLD else 0 for level in range(256)]


def _enlarged(matrix: Matrix) -> Image.Image:
    side = len(matrix.rows)
    grey = "".join(matrix.rows).encode("ascii").translate(_INK_OF_DIGIT)
    small = Image.frombytes("L", (side, side), grey).convert("1", dither=Image.Dither.NONE)
    return small.resize((matrix.width, matrix.width), Image.Resampling.NEAREST)
