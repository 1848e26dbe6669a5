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
from app.store import bundles, product_imports, products
from app.store.product_imports import OPENED, RUNNING, UNDONE
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
    used = sorted({one["sku"] for one in changes if _used(work, one, known.get(one["sku"]))})
    if used:
        raise UndoRefused(skus=", ".join(used[:NAMED]), n=len(used))
    for one in reversed(changes):
        _take_back(work, one, known)
    work.update(table, row["id"], state="undone")
    work.mark("imports", row["id"])
    work.mark("products")


def _used(work: Work, one: Row, standing: Row | None) -> bool:
    """Whether something was done since with what an import brought."""
    if standing is None:
        return True
    if one["what"] == "stock":
        figure = product_imports.figure(work, one["sku"], one["location_id"])
        cause = product_imports.last_cause(work, one)
        untouched = cause == (OPENED, one["import_id"])
        return figure is None or bool(figure["reserved"]) or not untouched
    after = msgspec.json.decode(one["after_json"])
    if any(standing[name] != value for name, value in after.items()):
        return True
    if one["what"] != "added":
        return False
    sku = one["sku"]
    sold = bundles.is_reserved(work, sku) or bool(bundles.using(work, sku))
    edited = standing["version"] != 1 or standing["kind"] != "single"
    return sold or edited or product_imports.is_shown(work, standing["id"], sku)


def _take_back(work: Work, one: Row, known: dict[str, Row]) -> None:
    standing = known[one["sku"]]
    if one["what"] == "stock":
        back = (one["sku"], one["location_id"], -one["quantity"])
        product_imports.move(work, (UNDONE, one["import_id"]), (back,))
    elif one["what"] == "changed":
        before = msgspec.json.decode(one["before_json"])
        products.change(work, work.row(product, standing["id"]), **before)
    else:
        work.delete(product, standing["id"])


VERBS = (
    Verb(ImportProducts, import_products, "catalogue.edit", "import_begun"),
    Verb(FetchProducts, fetch_products, "catalogue.edit", "import_begun"),
    Verb(StopImport, stop_import, "catalogue.edit", "import_stopped"),
    Verb(UndoImport, undo_import, "catalogue.edit", "import_undone"),
)
