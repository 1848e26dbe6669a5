"""Counts and sums the board shows, moved in the same transaction as what they count."""

from sqlalchemy import select

from app.store.tables_record import counter
from app.store.work import Work

Scope = tuple[int, int, str]
"""What a counter speaks about: a shop's id, a warehouse's id (0: none), a currency."""


def add(work: Work, name: str, n: int, amount_minor: int = 0, scope: Scope = (0, 0, "")) -> None:
    """Move one counter by ``n`` and ``amount_minor``."""
    if n == 0 and amount_minor == 0:
        return
    work.plain(
        "INSERT INTO counter (name, channel_id, location_id, currency, n, amount_minor)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (name, channel_id, location_id, currency) DO UPDATE SET"
        " n = counter.n + excluded.n, amount_minor = counter.amount_minor + excluded.amount_minor",
        (name, *scope, n, amount_minor),
    )


def count(work: Work, name: str) -> int:
    """The sum of one counter over every shop and currency."""
    rows = work.rows(select(counter.c.n).where(counter.c.name == name))
    return sum(row["n"] for row in rows)
