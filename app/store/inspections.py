"""Returned goods in the book: what was seen of each item, and what went back to the shelf."""

from sqlalchemy import func, select

from app.domain.bundles import recipe_of
from app.store import bundles, stock_ledger
from app.store.seal import Row
from app.store.tables import line
from app.store.tables_receipt import inspection
from app.store.work import Work

CAUSE = "returned"


def item_of(work: Work, order_id: int, line_id: int) -> Row | None:
    """An order's item, kept from other computers until the commit; None where it is none of it."""
    found = work.of(line, "id", line_id, lock=True)
    return found[0] if found and found[0]["order_id"] == order_id else None


def seen(work: Work, line_id: int) -> int:
    """How many of an item were inspected before."""
    units = inspection.c.sellable + inspection.c.damaged + inspection.c.supplier
    query = select(func.coalesce(func.sum(units), 0).label("n"))
    return int(work.rows(query.where(inspection.c.line_id == line_id))[0]["n"])


def put(work: Work, item: Row, row: Row) -> dict[str, int]:
    """Keep what was seen, and shelve what can be sold: units by merchant code.

    A bundle comes apart into what it was reserved as.
    """
    pk = work.ids.next()
    place = {"id": pk, "order_id": item["order_id"], "line_id": item["id"]}
    work.insert(inspection, place | row | {"at": work.now, "by": work.actor.name})
    if not row["sellable"]:
        return {}
    promised = bundles.promised(work, [item["id"]]).get(item["id"])
    parts = bundles.components_of(work, [item["sku"]]).get(item["sku"], ())
    recipe = promised or recipe_of(item["sku"], parts, item["units"])
    shelved = {sku: each * row["sellable"] for sku, each in sorted(recipe.items())}
    for sku, units in shelved.items():
        stock_ledger.bring_in(work, sku, (row["location_id"], units), (CAUSE, pk))
    return shelved
