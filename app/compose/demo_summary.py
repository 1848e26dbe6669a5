"""What came of a demonstration, counted in the book and at the other side."""

from pathlib import Path

import msgspec
import pypdfium2  # type: ignore[import-untyped]  # ships no types

from app.compose.demo_world import World
from app.store import figures
from app.store.verify import verify
from app.store.work import Book


class Summary(msgspec.Struct, frozen=True):
    """The figures of `summary.json`; counts are whole numbers, seconds of wall time.

    An order is pending when it says a word nobody has explained; each of them is a case.
    """

    orders_offered: int
    orders_booked: int
    orders_pending: int
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
    found = figures.count(book)
    shipped = world.shipped_at_channel()
    return Summary(
        orders_offered=offered,
        orders_booked=found.booked,
        orders_pending=found.pending,
        lines=found.lines,
        locks=found.locks,
        waybills=found.waybills,
        waybills_at_carrier=world.waybills_at_carrier(),
        labels=found.labels,
        labels_distinct=found.labels_distinct,
        shipped_written_back=found.written_back,
        shipped_at_channel=sum(len(set(numbers)) for numbers in shipped.values()),
        cases=found.cases,
        oversold=found.oversold,
        audit_ok=verify(book).ok,
        seconds=round(seconds, 2),
        orders_per_second=round(found.booked / seconds, 1) if seconds else 0.0,
    )


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
        summary.orders_booked + summary.orders_pending == summary.orders_offered
        and summary.waybills == summary.waybills_at_carrier == summary.labels_distinct
        and summary.shipped_written_back == summary.shipped_at_channel
        and summary.oversold == 0
        and summary.audit_ok
    )
