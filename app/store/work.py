"""One transaction of the book: everything a command changes, its seals and its audit entry.

Leaving the block without ``commit`` rolls back. A commit without an audit entry is refused by
the engine's guard, so a change without a name on it cannot exist.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Select, Table
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.errors import NotFound, RowChanged, StaleVersion
from app.domain.errors_away import BookAway
from app.domain.ports import Clock, Ids
from app.store import audit
from app.store.changes import Changes, Kept
from app.store.chest import Chest
from app.store.engine import says_away
from app.store.keys import Keys
from app.store.schema import metadata
from app.store.seal import DELETED, Row, Shape, Touched

CHUNK = 400  # keys in one IN (…): below every engine's limit of bound values


@dataclass(frozen=True, slots=True)
class Place:
    """Where the record is written: this desk's chain, its name and the program's version."""

    chain: int = 0
    host: str = ""
    app: str = ""


class Book:
    """The one database whose rows are the truth, with what it takes to write into it.

    Attributes:
        chain: the id of this desk's audit chain.
        keys: the data keys; a change of them serves from the next transaction on.
        chest: where the shop's own key is asked for again; None where nobody can give it.
    """

    chest: Chest | None = None

    def __init__(
        self, engine: Engine, keys: Keys, clock: Clock, ids: Ids, place: Place | None = None
    ) -> None:
        self.engine, self.keys, self.clock, self.ids = engine, keys, clock, ids
        place = place or Place()
        self.chain, self.app, self.host = place.chain, place.app, place.host
        self.shapes = {t.name: Shape(t) for t in metadata.sorted_tables}
        self.kept = {name: Kept(shape) for name, shape in self.shapes.items()}
        self.dialect = engine.dialect.name

    @contextmanager
    def work(self, actor: Actor, command_id: int = 0) -> Iterator["Work"]:
        """Open one transaction in the name of ``actor``; it ends with the block.

        Raises :class:`BookAway` when a shared book's server is not reached, or does not answer.
        """
        try:
            with self.engine.connect() as conn, conn.begin() as transaction:
                work = Work(self, conn, actor, command_id)
                yield work
                if not work.committed:
                    transaction.rollback()
        except Exception as problem:
            if says_away(self.engine, problem):
                raise BookAway from problem
            raise
        if work.committed:
            for act in work.afterwards:
                act()


class Work:
    """What a handler works with: rows in, rows out, one audit entry at the end.

    Attributes:
        now: the book's time in UTC milliseconds, the same for the whole transaction.
        marked: what changed, for the screens: kinds of rows (``orders``, ``cases``, ``stock``,
            ``people`` …), each with the ids that changed; none means all of them.
        afterwards: what is done once the transaction stands: what a file or the memory must not
            know before the book does.
    """

    def __init__(self, book: Book, conn: Connection, actor: Actor, command_id: int) -> None:
        self.book, self.conn, self.actor, self.command_id = book, conn, actor, command_id
        self.keys, self.ids = book.keys, book.ids
        self._mark = "?" if book.dialect == "sqlite" else "%s"
        self.now = book.clock.now()
        self.marked: dict[str, set[int]] = {}
        self.afterwards: list[Callable[[], None]] = []
        self.committed = False
        self._entries: list[audit.Told] = []
        self._touched = Touched()
        self._changes = Changes(book.kept)
        self._dirty: dict[str, set[int | str]] = {}

    # --- reading ------------------------------------------------------------------------------

    def rows(self, query: Select[Any]) -> list[Row]:
        """The rows of a query as plain dictionaries."""
        return [dict(r) for r in self.conn.execute(query).mappings()]

    def row(self, table: Table, pk: int | str) -> Row:
        """One row by its key, its seal checked; :class:`NotFound` when there is none."""
        found = self.find(table, pk)
        if found is None:
            raise NotFound(what=table.name, id=str(pk))
        return found

    def find(self, table: Table, pk: int | str) -> Row | None:
        """One row by its key or None; :class:`RowChanged` when its seal does not fit."""
        rows = self.of(table, self.book.shapes[table.name].pk, pk)
        return rows[0] if rows else None

    def of(self, table: Table, column: str, *values: int | str, lock: bool = False) -> list[Row]:
        """The rows whose ``column`` has one of these values, by key, each seal checked.

        ``lock`` keeps other computers of a shared book from changing them before the commit. Goes
        past the statement compiler, which would cost more than the query (speed.md).
        """
        shape = self.book.shapes[table.name]
        names = ",".join(f'"{c.name}"' for c in table.columns)
        marks = ",".join([self._mark] * len(values))
        sql = f'SELECT {names} FROM "{shape.name}" WHERE "{column}" IN ({marks}) ORDER BY 1'  # noqa: S608 - schema names
        if lock and self.book.dialect != "sqlite":
            sql += " FOR UPDATE"
        driver: Any = self.conn.connection.driver_connection
        keys = [c.name for c in table.columns]
        found = driver.execute(sql, values).fetchall()
        return [self.checked(table, dict(zip(keys, row, strict=True))) for row in found]

    def checked(self, table: Table, row: Row) -> Row:
        """The row itself, once its seal fits; :class:`RowChanged` names a row that was altered."""
        shape = self.book.shapes[table.name]
        pk = row[shape.pk]
        if not shape.is_sealed or pk in self._dirty.get(table.name, ()):
            return row
        if row["row_mac"] is None or bytes(row["row_mac"]) != shape.seal_row(self.keys, row):
            raise RowChanged(table=table.name, id=str(pk))
        self._changes.saw(shape.name, pk, row)
        return row

    # --- writing ------------------------------------------------------------------------------

    def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Write new rows, sealed, in one go; the schema's defaults fill what is not given."""
        shape = self.book.shapes[table.name]
        values = [shape.filled(row) for row in rows]
        if not shape.is_sealed:
            self.execute_many(table, shape.columns, values)
            return
        at = shape.columns.index(shape.pk)
        sealed = []
        for row in values:
            seal = shape.seal(self.keys, row)
            self._touched.add(shape.name, row[at], seal)  # type: ignore[arg-type]  # a key is never bytes
            sealed.append((*row, seal))
        self.execute_many(table, (*shape.columns, "row_mac"), sealed)
        if self.actor.operator_id and len(rows) == 1:  # many at once are intake or an import
            self._changes.born(shape.name, rows[0][shape.pk], rows[0])

    def execute_many(
        self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert plain tuples through the driver: the fast way in (speed.md)."""
        if rows:
            marks = ",".join([self._mark] * len(columns))
            names = ",".join(f'"{c}"' for c in columns)
            sql = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 - schema names
            self.conn.exec_driver_sql(sql, [tuple(r) for r in rows])

    def update(self, table: Table, pk: int | str, expect: int | None = None, **values: Any) -> None:
        """Change one row and raise its version; :class:`StaleVersion` when it moved meanwhile.

        ``expect`` is the version the change was decided on; None takes whatever stands. A row that
        was altered behind our back raises :class:`RowChanged`: it is never sealed anew.
        """
        self._look(table, pk)
        mark = self._mark
        sets = [f'"{table.c[name].name}"={mark}' for name in values]
        if "version" in table.c and "version" not in values:
            sets.append('"version"="version"+1')
        given = [*values.values(), pk]
        pk_name = self.book.shapes[table.name].pk
        sql = f'UPDATE "{table.name}" SET {",".join(sets)} WHERE "{pk_name}"={mark}'  # noqa: S608 - schema names
        if expect is not None:
            sql, given = f'{sql} AND "version"={mark}', [*given, expect]
        if self.conn.exec_driver_sql(sql, tuple(given)).rowcount != 1:
            raise StaleVersion(what=table.name, expected=expect or 0, found=str(pk))
        self.touch(table, pk)

    def plain(self, sql: str, values: Sequence[Any]) -> CursorResult[Any]:
        """Run one plain statement that writes no sealed row; ``?`` marks its values."""
        text = sql if self._mark == "?" else sql.replace("?", "%s")
        return self.conn.exec_driver_sql(text, tuple(values))

    def execute_each(self, sql: str, values: Sequence[Sequence[Any]]) -> int:
        """Run one plain statement for each of these values; how many rows it met in all.

        Whoever writes sealed rows this way must ``touch`` them.
        """
        if not values:
            return 0
        text = sql if self._mark == "?" else sql.replace("?", "%s")
        return self.conn.exec_driver_sql(text, [tuple(one) for one in values]).rowcount

    def execute(self, statement: Executable) -> Any:
        """Run any statement; whoever writes sealed rows this way must ``touch`` them."""
        return self.conn.execute(statement)

    def touch(self, table: Table, *pks: int | str) -> None:
        """Say that these rows were written, so that they are sealed before the commit."""
        self._dirty.setdefault(table.name, set()).update(pks)

    def mark(self, kind: str, *ids: int) -> None:
        """Say which rows screens should read again once this is committed."""
        self.marked.setdefault(kind, set()).update(ids)

    def delete(self, table: Table, pk: int | str) -> None:
        """Take one row away; the record keeps that it went."""
        shape = self.book.shapes[table.name]
        self._look(table, pk)
        sql = f'DELETE FROM "{shape.name}" WHERE "{shape.pk}"={self._mark}'  # noqa: S608 - schema names
        self.conn.exec_driver_sql(sql, (pk,))
        self._dirty.get(table.name, set()).discard(pk)
        self._touched.add(table.name, pk, DELETED)
        self._changes.gone(shape.name, pk)

    def _look(self, table: Table, pk: int | str) -> None:
        """Read a row about to be changed that nobody has read: the record keeps how it stood."""
        known = self._changes.knows(table.name, pk) or self._touched.has(table.name, pk)
        if not known and self.book.shapes[table.name].is_sealed:
            self.find(table, pk)

    # --- the record ---------------------------------------------------------------------------

    def tell(
        self, action: str, on: str = "", object_id: int = 0, **detail: str | int | list[str]
    ) -> None:
        """Add an audit entry; ``reason`` and ``result`` in ``detail`` fill their own columns."""
        self._entries.append(audit.Told(action, on, object_id, detail))

    @property
    def has_told(self) -> bool:
        """Whether anything was said for the record so far."""
        return bool(self._entries)

    def commit(self) -> None:
        """Seal the touched rows, write the audit entries, and let the transaction end well."""
        for name, pks in self._dirty.items():
            self._seal(self.book.shapes[name], list(pks))
        self._dirty.clear()
        audit.append(self, self._entries, self._touched.packed(), self._changes.packed())
        self.committed = True

    def _seal(self, shape: Shape, pks: list[int | str]) -> None:
        if not shape.is_sealed:
            return
        table = shape.table
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            seals = []
            for row in self.of(table, shape.pk, *some):
                seal = shape.seal_row(self.keys, row)
                self._touched.add(shape.name, row[shape.pk], seal)
                self._changes.became(shape.name, row[shape.pk], row)
                seals.append((seal, row[shape.pk]))
            sql = f'UPDATE "{shape.name}" SET row_mac={self._mark} WHERE "{shape.pk}"={self._mark}'  # noqa: S608 - schema names
            if seals:
                self.conn.exec_driver_sql(sql, seals)
