"""Text set into a box: wrapped where its script may break, shrunk in allowed steps, never cut.

Chinese breaks between any two characters, Latin at blanks; a Latin word wider than the box is
broken where it must. A line does not begin with closing punctuation where that can be helped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from printing.metrics import Fonts

_TOKEN = re.compile(r" +|[!-~\u00a1-\u2bff]+|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：！？）】》」』”’…％,.;:!?)]}%")
_FIRST_BASELINE = 0.88
_EPSILON = 1e-9
_WIDEST = 2.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a text may be set: face, sizes in dots (largest first) and lines' distance in sizes."""

    face: str
    sizes: tuple[int, ...]
    leading: float


@dataclass(frozen=True, slots=True)
class Line:
    """One set line: (face, part) pairs and the width of each part in sizes."""

    parts: tuple[tuple[str, str], ...]
    widths: tuple[float, ...]

    @property
    def width(self) -> float:
        """Width of the whole line in sizes of its font."""
        return sum(self.widths)


@dataclass(frozen=True, slots=True)
class Setting:
    """A text that fits: its lines, the font size in dots, and the height it takes in dots."""

    lines: tuple[Line, ...]
    size: int
    leading: float

    @property
    def height(self) -> float:
        """Height in dots from the top of the first line to the foot of the last."""
        return self.size * (1 + (len(self.lines) - 1) * self.leading)

    def baselines(self, top: float) -> Iterator[float]:
        """Yield the baseline of each line when the block begins at `top`."""
        for index in range(len(self.lines)):
            yield top + self.size * (_FIRST_BASELINE + index * self.leading)


def set_text(text: str, room: tuple[int, int], style: Style, fonts: Fonts) -> Setting | None:
    """Return the text set at the largest size that fits `room` (width, height); None if none."""
    paragraphs = _measured(text, style.face, fonts)
    ink = sum(each.ink for each in paragraphs)
    for size in style.sizes:
        wide, most = room[0] / size, lines_in(room[1], size, style.leading)
        # No wrapping gets more ink into a line than the room and one character taken along.
        if not most or ink > most * (wide + _EPSILON) + (most - 1) * _WIDEST:
            continue
        lines = _wrapped(paragraphs, wide, fonts)
        if 0 < len(lines) <= most:
            return Setting(lines, size, style.leading)
    return None


def set_list(
    text: str, room: tuple[int, int], style: Style, fonts: Fonts, more: str
) -> Setting | None:
    """Return as many whole items (one a line of `text`) as fit, then `more` with the count left.

    An item is never cut: it stands there whole or is counted in the closing line.
    """
    whole = set_text(text, room, style, fonts)
    if whole is not None:
        return whole
    size = style.sizes[-1]
    most = lines_in(room[1], size, style.leading)
    items = [wrap(item, room[0] / size, style.face, fonts) for item in text.split("\n")]
    for kept in range(len(items) - 1, -1, -1):
        tail = more.replace("{more}", str(len(items) - kept))
        lines = (*sum(items[:kept], ()), *wrap(tail, room[0] / size, style.face, fonts))
        if len(lines) <= most:
            return Setting(lines, size, style.leading)
    return None


def lines_in(height: int, size: int, leading: float) -> int:
    """Return how many lines of a size stand in a height."""
    return int((height / size - 1) / leading + _EPSILON) + 1 if height >= size else 0


def wrap(text: str, room: float, face: str, fonts: Fonts) -> tuple[Line, ...]:
    """Return the lines of `text` at most `room` sizes wide; line breaks in it are kept."""
    return _wrapped(_measured(text, face, fonts), room, fonts)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph before it is wrapped; `width` in sizes, `ink` the same without blanks."""

    text: str
    dressed: tuple[tuple[str, str], ...]
    width: float
    ink: float


def _measured(text: str, face: str, fonts: Fonts) -> list[_Paragraph]:
    paragraphs = []
    for paragraph in text.split("\n"):
        dressed = fonts.dress(paragraph, face)
        width = sum(fonts.faces[name].width(part) for name, part in dressed)
        blanks = sum(
            part.count(" ") * fonts.faces[name].widths.get(" ", 0.0) for name, part in dressed
        )
        paragraphs.append(_Paragraph(paragraph, dressed, width, width - blanks))
    return paragraphs


def _wrapped(paragraphs: list[_Paragraph], room: float, fonts: Fonts) -> tuple[Line, ...]:
    lines: list[Line] = []
    for each in paragraphs:
        if len(each.dressed) > 1:
            lines.extend(_mixed(each, room, fonts))
        elif each.width <= room + _EPSILON:
            lines.append(Line(each.dressed, (each.width,)))
        else:
            face = fonts.faces[each.dressed[0][0]]
            lines += [
                Line(((face.name, part),), (face.width(part),))
                for part in _broken(each.text, face.widths, room)
            ]
    return tuple(lines)


def _mixed(paragraph: _Paragraph, room: float, fonts: Fonts) -> Iterator[Line]:
    face_of = {char: name for name, part in paragraph.dressed for char in part}
    widths = {char: fonts.faces[name].widths[char] for char, name in face_of.items()}
    for part in _broken(paragraph.text, widths, room):
        runs: list[tuple[str, str]] = []
        for char in part:
            if runs and runs[-1][0] == face_of[char]:
                runs[-1] = (runs[-1][0], runs[-1][1] + char)
            else:
                runs.append((face_of[char], char))
        yield Line(tuple(runs), tuple(sum(widths[char] for char in run) for _, run in runs))


def _broken(paragraph: str, widths: dict[str, float], room: float) -> list[str]:
    if sum(map(widths.__getitem__, paragraph)) <= room + _EPSILON:
        return [paragraph]
    lines: list[list[str]] = [[]]
    used = 0.0
    for token, wide in _pieces(paragraph, widths, room):
        if used + wide <= room + _EPSILON:
            lines[-1].append(token)
            used += wide
            continue
        fresh = _carried(lines[-1], token) + ([] if token[0] == " " else [token])
        lines.append(fresh)
        used = sum(widths[char] for piece in fresh for char in piece)
    return [line for tokens in lines if (line := "".join(tokens).strip(" "))]


def _carried(line: list[str], token: str) -> list[str]:
    """Take the last character along when the token may not begin a line."""
    if token[0] in _NOT_FIRST and len(line) > 1 and len(line[-1]) == 1 and line[-1] != " ":
        return [line.pop()]
    return []


def _pieces(paragraph: str, widths: dict[str, float], room: float) -> Iterator[tuple[str, float]]:
    for token in _TOKEN.findall(paragraph):
        wide = widths[token] if len(token) == 1 else sum(map(widths.__getitem__, token))
        if len(token) == 1 or wide <= room:
            yield token, wide
            continue
        piece, used = "", 0.0
        for char in token:
            if piece and used + widths[char] > room:
                yield piece, used
                piece, used = "", 0.0
            piece, used = piece + char, used + widths[char]
        yield piece, used
