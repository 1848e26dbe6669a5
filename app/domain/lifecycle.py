"""The three machines, as the table in ``resources/rules/lifecycle.toml`` draws them.

What is not in the table is refused (F005). A step whose guards find something missing changes
nothing: it comes back as a ``Blocked`` value, and whoever asked locks the order and opens the case
it names (F007). Order, payment and logistics each have their own rows, permissions and guards, and
a guard may look at the other two (F109).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.errors import MissingProofs, NotInState, RuleRefused
from app.domain.guards import GUARDS, Facts, Missing, check
from app.domain.states import Held, LogisticsState, Machine, OrderState, PaymentState

STATES: Mapping[Machine, type[StrEnum]] = MappingProxyType(
    {
        Machine.ORDER: OrderState,
        Machine.PAYMENT: PaymentState,
        Machine.LOGISTICS: LogisticsState,
    }
)


class By(StrEnum):
    """Who takes a step: a person, the platform or carrier by what it reports, or a timer."""

    PERSON = "person"
    PLATFORM = "platform"
    WAYDESK = "waydesk"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: from ``source`` by ``action`` to ``to``."""

    machine: Machine
    source: str
    action: str
    to: str
    permission: str
    guards: tuple[str, ...]
    by: By
    label_en: str
    label_zh: str
    why_en: str
    why_zh: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """A step that may not be taken yet: leave the state, lock the order, open this case."""

    machine: Machine
    action: str
    state: str
    missing: tuple[Missing, ...]
    case_kind: str
    held: Held = Held.LOCKED

    def refusal(self) -> MissingProofs:
        """Return what to say to the person who asked."""
        names = ",".join(dict.fromkeys(item.proof for item in self.missing))
        return MissingProofs(action=self.action, missing=names, case_kind=self.case_kind)


@dataclass(frozen=True, slots=True)
class GuardRule:
    """A guard as the owner reads it: its sentence, and the case opened when it fails."""

    name: str
    case_kind: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The shop's law about steps."""

    rows: Mapping[tuple[Machine, str, str], Transition]
    guards: Mapping[str, GuardRule]

    def step(self, machine: Machine, state: str, action: str) -> Transition:
        """Return the row for this cell of the table. Raises NotInState when there is none."""
        try:
            return self.rows[machine, str(state), action]
        except KeyError:
            raise NotInState(machine=machine, state=str(state), action=action) from None

    def actions(self, machine: Machine, state: str) -> tuple[Transition, ...]:
        """Return what can be done from ``state``, in the table's order."""
        return tuple(
            row for (m, source, _), row in self.rows.items() if (m, source) == (machine, state)
        )

    def attempt(self, machine: Machine, action: str, facts: Facts) -> Transition | Blocked:
        """Return the step to take, or why it may not be taken now.

        Raises NotInState when the table has no such step from the order's state.
        """
        row = self.step(machine, state_of(machine, facts), action)
        missing = check(row.guards, facts)
        if not missing:
            return row
        case_kind = self.guards[missing[0].guard].case_kind
        return Blocked(machine, action, row.source, missing, case_kind)

    def towards(self, machine: Machine, state: str, claimed: str) -> Transition | None:
        """Return the row the platform's claim asks for, or None when there is nothing to do.

        A claim that no row leads to (an older state, or one we are past) is not an error: reports
        arrive late and twice, and never take an order back.
        """
        for row in self.actions(machine, state):
            if row.by is By.PLATFORM and row.to == claimed:
                return row
        return None


def state_of(machine: Machine, facts: Facts) -> str:
    """Return where the order stands in this machine."""
    order = facts.order
    return {
        Machine.ORDER: order.state.value,
        Machine.PAYMENT: order.payment.value,
        Machine.LOGISTICS: order.logistics.value,
    }[machine]


Table = Mapping[str, list[dict[str, object]]]
_ROW_KEYS = frozenset(
    {"from", "action", "to", "permission", "guards", "by", "label_en", "label_zh"}
    | {"why_en", "why_zh"}
)


