"""A Shopify shop on loopback and a channel that speaks to it."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from sync.channels.shopify import Shopify, ShopifyHands, ShopifyShop
from sync.channels.shopify_access import ShopifyKeys
from sync.channels.shopify_read import ReadAs
from sync.ports import Answer, Http, Request
from sync.records import ShipAsk
from sync.sandbox.http import Call
from sync.sandbox.shopify import ShopifySandbox, ShopifySetup
from sync.sandbox.shopify_gate import App
from sync.sandbox.shopify_shop import ShopifyOrder
from tests.sync.sync_world import HandClock

SHIPPING = "UNFULFILLED PARTIALLY_FULFILLED FULFILLED ON_HOLD SCHEDULED IN_PROGRESS"
STATUSES = frozenset(
    (*SHIPPING.split(), "PENDING_FULFILLMENT", "REQUEST_DECLINED", "OPEN", "RESTOCKED")
) | {"CANCELLED", "TEST", "ARCHIVED", "REFUNDED"}


class Shelf:
    """Tokens in memory; `fails` makes the next store fail."""

    def __init__(self, **tokens: str) -> None:
        self.tokens: dict[str, str] = tokens
        self.kept: list[dict[str, str]] = []
        self.fails = False

    async def read(self) -> Mapping[str, str]:
        told = dict(self.tokens)
        await asyncio.sleep(0)
        return told

    async def keep(self, before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
        if self.fails:
            self.fails = False
            raise OSError("the disk is full")
        if dict(before) != self.tokens:
            return dict(self.tokens)
        self.tokens = dict(after)
        self.kept.append(dict(after))
        return dict(after)


class Straight:
    """The sandbox without a socket, for tests that make thousands of calls."""

    def __init__(self, box: ShopifySandbox) -> None:
        self.box = box

    async def send(self, request: Request) -> Answer:
        asked = "/" + request.url.split("://", 1)[1].partition("/")[2]
        path, _, query = asked.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.box.handle(Call(request.method, path, query, headers, request.body, True))
        await asyncio.sleep(0)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


def sandbox(clock: HandClock, app: App | None = None, **more: Any) -> ShopifySandbox:
    """A shop with two variants of a hundred each."""
    setup = ShopifySetup(app or App("client", "secret"), **more)
    made = ShopifySandbox(setup, lambda: clock.ms / 1000, random.Random(7))
    made.shop.stock_variant("CUP-1", "Tea cup", 100)
    made.shop.stock_variant("POT-1", "Tea pot", 100)
    return made


def channel_for(
    address: str, http: Http, clock: HandClock, keys: ShopifyKeys, **more: Any
) -> Shopify:
    """A channel for the shop at `address`."""
    shelf = more.pop("shelf", None) or Shelf()
    read_as = more.pop("read_as", ReadAs("America/New_York", STATUSES))
    hands = ShopifyHands(http, clock, shelf, clock.sleep)
    return Shopify(ShopifyShop(address, keys, read_as, **more), hands)


def straight(box: ShopifySandbox, clock: HandClock, **more: Any) -> Shopify:
    """A channel with a token that does not expire, without a socket."""
    keys = more.pop("keys", None) or ShopifyKeys(token=box.gate.token())
    address = more.pop("address", "sandbox.myshopify.com")
    return channel_for(address, Straight(box), clock, keys, **more)


ADDRESS = {
    "name": "Ada Lovelace",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "phone": "+1 212 555 0100",
    "address1": "1 Main St",
    "address2": "Apt 4",
    "city": "New York",
    "province": "New York",
    "provinceCode": "NY",
    "zip": "10001",
    "countryCodeV2": "US",
}


def seed(**more: Any) -> dict[str, Any]:
    """A paid order of two cups and a pot for Ada in New York."""
    cup = {"sku": "CUP-1", "title": "Tea cup", "variant": "blue", "quantity": 2, "price": "9.90"}
    pot = {"sku": "POT-1", "title": "Tea pot", "quantity": 1, "price": "30.00"}
    return {
        "lines": [cup, pot],
        "shipping": "5.00",
        "tax": "4.00",
        "discounts": "1.00",
        "address": dict(ADDRESS),
        "email": "ada@example.com",
        **more,
    }


def parcel(order: ShopifyOrder, key: str = "key-1", number: str = "1Z999", **lines: int) -> ShipAsk:
    """A parcel of an order: cup=2, pot=1; nothing named means all of it."""
    names = {"cup": order.lines[0].number, "pot": order.lines[-1].number}
    told = tuple((str(names[name]), units) for name, units in lines.items())
    return ShipAsk(str(order.number), "ups", "UPS", number, told, key)
