"""Everything of one order, for the panel that answers "where is my order"."""

from dataclasses import dataclass

from app.reads import after_sales, order_locks
from app.reads.after_sales import AfterSaleRow
from app.reads.board import BoardRow, some
from app.reads.book import ReadBook, frozen
from app.reads.order_locks import LockRow
from app.reads.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item with what is reserved for it; amounts None for who may not see payments."""

    id: int
    sku: str
    title: str
    variant: str
    quantity: int
    cancelled: int
    shipped: int
    gift: int
    sku_known: int
    total_minor: int | None
    held: int
    lock_id: int
    lock_kind: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one item of a line takes from the shelf: a component of a bundle, or a pack of one."""

    line_id: int
    sku: str
    title: str
    per_item: int
    held: int


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """One box and its newest waybill."""

    id: int
    public_id: str
    state: str
    weight_g: int
    printed_at: int | None
    verified_at: int | None
    weighed_at: int | None
    handed_at: int | None
    written_back_at: int | None
    picked_up_at: int | None
    waybill_id: int
    carrier: str
    waybill_no: str
    waybill_state: str


@dataclass(frozen=True, slots=True)
class ProofRow:
    """A recorded fact that supports a status."""

    kind: str
    at: int
    source: str
    reference: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the timeline: a key of the words, and what fills it (JSON)."""

    at: int
    kind: str
    args_json: str
    actor: str
    tone: str


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scan reported by the carrier, in the carrier's words."""

    at: int
    status: str
    place: str
    said: str


@dataclass(frozen=True, slots=True)
class PrintRow:
    """One copy of a label on its way to paper."""

    id: int
    waybill_id: int
    copy_no: int
    state: str
    printer: str
    confirmed_by: str
    error: str
    claimed_at: int | None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An exception of this order that is not settled."""

    id: int
    number: str
    kind: str
    priority: str
    args_json: str
    due_at: int | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One order, whole."""

    order: BoardRow
    address_mask: str
    items: tuple[ItemRow, ...]
    parts: tuple[PartRow, ...]
    parcels: tuple[ParcelRow, ...]
    proofs: tuple[ProofRow, ...]
    events: tuple[EventRow, ...]
    scans: tuple[ScanRow, ...]
    prints: tuple[PrintRow, ...]
    cases: tuple[OpenCase, ...]
    after_sales: tuple[AfterSaleRow, ...] = ()
    locks: tuple[LockRow, ...] = ()


def order(book: ReadBook, viewer: Viewer, order_id: int, most_events: int = 100) -> Panel | None:
    """One order, None when there is none that this person may see."""
    found = some(book, viewer, (order_id,))
    if not found:
        return None
    kept = book.row("SELECT address_mask FROM receiver WHERE order_id = ?", (order_id,))
    money = found[0].total_minor is not None
    scans = _scans(book, order_id) if viewer.may("trace.read") else ()
    return Panel(
        order=found[0],
        address_mask=kept["address_mask"] if kept else "",
        items=_items(book, order_id, money=money),
        parts=_parts(book, order_id),
        parcels=_parcels(book, order_id),
        proofs=_proofs(book, order_id),
        events=_events(book, order_id, most_events),
        scans=scans,
        prints=_prints(book, order_id),
        cases=_cases(book, order_id) if viewer.may("exception.read") else (),
        after_sales=after_sales.of_order(book, viewer, order_id),
        locks=order_locks.of_orders(book, viewer, (order_id,)),
    )


def _parts(book: ReadBook, order_id: int) -> tuple[PartRow, ...]:
    """What bundles of this order are made of, as it was when they were reserved."""
    sql = (
        "SELECT t.line_id, t.sku, coalesce(p.title, t.sku) AS title, t.per_item,"
        " coalesce((SELECT sum(k.quantity - k.released - k.used) FROM stock_lock k"
        " WHERE k.line_id = t.line_id AND k.sku = t.sku AND k.state = 'held'), 0) AS held"
        " FROM line_part t JOIN line l ON l.id = t.line_id LEFT JOIN product p ON p.sku = t.sku"
        " WHERE l.order_id = ? ORDER BY t.line_id, t.sku"
    )
    return frozen(PartRow, book.rows(sql, (order_id,)))


