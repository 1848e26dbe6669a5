"""Leases the serials of numbers people read, so that no two desks ever give out the same (F201)."""

from datetime import date

from sqlalchemy import select

from app.domain.numbers import Lease, NumberKind, lease
from app.store.tables_record import serial
from app.store.work import Work


def lease_serials(work: Work, kind: NumberKind, day: date, size: int) -> Lease:
    """Take the next ``size`` serials of a shop day; the book moves on in this transaction.

    Raises :class:`NumbersSpent` when the day has none left; fewer than asked may come.
    """
    text = day.isoformat()
    # Two keepers may need the day's first number at once: one of them makes the row.
    work.execute_each(
        "INSERT INTO serial (id, kind, day, next) VALUES (?, ?, ?, 0)"
        " ON CONFLICT (kind, day) DO NOTHING",
        [(work.ids.next(), kind.value, text)],
    )
    query = select(serial).where(serial.c.kind == kind.value, serial.c.day == text)
    row = work.rows(query.with_for_update())[0]
    taken = lease(kind, day, row["next"], size)
    work.update(serial, row["id"], next=taken.last)
    return taken
