"""What a transaction did to sealed rows, value by value: the before and after of an audit entry.

The entry's hash covers these values like everything else in it, so that a later reader may rely on
what stood before. Nothing personal is ever among them: ciphertexts, indexes and digests are told
as changed and no more, and so is every text about a person, masks too: a line of the record
outlives the erasing of that person (`app.store.erasure`).
New orders come in without any of it: a birth has no before, and its row is sealed by itself.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import LargeBinary

from app.store.seal import Row, Shape

Pk = int | str

#: rows that keep the house going or are a record themselves: their entry says enough of them
QUIET_TABLES = frozenset(
    {
        *("event", "session", "raw_record", "time_reading", "stock_move", "cursor", "serial"),
        "import_change",
    }
)
#: what moves with every write, and what other columns already say
QUIET_COLUMNS = frozenset(
    {
        *("version", "updated_at", "seen_at", "counted_tab", "counted_minor", "phone_tail"),
        *("stood_as", "state_at", "paid_here_at", "reserved_at"),
        *("lease_until", "attempts", "next_at", "first_sent_at", "claimed_at", "lookups"),
    }
)
CLOSED_ENDINGS = ("_ct", "_hash", "_digest", "_index", "_secret", "_mac")
#: the settings whose value is a choice of the shop and no secret
PLAIN_SETTINGS = "policy."
MOST_ROWS = 200
MOST_TEXT = 300
MORE = "more"


class Kept:
    """Which columns of one table are told, and which only as changed."""

    def __init__(self, shape: Shape) -> None:
        self.is_quiet = shape.name in QUIET_TABLES
        self.has_choices = shape.name == "setting"
        self.told = tuple(
            name for name in shape.columns if name != shape.pk and name not in QUIET_COLUMNS
        )
        self.closed = frozenset(name for name in self.told if is_closed(shape, name))


def is_closed(shape: Shape, name: str) -> bool:
    """Whether a column's content never stands in the record."""
    column = shape.table.c[name]
    closed = isinstance(column.type, LargeBinary) or column.info.get("personal", False)
    return bool(closed) or name.endswith(CLOSED_ENDINGS)


class Changes:
    """Gathers one transaction's changes; ``packed`` is what its entry keeps.

    An entry holds a JSON list of ``[table, key, how, columns]``: ``how`` is changed (each column
    with its value before and after), born or gone (each with its one value). A closed column has
    an empty list, and the currency of changed amounts, when it stayed, its one value. Behind the
    first 200 rows stands how many more there were.
    """

    def __init__(self, kept: Mapping[str, Kept]) -> None:
        self._kept = kept
        self._seen: dict[str, dict[Pk, Row]] = {}
        self._told: dict[tuple[str, Pk], tuple[str, dict[str, list[Any]]]] = {}

    def saw(self, table: str, pk: Pk, row: Row) -> None:
        """Remember how a row was read first; what a handler does to its copy is its own affair."""
        if not self._kept[table].is_quiet:
            seen = self._seen.setdefault(table, {})
            if pk not in seen:
                seen[pk] = dict(row)

    def knows(self, table: str, pk: Pk) -> bool:
        """Whether a row was read, or nothing of it is ever told."""
        return self._kept[table].is_quiet or pk in self._seen.get(table, ())

    def born(self, table: str, pk: Pk, row: Mapping[str, Any]) -> None:
        """A person made this row."""
        self._tell(table, pk, "born", row)

    def gone(self, table: str, pk: Pk) -> None:
        """This row was taken away."""
        before = self._seen.get(table, {}).get(pk)
        if before is not None:
            self._tell(table, pk, "gone", before)

    def became(self, table: str, pk: Pk, after: Row) -> None:
        """This row now stands so."""
        before, kept = self._seen.get(table, {}).get(pk), self._kept[table]
        if before is None:
            return
        moved = {
            name: []
            if name in kept.closed or _is_shut(kept, pk)
            else [_short(before[name]), _short(after[name])]
            for name in kept.told
            if before[name] != after[name]
        }
        if moved:
            if "currency" in kept.told and any(name.endswith("_minor") for name in moved):
                moved.setdefault("currency", [after["currency"]])
            self._told[table, pk] = ("changed", moved)

    def packed(self) -> str:
        """The list in JSON; empty text when nothing is to be told."""
        if not self._told:
            return ""
        rows: list[list[Any]] = [
            [table, pk, how, columns] for (table, pk), (how, columns) in self._told.items()
        ]
        if len(rows) > MOST_ROWS:
            rows = [*rows[:MOST_ROWS], ["", len(rows) - MOST_ROWS, MORE, {}]]
        return msgspec.json.encode(rows).decode()

    def _tell(self, table: str, pk: Pk, how: str, row: Mapping[str, Any]) -> None:
        kept = self._kept[table]
        if kept.is_quiet:
            return
        shut = _is_shut(kept, pk)
        self._told[table, pk] = (
            how,
            {
                name: [] if shut or name in kept.closed else [_short(row[name])]
                for name in kept.told
                if row.get(name) not in {None, "", 0}
            },
        )


def _is_shut(kept: Kept, pk: Pk) -> bool:
    return kept.has_choices and not str(pk).startswith(PLAIN_SETTINGS)


def _short(value: Any) -> Any:
    long = isinstance(value, str) and len(value) > MOST_TEXT
    return f"{value[:MOST_TEXT]}…" if long else value
