"""One WooCommerce shop, REST v3 (channels.md 2, with the ten traps of a real 10.5.0 server).

What the shop gets: every change of every order, whole, whatever moves while the list is read;
parcels, stock and memos written once in effect, because each write is looked up before it is
repeated; and one sentence that says what is wrong with the key or the address.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sync.channels import (
    woocommerce_ids,
    woocommerce_products,
    woocommerce_push,
    woocommerce_refuse,
    woocommerce_write,
)
from sync.channels.woocommerce_read import ReadAs, aside, number_seen, order_id, read_order
from sync.channels.woocommerce_sign import WooKey, signer
from sync.channels.woocommerce_walk import (
    Walk,
    Window,
    next_phase,
    next_round,
    read_walk,
    stepped,
    window,
    write_walk,
)
from sync.connector import BREATH, Connector, Signed, Turn, server_ms
from sync.errors import Malformed, Rejected, SyncError
from sync.json_text import Element, read_json
from sync.ports import Answer, ChannelCaps, Clock, Http, Limit, Request
from sync.reading import rows, text
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

_REFUNDS_KEPT = 1000


@dataclass(frozen=True, slots=True)
class WooShop:
    """One shop's settings. `address` is the site ("https://shop.example"), without /wp-json.

    `start_ms` is the modified time the first round begins at, None for all orders ever;
    `push_secrets` are the live webhook secrets (two while one is being replaced).
    """

    address: str
    key: WooKey
    read_as: ReadAs
    start_ms: int | None = None
    push_secrets: tuple[str, ...] = field(default=(), repr=False)


class WooCommerce:
    """A Channel (sync.ports). Raises only sync.errors."""

    platform = "woocommerce"
    caps = ChannelCaps(
        page_size=100,
        # WooCommerce sets no limit; hosts do, and answer 429. Ten a second is our own courtesy.
        limit=Limit(10.0),
        flags=frozenset(
            ["poll", "push", "refunds", "trashed", "ship", "ship_lookup", "memo", "stock"]
        ),
    )

    def __init__(self, shop: WooShop, http: Http, clock: Clock, turn: Turn) -> None:
        """Take the shop's settings, the way out, the clock and this account's limiter."""
        self._shop = shop
        self._clock = clock
        self._site = shop.address.rstrip("/")
        signed = Signed(signer(shop.key, clock), woocommerce_refuse.refusal_of(self._site))
        self._connector = Connector(http, clock, signed, turn)
        # Refund lines never change once made, so they are asked for once per (order, refunds).
        self._refunds: OrderedDict[tuple[int, tuple[str, ...]], list[dict[str, Any]]] = (
            OrderedDict()
        )

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed orders; trashed ones come last in a round."""
        walk = read_walk(cursor, self._shop.start_ms)
        asked = window(walk)
        elements, answer = await self._connector.json_list(self._list(walk, asked))
        if walk.began_ms is None:
            walk = replace(walk, began_ms=server_ms(answer))
        ids = [number_seen(element) for element in elements]
        walk, more = stepped(walk, asked, ids, _pages(answer))
        records, kept = await self._read_all(elements)
        if not more:
            after = next_phase(walk)
            walk, more = (next_round(walk), False) if after is None else (after, True)
        return Batch(records, kept, write_walk(walk), more)

    def _list(self, walk: Walk, asked: Window) -> Request:
        query = {
            "status": walk.phase,
            "orderby": "id",
            "order": "asc",
            "per_page": str(asked.size),
            "page": str(asked.page),
        }
        if walk.since_ms is not None:
            # Strict and in whole seconds (trap 2): one second earlier. With Z and WITHOUT
            # dates_are_gmt, which together lose orders east of UTC (trap 1).
            since = datetime.fromtimestamp(walk.since_ms // 1000 - 1, UTC)
            query["modified_after"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Request("GET", f"{self.url('orders')}?{urlencode(query)}")

    def url(self, path: str) -> str:
        """The address of one resource of the v3 API."""
        return f"{self._site}/wp-json/wc/v3/{path}"

    async def _read_all(
        self, elements: list[Element]
    ) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...]]:
        """Records newest last, twins once; what is no order, aside."""
        records: dict[int, OrderRecord] = {}
        kept = []
        for at, element in enumerate(elements):
            if at % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            number = order_id(element)
            if number is None:
                kept.append(aside(element))
            elif number not in records or records[number].raw != element.raw:
                records[number] = await self._read(element.value, element.raw)
        return tuple(records.values()), tuple(kept)

    async def _read(self, told: Mapping[str, Any], raw: bytes) -> OrderRecord:
        try:
            refunds = await self._refund_details(told)
        except Rejected as refused:
            record = read_order(told, raw, self._shop.read_as, None)
            problem = woocommerce_refuse.unread_refunds(refused)
            return replace(record, problems=(*record.problems, problem))
        return read_order(told, raw, self._shop.read_as, refunds)

    async def _refund_details(self, told: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        listed = tuple(text(row.get("id")) for row in rows(told.get("refunds")))
        if not listed:
            return None
        known = (told["id"], listed)
        if known not in self._refunds:
            request = Request("GET", self.url(f"orders/{told['id']}/refunds?per_page=100"))
            found, _ = await self._connector.json(request)
            self._refunds[known] = rows(found)
            if len(self._refunds) > _REFUNDS_KEPT:
                self._refunds.popitem(last=False)
        self._refunds.move_to_end(known)
        return self._refunds[known]

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        answer = await self._connector.request(Request("GET", self._order_url(external_id)))
        told = read_json(answer.body)
        if order_id(Element(told, None, answer.body)) is None:
            raise Malformed("sync_not_an_order", external_id=external_id)
        return await self._read(told, answer.body)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The ids of the orders placed in a span of time, for counting them."""
        return await woocommerce_ids.placed_between(self._connector, self.url, since_ms, until_ms)

    def _order_url(self, external_id: str) -> str:
        if not (external_id.isascii() and external_id.isdigit()):
            raise Rejected("sync_bad_number", external_id=external_id[:40])
        return self.url(f"orders/{external_id}")

    async def ship(self, ask: ShipAsk) -> Done:
        """Set the order completed, with carrier, number and our key in its meta data."""
        order_url = self._order_url(ask.external_id)
        return await woocommerce_write.ship(self._connector, order_url, ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the absolute whole stock of a product or variation; found by SKU if need be."""
        return await woocommerce_write.set_stock(self._connector, self.url("products"), ask)

    async def listings(self, cursor: str) -> ListingPage:
        """The next page of products on sale, each variation a listing of its own."""
        return await woocommerce_products.page(self._connector, self.url, cursor)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Add a note only the shop's staff sees, once per key."""
        order_url = self._order_url(ask.external_id)
        return await woocommerce_write.write_memo(self._connector, order_url, ask)

    async def check(self) -> CheckResult:
        """Read one order and try a write that can change nothing; says what is wrong."""
        try:
            await self._connector.json(Request("GET", self.url("orders?per_page=1")))
            await self._may_write()
        except Malformed:
            return CheckResult(False, "woo_not_woocommerce", {"site": self._site})
        except SyncError as error:
            return CheckResult(False, error.code, error.details)
        return CheckResult(True)

    async def _may_write(self) -> None:
        """Order 0 never exists: a key that may write gets "invalid id", another is refused."""
        empty = Request(
            "PUT", self.url("orders/0"), {"Content-Type": "application/json"}, b"{}", writes=False
        )
        try:
            await self._connector.request(empty)
        except Rejected as refused:
            if "invalid_id" not in refused.foreign_code:
                raise

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Verify a webhook; a hint which order to read again, never the order itself."""
        return woocommerce_push.read_push(self._shop.push_secrets, headers, body)


def _pages(answer: Answer) -> int:
    told = answer.headers.get("x-wp-totalpages", "")
    if not (told.isascii() and told.isdigit()):
        raise Malformed("woo_no_totals", header="X-WP-TotalPages")
    return int(told[:9])
