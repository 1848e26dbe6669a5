"""What a desk was told before it started: read once, frozen, passed down.

`<data>/settings.toml` holds what stays; a flag wins over it for one run. Nothing in it is secret.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.domain.errors import RuleRefused

SETTINGS_FILE: Final = "settings.toml"

CHOICES: Final = {
    "language": ("system", "zh", "en"),
    "theme": ("system", "light", "dark"),
    "log_level": ("info", "debug", "warning"),
}
"""The words a setting may hold; the first is the default."""

LAST_DESK: Final = 1023


@dataclass(frozen=True, slots=True)
class Settings:
    """How this desk runs.

    Attributes:
        folder: the data folder, checked and made.
        language: zh, en, or system for the language of the operating system.
        theme: light, dark, or system.
        desk: this desk's number, 0 to 1023; desks that share a book differ in it.
        log_level: what the log keeps: info, debug or warning.
        relay: where platforms that call are listened to, HOST:PORT; empty for nowhere.
        safe: begin carefully: no sync, no timers, no printing, the screen as it came.
    """

    folder: Path
    language: str = "system"
    theme: str = "system"
    desk: int = 1
    log_level: str = "info"
    book: str = field(default="", repr=False)
    relay: str = ""
    passphrase: str | None = field(default=None, repr=False)
    safe: bool = False


def read_settings(folder: Path, flags: Mapping[str, str | int]) -> Settings:
    """Read the folder's settings, with `flags` (this run's choices) on top.

    Raises RuleRefused naming file, row and word for anything not understood: a misspelt setting
    that is silently ignored is worse than a start that says so.
    """
    return Settings(folder, **{**_checked(_file(folder / SETTINGS_FILE)), **_checked(dict(flags))})


def _file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RuleRefused(file=str(path), row="", word=str(problem)) from problem


def _checked(rows: dict[str, Any]) -> dict[str, Any]:
    for row, value in rows.items():
        if not _understood(row, value):
            word = "…" if row == "book" else str(value)  # an address may hold a password
            raise RuleRefused(file=SETTINGS_FILE, row=row, word=word)
    return rows


def _understood(row: str, value: object) -> bool:
    if row == "desk":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_DESK
    if row == "book":
        return isinstance(value, str) and (not value or value.startswith("postgresql"))
    if row == "relay":
        return isinstance(value, str) and (not value or address_of(value) is not None)
    return value in CHOICES.get(row, ())


def checked_address(text: str) -> str:
    """An address given as a flag; raises RuleRefused for one that is none."""
    if address_of(text) is None:
        raise RuleRefused(file="--relay", row="relay", word=text)
    return text


def address_of(text: str) -> tuple[str, int] | None:
    """Host and port of HOST:PORT; None for anything else."""
    host, _, port = text.rpartition(":")
    told = port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536
    return (host.strip("[]"), int(port)) if host and told else None
