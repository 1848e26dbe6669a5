"""A Magento shop on loopback and a channel that speaks to it."""

import itertools
import random
from typing import Any

from sync.channels.magento import Magento, MagentoShop
from sync.channels.magento_sign import MagentoKeys
from sync.limits import Unlimited
from sync.ports import Answer, Http, Request
from sync.records import ShipAsk
from sync.sandbox.http import Call
from sync.sandbox.magento import MagentoSandbox
from sync.sandbox.magento_gate import Integration
from tests.sync.sync_world import HandClock

SITE = "https://shop.example"
_NONCES = itertools.count(1)


class Straight:
    """The sandbox without a socket; keeps what was sent."""

    def __init__(self, box: MagentoSandbox) -> None:
        self.box = box
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        scheme, _, rest = request.url.partition("://")
        host, _, target = rest.partition("/")
        path, _, query = f"/{target}".partition("?")
        headers = {"host": host, **{k.lower(): v for k, v in request.headers.items()}}
        call = Call(request.method, path, query, headers, request.body, scheme == "https")
        reply = self.box.handle(call)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


class Canned:
    """A shop that answers one body, whatever it is asked."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)

    async def send(self, request: Request) -> Answer:
        del request
        return self.answer


def sandbox(clock: HandClock, **more: Any) -> MagentoSandbox:
    """A shop with a hundred cups and fifty pots."""
    known = more.pop("known", (Integration(),))
    box = MagentoSandbox(known, clock.now_s, random.Random(7), **more)
    box.shop.stock_product("CUP-1", "青花茶杯", 100)
    box.shop.stock_product("POT-1", "紫砂壶", 50)
    return box


def keys(**more: str) -> MagentoKeys:
    """The four keys of the sandbox's integration."""
    told = {
        "token": "at-shop",
        "token_secret": "ats-shop",
        "consumer_key": "ck-shop",
        "consumer_secret": "cs-shop",
    }
    return MagentoKeys(nonce=lambda: f"nonce{next(_NONCES):032x}", **(told | more))


def bare(token: str = "at-shop") -> MagentoKeys:
    return MagentoKeys(token, str)


def channel_for(http: Http, clock: HandClock, address: str = SITE, **more: Any) -> Magento:
    shop = MagentoShop(address, more.pop("keys", None) or keys(), **more)
    return Magento(shop, http, clock, Unlimited())


def straight(box: MagentoSandbox, clock: HandClock, **more: Any) -> Magento:
    return channel_for(more.pop("http", None) or Straight(box), clock, **more)


def sold(box: MagentoSandbox, **more: Any) -> dict[str, Any]:
    """A paid order of two cups and a pot."""
    rows = [
        {"sku": "CUP-1", "name": "青花茶杯", "qty_ordered": 2, "price": 9.9},
        {"sku": "POT-1", "name": "紫砂壶", "qty_ordered": 1, "price": 30.0},
    ]
    return box.shop.place(rows, **more)


def parcel(order: dict[str, Any], number: str = "SF1001", **more: Any) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    replaces, note = more.pop("replaces", ""), more.pop("note", "")
    carrier = more.pop("carrier", "sf")
    at = {"cup": 0, "pot": 1}
    lines = tuple((str(order["items"][at[name]]["item_id"]), qty) for name, qty in more.items())
    told = str(order["entity_id"])
    key = f"key-{number}"
    return ShipAsk(told, carrier, "顺丰速运", number, lines, key, note, replaces)
