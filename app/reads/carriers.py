"""How well each carrier takes parcels over: success, delay, and what nobody scanned (F186, F187).

Every figure follows from the scans in the book: a parcel's first scan by its carrier against the
moment its order was shipped.
"""

import json
from dataclasses import dataclass

from app.domain.tracking import SCANNED
from app.reads.book import ReadBook, frozen, marks
from app.reads.viewer import NOTHING, Viewer

RIGHT = "trace.read"
WITHIN_MS = 24 * 3_600_000
"""A first scan within a day of shipping is a success; later, or none by then, is not."""
WORST = 5


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """One carrier's account (its branch) over a span of time.

    Attributes:
        id: the account's id; a negative number for numbers that were typed in.
        parcels: how many left whose time is over or that were scanned.
        taken: how many of them were scanned in time.
        scanned: how many were scanned at all.
        delay_ms: from shipping to the first scan, on average over those scanned.
        delivered: how many arrived.
    """

    id: int
    carrier: str
    branch: str
    parcels: int
    taken: int
    scanned: int
    delay_ms: int
    delivered: int

    @property
    def rate(self) -> float:
        """The share taken over in time, 0 to 1."""
        return self.taken / self.parcels if self.parcels else 1.0


@dataclass(frozen=True, slots=True)
class UnscannedRow:
    """One parcel that had no scan within a day; ``first_at`` is when one came after all."""

    id: int
    order_id: int
    external_no: str
    shop: str
    carrier: str
    branch: str
    waybill_no: str
    shipped_at: int
    first_at: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """From when, until when orders were shipped (UTC ms), and what time it is."""

    since: int
    until: int
    now: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One carrier account that is in use."""

    id: int
    carrier: str
    name: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The accounts in use, oldest first; ids of the usual one and its back-up, 0 where none is."""

    accounts: tuple[AccountRow, ...] = ()
    usual: int = 0
    backup: int = 0

    @property
    def first(self) -> int:
        """The account the next number comes from; 0 where there is none."""
        ids = [one.id for one in self.accounts]
        return next((pk for pk in (self.usual, self.backup, *ids) if pk in ids), 0)


def chosen(book: ReadBook, viewer: Viewer) -> Chosen:
    """Which accounts there are, and which are taken; nothing for who may not see parcels."""
    if not viewer.may(RIGHT):
        return Chosen()
    sql = "SELECT id, carrier, name FROM carrier_account WHERE state = 'on' ORDER BY id"
    found = frozen(AccountRow, book.rows(sql, ()))
    kept = book.row("SELECT value_json FROM setting WHERE key = 'carriers.chosen'", ())
    usual, backup = json.loads(kept["value_json"]) if kept else (0, 0)
    return Chosen(found, usual, backup)


def _first(viewer: Viewer, span: Span) -> tuple[str, list[int | str]]:
    """Each parcel that left in a span, with its account and its carrier's first scan."""
    where, values = viewer.scope()
    if not viewer.may(RIGHT):
        where = NOTHING
    states = sorted(state.value for state in SCANNED)
    sql = (
        "SELECT p.id, o.id AS order_id, o.external_no, o.channel_id, o.carrier, w.carrier_no,"
        " o.shipped_at, o.logistics,"
        " CAST(substr(w.carrier_account, instr(w.carrier_account, ':') + 1) AS INTEGER) AS account,"
        " (SELECT min(t.at) FROM tracking t WHERE t.parcel_id = p.id"
        f" AND t.status IN ({marks(len(states))})) AS first_at"
        " FROM orders o JOIN parcel p ON p.order_id = o.id AND p.state = 'shipped'"
        " JOIN waybill w ON w.parcel_id = p.id AND w.state = 'live'"
        f" WHERE {where} AND o.shipped_at >= ? AND o.shipped_at < ?"
    )
    return sql, [*states, *values, span.since, span.until]


def standing(book: ReadBook, viewer: Viewer, span: Span) -> tuple[CarrierRow, ...]:
    """How each account did, the worst first."""
    first, values = _first(viewer, span)
    in_time = "f.first_at IS NOT NULL AND f.first_at - f.shipped_at <= ?"
    sql = (
        "SELECT coalesce(a.id, -min(f.id)) AS id, f.carrier, coalesce(a.name, '') AS branch,"
        f" count(*) AS parcels, sum({in_time}) AS taken, count(f.first_at) AS scanned,"
        " coalesce(CAST(avg(max(0, f.first_at - f.shipped_at)) AS INTEGER), 0) AS delay_ms,"
        f" sum(f.logistics = 'delivered') AS delivered FROM ({first}) f"
        " LEFT JOIN carrier_account a ON a.id = f.account"
        " WHERE f.first_at IS NOT NULL OR f.shipped_at < ?"
        " GROUP BY coalesce(a.id, 0), f.carrier"
    )
    found = book.rows(sql, [WITHIN_MS, *values, span.now - WITHIN_MS])
    rows = frozen(CarrierRow, found)
    return tuple(sorted(rows, key=_goodness))


def _goodness(row: CarrierRow) -> tuple[float, float, int, int]:
    """Never scanned is worse than late, and later is worse than late."""
    return row.rate, row.scanned / row.parcels, -row.delay_ms, row.id


def worst(rows: tuple[CarrierRow, ...]) -> tuple[CarrierRow, ...]:
    """The five that did worst, of those that did not take over everything in time."""
    return tuple(row for row in rows if row.taken < row.parcels)[:WORST]


def unscanned(
    book: ReadBook, viewer: Viewer, span: Span, limit: int = 2_000
) -> tuple[UnscannedRow, ...]:
    """Parcels of a span that had no scan within a day, by branch, the oldest first (F186)."""
    first, values = _first(viewer, span)
    sql = (
        "SELECT f.id, f.order_id, f.external_no, c.name AS shop, f.carrier,"
        " coalesce(a.name, '') AS branch, f.carrier_no AS waybill_no, f.shipped_at, f.first_at"
        f" FROM ({first}) f JOIN channel c ON c.id = f.channel_id"
        " LEFT JOIN carrier_account a ON a.id = f.account"
        " WHERE coalesce(f.first_at, ?) - f.shipped_at > ?"
        " ORDER BY f.carrier, branch, f.shipped_at, f.id LIMIT ?"
    )
    return frozen(UnscannedRow, book.rows(sql, [*values, span.now, WITHIN_MS, limit]))
