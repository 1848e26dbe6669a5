"""Hands a command of the terminal the computer's own time, identities, chance and words."""

import argparse
import locale
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from app.cli.hands import Hands
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.start import begin, flags_of
from app.config import Settings
from app.rulebook import load
from app.store.vault import passphrase_from

Main = Callable[[Sequence[str]], int]


class Part(Protocol):
    """A command of the terminal: a module of `app.cli`, or an object that is handed more."""

    @property
    def SENTENCE(self) -> str:  # noqa: N802 - a constant of the modules
        """What it is for."""
        ...

    def flags(self, parser: argparse.ArgumentParser) -> None:
        """Add its own flags."""
        ...

    def run(self, chosen: argparse.Namespace, hands: Hands) -> int:
        """Do it; give the exit code."""
        ...


def main_of(name: str, part: Part) -> Main:
    """Return the `main` of a terminal command: a module with `SENTENCE`, `flags` and `run`."""

    def main(arguments: Sequence[str]) -> int:
        parser = flags_of(name, part.SENTENCE)
        parser.add_argument(
            "--passphrase-fd", type=int, help="open descriptor from which the passphrase is read"
        )
        part.flags(parser)
        chosen = parser.parse_args(arguments)
        return part.run(chosen, _hands(name, chosen))

    return main


def _hands(name: str, chosen: argparse.Namespace) -> Hands:
    settings = begin(name, chosen)
    if chosen.passphrase_fd is not None:
        settings = replace(settings, passphrase=passphrase_from(chosen.passphrase_fd))
    clock = SystemClock()
    ids = Snowflakes(clock, settings.desk)
    return Hands(settings, clock, ids, SystemRng(), load().words, spoken(settings))


def spoken(settings: Settings) -> str:
    """The language of the settings, else the operating system's, else English."""
    if settings.language != "system":
        return settings.language
    spoken = locale.getlocale()[0] or ""
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"
