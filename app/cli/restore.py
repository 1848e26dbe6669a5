"""`waydesk restore`: bring a backup back, beside the data it replaces."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from app.cli.hands import Hands
from app.domain.errors import VaultLocked, WaydeskError
from app.domain.errors_first_day import KitOfOtherData
from app.domain.recovery_kit import open_with_kit
from app.process.errand import Answers, Done, Refused
from app.store.os_keyring import OsKeyring, pinned_backend
from app.store.restore import Restore
from app.store.vault import (
    VAULT_FILE,
    Cost,
    VaultHead,
    has_vault,
    head_in_keyring,
    head_under,
    kept_in,
    read_head,
    write_head,
)

SENTENCE = "Bring a backup back. The present data is put aside, nothing is deleted."
REFUSED = 3
MOST_BYTES = 16_384


def flags(parser: argparse.ArgumentParser) -> None:
    """Which backup, and whether the key comes off the paper of the recovery kit."""
    parser.add_argument("file", type=Path, help="the backup")
    parser.add_argument(
        "--kit",
        action="store_true",
        help="read the recovery kit from standard input; on a new computer the key is then kept"
        " in its keyring, or under the passphrase of --passphrase-fd",
    )
    parser.add_argument(
        "--for-desk",
        action="store_true",
        help="the window asks: read one line of answers, write one line of what came of it",
    )


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Restore, and say where the old data is and that printing stays locked.

    Raises:
        BookInUse: the background service works on the folder.
        BackupBroken: the backup does not pass its check; nothing was touched.
        BadValue: the recovery kit was mistyped; the sentence names the group.
        KitOfOtherData: the recovery kit is another shop's; nothing was touched.
        VaultLocked: the key could be kept nowhere; nothing was touched.
    """
    if chosen.for_desk:
        return _for_desk(chosen.file, hands)
    kit = sys.stdin.read(MOST_BYTES) if chosen.kit else ""
    done = bring_back(chosen.file, Answers(kit, hands.settings.passphrase or ""), hands)
    hands.say("restore.done", name=done.name)
    if done.aside:
        hands.say("restore.aside", path=done.aside)
    return 0


def bring_back(backup: Path, answers: Answers, hands: Hands) -> Done:
    """Put the backup in the place of the data; with the kit also where there is no key yet."""
    folder = hands.settings.folder
    head = None
    if answers.kit:
        kek = open_with_kit(answers.kit)
        head = _home_of(kek, answers.passphrase, hands)
    else:
        passphrase = answers.passphrase or None
        kek = replace(hands, settings=replace(hands.settings, passphrase=passphrase)).key()
    restore = Restore(hands.opener(kek), kek, (hands.clock, hands.rng))
    try:
        aside = restore.run(backup, folder, hands.actor(), hands.place(), answers.reason)
    except VaultLocked as no:
        if answers.kit:
            raise KitOfOtherData(file=backup.name) from no
        raise
    if head is not None:
        if has_vault(folder):
            (folder / VAULT_FILE).replace(folder / f"{VAULT_FILE}.before")
        write_head(folder / VAULT_FILE, head)
    return Done(backup.name, str(aside or ""))


def _home_of(kek: bytes, passphrase: str, hands: Hands) -> VaultHead | None:
    """Where a key from a kit will be kept; None when this folder has that key already.

    Raises:
        VaultLocked: there is no keyring and no passphrase was given.
        BadValue: the passphrase is too short.
    """
    folder, backend = hands.settings.folder, pinned_backend()
    keyring = OsKeyring(backend) if backend else None
    if has_vault(folder) and read_head(folder).kind == "keyring":
        try:
            if kept_in(keyring, read_head(folder)) == kek:
                return None
        except VaultLocked:
            pass  # the keyring has lost it: the kit brings it back
    if passphrase:
        return head_under(kek, passphrase, hands.rng, Cost())
    if keyring is None:
        raise VaultLocked(why="passphrase_needed")
    return head_in_keyring(kek, keyring, hands.rng)


def _for_desk(backup: Path, hands: Hands) -> int:
    line = sys.stdin.buffer.readline(MOST_BYTES)
    try:
        said: Done | Refused = bring_back(backup, msgspec.json.decode(line, type=Answers), hands)
    except WaydeskError as no:
        said = Refused(no.code, no.details)
    hands.out.write(msgspec.json.encode(said).decode() + "\n")
    hands.out.flush()
    return 0 if isinstance(said, Done) else REFUSED
