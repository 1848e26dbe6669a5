"""`waydesk doctor`: what is well with this computer and the data, and what to do about the rest."""

import argparse

from app.cli.hands import Hands
from app.rulebook import RESOURCES
from app.store.doctor import BAD, Patient, examine
from app.store.os_keyring import pinned_backend

SENTENCE = "Look the computer and the data over; change nothing."


def flags(parser: argparse.ArgumentParser) -> None:
    """It takes no flags of its own."""
    del parser


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Print a sentence for everything looked at; give 1 when something is bad."""
    del chosen
    patient = Patient(
        hands.settings.folder,
        RESOURCES / "fonts",
        pinned_backend(),
        hands.clock.now(),
        shared=bool(hands.settings.book),
    )
    signs = examine(patient)
    for sign in signs:
        level = hands.words.say(f"doctor.{sign.level}", hands.lang)
        said = hands.words.say(f"doctor.{sign.code}", hands.lang, **sign.facts)
        hands.out.write(f"[{level}] {said}\n")
    return int(any(sign.level == BAD for sign in signs))
