"""Reads the rows of a store's file one by one and collects every mistake, so that all are said.

A mistake names its row, the word that stands there and what could stand there instead. Nothing is
guessed and nothing is passed over: a row nobody asked for is a mistake as well.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sync.channels.own_shop_fill import marks_in
from sync.channels.own_shop_path import Path, names_of, path_of
from sync.errors import Malformed
from sync.json_text import read_json
from sync.reading import exponent, moment_ms

T = TypeVar("T")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
WORD_CAP = 40
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "content-type"})
_PLAIN = re.compile(r"[\x20-\x7e]*")
_PATH = re.compile(r"/(?!/)[^\s?#\\]*")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One row that cannot be used: its name, what stands there, and what could."""

    row: str
    word: str
    wanted: str = ""

    def __str__(self) -> str:
        """As people read it in either language: row, the word, what is wanted in brackets."""
        wanted = f" ({self.wanted})" if self.wanted else ""
        return f"{self.row} “{self.word}”{wanted}"


@dataclass(slots=True)
class Rows:
    """One table of the file. `name` is where it stands; `mistakes` is shared by all tables."""

    table: Mapping[str, Any]
    name: str
    mistakes: list[Mistake]
    asked: set[str] = field(default_factory=set)

    def wrong(self, row: str, wanted: str = "") -> None:
        """Note that a row cannot be used."""
        where = f"{self.name}.{row}" if self.name else row
        stood = self.table.get(row, "")
        word = stood if isinstance(stood, str) else json.dumps(stood, default=str)
        self.mistakes.append(Mistake(where, " ".join(word.split())[:WORD_CAP], wanted))

    def end(self) -> None:
        """Note every row that nobody asked for; none where the table's own kind is in doubt."""
        where = f"{self.name}.kind"
        if any(mistake.row == where for mistake in self.mistakes):
            return
        for row in self.table:
            if row not in self.asked:
                self.wrong(row, f"? {' | '.join(sorted(self.asked))}"[:400])

    def has(self, row: str) -> bool:
        """Whether the row stands here."""
        self.asked.add(row)
        return row in self.table

    def within(self, row: str) -> "Rows":
        """The table under this row; an empty one where there is none."""
        told = self.table.get(row, {}) if self.has(row) else {}
        if not isinstance(told, dict):
            self.wrong(row, "[…]")
            told = {}
        return Rows(told, f"{self.name}.{row}" if self.name else row, self.mistakes)

    def read(self, row: str, usual: T | None, read: Callable[[Any], T], wanted: str) -> T | None:
        """A row's value, as `read` reads it; `usual` where it is missing, None where it is wrong.

        `read` raises ValueError for what cannot be used; a missing row without a usual is one too.
        """
        if not self.has(row):
            if usual is None:
                self.wrong(row, wanted)
            return usual
        try:
            return read(self.table[row])
        except (ValueError, TypeError, AttributeError, Malformed):
            self.wrong(row, wanted)
            return None

    def text(self, row: str, usual: str | None = None) -> str:
        """A text; empty only where that is the usual."""
        return self.read(row, usual, _filled_text, "“…”") or ""

    def one_of(self, row: str, words: Collection[str], usual: str | None = None) -> str:
        """One of some words."""

        def read(told: Any) -> str:
            if told not in words:
                raise ValueError(told)
            return str(told)

        found = self.read(row, usual, read, " | ".join(words))
        return found or next(iter(words))

    def number(self, row: str, usual: float | None, span: tuple[float, float]) -> float:
        """A number within a span."""

        def read(told: Any) -> float:
            if isinstance(told, bool) or not span[0] <= told <= span[1]:
                raise ValueError(told)
            return float(told)

        return self.read(row, usual, read, f"{span[0]:g} … {span[1]:g}") or span[0]

    def yes(self, row: str, usual: bool | None = None) -> bool:
        """Yes or no."""

        def read(told: Any) -> bool:
            if told is not True and told is not False:
                raise ValueError(told)
            return bool(told)

        return self.read(row, usual, read, "true | false") or False

    def path(self, row: str) -> Path | None:
        """Where something stands in the store's answer; None where the row is missing."""
        return self.read(row, None, path_of, "a.b[*].c | d") if self.has(row) else None

    def needed_path(self, row: str) -> Path:
        """Where something stands that no order can do without."""
        return self.read(row, None, path_of, "a.b[*].c | d") or path_of("?")

    def names(self, row: str, usual: str | None = None) -> tuple[str, ...]:
        """Where the orders stand: names with dots between."""
        return self.read(row, None if usual is None else names_of(usual), names_of, "a.b.c") or ()

    def paths(self, names: Collection[str], needed: Collection[str] = ()) -> dict[str, Path]:
        """Every row of a table of paths; the needed ones must be among them."""
        told = {name: self.path(name) for name in names if name in self.table}
        self.asked.update(names)
        for name in needed:
            if name not in self.table:
                self.wrong(name, "a.b[*].c | d")
        return {name: path for name, path in told.items() if path is not None}

    def header(self, row: str, usual: str | None = None) -> str:
        """The name of a header that is not the connection's own."""

        def read(told: str) -> str:
            if HEADER.fullmatch(told) is None or told.lower() in OURS:
                raise ValueError(told)
            return told

        return self.read(row, usual, read, "X-Name") or ""

    def address(self, row: str) -> str:
        """Where the store is: https, or http on this computer alone; no key in it."""

        def read(told: str) -> str:
            parts = urlsplit(told)
            here = parts.scheme == "http" and parts.hostname in LOOPBACK
            plain = _PLAIN.fullmatch(told) and " " not in told and "\\" not in told
            spare = parts.query or parts.fragment or "@" in parts.netloc
            if not (parts.scheme == "https" or here) or not parts.hostname or spare or not plain:
                raise ValueError(told)
            _ = parts.port
            return told.rstrip("/")

        return self.read(row, None, read, "https://…") or ""

    def call_path(self, row: str, marks: Collection[str] = (), usual: str | None = None) -> str:
        """A path behind the address, which it cannot leave, with these placeholders at most."""

        def read(told: str) -> str:
            steps = told.split("/")
            known = marks_in(told) <= set(marks)
            if _PATH.fullmatch(told) is None or {".", ".."} & set(steps) or not known:
                raise ValueError(told)
            return told

        wanted = "/…" + "".join(f" {{{name}}}" for name in marks)
        return self.read(row, usual, read, wanted) or "/"

    def template(self, row: str, marks: Collection[str], usual: str | None = None) -> str:
        """A text with these placeholders at most."""

        def read(told: str) -> str:
            if not marks_in(told) <= set(marks):
                raise ValueError(told)
            return told

        return self.read(row, usual, read, " ".join(f"{{{name}}}" for name in marks)) or ""

    def body(self, row: str, marks: Collection[str]) -> Any:
        """JSON with these placeholders at most, parsed."""

        def read(told: str) -> Any:
            found = read_json(told.encode())
            if not isinstance(found, dict | list) or not marks_in(found) <= set(marks):
                raise ValueError(told)
            # Fractions were read exactly for money's sake; none belongs into a body.
            json.dumps(found)
            return found

        wanted = "{…} " + " ".join(f"{{{name}}}" for name in marks)
        return self.read(row, None, read, wanted)

    def words(self, row: str, fits: Callable[[str, str], bool], wanted: str = "") -> dict[str, str]:
        """A table from text to text, each pair of which must fit."""
        rows = self.within(row)
        for name, value in rows.table.items():
            if not isinstance(value, str) or not fits(name, value):
                rows.wrong(name, wanted)
        return {name: str(value) for name, value in rows.table.items()}


def _filled_text(told: Any) -> str:
    if not isinstance(told, str) or not told.strip():
        raise ValueError(told)
    return told


def plain_header(name: str, value: str) -> bool:
    """Whether a header of the file may be sent: a name that is not ours, a value on one line."""
    fits = HEADER.fullmatch(name) is not None and name.lower() not in OURS
    return fits and _PLAIN.fullmatch(value) is not None


def is_zone(told: str) -> bool:
    """Whether it is a time zone's IANA name."""
    try:
        return bool(told) and moment_ms("2026-01-01 00:00:00", told) is not None
    except (ValueError, KeyError, OSError):
        return False


def is_currency(told: str) -> bool:
    """Whether it is a currency in use."""
    return exponent(told) is not None
