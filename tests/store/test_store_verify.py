"""Whatever somebody does to the book behind Waydesk's back is named."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Table, Text, inspect
from sqlalchemy.types import LargeBinary

from app.domain.audit import Head
from app.store import counters
from app.store.intake_rows import pack_tokens, replace_tokens
from app.store.migrations.guards import DROP_GUARDS, RAISE_GUARDS
from app.store.schema import SEALED
from app.store.tables import orders, receiver
from app.store.tables_catalogue import component, product
from app.store.tables_record import audit
from app.store.verify import verify
from app.store.work import Book
from tests.store.full_shop import fill
from tests.worlds import MEI

Edit = tuple[str, str]
Row = dict[str, Any]


@contextmanager
def behind_our_back(book: Book) -> Iterator[Connection]:
    """A database browser: no guard, no foreign keys, no checks."""
    with book.engine.connect() as conn:
        if book.dialect == "sqlite":
            conn.exec_driver_sql("ROLLBACK")
            for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
                conn.exec_driver_sql(f"PRAGMA {pragma}")
            conn.exec_driver_sql("BEGIN")
        else:
            conn.exec_driver_sql("SET session_replication_role = replica")
        yield conn
        conn.info["audited"] = True
        conn.commit()
        if book.dialect == "sqlite":
            conn.exec_driver_sql("ROLLBACK")
            conn.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
            conn.exec_driver_sql("BEGIN")
        else:
            conn.exec_driver_sql("SET session_replication_role = DEFAULT")
            conn.commit()


def pk_of(table: Table) -> str:
    return next(iter(table.primary_key.columns)).name


def at(table: Table, pk: Any) -> Any:
    return table.c[pk_of(table)] == pk


def row_of(conn: Connection, table: Table, pk: Any) -> Row:
    return dict(conn.execute(table.select().where(at(table, pk))).mappings().one())


def findings(book: Book) -> set[tuple[str, str, str]]:
    return {(f.kind, f.table, f.key) for f in verify(book).findings}


def other(value: Any, table: Table, name: str) -> Any:
    if isinstance(table.c[name].type, LargeBinary):
        return b"forged" + bytes(value or b"")[:8]
    if isinstance(table.c[name].type, Text):
        return f"forged {value}"
    return 1 if value is None else value + 1


class Forger:
    """Edits rows in every way a person with a database browser has."""

    def __init__(self, conn: Connection, rng: random.Random) -> None:
        self.conn, self.rng = conn, rng
        self.free = {
            table.name: list(conn.execute(table.select().with_only_columns(table.c[pk_of(table)])))
            for table in SEALED
        }
        for rows in self.free.values():
            rng.shuffle(rows)

    def take(self, table: Table) -> Any:
        return self.free[table.name].pop()[0]

    def update(self, table: Table) -> list[Edit]:
        pk = self.take(table)
        names = [c.name for c in table.columns if not c.primary_key and c.name != "row_mac"]
        name = self.rng.choice(names)
        value = other(row_of(self.conn, table, pk)[name], table, name)
        self.conn.execute(table.update().where(at(table, pk)).values({name: value}))
        return [("row_changed", str(pk))]

    def unseal(self, table: Table) -> list[Edit]:
        pk = self.take(table)
        self.conn.execute(table.update().where(at(table, pk)).values(row_mac=None))
        return [("row_changed", str(pk))]

    def delete(self, table: Table) -> list[Edit]:
        pk = self.take(table)
        self.conn.execute(table.delete().where(at(table, pk)))
        return [("row_missing", str(pk))]

    def insert(self, table: Table) -> list[Edit]:
        """A copy of a row, seal and all, under a key of its own."""
        row = row_of(self.conn, table, self.take(table))
        return self._insert(table, row)

    def _insert(self, table: Table, row: Row) -> list[Edit]:
        pk = row[pk_of(table)]
        row[pk_of(table)] = f"{pk}-copy" if isinstance(pk, str) else pk + 3
        for column in table.columns:
            value = row[column.name]
            if column.primary_key or not value:
                continue
            if isinstance(column.type, Text):
                row[column.name] = f"{value} copy"
            elif isinstance(value, int):
                row[column.name] = value + 1_000_000
        self.conn.execute(table.insert().values(row))
        return [("row_changed", str(row[pk_of(table)]))]

    def swap(self, table: Table) -> list[Edit]:
        """Two rows change places by their keys, each keeping its seal."""
        one, two = self.take(table), self.take(table)
        parked = "parked" if isinstance(one, str) else -1
        for before, after in ((one, parked), (two, one), (parked, two)):
            change = table.update().where(at(table, before))
            self.conn.execute(change.values({pk_of(table): after}))
        return [("row_changed", str(one)), ("row_changed", str(two))]


WAYS = (Forger.update, Forger.update, Forger.unseal, Forger.delete, Forger.insert, Forger.swap)


def put_back_old(book: Book, edits: int, rng: random.Random) -> set[tuple[str, str, str]]:
    """Rows changed by Waydesk, then set to what they once truly were, seal and all."""
    tables = [t for t in SEALED if "version" in t.c]
    named = set()
    for n in range(edits):
        table = tables[n % len(tables)]
        with book.engine.connect() as conn:
            rows = conn.execute(table.select().with_only_columns(table.c[pk_of(table)])).all()
            pk = rng.choice(sorted(row[0] for row in rows))
            old = row_of(conn, table, pk)
        if str(pk).startswith("audit_head"):
            continue
        with book.work(MEI) as work:
            work.update(table, pk)
            work.tell("test.touch")
            work.commit()
        with behind_our_back(book) as conn:
            conn.execute(table.update().where(at(table, pk)).values(old))
        named.add(("row_old", table.name, str(pk)))
    return named


@pytest.mark.req("F172")
def test_a_book_only_waydesk_wrote_has_nothing_to_name(book: Book) -> None:
    fill(book, 30)
    report = verify(book)
    assert report.findings == ()
    assert report.ok
    assert report.rows >= 30 * len(SEALED)
    assert report.entries == 1


def test_every_direct_edit_is_named(book: Book) -> None:
    edits = 1_000 if book.dialect == "sqlite" else 150
    rng = random.Random(11)
    fill(book, 130 if book.dialect == "sqlite" else 30)
    named: set[tuple[str, str, str]] = set()
    old = put_back_old(book, edits // 10, rng)
    done = len(old)
    with behind_our_back(book) as conn:
        forger = Forger(conn, rng)
        taken = {(table, pk) for _, table, pk in old}
        for table in SEALED:
            forger.free[table.name] = [
                row
                for row in forger.free[table.name]
                if (table.name, str(row[0])) not in taken and "audit_head" not in str(row[0])
            ]
        while done < edits:
            table = SEALED[done % len(SEALED)]
            named |= {(kind, table.name, pk) for kind, pk in rng.choice(WAYS)(forger, table)}
            done += 1
    found = {f for f in findings(book) if f[0].startswith("row_")}
    assert found == named | old
    assert len(found) >= edits


def test_an_inserted_row_with_a_true_seal_has_no_birth(book: Book) -> None:
    fill(book, 3)
    shape = book.shapes["product"]
    row = dict(zip(shape.columns, shape.filled({"id": 77, "sku": "x"}), strict=True))
    with behind_our_back(book) as conn:
        seal = shape.seal_row(book.keys, row)
        conn.execute(product.insert().values(**row, row_mac=seal))
    assert findings(book) == {("row_unborn", "product", "77")}


def test_a_row_waydesk_deleted_and_somebody_put_back_is_named(book: Book) -> None:
    fill(book, 3)
    with book.engine.connect() as conn:
        old = row_of(conn, component, 10_000)
    with book.work(MEI) as work:
        work.delete(component, 10_000)
        work.tell("bundle.set")
        work.commit()
    assert verify(book).ok
    with behind_our_back(book) as conn:
        conn.execute(component.insert().values(old))
    assert findings(book) == {("row_unborn", "component", "10000")}


def test_values_no_program_would_write_are_named_too(book: Book) -> None:
    if book.dialect != "sqlite":
        return  # only SQLite lets a column hold anything
    fill(book, 3)
    with behind_our_back(book) as conn:
        conn.exec_driver_sql("UPDATE product SET title = CAST(x'ff' AS TEXT) WHERE id = 10000")
        conn.exec_driver_sql("UPDATE product SET weight_g = 1.5 WHERE id = 10007")
        conn.exec_driver_sql("UPDATE product SET weight_g = 'many' WHERE id = 10014")
    assert findings(book) == {("row_changed", "product", str(pk)) for pk in (10000, 10007, 10014)}


def chain_of(book: Book, lines: int) -> None:
    for n in range(lines):
        with book.work(MEI) as work:
            work.insert(product, {"id": 100 + n, "sku": f"s{n}"})
            work.tell("product.add", "product", 100 + n, reason="because")
            work.commit()


@contextmanager
def over_the_guards(book: Book) -> Iterator[Connection]:
    """Somebody who takes the database's guards off, edits the record, and puts them back."""
    with behind_our_back(book) as conn:
        for statement in DROP_GUARDS[book.dialect]:
            conn.exec_driver_sql(statement)
        yield conn
        for statement in RAISE_GUARDS[book.dialect]:
            conn.exec_driver_sql(statement)


