"""What a book holds, counted: the figures a whole run is held against."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from app.domain.actor import worker
from app.store.tables import line as item
from app.store.tables import lock, orders, parcel, print_job, stock, stock_move, waybill
from app.store.tables_record import case
from app.store.work import Book, Work

PRINTED = ("spooled", "printed")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one book.

    Attributes:
        pending: orders kept whole that wait until somebody explains a word of theirs.
        labels: labels that left for a printer, copies counted.
        labels_distinct: waybill numbers among them.
        written_back: parcels whose shipment the shop's platform was told.
        cases: exceptions nobody has settled.
        oversold: units promised or sent beyond what was there.
    """

    booked: int
    pending: int
    lines: int
    locks: int
    waybills: int
    labels: int
    labels_distinct: int
    written_back: int
    cases: int
    oversold: int


def count(book: Book) -> Figures:
    """Count the book in one snapshot; nothing is written."""
    with book.work(worker("figures")) as work:
        return Figures(
            booked=_count(work, orders.c.id, orders.c.intake == "booked"),
            pending=_count(work, orders.c.id, orders.c.intake != "booked"),
            lines=_count(work, item.c.id),
            locks=_count(work, lock.c.id),
            waybills=_count(work, waybill.c.id, waybill.c.state == "live"),
            labels=_count(work, print_job.c.id, print_job.c.state.in_(PRINTED)),
            labels_distinct=_numbers_printed(work),
            written_back=_count(work, parcel.c.id, parcel.c.written_back_at.is_not(None)),
            cases=_count(work, case.c.id, case.c.state != "settled"),
            oversold=oversold(work),
        )


def _count(work: Work, column: ColumnElement[int], *where: ColumnElement[bool]) -> int:
    return int(work.conn.execute(select(func.count(column)).where(*where)).scalar() or 0)


def _numbers_printed(work: Work) -> int:
    query = (
        select(func.count(func.distinct(waybill.c.carrier_no)))
        .join(print_job, print_job.c.waybill_id == waybill.c.id)
        .where(print_job.c.state.in_(PRINTED))
    )
    return int(work.conn.execute(query).scalar() or 0)


def oversold(work: Work) -> int:
    """Units promised or shipped beyond what was ever there, summed over merchant codes."""
    taken = select(stock_move.c.sku, func.sum(stock_move.c.d_physical).label("n"))
    moved = {r["sku"]: int(r["n"]) for r in work.rows(taken.group_by(stock_move.c.sku))}
    units = 0
    for row in work.rows(select(stock)):
        there = row["opening"] + moved.get(row["sku"], 0)
        units += max(0, -there) + max(0, row["reserved"] - row["physical"])
    return units
