"""Counts and sums the board shows, moved in the same transaction as what they count."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.store.tables_record import counter
from app.store.work import Work


def add(
    work: Work, name: str, n: int, amount_minor: int = 0, scope: tuple[int, str] = (0, "")
) -> None:
    """Move one counter by ``n`` and ``amount_minor``; ``scope`` is (channel id, currency)."""
    if n == 0 and amount_minor == 0:
        return
    insert = sqlite.insert if work.book.dialect == "sqlite" else postgresql.insert
    new = insert(counter).values(
        name=name, channel_id=scope[0], currency=scope[1], n=n, amount_minor=amount_minor
    )
    work.execute(
        new.on_conflict_do_update(
            index_elements=[counter.c.name, counter.c.channel_id, counter.c.currency],
            set_={
                "n": counter.c.n + new.excluded.n,
                "amount_minor": counter.c.amount_minor + new.excluded.amount_minor,
            },
        )
    )


def count(work: Work, name: str) -> int:
    """The sum of one counter over every shop and currency."""
    rows = work.rows(select(counter.c.n).where(counter.c.name == name))
    return sum(row["n"] for row in rows)
