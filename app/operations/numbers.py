"""Tracking numbers from a forwarder's file or a paste: looked at, taken in, taken back (F244)."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from app.commands.channels import LetIn
from app.commands.numbers import (
    GivenNumber,
    LookAtNumbers,
    NumberRefused,
    NumbersTaken,
    StopNumbers,
    TakeBackNumbers,
    TakeNumbers,
)
from app.domain.errors import BadValue, NotAllowed
from app.domain.roles import Grant, Level
from app.operations import number_plans, number_writes, sessions
from app.operations.number_plans import SAME, TYPES, Plan, plan_order
from app.operations.number_writes import Wish
from app.operations.outbound import refuse_read_only
from app.operations.verbs import Facts, Verb
from app.rulebook import Rulebook
from app.store.tables import waybill
from app.store.work import Work

GIVES_BACK = "waybill.void"


def look_at_numbers(work: Work, _ask: LookAtNumbers, rules: Rulebook) -> LetIn:
    """Let somebody look at numbers who may type them, or ask to, for any order at all."""
    held = sessions.grants_of(work, work.actor.operator_id)
    levels = (rules.roles.level((Grant(one.role),), TYPES) for one in held)
    if max(levels, default=Level.NONE) is Level.NONE:
        raise NotAllowed(permission=TYPES)
    return LetIn(work.actor.operator_id, work.actor.name)


def take_numbers(work: Work, ask: TakeNumbers, rules: Rulebook) -> LetIn:
    """Let numbers in; they are given to their parcels beside the book, piece by piece.

    Raises :class:`BadValue` for one of an order the request does not name, ``ReadOnlyShop`` where
    parcels would ship while the shop only watches.
    """
    if not {one.order_id for one in ask.given} <= set(ask.order_ids):
        raise BadValue(field="order_ids", value="given")
    if ask.handed and ask.given:
        refuse_read_only(rules)
    return LetIn(work.actor.operator_id, work.actor.name)


def take_back_numbers(work: Work, ask: TakeBackNumbers, _rules: Rulebook) -> LetIn:
    """Let numbers be taken back, piece by piece."""
    query = select(waybill.c.order_id).where(waybill.c.id.in_(ask.waybill_ids))
    if not {row["order_id"] for row in work.rows(query)} <= set(ask.order_ids):
        raise BadValue(field="order_ids", value="waybill_ids")
    return LetIn(work.actor.operator_id, work.actor.name)


def stop_numbers(_work: Work, _ask: StopNumbers, _rules: Rulebook) -> None:
    """End what this person has under way; what was done so far stays done."""


@dataclass(slots=True)
class Giving:
    """Gives numbers to parcels, a few orders in a transaction; a repeat finds them given."""

    ask: TakeNumbers
    done: int = 0
    _groups: list[list[GivenNumber]] = field(default_factory=list)
    _tally: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _made: list[int] = field(default_factory=list)
    _touched: list[int] = field(default_factory=list)
    _refused: list[NumberRefused] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put the rows of each order together."""
        groups: dict[int, list[GivenNumber]] = defaultdict(list)
        for one in self.ask.given:
            groups[one.order_id].append(one)
        self._groups = list(groups.values())

    @property
    def total(self) -> int:
        """How many orders there are."""
        return len(self._groups)

    def step(self, work: Work, rules: Rulebook, most: int) -> int:
        """Do the next few orders in this transaction; how many were done."""
        piece = self._groups[self.done : self.done + most]
        before = len(self._made)
        for group in piece:
            self._order(work, rules, group)
        if work.marked:
            n = len(self._made) - before
            work.tell("numbers_given", "order", piece[0][0].order_id, n=n)
        self.done += len(piece)
        return len(piece)

    def taken(self) -> NumbersTaken:
        """What came of it so far."""
        return NumbersTaken(
            done=len(self._made),
            same=self._tally["same"],
            told=self._tally["told"],
            waybill_ids=tuple(self._made),
            order_ids=tuple(dict.fromkeys(self._touched)),
            refused=tuple(self._refused),
            stopped=self.done < self.total,
        )

    def _order(self, work: Work, rules: Rulebook, group: list[GivenNumber]) -> None:
        plans = plan_order(work, rules, group[0].order_id, group)
        late = [plan for plan in plans if not (plan.verdict == SAME or _as_seen(plan))]
        if late:
            no = number_plans.order_no(work, group[0].order_id)
            for plan in late:
                verdict = "changed_since" if plan.gives else plan.verdict
                self._refused.append(NumberRefused(plan.given.row, no, verdict, plan.said))
            return
        self._tally["same"] += sum(plan.verdict == SAME for plan in plans)
        wish = Wish(self.ask.handed, self.ask.reason)
        made, told = number_writes.give(work, rules, plans, wish)
        self._made += made
        self._touched += [group[0].order_id] * bool(made)
        self._tally["told"] += told


@dataclass(slots=True)
class TakingBack:
    """Takes numbers back, a few in a transaction."""

    ask: TakeBackNumbers
    done: int = 0
    _back: int = 0

    @property
    def total(self) -> int:
        """How many numbers there are."""
        return len(self.ask.waybill_ids)

    def step(self, work: Work, _rules: Rulebook, most: int) -> int:
        """Take the next few back; how many were looked at."""
        piece = self.ask.waybill_ids[self.done : self.done + most]
        back = sum(number_writes.take_back(work, pk) for pk in piece)
        if work.marked:
            work.tell("numbers_taken_back", "waybill", piece[0], n=back, reason=self.ask.reason)
        self.done, self._back = self.done + len(piece), self._back + back
        return len(piece)

    def taken(self) -> NumbersTaken:
        """What came of it: ``same`` counts those that stay as they are."""
        left = self.done - self._back
        return NumbersTaken(self._back, left, stopped=self.done < self.total)


# --- inside -----------------------------------------------------------------------------------


def _as_seen(plan: Plan) -> bool:
    """Whether it takes the place of exactly what the person saw."""
    return plan.gives and plan.before == plan.given.before


def _facts(_work: Work, ask: TakeNumbers, _rules: Rulebook) -> Facts:
    return {"n": len(ask.given)}


def _back_facts(_work: Work, ask: TakeBackNumbers, _rules: Rulebook) -> Facts:
    return {"n": len(ask.waybill_ids)}


VERBS = (
    Verb(LookAtNumbers, look_at_numbers, "order.read", "numbers_looked_at", told=False),
    Verb(TakeNumbers, take_numbers, TYPES, "numbers_taken_in", facts=_facts),
    Verb(StopNumbers, stop_numbers, "desk.use", "numbers_stopped"),
    Verb(TakeBackNumbers, take_back_numbers, GIVES_BACK, "numbers_back_asked", facts=_back_facts),
)
