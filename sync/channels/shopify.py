"""One Shopify shop, GraphQL Admin 2026-07 (channels.md 1).

What the shop gets: every change of every order, whole, while the list moves and its index lags;
parcels, memos and stock written once in effect; no more asked than the platform's points allow;
and one sentence that says what is wrong with the key or the address.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sync.channels import (
    shopify_check,
    shopify_memo,
    shopify_products,
    shopify_push,
    shopify_ship,
    shopify_stock,
    shopify_walk,
)
from sync.channels.shopify_access import ShopifyAccess, ShopifyKeys
from sync.channels.shopify_calls import (
    Document,
    Path,
    ShopifyCalls,
    Told,
    TooDear,
    next_cursor,
    within,
)
from sync.channels.shopify_cost import FIRST_PAGE, CostMeter
from sync.channels.shopify_documents import (
    HOLDS,
    LINES,
    ORDER,
    ORDER_IDS,
    ORDERS,
    PRESENT,
    REFUND_LINES,
    REFUNDS,
)
from sync.channels.shopify_file import HistoryFile
from sync.channels.shopify_history import HistoryReader, read_history
from sync.channels.shopify_news import LIST as _LIST
from sync.channels.shopify_news import ONE as _ONE
from sync.channels.shopify_news import NewsReader
from sync.channels.shopify_read import ReadAs, Whole, aside, gid, number_of, read_order
from sync.channels.shopify_refuse import refusal_of
from sync.channels.shopify_walk import Walk, query_of, read_walk, started, stepped, write_walk
from sync.connector import BREATH, Connector, Signed, server_ms
from sync.errors import Malformed, NoSuchOrder, Rejected
from sync.json_text import Element
from sync.known import Known
from sync.limits import Unlimited
from sync.ports import ChannelCaps, Clock, Http, Limit, Request, Sleep, TokenShelf
from sync.reading import mapping, rows, text
from sync.records import (
    Batch,
    CheckResult,
    Done,
    KeptAside,
    ListingPage,
    MemoAsk,
    OrderRecord,
    PushHint,
    ShipAsk,
    StockAsk,
)

_CAN = frozenset(
    {
        *("poll", "push", "refunds", "holds", "ship", "ship_lines", "ship_lookup"),
        *("memo", "flag", "stock", "stock_compare"),
    }
)
_REFUNDS_KEPT = 1000
_FIRST_REFUNDS = 5
_ORDERS, _ORDER, _LINES, _HOLDS = (Document(each) for each in (ORDERS, ORDER, LINES, HOLDS))
_REFUNDS, _REFUND_LINES = Document(REFUNDS), Document(REFUND_LINES)
_PRESENT, _ORDER_IDS = Document(PRESENT), Document(ORDER_IDS)
# Without read_all_orders nothing older than 60 days is found; a day for clocks that differ.
_SEES_BACK_MS = 59 * 86_400_000


Records = tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...]]


@dataclass(frozen=True, slots=True)
class ShopifyShop:
    """One shop's settings. `address` is its myshopify.com name.

    `start_ms` is the update time the first round begins at, None for all orders the app may see
    (60 days without read_all_orders); `location` is the number of the location whose stock is
    written, "" for the shop's first one; `push_secrets` are the live webhook secrets.
    """

    address: str
    keys: ShopifyKeys
    read_as: ReadAs
    start_ms: int | None = None
    location: str = ""
    push_secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ShopifyHands:
    """What the connector is handed: the way out, time, waiting, and the shelf of its tokens."""

    http: Http
    clock: Clock
    shelf: TokenShelf
    sleep: Sleep = asyncio.sleep


class Shopify:
    """A Channel (sync.ports). Raises only sync.errors."""

    platform = "shopify"
    sees_back_ms = _SEES_BACK_MS
    caps = ChannelCaps(
        page_size=50,
        # The least plan; what the shop's plan gives is read from every answer.
        limit=Limit(100.0, "points"),
        flags=_CAN,
    )

    def __init__(self, shop: ShopifyShop, hands: ShopifyHands) -> None:
        """Take the shop's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        signed = Signed(_as_it_is, refusal_of(shop.address))
        connector = Connector(hands.http, hands.clock, signed, Unlimited())
        access = ShopifyAccess(shop.keys, hands.shelf, connector, hands.clock)
        meter = CostMeter(hands.clock, hands.sleep)
        self._calls = ShopifyCalls(shop.address, connector, access, meter)
        self._history = HistoryReader(
            self._calls, HistoryFile(hands.http, hands.clock), hands.sleep
        )
        self._news = NewsReader(self._calls)
        self._page = FIRST_PAGE
        # A refund's lines never change once made, so they are asked for once.
        self._refunds: OrderedDict[str, tuple[Mapping[str, Any], ...]] = OrderedDict()

    @property
    def known(self) -> Known:
        """Which orders the book holds as they are listed (sync.known.AsksKnown)."""
        return self._news.known

    @known.setter
    def known(self, known: Known) -> None:
        self._news.known = known

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders, oldest change first; a long history in bulk."""
        history = read_history(cursor)
        if not cursor:
            history = await self._history.begin(self._shop.start_ms)
        if history is not None:
            part = await self._history.step(history)
            records, kept = await self._records(part.orders, (), _LIST)
            return Batch(records, kept, part.cursor, True)
        return await self._walked(read_walk(cursor, self._shop.start_ms))

    async def _walked(self, walk: Walk) -> Batch:
        overlaps = walk.far_ms > 0
        ask = self._news.listed if overlaps else self._list
        try:
            told = await ask(walk)
        except Rejected as refused:
            # A cursor of another day or version means nothing any more: the round starts over.
            if not walk.after or "cursor" not in refused.text.lower():
                raise
            walk = replace(walk, after="")
            told = await ask(walk)
        walk = started(walk, server_ms(told.answer))
        walk, more = stepped(walk, next_cursor(told.data, _LIST[:1]))
        records, kept = await (
            self._new(told) if overlaps else self._records(told.elements, told.denied, _LIST)
        )
        return Batch(records, kept, write_walk(walk), more)

    async def _new(self, listed: Told) -> Records:
        """Of what is listed by number, those not read as they are."""
        records: list[OrderRecord] = []
        kept = [aside(each) for each in listed.elements if not _number(each)]
        async for told in self._news.whole(await self._news.unread(listed.elements)):
            some, aside_too = await self._records(told.elements, told.denied, _ONE)
            records += some
            kept += aside_too
        return tuple(records), tuple(kept)

    async def _records(
        self, elements: tuple[Element, ...], denied: tuple[Path, ...], listed: Path
    ) -> Records:
        records: dict[str, OrderRecord] = {}
        kept: list[KeptAside] = []
        for at, element in enumerate(elements):
            if at % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            if listed == _ONE and element.value is None and element.problem is None:
                continue  # deleted since it was listed
            number = _number(element)
            if not number:
                kept.append(aside(element))
                continue
            records.pop(number, None)
            records[number] = await self._read(element, _denied(denied, (*listed, str(at))))
        return tuple(records.values()), tuple(kept)

    async def _list(self, walk: Walk) -> Told:
        """One page, as large as its cost allows; a page that is too dear is asked for in half."""
        while True:
            asked = {"first": self._page, "after": walk.after or None, "query": query_of(walk)}
            try:
                told = await self._calls.ask(_ORDERS, asked, _LIST)
            except TooDear:
                if self._page == 1:
                    raise Rejected("shopify_too_dear") from None
                self._page = max(1, self._page // 2)
            else:
                self._page = self._calls.meter.page(_ORDERS.name, self._page)
                return told

    async def _read(self, element: Element, denied: frozenset[str]) -> OrderRecord:
        order = mapping(element.value)
        lines, more_lines = await self._rest(order, "lineItems", _LINES)
        holds, more_holds = await self._rest(order, "fulfillmentOrders", _HOLDS)
        refunds = await self._all_refunds(order)
        refund_lines = {
            number: await self._lines_of_refund(number)
            for number in (number_of(each.get("id")) for each in refunds)
            if number
        }
        more = [*more_lines, *more_holds]
        raw = b"[" + b",".join([element.raw, *more]) + b"]" if more else element.raw
        whole = Whole(order, raw, lines, holds, refunds, refund_lines, denied)
        return read_order(whole, self._shop.read_as)

    async def _rest(
        self, order: Mapping[str, Any], name: str, document: Document
    ) -> tuple[tuple[Mapping[str, Any], ...], list[bytes]]:
        """Everything of a connection of an order, and the raw rest that its page did not hold."""
        told = rows(mapping(order.get(name)).get("nodes"))
        if next_cursor(order, (name,)) is None:
            return tuple(told), []
        asked = {"id": text(order.get("id"))}
        found = await self._calls.all_of(document, asked, ("order", name))
        return tuple(mapping(each.value) for each in found), [each.raw for each in found]

    async def _all_refunds(self, order: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
        told = rows(order.get("refunds"))
        if len(told) >= _FIRST_REFUNDS:
            data = (await self._calls.ask(_REFUNDS, {"id": text(order.get("id"))})).data
            told = rows(within(data, ("order",)).get("refunds"))
        return tuple(told)

    async def _lines_of_refund(self, number: str) -> tuple[Mapping[str, Any], ...]:
        if number not in self._refunds:
            asked = {"id": gid("Refund", number)}
            path = ("refund", "refundLineItems")
            found = await self._calls.all_of(_REFUND_LINES, asked, path)
            self._refunds[number] = tuple(mapping(each.value) for each in found)
            if len(self._refunds) > _REFUNDS_KEPT:
                self._refunds.popitem(last=False)
        self._refunds.move_to_end(number)
        return self._refunds[number]

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        asked = {"ids": [shopify_ship.order_gid(external_id)]}
        told = await self._calls.ask(_ORDER, asked, _ONE)
        if not told.elements or not mapping(told.elements[0].value).get("id"):
            raise NoSuchOrder("shopify_no_such_order", external_id=external_id)
        return await self._read(told.elements[0], _denied(told.denied, (*_ONE, "0")))

    async def gone(self, external_ids: tuple[str, ...]) -> frozenset[str]:
        """Those of these orders that were deleted: asked for by number, they come as null."""
        asked = {"ids": [shopify_ship.order_gid(number) for number in external_ids]}
        found = (await self._calls.ask(_PRESENT, asked, _ONE)).elements
        if len(found) != len(external_ids):
            raise Malformed("sync_not_json", why="other orders than asked for")
        told = zip(external_ids, found, strict=True)
        return frozenset(n for n, each in told if each.value is None and each.problem is None)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The ids of the orders placed in a span of time, for counting them."""
        asked = {"query": shopify_walk.placed_in(since_ms, until_ms)}
        found = await self._calls.all_of(_ORDER_IDS, asked, ("orders",))
        numbers = (number_of(mapping(each.value).get("id")) for each in found)
        return tuple(dict.fromkeys(number for number in numbers if number))

    async def ship(self, ask: ShipAsk) -> Done:
        """Fulfil what the parcel holds, with its tracking number, as far as nobody has."""
        return await shopify_ship.ship(self._calls, shopify_ship.order_gid(ask.external_id), ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set what is available of a variant, over the figure that stands there now."""
        return await shopify_stock.set_stock(self._calls, self._shop.location, ask)

    async def listings(self, cursor: str) -> ListingPage:
        """The next page of what the shop sells, each variant a listing of its own."""
        return await shopify_products.page(self._calls, self._shop.location, cursor)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the memo below the buyer's words in the note, and its flag as a tag."""
        order = shopify_ship.order_gid(ask.external_id)
        return await shopify_memo.write_memo(self._calls, order, ask)

    async def check(self) -> CheckResult:
        """Try the key and the address; says in one sentence what is wrong."""
        return await shopify_check.check(self._calls, self._clock)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Verify a webhook; a hint which order to read again, never the order itself."""
        return shopify_push.read_push(self._shop.push_secrets, headers, body)


def _number(element: Element) -> str:
    return number_of(mapping(element.value).get("id"))


def _as_it_is(request: Request) -> Request:
    """The token stands in the request already; nothing else proves who we are."""
    return request


def _denied(paths: tuple[Path, ...], order: Path) -> frozenset[str]:
    """The fields that were denied of the order at this place of the answer."""
    at = len(order)
    return frozenset(path[at] for path in paths if path[:at] == order)
