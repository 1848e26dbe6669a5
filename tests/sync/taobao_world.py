"""A seller on a Taobao of our own, and a channel that speaks to it."""

import asyncio
import random
from typing import Any

from sync.channels.taobao import Taobao, TaobaoHands, TaobaoShop
from sync.gateways.taobao_access import SellerKeys
from sync.gateways.taobao_sign import TaobaoApp
from sync.limits import Unlimited
from sync.ports import Answer, Http, Request
from sync.records import ShipAsk
from sync.sandbox.http import Call
from sync.sandbox.taobao import TaobaoSandbox
from sync.sandbox.taobao_gate import TopApp
from sync.sandbox.taobao_shop import SoldTrade
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

GATEWAY = "https://gw.sandbox/router/rest"
RECEIVER = {
    "receiver_name": "张伟",
    "receiver_mobile": "13800138000",
    "receiver_state": "广东省",
    "receiver_city": "广州市",
    "receiver_district": "越秀区",
    "receiver_address": "中山路 1 号",
    "receiver_zip": "510000",
}
ROWS = (
    {"outer_sku_id": "CUP-1", "num": 2, "price": "9.90", "divide_order_fee": "19.80"},
    {"outer_sku_id": "POT-1", "num": 1, "price": "30.00", "divide_order_fee": "30.00"},
)


class Straight:
    """The sandbox without a socket, for tests that make thousands of calls."""

    def __init__(self, box: TaobaoSandbox) -> None:
        self.box = box

    async def send(self, request: Request) -> Answer:
        path = "/" + request.url.split("://", 1)[1].partition("/")[2]
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.box(Call(request.method, path, "", headers, request.body, True))
        await asyncio.sleep(0)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


class Canned:
    """A platform that answers one body, whatever it is asked."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)

    async def send(self, request: Request) -> Answer:
        del request
        return self.answer


def sandbox(clock: HandClock, **more: Any) -> TaobaoSandbox:
    return TaobaoSandbox(TopApp("12345678", "helloworld", **more), clock.now, random.Random(7))


def channel_for(http: Http, clock: HandClock, keys: SellerKeys, **more: Any) -> Taobao:
    """A channel for the seller of `keys`."""
    shelf = more.pop("shelf", None) or Shelf()
    app = more.pop("app", None) or TaobaoApp("12345678", "helloworld")
    more.setdefault("gateway", GATEWAY)
    shop = TaobaoShop(app, keys, **more)
    return Taobao(shop, TaobaoHands(http, clock, Unlimited(), shelf))


def straight(box: TaobaoSandbox, clock: HandClock, **more: Any) -> Taobao:
    """A channel with a session of fixed length, without a socket; it begins an hour ago."""
    keys = more.pop("keys", None) or SellerKeys(box.gate.session())
    more.setdefault("start_ms", clock.ms - 3_600_000)
    http = more.pop("http", None) or Straight(box)
    return channel_for(http, clock, keys, **more)


def sold(box: TaobaoSandbox, **more: Any) -> SoldTrade:
    """A paid trade of two cups and a pot for 张伟 in Guangzhou."""
    seed = {"payment": "57.80", "post_fee": "8.00", **RECEIVER, **more}
    seed.setdefault("orders", [dict(row) for row in ROWS])
    return box.shop.sell(**seed)


def parcel(trade: SoldTrade, number: str = "SF1001", *, replaces: str = "", **rows: int) -> ShipAsk:
    """A parcel of a trade: cup=2, pot=1; nothing named means all of it."""
    at = {"cup": 0, "pot": -1}
    lines = tuple((str(trade.rows[at[name]]["oid"]), units) for name, units in rows.items())
    key = f"key-{number}"
    return ShipAsk(str(trade.tid), "sf", "顺丰速运", number, lines, key, replaces=replaces)
