"""Whether the stock figures are true: cancellations matched, differences reported and explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.commands.stock_truth import ExplainVariance, FinishVariance
from app.domain.cancel_match import Unmatched, of_line
from app.domain.errors import BadValue, NotInState
from app.domain.stock_truth import VarianceCause
from app.domain.times import day_start, local
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import cases, stock_ledger, stock_truth
from app.store.cases import Notice
from app.store.tables_record import case
from app.store.tables_stock_truth import variance
from app.store.work import Work

AT = "00:20"
"""When the report of the day before is made, by the shop's clock."""
LOG_MS = 26 * 3_600_000
"""How far back the cancel log is compared: a day, and what a late start needs."""
MOST_DAYS = 31
KINDS = tuple(kind.value for kind in Unmatched)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing cancelled or given back that the stock does not say."""

    kind: Unmatched
    sku: str
    units: int
    order_id: int = 0
    channel_id: int = 0

    @property
    def notice(self) -> Notice:
        """The exception about it."""
        args: dict[str, str | int] = {"sku": self.sku, "n": self.units}
        return Notice(self.kind, self.order_id, self.channel_id, subject=self.sku, args=args)


def mismatches(work: Work) -> tuple[Mismatch, ...]:
    """Compare the cancel log of the last day with the reservations and movements (F196).

    Orders about which an exception of these kinds stands are looked at again, however old.
    """
    since = work.now - LOG_MS
    log = stock_truth.cancel_log(work, since) | set(_standing(work))
    units: dict[tuple[Unmatched, str, int, int], int] = {}
    for one in stock_truth.lines_of(work, log - {0}):
        for sku, beyond in of_line(one.owed, one.per_item, one.locks).items():
            kind = Unmatched.KEPT if beyond > 0 else Unmatched.GIVEN
            place = (kind, sku, one.order_id, one.channel_id)
            units[place] = units.get(place, 0) + abs(beyond)
    found = [Mismatch(kind, sku, n, *of) for (kind, sku, *of), n in units.items()]
    moved = stock_truth.unmoved(work, since)
    return (*found, *(Mismatch(Unmatched.UNMOVED, sku, abs(n)) for sku, n in moved.items()))


def match(work: Work, rules: Rulebook, found: tuple[Mismatch, ...]) -> int:
    """Open an exception for each mismatch, settle those that are over; how many changed."""
    wanted = {one.notice.dedupe_key: one for one in found}
    standing = _open(work)
    for key, pk in standing.items():
        if key not in wanted:
            cases.settle(work, pk, "over", work.actor.name)
    for key, one in wanted.items():
        if key not in standing:
            cases.open_case(work, rules.cases, one.notice)
    changed = len(wanted.keys() ^ standing.keys())
    if changed:
        work.tell("cancellations_matched", "stock", n=len(found), changed=changed)
    return changed


def differs(work: Work, found: tuple[Mismatch, ...]) -> bool:
    """Whether there is an exception to open or to settle."""
    return {one.notice.dedupe_key for one in found} != _open(work).keys()


def _open(work: Work) -> Mapping[str, int]:
    query = select(case.c.dedupe_key, case.c.id).where(
        case.c.kind.in_(KINDS), case.c.state != "settled"
    )
    return {row["dedupe_key"]: row["id"] for row in work.rows(query)}


def _standing(work: Work) -> list[int]:
    query = select(case.c.order_id).where(case.c.kind.in_(KINDS), case.c.state != "settled")
    return [row["order_id"] for row in work.rows(query)]


def report(work: Work, rules: Rulebook, slot: int) -> tuple[str, ...]:
    """Make the daily report of each day before ``slot`` (UTC ms) that has none; which days.

    A day without any difference has its report too: that nobody counted is worth knowing (F071).
    """
    zone = rules.policy.zone
    today = local(slot, zone).date()
    last = stock_truth.last_day(work)
    first = date.fromisoformat(last) + timedelta(days=1) if last else today - timedelta(days=1)
    first = max(first, today - timedelta(days=MOST_DAYS))
    apart = {"drifts": len(stock_ledger.drifts(work)), "unmatched": len(mismatches(work))}
    made = []
    while first < today:
        after = first + timedelta(days=1)
        figures = stock_truth.day_figures(work, day_start(first, zone), day_start(after, zone))
        stock_truth.put_day(work, first.isoformat(), {**figures, **apart})
        made.append(first.isoformat())
        first = after
    work.tell("stock_reported", "stock", n=len(made))
    return tuple(made)


def explain_variance(work: Work, ask: ExplainVariance, _rules: Rulebook) -> None:
    """Say why a count found another number, whose task it is and what is done about it (F026)."""
    if ask.cause not in set(VarianceCause):
        raise BadValue(field="cause", value=ask.cause)
    if not ask.owner.strip():
        raise BadValue(field="owner", value="")
    values = {"cause": ask.cause, "owner": ask.owner.strip(), "action": ask.reason}
    stock_truth.explain(work, ask.move_id, {**values, "due": _day(ask.due)})


def _day(text: str) -> str:
    """A day as it is kept, "" for none; BadValue for what is no day."""
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise BadValue(field="due", value=text) from None


def finish_variance(work: Work, ask: FinishVariance, _rules: Rulebook) -> None:
    """Say that what was to be done about a difference is done."""
    row = work.find(variance, ask.move_id)
    if row is None or row["done_at"] is not None:
        state = "unexplained" if row is None else "done"
        raise NotInState(machine="variance", state=state, action="finish")
    stock_truth.finish(work, ask.move_id)


VERBS = (
    Verb(ExplainVariance, explain_variance, "stock.adjust", "variance_explained", reason=True),
    Verb(FinishVariance, finish_variance, "stock.adjust", "variance_finished", reason=True),
)