def entry_findings(book: Book) -> list[tuple[str, str]]:
    return [(f.kind, f.key) for f in verify(book).findings if f.kind.startswith("entry")]


RECORD_COLUMNS = [c.name for c in audit.columns if c.name not in {"chain", "seq"}]


@pytest.mark.req("F172")
@pytest.mark.parametrize("column", RECORD_COLUMNS)
def test_a_line_changed_in_any_column_is_named(book: Book, column: str) -> None:
    chain_of(book, 5)
    with over_the_guards(book) as conn:
        kind = {c["name"]: str(c["type"]) for c in inspect(conn).get_columns("audit")}[column]
        forged = {"TEXT": "'forged'", "BLOB": "x'00'", "BYTEA": "'\\x00'::bytea"}.get(kind, "77")
        conn.exec_driver_sql(f"UPDATE audit SET {column} = {forged} WHERE seq = 3")
    first = entry_findings(book)[0]
    assert first == ("entry_edited", "1/3")


@pytest.mark.req("F172")
@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("DELETE FROM audit WHERE seq = 3", ("entry_missing", "1/3")),
        ("DELETE FROM audit WHERE seq = 1", ("entry_missing", "1/1")),
        ("DELETE FROM audit WHERE seq >= 4", ("entry_cut", "1/4")),
        ("DELETE FROM audit", ("entry_cut", "1/1")),
    ],
)
def test_a_line_taken_away_is_named(book: Book, statement: str, first: tuple[str, str]) -> None:
    chain_of(book, 5)
    with over_the_guards(book) as conn:
        conn.exec_driver_sql(statement)
    assert entry_findings(book) == [first]


