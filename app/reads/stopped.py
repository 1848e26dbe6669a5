"""Merchant codes that are stopped or run low, what shops were told, and which buyers wait."""

from dataclasses import dataclass

from app.domain.roles import EVERY_SHOP
from app.reads.book import ReadBook, frozen, marks
from app.reads.viewer import Viewer

RIGHT = "stock.read"
MOST = 500


@dataclass(frozen=True, slots=True)
class BreakerRow:
    """One breaker: open, or closed by whom and why; ``waiting`` releases and ``drafts`` it left."""

    id: int
    sku: str
    title: str
    kind: str
    state: str
    why_json: str
    opened_at: int
    opened_by: str
    closed_at: int | None
    closed_by: str
    closed_reason: str
    waiting: int
    drafts: int


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What the buyer of one oversold order is told, or was."""

    id: int
    order_id: int
    external_no: str
    shop: str
    sku: str
    title: str
    expected_at: int | None
    state: str
    told_at: int | None
    told_by: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What a shop was last told of a listing, and how that sending stands."""

    listing_id: int
    shop: str
    title: str
    sku_text: str
    quantity: int
    offer: str
    at: int
    sending: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One replenishment ticket, with what is free of its code now."""

    id: int
    number: str
    sku: str
    title: str
    state: str
    free: int
    free_now: int
    opened_at: int
    ordered: int
    ordered_at: int | None
    ordered_by: str
    ordered_reason: str


def breakers(book: ReadBook, viewer: Viewer) -> tuple[BreakerRow, ...]:
    """The breakers that are open, then the last ones that were, newest first."""
    if not viewer.may(RIGHT):
        return ()
    sql = (
        "SELECT b.id, b.sku, coalesce(p.title, b.sku) AS title, b.kind, b.state, b.why_json,"
        " b.opened_at, b.opened_by, b.closed_at, b.closed_by, b.closed_reason,"
        " (SELECT count(*) FROM waiting_release w WHERE w.breaker_id = b.id"
        " AND w.done_at IS NULL) AS waiting,"
        " (SELECT count(*) FROM buyer_notice n WHERE n.sku = b.sku AND n.state = 'draft'"
        " AND b.kind = 'oversell') AS drafts"
        " FROM breaker b LEFT JOIN product p ON p.sku = b.sku"
        " ORDER BY b.state = 'closed', b.id DESC LIMIT ?"
    )
    return frozen(BreakerRow, book.rows(sql, [MOST]))


def open_breakers(book: ReadBook, viewer: Viewer) -> int:
    """How many codes' breakers are open."""
    if not viewer.may(RIGHT):
        return 0
    row = book.row("SELECT count(*) AS n FROM breaker WHERE state = 'open'", ())
    return int(row["n"]) if row else 0


def notices(book: ReadBook, viewer: Viewer, sku: str) -> tuple[NoticeRow, ...]:
    """What buyers in sight who wait for a code are told; drafts first, the oldest order first."""
    if not (viewer.may(RIGHT) and viewer.may("order.read")):
        return ()
    where, values = viewer.scope()
    sql = (
        "SELECT n.id, n.order_id, o.external_no, c.name AS shop, n.sku,"
        " coalesce(p.title, n.sku) AS title, n.expected_at, n.state, n.told_at, n.told_by"
        " FROM buyer_notice n JOIN orders o ON o.id = n.order_id"
        " JOIN channel c ON c.id = o.channel_id LEFT JOIN product p ON p.sku = n.sku"
        f" WHERE n.sku = ? AND {where} ORDER BY n.state = 'told', n.order_id LIMIT ?"
    )
    return frozen(NoticeRow, book.rows(sql, [sku, *values, MOST]))


def told(book: ReadBook, viewer: Viewer, sku: str) -> tuple[ToldRow, ...]:
    """What each shop in sight was last told of the listings that take a code."""
    if not viewer.may(RIGHT):
        return ()
    where, values = "1=1", list[int | str]()
    if EVERY_SHOP not in viewer.shops:
        where = f"t.channel_id IN ({marks(len(viewer.shops))})"
        values = [*sorted(viewer.shops)]
    sql = (
        "SELECT t.listing_id, c.name AS shop, l.title, l.sku_text, t.quantity, t.offer, t.at,"
        " coalesce(x.state, '') AS sending FROM listing_told t"
        " JOIN channel c ON c.id = t.channel_id JOIN listing l ON l.id = t.listing_id"
        " LEFT JOIN outbox x ON x.id = t.outbox_id"
        f" WHERE t.sku = ? AND {where} ORDER BY c.name, t.listing_id"
    )
    return frozen(ToldRow, book.rows(sql, [sku, *values]))


def tickets(book: ReadBook, viewer: Viewer) -> tuple[TicketRow, ...]:
    """The open replenishment tickets, those with the least first."""
    if not viewer.may(RIGHT):
        return ()
    free = (
        "(SELECT max(0, coalesce(sum(CASE WHEN s.closed = 0 THEN s.physical ELSE s.reserved END"
        " - s.reserved), 0)) FROM stock s WHERE s.sku = r.sku)"
    )
    sql = (
        "SELECT r.id, r.number, r.sku, coalesce(p.title, r.sku) AS title, r.state, r.free,"
        f" {free} AS free_now, r.opened_at, r.ordered, r.ordered_at, r.ordered_by,"
        " r.ordered_reason FROM replenishment r LEFT JOIN product p ON p.sku = r.sku"
        " WHERE r.state = 'open' ORDER BY r.ordered > 0, free_now, r.id LIMIT ?"
    )
    return frozen(TicketRow, book.rows(sql, [MOST]))
