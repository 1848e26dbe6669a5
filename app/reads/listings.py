"""What shops sell: listings to map, the most urgent first, with what each may well mean."""

import sqlite3
from dataclasses import dataclass

from app.domain.listings import Named, Suggestion, norm, suggest
from app.domain.roles import EVERY_SHOP
from app.reads.book import ReadBook, frozen, marks
from app.reads.catalogue import RIGHT, escaped
from app.reads.viewer import NOTHING, Viewer

MOST = 1_000
MOST_CANDIDATES = 300
OPEN = ("awaiting_payment", "paid")


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing, what it is mapped to, and how many orders wait for it (UTC ms).

    ``urgent_at`` is the earliest moment by which one of them must be shipped.
    """

    id: int
    channel_id: int
    shop: str
    platform: str
    ref: str
    sku_text: str
    title: str
    variant: str
    barcode: str
    sku: str
    units: int
    mapped_by: str
    behind: int
    waiting: int
    urgent_at: int | None


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A product a listing may mean, and why."""

    sku: str
    title: str
    variant: str
    kind: str
    why: str
    alike: int


def to_map(book: ReadBook, viewer: Viewer, limit: int = MOST) -> tuple[ListingRow, ...]:
    """Listings that mean nothing yet, those with urgent orders first."""
    clause = "l.sku = '' AND NOT EXISTS (SELECT 1 FROM product p WHERE p.sku = l.sku_text)"
    order = "waiting = 0, urgent_at IS NULL, urgent_at, waiting DESC, l.title, l.id"
    return _listings(book, viewer, (clause, ()), f"{order} LIMIT {int(limit)}")


def mapped(book: ReadBook, viewer: Viewer, text: str = "") -> tuple[ListingRow, ...]:
    """Listings a person mapped, the newest mapping first."""
    clause, values = "l.sku <> ''", list[int | str]()
    for word in text.split():
        like = f"%{escaped(word)}%"
        clause += " AND (l.title LIKE ? ESCAPE '\\' OR l.sku_text LIKE ? ESCAPE '\\' OR l.sku = ?)"
        values += [like, like, word]
    order = f"l.mapped_at DESC, l.id LIMIT {MOST}"
    return _listings(book, viewer, (clause, tuple(values)), order)


def of_product(book: ReadBook, viewer: Viewer, sku: str) -> tuple[ListingRow, ...]:
    """The listings that mean a merchant code, by mapping or by their own text."""
    clause = "(l.sku = ? OR (l.sku = '' AND l.sku_text = ?))"
    return _listings(book, viewer, (clause, (sku, sku)), f"c.name, l.id LIMIT {MOST}")


def listing(book: ReadBook, viewer: Viewer, listing_id: int) -> ListingRow | None:
    """One listing; None when there is none that this person may see."""
    found = _listings(book, viewer, ("l.id = ?", (listing_id,)), "l.id")
    return found[0] if found else None


def waiting(book: ReadBook, viewer: Viewer) -> int:
    """How many orders wait until somebody maps a listing."""
    where, values = _sight(viewer)
    shown, more = viewer.scope()
    sql = (
        "SELECT count(DISTINCT i.order_id) AS n FROM line i JOIN listing l ON l.id = i.listing_id"
        f" JOIN orders o ON o.id = i.order_id WHERE {where} AND {shown} AND i.sku_known = 0"
        f" AND o.state IN ({marks(len(OPEN))})"
    )
    row = book.row(sql, [*values, *more, *OPEN])
    return int(row["n"]) if row else 0


def suggestions(book: ReadBook, viewer: Viewer, listing_id: int) -> tuple[SuggestionRow, ...]:
    """What a listing may well mean, the likeliest first, each with its reason."""
    told = listing(book, viewer, listing_id)
    if told is None:
        return ()
    elsewhere = _elsewhere(book, told)
    rows = {row["sku"]: row for row in _candidates(book, told, elsewhere)}
    products = [Named(r["sku"], r["title"], r["variant"], r["barcode"]) for r in rows.values()]
    own = Named(told.sku_text, told.title, told.variant, told.barcode)
    return tuple(_row(one, rows[one.sku]) for one in suggest(own, products, elsewhere))


