"""The answers a set-up needs: from a file where one was written, else from the person there."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.connections import Asking, Connection, Connections, Field, Kind
from app.domain.errors import BadValue, Refusal, RuleRefused
from app.domain.words import Words

ASKED: Mapping[str, tuple[str, ...]] = {
    "vault": ("keep_in", "passphrase"),
    "admin": ("login", "name", "passphrase"),
    "warehouse": ("name",),
    "stock": ("file",),
    "sender": ("name", "phone", "company", "province", "city", "district", "address"),
    "carrier": ("kind", "name", "way"),
    "shop": ("platform", "name", "way", "zone", "currency"),
}
"""Every section of an answers file and the words that may stand in it; a carrier's and a shop's
own fields stand in ``resources/rules/connections``."""
OWN_FIELDS = {"carrier": Kind.CARRIER, "shop": Kind.PLATFORM}


class AnswerMissing(Refusal):
    """An answer stands in no file, and nobody is there to be asked."""

    takes = ("answer",)


class AnswersUnreadable(Refusal):
    """The answers file cannot be read."""

    takes = ("file", "why")


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever sits at the terminal: how to ask them, and how to ask without an echo."""

    ask: Callable[[str], str]
    ask_secret: Callable[[str], str]


@dataclass(slots=True)
class Answers:
    """Where answers come from.

    Attributes:
        written: the answers file, section by section.
        person: who is asked for the rest; None where nobody is.
    """

    words: Words
    lang: str
    written: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    person: Person | None = None

    def text(self, section: str, name: str, usual: str | None = None) -> str:
        """One answer; an empty one means ``usual``.

        Raises :class:`AnswerMissing`.
        """
        return self._ask(section, name, usual, self._prompt(section, name))

    def choice(self, section: str, name: str, choices: Sequence[str]) -> str:
        """One of some words; an empty answer means the first, which is not asked for alone."""
        if len(choices) == 1:
            return self.written.get(section, {}).get(name, choices[0])
        prompt = f"{self._prompt(section, name)} ({' / '.join(choices)})"
        return self._ask(section, name, choices[0], prompt)

    def fields(self, section: str, connection: Connection) -> dict[str, str]:
        """What a platform or carrier asks for, by one of its ways; nothing for an empty answer."""
        way = connection.way(self.choice(section, "way", [each.name for each in connection.ways]))
        told = {each.name: self._field(section, connection.name, each) for each in way.fields}
        return {name: value for name, value in told.items() if value}

    def _field(self, section: str, connection: str, field: Field) -> str:
        if field.ask is Asking.EXPERT:
            return self.written.get(section, {}).get(field.name, "")
        prompt = self.words.say(f"connection.{connection}.{field.name}", self.lang)
        if field.example:
            prompt = f"{prompt} ({field.example})"
        if field.secret:
            return self._ask_secret(section, field.name, prompt)
        usual = "" if field.ask is Asking.OPTIONAL else None
        return self._ask(section, field.name, usual, prompt)

    def _ask(self, section: str, name: str, usual: str | None, prompt: str) -> str:
        found = self.written.get(section, {}).get(name)
        if found is None and self.person is None:
            if usual is None:
                raise AnswerMissing(answer=f"{section}.{name}")
            return usual
        if found is None and self.person is not None:
            found = self.person.ask(f"{prompt} [{usual}]: " if usual else f"{prompt}: ")
        return (found or "").strip() or usual or ""

    def secret(self, section: str, name: str) -> str:
        """One secret, never shown."""
        return self._ask_secret(section, name, self._prompt(section, name))

    def _ask_secret(self, section: str, name: str, prompt: str) -> str:
        found = self.written.get(section, {}).get(name)
        if found is not None:
            return found
        if self.person is None:
            raise AnswerMissing(answer=f"{section}.{name}")
        return self.person.ask_secret(f"{prompt}: ").strip()

    def new_secret(self, section: str, name: str) -> str:
        """A passphrase to be, typed twice.

        Raises :class:`BadValue` when the two differ.
        """
        if name in self.written.get(section, {}):
            return self.written[section][name]
        first = self.secret(section, name)
        again = self.words.say("setup.again", self.lang)
        if self.person is None or self.person.ask_secret(f"{again}: ").strip() != first:
            raise BadValue(field=name, value="≠")
        return first

    def can_ask_again(self, section: str) -> bool:
        """Whether another answer may come: a person is there, and the file says nothing of it."""
        return self.person is not None and not self.written.get(section)

    def _prompt(self, section: str, name: str) -> str:
        return self.words.say(f"setup.ask_{section}_{name}", self.lang)


def read_answers(path: Path, connections: Connections) -> dict[str, dict[str, str]]:
    """Read an answers file; ``connections`` say which fields shops and carriers may have.

    Raises AnswersUnreadable, or RuleRefused naming the section and word that mean nothing.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise AnswersUnreadable(file=path.name, why=why[:120]) from problem
    asked = _asked(connections)
    for section, rows in table.items():
        if section not in asked or not isinstance(rows, dict):
            raise RuleRefused(file=path.name, row="", word=section)
        for name, value in rows.items():
            if name not in asked[section] or not isinstance(value, str):
                raise RuleRefused(file=path.name, row=section, word=name)
    return table


def _asked(connections: Connections) -> dict[str, set[str]]:
    """Every word that may stand in each section."""
    asked = {section: set(names) for section, names in ASKED.items()}
    for section, kind in OWN_FIELDS.items():
        for row in connections.of(kind):
            asked[section] |= {each.name for each in row.fields}
    return asked
