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
    query = select(serial).where(serial.c.kind == kind.value, serial.c.day == text)
    found = work.rows(query.with_for_update())
    taken = lease(kind, day, found[0]["next"] if found else 0, size)
    if found:
        work.update(serial, found[0]["id"], next=taken.last)
    else:
        row = {"id": work.ids.next(), "kind": kind.value, "day": text, "next": taken.last}
        work.insert(serial, row)
    return taken
