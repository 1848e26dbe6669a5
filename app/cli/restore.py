"""`waydesk restore`: bring a backup back, beside the data it replaces."""

import argparse
import sys
from pathlib import Path

from app.cli.hands import Hands
from app.store.recovery_kit import open_with_kit
from app.store.restore import Restore
from app.store.vault import has_vault, keep_under

SENTENCE = "Bring a backup back. The present data is put aside, nothing is deleted."


def flags(parser: argparse.ArgumentParser) -> None:
    """Which backup, and whether the key comes off the paper of the recovery kit."""
    parser.add_argument("file", type=Path, help="the backup")
    parser.add_argument(
        "--kit",
        action="store_true",
        help="read the recovery kit from standard input; on a new computer the key is then kept"
        " under the passphrase of --passphrase-fd",
    )


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Restore, and say where the old data is and that printing stays locked.

    Raises:
        BookInUse: the background service works on the folder.
        BackupBroken: the backup does not pass its check; nothing was touched.
        BadValue: the recovery kit was mistyped; the sentence names the group.
    """
    folder = hands.settings.folder
    kek = open_with_kit(sys.stdin.read()) if chosen.kit else hands.key()
    restore = Restore(hands.opener(kek), kek, (hands.clock, hands.rng))
    aside = restore.run(chosen.file, folder, hands.actor(), hands.place())
    if chosen.kit and not has_vault(folder) and hands.settings.passphrase is not None:
        keep_under(folder, kek, hands.settings.passphrase, hands.rng)
    hands.say("restore.done", name=chosen.file.name)
    if aside is not None:
        hands.say("restore.aside", path=str(aside))
    return 0
