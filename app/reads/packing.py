"""What a packing station shows of a parcel's order, its latest scans, and its day."""

from dataclasses import dataclass

from app.domain.scan_codes import CodeKind, read
from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer

RIGHT = "pack.scan"
LATEST = 12


@dataclass(frozen=True, slots=True)
class BenchOrder:
    """The order of a parcel as its packer reads it; times are UTC ms."""

    order_id: int
    parcel_id: int
    public_id: str
    number: str
    external_no: str
    kind: str
    shop: str
    country: str
    memo: str
    flag: str
    message: str
    carrier: str
    waybill_no: str
    print_state: str
    template: str
    promise_at: int | None
    weight_g: int


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scan at a station: what was read, what it was, and whose parcel it was about."""

    id: int
    at: int
    code: str
    outcome: str
    title: str
    variant: str
    external_no: str
    by: str


@dataclass(frozen=True, slots=True)
class StationDay:
    """A station's day: parcels closed, scans stopped, and since when it packs (UTC ms)."""

    parcels: int
    stopped: int
    since: int | None


def bench(book: ReadBook, viewer: Viewer, parcel_id: int) -> BenchOrder | None:
    """The order of a parcel, None for one this person may not pack or see."""
    return _bench(book, viewer, "p.id", parcel_id)


def bench_of(book: ReadBook, viewer: Viewer, order_id: int) -> BenchOrder | None:
    """The same of an order, by its newest parcel."""
    return _bench(book, viewer, "o.id", order_id)


def _bench(book: ReadBook, viewer: Viewer, by: str, pk: int) -> BenchOrder | None:
    if not viewer.may(RIGHT):
        return None
    where, values = viewer.scope("o")
    sql = (
        "SELECT o.id AS order_id, p.id AS parcel_id, p.public_id, o.number, o.external_no, o.kind,"
        " coalesce(c.name, '') AS shop, o.country, o.seller_memo AS memo, o.flag,"
        " o.buyer_message_mask AS message, o.carrier,"
        " coalesce(w.carrier_no, '') AS waybill_no,"
        " coalesce((SELECT j.state FROM print_job j WHERE j.waybill_id = w.id"
        " ORDER BY j.copy_no DESC LIMIT 1), '') AS print_state,"
        " coalesce((SELECT j.template FROM print_job j WHERE j.waybill_id = w.id"
        " ORDER BY j.copy_no DESC LIMIT 1), '') AS template, o.promise_at, p.weight_g"
        " FROM parcel p JOIN orders o ON o.id = p.order_id"
        " LEFT JOIN channel c ON c.id = o.channel_id"
        " LEFT JOIN waybill w ON w.id = (SELECT max(id) FROM waybill"
        " WHERE parcel_id = p.id AND state = 'live')"
        f" WHERE {by} = ? AND {where} ORDER BY p.id DESC LIMIT 1"
    )
    found = frozen(BenchOrder, book.rows(sql, [pk, *values]))
    return found[0] if found else None


def scans(book: ReadBook, viewer: Viewer, station: str, limit: int = LATEST) -> tuple[ScanRow, ...]:
    """The latest scans of a station, the newest first, of orders this person may see."""
    if not viewer.may(RIGHT):
        return ()
    where, values = viewer.scope("o")
    sql = (
        "SELECT s.id, s.at, s.code, s.outcome, coalesce(l.title, p.title, '') AS title,"
        " coalesce(l.variant, p.variant, '') AS variant, o.external_no, s.\"by\""
        " FROM pack_scan s JOIN orders o ON o.id = s.order_id"
        " LEFT JOIN line l ON l.id = (SELECT min(id) FROM line"
        " WHERE order_id = s.order_id AND sku = s.sku AND s.sku <> '')"
        " LEFT JOIN product p ON p.sku = s.sku AND s.sku <> ''"
        f" WHERE s.station = ? AND {where} ORDER BY s.id DESC LIMIT ?"
    )
    return frozen(ScanRow, book.rows(sql, [station, *values, limit]))


def day(book: ReadBook, viewer: Viewer, station: str, since: int) -> StationDay:
    """What a station did since a moment (UTC ms): counts alone, no order."""
    if not viewer.may(RIGHT):
        return StationDay(0, 0, None)
    closed = book.row(
        "SELECT count(*) AS n FROM packing WHERE closed_at >= ? AND station = ?"
        " AND state IN ('verified', 'forced')",
        (since, station),
    )
    stopped = book.row(
        "SELECT sum(outcome IN ('wrong', 'surplus', 'twice')) AS n, min(at) AS first"
        " FROM pack_scan WHERE at >= ? AND station = ?",
        (since, station),
    )
    return StationDay(
        closed["n"] if closed else 0,
        (stopped["n"] or 0) if stopped else 0,
        stopped["first"] if stopped else None,
    )


@dataclass(frozen=True, slots=True)
class WeighedRow:
    """One parcel that was weighed out: when (UTC ms) and how heavy."""

    parcel_id: int
    at: int
    external_no: str
    waybill_no: str
    weight_g: int


def weighed(
    book: ReadBook, viewer: Viewer, since: int, limit: int = LATEST
) -> tuple[tuple[WeighedRow, ...], int]:
    """The latest parcels weighed out since a moment (UTC ms), and how many there were."""
    if not viewer.may(RIGHT):
        return (), 0
    where, values = viewer.scope("o")
    inside = f"FROM parcel p JOIN orders o ON o.id = p.order_id WHERE p.weighed_at >= ? AND {where}"
    sql = (
        "SELECT p.id AS parcel_id, p.weighed_at AS at, o.external_no, coalesce((SELECT"
        " w.carrier_no FROM waybill w WHERE w.parcel_id = p.id ORDER BY w.id DESC LIMIT 1), '')"
        f" AS waybill_no, p.weight_g {inside} ORDER BY p.weighed_at DESC, p.id DESC LIMIT ?"
    )
    found = frozen(WeighedRow, book.rows(sql, [since, *values, limit]))
    row = book.row(f"SELECT count(*) AS n {inside}", [since, *values])
    return found, int(row["n"]) if row else 0


def order_of(book: ReadBook, viewer: Viewer, code: str) -> int:
    """The order that an order's or parcel's code is of; 0 for none in this person's sight."""
    told = read(code)
    where, values = viewer.scope("o")
    if told.kind is CodeKind.ORDER:
        sql = f"SELECT o.id FROM orders o WHERE o.number = ? AND {where}"
    elif told.kind is CodeKind.PARCEL:
        sql = (
            "SELECT o.id FROM parcel p JOIN orders o ON o.id = p.order_id"
            f" WHERE p.public_id = ? AND {where}"
        )
    else:
        return 0
    row = book.row(sql, [told.body, *values])
    return int(row["id"]) if row else 0
