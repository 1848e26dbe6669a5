"""Looks at a list of tracking numbers: what each row would do, or why it cannot, row by row."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import or_, select

from app.commands.numbers import GivenNumber, LookAtNumbers, NumbersSeen, Said, SeenNumber
from app.domain.roles import Grant, Level, Place
from app.operations import sessions
from app.operations.number_plans import NEW, TYPES, Plan, plan_order
from app.operations.number_rows import NEEDED, Table, ToldRow, columns_of, is_rounded, told_rows
from app.rulebook import Rulebook
from app.store.seal import Row
from app.store.tables import channel, orders
from app.store.work import Work

Watch = Callable[[int, int], None]
Why = tuple[str, dict[str, Said]]


@dataclass(slots=True)
class Look:
    """Judges a table of numbers against the book, as far as the person reaches; writes nothing."""

    work: Work
    rules: Rulebook
    ask: LookAtNumbers
    _shops: dict[int, str] = field(default_factory=dict)
    _held: tuple[Grant, ...] = ()

    def __post_init__(self) -> None:
        """Read once what the person may do, and where."""
        self._held = sessions.grants_of(self.work, self.work.actor.operator_id)

    def seen(self, table: Table, watch: Watch) -> NumbersSeen:
        """Every row with what becomes of it, in the order of the table."""
        columns = columns_of(table, self.ask, self.rules)
        lacking = tuple(name for name in NEEDED if name not in columns)
        rows: tuple[SeenNumber, ...] = ()
        if not lacking:
            told = told_rows(table, columns)
            rows = self._judged([self._one(one) for one in told], watch)
        return NumbersSeen(table.headings, columns, table.headed, rows, lacking)

    # --- one row by itself ----------------------------------------------------------------------

    def _one(self, told: ToldRow) -> SeenNumber:
        """Which order, whose number."""
        plain = SeenNumber(told.row, told.order, told.courier, told.number, NEW)
        bad, said = _bad(told)
        if bad:
            return _but(plain, bad, said)
        found = self._orders(told.order)
        if len(found) > 1:
            return _but(plain, "order_twice", {"n": len(found)})
        if not found:
            return _but(plain, "order_rounded" if is_rounded(told.order) else "no_order", {})
        courier, (bad, said) = self._courier(told)
        return msgspec.structs.replace(
            plain,
            order=found[0]["external_no"] or found[0]["number"],
            courier=courier,
            verdict=bad or NEW,
            order_id=found[0]["id"],
            shop=self._shop(found[0]["channel_id"]),
            items=((told.sku, told.quantity),) if told.sku else (),
            said=said,
        )

    def _orders(self, typed: str) -> list[Row]:
        """The orders of this number within the person's reach; a stranger's does not exist."""
        query = select(orders).where(or_(orders.c.external_no == typed, orders.c.number == typed))
        if self.ask.shop:
            query = query.where(orders.c.channel_id == self.ask.shop)
        return [row for row in self.work.rows(query.limit(20)) if self._reaches(row)]

    def _reaches(self, row: Row) -> bool:
        place = Place(row["channel_id"], row["location_id"])
        return self.rules.roles.level(self._held, TYPES, place) is not Level.NONE

    def _courier(self, told: ToldRow) -> tuple[str, Why]:
        """Who moves it: as told, else by the number's form, else as chosen for the rest."""
        if told.courier:
            code = self.rules.couriers.code_of(told.courier)
            return (code, ("", {})) if code else ("", ("no_courier", {"stood": told.courier}))
        fit = self.rules.waybill_numbers.carriers_of(told.number)
        if self.ask.courier and (self.ask.courier in fit or len(fit) != 1):
            return self.ask.courier, ("", {})
        if len(fit) == 1:
            return fit[0], ("", {})
        return "", ("which_courier" if fit else "courier_missing", {})

    def _shop(self, pk: int) -> str:
        if pk not in self._shops:
            self._shops[pk] = str(self.work.row(channel, pk)["name"])
        return self._shops[pk]

    # --- the rows of an order together ----------------------------------------------------------

    def _judged(self, rows: list[SeenNumber], watch: Watch) -> tuple[SeenNumber, ...]:
        groups: dict[int, list[int]] = defaultdict(list)
        for at, one in enumerate(rows):
            if one.order_id:
                groups[one.order_id].append(at)
        shared = _shared(rows)
        for done, (order_id, places) in enumerate(groups.items()):
            watch(done, len(groups))
            mine = [_doubled(rows[at], shared) for at in places]
            for at, one in zip(places, self._order(order_id, mine), strict=True):
                rows[at] = one
        return tuple(rows)

    def _order(self, order_id: int, mine: list[SeenNumber]) -> Sequence[SeenNumber]:
        """An order's numbers stand or fall as one: no half of it goes."""
        if any(one.verdict != NEW for one in mine):
            return [_but(one, "other_row", {}) if one.verdict == NEW else one for one in mine]
        given = [
            GivenNumber(one.row, one.order_id, one.courier, one.number, "", one.items)
            for one in mine
        ]
        plans = {p.given.number: p for p in plan_order(self.work, self.rules, order_id, given)}
        return [_planned(one, plans[one.number]) for one in mine]


def _bad(told: ToldRow) -> Why:
    if told.bad:
        return told.bad, {"stood": told.stood}
    if not told.order:
        return "order_missing", {}
    return ("" if told.number else "number_missing"), {}


def _shared(rows: Iterable[SeenNumber]) -> dict[str, SeenNumber]:
    """Numbers that stand at several orders, with the first row of each."""
    first: dict[str, SeenNumber] = {}
    shared: dict[str, SeenNumber] = {}
    for one in rows:
        if not one.order_id:
            continue
        before = first.setdefault(one.number, one)
        if before.order_id != one.order_id:
            shared[one.number] = before
    return shared


def _doubled(row: SeenNumber, shared: dict[str, SeenNumber]) -> SeenNumber:
    """A number at two orders may belong to either: neither gets it."""
    if row.verdict != NEW or row.number not in shared:
        return row
    return _but(row, "number_twice", {"first": shared[row.number].row})


def _but(row: SeenNumber, verdict: str, said: dict[str, Said]) -> SeenNumber:
    return msgspec.structs.replace(row, verdict=verdict, said=said)


def _planned(row: SeenNumber, plan: Plan) -> SeenNumber:
    before = plan.before if plan.gives else ""
    return msgspec.structs.replace(row, verdict=plan.verdict, before=before, said=dict(plan.said))
