"""The rows of ``shop.toml``: what the shop may choose, within which bounds, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from app.domain.errors import RuleRefused
from app.domain.policy import Choice

LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of ``shop.toml``.

    Attributes:
        value: the default.
        area: the heading it stands under on the settings screen.
        low, high: the least and the most of a number.
        words: what may be chosen, where it is one of a few words.
        reason: the record wants to know why it was changed.
    """

    name: str
    value: Choice
    en: str
    zh: str
    area: str = "shop"
    low: int = 0
    high: int = LARGEST
    words: tuple[str, ...] = ()
    reason: bool = False

    @property
    def kind(self) -> str:
        """How it is edited: switch, number, word or text."""
        if isinstance(self.value, bool):
            return "switch"
        if isinstance(self.value, int):
            return "number"
        return "word" if self.words else "text"

    def check(self, value: Choice, file: str) -> None:
        """Refuse a number outside of its bounds and a word that is none. Raises RuleRefused."""
        number = isinstance(value, int) and not isinstance(value, bool)
        outside = number and not self.low <= value <= self.high  # type: ignore[operator]
        if outside or (self.words and value not in self.words):
            raise RuleRefused(file=file, row=self.name, word=str(value))


def rules_from(rows: Mapping[str, Any], file: str) -> dict[str, Rule]:
    """Read the rows of ``shop.toml``.

    Raises RuleRefused, naming file, row and word, for a row without its sentences, with a key
    nobody knows, or with a default outside of its own bounds.
    """
    known = {field.name for field in fields(Rule)} - {"name"}
    rules = {}
    for name, row in rows.items():
        keys = set(row) if isinstance(row, dict) else {"?"}
        for key in sorted(keys - known) + sorted({"value", "en", "zh"} - keys):
            raise RuleRefused(file=file, row=name, word=key)
        rule = Rule(name, **(dict(row) | {"words": tuple(row.get("words", ()))}))
        rule.check(rule.value, file)
        rules[name] = rule
    return rules
