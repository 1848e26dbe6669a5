"""The kinds of exception: how urgent each is, whose turn it is, and what to tell the person.

The list stands in ``resources/rules/cases.toml``. Every case Waydesk opens is of one of these
kinds; a kind that is not listed is a fault, never a nameless row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import RuleRefused
from app.domain.states import Priority, Responsible

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class CaseKind:
    """One kind of exception. ``blocks`` says whether the order stands still until it is settled."""

    name: str
    priority: Priority
    due_minutes: int
    party: Responsible
    blocks: bool
    title_en: str
    title_zh: str
    advice_en: str
    advice_zh: str

    def due_at(self, opened_at: int) -> int:
        """Return by when somebody must have looked (UTC ms)."""
        return opened_at + self.due_minutes * MINUTE_MS


_KEYS = frozenset(
    {"name", "priority", "due_minutes", "party", "blocks"}
    | {"title_en", "title_zh", "advice_en", "advice_zh"}
)


def cases_from(table: Mapping[str, list[dict[str, object]]], file: str) -> dict[str, CaseKind]:
    """Return the kinds by name. Raises RuleRefused naming file, row and word."""
    for word in set(table) - {"case"}:
        raise RuleRefused(file=file, row=word, word=word)
    kinds: dict[str, CaseKind] = {}
    for row in table.get("case", []):
        name = str(row.get("name", ""))
        empty = {key for key, value in row.items() if value == ""}
        for key in ((_KEYS ^ set(row)) - {"blocks"}) | empty:
            raise RuleRefused(file=file, row=name, word=key)
        if name in kinds:
            raise RuleRefused(file=file, row=name, word=name)
        kinds[name] = _kind(row, name, file)
    return kinds


def _kind(row: Mapping[str, object], name: str, file: str) -> CaseKind:
    priority, party, due = str(row["priority"]), str(row["party"]), row["due_minutes"]
    if priority not in set(Priority):
        raise RuleRefused(file=file, row=name, word=priority)
    if party not in set(Responsible):
        raise RuleRefused(file=file, row=name, word=party)
    if type(due) is not int or due <= 0:
        raise RuleRefused(file=file, row=name, word=str(due))
    return CaseKind(
        name=name,
        priority=Priority(priority),
        due_minutes=due,
        party=Responsible(party),
        blocks=row.get("blocks") is True,
        title_en=str(row["title_en"]),
        title_zh=str(row["title_zh"]),
        advice_en=str(row["advice_en"]),
        advice_zh=str(row["advice_zh"]),
    )
