"""Pages as one-bit bitmaps for raw label printers, without Qt: Pillow draws the shipped fonts.

Each glyph is drawn once per size, cut to black and white, and stamped from then on; a shop's
labels repeat a few hundred characters, so a thousand labels need a few seconds at most.
"""

from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from printing.metrics import Fonts
from printing.page import Matrix, Page, TextRun

_THRESHOLD = 112
_CACHE_LIMIT = 6000


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


@dataclass(slots=True)
class Raster:
    """Turns pages into bitmaps and remembers the glyphs it has drawn."""

    fonts: Fonts
    _sizes: dict[tuple[str, int], ImageFont.FreeTypeFont] = field(default_factory=dict)
    _glyphs: dict[tuple[str, int, str], tuple[Image.Image, int, int]] = field(default_factory=dict)

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
        for fill in page.fills:
            image.paste(1, (fill.x, fill.y, fill.x + fill.width, fill.y + fill.height))
        for bars in page.bars:
            symbol = Image.new("1", (bars.width, 1), 0)
            for x, _, width, _ in bars.rects():
                symbol.paste(1, (x - bars.x, 0, x - bars.x + width, 1))
            image.paste(symbol.resize((bars.width, bars.height)), (bars.x, bars.y))
        for matrix in page.matrices:
            image.paste(_enlarged(matrix), (matrix.x, matrix.y))
        for run in page.runs:
            self._stamp(image, run)
        return image

    def _stamp(self, image: Image.Image, run: TextRun) -> None:
        widths = self.fonts.faces[run.face].widths
        ink = 0 if run.white else 255
        canvas = image.im
        at = float(run.x)
        for char in run.text:
            if char not in " \u3000":
                glyph, left, top = self._glyph(run.face, run.size, char)
                x, y = round(at) + left, run.y + top
                # The core's own paste: the public one costs five times as much a glyph.
                canvas.paste(ink, (x, y, x + glyph.width, y + glyph.height), glyph.im)
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


_INK_OF_DIGIT = bytes(255 if code == ord("1") else 0 for code in range(256))
_CUT = [255 if level >= _THRESHOLD else 0 for level in range(256)]


def _enlarged(matrix: Matrix) -> Image.Image:
    side = len(matrix.rows)
    grey = "".join(matrix.rows).encode("ascii").translate(_INK_OF_DIGIT)
    small = Image.frombytes("L", (side, side), grey).convert("1", dither=Image.Dither.NONE)
    return small.resize((matrix.width, matrix.width), Image.Resampling.NEAREST)
