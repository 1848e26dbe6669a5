"""The lists of the catalogue, and where the rows of each come from."""

from app.desk.rows import Feed, Rows, whole
from app.desk.seat import Seat
from app.reads import catalogue, listings
from app.reads.catalogue import ProductRow, ProductView

TABS = ("products", "to_map", "mapped", "bundles", "retired", "imports")
OF_PRODUCTS = frozenset({"products", "bundles", "retired"})


def feed_of(seat: Seat, tab: str, text: str) -> Feed:
    """The rows of one list, narrowed by what was typed where it can be searched."""
    if tab in OF_PRODUCTS:
        kind = "bundle" if tab == "bundles" else ""
        return _products(seat, ProductView(text, kind, tab == "retired"))
    if tab == "imports":
        return whole(lambda: seat.see(catalogue.imports))
    if tab == "mapped":
        return whole(lambda: seat.see(listings.mapped, text))
    return whole(lambda: seat.see(listings.to_map))


def _products(seat: Seat, view: ProductView) -> Feed:
    async def count() -> int:
        return await seat.see(catalogue.count, view)

    async def page(offset: int, limit: int, before: ProductRow | None) -> Rows:
        if before is not None or offset == 0:
            return await seat.see(catalogue.page, view, before, limit)
        return await seat.see(catalogue.jump, view, offset, limit)

    return Feed(count, page)
