"""The record in a file that others keep and check: every entry with the hashes of its chain.

A JSON-lines file has a first line that says what it is, one line for each entry and a last line
with how many there were; a CSV file has a heading and the entries. Bytes stand in hex.

Whoever has no key sees that no entry is missing, doubled or out of place, and that the last ones
are those a witness saw. Only the shop's audit key shows that an entry's words are the ones written.
"""

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import msgspec
from sqlalchemy import ColumnElement, Connection, LargeBinary, Text, and_, func, or_, select

from app.domain.audit import Broken, Head, Link, Mac, verify
from app.domain.errors import RecordFileUnreadable
from app.domain.spreadsheet import harmless, plain
from app.store.audit import body_of
from app.store.tables_record import audit

FORM = 1
PAGE = 2_000
COLUMNS = tuple(str(c.name) for c in audit.columns)
BYTES = frozenset(str(c.name) for c in audit.columns if isinstance(c.type, LargeBinary))
TEXTS = frozenset(str(c.name) for c in audit.columns if isinstance(c.type, Text))
JSON_LINES, CSV = ".jsonl", ".csv"
Entry = dict[str, Any]
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, UTC ms; 0 for no limit."""

    since: int = 0
    until: int = 0

    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds of an entry of this span."""
        found = [audit.c.at >= self.since]
        return [*found, audit.c.at < self.until] if self.until else found


@dataclass(frozen=True, slots=True)
class FileReport:
    """What a file of the record holds.

    Attributes:
        entries: how many.
        broken: the first entry of each chain that does not hold.
        heads: the last entry of each chain.
        with_key: whether the words of the entries were checked, and not only their order.
    """

    entries: int
    broken: Mapping[int, Broken]
    heads: Mapping[int, Head] = field(default_factory=dict)
    with_key: bool = False


def write(conn: Connection, path: Path, span: Span, at: int, watch: Watch) -> int:
    """Write the entries of a span; the file appears whole or not at all. Returns how many.

    ``at`` is the time now, UTC ms; ``watch`` is told how many of how many are written, and what
    it raises ends the writing.
    """
    half = path.with_suffix(f"{path.suffix}.part")
    encoding = "utf-8-sig" if path.suffix == CSV else "utf-8"
    try:
        with half.open("w", encoding=encoding, newline="") as file:
            put = _csv(file) if path.suffix == CSV else _json(file, span, at)
            entries = 0
            for rows in _pages(conn, span, watch):
                put(rows)
                entries += len(rows)
            if path.suffix == JSON_LINES:
                file.write(msgspec.json.encode({"entries": entries}).decode() + "\n")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return entries


def _pages(conn: Connection, span: Span, watch: Watch) -> Iterator[list[Entry]]:
    total = conn.execute(select(func.count()).select_from(audit).where(*span.conditions()))
    of, done, chain, seq = int(total.scalar_one()), 0, -1, -1
    while True:
        further = or_(audit.c.chain > chain, and_(audit.c.chain == chain, audit.c.seq > seq))
        query = select(audit).where(further, *span.conditions())
        page = query.order_by(audit.c.chain, audit.c.seq).limit(PAGE)
        rows = [dict(row) for row in conn.execute(page).mappings()]
        if not rows:
            return
        yield rows
        chain, seq = rows[-1]["chain"], rows[-1]["seq"]
        done += len(rows)
        watch(done, max(done, of))


def _json(file: TextIO, span: Span, at: int) -> Callable[[Iterable[Entry]], None]:
    head = {"waydesk_record": FORM, "exported_at": at, "since": span.since, "until": span.until}
    file.write(msgspec.json.encode(head).decode() + "\n")

    def put(rows: Iterable[Entry]) -> None:
        for row in rows:
            file.write(msgspec.json.encode(_shown(row)).decode() + "\n")

    return put


def _csv(file: TextIO) -> Callable[[Iterable[Entry]], None]:
    out = csv.writer(file, quoting=csv.QUOTE_ALL)
    out.writerow(COLUMNS)

    def put(rows: Iterable[Entry]) -> None:
        out.writerows([harmless(str(value)) for value in _shown(row).values()] for row in rows)

    return put


def _shown(row: Entry) -> Entry:
    return {name: bytes(row[name]).hex() if name in BYTES else row[name] for name in COLUMNS}


# --- reading one back ---------------------------------------------------------------------------


def check(
    path: Path, mac: Mac | None, seen: Mapping[int, Sequence[Head]] | None = None
) -> FileReport:
    """Hold a file against the chain in it, and its end against what witnesses saw.

    Without ``mac``, the shop's audit key, only order and completeness are shown.

    Raises:
        RecordFileUnreadable: it is no exported record; ``line`` is the first that is none.
    """
    broken: dict[int, Broken] = {}
    heads: dict[int, Head] = {}
    entries = 0
    for chain, rows in itertools.groupby(_entries(path), key=lambda entry: int(entry["chain"])):
        links = _Links(rows, with_key=mac is not None)
        met = [head for head in (seen or {}).get(chain, ()) if head.seq >= links.start.seq]
        why = verify(links, mac or _taken_as_said, links.start, met)
        for _rest in links:
            continue
        entries += links.read
        heads[chain] = links.last
        if why is not None:
            broken[chain] = why
    return FileReport(entries, broken, heads, mac is not None)


def _taken_as_said(_prev: bytes, body: bytes) -> bytes:
    """Without the key an entry's hash is what the file says: it stands in its body's place."""
    return body


class _Links:
    """The lines of one chain in a file; the first says what stood before it."""

    def __init__(self, rows: Iterator[Entry], *, with_key: bool) -> None:
        self._first, self._rows, self._with_key = next(rows), rows, with_key
        self.start = Head(self._first["seq"] - 1, self._first["prev_hash"])
        self.last, self.read = self.start, 0
        self._links = map(self._link, itertools.chain([self._first], self._rows))

    def __iter__(self) -> Iterator[Link]:
        return self._links

    def _link(self, entry: Entry) -> Link:
        self.read += 1
        self.last = Head(entry["seq"], entry["hash"])
        body = body_of(entry) if self._with_key else entry["hash"]
        return Link(entry["seq"], body, entry["prev_hash"], entry["hash"])


def _entries(path: Path) -> Iterator[Entry]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _csv_lines(file) if path.suffix == CSV else _json_lines(file)
            for number, line in enumerate(lines, start=2):  # noqa: B007 - an error names the line
                yield {name: _value(name, line[name]) for name in COLUMNS}
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise RecordFileUnreadable(file=path.name, line=number + 1) from error


def _csv_lines(file: TextIO) -> Iterator[Entry]:
    for line in csv.DictReader(file):
        yield {name: plain(told) for name, told in line.items()}


def _json_lines(file: TextIO) -> Iterator[Entry]:
    head = msgspec.json.decode(file.readline(), type=dict[str, int])
    if head.get("waydesk_record") != FORM:
        raise ValueError(head)
    count, ended = 0, False
    for line in file:
        entry = msgspec.json.decode(line, type=dict[str, Any])
        if ended or entry.keys() == {"entries"}:
            ended = not ended and entry.get("entries") == count
            if not ended:
                raise ValueError(count)
            continue
        count += 1
        yield entry
    if not ended:
        raise ValueError(count)


def _value(name: str, told: Any) -> Any:
    if name in BYTES:
        return bytes.fromhex(told)
    if name in TEXTS:
        return str(told)
    return int(told)
