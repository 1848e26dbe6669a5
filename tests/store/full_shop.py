"""A book with rows in every sealed table, whatever tables there are."""

import random
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.types import LargeBinary, Text

from app.store.schema import SEALED
from app.store.tables_record import setting
from app.store.work import Book, Work
from tests.worlds import MEI

#: columns whose checks tie them to others
_ZERO = {"cancelled", "released", "used", "reserved", "shipped"}
#: columns other tables are derived from: these rows are found by no name and counted nowhere
_GIVEN = {"tokens": None, "counted_tab": ""}


def fill(book: Book, rows: int, seed: int = 7, per_work: int = 50) -> None:
    """Write ``rows`` rows into every sealed table through the one way in."""
    rng = random.Random(seed)
    made: dict[str, list[int | str]] = {table.name: [] for table in SEALED}
    for start in range(0, rows, per_work):
        with book.work(MEI) as work:
            for table in SEALED:
                for n in range(start, min(rows, start + per_work)):
                    _put(work, table, n, made, rng)
            work.tell("test.fill", "book", start)
            work.commit()


def _put(
    work: Work, table: Table, n: int, made: dict[str, list[int | str]], rng: random.Random
) -> None:
    row = {c.name: value_for(c, n, made, rng) for c in table.columns if c.name != "row_mac"}
    pk = next(iter(table.primary_key.columns)).name
    work.insert(table, row)
    made[table.name].append(row[pk])


def value_for(
    column: Column[Any], n: int, made: dict[str, list[int | str]], rng: random.Random
) -> Any:
    if column.name in _GIVEN:
        return _GIVEN[column.name]
    for key in column.foreign_keys:
        return made[key.column.table.name][n]
    if column.primary_key:
        return f"key-{n:06}" if column.table is setting else 10_000 + 7 * n
    return _of_its_kind(column, n, rng)


def _of_its_kind(column: Column[Any], n: int, rng: random.Random) -> Any:
    if isinstance(column.type, LargeBinary):
        return rng.randbytes(8 * rng.randint(1, 4))
    if isinstance(column.type, Text):
        uncounted = column.name == "state" and column.table.name == "cases"
        return "settled" if uncounted else f"{column.name} {n} 张伟"
    if column.name in _ZERO:
        return 0
    return 1_000_000 + n if column.name.endswith("_id") else rng.randint(1, 9_999)
