"""One shop on JD (京东), a seller of its own (POP), by JD's gateway of classic interfaces (JOS).

What the shop gets: every change of every paid order of the last three months, whole, while the list
moves under the hands; receivers masked and sealed as the platform gives them; shipments, stock and
memos written once in effect; requests to cancel, listed and answered; and one sentence that says
what is wrong with the key.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.batches import read_all
from sync.channels import jd_check, jd_orders, jd_refunds, jd_ship, jd_write
from sync.channels.jd_read import ReadAs, Refunds, aside, asks_refunds, order_id, read_order
from sync.channels.jd_walk import ORDERS, read_walk, stepped, write_walk
from sync.connector import server_ms
from sync.errors import Rejected
from sync.gateways.jd_calls import JdCalls, JdHands
from sync.gateways.jd_sign import JdKeys
from sync.json_text import Element
from sync.ports import ChannelCaps, Limit
from sync.reading import mapping, text
from sync.records import (
    AfterSaleAsk,
    AfterSaleBatch,
    AfterSaleRecord,
    Batch,
    CheckResult,
    Done,
    MemoAsk,
    OrderRecord,
    PushHint,
    ShipAsk,
    StockAsk,
)

_CAN = frozenset(
    {
        *("poll", "refunds", "holds", "ship", "ship_lookup"),
        *("memo", "flag", "stock", "ewaybill"),
    }
)
_KEPT = 2000


@dataclass(frozen=True, slots=True)
class JdShop:
    """One seller's settings. `start_ms` is when the first round begins; None: three months ago."""

    keys: JdKeys
    read_as: ReadAs = field(default_factory=ReadAs)
    start_ms: int | None = None


class Jd:
    """A Channel with OrderIds and AfterSales (sync.ports). Raises only sync.errors."""

    platform = "jd"
    caps = ChannelCaps(
        page_size=ORDERS.page,
        # The platform publishes no figure; this is our courtesy.
        limit=Limit(5.0),
        flags=_CAN,
    )

    def __init__(self, shop: JdShop, hands: JdHands) -> None:
        """Take the seller's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        self._calls = JdCalls(shop.keys, hands)
        self._carriers = jd_ship.Carriers(self._calls)
        # A request to cancel that changes changes its order too: asked for once per version.
        self._refunds: OrderedDict[tuple[str, str, str], Refunds] = OrderedDict()

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders, oldest change first."""
        walk = read_walk(cursor, self._shop.start_ms, self._clock.now(), ORDERS)
        span = (walk.since_ms, walk.until_ms)
        told = await jd_orders.search(self._calls, span, walk.page or 1, jd_orders.BY_CHANGE)
        total = jd_orders.counted(told, "searchorderinfo_result", "orderTotal")
        step = stepped(walk, total, server_ms(told.answer), ORDERS)
        rows = told.rows if step.used else []
        records, kept = await read_all(rows, _number, aside, self._read)
        return Batch(records, kept, write_walk(step.walk), step.more)

    async def _read(self, told: Mapping[str, Any], raw: bytes) -> OrderRecord:
        return read_order(told, raw, self._shop.read_as, await self._refunds_of(told))

    async def _refunds_of(self, told: Mapping[str, Any]) -> Refunds:
        """What is known of an order's requests to cancel, where there may be one."""
        if not asks_refunds(told):
            return Refunds()
        number = order_id(told)
        known = (number, text(told.get("modified")), text(told.get("orderState")))
        if known not in self._refunds:
            try:
                found = Refunds(await jd_orders.refunds_of(self._calls, number))
            except Rejected as no:
                # An order whose requests are not shown is still an order; a person is told.
                return Refunds(unread=no.foreign_code or no.code)
            self._refunds[known] = found
            if len(self._refunds) > _KEPT:
                self._refunds.popitem(last=False)
        self._refunds.move_to_end(known)
        return self._refunds[known]

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        order, raw = await jd_orders.order_of(self._calls, external_id)
        return await self._read(order, raw)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of all orders placed in a span, of whatever state, that were ever paid."""
        return await jd_orders.placed_between(self._calls, since_ms, until_ms)

    async def after_sales(self, cursor: str) -> AfterSaleBatch:
        """The next page of requests to cancel that were made or answered."""
        return await jd_refunds.changed(self._calls, self._clock, cursor, self._shop.start_ms)

    async def after_sale(self, external_id: str) -> AfterSaleRecord:
        """One request to cancel as it stands now."""
        return await jd_refunds.one(self._calls, external_id)

    async def answer(self, ask: AfterSaleAsk) -> Done:
        """Let the order be cancelled, or refuse; only what the seller saw is answered."""
        return await jd_refunds.answer(self._calls, ask)

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell the number the order left with, unless it stands there."""
        return await jd_ship.ship(self._calls, self._carriers, ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the whole stock of a SKU; found by the merchant's code if need be."""
        return await jd_write.set_stock(self._calls, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the seller's memo, and its flag where one is given."""
        return await jd_write.write_memo(self._calls, ask)

    async def check(self) -> CheckResult:
        """Try the key and the token; says in one sentence what is wrong."""
        return await jd_check.check(self._calls, self._clock)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Refuse: how JD signs its calls it does not publish, so none is believed."""
        del headers, body
        raise Rejected("push_not_ours")


def _number(element: Element) -> str:
    return order_id(mapping(element.value))
