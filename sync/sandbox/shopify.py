"""A Shopify shop on loopback: real HTTP, the real GraphQL wire format, its own truth.

It refuses what Shopify refuses (each with its source in the part that refuses it), and misbehaves
on request. Faults are drawn by the name of the operation: `/graphql/Orders`.
"""

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.graphql import Document, Unreadable, read_document, read_schema
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.shopify_bulk import FILES, Bulk
from sync.sandbox.shopify_execute import Run, Thing, connection
from sync.sandbox.shopify_gate import App, Gate
from sync.sandbox.shopify_hooks import ShopifyHooks
from sync.sandbox.shopify_rules import Ground, Refused, check, cost_of, error
from sync.sandbox.shopify_sdl import SDL
from sync.sandbox.shopify_search import disturbed, find_orders, variants_page
from sync.sandbox.shopify_shop import FIRST_LOCATION, ShopifyTruth
from sync.sandbox.shopify_views import (
    fulfilment_view,
    gid,
    order_view,
    piece_view,
    refund_view,
    variant_view,
)
from sync.sandbox.shopify_writes import Writes

_PATH = re.compile(r"/admin/api/(\d{4}-\d\d|unstable)/graphql\.json")
_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}
_STATES = {"frozen": 402, "forbidden": 403, "closed": 404, "locked": 423}
MOST_POINTS, MOST_COUNTED = 1000, 10_000


@dataclass(slots=True)
class ShopifySetup:
    """How the shop is set up. `state`: "" | frozen | forbidden | closed | locked."""

    app: App = field(default_factory=lambda: App("client", "secret"))
    versions: tuple[str, ...] = ("2026-07", "2026-10")
    zone: str = "America/New_York"
    currency: str = "USD"
    lag_s: int = 0
    bucket: int = 2000
    rate: int = 100
    state: str = ""


