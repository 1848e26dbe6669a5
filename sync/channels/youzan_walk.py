"""How a round over a Youzan shop goes: orders that changed, then orders of refunds that changed.

An order's own time moves with its state, its price and its memo (doc.youzanyun.com, questions on
orders); whether it moves when a buyer asks for the money back is written nowhere. So a round walks
both lists, and an order is read whole for each refund that changed.
"""

import json
from dataclasses import dataclass, replace

from sync.errors import Malformed
from sync.json_text import read_json
from sync.windows import Walk, read_walk, write_walk

ORDERS, REFUNDS = "orders", "refunds"
_NAMES = {ORDERS, REFUNDS, "turn"}


@dataclass(frozen=True, slots=True)
class Round:
    """Where the two walks stand, and which of them is next."""

    orders: Walk
    refunds: Walk
    turn: str = ORDERS

    @property
    def walk(self) -> Walk:
        """The walk whose turn it is."""
        return self.orders if self.turn == ORDERS else self.refunds

    def at(self, walk: Walk) -> "Round":
        """The round with that walk gone on."""
        return replace(self, orders=walk) if self.turn == ORDERS else replace(self, refunds=walk)

    def over(self) -> "Round":
        """The round with the other's turn."""
        return replace(self, turn=REFUNDS if self.turn == ORDERS else ORDERS)


def read_round(cursor: str, start_ms: int | None, now_ms: int) -> Round:
    """The round a cursor stands for; the empty one begins at `start_ms` (None: as far as is told).

    Refunds from before the first round come with their orders. Raises Malformed for a cursor of
    another make.
    """
    if not cursor:
        return Round(read_walk("", start_ms), Walk(since_s=now_ms // 1000))
    told = read_json(cursor.encode())
    if not isinstance(told, dict) or set(told) != _NAMES:
        raise Malformed("sync_bad_cursor")
    texts = all(isinstance(each, str) and each for each in told.values())
    if not texts or told["turn"] not in (ORDERS, REFUNDS):
        raise Malformed("sync_bad_cursor")
    return Round(read_walk(told[ORDERS], None), read_walk(told[REFUNDS], None), told["turn"])


def write_round(stands: Round) -> str:
    """The cursor text of a round."""
    told = {
        ORDERS: write_walk(stands.orders),
        REFUNDS: write_walk(stands.refunds),
        "turn": stands.turn,
    }
    return json.dumps(told, separators=(",", ":"))
