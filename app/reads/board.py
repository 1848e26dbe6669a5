"""The board: tabs with counts and sums, and pages of orders by keyset."""

from dataclasses import dataclass, field

from app.domain.board import Tab
from app.domain.roles import Place
from app.reads.book import ReadBook, frozen, marks
from app.reads.viewer import EVERYTHING, NOTHING, RELEASED, Viewer

PAGE = 200
FEW = 5_000
"""Orders in sight that are gathered and sorted sooner than the whole board is walked for them."""
# What may be sorted by; each has an index with the id behind it (store.tables.SORTABLE).
SORTS = (
    "placed_at",
    "promise_at",
    "external_no",
    "summary",
    "buyer_mask",
    "waybill_no",
    "state",
    "total_minor",
    "updated_at",
)

ACTIVE = (Tab.TO_REVIEW.value, Tab.TO_PRINT.value, Tab.TO_SHIP.value)


@dataclass(frozen=True, slots=True)
class View:
    """What the board shows: a tab and filters, in an order.

    ``tab`` empty shows all orders; ``held`` only those somebody or something stops; ``apart`` only
    those of which platform, book and carrier say different things; ``kind`` and
    ``channel_id`` narrow further (0: every shop); ``active`` leaves out what nobody
    works on yet or any more.
    """

    tab: str = ""
    held: bool = False
    channel_id: int = 0
    kind: str = ""
    sort: str = "placed_at"
    descending: bool = True
    active: bool = False
    apart: bool = False

    def __post_init__(self) -> None:
        """Refuse a column nobody may sort by: it becomes part of the query."""
        if self.sort not in SORTS:
            raise ValueError(self.sort)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One order as the board shows it; personal data is masked, times are UTC ms.

    ``total_minor`` is None for who may not see payments.
    """

    id: int
    number: str
    external_no: str
    channel_id: int
    shop: str
    platform: str
    kind: str
    intake: str
    state: str
    payment: str
    logistics: str
    tab: str
    platform_state: str
    ends: str
    held: str
    held_reason: str
    summary: str
    summary_variant: str
    items: int
    buyer_mask: str
    phone_mask: str
    phone_tail: str
    province: str
    city: str
    buyer_message_mask: str
    seller_memo: str
    flag: str
    carrier: str
    waybill_no: str
    print_state: str
    proofs: int
    open_cases: int
    placed_at: int | None
    paid_at: int | None
    promise_at: int | None
    shipped_at: int | None
    currency: str
    total_minor: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Gap:
    """How many orders the ends differ about.

    ``pending`` of them left and still show as pending on their platform, since ``lag_ms`` on
    average.
    """

    n: int
    pending: int
    lag_ms: int


@dataclass(frozen=True, slots=True)
class TabCount:
    """A tab's number of orders and its sums by currency."""

    tab: str
    n: int
    sums: tuple[tuple[str, int], ...]


COLUMNS = (
    "o.id, o.number, o.external_no, o.channel_id, c.name AS shop, c.platform, o.kind, o.intake,"
    " o.state, o.payment, o.logistics, o.tab, o.platform_state, o.ends, o.held,"
    " o.held_reason, o.summary, o.summary_variant, o.items, o.buyer_mask, o.phone_mask,"
    " o.phone_tail, o.province, o.city,"
    " o.buyer_message_mask, o.seller_memo, o.flag, o.carrier, o.waybill_no, o.print_state,"
    " o.proofs, o.open_cases, o.placed_at, o.paid_at, o.promise_at, o.shipped_at, o.currency"
)
FROM = "FROM orders o JOIN channel c ON c.id = o.channel_id"


def select(viewer: Viewer) -> str:
    """The SELECT list for this viewer: amounts only where they may see payments."""
    return f"SELECT {COLUMNS}, {viewer.amount('o.total_minor')} AS total_minor, o.version {FROM}"


def page(
    book: ReadBook, viewer: Viewer, view: View, after: BoardRow | None = None, limit: int = PAGE
) -> tuple[BoardRow, ...]:
    """The rows behind ``after`` (None: the first ones), at most ``limit``."""
    where, values = _where(book, viewer, view)
    if after is not None:
        sort_value = _sorted_value(book, view, after)
        clause, more = _behind(view, sort_value, after.id)
        where, values = f"{where} AND {clause}", [*values, *more]
    sql = f"{select(viewer)} WHERE {where} ORDER BY {_order(view)} LIMIT ?"
    return frozen(BoardRow, book.rows(sql, [*values, limit]))


def jump(
    book: ReadBook, viewer: Viewer, view: View, offset: int, limit: int = PAGE
) -> tuple[BoardRow, ...]:
    """The rows from ``offset`` on: for a jump with the scroll bar, where no neighbour is known."""
    where, values = _where(book, viewer, view)
    inner = f"SELECT o.id FROM orders o WHERE {where} ORDER BY {_order(view)} LIMIT ? OFFSET ?"
    sql = f"{select(viewer)} WHERE o.id IN ({inner}) ORDER BY {_order(view)}"
    return frozen(BoardRow, book.rows(sql, [*values, limit, offset]))


def some(book: ReadBook, viewer: Viewer, ids: tuple[int, ...]) -> tuple[BoardRow, ...]:
    """These orders as they stand now, newest first; who may not see one does not get it."""
    where, values = viewer.scope()
    sql = f"{select(viewer)} WHERE {where} AND o.id IN ({marks(len(ids))}) ORDER BY o.id DESC"
    return frozen(BoardRow, book.rows(sql, [*values, *ids]))


