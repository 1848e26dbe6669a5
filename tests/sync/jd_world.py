"""A seller on a JD of our own, and a channel that speaks to it."""

import asyncio
import random
from typing import Any

from sync.channels.jd import Jd, JdShop
from sync.gateways.jd_calls import JdHands
from sync.gateways.jd_sign import JdKeys
from sync.limits import Unlimited
from sync.ports import Answer, Http, Request
from sync.records import ShipAsk
from sync.sandbox.http import Call
from sync.sandbox.jd import PATH, RENEWAL, JdSandbox
from sync.sandbox.jd_gate import JdApp
from sync.sandbox.jd_shop import JdOrder
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

ORIGIN = "https://gateway.test"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


class Straight:
    """The sandbox without a socket, for tests that make thousands of calls."""

    def __init__(self, box: JdSandbox) -> None:
        self.box = box
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        asked = "/" + request.url.split("://", 1)[1].partition("/")[2]
        path, _, query = asked.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.box.handle(Call(request.method, path, query, headers, request.body, True))
        await asyncio.sleep(0)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


class Canned:
    """A platform that answers one body, whatever it is asked."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)

    async def send(self, request: Request) -> Answer:
        del request
        return self.answer


def sandbox(clock: HandClock, **more: Any) -> JdSandbox:
    """A shop with cups and pots."""
    made = JdSandbox(JdApp("appkey", "appsecret", **more), clock.now, random.Random(7))
    made.shop.offer("CUP-1", "青花茶杯 白", "9.90", 100)
    made.shop.offer("POT-1", "紫砂壶", "30.00", 100)
    return made


def channel_for(
    box: JdSandbox, http: Http, clock: HandClock, origin: str = ORIGIN, **more: Any
) -> Jd:
    """A channel whose token is good for a month; it begins an hour ago."""
    token, refresh = more.pop("pair", None) or box.gate.pair()
    keys = JdKeys(
        more.pop("app_key", "appkey"),
        more.pop("app_secret", "appsecret"),
        token,
        refresh,
        more.pop("ends_ms", None),
    )
    shelf = more.pop("shelf", None) or Shelf()
    hands = JdHands(http, clock, Unlimited(), shelf, origin + PATH, origin + RENEWAL)
    more.setdefault("start_ms", clock.ms - HOUR_MS)
    return Jd(JdShop(keys, **more), hands)


def straight(box: JdSandbox, clock: HandClock, **more: Any) -> Jd:
    """A channel without a socket."""
    return channel_for(box, more.pop("http", None) or Straight(box), clock, **more)


def sold(box: JdSandbox, **more: Any) -> JdOrder:
    """A paid order of two cups and a pot."""
    return box.shop.sell(more.pop("items", [("CUP-1", 2), ("POT-1", 1)]), **more)


def parcel(order: JdOrder, number: str = "SF1001", **more: Any) -> ShipAsk:
    """A parcel of an order; lines named by its SKUs, none means all of it."""
    carrier = (more.pop("code", "sf"), more.pop("name", "顺丰速运"))
    lines = more.pop("lines", ())
    return ShipAsk(str(order.number), *carrier, number, lines, f"key-{number}", **more)


def asked(box: JdSandbox, method: str) -> list[dict[str, Any]]:
    """The business parameters of every call of a method."""
    return [params for name, params in box.heard if name == method]