def _items(book: ReadBook, order_id: int, *, money: bool) -> tuple[ItemRow, ...]:
    total = "l.total_minor" if money else "NULL"
    sql = (
        "SELECT l.id, l.sku, l.title, l.variant, l.quantity, l.cancelled, l.shipped, l.gift,"
        f" l.sku_known, {total} AS total_minor,"
        # A bundle is as whole as its scarcest component.
        " coalesce((SELECT min((SELECT coalesce(sum(h.quantity - h.released - h.used), 0)"
        " FROM stock_lock h WHERE h.line_id = t.line_id AND h.sku = t.sku AND h.state = 'held')"
        " / t.per_item) FROM line_part t WHERE t.line_id = l.id),"
        " sum(k.quantity - k.released - k.used), 0) AS held,"
        " coalesce(max(k.id), 0) AS lock_id, coalesce(max(k.kind), '') AS lock_kind"
        " FROM line l LEFT JOIN stock_lock k ON k.line_id = l.id AND k.state = 'held'"
        " WHERE l.order_id = ? GROUP BY l.id ORDER BY l.id"
    )
    return frozen(ItemRow, book.rows(sql, (order_id,)))


def _parcels(book: ReadBook, order_id: int) -> tuple[ParcelRow, ...]:
    sql = (
        "SELECT p.id, p.public_id, p.state, p.weight_g, p.printed_at, p.verified_at, p.weighed_at,"
        " p.handed_at, p.written_back_at, p.picked_up_at, coalesce(w.id, 0) AS waybill_id,"
        " coalesce(nullif(json_extract(w.route_json, '$.courier'), ''),"
        " substr(w.carrier_account, 1, instr(w.carrier_account, ':') - 1), '') AS carrier,"
        " coalesce(w.carrier_no, '') AS waybill_no, coalesce(w.state, '') AS waybill_state"
        " FROM parcel p LEFT JOIN waybill w ON w.id ="
        " (SELECT max(id) FROM waybill WHERE parcel_id = p.id)"
        " WHERE p.order_id = ? ORDER BY p.id"
    )
    return frozen(ParcelRow, book.rows(sql, (order_id,)))


def _proofs(book: ReadBook, order_id: int) -> tuple[ProofRow, ...]:
    sql = "SELECT kind, at, source, reference FROM proof WHERE order_id = ? ORDER BY at, id"
    return frozen(ProofRow, book.rows(sql, (order_id,)))


def _events(book: ReadBook, order_id: int, most: int) -> tuple[EventRow, ...]:
    sql = (
        "SELECT at, kind, args_json, actor, tone FROM event WHERE order_id = ?"
        " ORDER BY id DESC LIMIT ?"
    )
    return frozen(EventRow, book.rows(sql, (order_id, most)))


def _scans(book: ReadBook, order_id: int) -> tuple[ScanRow, ...]:
    sql = (
        "SELECT t.at, t.status, t.place, t.said FROM tracking t JOIN parcel p ON p.id = t.parcel_id"
        " WHERE p.order_id = ? ORDER BY t.at DESC, t.id DESC LIMIT 200"
    )
    return frozen(ScanRow, book.rows(sql, (order_id,)))


def _prints(book: ReadBook, order_id: int) -> tuple[PrintRow, ...]:
    sql = (
        "SELECT id, waybill_id, copy_no, state, printer, confirmed_by, error, claimed_at"
        " FROM print_job WHERE order_id = ? ORDER BY id"
    )
    return frozen(PrintRow, book.rows(sql, (order_id,)))


def _cases(book: ReadBook, order_id: int) -> tuple[OpenCase, ...]:
    sql = (
        "SELECT id, number, kind, priority, args_json, due_at FROM cases"
        " WHERE order_id = ? AND state <> 'settled' ORDER BY priority, due_at, id"
    )
    return frozen(OpenCase, book.rows(sql, (order_id,)))
