"""What a platform's or carrier's word means here; an unknown one is never guessed (F009).

The map is data: ``resources/rules/status_<platform>.toml`` (or ``status_<carrier>.toml``) gives
the start, and the rows the shop edits come on top, without a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.errors import RuleRefused
from app.domain.lifecycle import STATES
from app.domain.states import Machine

#: the word for "this is no order for us": a draft, a basket, a ping
SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A foreign word and our state for it, with the sentence that explains the choice."""

    platform: str
    machine: Machine
    raw: str
    to: str
    en: str = ""
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A foreign word nobody has explained yet: keep it, open a case, change nothing."""

    platform: str
    machine: Machine
    raw: str
    case_kind: str = "unknown_status"


@dataclass(frozen=True, slots=True)
class StatusMap:
    """All foreign words we know."""

    rows: Mapping[tuple[str, Machine, str], Mapped] = field(default_factory=dict)

    def read(self, platform: str, machine: Machine, raw: str) -> Mapped | Unknown:
        """Return our word for theirs, or that it is unknown; their spelling counts exactly."""
        return self.rows.get((platform, machine, raw)) or Unknown(platform, machine, raw)

    def with_rows(self, rows: Iterable[Mapped]) -> StatusMap:
        """Return the map with these rows in place of, or beside, what it had."""
        return StatusMap({**self.rows, **{(r.platform, r.machine, r.raw): r for r in rows}})

    def platforms(self) -> frozenset[str]:
        """Return whose words are known."""
        return frozenset(platform for platform, _, _ in self.rows)


def check_word(machine: Machine, to: str, file: str, row: str) -> None:
    """Raise RuleRefused when ``to`` is no state of this machine (nor ``skip``)."""
    if to != SKIP and to not in {str(state) for state in STATES[machine]}:
        raise RuleRefused(file=file, row=row, word=to)


def status_from(table: Mapping[str, object], file: str) -> StatusMap:
    """Read one file: ``platform = "…"``, then ``[[order]] raw= to= en= zh=`` per machine.

    Raises RuleRefused for an unknown machine, state or key, and for the same word twice.
    """
    platform = str(table.get("platform", ""))
    if not platform:
        raise RuleRefused(file=file, row="platform", word="")
    found: dict[tuple[str, Machine, str], Mapped] = {}
    for name, rows in table.items():
        if name == "platform":
            continue
        if name not in set(Machine) or not isinstance(rows, list):
            raise RuleRefused(file=file, row=name, word=name)
        for row in rows:
            mapped = _mapped(platform, Machine(name), row, file)
            key = (platform, mapped.machine, mapped.raw)
            if key in found:
                raise RuleRefused(file=file, row=name, word=mapped.raw)
            found[key] = mapped
    return StatusMap(found)


def _mapped(platform: str, machine: Machine, row: Mapping[str, object], file: str) -> Mapped:
    name = f"{machine}.{row.get('raw', '?')}"
    for key in ({"raw", "to", "en", "zh"}) ^ set(row):
        raise RuleRefused(file=file, row=name, word=key)
    text = {key: str(value) for key, value in row.items()}
    check_word(machine, text["to"], file, name)
    return Mapped(platform=platform, machine=machine, **text)
