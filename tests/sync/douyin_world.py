"""A Douyin shop on loopback and a channel that speaks to it."""

import asyncio
import random
from typing import Any
from urllib.parse import urlsplit

from app.rulebook import load
from sync.channels.douyin import Douyin, DouyinShop
from sync.channels.douyin_calls import DouyinHands
from sync.channels.douyin_read import ReadAs
from sync.channels.douyin_sign import DouyinKeys
from sync.limits import Unlimited
from sync.ports import Answer, Http, Request
from sync.records import ShipAsk
from sync.sandbox.douyin import DySandbox, DySetup
from sync.sandbox.dy_gate import App
from sync.sandbox.dy_shop import DyOrder
from sync.sandbox.http import Call
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

WORDS = load().status.rows
STATUSES = frozenset(raw for platform, _, raw in WORDS if platform == "douyin")
HOST = "https://gateway.test"
KEY, SECRET = "7000000000000000001", "test-app-secret"
DAY = 86_400


class Straight:
    """The sandbox without a socket, for tests that make thousands of calls."""

    def __init__(self, box: DySandbox) -> None:
        self.box = box
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        to = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.box.handle(
            Call(request.method, to.path, to.query, headers, request.body, True)
        )
        await asyncio.sleep(0)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


class Canned:
    """Answers with one body after the other, the last one for ever."""

    def __init__(self, *bodies: bytes) -> None:
        self.bodies = list(bodies)

    async def send(self, request: Request) -> Answer:
        del request
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        return Answer(200, {}, body)


def sandbox(clock: HandClock, app: App | None = None, **more: Any) -> DySandbox:
    """A shop with cups and pots."""
    setup = DySetup(app or App(KEY, SECRET), **more)
    made = DySandbox(setup, lambda: clock.ms / 1000, random.Random(7))
    made.shop.stock_sku("CUP-1", "青花茶杯", 990, 100)
    made.shop.stock_sku("POT-1", "紫砂壶", 3000, 100)
    return made


def channel_for(
    box: DySandbox, http: Http, clock: HandClock, host: str = HOST, **more: Any
) -> Douyin:
    """A channel of an app of the shop's own; with `tool` one that was given its tokens."""
    names = {"app_key": KEY, "app_secret": SECRET, "shop_id": box.setup.app.shop_id}
    if more.pop("tool", False):
        pair = box.gate.pair()
        names |= {"shop_id": "", "access_token": pair.token, "refresh_token": pair.refresh}
    given = {name: more.pop(name) for name in DouyinKeys.__slots__ if name in more}
    keys = DouyinKeys(**{**names, **given})
    hands = DouyinHands(http, clock, more.pop("shelf", None) or Shelf(), Unlimited(), host)
    return Douyin(DouyinShop(keys, more.pop("read_as", ReadAs(STATUSES)), **more), hands)


def straight(box: DySandbox, clock: HandClock, **more: Any) -> Douyin:
    """A channel without a socket."""
    return channel_for(box, more.pop("http", None) or Straight(box), clock, **more)


RECEIVER = {
    "name": "张小满",
    "phone": "13812345678",
    "province": "浙江省",
    "city": "杭州市",
    "town": "萧山区",
    "street": "北干街道",
    "detail": "市心中路 1 号",
}


def seed(**more: Any) -> dict[str, Any]:
    """A deal of two cups and a pot for 张小满 in Hangzhou."""
    return {
        "items": [("CUP-1", 2), ("POT-1", 1)],
        "receiver": dict(RECEIVER),
        "post_fen": 800,
        "promotion_fen": 180,
        **more,
    }


def parcel(order: DyOrder, number: str = "SF1000000000001", **more: Any) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    names = {"cup": order.subs[0].number, "pot": order.subs[-1].number}
    units = {name: more.pop(name) for name in names if name in more}
    lines = tuple((names[name], count) for name, count in units.items())
    carrier = (more.pop("code", "sf"), more.pop("name", "SF Express"))
    return ShipAsk(order.number, *carrier, number, lines, more.pop("key", "key-1"), **more)
