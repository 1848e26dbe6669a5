"""Whether the stock figures are true: each day's report, and what counts found otherwise."""

from dataclasses import dataclass

from app.reads.book import ReadBook, frozen
from app.reads.viewer import Viewer

RIGHT = "stock.read"
MOST_DAYS, MOST = 400, 2_000


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day's report; ``accuracy_ppm`` in millionths, None where nothing was counted."""

    id: int
    day: str
    counts: int
    differences: int
    units: int
    units_off: int
    accuracy_ppm: int | None
    drifts: int
    unmatched: int
    orders_in: int
    oversold: int


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One count that found another number, by whom, and what was said of it; "" while nothing.

    ``units`` is what was found beyond the book, ``number`` the count's own in the record.
    """

    id: int
    number: int
    at: int
    sku: str
    title: str
    place: str
    units: int
    counted_by: str
    cause: str
    owner: str
    action: str
    due: str
    explained_by: str
    done_at: int | None
    done_by: str


@dataclass(frozen=True, slots=True)
class Month:
    """What a month's reports add up to; ``accuracy_ppm`` None where nothing was counted."""

    counts: int = 0
    differences: int = 0
    units: int = 0
    units_off: int = 0
    orders_in: int = 0
    oversold: int = 0

    @property
    def accuracy_ppm(self) -> int | None:
        """Of the units booked or found, how many were both, in millionths, never rounded up."""
        if not self.units:
            return None
        return (self.units - self.units_off) * 1_000_000 // self.units


def days(book: ReadBook, viewer: Viewer) -> tuple[DayRow, ...]:
    """The daily reports, the newest first."""
    if not viewer.may(RIGHT):
        return ()
    sql = (
        "SELECT id, day, counts, differences, units, units_off, accuracy_ppm, drifts, unmatched,"
        " orders_in, oversold FROM stock_day ORDER BY day DESC LIMIT ?"
    )
    return frozen(DayRow, book.rows(sql, [MOST_DAYS]))


def month(book: ReadBook, viewer: Viewer, prefix: str) -> Month:
    """What the reports of a month, like 2026-02, add up to."""
    if not viewer.may(RIGHT):
        return Month()
    names = ("counts", "differences", "units", "units_off", "orders_in", "oversold")
    sums = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in names)
    sql = f"SELECT {sums} FROM stock_day WHERE day LIKE ?"
    return frozen(Month, book.rows(sql, [f"{prefix}-%"]))[0]


def differences(
    book: ReadBook, viewer: Viewer, since: int, until: int
) -> tuple[DifferenceRow, ...]:
    """What counts found otherwise from ``since`` until before ``until`` (UTC ms).

    Those that nobody explained come first, then the largest.
    """
    if not viewer.may(RIGHT):
        return ()
    sql = (
        "SELECT m.id, m.cause_id AS number, m.at, m.sku, coalesce(p.title, m.sku) AS title,"
        " coalesce(l.name, '') AS place, m.d_physical AS units,"
        " coalesce(w.name, '') AS counted_by, coalesce(v.cause, '') AS cause,"
        " coalesce(v.owner, '') AS owner, coalesce(v.action, '') AS action,"
        " coalesce(v.due, '') AS due, coalesce(v.explained_by, '') AS explained_by, v.done_at,"
        " coalesce(v.done_by, '') AS done_by"
        " FROM stock_move m LEFT JOIN product p ON p.sku = m.sku"
        " LEFT JOIN location l ON l.id = m.location_id"
        " LEFT JOIN command c ON c.id = m.cause_id LEFT JOIN operator w ON w.id = c.operator_id"
        " LEFT JOIN variance v ON v.move_id = m.id"
        " WHERE m.at >= ? AND m.at < ? AND m.cause_kind = 'count' AND m.d_physical <> 0"
        " ORDER BY v.cause IS NOT NULL, v.done_at IS NOT NULL, abs(m.d_physical) DESC, m.id"
        " LIMIT ?"
    )
    return frozen(DifferenceRow, book.rows(sql, [since, until, MOST]))
