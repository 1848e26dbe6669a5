"""The desk's eyes: one read-only connection on the local SQLite file.

Opened ``mode=ro``: a reader that only promised not to write would still checkpoint when it closes
last (house.md). Each thread that reads has its own.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class ReadBook:
    """Runs SELECTs and gives rows; never writes, never waits for a writer."""

    def __init__(self, path: Path) -> None:
        """Open the file; raises sqlite3.OperationalError while there is none yet."""
        self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        for pragma in ("query_only=ON", "trusted_schema=OFF", "cache_size=-16384"):
            self._db.execute(f"PRAGMA {pragma}")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, None when there is none."""
        found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return found

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


def frozen(kind: type[T], rows: Iterable[sqlite3.Row]) -> tuple[T, ...]:
    """Rows as frozen values whose fields bear the columns' names."""
    return tuple(kind(**dict(row)) for row in rows)


def marks(n: int) -> str:
    """Placeholders for ``n`` bound values."""
    return ",".join("?" * n)
