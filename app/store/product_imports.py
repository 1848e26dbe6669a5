"""Imports of products: what each brought, row by row, so that it can be taken back."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import select

from app.store.seal import Row
from app.store.tables import location, stock, stock_move
from app.store.tables_catalogue import import_change, listing, picture, product_import
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


def figure(work: Work, sku: str, location_id: int) -> Row | None:
    """A merchant code's figure at a warehouse, its seal checked."""
    at = (stock.c.sku == sku) & (stock.c.location_id == location_id)
    found = work.rows(select(stock).where(at).with_for_update())
    return work.checked(stock, found[0]) if found else None


def move(work: Work, cause: tuple[str, int], rows: Iterable[tuple[str, int, int]]) -> None:
    """Post opening stock, or take it back: (sku, warehouse, by how many) through the ledger."""
    kind, import_id = cause
    for sku, location_id, by in rows:
        standing = figure(work, sku, location_id)
        if standing is None:
            pk = work.ids.next()
            place = {"sku": sku, "location_id": location_id}
            work.insert(stock, {"id": pk, **place, "physical": by})
        else:
            pk = standing["id"]
            physical = standing["physical"] + by
            work.update(stock, pk, standing["version"], physical=physical)
        row: Row = {"id": work.ids.next(), "sku": sku, "location_id": location_id}
        row |= {"d_physical": by, "cause_kind": kind, "cause_id": import_id, "at": work.now}
        work.insert(stock_move, row)
        work.mark("stock", pk)


def only_warehouse(work: Work) -> int:
    """The shop's warehouse where it has exactly one, 0 otherwise."""
    found = work.rows(select(location.c.id).limit(2))
    return int(found[0]["id"]) if len(found) == 1 else 0


def is_shown(work: Work, product_id: int, sku: str) -> bool:
    """Whether a product has a picture, or a listing was mapped to it."""
    mapped = select(listing.c.id).where(listing.c.sku == sku).limit(1)
    return work.find(picture, product_id) is not None or bool(work.rows(mapped))
