"""One merchant code in every shop: what its platform said is there, and when; beside our own."""

from dataclasses import dataclass

from app.domain.roles import EVERY_SHOP
from app.reads.book import ReadBook, frozen, marks
from app.reads.catalogue import RIGHT
from app.reads.viewer import Viewer

STOCK = "stock.read"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """What one shop's listing of a merchant code showed at a moment (``at``, UTC ms).

    ``quantity`` counts listings as the platform sells them, each ``units`` of the code; None where
    it does not count. ``at`` None: its platform never told.
    """

    listing_id: int
    channel_id: int
    shop: str
    platform: str
    title: str
    sku_text: str
    units: int
    quantity: int | None
    at: int | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """What lies in one warehouse: the only figure that holds anything."""

    id: int
    name: str
    physical: int
    reserved: int


def figures(book: ReadBook, viewer: Viewer, sku: str) -> tuple[FigureRow, ...]:
    """Every listing in sight that means a merchant code, with its platform's last figure."""
    if not (viewer.may(RIGHT) and viewer.may(STOCK)):
        return ()
    where, values = "1=1", list[int | str]()
    if EVERY_SHOP not in viewer.shops:
        where = f"l.channel_id IN ({marks(len(viewer.shops))})"
        values = [*sorted(viewer.shops)]
    sql = (
        "SELECT l.id AS listing_id, l.channel_id, c.name AS shop, c.platform, l.title, l.sku_text,"
        " l.units, s.quantity, s.at FROM listing l JOIN channel c ON c.id = l.channel_id"
        " LEFT JOIN shop_stock s ON s.listing_id = l.id"
        f" WHERE (l.sku = ? OR (l.sku = '' AND l.sku_text = ?)) AND {where}"
        " ORDER BY c.name, l.id"
    )
    return frozen(FigureRow, book.rows(sql, [sku, sku, *values]))


def places(book: ReadBook, viewer: Viewer, sku: str) -> tuple[PlaceRow, ...]:
    """What lies of it in each warehouse."""
    if not (viewer.may(RIGHT) and viewer.may(STOCK)):
        return ()
    sql = (
        "SELECT p.id, p.name, s.physical, s.reserved FROM stock s"
        " JOIN location p ON p.id = s.location_id WHERE s.sku = ? ORDER BY p.name, p.id"
    )
    return frozen(PlaceRow, book.rows(sql, [sku]))
