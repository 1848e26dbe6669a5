"""One seller on Amazon, by its selling partner API (Orders 2026-01-01).

What the shop gets: every change of every order, whole, within the few questions Amazon allows;
orders Amazon sends itself, to be looked at only; parcels and stock written once in effect; and one
sentence that says what is wrong with the grant or the region. Amazon keeps no seller's memo and
calls nobody: its orders are asked for, and where the seller has a queue at AWS, its notices too.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.channels import amazon_check, amazon_ship, amazon_stock
from sync.channels.amazon_access import AmazonKeys
from sync.channels.amazon_calls import AmazonCalls, AmazonHands
from sync.channels.amazon_notices import Notices
from sync.channels.amazon_places import Places, places_of
from sync.channels.amazon_queue import Queue, address_of
from sync.channels.amazon_read import INCLUDED, ReadAs, aside, order_id, read_order
from sync.channels.amazon_sigv4 import AwsKeys
from sync.channels.amazon_walk import (
    OPEN_MS,
    PAGE,
    Walk,
    instant,
    query_of,
    read_walk,
    shorter,
    stepped,
    write_walk,
)
from sync.connector import BREATH
from sync.errors import Rejected
from sync.json_text import Element
from sync.ports import ChannelCaps, Limit, Message
from sync.reading import mapping, moment_ms, text
from sync.records import (
    Batch,
    CheckResult,
    Done,
    KeptAside,
    MemoAsk,
    OrderRecord,
    PushHint,
    ShipAsk,
    StockAsk,
)

_CAN = frozenset({"poll", "holds", "ship", "ship_lines", "ship_lookup", "stock"})


@dataclass(frozen=True, slots=True)
class QueueKeys:
    """The seller's queue at AWS, as typed: its URL, and the access key that may read it."""

    url: str
    key_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AmazonShop:
    """One seller's settings. `marketplaces` is what was typed: countries or marketplace ids.

    `seller` is the merchant token; `endpoint` another address than the region's own; `start_ms` the
    update time the first round begins at, None for as far back as Amazon keeps orders (two years).
    `queue` is None where the seller has no queue for Amazon's notices.
    """

    keys: AmazonKeys
    seller: str
    marketplaces: str
    read_as: ReadAs = field(default_factory=ReadAs)
    endpoint: str = ""
    start_ms: int | None = None
    queue: QueueKeys | None = None


class Amazon:
    """A Channel with OrderIds and Messages (sync.ports). Raises only sync.errors."""

    platform = "amazon"
    caps = ChannelCaps(
        page_size=PAGE,
        # searchOrders; every other operation has a pace of its own (amazon_calls).
        limit=Limit(0.0056),
        flags=_CAN,
    )

    def __init__(self, shop: AmazonShop, hands: AmazonHands) -> None:
        """Take the seller's settings and what it works with; nothing is sent yet."""
        self._shop, self._hands, self._clock = shop, hands, hands.clock
        self._calls = AmazonCalls(self._places, shop.keys, hands)
        self.listens = shop.queue is not None
        self._notices: Notices | None = None

    def _places(self) -> Places:
        return places_of(self._shop.marketplaces, self._shop.endpoint)

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders; where its token is refused, the window begins anew."""
        now = self._clock.now()
        walk = read_walk(cursor, self._shop.start_ms, now)
        try:
            elements, rest, _ = await self._calls.orders(self._asked(walk))
        except Rejected:
            if not walk.token:
                raise
            walk = shorter(walk, now)
            elements, rest, _ = await self._calls.orders(self._asked(walk))
        records, kept = await self._records(elements)
        token = text(mapping(rest.get("pagination")).get("nextToken"))
        told_ms = moment_ms(text(rest.get("lastUpdatedBefore")), "UTC")
        walk, more = stepped(walk, token, told_ms, now)
        return Batch(records, kept, write_walk(walk), more)

    def _asked(self, walk: Walk) -> dict[str, str]:
        return {
            **query_of(walk),
            "marketplaceIds": ",".join(self._calls.places.ids),
            "includedData": ",".join(INCLUDED),
        }

    async def _records(
        self, elements: list[Element]
    ) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...]]:
        records: dict[str, OrderRecord] = {}
        kept: list[KeptAside] = []
        for at, element in enumerate(elements):
            if at % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            number = order_id(mapping(element.value))
            if not number:
                kept.append(aside(element))
                continue
            found = read_order(mapping(element.value), element.raw, self._shop.read_as)
            before = records.get(number)
            if before is None or before.version <= found.version:
                records[number] = found
        return tuple(records.values()), tuple(kept)

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now."""
        order, raw = await amazon_ship.order_of(self._calls, external_id)
        return read_order(order, raw, self._shop.read_as)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The ids of the orders placed in a span of time, for counting them."""
        asked = {
            "createdAfter": instant(since_ms),
            "maxResultsPerPage": str(PAGE),
            "marketplaceIds": ",".join(self._calls.places.ids),
        }
        if until_ms < self._clock.now() - OPEN_MS:
            asked["createdBefore"] = instant(until_ms)
        found: dict[str, None] = {}
        while True:
            elements, rest, _ = await self._calls.orders(asked)
            for element in elements:
                order = mapping(element.value)
                placed = moment_ms(text(order.get("createdTime")), "UTC")
                # Amazon's bounds are whole seconds and both inclusive.
                if order_id(order) and placed is not None and since_ms <= placed < until_ms:
                    found[order_id(order)] = None
            token = text(mapping(rest.get("pagination")).get("nextToken"))
            if not token:
                return tuple(found)
            asked["paginationToken"] = token

    async def ship(self, ask: ShipAsk) -> Done:
        """Confirm what left, as far as nobody has; a changed number is put right."""
        return await amazon_ship.ship(self._calls, self._clock, ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set how many of a SKU may be sold, where the seller sends it himself."""
        return await amazon_stock.set_stock(self._calls, self._shop.seller, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Amazon keeps no seller's memo: always Rejected."""
        raise Rejected("amazon_no_memo", external_id=ask.external_id)

    async def check(self) -> CheckResult:
        """Try the grant and the region; says in one sentence what is wrong."""

        def elsewhere(places: Places) -> AmazonCalls:
            return AmazonCalls(lambda: places, self._shop.keys, self._hands)

        return await amazon_check.check(self._calls, self._clock, elsewhere)

    async def messages(self) -> tuple[Message, ...]:
        """Notices of changed orders that lie in the seller's queue; none without a queue."""
        notices = self._box()
        return await notices.waiting() if notices else ()

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Let notices go that are kept here."""
        notices = self._box()
        if notices:
            await notices.confirm(ids)

    def _box(self) -> Notices | None:
        keys = self._shop.queue
        if self._notices is None and keys is not None:
            where = address_of(keys.url)
            aws = AwsKeys(keys.key_id, keys.secret, where.region, "sqs")
            queue = Queue(self._hands.http, self._clock, where, aws, self._shop.seller)
            self._notices = Notices(self._calls, queue, where.arn)
        return self._notices

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Amazon calls nobody's address: its notices lie in a queue of the seller's own."""
        del headers, body
        raise Rejected("push_not_ours")
