"""Merchant codes that run low get a replenishment ticket, one at a time (F021)."""

from collections.abc import Mapping

from app.commands.breakers import OrderGoods
from app.domain.breakers import Figures
from app.domain.errors import BadValue
from app.operations.verbs import Verb
from app.rulebook import Rulebook
from app.store import replenishment
from app.store.work import Work

MOST = 1_000_000_000


def low_of(rules: Rulebook, known: Mapping[str, Figures]) -> dict[str, int]:
    """The codes with fewer free than the low water, with what is free of each."""
    return {sku: one.free for sku, one in known.items() if one.free < rules.policy.low_water}


def follow(work: Work, low: Mapping[str, int]) -> tuple[int, int]:
    """Open a ticket for what runs low, close those of what does not; how many of each."""
    standing = replenishment.open_tickets(work)
    fresh = {sku: free for sku, free in low.items() if sku not in standing}
    over = [row for sku, row in standing.items() if sku not in low]
    if fresh:
        replenishment.open_them(work, fresh)
    for row in over:
        replenishment.done(work, row)
    return len(fresh), len(over)


def order_goods(work: Work, ask: OrderGoods, _rules: Rulebook) -> None:
    """Keep that goods were ordered for a ticket, how many and where."""
    if not 0 < ask.quantity <= MOST:
        raise BadValue(field="quantity", value=str(ask.quantity))
    replenishment.ordered(work, ask.ticket_id, ask.quantity, ask.reason)


VERBS = (Verb(OrderGoods, order_goods, "stock.adjust", "goods_ordered", reason=True),)
