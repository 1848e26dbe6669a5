"""How every role begins: flags, data folder, settings, log, and what becomes of its faults."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from app import __version__
from app.config import CHOICES, Settings, read_settings
from app.process.crashes import FaultKeeper
from app.process.folder import default_folder, open_folder
from app.process.logs import open_log


def flags_of(role: str, sentence: str) -> argparse.ArgumentParser:
    """Give the parser of the flags that every role takes, to which a role adds its own."""
    parser = argparse.ArgumentParser(
        prog=f"waydesk {role}", description=sentence, allow_abbrev=False
    )
    parser.add_argument(
        "--data", type=Path, default=default_folder(), help="the data folder (default: %(default)s)"
    )
    for name, words in CHOICES.items():
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, choices=words, default=argparse.SUPPRESS)
    return parser


def begin(role: str, flags: argparse.Namespace) -> Settings:
    """Check the data folder, read its settings and open this role's log.

    Raises FolderRefused, FolderUnusable, RuleRefused.
    """
    folder = open_folder(flags.data)
    chosen = {name: value for name, value in vars(flags).items() if name in CHOICES}
    settings = read_settings(folder, chosen)
    open_log(folder, role, settings.log_level)
    logging.getLogger().addHandler(FaultKeeper(folder, role, __version__))
    return settings


def begin_child(role: str, arguments: Sequence[str]) -> Settings:
    """Begin a role that Waydesk starts itself and that takes no flags of its own."""
    parser = flags_of(role, "A part of Waydesk that it starts itself.")
    return begin(role, parser.parse_args(arguments))
