"""Label templates: TOML files a shop may read and change, each element with a sentence why.

A template places elements in millimetres on one paper size. A word, field or key that Waydesk
does not know is refused with the file, the line and the element's name; so is an element off the
paper, ink in the quiet zone of a symbol, and white text without a black block behind it.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from printing.documents import FIELDS
from printing.errors import TemplateRefused


@dataclass(frozen=True, slots=True)
class Element:
    """One thing on the label; millimetres from the upper left corner, font sizes in points.

    `sizes` are tried in turn, the largest first. `when` names a field without which the element
    is left out. `refusal` is the error code when the text does not fit; a list shows `more`
    instead.
    """

    name: str
    kind: str
    why: str
    x: float
    y: float
    width: float
    height: float
    text: str = ""
    when: str = ""
    face: str = "regular"
    sizes: tuple[float, ...] = ()
    align: str = "left"
    valign: str = "top"
    white: bool = False
    leading: float = 1.2
    refusal: str = "text_too_long"
    more: str = ""
    modules: tuple[float, ...] = ()
    line: float = 0.25

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in millimetres."""
        return self.x, self.y, self.x + self.width, self.y + self.height


@dataclass(frozen=True, eq=False)
class Template:
    """A label form: paper in millimetres and its elements in the order they are laid out."""

    code: str
    name_en: str
    name_zh: str
    why: str
    width_mm: float
    height_mm: float
    elements: tuple[Element, ...]


_PLACE = {"name", "kind", "why", "x", "y", "width", "height", "when"}
_WRITING = {"text", "face", "sizes", "align", "valign", "white", "leading"}
_KINDS: dict[str, frozenset[str]] = {
    "text": frozenset(_PLACE | _WRITING | {"refusal"}),
    "list": frozenset(_PLACE | _WRITING | {"more"}),
    "bars": frozenset(_PLACE | {"text", "modules"}),
    "qr": frozenset(_PLACE | {"text", "modules"}),
    "frame": frozenset(_PLACE | {"line"}),
    "block": frozenset(_PLACE),
}
_NEEDED: dict[str, frozenset[str]] = {
    "text": frozenset({"text", "sizes"}),
    "list": frozenset({"text", "sizes", "more"}),
    "bars": frozenset({"text", "modules"}),
    "qr": frozenset({"text", "modules"}),
    "frame": frozenset(),
    "block": frozenset(),
}
_CHOICES: dict[str, frozenset[str]] = {
    "face": frozenset({"regular", "bold"}),
    "align": frozenset({"left", "center", "right"}),
    "valign": frozenset({"top", "middle", "bottom"}),
    "refusal": frozenset({"text_too_long", "address_too_long", "name_too_long"}),
    "when": frozenset(FIELDS),
}
_NUMBERS = frozenset({"x", "y", "width", "height", "leading", "line"})
_NUMBER_LISTS = frozenset({"sizes", "modules"})
_HEAD = frozenset({"code", "name_en", "name_zh", "why", "width_mm", "height_mm"})
_BRACE = re.compile(r"\{([^{}]*)\}")
_LEAST_POINTS = 5.0
_LEAST_MODULE = 0.25


@dataclass(frozen=True, slots=True)
class _Row:
    """Where in which file an element stands, so that a refusal can say it."""

    file: str
    line: int
    name: str

    def refuse(self, code: str, word: str) -> TemplateRefused:
        return TemplateRefused(code, file=self.file, row=self.line, element=self.name, word=word)


def load_templates(folder: Path) -> dict[str, Template]:
    """Return every template of a folder by its code; raises TemplateRefused for the first flaw."""
    found = [load_template(path) for path in sorted(folder.glob("*.toml"))]
    return {template.code: template for template in found}


