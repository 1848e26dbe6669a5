"""An import is begun, stopped and taken back through the door, each with a name on it."""

from pathlib import Path

import msgspec

from app.commands.catalogue_import import (
    Begun,
    FetchProducts,
    ImportProducts,
    StopImport,
    UndoImport,
)
from app.domain.errors import NotInState
from app.domain.errors_catalogue import UndoRefused
from app.operations import product_import
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import product_imports, products
from app.store.product_imports import RUNNING, UNDONE
from app.store.seal import Row
from app.store.tables import channel
from app.store.tables_catalogue import product
from app.store.tables_catalogue import product_import as table
from app.store.work import Work

NAMED = 5


def import_products(work: Work, ask: ImportProducts, rules: Rulebook) -> Begun:
    """Begin to take a product file in; its rows follow piece by piece."""
    product_import.may_stock(work, rules, ask.stock_at)
    if ask.preview:
        return Begun(0)
    return product_import.begin(work, ("file", Path(ask.path).name), 0, ask.stock_at)


def fetch_products(work: Work, ask: FetchProducts, rules: Rulebook) -> Begun:
    """Begin to take in what a shop sells; its list is read page by page."""
    product_import.may_stock(work, rules, ask.stock_at)
    shop = work.row(channel, ask.channel_id)
    if ask.preview:
        return Begun(0)
    return product_import.begin(work, ("channel", shop["name"]), shop["id"], ask.stock_at)


def stop_import(work: Work, ask: StopImport, _rules: Rulebook) -> None:
    """End an import that runs, after the piece in hand."""
    row = work.row(table, ask.import_id)
    if row["state"] != RUNNING:
        raise NotInState(machine="import", state=row["state"], action="stop")
    work.update(table, row["id"], state="stopped")
    work.mark("imports", row["id"])


def undo_import(work: Work, ask: UndoImport, _rules: Rulebook) -> None:
    """Take an import back, all of it or nothing. Raises :class:`UndoRefused` naming what was used.

    Products go that nothing was done with since, changed fields become what they were, and opening
    stock goes back through the ledger.
    """
    row = work.row(table, ask.import_id)
    if row["state"] not in {"done", "stopped"}:
        raise NotInState(machine="import", state=row["state"], action="undo")
    changes = product_imports.changes(work, row["id"])
    known = products.of_skus(work, {one["sku"] for one in changes})
    used = sorted(_used(work, row, changes, known))
    if used:
        raise UndoRefused(skus=", ".join(used[:NAMED]), n=len(used))
    _take_back(work, row, changes, known)
    work.update(table, row["id"], state="undone")
    work.mark("imports", row["id"])
    work.mark("products")


def _used(work: Work, row: Row, changes: list[Row], known: dict[str, Row]) -> set[str]:
    """The merchant codes with which something was done since the import."""
    used = {one["sku"] for one in changes if one["sku"] not in known}
    told = [one for one in changes if one["what"] != "stock" and one["sku"] in known]
    used |= {one["sku"] for one in told if _edited(one, known[one["sku"]])}
    added = [one["sku"] for one in told if one["what"] == "added"]
    used |= product_imports.at_work(work, added)
    stocked = [one["sku"] for one in changes if one["what"] == "stock"]
    return used | product_imports.moved_since(work, row, stocked)


def _edited(one: Row, standing: Row) -> bool:
    after = msgspec.json.decode(one["after_json"])
    new = one["what"] == "added" and (standing["version"] != 1 or standing["kind"] != "single")
    return new or any(standing[name] != value for name, value in after.items())


def _take_back(work: Work, row: Row, changes: list[Row], known: dict[str, Row]) -> None:
    stocked = [one for one in changes if one["what"] == "stock"]
    back = [(one["sku"], one["location_id"], -one["quantity"]) for one in stocked]
    product_imports.move(work, (UNDONE, row["id"]), back)
    for one in changes:
        standing = known[one["sku"]]
        if one["what"] == "changed":
            products.change(work, standing, **msgspec.json.decode(one["before_json"]))
        elif one["what"] == "added":
            work.delete(product, standing["id"])


VERBS = (
    Verb(ImportProducts, import_products, "catalogue.edit", "import_begun"),
    Verb(FetchProducts, fetch_products, "catalogue.edit", "import_begun"),
    Verb(StopImport, stop_import, "catalogue.edit", "import_stopped"),
    Verb(UndoImport, undo_import, "catalogue.edit", "import_undone"),
)
