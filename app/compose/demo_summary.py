"""What came of a demonstration, counted in the book and at the other side."""

from pathlib import Path

import msgspec
import pypdfium2
from sqlalchemy import func, select

from app.compose.demo_world import World
from app.domain.actor import worker
from app.store.tables import line as item
from app.store.tables import lock, orders, parcel, print_job, stock, stock_move, waybill
from app.store.tables_record import case
from app.store.verify import verify
from app.store.work import Book, Work

PRINTED = ("spooled", "printed")


class Summary(msgspec.Struct, frozen=True):
    """The figures of `summary.json`; counts are whole numbers, seconds of wall time."""

    orders_offered: int
    orders_booked: int
    lines: int
    locks: int
    waybills: int
    waybills_at_carrier: int
    labels: int
    labels_distinct: int
    shipped_written_back: int
    shipped_at_channel: int
    cases: int
    oversold: int
    audit_ok: bool
    seconds: float
    orders_per_second: float


def summarise(book: Book, world: World, offered: int, seconds: float) -> Summary:
    """Count everything twice: in the book, and in the truth of shop and carrier."""
    with book.work(worker("demo")) as work:
        booked = _count(work, orders.c.id, orders.c.intake == "booked")
        live = waybill.c.state == "live"
        printed = print_job.c.state.in_(PRINTED)
        numbers = _distinct_labels(work)
        counted = {
            "lines": _count(work, item.c.id),
            "locks": _count(work, lock.c.id),
            "waybills": _count(work, waybill.c.id, live),
            "labels": _count(work, print_job.c.id, printed),
            "shipped_written_back": _count(
                work, parcel.c.id, parcel.c.written_back_at.is_not(None)
            ),
            "cases": _count(work, case.c.id, case.c.state != "settled"),
            "oversold": oversold(work),
        }
    report = verify(book)
    book.engine.dispose()
    shipped = world.shipped_at_channel()
    return Summary(
        orders_offered=offered,
        orders_booked=booked,
        waybills_at_carrier=world.waybills_at_carrier(),
        labels_distinct=numbers,
        shipped_at_channel=sum(len(set(found)) for found in shipped.values()),
        audit_ok=report.ok,
        seconds=round(seconds, 2),
        orders_per_second=round(booked / seconds, 1) if seconds else 0.0,
        **counted,
    )


def _count(work: Work, column: object, *where: object) -> int:
    query = select(func.count(column)).where(*where)  # type: ignore[arg-type]  # columns and clauses
    return int(work.conn.execute(query).scalar() or 0)


def _distinct_labels(work: Work) -> int:
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


def write(summary: Summary, labels: Path, out: Path) -> None:
    """Write `summary.json`, and all labels as one `labels.pdf`."""
    text = msgspec.json.format(msgspec.json.encode(summary), indent=2)
    (out / "summary.json").write_bytes(text + b"\n")
    whole = pypdfium2.PdfDocument.new()
    for part in sorted(labels.glob("WD-*.pdf")):
        source = pypdfium2.PdfDocument(part)
        whole.import_pages(source)
        source.close()
    whole.save(out / "labels.pdf")
    whole.close()


def told(summary: Summary) -> str:
    """The figures as a person reads them, a row each."""
    rows = msgspec.structs.asdict(summary).items()
    return "\n" + "".join(f"{name:<22} {value}\n" for name, value in rows)


def holds(summary: Summary) -> bool:
    """Whether every equality of the demonstration holds."""
    return (
        summary.orders_booked == summary.orders_offered
        and summary.waybills == summary.waybills_at_carrier == summary.labels_distinct
        and summary.shipped_written_back == summary.shipped_at_channel
        and summary.oversold == 0
        and summary.audit_ok
    )