def load_template(path: Path) -> Template:
    """Return the template of one TOML file, read and checked; raises TemplateRefused."""
    try:
        source = path.read_text(encoding="utf-8")
        raw = tomllib.loads(source)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
        raise TemplateRefused("template_unreadable", file=path.name, word=str(failure)) from failure
    head = raw.pop("template", {})
    rows = raw.pop("element", [])
    top = _Row(path.name, 1, "template")
    unknown = sorted({*raw} | ({*head} ^ _HEAD))
    if unknown:
        raise top.refuse("template_unknown_word", unknown[0])
    lines = [at for at, text in enumerate(source.splitlines(), 1) if text.strip() == "[[element]]"]
    placed = [
        (_Row(path.name, line, str(row.get("name", "?"))), row)
        for line, row in zip(lines, rows, strict=False)
    ]
    elements = tuple(_element(where, row) for where, row in placed)
    template = Template(**_typed_head(top, head), elements=elements)
    for (where, _), element in zip(placed, elements, strict=True):
        _check_place(where, element, template)
    return template


def _typed_head(top: _Row, head: dict[str, Any]) -> dict[str, Any]:
    for key, value in head.items():
        if key.endswith("_mm") and not (_is_number(value) and 10 <= value <= 400):
            raise top.refuse("template_bad_value", key)
    return {key: float(value) if key.endswith("_mm") else str(value) for key, value in head.items()}


def _element(where: _Row, row: dict[str, Any]) -> Element:
    kind = str(row.get("kind", ""))
    if kind not in _KINDS:
        raise where.refuse("template_unknown_word", kind or "kind")
    for key in row:
        if key not in _KINDS[kind]:
            raise where.refuse("template_unknown_word", key)
    for key in sorted(({"name", "why", "x", "y", "width", "height"} | _NEEDED[kind]) - {*row}):
        raise where.refuse("template_missing_word", key)
    return Element(**{key: _typed(where, key, value) for key, value in row.items()})


def _typed(where: _Row, key: str, value: Any) -> Any:
    if key in _NUMBERS and _is_number(value):
        return float(value)
    if key in _NUMBER_LISTS:
        return _descending(where, key, value)
    if key == "white" and isinstance(value, bool):
        return value
    if key in _NUMBERS or key == "white" or not isinstance(value, str) or not value:
        raise where.refuse("template_bad_value", key)
    return _known(where, key, value)


def _known(where: _Row, key: str, value: str) -> str:
    if key in _CHOICES and value not in _CHOICES[key]:
        raise where.refuse("template_unknown_word", value)
    if key in {"text", "more"}:
        words = {*FIELDS} if key == "text" else {"more"}
        for word in _BRACE.findall(value):
            if word not in words:
                raise where.refuse("template_unknown_word", "{" + word + "}")
    return value


def _descending(where: _Row, key: str, value: Any) -> tuple[float, ...]:
    least = _LEAST_POINTS if key == "sizes" else _LEAST_MODULE
    numbers = value if isinstance(value, list) and value else [0]
    if not all(_is_number(number) and number >= least for number in numbers):
        raise where.refuse("template_bad_value", key)
    if sorted(numbers, reverse=True) != numbers:
        raise where.refuse("template_bad_value", key)
    return tuple(map(float, numbers))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_place(where: _Row, element: Element, template: Template) -> None:
    left, top, right, bottom = element.box
    inside = left >= 0 and top >= 0 and right <= template.width_mm and bottom <= template.height_mm
    if not inside or right < left or bottom < top:
        raise where.refuse("template_off_paper", element.name)
    others = [other for other in template.elements if other is not element]
    if element.kind in {"bars", "qr"}:
        for other in others:
            if any(_overlap(element.box, box) for box in _inked(other)):
                raise where.refuse("template_ink_in_quiet_zone", other.name)
    if element.white and not any(
        other.kind == "block" and _holds(other.box, element.box) for other in others
    ):
        raise where.refuse("template_white_on_white", element.name)


_Box = tuple[float, float, float, float]


def _inked(element: Element) -> list[_Box]:
    if element.kind != "frame":
        return [element.box]
    left, top, right, bottom = element.box
    line = element.line
    return [
        (left, top, right, top + line),
        (left, bottom - line, right, bottom),
        (left, top, left + line, bottom),
        (right - line, top, right, bottom),
    ]


def _overlap(one: _Box, two: _Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _holds(outer: _Box, inner: _Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )
