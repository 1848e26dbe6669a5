"""An import is begun, stopped and taken back through the door, each with a name on it."""

from pathlib import Path

from app.commands.catalogue_import import (
    Begun,
    FetchProducts,
    ImportProducts,
    StopImport,
    UndoImport,
)
from app.domain.errors import NotInState
from app.operations import product_import, product_undo
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store.product_imports import RUNNING, STOPPED, UNDOING
from app.store.tables import channel
from app.store.tables_catalogue import product_import as table
from app.store.work import Work


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
    """End an import that comes in or is taken back, after the piece in hand."""
    row = work.row(table, ask.import_id)
    if row["state"] == UNDOING:
        product_undo.stop(work, row)
        return
    if row["state"] != RUNNING:
        raise NotInState(machine="import", state=row["state"], action="stop")
    work.update(table, row["id"], state=STOPPED)
    work.mark("imports", row["id"])


def undo_import(work: Work, ask: UndoImport, _rules: Rulebook) -> Begun:
    """Begin to take an import back, or go on with it; its changes follow piece by piece."""
    row = work.row(table, ask.import_id)
    product_undo.begin(work, row)
    return Begun(row["id"], work.actor.operator_id, work.actor.name)


VERBS = (
    Verb(ImportProducts, import_products, "catalogue.edit", "import_begun"),
    Verb(FetchProducts, fetch_products, "catalogue.edit", "import_begun"),
    Verb(StopImport, stop_import, "catalogue.edit", "import_stopped"),
    Verb(UndoImport, undo_import, "catalogue.edit", "import_undo_begun"),
)
