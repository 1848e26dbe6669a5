"""`waydesk audit verify`: name everything that was changed behind Waydesk's back."""

import argparse

from app.cli.hands import Hands
from app.store.backup import FOLDER, witnessed
from app.store.verify import verify

SENTENCE = "Hold every record and every entry of the activity log against their seals."
SHOWN = 1_000


def flags(parser: argparse.ArgumentParser) -> None:
    """What to do with the log; so far it is verified."""
    parser.add_argument("act", choices=("verify",), help="what to do with the activity log")


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Print every finding; give 1 when there is any.

    The newest backup is asked what it saw of the log, so that a book put back as it was before
    that backup shows too.

    Raises:
        VaultLocked: the key is not at hand; seals cannot be checked without it.
        BookAbsent: there is no data in the folder.
    """
    del chosen
    book = hands.reading_book(hands.key())
    try:
        heads = witnessed(hands.settings.folder / FOLDER, book.keys, hands.rng)
        report = verify(book, heads)
    finally:
        book.engine.dispose()
    for one in report.findings[:SHOWN]:
        facts = {"table": one.table, "key": one.key, "said": one.said}
        hands.say(f"verify.{one.kind}", **facts)
    if report.found > SHOWN:
        hands.say("verify.more", n=report.found - SHOWN)
    end = "verify.all_well" if report.ok else "verify.not_well"
    hands.say(end, entries=report.entries, rows=report.rows, found=report.found)
    return 0 if report.ok else 1