class ShopifySandbox:
    """The shop. `now_s` is its server's clock, in epoch seconds with their fractions."""

    def __init__(
        self,
        setup: ShopifySetup,
        now_s: Callable[[], float],
        chance: random.Random,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        """Open an empty shop."""
        self.setup, self._now_s, self._chance = setup, now_s, chance
        self.shop = ShopifyTruth(lambda: int(now_s()), setup.currency, setup.lag_s)
        self.gate = Gate(setup.app, now_s, setup.bucket, setup.rate)
        self.hooks = ShopifyHooks(self.shop, setup.app.client_secret)
        self.faults = Faults(chance, rates)
        self.schema = read_schema(SDL)
        self.writes = Writes(self.shop)
        self.bulk = Bulk(self.schema, now_s, lambda: self._root(""), self.gate.denied)
        self.calls = 0
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def server(self) -> LocalServer:
        """A plain HTTP server for this shop; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls += 1
        told, name = _asked(call)
        lists = name == "Orders"
        fault = self.faults.draw(call.method, f"/graphql/{name}", lists=lists)
        if fault is not None and fault.kind == "reset_before":
            return Reply(200, fate="reset")
        if fault is not None and fault.kind == "unavailable":
            return Reply(503, b"<html>Service Unavailable</html>", {"Retry-After": "7"})
        is_file = call.path.startswith(FILES)
        reply = self.bulk.file(call) if is_file else self._answer(call, told, fault)
        headers = {"Date": formatdate(self._now_s(), usegmt=True), **reply.headers}
        return _spoilt(replace(reply, headers=headers), fault)

    def _answer(self, call: Call, told: dict[str, Any], fault: Fault | None) -> Reply:
        state = _STATES.get(self.setup.state)
        if state is not None:
            return Reply(state, json.dumps({"errors": self.setup.state.title()}).encode())
        self.bulk.site = f"{'https' if call.secure else 'http'}://{call.headers.get('host', 'x')}"
        if call.path == "/admin/oauth/access_token" and call.method == "POST":
            return self.gate.oauth(call)
        found = _PATH.fullmatch(call.path)
        if found is None or call.method != "POST":
            return Reply(404, b'{"errors":"Not Found"}')
        refused = self.gate.refuse(call)
        if refused is not None:
            return refused
        version = found.group(1)
        served = version if version in self.setup.versions else self.setup.versions[0]
        body = self._run(told, fault)
        return Reply(
            200, json.dumps(body, ensure_ascii=False).encode(), {"X-Shopify-API-Version": served}
        )

    def _run(self, told: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        """Read, check, count and run one document."""
        variables = told.get("variables") or {}
        self.heard.append((str(told.get("query", "")), variables))
        try:
            document = read_document(str(told.get("query", "")))
        except Unreadable as unreadable:
            return {"errors": [{"message": f"syntax error, {unreadable}", "locations": []}]}
        ground = Ground(self.schema, document, variables)
        try:
            check(ground)
            asked = cost_of(ground)
        except Refused as refused:
            return {"errors": refused.errors}
        if asked > MOST_POINTS:
            words = f"Query cost is {asked}, which exceeds the single query max cost limit"
            return {"errors": [error(words, "MAX_COST_EXCEEDED", cost=asked, maxCost=MOST_POINTS)]}
        throttled = fault is not None and fault.kind == "throttle"
        if throttled or not self.gate.fits(asked):
            cost = self.gate.cost_told(asked, None)
            return {"errors": [error("Throttled", "THROTTLED")], "extensions": {"cost": cost}}
        return self._executed(ground, asked, fault)

    def _executed(self, ground: Ground, asked: int, fault: Fault | None) -> dict[str, Any]:
        mood = "" if fault is None else fault.kind
        run = Run(ground, self.gate.denied)
        writes = {**self.writes.root(), **self.bulk.mutations()}
        root = writes if ground.document.kind == "mutation" else self._root(mood)
        try:
            data = run.whole(root)
        except Refused as refused:
            return {"errors": refused.errors}
        answer: dict[str, Any] = {"data": data}
        if run.errors:
            answer["errors"] = run.errors
        answer["extensions"] = {"cost": self.gate.cost_told(asked, min(asked, run.cost))}
        return answer

    def _root(self, mood: str) -> Thing:
        shop = self.shop
        orders = shop.orders

        def order(args: Mapping[str, Any]) -> Thing | None:
            found = orders.get(_tail(args["id"]))
            return None if found is None else order_view(shop, found)

        return {
            "orders": lambda args: self._orders(args, mood),
            "ordersCount": self._orders_count,
            **self.bulk.root(),
            "order": order,
            "nodes": lambda args: [order({"id": each}) for each in args["ids"]],
            "refund": lambda args: self._one(args, "refunds"),
            "fulfillment": lambda args: self._one(args, "fulfilments"),
            "fulfillmentOrder": lambda args: self._one(args, "pieces"),
            "location": {"id": gid("Location", FIRST_LOCATION)},
            "productVariant": lambda args: (
                variant_view(shop.variants[_tail(args["id"])])
                if _tail(args["id"]) in shop.variants
                else None
            ),
            "productVariants": lambda args: variants_page(shop, args),
            "productVariantsCount": lambda args: _count(len(shop.variants), args),
            "currentAppInstallation": {
                "accessScopes": [{"handle": scope} for scope in sorted(self.setup.app.scopes)]
            },
            "shop": {
                "myshopifyDomain": "sandbox.myshopify.com",
                "ianaTimezone": self.setup.zone,
                "currencyCode": self.setup.currency,
            },
        }

    def _orders_count(self, args: Mapping[str, Any]) -> Thing:
        wide = "read_all_orders" in self.setup.app.scopes
        return _count(len(find_orders(self.shop, args.get("query"), all_orders=wide)), args)

    def _orders(self, args: Mapping[str, Any], mood: str) -> Thing:
        wide = "read_all_orders" in self.setup.app.scopes
        found = find_orders(self.shop, args.get("query"), all_orders=wide)
        if args.get("reverse"):
            found = found[::-1]
        keys = [key for key, _ in found]
        page = connection([{"order": order} for _, order in found], keys, args)
        shown = [(str(each["order"].number), each["order"]) for each in page["nodes"]]
        if mood in LISTS:
            disturbed(shown, mood, self._chance)
            if mood == "shift":  # some order changes behind this page, before the next
                self.shop.touch(self._chance.choice(list(self.shop.orders.values())))
        views = [order_view(self.shop, order) for _, order in shown]
        edges = [{"node": each} for each in views]
        return {"nodes": views, "edges": edges, "pageInfo": page["pageInfo"]}

    def _one(self, args: Mapping[str, Any], kind: str) -> Thing | None:
        number, shop = _tail(args["id"]), self.shop
        for order in shop.orders.values():
            for each in getattr(order, kind):
                if kind == "refunds" and each["id"] == number:
                    return refund_view(shop, order, each)
                if kind == "pieces" and each.number == number:
                    return piece_view(order, each)
                if kind == "fulfilments" and each.number == number:
                    return fulfilment_view(order, each)
        return None

    def truth(self) -> dict[str, Any]:
        """What really happened: which parcels hold what, and how often it was written."""
        parcels = {
            str(order.number): [
                number
                for made in order.fulfilments
                if made.status == "SUCCESS"
                for number in made.numbers
            ]
            for order in self.shop.orders.values()
        }
        over = [
            order.number
            for order in self.shop.orders.values()
            for line in order.lines
            if line.fulfilled > line.quantity
        ]
        return {
            "orders": len(self.shop.orders),
            "shipped": {number: found for number, found in parcels.items() if found},
            "shipped_twice": over,
            "stock": {each.sku: each.levels for each in self.shop.variants.values()},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
            "calls": self.calls,
        }


def _asked(call: Call) -> tuple[dict[str, Any], str]:
    """The body and the operation's name, as far as they can be read."""
    try:
        told = json.loads(call.body or b"{}")
    except ValueError:
        return {}, ""
    if not isinstance(told, dict) or "query" not in told:
        return told if isinstance(told, dict) else {}, "oauth"
    try:
        document: Document = read_document(str(told["query"]))
    except Unreadable:
        return told, ""
    return told, document.name


def _count(found: int, args: Mapping[str, Any]) -> Thing:
    """A count; ten thousand are counted where no other limit is named (shopify.dev: Count)."""
    limit = args.get("limit", MOST_COUNTED)
    return {"count": found if limit is None else min(found, int(limit))}


def _tail(told: object) -> int:
    tail = str(told).rpartition("/")[2]
    return int(tail) if tail.isdigit() else 0


def _spoilt(reply: Reply, fault: Fault | None) -> Reply:
    if fault is None or fault.kind in LISTS or fault.kind == "throttle":
        return reply
    if fault.kind == "garbage":
        return replace(reply, body=b"<html><body>Something went wrong</body></html>")
    return replace(reply, fate=_AFTER[fault.kind])
