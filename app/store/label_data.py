"""The platforms' own labels: what their print components draw from, sealed, as it was given."""

from dataclasses import dataclass

from sqlalchemy import select

from app.store.seal import Row
from app.store.tables import waybill
from app.store.tables_labels import print_data
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class LabelData:
    """One label as its platform gave it (sync.waybill_records.PrintData)."""

    component: str
    content: str
    template_url: str


def keep(work: Work, waybill_id: int, data: LabelData) -> None:
    """Keep a platform's label beside its number; a newer one takes the place of an older."""
    closed = work.keys.encrypt("print_data", waybill_id, "content_ct", data.content.encode())
    values: Row = {"component": data.component, "template_url": data.template_url}
    values |= {"content_ct": closed, "next_at": None, "got_at": work.now}
    _put(work, waybill_id, values)


def want(work: Work, waybill_id: int) -> None:
    """Remember that the platform gives this label apart from its number."""
    _put(work, waybill_id, {"next_at": work.now})


def due(work: Work, limit: int) -> list[Row]:
    """The waybills whose labels are to be asked for now, their rows checked; oldest first.

    None of an erased order: the request for its number went with its buyer.
    """
    query = (
        select(waybill)
        .join(print_data, print_data.c.waybill_id == waybill.c.id)
        .where(print_data.c.next_at <= work.now, waybill.c.request_ct.is_not(None))
        .order_by(print_data.c.next_at, waybill.c.id)
    )
    return [work.checked(waybill, row) for row in work.rows(query.limit(limit))]


def later(work: Work, waybill_id: int, wait: int | None) -> None:
    """The label could not be had: asked for again in ``wait`` ms, or (None) no more."""
    row = work.row(print_data, waybill_id)
    after = None if wait is None else work.now + wait
    work.update(print_data, waybill_id, tries=row["tries"] + 1, next_at=after)


def tries(work: Work, waybill_id: int) -> int:
    """How often a label was asked for in vain."""
    return int(work.row(print_data, waybill_id)["tries"])


def of(work: Work, waybill_id: int) -> LabelData | None:
    """A waybill's label, opened for the print component; None where there is none (any more)."""
    row = work.find(print_data, waybill_id)
    if row is None or row["content_ct"] is None:
        return None
    row = work.checked(print_data, row)
    plain = work.keys.decrypt("print_data", waybill_id, "content_ct", row["content_ct"]) or b""
    return LabelData(row["component"], plain.decode(), row["template_url"])


def _put(work: Work, waybill_id: int, values: Row) -> None:
    if work.find(print_data, waybill_id) is None:
        order_id = work.row(waybill, waybill_id)["order_id"]
        work.insert(print_data, {"waybill_id": waybill_id, "order_id": order_id, **values})
    else:
        work.update(print_data, waybill_id, **values)