def lifecycle_from(table: Table, permissions: Mapping[str, object], file: str) -> Lifecycle:
    """Return the machines this table draws, checked against the states and guards both ways.

    Raises RuleRefused, naming file, row and word, for an unknown machine, state, permission,
    guard or key, for the same cell twice, for a state no row reaches or leaves, and for a guard
    the table does not explain.
    """
    guards = _guard_rules(table, file)
    rows: dict[tuple[Machine, str, str], Transition] = {}
    for name in table:
        if name != "guard" and name not in set(Machine):
            raise RuleRefused(file=file, row=name, word=name)
    for machine in Machine:
        for raw in table.get(machine.value, []):
            for row in _transitions(machine, raw, file):
                cell = (machine, row.source, row.action)
                _refuse_unknown(row, permissions, file)
                if cell in rows:
                    raise RuleRefused(file=file, row=_name(machine, raw), word=row.source)
                rows[cell] = row
        _refuse_unreached(machine, rows, file)
    return Lifecycle(rows, guards)


def _name(machine: Machine, raw: Mapping[str, object]) -> str:
    return f"{machine}.{raw.get('action', '?')}"


def _words(raw: Mapping[str, object], key: str) -> tuple[str, ...]:
    listed = raw.get(key, [])
    return tuple(map(str, listed)) if isinstance(listed, list) else (str(listed),)


def _transitions(machine: Machine, raw: dict[str, object], file: str) -> list[Transition]:
    name = _name(machine, raw)
    needed = _ROW_KEYS - {"guards", "by"}
    for key in (set(raw) - _ROW_KEYS) | {key for key in needed if not raw.get(key)}:
        raise RuleRefused(file=file, row=name, word=key)
    for state in (*_words(raw, "from"), str(raw["to"])):
        if state not in {str(word) for word in STATES[machine]}:
            raise RuleRefused(file=file, row=name, word=state)
    by = str(raw.get("by", By.PERSON))
    if by not in set(By):
        raise RuleRefused(file=file, row=name, word=by)
    text = {key: str(raw[key]) for key in ("label_en", "label_zh", "why_en", "why_zh")}
    return [
        Transition(
            machine=machine,
            source=source,
            action=str(raw["action"]),
            to=str(raw["to"]),
            permission=str(raw["permission"]),
            guards=_words(raw, "guards"),
            by=By(by),
            **text,
        )
        for source in _words(raw, "from")
    ]


def _refuse_unknown(row: Transition, permissions: Mapping[str, object], file: str) -> None:
    name = f"{row.machine}.{row.action}"
    if row.permission not in permissions:
        raise RuleRefused(file=file, row=name, word=row.permission)
    for guard in row.guards:
        if guard not in GUARDS:
            raise RuleRefused(file=file, row=name, word=guard)


def _refuse_unreached(
    machine: Machine, rows: Mapping[tuple[Machine, str, str], Transition], file: str
) -> None:
    mine = [row for (m, _, _), row in rows.items() if m is machine]
    seen = {row.source for row in mine} | {row.to for row in mine}
    for state in STATES[machine]:
        if state.value not in seen:
            raise RuleRefused(file=file, row=machine.value, word=state.value)


def _guard_rules(table: Table, file: str) -> dict[str, GuardRule]:
    rules: dict[str, GuardRule] = {}
    for raw in table.get("guard", []):
        name = str(raw.get("name", ""))
        if name not in GUARDS or name in rules or set(raw) != {"name", "case", "en", "zh"}:
            raise RuleRefused(file=file, row="guard", word=name)
        rules[name] = GuardRule(name, str(raw["case"]), str(raw["en"]), str(raw["zh"]))
    for guard in GUARDS:
        if guard not in rules:
            raise RuleRefused(file=file, row="guard", word=guard)
    return rules
