"""A WooCommerce shop on loopback that behaves like a real 10.5.0 server, and badly when asked.

Routes, refusals and rules are channels.md 2 and its ten traps. It shares no signing and no parsing
with the connector and keeps its own truth (`truth`). As a child process it is read and filled over
`/__sandbox/…`, guarded by a token; in tests through the object itself.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any
from zoneinfo import ZoneInfo

from sync.sandbox.faults import BEFORE, LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.shop import Shop, ShopOrder
from sync.sandbox.woo_auth import ApiKey, Doorman
from sync.sandbox.woo_hooks import Hooks
from sync.sandbox.woo_json import packed, problem, product_json
from sync.sandbox.woo_routes import ROUTES, Asked, WooDesk, no_route

_API = "/wp-json/wc/v3/"
_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}


@dataclass(frozen=True, slots=True)
class WooSetup:
    """How the sandbox shop is set up. `zone` is the site's IANA zone; `latency_ms` slows answers.

    `admin_token` opens `/__sandbox/…`; empty keeps it shut.
    """

    keys: tuple[ApiKey, ...]
    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    decimals: int = 2
    latency_ms: int = 0
    admin_token: str = field(default="", repr=False)
    fulfillments: bool = False


class WooSandbox:
    """The sandbox shop: `handle` answers calls, `shop` is its truth, `faults` its moods."""

    def __init__(
        self,
        setup: WooSetup,
        now_s: Callable[[], int],
        chance: random.Random,
        rates: dict[str, float] | None = None,
    ) -> None:
        """Start with an empty shop. `rates` = fault kind → chance for each call it fits."""
        self._setup = setup
        zone = ZoneInfo(setup.zone)
        self._now_s = now_s
        self.shop = Shop(now_s, setup.currency, setup.decimals)
        self.faults = Faults(chance, rates)
        self.hooks = Hooks(self.shop, zone)
        self.door = Doorman(setup.keys, now_s)
        self.desk = WooDesk(self.shop, zone, self.hooks, chance, setup.fulfillments)
        self.calls = 0

    def server(self) -> LocalServer:
        """A plain HTTP server for this shop; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        if call.path.startswith("/__sandbox/"):
            return self._admin(call)
        self.calls += 1
        lists = call.method == "GET" and call.path == f"{_API}orders"
        fault = self.faults.draw(call.method, call.path, lists=lists)
        if fault is not None and fault.kind in BEFORE:
            return _undone(fault)
        reply = self._answer(call, fault)
        headers = {"Date": formatdate(self._now_s(), usegmt=True), **reply.headers}
        reply = replace(reply, headers=headers, delay_ms=self._setup.latency_ms)
        return _spoilt(reply, fault)

    def _answer(self, call: Call, fault: Fault | None) -> Reply:
        refused = self.door.refuse(call)
        if refused is not None:
            return refused
        if not call.path.startswith(_API):
            return no_route()
        path = call.path.removeprefix(_API)
        mood = "" if fault is None else fault.kind
        for pattern, method, act in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == call.method:
                numbers = tuple(int(number) for number in found.groups())
                return act(self.desk, Asked(call, numbers, mood))
        return no_route()

    # --- for whoever runs it ---

    def truth(self) -> dict[str, Any]:
        """What really happened: who was shipped with what, and how often it was written."""
        parcels = {order.number: _parcels(order) for order in self.shop.orders.values()}
        return {
            "orders": len(self.shop.orders),
            "shipped": {str(n): found for n, found in parcels.items() if found},
            "shipped_orders": sum(1 for found in parcels.values() if found),
            "shipped_twice": [n for n, found in parcels.items() if len(found) != len(set(found))],
            "noted_twice": [n for n, order in self.shop.orders.items() if _noted_twice(order)],
            "stock": {product.sku: product.stock for product in self.shop.products.values()},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
            "calls": self.calls,
        }

    def _admin(self, call: Call) -> Reply:
        token = call.headers.get("x-sandbox-token", "")
        if not self._setup.admin_token or token != self._setup.admin_token:
            return problem(403, "sandbox_shut", "The sandbox's own door needs its token.")
        if call.path == "/__sandbox/truth" and call.method == "GET":
            return Reply(200, packed(self.truth()))
        if call.method == "POST" and call.path == "/__sandbox/products":
            made = [self.shop.stock_product(**row) for row in json.loads(call.body)]
            return Reply(
                201, packed([product_json(product, self.shop.products) for product in made])
            )
        if call.method == "POST" and call.path == "/__sandbox/orders":
            placed = [self.shop.place(seed) for seed in json.loads(call.body)]
            return Reply(201, packed([order.number for order in placed]))
        return no_route()


def _parcels(order: ShopOrder) -> list[str]:
    values = (meta["value"] for meta in order.meta if "shipment" in str(meta["key"]))
    return [str(json.loads(value)["waybill"]) for value in values]


def _noted_twice(order: ShopOrder) -> bool:
    told = [note["note"] for note in order.notes if note["author"] != "system"]
    return len(told) != len(set(told))


def _undone(fault: Fault) -> Reply:
    if fault.kind == "reset_before":
        return Reply(200, fate="reset")
    status = 429 if fault.kind == "throttle" else 503
    wait = {"Retry-After": str(fault.seconds)} if fault.seconds else {}
    return Reply(status, b"<html><body>Slow down</body></html>", wait)


def _spoilt(reply: Reply, fault: Fault | None) -> Reply:
    if fault is None or fault.kind in LISTS:
        return reply
    if fault.kind == "garbage":
        return replace(reply, body=b"<br />\n<b>Warning</b>: Undefined variable<br />{")
    return replace(reply, fate=_AFTER[fault.kind])
