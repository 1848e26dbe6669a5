"""Imports of products: what each brought, row by row, so that it can be taken back."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from app.store.seal import Row
from app.store.tables import line, location, stock, stock_move
from app.store.tables_catalogue import (
    component,
    import_change,
    listing,
    picture,
    product,
    product_import,
)
from app.store.work import CHUNK, Work

OPENED, UNDONE = "opening", "opening_undone"
RUNNING = "running"


def begin(work: Work, source: str, name: str, place: Row) -> int:
    """Note that an import begins; ``place`` holds channel_id and location_id."""
    pk: int = work.ids.next()
    by: Row = {"by": work.actor.name, "operator_id": work.actor.operator_id, "at": work.now}
    work.insert(product_import, {"id": pk, "source": source, "name": name[:200], **place, **by})
    work.mark("imports", pk)
    return pk


def note(work: Work, import_id: int, sku: str, before: Row, after: Row) -> Row:
    """The row that says how a product was changed; no ``before`` says it was added."""
    return {
        "id": work.ids.next(),
        "import_id": import_id,
        "sku": sku,
        "what": "changed" if before else "added",
        "before_json": msgspec.json.encode(before).decode(),
        "after_json": msgspec.json.encode(after).decode(),
    }


def stock_note(work: Work, import_id: int, opened: Row) -> Row:
    """The row that says which opening stock was taken in (sku, location_id, quantity)."""
    return {"id": work.ids.next(), "import_id": import_id, "what": "stock", **opened}


def changes(work: Work, import_id: int) -> list[Row]:
    """What an import did, in the order it did it."""
    return work.of(import_change, "import_id", import_id)


def opened(work: Work, location_id: int, skus: Sequence[str]) -> set[str]:
    """The codes that have a figure at this warehouse, save one an undone import took back."""
    found: set[str] = set()
    for start in range(0, len(skus), CHUNK):
        some = skus[start : start + CHUNK]
        query = select(stock).where(stock.c.location_id == location_id, stock.c.sku.in_(some))
        for row in work.rows(query):
            if row["physical"] or row["reserved"] or last_cause(work, row)[0] != UNDONE:
                found.add(row["sku"])
    return found


def last_cause(work: Work, figure: Row) -> tuple[str, int]:
    """What moved a figure last: the kind of cause and its id; ("", 0) for none."""
    query = (
        select(stock_move.c.cause_kind, stock_move.c.cause_id)
        .where(stock_move.c.sku == figure["sku"], stock_move.c.location_id == figure["location_id"])
        .order_by(stock_move.c.id.desc())
        .limit(1)
    )
    rows = work.rows(query)
    return (str(rows[0]["cause_kind"]), int(rows[0]["cause_id"])) if rows else ("", 0)


def moved_since(work: Work, row: Row, skus: Sequence[str]) -> set[str]:
    """The codes whose opening stock an import posted and something moved or promised since."""
    place, touched = row["location_id"], set(skus)
    for figure in _figures(work, [(sku, place, 0) for sku in skus]):
        if not figure["reserved"] and last_cause(work, figure) == (OPENED, row["id"]):
            touched.discard(figure["sku"])
    return touched


def at_work(work: Work, skus: Sequence[str]) -> set[str]:
    """The codes among these that were sold, put in a bundle, mapped to, or given a picture."""
    found: set[str] = set()
    shown = select(product.c.sku).join(picture, picture.c.product_id == product.c.id)
    for start in range(0, len(skus), CHUNK):
        some = skus[start : start + CHUNK]
        for column in (line.c.sku, component.c.sku, listing.c.sku):
            query = select(column.label("sku")).where(column.in_(some)).distinct()
            found.update(row["sku"] for row in work.rows(query))
        found.update(row["sku"] for row in work.rows(shown.where(product.c.sku.in_(some))))
    return found


def move(work: Work, cause: tuple[str, int], rows: Sequence[tuple[str, int, int]]) -> None:
    """Post opening stock, or take it back: (sku, warehouse, by how many) through the ledger."""
    kind, import_id = cause
    standing = {row["sku"]: row for row in _figures(work, rows)}
    new, moves = [], []
    for sku, location_id, by in rows:
        place: Row = {"sku": sku, "location_id": location_id}
        row = standing.get(sku)
        if row is None:
            new.append({"id": work.ids.next(), **place, "physical": by})
        else:
            work.update(stock, row["id"], row["version"], physical=row["physical"] + by)
        told: Row = {"d_physical": by, "cause_kind": kind, "cause_id": import_id, "at": work.now}
        moves.append({"id": work.ids.next(), **place, **told})
    work.insert(stock, *new)
    work.insert(stock_move, *moves)
    work.mark("stock")


def _figures(work: Work, rows: Sequence[tuple[str, int, int]]) -> list[Row]:
    """The figures of these codes at the one warehouse they are about."""
    found: list[Row] = []
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        at = stock.c.location_id == some[0][1]
        query = select(stock).where(at, stock.c.sku.in_([sku for sku, _, _ in some]))
        found += [work.checked(stock, row) for row in work.rows(query.with_for_update())]
    return found


def only_warehouse(work: Work) -> int:
    """The shop's warehouse where it has exactly one, 0 otherwise."""
    found = work.rows(select(location.c.id).limit(2))
    return int(found[0]["id"]) if len(found) == 1 else 0
