"""`waydesk import products FILE [--mapping MAP]`: take a product file in without a desk."""

import argparse

from app.cli.hands import Hands
from app.cli.open_alone import open_alone
from app.commands.catalogue_import import Brought
from app.operations import product_import
from app.operations.import_orders import write_rejects
from app.operations.laws import Laws
from app.operations.product_sheet import read_sheet
from app.operations.product_walk import Plan, Walk
from app.store.product_imports import only_warehouse
from app.store.work import Book

SHOWN = 20
PIECE = 200  # rows in one transaction: nobody else writes now


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Read, judge and take the file in; say what it brought and which rows were refused.

    Opening stock is taken in where the shop has one warehouse; with several, import at the desk.

    Raises:
        ImportUnreadable: the file as a whole cannot be read; nothing was taken in.
        BookInUse: the background service works on the folder; import at the desk instead.
    """
    sheet = read_sheet(chosen.file, chosen.mapping)
    if chosen.rejects:
        write_rejects(chosen.rejects, sheet.rejects)
    with open_alone(hands) as book:
        brought = _walk(book, Walk(_plan(book, chosen, Plan(sheet, actor=hands.actor()))))
    _tell(hands, brought, preview=chosen.preview)
    return 0


def _plan(book: Book, chosen: argparse.Namespace, plan: Plan) -> Plan:
    with book.work(plan.actor) as work:
        place = only_warehouse(work)
        if chosen.preview:
            return Plan(plan.sheet, place, actor=plan.actor)
        begun = product_import.begin(work, ("file", chosen.file.name), 0, place)
        work.tell("import_begun", "import", begun.import_id)
        work.commit()
    return Plan(plan.sheet, place, begun.import_id, actor=plan.actor)


def _walk(book: Book, walk: Walk) -> Brought:
    rules = Laws(book).now
    while not walk.over:
        with book.work(walk.plan.actor) as work:
            walk.step(work, rules, PIECE)
            if work.has_told:
                work.commit()
    with book.work(walk.plan.actor) as work:
        walk.finish(work)
        if work.has_told:
            work.commit()
    return walk.tally.brought()


def _tell(hands: Hands, brought: Brought, *, preview: bool) -> None:
    hands.say(
        "import.products_foreseen" if preview else "import.products_done",
        rows=brought.rows,
        added=brought.added,
        changed=brought.changed,
        same=brought.same,
        stocked=brought.stocked,
        refused=brought.refused,
    )
    for one in brought.refusals[:SHOWN]:
        hands.say(f"import.{one.code}", row=one.row, column=one.column, stood=one.stood)
    if brought.refused > SHOWN:
        hands.say("import.more", n=brought.refused - SHOWN)
