"""The rulebook in force: the shipped rules with the shop's own choices on top of them."""

from dataclasses import replace

import msgspec
from sqlalchemy import select

from app.commands.orders import ResetPolicy, SetPolicy
from app.domain.actor import worker
from app.domain.choices import Rule
from app.domain.errors import NotAllowed, ReasonNeeded, RuleRefused
from app.domain.policy import Choice, choice_from, policy_from
from app.domain.states import Machine
from app.domain.status import Mapped
from app.operations import sessions, weights
from app.operations.verbs import Facts, Verb, Weight
from app.rulebook import Rulebook, load
from app.store import settings
from app.store.tables_record import setting, status_map
from app.store.work import Book, Work

PREFIX = "policy."
READ_ONLY = "read_only"
GO_LIVE = "shop.go_live"
LIMITS = frozenset({"reveals_per_hour", "reveals_per_day", "bulk_rows", "step_up_minutes"})
"""Rules whose larger number lets more of people's data be seen or taken."""


class Laws:
    """Holds the rulebook that handlers are given; a changed rule serves from the next command."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._shipped = load()
        self.now = self._shipped
        self.renew()

    def renew(self) -> None:
        """Read the shop's choices and its map of foreign words again."""
        with self._book.work(worker("keeper")) as work:
            choices = choices_of(work)
            status = self._shipped.status.with_rows(_words_of(work))
        self.now = replace(load(choices=choices), status=status)


def choices_of(work: Work) -> dict[str, Choice]:
    """The shop's own choices, by the names of shop.toml."""
    rows = work.rows(select(setting).where(setting.c.key.startswith(PREFIX)))
    return {
        row["key"].removeprefix(PREFIX): msgspec.json.decode(row["value_json"])
        for row in (work.checked(setting, row) for row in rows)
    }


def set_policy(work: Work, ask: SetPolicy, rules: Rulebook) -> None:
    """Change one of the shop's own rules; a word that is no choice is refused by name."""
    rule, value = _rule(ask, rules), choice_from(ask.key, ask.value)
    policy_from({ask.key: value}, "settings")
    rule.check(value, "settings")
    if ask.key == READ_ONLY:
        _go(work, rules, live=not value)
    put_choice(work, ask.key, value)


def reset_policy(work: Work, ask: ResetPolicy, rules: Rulebook) -> None:
    """Take the shop's own choice away, so that the shipped one is in force."""
    rule = _rule(ask, rules)
    if ask.key == READ_ONLY:
        _go(work, rules, live=not rule.value)
    if work.find(setting, PREFIX + ask.key):
        work.delete(setting, PREFIX + ask.key)
    work.mark("settings")


def _rule(ask: SetPolicy | ResetPolicy, rules: Rulebook) -> Rule:
    """The row of shop.toml, once the reason is there that some of them want."""
    rule = rules.choices.get(ask.key)
    if rule is None:
        raise RuleRefused(file="settings", row=ask.key, word=ask.key)
    if rule.reason and not ask.reason.strip():
        raise ReasonNeeded(permission="settings.edit")
    return rule


def _go(work: Work, rules: Rulebook, *, live: bool) -> None:
    """Say go, or watch only again: the owner's word, and a line of its own in the record."""
    if not sessions.may(work, rules, GO_LIVE):
        raise NotAllowed(permission=GO_LIVE)
    work.tell("went_live" if live else "watched_only", "settings")


def put_choice(work: Work, key: str, value: Choice) -> None:
    """Write one choice of the shop."""
    settings.put(work, PREFIX + key, value)
    work.mark("settings")


def _words_of(work: Work) -> list[Mapped]:
    query = select(status_map).where(status_map.c.channel_id == 0)
    rows = [work.checked(status_map, row) for row in work.rows(query)]
    return [
        Mapped(r["platform"], Machine(r["machine"]), r["raw"], r["status"], r["sentence"])
        for r in rows
    ]


def _weight(_work: Work, ask: SetPolicy | ResetPolicy, rules: Rulebook) -> Weight:
    """Letting more of what protects people's data go needs two, whoever may set the rest."""
    looser = _loosened(ask, rules) is not None
    return weights.by_law(rules, "settings.edit", two_people=looser, step_up=looser)


def _loosened(ask: SetPolicy | ResetPolicy, rules: Rulebook) -> tuple[int, int] | None:
    """The number in force and a larger one wanted for a rule that limits; None otherwise."""
    rule = rules.choices.get(ask.key)
    if ask.key not in LIMITS or rule is None:
        return None
    before = getattr(rules.policy, ask.key)
    after = choice_from(ask.key, ask.value) if isinstance(ask, SetPolicy) else rule.value
    return (before, after) if isinstance(after, int) and after > before else None


def _facts(_work: Work, ask: SetPolicy | ResetPolicy, rules: Rulebook) -> Facts:
    rule = _rule(ask, rules)
    before, after = _loosened(ask, rules) or (0, 0)
    rule.check(after, "settings")
    return {"policy": ask.key, "value_before": before, "value": after}


VERBS = (
    Verb(
        SetPolicy,
        set_policy,
        "settings.edit",
        "policy_set",
        renews=True,
        weigh=_weight,
        facts=_facts,
    ),
    Verb(
        ResetPolicy,
        reset_policy,
        "settings.edit",
        "policy_reset",
        renews=True,
        weigh=_weight,
        facts=_facts,
    ),
)
