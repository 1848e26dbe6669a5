"""One Magento 2 (Adobe Commerce) shop over its REST interface /rest/V1.

What the shop gets: every change of every order with its credit memos, whatever moves while the list
is read; parcels, numbers and memos told once in effect, because each is looked up before it is
told again; stock that counts Magento's own reservations; and one sentence that says what is wrong
with the integration's keys, its rights or the address.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sync.channels import magento_check, magento_ids, magento_note, magento_products
from sync.channels.magento_memos import CreditMemos, Memos
from sync.channels.magento_read import ReadAs, aside, order_id, read_order, seen
from sync.channels.magento_refuse import refusal_of
from sync.channels.magento_ship import Parcels
from sync.channels.magento_sign import MagentoKeys, signer
from sync.channels.magento_stock import Stock
from sync.channels.magento_walk import read_walk, search_of, stepped, write_walk
from sync.connector import BREATH, Connector, Signed, Turn, server_ms
from sync.errors import Malformed, NoSuchOrder, PermissionMissing, Rejected
from sync.json_text import Element, list_within, read_json
from sync.ports import ChannelCaps, Clock, Http, Limit, Request
from sync.reading import mapping
from sync.records import (
    Batch,
    CheckResult,
    Done,
    KeptAside,
    ListingPage,
    MemoAsk,
    OrderRecord,
    Problem,
    PushHint,
    ShipAsk,
    StockAsk,
)


@dataclass(frozen=True, slots=True)
class MagentoShop:
    """One shop's settings. `address` is the site ("https://shop.example"), without /rest.

    `source` is the inventory source parcels leave from and stock is written to, "" for Magento's
    own choice and the source called default; `start_ms` is the changed time the first round begins
    at, None for all orders ever.
    """

    address: str
    keys: MagentoKeys = field(repr=False)
    read_as: ReadAs = field(default_factory=ReadAs)
    source: str = ""
    start_ms: int | None = None


class Magento:
    """A Channel (sync.ports). Raises only sync.errors."""

    platform = "magento"
    caps = ChannelCaps(
        page_size=100,
        # Magento limits nothing but payments; five a second is our own courtesy to PHP.
        limit=Limit(5.0),
        flags=frozenset(
            ["poll", "refunds", "holds", "ship", "ship_lines", "ship_lookup", "memo", "stock"]
        ),
    )

    def __init__(self, shop: MagentoShop, http: Http, clock: Clock, turn: Turn) -> None:
        """Take the shop's settings, the way out, the clock and this account's limiter."""
        self._shop = shop
        self._clock = clock
        self._site = shop.address.rstrip("/")
        signed = Signed(signer(shop.keys, clock), refusal_of(self._site, bare=shop.keys.bare))
        self._connector = Connector(http, clock, signed, turn)
        self._memos = CreditMemos(self._connector, self.url)
        self._parcels = Parcels(self._connector, self.url, shop.source)
        self._stock = Stock(self._connector, self.url, shop.source)

    def url(self, path: str) -> str:
        """The address of one call of the REST interface."""
        return f"{self._site}/rest/V1/{path}"

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders, each with its credit memos."""
        walk = read_walk(cursor, self._shop.start_ms)
        query = search_of(walk).query()
        answer = await self._connector.request(Request("GET", f"{self.url('orders')}?{query}"))
        elements, rest = list_within(answer.body, ("items",))
        total = mapping(rest).get("total_count")
        if type(total) is not int or total < 0:
            raise Malformed("magento_no_total")
        if walk.began_ms is None:
            walk = replace(walk, began_ms=server_ms(answer))
        walk, more = stepped(walk, [seen(element) for element in elements], total)
        records, kept = await self._read_all(elements)
        return Batch(records, kept, write_walk(walk), more)

    async def _read_all(
        self, elements: list[Element]
    ) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...]]:
        """Records, twins once; what is no order, aside."""
        orders: dict[int, Element] = {}
        kept = []
        for element in elements:
            number = order_id(element)
            if number is None:
                kept.append(aside(element))
            else:
                orders[number] = element
        memos, problem = await self._given_back([each.value for each in orders.values()])
        records = []
        for at, (number, element) in enumerate(orders.items()):
            if at % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            records.append(self._read(element, memos.get(str(number), []), problem))
        return tuple(records), tuple(kept)

    def _read(self, element: Element, memos: Memos, problem: Problem | None) -> OrderRecord:
        record = read_order(element.value, element.raw, self._shop.read_as, memos)
        if problem is None or not element.value.get("total_refunded"):
            return record
        return replace(record, problems=(*record.problems, problem))

    async def _given_back(
        self, orders: list[Mapping[str, Any]]
    ) -> tuple[dict[str, Memos], Problem | None]:
        """The credit memos; orders whose refunds the shop will not show are orders all the same."""
        try:
            return await self._memos.of(orders), None
        except (PermissionMissing, Rejected) as refused:
            return {}, Problem("unreadable", "creditmemos", refused.code)

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its credit memos."""
        path = f"orders/{_number(external_id)}"
        try:
            answer = await self._connector.request(Request("GET", self.url(path)))
        except Rejected as refused:
            if refused.code != "magento_no_such":
                raise
            raise NoSuchOrder("magento_no_such", text=refused.text) from refused
        element = Element(read_json(answer.body), None, answer.body)
        if order_id(element) is None:
            raise Malformed("sync_not_an_order", external_id=external_id)
        memos, problem = await self._given_back([element.value])
        return self._read(element, memos.get(external_id, []), problem)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The ids of the orders placed in a span of time, for counting them."""
        return await magento_ids.placed_between(self._connector, self.url, since_ms, until_ms)

    async def ship(self, ask: ShipAsk) -> Done:
        """Make a shipment of what the parcel holds, with its number, once."""
        _number(ask.external_id)
        for row, _ in ask.lines:
            _number(row)
        return await self._parcels.ship(ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set what may be sold of a SKU: at the inventory source, or at the stock item of old."""
        return await self._stock.set(ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Add a comment only the shop's staff sees, once per key."""
        _number(ask.external_id)
        return await magento_note.write_memo(self._connector, self.url, ask)

    async def listings(self, cursor: str) -> ListingPage:
        """The next page of products on sale, each choice of a configurable one by itself."""
        return await magento_products.page(self._connector, self.url, cursor)

    async def check(self) -> CheckResult:
        """Read one order and try what may be written; says what is wrong."""
        return await magento_check.check(self._connector, self.url, self._clock, self._site)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Nobody calls a shop's address from here: its orders are asked for."""
        del headers, body
        raise Rejected("push_not_ours")


def _number(told: str) -> str:
    if not (told.isascii() and told.isdigit() and len(told) < 19):
        raise Rejected("sync_bad_number", external_id=told[:40])
    return told
