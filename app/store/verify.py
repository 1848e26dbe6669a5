"""Holds the whole book against its record: names every entry and every row changed behind our back.

Three questions, each answered for the whole book in one snapshot:
- does every chain hold, from its first line to the head kept beside it (`app.domain.audit`)?
- does every sealed row bear the seal the record gave it last? A row changed with a database
  browser has a wrong one, an older row put back has an old one, a deleted row is missing, and an
  inserted one has no birth;
- do the derived tables (name tokens, counters) equal what the sealed rows make of them?

Entries that do not hold are not believed about rows. What this cannot show by itself is a whole
book put back as it was: for that, heads seen elsewhere are handed in as witnesses.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain as joined
from typing import Any

from sqlalchemy import Connection

from app.domain.audit import Broken, Head, Link
from app.domain.audit import verify as verify_chain
from app.store.audit import BODY, HEAD_KEY, body_of, head_key, read_head
from app.store.keys import Keys
from app.store.migrations.guards import FIND_GUARDS, GUARDS
from app.store.seal import DELETED, SHORT, Shape
from app.store.tables_record import audit_segment
from app.store.verify_derived import Finding, derived_findings
from app.store.verify_rows import LastSaid, Pk, Said, WantedTokens, scratch_file
from app.store.work import Book

MOST_FINDINGS = 10_000
PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Report:
    """What the verifier looked at and what it found.

    Attributes:
        entries: lines of the record read, in all chains.
        rows: sealed rows read.
        findings: what is wrong, at most `MOST_FINDINGS` of it.
        found: how much is wrong in all.
        heads: the head of every chain as read, for whoever keeps it as a witness.
    """

    entries: int
    rows: int
    findings: tuple[Finding, ...]
    found: int
    heads: Mapping[int, Head]

    @property
    def ok(self) -> bool:
        """Whether the book is as Waydesk wrote it."""
        return self.found == 0


def verify(
    book: Book,
    witnessed: Mapping[int, Sequence[Head]] | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Report:
    """Read the whole book once and report; nothing is changed and little memory is used.

    ``witnessed`` are heads of chains that were seen elsewhere, such as in a backup. ``watch`` is
    told every few thousand lines how many of how many were read; what it raises ends the reading.
    """
    options: dict[str, Any] = {"yield_per": PAGE}
    if book.dialect == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"  # one snapshot for all the reads
    with scratch_file() as scratch, book.engine.connect() as plain, _any_text(plain):
        conn = plain.execution_options(**options)
        with conn.begin():
            reading = _Verifier(book, conn, LastSaid(scratch), WantedTokens(scratch))
            reading.watch = watch
            return reading.run(witnessed or {})


@contextmanager
def _any_text(conn: Connection) -> Iterator[None]:
    """Let SQLite hand over text that is none, as somebody may have put it there."""
    raw: Any = conn.connection.driver_connection
    if conn.dialect.name == "sqlite":
        raw.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        if conn.dialect.name == "sqlite":
            raw.text_factory = str


class _Verifier:
    """One reading of one book."""

    def __init__(self, book: Book, conn: Connection, said: LastSaid, wanted: WantedTokens) -> None:
        self._book, self._conn, self._said, self._wanted = book, conn, said, wanted
        self._entries = self._rows = self._total = 0
        self._heads: dict[int, Head] = {}
        self.watch: Callable[[int, int], None] | None = None

    def run(self, witnessed: Mapping[int, Sequence[Head]]) -> Report:
        kept: list[Finding] = []
        self._total = self._size() if self.watch is not None else 0
        found = 0
        for finding in joined(
            self._guards(),
            self._chains(witnessed),
            *(self._table(s) for s in self._book.shapes.values() if s.is_sealed),
            derived_findings(self._conn, self._wanted),
        ):
            found += 1
            if found <= MOST_FINDINGS:
                kept.append(finding)
        return Report(self._entries, self._rows, tuple(kept), found, self._heads)

    def _size(self) -> int:
        """How many lines and rows there are to read."""
        names = ["audit", *(shape.name for shape in self._book.shapes.values() if shape.is_sealed)]
        sizes = (self._conn.exec_driver_sql(f'SELECT count(*) FROM "{name}"') for name in names)  # noqa: S608
        return sum(int(size.scalar_one()) for size in sizes)

    def _tick(self, done: int) -> None:
        """Say how far it has come, now and then."""
        if self.watch is not None and done % PAGE == 0:
            self.watch(done, max(self._total, done))

    def _read_on(self, before: int, read: int) -> None:
        self._tick(before + read)

    def _guards(self) -> Iterator[Finding]:
        """The database's own guards over the record, which somebody may have dropped."""
        rows = self._conn.exec_driver_sql(FIND_GUARDS[self._book.dialect])
        there = {row[0] for row in rows}
        for name, made in GUARDS[self._book.dialect].items():
            if name not in there and made.startswith("CREATE TRIGGER"):
                yield Finding("guard_missing", "audit", name)

    # --- the record -------------------------------------------------------------------------

    def _chains(self, witnessed: Mapping[int, Sequence[Head]]) -> Iterator[Finding]:
        kept = self._kept_heads()
        rows = self._conn.exec_driver_sql("SELECT DISTINCT chain FROM audit ORDER BY chain")
        chains = {int(row[0]) for row in rows}
        for chain in sorted(chains | kept.keys() | witnessed.keys()):
            heads = [*witnessed.get(chain, ()), *([kept[chain]] if chain in kept else [])]
            walk = _Chain(self._conn, self._book.keys, chain, self._said)
            walk.tick = partial(self._read_on, self._entries)
            broken = walk.broken(heads)
            self._entries += walk.read
            self._heads[chain] = walk.last
            if broken is not None:
                said = walk.who.get(broken.seq, "")
                yield Finding(f"entry_{broken.why.value}", "audit", f"{chain}/{broken.seq}", said)
            if kept.get(chain, Head()).seq < walk.last.seq:
                yield Finding("head_old", "setting", head_key(chain))
        self._said.settle()

    def _kept_heads(self) -> dict[int, Head]:
        """The heads that stand among the settings; an altered one is found with the rows."""
        query = f"SELECT key, value_json FROM setting WHERE key LIKE '{HEAD_KEY}%%'"  # noqa: S608 - constant
        heads: dict[int, Head] = {}
        for key, value in self._conn.exec_driver_sql(query):
            try:
                heads[int(str(key)[len(HEAD_KEY) :])] = read_head(value)
            except (ValueError, TypeError):
                continue
        return heads

    # --- the rows ---------------------------------------------------------------------------

    def _table(self, shape: Shape) -> Iterator[Finding]:
        """Read a table past what the record says of it, both in the order of their keys."""
        said = self._said.of(shape.name)
        at = shape.columns.index(shape.pk)
        next_said = next(said, None)
        with closing(_rows_of(self._conn, shape)) as rows:
            for row in rows:
                self._rows += 1
                self._tick(self._entries + self._rows)
                pk = row[at]
                seal = self._true_seal(shape, row)
                while next_said is not None and _place(next_said[0]) < _place(pk):
                    yield from _gone(shape.name, next_said)
                    next_said = next(said, None)
                mine = next_said if next_said is not None and next_said[0] == pk else None
                if mine is not None:
                    next_said = next(said, None)
                kind = _wrong(pk, seal, mine)
                if kind:
                    yield Finding(kind, shape.name, str(pk))
        while next_said is not None:
            yield from _gone(shape.name, next_said)
            next_said = next(said, None)

    def _true_seal(self, shape: Shape, row: tuple[Any, ...]) -> bytes:
        """The seal a live row should bear, when it bears it; b"" when it does not."""
        try:
            seal = shape.seal(self._book.keys, row[:-1])
        except (TypeError, ValueError, OverflowError):  # no value Waydesk could have written
            return b""
        return seal if row[-1] is not None and bytes(row[-1]) == seal else b""


