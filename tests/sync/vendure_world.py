"""A Vendure server on loopback, a channel that speaks to it, and who stands behind its counter."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from sync.channels.vendure import Vendure, VendureHands, VendureShop
from sync.channels.vendure_access import VendureKeys
from sync.limits import Unlimited
from sync.ports import Answer, Clock, Http, Request
from sync.sandbox.http import Call
from sync.sandbox.vendure import VendureSandbox
from sync.sandbox.vendure_gate import Account
from tests.sync.sync_world import HandClock

SITE = "https://shop.example"


class Shelf:
    """Tokens in memory."""

    def __init__(self, **tokens: str) -> None:
        self.tokens: dict[str, str] = tokens
        self.kept: list[dict[str, str]] = []

    async def read(self) -> Mapping[str, str]:
        told = dict(self.tokens)
        await asyncio.sleep(0)
        return told

    async def keep(self, before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
        if dict(before) != self.tokens:
            return dict(self.tokens)
        self.tokens = dict(after)
        self.kept.append(dict(after))
        return dict(after)


class Straight:
    """The sandbox without a socket; keeps what was sent."""

    def __init__(self, box: VendureSandbox) -> None:
        self.box = box
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        path = "/" + request.url.split("://", 1)[1].partition("/")[2]
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.box.handle(Call(request.method, path, "", headers, request.body, True))
        await asyncio.sleep(0)
        return Answer(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.body)


class Canned:
    """A server that lets us in and answers one body, whatever it is asked."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {"vendure-auth-token": "t"}, body)

    async def send(self, request: Request) -> Answer:
        del request
        return self.answer


def sandbox(clock: HandClock, **more: Any) -> VendureSandbox:
    """A shop with two hundred mugs."""
    account = more.pop("account", None) or Account()
    box = VendureSandbox(account, clock.now, random.Random(7), **more)
    box.shop.stock_variant("MUG-1", "Mug", 200)
    return box


def channel_for(http: Http, clock: Clock, address: str = SITE, **more: Any) -> Vendure:
    keys = more.pop("keys", None) or VendureKeys(username="desk", password="open sesame")
    shelf = more.pop("shelf", None) or Shelf()
    shop = VendureShop(address + more.pop("path", ""), keys, **more)
    return Vendure(shop, VendureHands(http, clock, shelf, Unlimited()))


def straight(box: VendureSandbox, clock: HandClock, **more: Any) -> Vendure:
    return channel_for(more.pop("http", None) or Straight(box), clock, **more)


class SandboxKeeper:
    """A Keeper (vendure_contract) of the sandbox: it turns the truth itself."""

    def __init__(self, box: VendureSandbox, clock: HandClock) -> None:
        self.box, self.shop, self.clock = box, box.shop, clock
        self.mug = next(iter(box.shop.variants.values()))
        self.sku, self.variant = self.mug["sku"], self.mug["id"]

    async def place(self, units: int = 2) -> str:
        self.clock.turn(0.05)
        return str(self.shop.place((self.mug, units))["id"])

    async def cart(self, units: int = 2) -> str:
        return str(self.shop.cart((self.mug, units))["id"])

    async def pay(self, order: str) -> None:
        self.shop.pay(self.shop.orders[order])

    async def cancel(self, order: str, units: int = 0) -> None:
        held = self.shop.orders[order]
        self.shop.cancel(held, held["lines"][0] if units else None, units)

    async def refund(self, order: str, amount: int) -> None:
        self.shop.refund(self.shop.orders[order], amount)

    async def edit(self, order: str) -> None:
        self.shop.turn(self.shop.orders[order], "Modifying")

    async def pend(self, order: str, units: int, code: str | None) -> str:
        held = self.shop.orders[order]
        return str(self.shop.fulfil(held, [(held["lines"][0], units)], code)["id"])

    async def move(self, fulfilment: str, state: str) -> None:
        for order in self.shop.orders.values():
            for made in order["fulfillments"]:
                if made["id"] == fulfilment:
                    self.shop.move(order, made, state)

    async def note(self, order: str, words: str, *, public: bool) -> None:
        self.clock.turn(1)
        held = self.shop.orders[order]
        self.shop.note_down(held, "ORDER_NOTE", {"note": words}, public=public)

    async def notes(self, order: str) -> list[str]:
        entries = self.shop.orders[order]["entries"]
        return [each["data"]["note"] for each in entries if each["type"] == "ORDER_NOTE"]

    async def levels(self) -> tuple[int, int]:
        level = self.shop.level(self.mug)
        return level["stockOnHand"], level["stockAllocated"]

    async def end_sessions(self) -> None:
        self.box.gate.sessions.clear()

    async def fulfil_raw(self, order: str, *units: int) -> str:
        line = self.shop.orders[order]["lines"][0]["id"]
        handler = {"code": "manual-fulfillment", "arguments": [{"name": "method", "value": "x"}]}
        lines = [{"orderLineId": line, "quantity": many} for many in units]
        root = self.box.writes.root()
        made = root["addFulfillmentToOrder"]({"input": {"lines": lines, "handler": handler}})
        return str(made["__typename"])

    def now(self) -> int:
        return self.clock.now()

    async def later(self) -> None:
        self.clock.turn(2)

    def channel(self, **more: Any) -> Vendure:
        return straight(self.box, self.clock, **more)
