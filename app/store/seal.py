"""Row seals: what each sealed row looked like when Waydesk last wrote it (security.md 3.7).

A seal is an HMAC over table, key and every business column. It is computed once for each row a
transaction touched, and stands again, sealed, in that transaction's audit entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import Table

Value = int | str | bytes | None
Row = dict[str, Any]

DELETED = b"\x00" * 8
SHORT = 8  # bytes of each seal that stand in the audit entry


class Sealer(Protocol):
    """The part of the keys that can seal a row."""

    def mac(self, message: bytes) -> bytes:
        """Return 16 bytes that only the holder of the row key can compute."""
        ...


def default_of(table: Table, name: str) -> Value:
    """The value the schema gives ``name`` when nobody names one."""
    default = table.c[name].server_default
    if default is None:
        return None
    word = str(default.arg.text)  # type: ignore[attr-defined]  # every default is text(...)
    return word[1:-1] if word.startswith("'") else int(word)


class Shape:
    """The columns of one sealed table in their sealed order.

    Attributes:
        name: the table's name.
        pk: the name of its key column.
        columns: every column but the seal, in the order in which they are sealed.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.name = str(table.name)
        self.pk = str(next(iter(table.primary_key.columns)).name)
        self.columns = tuple(str(c.name) for c in table.columns if c.name != "row_mac")
        self.is_sealed = "row_mac" in table.c
        self.defaults = {name: default_of(table, name) for name in self.columns}

    def filled(self, row: Mapping[str, Any]) -> tuple[Value, ...]:
        """The row's values in order, with the schema's defaults where none is given."""
        whole = {**self.defaults, **row}
        if len(whole) != len(self.defaults):
            unknown = row.keys() - self.defaults.keys()
            raise KeyError(f"{self.name} has no column {sorted(unknown)[0]}")
        return tuple(whole.values())

    def seal(self, keys: Sealer, values: Sequence[Value]) -> bytes:
        """The seal of a row whose values stand in the sealed order."""
        return keys.mac(msgspec.msgpack.encode((self.name, *values)))

    def seal_row(self, keys: Sealer, row: Mapping[str, Any]) -> bytes:
        """The seal of a row as read from the database."""
        return self.seal(keys, tuple(row[name] for name in self.columns))


class Touched:
    """The rows one transaction wrote, packed for its audit entry."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int | str, bytes]] = {}

    def add(self, table: str, pk: int | str, seal: bytes) -> None:
        """Remember that this row now carries ``seal``."""
        self._rows.setdefault(str(table), {})[pk] = seal[:SHORT]

    def has(self, table: str, pk: int | str) -> bool:
        """Whether this transaction wrote the row already."""
        return pk in self._rows.get(table, ())

    def packed(self) -> bytes:
        """``[[table, [pk …], seals joined] …]`` in msgpack; empty when nothing was touched."""
        if not self._rows:
            return b""
        return msgspec.msgpack.encode(
            [[name, list(rows), b"".join(rows.values())] for name, rows in self._rows.items()]
        )


def unpack(packed: bytes) -> Iterable[tuple[str, int | str, bytes]]:
    """The (table, pk, short seal) of every row in a packed ``touched``."""
    if not packed:
        return
    for name, pks, seals in msgspec.msgpack.decode(packed):
        for at, pk in enumerate(pks):
            yield name, pk, seals[at * SHORT : (at + 1) * SHORT]
