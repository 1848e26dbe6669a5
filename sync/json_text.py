"""Strict reading of foreign JSON (security.md 3.9).

Python's own reader accepts NaN, infinities, duplicate keys and lone surrogates, and dies on deep
nests and on very long integers. Here each of these is Malformed; fractions become Decimal, never
float. A list is read element by element, so that one bad order cannot take its page with it.
"""

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sync.errors import Malformed

DEPTH = 64
_DIGITS = 30
_LARGEST_POWER = 30
_SPACE = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a list: its value, or why it could not be read; and its untouched bytes."""

    value: Any
    problem: Malformed | None
    raw: bytes


def read_json(body: bytes) -> Any:
    """The value in `body`; integers are int, fractions Decimal. Raises Malformed."""
    text = _text(body)
    start = _skip(text, 0)
    value, end = _decode(text, start)
    if _skip(text, end) != len(text):
        raise Malformed("sync_not_json", why="more after the end")
    return value


def read_list(body: bytes) -> list[Element]:
    """The elements of a JSON list; see `elements_of`."""
    return list(elements_of(body))


def elements_of(body: bytes) -> Iterator[Element]:
    """The elements of a JSON list one by one, each read by itself, so that a loop may breathe.

    Raises Malformed, at the latest after the last element, where the list as a whole is broken:
    not a list, cut off, not UTF-8. What came before then is not to be used.
    """
    text = _text(body)
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        raise Malformed("sync_not_json", why="not a list")
    yield from _elements(text, at + 1)


def _elements(text: str, at: int) -> Iterator[Element]:
    end = yield from _members(text, at)
    if _skip(text, end) != len(text):
        raise Malformed("sync_not_json", why="more after the end")


def _members(text: str, at: int) -> Generator[Element, None, int]:
    """The elements after an opening bracket; returns where the list ends."""
    at = _skip(text, at)
    while text[at : at + 1] != "]":
        element, end = _element(text, at)
        yield element
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise Malformed("sync_not_json", why="list cut off")
    return at + 1


def list_within(body: bytes, path: tuple[str, ...]) -> tuple[list[Element], Any]:
    """The elements of the list at `path` in an object, each read by itself, and the rest.

    The rest is the whole value with that list empty; an object without the list has no elements.
    Raises Malformed where anything but an element is broken.
    """
    text = _text(body)
    at = _skip(text, 0)
    for name in path:
        found = _value_at(text, at, name)
        if found is None:
            return [], read_json(body)
        at = found
    if text[at : at + 1] != "[":
        return [], read_json(body)
    members = _members(text, at + 1)
    elements = []
    while True:
        try:
            elements.append(next(members))
        except StopIteration as ended:
            rest = f"{text[:at]}[]{text[ended.value :]}"
            return elements, read_json(rest.encode())


def value_within(body: bytes, name: str) -> Element:
    """The value under a key of an object, read by itself, with its untouched bytes.

    Raises Malformed where the object has no such key or cannot be read.
    """
    text = _text(body)
    at = _value_at(text, _skip(text, 0), name)
    if at is None:
        raise Malformed("sync_not_json", why=f"no {name}")
    value, end = _decode(text, at)
    return Element(value, None, text[at:end].encode())


def _value_at(text: str, at: int, name: str) -> int | None:
    """Where the value of a key of the object at `at` begins; None where it has no such key."""
    if text[at : at + 1] != "{":
        return None
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        key, end = _decode(text, at)
        at = _skip(text, end)
        if text[at : at + 1] != ":":
            raise Malformed("sync_not_json", why="a key without a value")
        at = _skip(text, at + 1)
        if key == name:
            return at
        at = _skip(text, _end_of(text, at))
        at = _skip(text, at + 1) if text[at : at + 1] == "," else at
    return None


def _element(text: str, at: int) -> tuple[Element, int]:
    try:
        value, end = _decode(text, at)
    except Malformed as problem:
        end = _end_of(text, at)
        return Element(None, problem, text[at:end].encode()), end
    return Element(value, None, text[at:end].encode()), end


def _end_of(text: str, at: int) -> int:
    """Where an unreadable element ends, found by its brackets alone."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        sign = token.group()
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        if depth < 0 or (depth == 0 and sign == ","):
            return token.start()
        if depth == 0 and sign in "]}":
            return token.end()
    raise Malformed("sync_not_json", why="list cut off")


def _text(body: bytes) -> str:
    try:
        # Some shop plugins put a byte order mark before every answer.
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise Malformed("sync_not_json", why="not UTF-8") from broken


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _decode(text: str, at: int) -> tuple[Any, int]:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError) as broken:
        raise Malformed("sync_not_json", why=_why(broken)) from broken
    _refuse_depth(value)
    if _SURROGATE.search(text, at, end):
        _refuse_surrogates(value)
    return value, end


def _why(broken: Exception) -> str:
    if isinstance(broken, RecursionError):
        return "nested too deep"
    return broken.msg if isinstance(broken, json.JSONDecodeError) else str(broken)[:80]


def _refuse_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    depth = 0
    while level:
        depth += 1
        if depth > DEPTH:
            raise Malformed("sync_not_json", why="nested too deep")
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]


def _refuse_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as broken:
        raise Malformed("sync_not_json", why="half a character") from broken


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError("number too long")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    number = Decimal(digits)
    if len(digits) > 2 * _DIGITS or abs(number.adjusted()) > _LARGEST_POWER:
        raise ValueError("number too long")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_whole,
    parse_float=_fraction,
    parse_constant=_refuse_constant,
)