def ids(book: ReadBook, viewer: Viewer, view: View, most: int) -> tuple[int, ...]:
    """The ids of a view's first rows, at most ``most``: what "choose all" takes."""
    where, values = _where(book, viewer, view)
    sql = f"SELECT o.id FROM orders o WHERE {where} ORDER BY {_order(view)} LIMIT ?"
    return tuple(row["id"] for row in book.rows(sql, [*values, most]))


def kinds(book: ReadBook, viewer: Viewer, channel_id: int = 0) -> dict[str, int]:
    """How many orders of each kind but the normal one are being worked on."""
    where, values = _where(book, viewer, View(channel_id=channel_id, active=True))
    sql = (
        f"SELECT o.kind, count(*) AS n FROM orders o WHERE {where} AND o.kind <> 'normal'"
        " GROUP BY o.kind ORDER BY o.kind"
    )
    return {row["kind"]: row["n"] for row in book.rows(sql, values)}


def count(book: ReadBook, viewer: Viewer, view: View) -> int:
    """How many rows a view has; from the counters where they can tell."""
    if not (view.held or view.kind or view.active or view.apart):
        return sum(t.n for t in tabs(book, viewer, view.channel_id) if view.tab in {"", t.tab})
    where, values = _where(book, viewer, view)
    row = book.row(f"SELECT count(*) AS n FROM orders o WHERE {where}", values)
    return int(row["n"]) if row else 0


def gap(book: ReadBook, viewer: Viewer, now: int, channel_id: int = 0) -> Gap:
    """How many orders the ends do not agree about, and how long the platform lags behind (F180)."""
    where, values = _where(book, viewer, View(apart=True, channel_id=channel_id))
    behind = "o.ends = 'platform_behind'"
    sql = (
        f"SELECT count(*) AS n, count(CASE WHEN {behind} THEN 1 END) AS pending,"
        f" coalesce(CAST(avg(CASE WHEN {behind} THEN ? - o.shipped_at END) AS INTEGER), 0)"
        " AS lag_ms"
        f" FROM orders o WHERE {where}"
    )
    return frozen(Gap, book.rows(sql, [now, *values]))[0]


def tabs(book: ReadBook, viewer: Viewer, channel_id: int = 0) -> tuple[TabCount, ...]:
    """Every tab this person may see, with its count and sums by currency.

    Added up from the counters of each shop and warehouse in sight; sums only of those whose
    payments this person may see.
    """
    if not viewer.may("order.read"):
        return ()
    narrow, values = (" AND channel_id = ?", [channel_id]) if channel_id else ("", [])
    sql = (
        "SELECT name, channel_id, location_id, currency, n, amount_minor FROM counter"
        f" WHERE name LIKE 'tab:%'{narrow} ORDER BY currency"
    )
    counts = {tab.value: _Sum() for tab in Tab if _shown(viewer, tab)}
    paid = viewer.reach("payment.read")
    for row in book.rows(sql, values):
        tab, place = row["name"].removeprefix("tab:"), Place(row["channel_id"], row["location_id"])
        if tab in counts and viewer.sees(place, tab):
            counts[tab].add(row["n"], row["currency"], row["amount_minor"] * paid.covers(place))
    return tuple(TabCount(tab, one.n, one.kept()) for tab, one in counts.items())


def _shown(viewer: Viewer, tab: Tab) -> bool:
    return tab.value in RELEASED or not viewer.released_only


@dataclass(slots=True)
class _Sum:
    n: int = 0
    money: dict[str, int] = field(default_factory=dict)

    def add(self, n: int, currency: str, minor: int) -> None:
        self.n += n
        self.money[currency] = self.money.get(currency, 0) + minor

    def kept(self) -> tuple[tuple[str, int], ...]:
        return tuple((code, minor) for code, minor in self.money.items() if minor)


def _where(book: ReadBook, viewer: Viewer, view: View) -> tuple[str, list[int | str]]:
    few = viewer.scope()[0] != EVERYTHING and _in_sight(book, viewer) <= FEW
    where, values = viewer.scope(leads=few)
    if where == NOTHING:
        return where, values
    if view.tab:
        where, values = f"{where} AND {'+' * few}o.tab = ?", [*values, view.tab]
    if view.held:
        where = f"{where} AND o.held <> ''"
    if view.apart:
        where = f"{where} AND o.ends <> ''"
    if view.channel_id:
        where, values = f"{where} AND o.channel_id = ?", [*values, view.channel_id]
    if view.kind:
        where, values = f"{where} AND o.kind = ?", [*values, view.kind]
    if view.active:
        where, values = f"{where} AND o.tab IN ({marks(len(ACTIVE))})", [*values, *ACTIVE]
    return where, values


def _in_sight(book: ReadBook, viewer: Viewer) -> int:
    return sum(tab.n for tab in tabs(book, viewer))


def _order(view: View) -> str:
    way = "DESC" if view.descending else "ASC"
    return f"o.{view.sort} {way}, o.id {way}"


def _sorted_value(book: ReadBook, view: View, row: BoardRow) -> int | str | None:
    found = book.row(f"SELECT {view.sort} AS v FROM orders WHERE id = ?", (row.id,))
    return found["v"] if found else None


def _behind(view: View, value: int | str | None, row_id: int) -> tuple[str, list[int | str]]:
    """What stands behind a row; SQLite puts NULL before every value when ascending."""
    column, sign = f"o.{view.sort}", "<" if view.descending else ">"
    if value is None:
        same = f"({column} IS NULL AND o.id {sign} ?)"
        return (
            (same, [row_id])
            if view.descending
            else (
                f"({same} OR {column} IS NOT NULL)",
                [row_id],
            )
        )
    behind = f"({column} {sign} ? OR ({column} = ? AND o.id {sign} ?)"
    if view.descending:
        behind += f" OR {column} IS NULL"
    return behind + ")", [value, value, row_id]
