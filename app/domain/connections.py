"""What can be connected: for each platform and carrier the fields it asks for and what it can do.

The rows stand in ``resources/rules/connections``, a file each; the set-up of the terminal and of
the window ask for the same fields. Their sentences are words under ``connection.<name>``,
``connection.<name>.<field>`` (the label), ``connection.<name>.<field>_where`` (where its owner
finds it), ``connection.<name>.way_<way>`` and ``capability.<flag>``. ``connection.<name>.first`` is
said before anything is asked: whether this shop can be connected at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.errors import BadValue, RuleRefused

_CONNECTION = {"kind", "name", "en", "zh", "can", "way", "field"}
_FIRST = ("first_en", "first_zh")
_FIELD = {"name", "ask", "secret", "example", "en", "zh", "where_en", "where_zh"}
_WAY = {"name", "en", "zh", "fields"}
_CAPABILITY = {"name", "en", "zh"}

Table = Mapping[str, Any]


class Kind(StrEnum):
    """What is at the other end."""

    PLATFORM = "platform"
    CARRIER = "carrier"


class Asking(StrEnum):
    """How much a field matters: needed, optional, or only for whoever knows why."""

    NEEDED = "needed"
    OPTIONAL = "optional"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to type. ``secret``: typed without an echo and never shown again.

    ``file``: what is typed is a path, and what is kept is the text of the file there.
    """

    name: str
    ask: Asking
    secret: bool
    example: str
    file: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One set of fields that is enough to connect."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """One platform or carrier: its ways in, the usual one first, and what it can do.

    ``first``: there is a sentence to say before anything is asked.
    """

    kind: Kind
    name: str
    ways: tuple[Way, ...]
    can: frozenset[str]
    first: bool = False

    def way(self, name: str = "") -> Way:
        """Return the way of this name, or the usual one. Raises BadValue for a name it lacks."""
        for each in self.ways:
            if name in ("", each.name):
                return each
        raise BadValue(field="way", value=name)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return every field of every way, each once."""
        found = {each.name: each for way in self.ways for each in way.fields}
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Connections:
    """Everything that can be connected, in the order it is offered, and every capability."""

    rows: tuple[Connection, ...] = ()
    capabilities: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def with_more(self, others: Connections) -> Connections:
        """Return these and the others behind them."""
        return Connections(
            self.rows + others.rows, self.capabilities, {**self.words, **others.words}
        )

    def of(self, kind: Kind) -> tuple[Connection, ...]:
        """Return the platforms, or the carriers."""
        return tuple(row for row in self.rows if row.kind is kind)

    def get(self, kind: Kind, name: str) -> Connection:
        """Return one platform or carrier. Raises BadValue for a name nobody serves."""
        for row in self.of(kind):
            if row.name == name:
                return row
        raise BadValue(field=kind.value, value=name)


def connections_from(table: Table, file: str) -> Connections:
    """Read the file's table.

    Raises RuleRefused naming the row and the word for a key, kind, capability or field it lacks.
    """
    for name in set(table) - {"capability", "connection"}:
        raise RuleRefused(file=file, row="", word=name)
    words: dict[str, tuple[str, str]] = {}
    flags = []
    for row in table.get("capability", ()):
        _check(row, _CAPABILITY, file, "capability")
        flags.append(row["name"])
        words[f"capability.{row['name']}"] = (row["en"], row["zh"])
    rows = []
    for row in table.get("connection", ()):
        told = _CONNECTION | (set(_FIRST) if set(_FIRST) & set(row) else set())
        _check(row, told, file, str(row.get("name", "?")))
        rows.append(_connection(row, frozenset(flags), file))
        words |= dict(_words(row))
    return Connections(tuple(rows), tuple(flags), words)


def _connection(row: Table, flags: frozenset[str], file: str) -> Connection:
    name = row["name"]
    for flag in set(row["can"]) - flags:
        raise RuleRefused(file=file, row=name, word=flag)
    if row["kind"] not in set(Kind):
        raise RuleRefused(file=file, row=name, word=row["kind"])
    fields = {told["name"]: _field(told, file, name) for told in row["field"]}
    ways = tuple(_way(told, fields, file, name) for told in row["way"])
    return Connection(Kind(row["kind"]), name, ways, frozenset(row["can"]), _FIRST[0] in row)


def _field(told: Table, file: str, row: str) -> Field:
    _check(told, _FIELD | ({"file"} & set(told)), file, f"{row}.{told.get('name', '?')}")
    if told["ask"] not in set(Asking):
        raise RuleRefused(file=file, row=row, word=told["ask"])
    return Field(
        told["name"],
        Asking(told["ask"]),
        bool(told["secret"]),
        told["example"],
        told.get("file") is True,
    )


def _way(told: Table, fields: Mapping[str, Field], file: str, row: str) -> Way:
    _check(told, _WAY, file, f"{row}.{told.get('name', '?')}")
    for name in set(told["fields"]) - set(fields):
        raise RuleRefused(file=file, row=row, word=name)
    return Way(told["name"], tuple(fields[name] for name in told["fields"]))


def _words(row: Table) -> Iterator[tuple[str, tuple[str, str]]]:
    stem = f"connection.{row['name']}"
    yield stem, (row["en"], row["zh"])
    if _FIRST[0] in row:
        yield f"{stem}.first", (row["first_en"], row["first_zh"])
    for way in row["way"]:
        yield f"{stem}.way_{way['name']}", (way["en"], way["zh"])
    for told in row["field"]:
        yield f"{stem}.{told['name']}", (told["en"], told["zh"])
        yield f"{stem}.{told['name']}_where", (told["where_en"], told["where_zh"])


def _check(row: Table, keys: set[str], file: str, name: str) -> None:
    for key in keys ^ set(row):
        raise RuleRefused(file=file, row=name, word=key)
