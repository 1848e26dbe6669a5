"""Remembers, outside of memory, what the record says each row looked like when last written.

The record of a shop with a million orders names ten million rows. They are kept in a private
temporary file of SQLite's that nobody else can open, in the order of their keys, so that the live
rows can be read past them once.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from app.store.seal import SHORT, unpack

BATCH = 20_000
Pk = int | str
Said = tuple[Pk, frozenset[bytes]]


class LastSaid:
    """The last seal the record gives each row, for each desk's chain.

    Two desks that write one row may each have said something last; the row must bear one of them.
    """

    def __init__(self, scratch: sqlite3.Connection) -> None:
        self._scratch = scratch
        self._numbers: dict[str, int] = {}
        self._waiting: list[tuple[int, Pk, int, bytes]] = []
        scratch.execute(
            "CREATE TABLE said (t INTEGER, pk, chain INTEGER, seal BLOB,"
            " PRIMARY KEY (t, pk, chain)) WITHOUT ROWID"
        )

    def take(self, chain: int, touched: bytes) -> None:
        """Read the rows one authentic entry sealed."""
        for table, pk, seal in unpack(touched):
            number = self._numbers.setdefault(table, len(self._numbers))
            self._waiting.append((number, pk, chain, bytes(seal[:SHORT])))
        if len(self._waiting) >= BATCH:
            self.settle()

    def settle(self) -> None:
        """Write what was taken, later words over earlier ones."""
        self._scratch.executemany(
            "INSERT OR REPLACE INTO said (t, pk, chain, seal) VALUES (?, ?, ?, ?)", self._waiting
        )
        self._waiting.clear()

    def of(self, table: str) -> Iterator[Said]:
        """Every row of a table the record names, by key, with the seals it may bear."""
        number = self._numbers.get(table, -1)
        rows = self._scratch.execute(
            "SELECT pk, seal FROM said WHERE t = ? ORDER BY pk, chain", (number,)
        )
        pk: Pk | None = None
        seals: set[bytes] = set()
        for next_pk, seal in rows:
            if pk is not None and next_pk != pk:
                yield pk, frozenset(seals)
                seals = set()
            pk = next_pk
            seals.add(seal)
        if pk is not None:
            yield pk, frozenset(seals)


class WantedTokens:
    """The name tokens the sealed receivers ask for, to hold against those that are there."""

    def __init__(self, scratch: sqlite3.Connection) -> None:
        self._scratch = scratch
        scratch.execute(
            "CREATE TABLE wanted (token INTEGER, order_id INTEGER,"
            " PRIMARY KEY (token, order_id)) WITHOUT ROWID"
        )

    def take(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Add (token, order id) pairs."""
        self._scratch.executemany("INSERT OR IGNORE INTO wanted VALUES (?, ?)", pairs)

    def all(self) -> Iterator[tuple[int, int]]:
        """Every pair, ascending."""
        yield from self._scratch.execute("SELECT token, order_id FROM wanted ORDER BY 1, 2")


@contextmanager
def scratch_file() -> Iterator[sqlite3.Connection]:
    """Lend a temporary database that goes away with the block, whatever happens."""
    scratch = sqlite3.connect("", isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE"):
            scratch.execute(f"PRAGMA {pragma}")
        scratch.execute("PRAGMA cache_size=-32768")
        scratch.execute("BEGIN")
        yield scratch
    finally:
        scratch.close()