@pytest.mark.req("F172")
@pytest.mark.parametrize("seq", [3, 6])
def test_a_line_somebody_put_in_is_named(book: Book, seq: int) -> None:
    """Between others, which move on by one, or at the end; without the key its hash cannot fit."""
    chain_of(book, 5)
    with over_the_guards(book) as conn:
        conn.exec_driver_sql(f"UPDATE audit SET seq = seq + 100 WHERE seq >= {seq}")
        conn.exec_driver_sql("UPDATE audit SET seq = seq - 99 WHERE seq >= 100")
        row = dict(conn.execute(audit.select().where(audit.c.seq == 2)).mappings().one())
        last = conn.execute(audit.select().where(audit.c.seq == seq - 1)).mappings().one()
        row |= {"seq": seq, "prev_hash": last["hash"], "hash": b"\x07" * 32, "reason": "forged"}
        conn.execute(audit.insert().values(row))
    assert entry_findings(book)[0] == ("entry_edited", f"1/{seq}")


@pytest.mark.req("F172")
def test_lines_that_changed_places_are_named(book: Book) -> None:
    chain_of(book, 5)
    with over_the_guards(book) as conn:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            conn.exec_driver_sql(f"UPDATE audit SET seq = {after} WHERE seq = {before}")
    (kind, key), *_ = entry_findings(book)
    assert (kind, key) in {("entry_edited", "1/2"), ("entry_reordered", "1/2")}


