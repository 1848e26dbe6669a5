"""A counter's day is merged into the stock: what it sold leaves the shelf, none is dropped (F023).

A shop that sells offline tells its orders late, and its goods are gone by then. Once a night, or
when somebody asks, what it handed over is taken off the shelf, oldest first; then what it promised
and did not hand over is held. What did not lie there, or nobody has named, is a conflict: it stays
listed, with an exception each, until a person has counted or named it.
"""

from app.commands.selling import CounterConflict, MergeCounter, Merged
from app.domain.bundles import recipe_of
from app.domain.errors import NotInState
from app.operations import stock
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import bundles, cases, counter, selling, stock_ledger
from app.store.cases import Notice
from app.store.seal import Row
from app.store.stock import Short
from app.store.tables import channel, orders
from app.store.work import Work

AT_ONCE = 200
KIND = "counter_conflict"


def merge_counter(work: Work, ask: MergeCounter, rules: Rulebook) -> Merged:
    """Merge a shop's sales now; :class:`NotInState` for a shop that is not merged at night."""
    row = work.row(channel, ask.channel_id)
    if not selling.nightly_since(work, ask.channel_id):
        raise NotInState(machine="channel", state=row["name"], action="merge_counter")
    return merge(work, rules, ask.channel_id)


def merge(work: Work, rules: Rulebook, channel_id: int, limit: int = AT_ONCE) -> Merged:
    """Merge some of a shop's sales; ``more`` says that others wait and that some were merged."""
    since = selling.nightly_since(work, channel_id)
    found = counter.sold(work, channel_id, since, limit)
    waiting = counter.waiting(work, channel_id, limit)
    codes = {item["sku"] for item in found}
    stock_ledger.keep(work, codes | counter.codes_of(work, waiting))
    parts = bundles.components_of(work, codes)
    conflicts: list[CounterConflict] = []
    units = 0
    for item in found:
        conflict, taken = _hand_over(work, rules, item, parts)
        units += taken
        conflicts += conflict
    for order_id in waiting:
        if not stock.reserve(work, rules, order_id):
            conflicts += _short(work, order_id)
    merged = units + len(waiting)
    full = len(found) == limit or len(waiting) == limit
    return Merged(units, len(waiting), tuple(conflicts), more=full and merged > 0)


def _hand_over(
    work: Work, rules: Rulebook, item: Row, parts: dict[str, tuple[tuple[str, int], ...]]
) -> tuple[list[CounterConflict], int]:
    """Take one item off the shelf, a bundle by its components; what was not there, how many."""
    if not item["sku_known"]:
        return [_conflict(work, rules, item, (stock.named(item), item["shipped"], 0))], 0
    cases.settle_about(work, f"{item['id']}:{stock.named(item)}", (KIND,), "merged")
    conflicts, units = [], 0
    recipe = recipe_of(item["sku"], parts.get(item["sku"], ()), item["units"])
    for sku, each in sorted(recipe.items()):
        wanted = item["shipped"] * each
        there, count = stock_ledger.take_out(work, sku, wanted, (counter.CAUSE, item["id"]))
        units += there
        for order_id, lacking in count.uncovered:
            stock.stop_short(work, rules, order_id, (Short(sku, lacking, 0, closed=True),))
        if there < wanted:
            conflicts.append(_conflict(work, rules, item, (sku, wanted, there)))
    return conflicts, units


def _conflict(
    work: Work, rules: Rulebook, item: Row, what: tuple[str, int, int]
) -> CounterConflict:
    """List what a counter sold that was not there; an exception keeps it until somebody looked."""
    sku, wanted, there = what
    row = work.row(orders, item["order_id"])
    args: dict[str, str | int] = {"sku": sku, "sold": wanted, "there": there}
    about = (row["id"], row["channel_id"])
    notice = Notice(KIND, *about, subject=f"{item['id']}:{sku}", args=args)
    cases.open_case(work, rules.cases, notice)
    return CounterConflict(row["id"], row["external_no"], sku, wanted, there)


def _short(work: Work, order_id: int) -> list[CounterConflict]:
    row = work.row(orders, order_id)
    return [
        CounterConflict(order_id, row["external_no"], told["sku"], told["need"], told["have"])
        for told in cases.args_of(work, order_id, "short_stock")
    ]


VERBS = (Verb(MergeCounter, merge_counter, "stock.adjust", "counter_merged"),)