def _row(one: Suggestion, row: sqlite3.Row) -> SuggestionRow:
    return SuggestionRow(one.sku, row["title"], row["variant"], row["kind"], one.why, one.alike)


def _elsewhere(book: ReadBook, told: ListingRow) -> tuple[str, ...]:
    """The codes other shops of ours map the same text to."""
    sql = (
        "SELECT DISTINCT sku FROM listing WHERE sku <> '' AND id <> ?"
        " AND ((sku_text <> '' AND sku_text = ?) OR (title = ? AND variant = ?)) LIMIT 9"
    )
    values = (told.id, told.sku_text, told.title, told.variant)
    return tuple(row["sku"] for row in book.rows(sql, values))


def _candidates(book: ReadBook, told: ListingRow, elsewhere: tuple[str, ...]) -> list[sqlite3.Row]:
    """Products worth comparing: by code, by barcode, and by pieces of the title."""
    codes = {told.sku_text, told.barcode, *elsewhere} - {""}
    these = marks(len(codes))
    by_code = f"sku IN ({these}) OR (barcode <> '' AND barcode IN ({these}))"
    pieces = [f"%{escaped(piece)}%" for piece in _pieces(f"{told.title} {told.variant}")]
    clauses = [by_code, "(sku_norm <> '' AND sku_norm = ?)"]
    values = [*codes, *codes, norm(told.sku_text)]
    columns = "SELECT sku, title, variant, barcode, kind FROM product WHERE state = 'active' AND "
    found = list(book.rows(f"{columns}({' OR '.join(clauses)}) LIMIT 50", values))
    for piece in pieces:
        like = f"{columns} title LIKE ? ESCAPE '\\' LIMIT ?"
        found += book.rows(like, (piece, MOST_CANDIDATES))
    return found


def _pieces(title: str) -> list[str]:
    """The longest words of a title; of Chinese, which has none, some neighbouring signs."""
    words = sorted({w for w in title.split() if len(w) > 1}, key=len, reverse=True)[:3]
    pieces = []
    for word in words:
        if word.isascii():
            pieces.append(word)
        else:
            pieces += [word[at : at + 2] for at in range(0, min(len(word) - 1, 8), 2)]
    return pieces[:8]


def _listings(
    book: ReadBook, viewer: Viewer, which: tuple[str, tuple[int | str, ...]], order: str
) -> tuple[ListingRow, ...]:
    where, values = _sight(viewer)
    shown, more = viewer.scope()
    clause, given = which
    sql = (
        "SELECT l.id, l.channel_id, c.name AS shop, c.platform, l.ref, l.sku_text, l.title,"
        " l.variant, l.barcode, l.sku, l.units, l.mapped_by, l.behind,"
        " count(DISTINCT o.id) AS waiting, min(o.promise_at) AS urgent_at"
        " FROM listing l JOIN channel c ON c.id = l.channel_id"
        " LEFT JOIN line i ON i.listing_id = l.id AND i.sku_known = 0"
        f" LEFT JOIN orders o ON o.id = i.order_id AND {shown}"
        f" AND o.state IN ({marks(len(OPEN))})"
        f" WHERE {where} AND {clause} GROUP BY l.id ORDER BY {order}"
    )
    return frozen(ListingRow, book.rows(sql, [*more, *OPEN, *values, *given]))


def _sight(viewer: Viewer) -> tuple[str, list[int | str]]:
    if not viewer.may(RIGHT):
        return NOTHING, []
    if EVERY_SHOP in viewer.shops:
        return "1=1", []
    return f"l.channel_id IN ({marks(len(viewer.shops))})", [*sorted(viewer.shops)]
