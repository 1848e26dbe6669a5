"""Pages as one-bit bitmaps for raw label printers, without Qt: Pillow draws the shipped fonts.

Each glyph is drawn once per size, cut to black and white, and stamped from then on; a shop's
labels repeat a few hundred characters, so a thousand labels need a few seconds at most.
"""

from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from printing.metrics import Fonts
from printing.page import Page, TextRun

_THRESHOLD = 112
_CACHE_LIMIT = 6000


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Dots of a label: rows of `row_bytes` bytes, the highest bit leftmost, 1 is black."""

    width: int
    height: int
    row_bytes: int
    data: bytes


@dataclass(slots=True)
class Raster:
    """Turns pages into bitmaps and remembers the glyphs it has drawn."""

    fonts: Fonts
    _sizes: dict[tuple[str, int], ImageFont.FreeTypeFont] = field(default_factory=dict)
    _glyphs: dict[tuple[str, int, str], tuple[Image.Image, int, int]] = field(default_factory=dict)

    def draw(self, page: Page) -> Bitmap:
        """Return the whole page in black and white, a bit a dot."""
        image = self.image(page)
        return Bitmap(image.width, image.height, (image.width + 7) // 8, image.tobytes())

    def image(self, page: Page) -> Image.Image:
        """Return the page as a one-bit image in which ink is 1 (white when shown as it is)."""
        image = Image.new("1", (page.width, page.height), 0)
        pen = ImageDraw.Draw(image)
        for fill in page.fills:
            _box(pen, fill.x, fill.y, fill.width, fill.height)
        for rect in page.symbol_rects():
            _box(pen, *rect)
        for run in page.runs:
            self._stamp(image, run)
        return image

    def _stamp(self, image: Image.Image, run: TextRun) -> None:
        widths = self.fonts.faces[run.face].widths
        ink = 0 if run.white else 1
        at = float(run.x)
        for char in run.text:
            if char not in " \u3000":
                glyph, left, top = self._glyph(run.face, run.size, char)
                image.paste(ink, (round(at) + left, run.y + top), glyph)
            at += widths[char] * run.size

    def _glyph(self, face: str, size: int, char: str) -> tuple[Image.Image, int, int]:
        key = (face, size, char)
        known = self._glyphs.get(key)
        if known is None:
            if len(self._glyphs) >= _CACHE_LIMIT:
                self._glyphs.clear()
            known = self._glyphs[key] = self._drawn(face, size, char)
        return known

    def _drawn(self, face: str, size: int, char: str) -> tuple[Image.Image, int, int]:
        font = self._sizes.get((face, size))
        if font is None:
            path = str(self.fonts.faces[face].path)
            engine = ImageFont.Layout.BASIC
            font = self._sizes[face, size] = ImageFont.truetype(path, size, layout_engine=engine)
        left, top, right, bottom = font.getbbox(char, anchor="ls")
        canvas = Image.new("L", (max(1, round(right - left)), max(1, round(bottom - top))), 0)
        ImageDraw.Draw(canvas).text((-left, -top), char, font=font, fill=255, anchor="ls")
        return canvas.point(_CUT, mode="1"), round(left), round(top)


_CUT = [255 if level >= _THRESHOLD else 0 for level in range(256)]


def _box(pen: ImageDraw.ImageDraw, x: int, y: int, width: int, height: int) -> None:
    pen.rectangle((x, y, x + width - 1, y + height - 1), fill=1)
