"""`waydesk audit verify`: name everything that was changed behind Waydesk's back."""

import argparse
import re
from pathlib import Path

from app.cli.hands import Hands
from app.domain.audit import Head
from app.domain.errors import HeadMistyped
from app.domain.head_words import HeadWords
from app.rulebook import load
from app.store import record_file, witnesses
from app.store.verify import verify
from app.store.witnesses import Seen

SENTENCE = "Hold every record and every entry of the activity log against their seals."
SHOWN = 1_000
SHEET = re.compile(r"\s*([0-9]{1,4})\s*[/-]\s*([0-9]{1,18})\s+(\S.*)")


def flags(parser: argparse.ArgumentParser) -> None:
    """What to do with the log, and what others have seen of it."""
    parser.add_argument("act", choices=("verify",), help="what to do with the activity log")
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="'1/345 WORDS'",
        help="a head off an end-of-day sheet: desk, entry and the eight words; may be repeated",
    )
    parser.add_argument(
        "--heads", action="append", default=[], type=Path, help="a file of heads kept elsewhere"
    )
    parser.add_argument(
        "--export", type=Path, help="check an exported file instead of the data of the folder"
    )
    parser.add_argument(
        "--no-key", action="store_true", help="with --export: check order and completeness alone"
    )


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Print every finding; give 1 when there is any.

    The newest backup and the files of heads are asked what they saw of the log, so that a book put
    back as it was before shows too.

    Raises:
        VaultLocked: the key is not at hand; seals cannot be checked without it.
        BookAbsent: there is no data in the folder.
        HeadMistyped: a word of a head is in no list.
        HeadsUnreadable: a file of heads has a line that is none.
    """
    seen: Seen = {}
    for text in chosen.head:
        witnesses.join(seen, read_sheet(text, load().head_words))
    for path in chosen.heads:
        witnesses.join(seen, witnesses.read_file(path))
    if chosen.export is not None:
        return _file(chosen, hands, seen)
    return _book(hands, seen)


def read_sheet(text: str, words: HeadWords) -> Seen:
    """One head as it stands on paper: ``1/345`` and eight words. Raises HeadMistyped."""
    told = SHEET.fullmatch(text)
    if told is None:
        raise HeadMistyped(word=text[:20], place=0)
    return {int(told[1]): [Head(int(told[2]), words.heard(told[3]))]}


def _book(hands: Hands, seen: Seen) -> int:
    book = hands.reading_book(hands.key())
    try:
        folder = hands.settings.folder
        witnesses.join(seen, witnesses.all_seen(folder, book.keys, hands.rng))
        report = verify(book, seen)
    finally:
        book.engine.dispose()
    for one in report.findings[:SHOWN]:
        facts = {"table": one.table, "key": one.key, "said": one.said}
        hands.say(f"verify.{one.kind}", **facts)
    if report.found > SHOWN:
        hands.say("verify.more", n=report.found - SHOWN)
    end = "verify.all_well" if report.ok else "verify.not_well"
    hands.say(end, entries=report.entries, rows=report.rows, found=report.found)
    hands.say("verify.witnesses", n=witnesses.count(seen))
    return 0 if report.ok else 1


def _file(chosen: argparse.Namespace, hands: Hands, seen: Seen) -> int:
    mac = None
    if not chosen.no_key:
        book = hands.reading_book(hands.key())
        book.engine.dispose()
        mac = book.keys.audit_mac
    report = record_file.check(chosen.export, mac, seen)
    for chain, broken in report.broken.items():
        hands.say(f"verify.entry_{broken.why.value}", key=f"{chain}/{broken.seq}", said="")
    hands.say("verify.file_key" if report.with_key else "verify.file_no_key")
    end = "verify.file_not_well" if report.broken else "verify.file_well"
    hands.say(end, entries=report.entries, witnesses=witnesses.count(seen))
    return 1 if report.broken else 0
