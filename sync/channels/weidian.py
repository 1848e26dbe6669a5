"""One Weidian shop (微店), through its open platform, as community SDKs know it.

What the shop gets: every change of every order of the last 90 days, each read whole, whatever moves
while the list is read; a refund that is asked for before it left as a hold; the receiver as the
platform gives it; numbers and stock written once in effect; messages where the owner trusts them;
and one sentence that says what is wrong with the keys. Where nothing is published about a thing, it
is left out rather than guessed: no memo, no list of refunds, no units of an item.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.batches import Remembered, read_all
from sync.channels import weidian_check, weidian_push
from sync.channels.weidian_access import WeidianKeys
from sync.channels.weidian_calls import WeidianCalls, WeidianHands
from sync.channels.weidian_orders import LIST, PAGE, RULES, counted, order_of, placed, window
from sync.channels.weidian_read import ZONE, ReadAs, aside, order_id, read_order
from sync.channels.weidian_ship import Shipper, set_stock
from sync.connector import server_ms
from sync.errors import Rejected
from sync.json_text import Element
from sync.ports import Acknowledgement, ChannelCaps, Limit
from sync.reading import Reader, text
from sync.records import (
    NO_MOMENT,
    Batch,
    CheckResult,
    Done,
    MemoAsk,
    Moment,
    OrderRecord,
    PushHint,
    ShipAsk,
    StockAsk,
)
from sync.windows import Walk, begun, read_walk, stepped, write_walk

_CAN = frozenset(
    {
        *("poll", "push", "refunds", "holds", "ship", "ship_lines", "ship_lookup"),
        "stock",
    }
)
# Windows without an order that one pull may pass over: a commit for each would be waste.
_EMPTY_AT_ONCE = 20
# How late what is read may be: it is taken for no newer than this long ago.
_SURE_MS = 120_000


@dataclass(frozen=True, slots=True)
class WeidianShop:
    """One shop's settings. `start_ms` is when the first round begins; None: as far as is told.

    `hears` says that its messages are believed, unsigned as they are.
    """

    keys: WeidianKeys
    read_as: ReadAs
    start_ms: int | None = None
    hears: bool = False


class Weidian:
    """A Channel with OrderIds and Acknowledges (sync.ports). Raises only sync.errors."""

    platform = "weidian"
    # No figure is published; this is our courtesy.
    caps = ChannelCaps(page_size=PAGE, limit=Limit(5.0), flags=_CAN)

    def __init__(self, shop: WeidianShop, hands: WeidianHands) -> None:
        """Take the shop's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        self._calls = WeidianCalls(shop.keys, hands)
        self._shipper = Shipper(self._calls)
        # An order whose row did not change is not asked for again: rounds overlap.
        self._known = Remembered[tuple[str, bytes], OrderRecord]()

    async def pull(self, cursor: str) -> Batch:
        """The next orders that changed, each read whole; empty windows are passed over."""
        walk = read_walk(cursor, self._shop.start_ms)
        elements: list[Element] = []
        more = True
        for _ in range(_EMPTY_AT_ONCE):
            if not walk.until_s:
                started = begun(walk, self._clock.now() // 1000, RULES)
                if started is None:
                    return Batch((), (), write_walk(walk), False)
                walk = started
            elements, walk, more = await self._page(walk)
            if elements or not more:
                break
        records, kept = await read_all(elements, order_id, aside, self._listed)
        return Batch(records, kept, write_walk(walk), more)

    async def _page(self, walk: Walk) -> tuple[list[Element], Walk, bool]:
        """One page of the walk's window, where the walk goes on, and whether it does now."""
        told = await self._calls.ask(LIST, window(walk))
        step = stepped(walk, counted(told, walk.page), server_ms(told.answer), RULES)
        return told.elements if step.used else [], step.walk, step.more

    async def _listed(self, row: Mapping[str, Any], raw: bytes) -> OrderRecord:
        """The order of a row, from before where the row is the same."""
        number = text(row.get("order_id"))
        changed = Reader(ZONE).moment("update_time", None, row.get("update_time") or None)

        async def read() -> OrderRecord:
            order, told = await order_of(self._calls, number)
            return read_order(order, told.raw, self._shop.read_as, changed)

        return await self._known.ask((number, raw), read)

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now; when it changed it does not tell, only when it was read."""
        order, told = await order_of(self._calls, external_id)
        read_ms = server_ms(told.answer)
        sure = NO_MOMENT if read_ms is None else Moment(read_ms - _SURE_MS, "", "UTC")
        return read_order(order, told.raw, self._shop.read_as, sure)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of the orders placed in a span of time, for counting them."""
        return await placed(self._calls, since_ms, until_ms)

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell what left, whole or item by item, or change its number, as far as nobody has."""
        return await self._shipper.ship(ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the whole stock of a SKU, known by the shop's listing; no difference."""
        return await set_stock(self._calls, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Refuse: no interface that writes the seller's memo is known."""
        raise Rejected("weidian_no_memo", external_id=ask.external_id[:40])

    async def check(self) -> CheckResult:
        """Try the keys; says in one sentence what is wrong."""
        return await weidian_check.check(self._calls, self._clock)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """The hint of one message; Rejected where the owner did not say to believe them."""
        if not self._shop.hears:
            raise Rejected("push_unsigned")
        return weidian_push.read_push(headers, body)

    def acknowledge(self) -> Acknowledgement:
        """What the platform waits for."""
        return weidian_push.HEARD
