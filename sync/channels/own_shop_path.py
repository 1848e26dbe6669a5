"""The small language in which a store's file says where a field stands in the store's JSON.

    buyer.name               the name within the buyer
    items[*].sku             the code of each item
    parcels[0].number        the number of the first parcel
    "odd name.with dots".x   a name in double quotes may hold anything
    ship.name | bill.name    the first that is there and not empty
    last + first             joined: with a blank between Latin words, without one in Chinese

A path never fails on what it meets: where a name, place or list is missing it finds nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync.reading import text

Step = str | int | None
"""A name, a place in a list, or None for every member of a list."""
Walk = tuple[Step, ...]

_NAME = re.compile(r'"([^"]+)"|([^\s.\[\]|+"]+)')
_PLACE = re.compile(r"\[(\*|[0-9]{1,4})\]")
_CJK = re.compile("[㐀-鿿豈-﫿]")
_QUOTED = r'"[^"]*"|'


@dataclass(frozen=True, slots=True)
class Path:
    """One row of the file: its text, and the walks it stands for (choices of joined parts)."""

    text: str
    choices: tuple[tuple[Walk, ...], ...]

    def all(self, value: Any) -> list[Any]:
        """Everything the first choice that finds anything finds, in order; nulls left out."""
        for parts in self.choices:
            found = [each for walk in parts for each in _found(value, walk) if each is not None]
            if found:
                return found
        return []

    def one(self, value: Any) -> Any:
        """The first thing that is there and not empty; a join is text; None where nothing is."""
        for parts in self.choices:
            told = [_first(value, walk) for walk in parts]
            if len(parts) > 1:
                told = [_joined([text(each) for each in told])]
            if told[0] not in (None, ""):
                return told[0]
        return None

    def there(self, value: Any) -> bool:
        """Whether anything stands at any choice, be it empty or null."""
        return any(True for parts in self.choices for walk in parts for _ in _found(value, walk))


def path_of(told: str) -> Path:
    """Read a path. Raises ValueError where it is none."""
    choices = []
    for choice in _split(told, "|"):
        choices.append(tuple(walk_of(part.strip()) for part in _split(choice, "+")))
    return Path(told, tuple(choices))


def walk_of(told: str) -> Walk:
    """Read one plain walk, without choices and joins. Raises ValueError where it is none."""
    steps: list[Step] = []
    at = 0
    while at < len(told):
        place = _PLACE.match(told, at) if steps else None
        if place is not None:
            steps.append(None if place.group(1) == "*" else int(place.group(1)))
            at = place.end()
            continue
        if steps and told[at] != ".":
            raise ValueError(told)
        name = _NAME.match(told, at + 1 if steps else at)
        if name is None:
            raise ValueError(told)
        steps.append(name.group(1) or name.group(2))
        at = name.end()
    if not steps:
        raise ValueError(told)
    return tuple(steps)


def names_of(told: str) -> tuple[str, ...]:
    """Read a walk of names alone, "" for the whole answer. Raises ValueError where it is none."""
    names = walk_of(told) if told else ()
    if not all(isinstance(name, str) for name in names):
        raise ValueError(told)
    return tuple(str(name) for name in names)


def _split(told: str, sign: str) -> list[str]:
    """Apart at a sign that stands outside of quotes."""
    if told.count('"') % 2:
        raise ValueError(told)
    parts = re.findall(rf"(?:{_QUOTED}[^{re.escape(sign)}\"])*", told)
    found = [part.strip() for part in parts if part.strip()]
    if len(found) != len(re.sub(r'"[^"]*"', "", told).split(sign)):
        raise ValueError(told)
    return found


def _found(value: Any, walk: Walk) -> Iterator[Any]:
    if not walk:
        yield value
        return
    step, rest = walk[0], walk[1:]
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield from _found(value[step], rest)
    elif isinstance(value, list):
        members = value if step is None else value[step : step + 1]
        for member in members:
            yield from _found(member, rest)


def _first(value: Any, walk: Walk) -> Any:
    return next((each for each in _found(value, walk) if each not in (None, "")), None)


def _joined(parts: list[str]) -> str:
    told = [part for part in parts if part]
    return ("" if any(_CJK.search(part) for part in told) else " ").join(told)
