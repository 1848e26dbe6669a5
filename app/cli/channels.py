"""`waydesk channels`: what can be connected, what each can do, and what each asks for."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.cli.hands import Hands
from app.domain.connections import Connection, Connections, Kind
from app.domain.words import Words
from app.rulebook import load

Declared = Mapping[tuple[Kind, str], tuple[frozenset[str], str]]
"""What each connector says it can do, and how fast it may be asked."""

SENTENCE = "List what can be connected, what each can do, and what each asks for."


@dataclass(frozen=True, slots=True)
class Listed:
    """One platform or carrier of the registry: its fields, what it can do, and how fast."""

    connection: Connection
    flags: frozenset[str]
    limit: str


@dataclass(frozen=True, slots=True)
class ChannelsPart:
    """The command; it is handed what each connector declares: its flags and its limit."""

    declared: Declared
    SENTENCE: str = SENTENCE

    def flags(self, parser: argparse.ArgumentParser) -> None:
        """It takes no flags of its own."""
        del parser

    def run(self, chosen: argparse.Namespace, hands: Hands) -> int:
        """Print the two tables; change nothing."""
        del chosen
        served = load().connections
        rows = registry(served, self.declared)
        for kind in Kind:
            mine = [row for row in rows if row.connection.kind is kind]
            hands.out.write(table_of(mine, served, hands.words, hands.lang) + "\n")
            hands.out.write(firsts_of(mine, hands.words, hands.lang) + "\n")
        return 0


def registry(served: Connections, declared: Declared) -> tuple[Listed, ...]:
    """Every platform and carrier with what its connector declares, in the order it is offered."""
    return tuple(Listed(row, *declared[row.kind, row.name]) for row in served.rows)


def table_of(rows: Sequence[Listed], served: Connections, words: Words, lang: str) -> str:
    """One Markdown table: capabilities down, what can be connected across."""
    names = [words.say(f"connection.{row.connection.name}", lang) for row in rows]
    lines = [_line(["", *names]), _line(["---", *("---" for _ in names)])]
    for flag in served.capabilities:
        if any(flag in row.flags for row in rows):
            marks = ("✓" if flag in row.flags else "–" for row in rows)
            lines.append(_line([words.say(f"capability.{flag}", lang), *marks]))
    lines.append(_line([words.say("channels.limit", lang), *(row.limit for row in rows)]))
    asked = (", ".join(_labels(row.connection, words, lang)) for row in rows)
    lines.append(_line([words.say("channels.asks", lang), *asked]))
    return "\n".join(lines) + "\n"


def firsts_of(rows: Iterable[Listed], words: Words, lang: str) -> str:
    """Whether a shop can be connected at all: one Markdown line for each that says so."""
    stems = [f"connection.{row.connection.name}" for row in rows if row.connection.first]
    lines = (f"- {words.say(stem, lang)}: {words.say(f'{stem}.first', lang)}\n" for stem in stems)
    return "".join(lines)


def _labels(connection: Connection, words: Words, lang: str) -> Iterable[str]:
    stem = f"connection.{connection.name}"
    return (words.say(f"{stem}.{each.name}", lang) for each in connection.way().fields)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