class _Chain:
    """One reading of one desk's chain; rows that authentic lines touched go into the ledger."""

    def __init__(self, conn: Connection, keys: Keys, chain: int, said: LastSaid) -> None:
        self._conn, self._keys, self._chain, self._said = conn, keys, chain, said
        self._made: tuple[bytes, bytes, bytes] = (b"", b"", b"")
        self.read = 0
        self.tick: Callable[[int], None] = lambda _read: None
        self.last = Head()
        self.who: dict[int, str] = {}

    def broken(self, heads: list[Head]) -> Broken | None:
        """The first line that does not hold; the lines behind it are read all the same."""
        self._pruned()
        links = self._links()
        start = self.last
        heads = [head for head in heads if head.seq >= start.seq]
        why = verify_chain(links, self._mac, start, heads)
        if why is not None:
            for link in links:
                self.last = Head(link.seq, link.hash)
        return why

    def _pruned(self) -> None:
        """Begin where the pruned months end, with what their sealed lines say of the rows."""
        shape = Shape(audit_segment)
        columns = ", ".join(f'"{name}"' for name in (*shape.columns, "row_mac"))
        query = (
            f"SELECT {columns} FROM audit_segment WHERE chain = {self._chain:d} ORDER BY last_seq"  # noqa: S608
        )
        for row in self._conn.exec_driver_sql(query).mappings().all():
            if row["row_mac"] != shape.seal_row(self._keys, dict(row)):
                continue  # named among the rows; the chain then lacks its beginning
            self.last = Head(row["last_seq"], bytes(row["last_hash"]))
            self._said.take(self._chain, bytes(row["touched"]))

    def _links(self) -> Iterator[Link]:
        columns = ", ".join(f'"{name}"' for name in (*BODY, "prev_hash", "hash"))
        query = f"SELECT {columns} FROM audit WHERE chain = {self._chain:d} ORDER BY seq"  # noqa: S608
        with self._conn.exec_driver_sql(query) as found:
            for row in found.mappings():
                link = self._link(row)
                self.read += 1
                self.tick(self.read)
                self.last = Head(link.seq, link.hash)
                if self._mac(link.prev_hash, link.body) == link.hash:
                    self._said.take(self._chain, bytes(row["touched"]))
                elif len(self.who) < 1:
                    self.who[link.seq] = f"{row['action']} · {row['actor']}"
                yield link

    @staticmethod
    def _link(row: Mapping[Any, Any]) -> Link:
        try:
            body = body_of(dict(row))
            return Link(int(row["seq"]), body, bytes(row["prev_hash"]), bytes(row["hash"]))
        except (TypeError, ValueError, OverflowError):  # no value Waydesk could have written
            return Link(int(row["seq"]), b"", b"", b"\xff")

    def _mac(self, prev: bytes, body: bytes) -> bytes:
        """Every line is asked for twice, by the ledger and by the chain: remember the last."""
        if self._made[0] is not prev or self._made[1] is not body:
            self._made = (prev, body, self._keys.audit_mac(prev, body))
        return self._made[2]


