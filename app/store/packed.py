"""What belongs in a box and what was scanned into it, read from the book."""

from collections import Counter

from sqlalchemy import func, select

from app.domain.bundles import Recipe
from app.domain.packing import COUNTED, Piece
from app.domain.scan_codes import is_same
from app.domain.states import ParcelState
from app.store import bundles, products
from app.store import orders as book
from app.store.seal import Row
from app.store.tables import line, parcel, parcel_line
from app.store.tables_packing import pack_scan, packing
from app.store.work import Work

_COUNTED = tuple(sorted(one.value for one in COUNTED))


def lines_in(work: Work, box: Row) -> list[tuple[Row, int]]:
    """The items of a box with how many of each belong in it now.

    Items cancelled since the box was made are left out, and those added to an order of one open
    box belong in it: what is packed is what will leave (`app.operations.shipping`).
    """
    owed = {one.line_id: one.to_ship for one in book.lines_of(work, box["order_id"])}
    rows = {row["id"]: row for row in book.sealed(work, line, box["order_id"])}
    told = {row["line_id"]: row["quantity"] for row in work.of(parcel_line, "parcel_id", box["id"])}
    if box["state"] == ParcelState.OPEN:
        alone = _is_only_open(work, box)
        told = owed if alone else {pk: min(n, owed.get(pk, 0)) for pk, n in told.items()}
    return [(rows[pk], n) for pk, n in sorted(told.items()) if n > 0 and pk in rows]


def _is_only_open(work: Work, box: Row) -> bool:
    boxes = book.sealed(work, parcel, box["order_id"])
    return [one["id"] for one in boxes if one["state"] == ParcelState.OPEN] == [box["id"]]


def recipes_of(work: Work, items: list[tuple[Row, int]]) -> dict[int, dict[str, int]]:
    """What one sold item of each line puts into the box, by line: itself, or a bundle's parts."""
    promised = bundles.promised(work, [row["id"] for row, _n in items])
    return {row["id"]: promised.get(row["id"], {row["sku"]: 1}) for row, _n in items}


def pieces_of(work: Work, box: Row, items: list[tuple[Row, int]], at_round: int) -> list[Piece]:
    """Every merchant code of a box with how many are wanted and scanned, in the items' order."""
    recipes, wanted = recipes_of(work, items), Counter[str]()
    for row, n in items:
        for sku, each in recipes[row["id"]].items():
            wanted[sku] += each * n
    packed = counted(work, box["id"], at_round)
    return [Piece(sku, n, packed.get(sku, 0)) for sku, n in wanted.items()]


def counted(work: Work, parcel_id: int, at_round: int) -> dict[str, int]:
    """How many of each merchant code were scanned into a box in this round."""
    query = (
        select(pack_scan.c.sku, func.sum(pack_scan.c.quantity).label("n"))
        .where(
            pack_scan.c.parcel_id == parcel_id,
            pack_scan.c.round == at_round,
            pack_scan.c.outcome.in_(_COUNTED),
        )
        .group_by(pack_scan.c.sku)
    )
    return {row["sku"]: int(row["n"]) for row in work.rows(query)}


def last_counted(work: Work, parcel_id: int, at_round: int, code: str) -> int | None:
    """When this very code last counted in this round (UTC ms of the desk), None for never."""
    query = select(func.max(pack_scan.c.read_at)).where(
        pack_scan.c.parcel_id == parcel_id,
        pack_scan.c.round == at_round,
        pack_scan.c.code == code,
        pack_scan.c.outcome.in_(_COUNTED),
    )
    found = work.conn.execute(query).scalar()
    return None if found is None else int(found)


def taken_by(work: Work, code: str, pieces: list[Piece], items: list[tuple[Row, int]]) -> Recipe:
    """What a scanned code puts into this box, by merchant code; empty when nothing answers to it.

    A merchant code or barcode of a piece is that piece. One of a bundle sold in this box is all
    that the bundle is made of: some shops keep them packed.
    """
    known = products.of_skus(work, [one.sku for one in pieces] + [row["sku"] for row, _n in items])
    fits = [
        sku
        for sku in dict.fromkeys([one.sku for one in pieces])
        if is_same(code, sku) or _bears(code, known.get(sku))
    ]
    if fits:
        left = {one.sku: one.left for one in pieces}
        return {max(fits, key=lambda sku: left[sku]): 1}
    recipes = recipes_of(work, items)
    for row, _n in items:
        if is_same(code, row["sku"]) or _bears(code, known.get(row["sku"])):
            return recipes[row["id"]]
    return {}


def _bears(code: str, product: Row | None) -> bool:
    return product is not None and is_same(code, product["barcode"])


def check_of(work: Work, parcel_id: int, *, lock: bool = False) -> Row | None:
    """The packing check of a parcel, None before its first."""
    rows = work.of(packing, "parcel_id", parcel_id, lock=lock)
    return rows[0] if rows else None
