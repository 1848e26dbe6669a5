"""Imports of products: what each brought, row by row, so that it can be taken back."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select

from app.store.seal import Row
from app.store.tables import location, stock, stock_move
from app.store.tables_catalogue import import_change, product_import
from app.store.work import CHUNK, Work

OPENED, TAKEN_BACK = "opening", "opening_undone"
RUNNING, DONE, STOPPED = "running", "done", "stopped"
UNDOING, PART_UNDONE, UNDONE = "undoing", "part_undone", "undone"


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


def standing(work: Work, import_id: int, below: int, limit: int) -> list[Row]:
    """What an import did and was not taken back, before the change ``below``, the newest first."""
    stands = (import_change.c.import_id == import_id, import_change.c.undone == 0)
    query = select(import_change).where(*stands, import_change.c.id < below)
    rows = work.rows(query.order_by(import_change.c.id.desc()).limit(limit))
    return [work.checked(import_change, row) for row in rows]


def count_standing(work: Work, import_id: int) -> int:
    """How many of an import's changes were not taken back."""
    stands = (import_change.c.import_id == import_id, import_change.c.undone == 0)
    query = select(func.count()).select_from(import_change).where(*stands)
    return int(work.conn.execute(query).scalar_one())


def note_undone(work: Work, row: Row, changes: Sequence[Row]) -> None:
    """Write down that these changes of an import were taken back."""
    pks = [one["id"] for one in changes]
    work.execute_each("UPDATE import_change SET undone=1 WHERE id=?", [(pk,) for pk in pks])
    work.touch(import_change, *pks)
    work.update(product_import, row["id"], row["version"], undone=row["undone"] + len(pks))


def opened(work: Work, location_id: int, skus: Sequence[str]) -> set[str]:
    """The codes that have a figure at this warehouse, save one an undone import took back."""
    figures = _figures(work, location_id, skus)
    empty = [sku for sku, row in figures.items() if not row["physical"] and not row["reserved"]]
    causes = last_causes(work, location_id, empty)
    back = {sku for sku in empty if causes.get(sku, ("", 0))[0] == TAKEN_BACK}
    return figures.keys() - back


def last_causes(work: Work, location_id: int, skus: Sequence[str]) -> dict[str, tuple[str, int]]:
    """What moved each figure at a warehouse last: the kind of cause and its id."""
    found: dict[str, tuple[str, int]] = {}
    for start in range(0, len(skus), CHUNK):
        some = skus[start : start + CHUNK]
        sql = _LAST.format(_marks(some))
        for row in work.plain(sql, [location_id, *some]).mappings():
            found[row["sku"]] = (row["cause_kind"], row["cause_id"])
    return found


_LAST = (
    "SELECT sku, cause_kind, cause_id FROM stock_move WHERE id IN"
    " (SELECT max(id) FROM stock_move WHERE location_id=? AND sku IN ({}) GROUP BY sku)"
)


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def moved_since(work: Work, row: Row, skus: Sequence[str]) -> set[str]:
    """The codes whose opening stock an import posted and something moved or promised since."""
    place, still = row["location_id"], (OPENED, row["id"])
    figures, causes = _figures(work, place, skus), last_causes(work, place, skus)
    return {
        sku
        for sku in skus
        if sku not in figures or figures[sku]["reserved"] or causes.get(sku) != still
    }


def at_work(work: Work, skus: Sequence[str]) -> set[str]:
    """The codes among these that were sold, put in a bundle, mapped to, or given a picture."""
    found: set[str] = set()
    for start in range(0, len(skus), CHUNK):
        some = skus[start : start + CHUNK]
        asked = [select.format(_marks(some)) for select in _AT_WORK]
        found.update(work.plain(" UNION ".join(asked), [*some] * len(asked)).scalars())
    return found


_AT_WORK = (
    "SELECT sku FROM line WHERE sku IN ({})",
    "SELECT sku FROM component WHERE sku IN ({})",
    "SELECT sku FROM listing WHERE sku IN ({})",
    "SELECT p.sku FROM product p JOIN product_picture i ON i.product_id=p.id WHERE p.sku IN ({})",
)


def move(
    work: Work, cause: tuple[str, int], location_id: int, by: Sequence[tuple[str, int]]
) -> None:
    """Post opening stock, or take it back: (code, by how many), each code once, by the ledger."""
    if not by:
        return
    kind, import_id = cause
    standing = _figures(work, location_id, [sku for sku, _ in by])
    place: Row = {"location_id": location_id}
    told: Row = {**place, "cause_kind": kind, "cause_id": import_id, "at": work.now}
    known = [(n, standing[sku]["id"]) for sku, n in by if sku in standing]
    new = [{"sku": sku, "physical": n, **place} for sku, n in by if sku not in standing]
    work.execute_each(_MOVE, known)
    work.touch(stock, *(pk for _, pk in known))
    work.insert(stock, *({"id": work.ids.next(), **row} for row in new))
    moves = [{"id": work.ids.next(), "sku": sku, "d_physical": n, **told} for sku, n in by]
    work.insert(stock_move, *moves)
    work.mark("stock")


_MOVE = "UPDATE stock SET physical=physical+?, version=version+1 WHERE id=?"


def _figures(work: Work, location_id: int, skus: Sequence[str]) -> dict[str, Row]:
    """The figures of these codes at a warehouse."""
    found: dict[str, Row] = {}
    for start in range(0, len(skus), CHUNK):
        for row in work.of(stock, "sku", *skus[start : start + CHUNK], lock=True):
            if row["location_id"] == location_id:
                found[row["sku"]] = row
    return found


def only_warehouse(work: Work) -> int:
    """The shop's warehouse where it has exactly one, 0 otherwise."""
    found = work.rows(select(location.c.id).limit(2))
    return int(found[0]["id"]) if len(found) == 1 else 0
