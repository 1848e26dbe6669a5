"""`waydesk diagnostics`: what whoever mends Waydesk needs, shown before it is saved."""

import argparse
import sys
import zipfile
from pathlib import Path

from app import __version__
from app.cli.hands import Hands
from app.rulebook import RESOURCES
from app.store.diagnostics import Case, gather
from app.store.doctor import Patient
from app.store.os_keyring import pinned_backend

SENTENCE = (
    "Gather versions, findings, counts and logs. No order, no buyer, no key; nothing is sent."
)


def flags(parser: argparse.ArgumentParser) -> None:
    """Where the files are saved together, once they were read."""
    parser.add_argument("--out", type=Path, help="save them as one zip file, after asking")
    parser.add_argument("--yes", action="store_true", help="save without asking")


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Show every file; then save them where the person says, if they say so."""
    files = gather(case_of(hands))
    for name, text in files:
        hands.out.write(f"===== {name}\n{text}\n")
    if chosen.out is None:
        return 0
    if not chosen.yes and not _agreed(chosen.out, hands):
        hands.say("diagnostics.kept_nothing")
        return 0
    with zipfile.ZipFile(chosen.out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files:
            bundle.writestr(zipfile.ZipInfo(name), text.encode())
    hands.say("diagnostics.saved", path=str(chosen.out), n=len(files))
    return 0


def case_of(hands: Hands) -> Case:
    """What is gathered from, on this computer."""
    settings = hands.settings
    patient = Patient(
        settings.folder,
        RESOURCES / "fonts",
        pinned_backend(),
        hands.clock.now(),
        shared=bool(settings.book),
    )
    return Case(
        settings,
        patient,
        hands.clock,
        __version__,
        lambda key, facts: hands.words.say(key, "en", **facts),
    )


def _agreed(out: Path, hands: Hands) -> bool:
    hands.say("diagnostics.ask", path=str(out))
    return sys.stdin.readline().strip().lower() in {"y", "yes", "是"}
