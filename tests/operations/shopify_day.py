"""A shop on Shopify: the real connector, shelf, engine and intake against a real local Shopify."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from app.commands.channels import ConnectChannel
from app.commands.parcels import ScanLabel
from app.compose.connectors import makers_of
from app.compose.makers.tools import Tools
from app.domain.actor import worker
from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import ShopBook, SyncLoop
from app.store import shops
from app.store.seal import Row
from app.store.tables import parcel
from app.store.tables_record import case, outbox
from app.store.work import Book
from sync.engine import Health, Source
from sync.sandbox.shopify import ShopifySandbox, ShopifySetup
from sync.sandbox.shopify_gate import App
from sync.sandbox.shopify_shop import ShopifyOrder
from sync.transport import Transport, TransportLimits
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.operations.press_world import make_live, number_of
from tests.worlds import CountingIds, FixedClock, SeededRng


@dataclass
class ShopifyDay:
    """The shop, its platform, and everything between them."""

    shop: Shop
    clock: FixedClock
    box: ShopifySandbox
    loop: SyncLoop
    room: Room

    def connect(self, address: str, **keys: str) -> None:
        """Connect as the set-up does, by the command."""
        fields = {"address": address, **keys}
        ask = ConnectChannel("shopify", "Loom", "America/New_York", "USD", fields)
        self.shop.channel_id = self.shop.do("owner", ask)["id"]

    def access(self) -> shops.ShopAccess:
        with self.shop.book.work(worker("test")) as work:
            return next(s for s in shops.shops(work) if s.id == self.shop.channel_id)

    def fields(self) -> dict[str, str]:
        return self.access().fields

    async def read(self) -> Health:
        """One round of the real engine, its records through the real intake."""
        access = self.access()
        outlet = self.loop.outlets.get(access.id) or self._open(access)
        book = ShopBook(self.room, access.id, lambda: None)
        source = Source("loom", outlet.channel, book, outlet.gear, lambda _health: None)
        health = await source.round()
        self.shop.flow()
        return health

    def _open(self, access: shops.ShopAccess) -> Outlet:
        """The shop's own connector and brakes; waiting turns the clock."""

        async def pass_time(seconds: float) -> None:
            self.clock.advance(round(seconds * 1000))

        made = self.loop._outlet(access)
        assert made is not None
        made.channel._calls.meter._sleep = pass_time  # type: ignore[attr-defined]
        outlet = Outlet(made.channel, replace(made.gear, sleep=pass_time))
        self.loop.outlets[access.id] = outlet
        return outlet

    async def upload(self, most_s: int = 7200) -> str:
        """Let the pump work until the newest effect is settled; its state."""
        pump = EffectPump(self.room, self.loop.outlets)
        for _ in range(most_s // 20):
            await pump.round()
            state = str(self.shop.all(outbox)[-1]["state"])
            if state in ("done", "dead"):
                return state
            self.clock.advance(20_000)
        raise AssertionError("the effect does not settle")

    def pack(self, order: ShopifyOrder) -> str:
        """Everything up to the scan that ships; the waybill's number."""
        make_live(self.shop, str(order.number))
        number = number_of(str(order.number))
        assert self.shop.do("packer", ScanLabel(number, "weigh_out"))["shipped"]
        return number

    def row(self, order: ShopifyOrder) -> Row:
        return self.shop.order(str(order.number))

    def open_cases(self) -> set[str]:
        return {row["kind"] for row in self.shop.all(case) if row["state"] != "settled"}

    def told(self) -> list[bool]:
        return [row["written_back_at"] is not None for row in self.shop.all(parcel)]


def order_seed(**more: Any) -> dict[str, Any]:
    """A paid order of two curtains and a pack of hooks for 张小满 in Hangzhou."""
    address = {
        "firstName": "小满",
        "lastName": "张",
        "name": "小满 张",
        "phone": "13812345678",
        "address1": "市心中路 1 号",
        "city": "杭州市",
        "province": "Zhejiang",
        "provinceCode": "ZJ",
        "zip": "311200",
        "countryCodeV2": "CN",
    }
    lines = [
        {"sku": "LN-27", "title": "亚麻遮光窗帘", "quantity": 2, "price": "100"},
        {"sku": "HK-01", "title": "窗帘挂钩", "quantity": 1, "price": "50"},
    ]
    return {"lines": lines, "address": address, **more}


@asynccontextmanager
async def shopify_day(
    book: Book, clock: FixedClock, rates: dict[str, float] | None = None
) -> AsyncIterator[ShopifyDay]:
    """A shop connected by an app of its own organisation, with nothing ordered yet."""
    box = ShopifySandbox(
        ShopifySetup(App("client", "secret")),
        lambda: clock.now() / 1000,
        random.Random(7),
        rates,
    )
    for sku in ("LN-27", "HK-01"):
        box.shop.stock_variant(sku, sku, 100)
    server = box.server()
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.3, total_s=5))
    shop = open_shop(book, "owner", "lead", "packer", platform="shopify")
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    tools = Tools(http, clock, CountingIds(), SeededRng())  # type: ignore[arg-type]
    loop = SyncLoop(room, makers_of(tools, shop.door.laws).channel, lambda: None)
    day = ShopifyDay(shop, clock, box, loop, room)
    day.connect(url, client_id="client", client_secret="secret")
    try:
        yield day
    finally:
        await http.close()
        await server.stop()