def test_a_book_put_back_as_it_was_shows_against_a_head_seen_elsewhere(book: Book) -> None:
    chain_of(book, 3)
    seen = {chain: [head] for chain, head in verify(book).heads.items()}
    assert verify(book, seen).ok
    assert not verify(book, {1: [Head(9, b"\x01" * 32)]}).ok
    chain_of_more = verify(book, {1: [Head(2, b"\x02" * 32)]}).findings
    assert [(f.kind, f.key) for f in chain_of_more] == [("entry_rewritten", "1/2")]


def test_a_head_taken_away_or_turned_back_is_named(book: Book) -> None:
    chain_of(book, 2)
    with book.engine.connect() as conn:
        old = conn.exec_driver_sql("SELECT value_json, version, row_mac FROM setting").one()
    chain_key = {"key": "audit_head:1"}
    with book.work(MEI) as work:
        work.tell("one.more")
        work.commit()
    setting = next(t for t in SEALED if t.name == "setting")
    with behind_our_back(book) as conn:
        conn.execute(setting.update().values(**old._mapping))
    assert findings(book) == {("head_old", "setting", "audit_head:1")}
    with behind_our_back(book) as conn:
        conn.execute(setting.delete())
    assert findings(book) == {("head_old", "setting", chain_key["key"])}


def test_a_guard_somebody_dropped_is_named(book: Book) -> None:
    chain_of(book, 1)
    with behind_our_back(book) as conn:
        drop = {"sqlite": "DROP TRIGGER audit_no_delete"}.get(
            book.dialect, "DROP TRIGGER audit_no_truncate ON audit"
        )
        conn.exec_driver_sql(drop)
    assert {f.kind for f in verify(book).findings} == {"guard_missing"}


def search_and_counters(book: Book) -> None:
    tokens = book.keys.tokens("张小伟")
    with book.work(MEI) as work:
        channel = {"id": 1, "name": "shop"}
        work.insert(next(t for t in SEALED if t.name == "channel"), channel)
        work.insert(
            orders,
            {"id": 5, "channel_id": 1, "number": "SO1", "external_id": "e", "currency": "CNY",
             "total_minor": 900, "counted_tab": "to_review", "counted_minor": 900},
        )  # fmt: skip
        work.insert(receiver, {"order_id": 5, "tokens": pack_tokens(tokens)})
        replace_tokens(work, 5, tokens)
        counters.add(work, "tab:to_review", 1, 900, (1, 0, "CNY"))
        work.tell("order.add")
        work.commit()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM name_token WHERE token = (SELECT min(token) FROM name_token)", "token_wrong"),
        ("INSERT INTO name_token VALUES (7, 5)", "token_wrong"),
        ("UPDATE name_token SET order_id = 6", "token_wrong"),
        ("UPDATE counter SET n = n + 1", "counter_wrong"),
        ("UPDATE counter SET amount_minor = 0", "counter_wrong"),
        ("DELETE FROM counter", "counter_wrong"),
        ("INSERT INTO counter VALUES ('case:P0', 0, 0, '', 3, 0)", "counter_wrong"),
    ],
)
def test_derived_tables_are_made_again_and_compared(book: Book, statement: str, kind: str) -> None:
    search_and_counters(book)
    assert verify(book).ok
    with behind_our_back(book) as conn:
        conn.exec_driver_sql(statement)
    assert {f.kind for f in verify(book).findings} == {kind}


def test_verifying_changes_nothing(book: Book) -> None:
    chain_of(book, 2)
    before: Callable[[], int] = lambda: verify(book).entries  # noqa: E731
    assert before() == before() == 2
