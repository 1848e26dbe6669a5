"""A shop on Douyin: the real connector, shelf, engine and intake against local interfaces."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.commands.channels import ConnectChannel
from app.compose.connectors import makers_of
from app.compose.makers.tools import Tools
from app.keeper.room import Room
from app.keeper.sync_loop import SyncLoop
from app.store.work import Book
from sync.sandbox.douyin import DySandbox, DySetup
from sync.transport import Transport, TransportLimits
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import open_shop
from tests.operations.pinduoduo_day import PinduoduoDay
from tests.worlds import CountingIds, FixedClock, SeededRng


class DouyinDay(PinduoduoDay):
    """As a day on Pinduoduo, with Douyin behind it."""

    box: DySandbox  # type: ignore[assignment]

    def row(self, order: Any) -> Any:
        return self.shop.order(order.number)


def order_seed(**more: Any) -> dict[str, Any]:
    """A deal of two curtains and a pack of hooks for 张小满 in Hangzhou."""
    receiver = {
        "name": "张小满",
        "phone": "13812345678",
        "province": "浙江省",
        "city": "杭州市",
        "town": "萧山区",
        "street": "北干街道",
        "detail": "市心中路 1 号",
    }
    return {"items": [("LN-27", 2), ("HK-01", 1)], "receiver": receiver, **more}


@asynccontextmanager
async def douyin_day(book: Book, clock: FixedClock) -> AsyncIterator[DouyinDay]:
    """A shop connected by its own app, with nothing ordered yet."""
    box = DySandbox(DySetup(), lambda: clock.now() / 1000, random.Random(7))
    for sku in ("LN-27", "HK-01"):
        box.shop.stock_sku(sku, sku, 10_000, 100)
    server = box.server()
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.3, total_s=5))
    shop = open_shop(book, "owner", "lead", "packer", platform="douyin")
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    tools = Tools(http, clock, CountingIds(), SeededRng())  # type: ignore[arg-type]
    loop = SyncLoop(room, makers_of(tools, shop.door.laws).channel, lambda: None)
    app = box.setup.app
    names = ("app_key", "app_secret", "shop_id")
    fields = {**{name: getattr(app, name) for name in names}, "gateway": url}
    ask = ConnectChannel("douyin", "Loom", "Asia/Shanghai", "CNY", fields)
    shop.channel_id = shop.do("owner", ask)["id"]
    try:
        yield DouyinDay(shop, clock, box, loop, room)  # type: ignore[arg-type]
    finally:
        await http.close()
        await server.stop()
