"""`waydesk register-links`: let links to orders and exceptions open in Waydesk."""

import argparse
import os

from app.cli.hands import Hands
from app.process.deep_links import register, unregister

SENTENCE = "Let waydesk:// links open in Waydesk, for this person of this computer."


def flags(parser: argparse.ArgumentParser) -> None:
    """Whether the registration is taken away instead."""
    parser.add_argument("--remove", action="store_true", help="take it away again")


def run(chosen: argparse.Namespace, hands: Hands) -> int:
    """Register or take away, and say where."""
    if chosen.remove:
        unregister(os.environ)
        hands.say("links.removed")
        return 0
    done = register(os.environ)
    hands.say("links.by_build" if done.by_build else "links.registered", place=done.place)
    return 0
