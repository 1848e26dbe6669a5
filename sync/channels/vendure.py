"""One channel of a Vendure 3 server over its Admin API (GraphQL; docs.vendure.io).

What the shop gets: every order that was placed, and every change of it, although the server does
not stamp them all; parcels and memos told once in effect, because each is looked up before it is
told again; stock that counts what the server itself has allocated; and one sentence that says what
is wrong with the login, its rights or the address.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.channels import (
    vendure_check,
    vendure_memo,
    vendure_products,
    vendure_ship,
    vendure_stock,
)
from sync.channels.vendure_access import VendureAccess, VendureKeys
from sync.channels.vendure_calls import Document, Told, VendureCalls, within
from sync.channels.vendure_documents import ORDER_IDS, ORDERS
from sync.channels.vendure_ids import placed_between
from sync.channels.vendure_read import ReadAs, aside, id_of, read_order, seen
from sync.channels.vendure_refuse import refusal_of
from sync.channels.vendure_walk import (
    PAGE,
    Walk,
    options_of,
    read_walk,
    started,
    stepped,
    write_walk,
)
from sync.connector import BREATH, Connector, Signed, Turn, server_ms
from sync.errors import Ambiguous, Malformed, NoSuchOrder, Rejected
from sync.ports import ChannelCaps, Clock, Http, Limit, Request, TokenShelf
from sync.reading import mapping
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

_ORDERS, _IDS = Document(ORDERS), Document(ORDER_IDS)
_LIST = ("orders", "items")


@dataclass(frozen=True, slots=True)
class VendureShop:
    """One channel's settings. `address` is the server's, with or without its Admin API's path.

    `channel` is the channel's token, "" for the server's default channel; `location` the id of the
    stock location that is written to, "" for the server's first; `start_ms` is the time the first
    round begins at, None for all orders ever.
    """

    address: str
    keys: VendureKeys = field(repr=False)
    read_as: ReadAs = field(default_factory=ReadAs)
    channel: str = ""
    location: str = ""
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class VendureHands:
    """What the connector is handed: the way out, time, the shelf of its token, and its limiter."""

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn: Turn


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of the walk: its elements, and those of them that the server itself cannot tell."""

    told: Told
    kept: tuple[KeptAside, ...] = ()


class Vendure:
    """A Channel (sync.ports). Raises only sync.errors."""

    platform = "vendure"
    caps = ChannelCaps(
        page_size=PAGE,
        # Vendure limits nothing by itself; five a second is our own courtesy to one process.
        limit=Limit(5.0),
        flags=frozenset(
            ["poll", "refunds", "holds", "ship", "ship_lines", "ship_lookup", "memo", "stock"]
        ),
    )

    def __init__(self, shop: VendureShop, hands: VendureHands) -> None:
        """Take the channel's settings and what it works with; nothing is sent yet."""
        self._shop = shop
        signed = Signed(_as_it_is, refusal_of(shop.address))
        connector = Connector(hands.http, hands.clock, signed, hands.turn)
        access = VendureAccess(shop.keys, shop.address, hands.shelf, connector)
        self._calls = VendureCalls(shop.address, shop.channel, connector, access)
        self._precision: int | None = None

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders; every few minutes of all that are still open."""
        walk = read_walk(cursor, self._shop.start_ms)
        precision = await self._money()
        page = await self._page(walk)
        told = page.told
        total = within(told.data, ("orders",)).get("totalItems")
        if type(total) is not int or total < 0:
            raise Malformed("sync_not_json", why="no total")
        theirs = server_ms(told.answer)
        walk = started(walk, theirs)
        found = [seen(each) for each in told.elements]
        asked = options_of(walk)["skip"]
        # A twin in the list is no order of its own.
        read = len(set(found) - {None}) + found.count(None)
        walk, more = stepped(walk, found, total > asked + read, theirs)
        if page.kept:
            return Batch((), page.kept, write_walk(walk), more)
        records, kept = await self._read_all(told, precision)
        return Batch(records, kept, write_walk(walk), more)

    async def _page(self, walk: Walk) -> _Page:
        """One page. An order the server trips over takes its whole page along, so it is cornered.

        Raises what the server said where smaller pages do not help either.
        """
        take = PAGE
        while True:
            asked = {"options": options_of(walk, take)}
            try:
                return _Page(await self._calls.ask(_ORDERS, asked, _LIST))
            except Ambiguous as broken:
                if broken.details.get("status") != 200:
                    raise
                if take == 1:
                    told = await self._calls.ask(_IDS, asked, _LIST)
                    why = "the server cannot tell it"
                    return _Page(told, tuple(aside(each, why) for each in told.elements))
                take = max(1, take // 7)

    async def _money(self) -> int:
        """How many decimals the server keeps; asked for once."""
        if self._precision is None:
            self._precision = await vendure_stock.precision_of(self._calls)
        return self._precision

    async def _read_all(
        self, told: Told, precision: int
    ) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...]]:
        records: dict[str, OrderRecord] = {}
        kept = []
        for at, element in enumerate(told.elements):
            if at % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            number = id_of(mapping(element.value).get("id"))
            if not number:
                kept.append(aside(element))
                continue
            order = mapping(element.value)
            records[number] = read_order(order, element.raw, self._shop.read_as, precision)
        return tuple(records.values()), tuple(kept)

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        precision = await self._money()
        # Asked for as a list of one, it comes in the very bytes it has in the list of many.
        options = {"filter": {"id": {"eq": _id(external_id)}}, "take": 1}
        told = await self._calls.ask(_ORDERS, {"options": options}, _LIST)
        records, _ = await self._read_all(told, precision)
        if not records:
            raise NoSuchOrder("vendure_no_such_order", external_id=external_id)
        return records[0]

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The ids of the orders placed in a span of time, for counting them."""
        return await placed_between(self._calls, since_ms, until_ms)

    async def ship(self, ask: ShipAsk) -> Done:
        """Fulfil what the parcel holds, under its number, and move it to Shipped."""
        _id(ask.external_id)
        return await vendure_ship.ship(self._calls, ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set what may be sold of a variant: on hand is that and what is allocated."""
        return await vendure_stock.set_stock(self._calls, self._shop.location, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the one private note of ours on the order."""
        _id(ask.external_id)
        return await vendure_memo.write_memo(self._calls, ask)

    async def listings(self, cursor: str) -> ListingPage:
        """The next page of what the channel sells, each variant a listing of its own."""
        return await vendure_products.page(self._calls, self._shop.location, cursor)

    async def check(self) -> CheckResult:
        """Try the login, its rights and the address; says in one sentence what is wrong."""
        return await vendure_check.check(self._calls, self._shop.location)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Vendure calls nobody by itself: its orders are asked for."""
        del headers, body
        raise Rejected("push_not_ours")


def _as_it_is(request: Request) -> Request:
    """What proves who we are stands in the request already."""
    return request


def _id(told: str) -> str:
    if not id_of(told):
        raise Rejected("sync_bad_number", external_id=told[:40])
    return told
