"""The catalogue: products by page, what one of them is made of, and its picture."""

from dataclasses import dataclass

from app.domain.listings import norm
from app.reads.book import ReadBook, frozen
from app.reads.viewer import NOTHING, Viewer

PAGE = 200
RIGHT = "catalogue.read"


@dataclass(frozen=True, slots=True)
class ProductView:
    """Which products: by a text, only bundles, or only the retired ones."""

    text: str = ""
    kind: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product; figures None for who may not see stock, times are UTC ms.

    ``sellable`` is what is free of it; of a bundle, how many its components make.
    """

    id: int
    sku: str
    title: str
    variant: str
    kind: str
    state: str
    barcode: str
    weight_g: int
    hint: str
    hs_code: str
    origin: str
    customs_name: str
    declared_minor: int
    declared_currency: str
    changed_by: str
    changed_at: int
    version: int
    pictured: int
    on_hand: int | None
    reserved: int | None
    sellable: int | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """One component of a bundle, and how many of it are free."""

    sku: str
    title: str
    quantity: int
    free: int | None


@dataclass(frozen=True, slots=True)
class ProductWhole:
    """One product with its components and the bundles it is in."""

    row: ProductRow
    parts: tuple[PartRow, ...]
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import, what it brought, and whether it still runs (UTC ms)."""

    id: int
    source: str
    name: str
    state: str
    rows: int
    added: int
    changed: int
    same: int
    refused: int
    stocked: int
    by: str
    at: int


_FREE = (
    "coalesce((SELECT sum(max(s.physical - s.reserved, 0)) FROM stock s"
    " WHERE s.sku = {code} AND s.closed = 0), 0)"
)
_SELLABLE = (
    "CASE p.kind WHEN 'bundle' THEN coalesce((SELECT min("
    + _FREE.format(code="t.sku")
    + " / t.quantity) FROM component t WHERE t.product_id = p.id), 0) ELSE "
    + _FREE.format(code="p.sku")
    + " END"
)
_COLUMNS = (
    "p.id, p.sku, p.title, p.variant, p.kind, p.state, p.barcode, p.weight_g, p.hint, p.hs_code,"
    " p.origin, p.customs_name, p.declared_minor, p.declared_currency, p.changed_by, p.changed_at,"
    " p.version, (SELECT count(*) FROM product_picture i WHERE i.product_id = p.id) AS pictured"
)


def _select(viewer: Viewer) -> str:
    if not viewer.may("stock.read"):
        return f"SELECT {_COLUMNS}, NULL AS on_hand, NULL AS reserved, NULL AS sellable"
    sums = "coalesce((SELECT sum(s.{figure}) FROM stock s WHERE s.sku = p.sku), 0)"
    physical, reserved = sums.format(figure="physical"), sums.format(figure="reserved")
    figures = f"{physical} AS on_hand, {reserved} AS reserved, {_SELLABLE} AS sellable"
    return f"SELECT {_COLUMNS}, {figures}"


def page(
    book: ReadBook,
    viewer: Viewer,
    view: ProductView,
    after: ProductRow | None = None,
    limit: int = PAGE,
) -> tuple[ProductRow, ...]:
    """The products behind ``after`` (None: the first ones) by merchant code."""
    where, values = _where(viewer, view)
    if after is not None:
        where, values = f"{where} AND p.sku > ?", [*values, after.sku]
    sql = f"{_select(viewer)} FROM product p WHERE {where} ORDER BY p.sku LIMIT ?"
    return frozen(ProductRow, book.rows(sql, [*values, limit]))


def jump(
    book: ReadBook, viewer: Viewer, view: ProductView, offset: int, limit: int = PAGE
) -> tuple[ProductRow, ...]:
    """The products from ``offset`` on, for a jump with the scroll bar."""
    where, values = _where(viewer, view)
    inner = f"SELECT p.id FROM product p WHERE {where} ORDER BY p.sku LIMIT ? OFFSET ?"
    sql = f"{_select(viewer)} FROM product p WHERE p.id IN ({inner}) ORDER BY p.sku"
    return frozen(ProductRow, book.rows(sql, [*values, limit, offset]))


