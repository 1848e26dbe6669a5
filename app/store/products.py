"""Products in the book: named once by their merchant code, changed with a name on each change."""

from collections.abc import Iterable

from sqlalchemy import or_, select

from app.domain.errors import NotFound
from app.domain.errors_catalogue import CodeTaken
from app.domain.listings import norm
from app.domain.products import GS1, Facts
from app.domain.scan_codes import is_same
from app.store.seal import Row
from app.store.tables_catalogue import component, product
from app.store.work import CHUNK, Work


def of_sku(work: Work, sku: str) -> Row:
    """The product of a merchant code. Raises :class:`NotFound`."""
    row = find_sku(work, sku)
    if row is None:
        raise NotFound(what="product", id=sku)
    return row


def find_sku(work: Work, sku: str) -> Row | None:
    """The product of a merchant code, its seal checked; None when nobody has named it."""
    found = work.rows(select(product).where(product.c.sku == sku))
    return work.checked(product, found[0]) if found else None


def of_skus(work: Work, skus: Iterable[str]) -> dict[str, Row]:
    """The products among these merchant codes, their seals checked."""
    wanted, found = sorted(set(skus)), {}
    for start in range(0, len(wanted), CHUNK):
        for row in work.of(product, "sku", *wanted[start : start + CHUNK]):
            found[row["sku"]] = row
    return found


def by_code(work: Work, code: str) -> list[Row]:
    """The products that a scanned code is the merchant code or the barcode of, oldest first."""
    short = code.lstrip("0") if code.isdigit() else code
    forms = {code, code.upper(), short, *(short.rjust(n, "0") for n in GS1)}
    query = select(product).where(or_(product.c.barcode.in_(forms), product.c.sku.in_(forms)))
    rows = [work.checked(product, row) for row in work.rows(query.order_by(product.c.id))]
    return [r for r in rows if is_same(code, r["sku"]) or is_same(code, r["barcode"])]


def row_of(work: Work, facts: Facts, kind: str = "single") -> Row:
    """The row of a new product."""
    return {
        "id": work.ids.next(),
        "kind": kind,
        "sku_norm": norm(facts.sku),
        "changed_by": work.actor.name,
        "changed_at": work.now,
        **facts.values(),
    }


def add(work: Work, facts: Facts, kind: str = "single") -> int:
    """Name a merchant code; its id. Raises :class:`CodeTaken`."""
    if find_sku(work, facts.sku) is not None:
        raise CodeTaken(sku=facts.sku)
    row = row_of(work, facts, kind)
    work.insert(product, row)
    work.mark("products", row["id"])
    return int(row["id"])


def change(work: Work, row: Row, **values: str | int) -> None:
    """Change a product in the name of who works."""
    by: Row = {"changed_by": work.actor.name, "changed_at": work.now}
    work.update(product, row["id"], row["version"], **values, **by)
    work.mark("products", row["id"])


def set_components(work: Work, product_id: int, parts: Iterable[tuple[str, int]]) -> None:
    """Let a bundle be made of exactly these."""
    for row in work.of(component, "product_id", product_id):
        work.delete(component, row["id"])
    new = [{"sku": sku, "quantity": n} for sku, n in parts]
    place = {"product_id": product_id}
    work.insert(component, *({"id": work.ids.next(), **place, **one} for one in new))
    work.mark("products", product_id)
