"""One shop on JD (京东), a seller of its own (POP), by JD's newer gateway (SP-API).

What the shop gets: every change of every paid order of the last three months, whole, while the list
moves under the hands; receivers masked and sealed as the platform gives them; shipments, whole or
in parts, changed numbers, stock and memos written once in effect; what buyers ask back, listed; and
one sentence that says what is wrong with the key. An app is for this gateway or for the classic one
(`sync.channels.jd`); a shop is connected by one of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.batches import Remembered, read_all
from sync.channels import jd_sp_check, jd_sp_orders, jd_sp_products, jd_sp_refunds, jd_sp_write
from sync.channels.jd_read import CLOSED, ReadAs, aside, order_id
from sync.channels.jd_sp_orders import PAGE, RULES, SortedBy, order_of, page_of, sorted_by
from sync.channels.jd_sp_read import read_order
from sync.channels.jd_sp_ship import Shipper, ShipTypes, ship_types
from sync.channels.jd_sp_states import SpRefunds, afs_of, state_of
from sync.connector import server_ms
from sync.errors import Rejected
from sync.gateways.jd_calls import JdHands
from sync.gateways.jd_sign import JdKeys
from sync.gateways.jd_sp_calls import JdSpCalls
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
    ListingPage,
    MemoAsk,
    OrderRecord,
    PushHint,
    ShipAsk,
    StockAsk,
)
from sync.windows import begun, read_walk, stepped, write_walk

_CAN = frozenset(
    {
        *("poll", "refunds", "holds", "ship", "ship_lines", "ship_lookup"),
        *("memo", "flag", "stock", "ewaybill"),
    }
)


@dataclass(frozen=True, slots=True)
class JdSpShop:
    """One seller's settings. `start_ms` is when the first round begins; None: three months ago.

    `types` and `list_order` are what was typed: JD's figures for whole and part, without which
    orders are shipped whole alone, and its field and way for the oldest change first ("": ours).
    """

    keys: JdKeys
    read_as: ReadAs = field(default_factory=ReadAs)
    types: str = ""
    list_order: str = ""
    start_ms: int | None = None


class JdSp:
    """A Channel with OrderIds, AfterSales and ProductList (sync.ports). Raises only sync.errors."""

    platform = "jd_sp"
    # The platform tells an app's owner alone how fast it may ask; this pace is ours.
    caps = ChannelCaps(page_size=PAGE, limit=Limit(5.0), flags=_CAN)

    def __init__(self, shop: JdSpShop, hands: JdHands) -> None:
        """Take the seller's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        self._calls = JdSpCalls(shop.keys, hands)
        types, by = ship_types(shop.types), sorted_by(shop.list_order)
        self._shipper, self._by = Shipper(self._calls, types), by or SortedBy()
        self._odd = tuple(_odd(shop, types, by))
        # Asked for once for each version of an order, and of how its after-sales stand.
        self._refunds = Remembered[tuple[str, ...], SpRefunds]()

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders, oldest windows first."""
        walk = read_walk(cursor, self._shop.start_ms)
        if not walk.until_s:
            started = begun(walk, self._clock.now() // 1000, RULES)
            if started is None:
                return Batch((), (), write_walk(walk), False)
            walk = started
        told, total = await page_of(self._calls, walk, self._by)
        step = stepped(walk, total, server_ms(told.answer), RULES)
        rows = told.rows if step.used else []
        records, kept = await read_all(rows, _number, aside, self._read)
        return Batch(records, kept, write_walk(step.walk), step.more)

    async def _read(self, told: Mapping[str, Any], raw: bytes) -> OrderRecord:
        return read_order(told, raw, self._shop.read_as, await self._refunds_of(told))

    async def _refunds_of(self, told: Mapping[str, Any]) -> SpRefunds:
        """The after-sales of an order that JD gave money back for, where there may be one."""
        afs = afs_of(told)
        if not afs and state_of(told) not in CLOSED:
            return SpRefunds()
        number, changed = order_id(told), text(told.get("modifiedTime"))
        known = (number, changed, *(f"{one}/{state}" for one, state in afs))
        try:
            return await self._refunds.ask(known, lambda: self._asked_refunds(number))
        except Rejected as no:
            # An order whose after-sales are not shown is still an order; a person is told.
            return SpRefunds(unread=no.foreign_code or no.code)

    async def _asked_refunds(self, number: str) -> SpRefunds:
        return SpRefunds(await jd_sp_refunds.of_order(self._calls, number))

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        return await self._read(*await order_of(self._calls, external_id))

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of all orders placed in a span, of whatever state, that were ever paid."""
        now, span = self._clock.now(), (since_ms, until_ms)
        return await jd_sp_orders.placed_between(self._calls, now, span, self._by)

    async def after_sales(self, cursor: str) -> AfterSaleBatch:
        """The next page of cancellations and returns that changed."""
        return await jd_sp_refunds.changed(self._calls, self._clock, cursor, self._shop.start_ms)

    async def after_sale(self, external_id: str) -> AfterSaleRecord:
        """One cancellation or return as it stands now."""
        return await jd_sp_refunds.one(self._calls, external_id)

    async def answer(self, ask: AfterSaleAsk) -> Done:
        """Refuse: JD shows to app owners alone how it is answered, so none is (`may` is empty)."""
        raise Rejected("jd_sp_answer_there", external_id=ask.external_id)

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell the number the order, or a part of it, left with, unless it stands there."""
        return await self._shipper.ship(ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the whole stock of a SKU; found by the merchant's code if need be."""
        return await jd_sp_write.set_stock(self._calls, ask)

    async def listings(self, cursor: str) -> ListingPage:
        """The next page of what the shop sells."""
        return await jd_sp_products.page(self._calls, cursor)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the seller's memo, and its flag where one is given."""
        return await jd_sp_write.write_memo(self._calls, ask)

    async def check(self) -> CheckResult:
        """Try what was typed, the key and the token; says in one sentence what is wrong."""
        for code, typed in self._odd:
            return CheckResult(False, code, {"typed": typed[:40]})
        return await jd_sp_check.check(self._calls, self._clock, self._by)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Refuse: how JD signs its calls it does not publish, so none is believed."""
        del headers, body
        raise Rejected("push_not_ours")


def _odd(shop: JdSpShop, types: ShipTypes | None, by: SortedBy | None) -> Iterator[tuple[str, str]]:
    """What was typed and cannot be read: nothing is guessed from it."""
    if shop.types.strip() and types is None:
        yield "jd_sp_odd_types", shop.types.strip()
    if by is None:
        yield "jd_sp_odd_order", shop.list_order.strip()


def _number(element: Element) -> str:
    return order_id(mapping(element.value))
