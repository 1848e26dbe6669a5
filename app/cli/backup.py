"""`waydesk backup`: one verified file from which the shop can be brought back."""

import argparse

from app.cli.hands import Hands
from app.store.backup import BOOK_FILE, FOLDER, Keeping, drop_old, make_backup
from app.store.backup_check import keys_in
from app.store.backup_content import write_note
from app.store.opening import BookAbsent

SENTENCE = "Make a verified backup of the data, while Waydesk may be running."


def flags(parser: argparse.ArgumentParser) -> None:
    """It takes no flags of its own."""
    del parser


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Make the backup, drop what is too old, and say where it is and what is not in it.

    Raises:
        BookAbsent: there is nothing to back up.
        BackupBroken: the book is not whole; earlier backups stay.
        VaultLocked: the key is not at hand, so that nothing could be checked.
    """
    del chosen
    folder = hands.settings.folder
    book = folder / BOOK_FILE
    if not book.exists():
        raise BookAbsent(folder=str(folder))
    keys = keys_in(book, hands.key(), hands.rng)
    made = make_backup(book, folder / FOLDER, keys, "manual", (hands.clock, hands.rng))
    write_note(made, hands.actor().name, "", hands.clock.now())
    gone = len(drop_old(folder / FOLDER, Keeping()))
    hands.say("backup.made", path=str(made.path), size=made.size // 1024, gone=gone)
    hands.say("backup.holds_not")
    return 0
