"""`waydesk import orders|products FILE`: take a file in without a desk."""

import argparse
from pathlib import Path

from app.cli import import_products
from app.cli.hands import Hands
from app.cli.open_alone import open_alone
from app.operations.import_map import FileMap, load_map
from app.operations.import_orders import Importer, map_path, read_file, write_rejects
from app.operations.import_records import Judged
from app.operations.laws import Laws

SENTENCE = "Take a file of orders or products in; a file taken in twice changes nothing."
SHOWN = 20


def flags(parser: argparse.ArgumentParser) -> None:
    """Which file, how it is read, and whether anything is written."""
    parser.add_argument("what", choices=("orders", "products"), help="what the file holds")
    parser.add_argument("file", type=Path, help="a CSV or XLSX file")
    parser.add_argument(
        "--mapping",
        default="",
        help="a mapping file, or the name of one that ships; products do without",
    )
    parser.add_argument("--preview", action="store_true", help="judge every row, write nothing")
    parser.add_argument("--rejects", type=Path, help="write the refused rows to this CSV file")


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Read, judge and take the file in; say what it brought and which rows were refused.

    Raises:
        ImportUnreadable: the file as a whole cannot be read; nothing was taken in.
        RuleRefused: the mapping holds a word without a meaning.
        BookInUse: the background service works on the folder; import at the desk instead.
    """
    if chosen.what == "products":
        return import_products.run(chosen, hands)
    file_map = load_map(map_path(chosen.mapping))
    judged = read_file(chosen.file, file_map)
    if chosen.rejects:
        write_rejects(chosen.rejects, judged.rejects)
    _take(chosen, hands, judged, file_map)
    for one in judged.rejects[:SHOWN]:
        hands.say(f"import.{one.code}", row=one.row, column=one.column, stood=one.stood)
    if len(judged.rejects) > SHOWN:
        hands.say("import.more", n=len(judged.rejects) - SHOWN)
    return 0


def _take(chosen: argparse.Namespace, hands: Hands, judged: Judged, file_map: FileMap) -> None:
    with open_alone(hands) as book:
        importer = Importer(book, Laws(book).now, hands.actor())
        act = importer.preview if chosen.preview else importer.run
        brought = act(judged, file_map)
    hands.say(
        "import.foreseen" if chosen.preview else "import.done",
        rows=brought.rows,
        orders=brought.orders,
        new=brought.new,
        changed=brought.changed,
        same=brought.same,
        refused=brought.refused,
    )