def _rows_of(conn: Connection, shape: Shape) -> Generator[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name in (*shape.columns, "row_mac"))
    order = f'"{shape.pk}"'
    if conn.dialect.name == "postgresql" and shape.pk == "key":
        order += ' COLLATE "C"'
    query = f'SELECT {columns} FROM "{shape.name}" ORDER BY {order}'  # noqa: S608 - schema names
    with conn.exec_driver_sql(query) as found:
        for some in found.partitions(PAGE):
            yield from map(tuple, some)


def _place(pk: Any) -> tuple[int, Any]:
    """Keys in the order in which SQLite sorts them, whatever somebody put there."""
    if isinstance(pk, int):
        return 0, pk
    return (1, pk) if isinstance(pk, str) else (2, bytes(pk or b""))


def _wrong(pk: Pk, seal: bytes, said: Said | None) -> str:
    """What is wrong with a live row, whose true seal is b"" when it bears none; "" for nothing."""
    if not seal:
        return "row_changed"
    if isinstance(pk, str) and pk.startswith(HEAD_KEY):
        return ""
    if said is None or said[1] == {DELETED}:
        return "row_unborn"
    return "" if seal[:SHORT] in said[1] else "row_old"


def _gone(table: str, said: Said) -> Iterator[Finding]:
    """A row the record knows and the book has not, unless the record took it away."""
    if DELETED not in said[1]:
        yield Finding("row_missing", table, str(said[0]))