def count(book: ReadBook, viewer: Viewer, view: ProductView) -> int:
    """How many products a view has."""
    where, values = _where(viewer, view)
    row = book.row(f"SELECT count(*) AS n FROM product p WHERE {where}", values)
    return int(row["n"]) if row else 0


def product(book: ReadBook, viewer: Viewer, product_id: int) -> ProductWhole | None:
    """One product, whole; None when there is none that this person may see."""
    if not viewer.may(RIGHT):
        return None
    sql = f"{_select(viewer)} FROM product p WHERE p.id = ?"
    found = frozen(ProductRow, book.rows(sql, (product_id,)))
    if not found:
        return None
    row = found[0]
    return ProductWhole(row, _parts(book, viewer, product_id), _inside(book, row.sku))


def picture(book: ReadBook, viewer: Viewer, product_id: int) -> bytes:
    """A product's picture as PNG or JPEG; empty when there is none or it may not be seen."""
    if not viewer.may(RIGHT):
        return b""
    row = book.row("SELECT image FROM product_picture WHERE product_id = ?", (product_id,))
    return bytes(row["image"]) if row else b""


def imports(book: ReadBook, viewer: Viewer, limit: int = PAGE) -> tuple[ImportRow, ...]:
    """The latest imports of products, the newest first."""
    if not viewer.may(RIGHT):
        return ()
    sql = (
        'SELECT id, source, name, state, rows, added, changed, same, refused, stocked, "by", at'
        " FROM product_import ORDER BY id DESC LIMIT ?"
    )
    return frozen(ImportRow, book.rows(sql, (limit,)))


def warehouses(book: ReadBook, viewer: Viewer) -> tuple[tuple[int, str], ...]:
    """The warehouses opening stock can be taken in at: (id, name)."""
    if not viewer.may(RIGHT):
        return ()
    rows = book.rows("SELECT id, name FROM location ORDER BY id")
    return tuple((row["id"], row["name"]) for row in rows)


def _parts(book: ReadBook, viewer: Viewer, product_id: int) -> tuple[PartRow, ...]:
    free = _FREE.format(code="t.sku") if viewer.may("stock.read") else "NULL"
    sql = (
        f"SELECT t.sku, coalesce(c.title, t.sku) AS title, t.quantity, {free} AS free"
        " FROM component t LEFT JOIN product c ON c.sku = t.sku WHERE t.product_id = ?"
        " ORDER BY t.sku"
    )
    return frozen(PartRow, book.rows(sql, (product_id,)))


def _inside(book: ReadBook, sku: str) -> tuple[str, ...]:
    sql = (
        "SELECT p.sku FROM component t JOIN product p ON p.id = t.product_id"
        " WHERE t.sku = ? ORDER BY p.sku"
    )
    return tuple(row["sku"] for row in book.rows(sql, (sku,)))


def _where(viewer: Viewer, view: ProductView) -> tuple[str, list[int | str]]:
    if not viewer.may(RIGHT):
        return NOTHING, []
    where, values = "p.state = ?", list[int | str](["retired" if view.retired else "active"])
    if view.kind:
        where, values = f"{where} AND p.kind = ?", [*values, view.kind]
    for word in view.text.split():
        clause, more = _like(word)
        where, values = f"{where} AND {clause}", [*values, *more]
    return where, values


def _like(word: str) -> tuple[str, list[int | str]]:
    """A word stands in the title or variant, begins a code, or is the barcode."""
    inside, plain = f"%{escaped(word)}%", norm(word)
    columns = ("title", "variant", "sku")
    clause = " OR ".join(f"p.{name} LIKE ? ESCAPE '\\'" for name in columns)
    clause, values = f"({clause} OR p.barcode = ?", list[int | str]([inside] * 3 + [word])
    if plain:
        clause, values = f"{clause} OR p.sku_norm LIKE ?", [*values, f"{plain}%"]
    return f"{clause})", values


def escaped(text: str) -> str:
    """A text whose signs mean themselves in a LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
