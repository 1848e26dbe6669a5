"""The shipped label fonts, measured without any drawing library.

The keeper lays labels out for raw printers and holds no Qt, so widths and coverage are read
straight from the font files: `head`, `hhea`, `hmtx` and the format 12 (or 4) table of `cmap`
(OpenType specification 1.9). Only these tables are read, never the outlines.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from printing.errors import Fault

_FILES = {
    "bold": "WaydeskLabelHan-Bold.ttf",
    "latin-bold": "WaydeskLabelLatin-Bold.ttf",
    "regular": "WaydeskLabelHan-Regular.ttf",
    "latin": "WaydeskLabelLatin-Regular.ttf",
}
_ORDER = {
    "bold": ("bold", "latin-bold", "regular", "latin"),
    "regular": ("regular", "latin", "bold", "latin-bold"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: which characters it draws and how wide each one is.

    Widths are fractions of the font size.
    """

    name: str
    path: Path
    widths: dict[str, float]

    def covers(self, text: str) -> bool:
        """Tell whether every character of the text has a picture in this face."""
        return self.widths.keys() >= set(text)

    def width(self, text: str) -> float:
        """Return how wide the text runs, in sizes of the font; the face must cover it."""
        return sum(map(self.widths.__getitem__, text))


@dataclass(frozen=True, eq=False)
class Fonts:
    """The faces of the label, by name: bold, regular, and a Latin supplement for each."""

    faces: dict[str, Face]

    def dress(self, text: str, wanted: str) -> tuple[tuple[str, str], ...]:
        """Return the text as (face name, part) pairs, evenly dressed where one face can do it.

        `wanted` is bold or regular. A rare character that bold lacks turns the whole text
        regular; only a text that no face covers alone is mixed. Missing glyphs go with regular.
        """
        order = _ORDER[wanted]
        for name in order:
            if self.faces[name].covers(text):
                return ((name, text),)
        pairs = [(self._face_of(char, order), char) for char in text]
        return tuple(
            (name, "".join(char for _, char in run))
            for name, run in groupby(pairs, key=lambda pair: pair[0])
        )

    def missing(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the characters no shipped face can draw, each once, in order of appearance."""
        said = "".join(texts).replace("\n", "")
        # One look at the set of all characters settles nearly every label.
        if self.faces["regular"].widths.keys() >= set(said):
            return ()
        return tuple(
            char
            for char in dict.fromkeys(said)
            if not any(char in face.widths for face in self.faces.values())
        )

    def _face_of(self, char: str, order: tuple[str, ...]) -> str:
        return next((name for name in order if char in self.faces[name].widths), "regular")


def load_fonts(folder: Path) -> Fonts:
    """Read the shipped label fonts from `folder`; raises Fault `font_unreadable`."""
    return Fonts({name: _read_face(name, folder / file) for name, file in _FILES.items()})


def _read_face(name: str, path: Path) -> Face:
    try:
        with path.open("rb") as stream:
            head = stream.read(12)
            count = struct.unpack(">H", head[4:6])[0]
            entries = list(struct.iter_unpack(">4sIII", stream.read(16 * count)))
            tables: dict[bytes, bytes] = {}
            for tag, _, offset, length in entries:
                if tag in {b"head", b"hhea", b"hmtx", b"cmap"}:
                    stream.seek(offset)
                    tables[tag] = stream.read(length)
        return Face(name, path, _widths(tables))
    except (OSError, struct.error, KeyError, IndexError) as failure:
        raise Fault("font_unreadable", file=path.name) from failure


def _widths(tables: dict[bytes, bytes]) -> dict[str, float]:
    unit = struct.unpack_from(">H", tables[b"head"], 18)[0]
    measured = struct.unpack_from(">H", tables[b"hhea"], 34)[0]
    pairs = struct.iter_unpack(">HH", tables[b"hmtx"][: 4 * measured])
    advances = [advance / unit for advance, _ in pairs]
    last = measured - 1
    return {chr(point): advances[min(glyph, last)] for point, glyph in _glyphs(tables[b"cmap"])}


def _glyphs(cmap: bytes) -> list[tuple[int, int]]:
    count = struct.unpack_from(">H", cmap, 2)[0]
    places = [struct.unpack_from(">HHI", cmap, 4 + 8 * row)[2] for row in range(count)]
    by_format = {struct.unpack_from(">H", cmap, place)[0]: place for place in places}
    if 12 in by_format:
        return _format_12(cmap, by_format[12])
    return _format_4(cmap, by_format[4])


def _format_12(cmap: bytes, at: int) -> list[tuple[int, int]]:
    groups = struct.unpack_from(">I", cmap, at + 12)[0]
    body = cmap[at + 16 : at + 16 + 12 * groups]
    return [
        (point, first_glyph + point - start)
        for start, end, first_glyph in struct.iter_unpack(">III", body)
        for point in range(start, end + 1)
    ]


def _format_4(cmap: bytes, at: int) -> list[tuple[int, int]]:
    segments = struct.unpack_from(">H", cmap, at + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", cmap, at + 14)
    starts = struct.unpack_from(f">{segments}H", cmap, at + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", cmap, at + 16 + 4 * segments)
    ranges_at = at + 16 + 6 * segments
    found: list[tuple[int, int]] = []
    for row, (start, end, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        offset = struct.unpack_from(">H", cmap, ranges_at + 2 * row)[0]
        for point in range(start, min(end, 0xFFFE) + 1):
            glyph = point
            if offset:
                place = ranges_at + 2 * row + offset + 2 * (point - start)
                glyph = struct.unpack_from(">H", cmap, place)[0]
            if glyph or not offset:
                found.append((point, (glyph + delta) & 0xFFFF))
    return [(point, glyph) for point, glyph in found if glyph]
