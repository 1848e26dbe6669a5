"""A Vendure 3 server on loopback: real HTTP, the real GraphQL wire format, its own truth.

It refuses what @vendure/core 3.7.3 refuses and lets pass what that lets pass (each part says what
was seen there), and misbehaves on request. Faults are drawn by the operation: `/admin-api/Orders`.
The same tests are run against it and, where one is at hand, against a real server.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.graphql import Unreadable, read_document, read_schema
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.vendure_gate import Account, Gate
from sync.sandbox.vendure_lists import listed
from sync.sandbox.vendure_run import Refused, Run
from sync.sandbox.vendure_sdl import SDL
from sync.sandbox.vendure_shop import Row, VendureTruth
from sync.sandbox.vendure_writes import Writes

PATH = "/admin-api"
SCHEMA = read_schema(SDL)
_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}


class VendureSandbox:
    """The server: `handle` answers calls, `shop` is its truth, `gate` its door, `faults` its moods.

    `broken` are ids of orders the server itself trips over.
    """

    def __init__(
        self,
        account: Account,
        now_ms: Callable[[], int],
        chance: random.Random,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        """Open an empty shop."""
        self._now_ms, self._chance = now_ms, chance
        self.shop = VendureTruth(now_ms)
        self.gate = Gate(account, now_ms)
        self.faults = Faults(chance, rates)
        self.schema = SCHEMA
        self.writes = Writes(self.shop)
        self.broken: set[str] = set()
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def server(self) -> LocalServer:
        """A plain HTTP server for this shop; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        if call.path != PATH or call.method != "POST":
            words = {"statusCode": 404, "message": f"Cannot {call.method} {call.path}"}
            return Reply(404, json.dumps(words).encode())
        told = _asked(call)
        run = self._read(told)
        name = run.document.name if isinstance(run, Run) else ""
        fault = self.faults.draw(
            call.method, f"{PATH}/{name}", lists=name in ("Orders", "OrderIds")
        )
        if fault is not None and fault.kind in ("throttle", "unavailable", "reset_before"):
            return _undone(fault)
        headers = {"Date": formatdate(self._now_ms() / 1000, usegmt=True)}
        reply = self._run(run, call, headers, "" if fault is None else fault.kind)
        return _spoilt(replace(reply, headers=headers), fault)

    def _read(self, told: Row) -> Run | Refused:
        try:
            document = read_document(str(told.get("query", "")))
        except Unreadable as unreadable:
            return Refused(f"Syntax Error: {unreadable}", "GRAPHQL_PARSE_FAILED", 400)
        self.heard.append((str(told.get("query", "")), told.get("variables") or {}))
        return Run(self.schema, document, told.get("variables") or {})

    def _run(self, run: Run | Refused, call: Call, headers: dict[str, str], mood: str) -> Reply:
        first = ""
        try:
            if isinstance(run, Refused):
                raise run
            run.check()
            first = run.document.selection[0].name
            self.gate.let(call.headers, [node.name for node in run.document.selection])
            data = run.data(self._root(run, call, mood))
        except Refused as refused:
            return Reply(refused.status, json.dumps(refused.body(first)).encode())
        if mood == "shift" and self.shop.orders:
            self._shifted()
        if first == "login" and data["login"]["__typename"] == "CurrentUser" and self.gate.bearer:
            headers["vendure-auth-token"] = self.gate.open()
        return Reply(200, json.dumps({"data": data}, ensure_ascii=False).encode())

    def _shifted(self) -> None:
        """An order is saved behind this page, which stamps it: an owner's plugin does so."""
        order = self._chance.choice(list(self.shop.orders.values()))
        order["updatedAt"] = self.shop.now()

    def _root(self, run: Run, call: Call, mood: str) -> dict[str, Callable[..., Any]]:
        token, code = self.gate.channel(call.headers)
        shop = self.shop
        if run.document.kind == "mutation":
            return {**self.writes.root(), "login": self.gate.login}
        return {
            "orders": lambda args: self._orders(args, mood),
            "order": lambda args: (
                self._view(shop.orders[args["id"]]) if args["id"] in shop.orders else None
            ),
            "productVariant": lambda args: shop.variants.get(args["id"]),
            "productVariants": lambda args: listed(shop.variants.values(), args.get("options")),
            "stockLocations": lambda args: listed(
                [{"id": each} for each in shop.places], args.get("options")
            ),
            "globalSettings": lambda _: {
                "trackInventory": shop.tracks,
                "serverConfig": {"moneyStrategyPrecision": shop.precision},
            },
            "activeChannel": lambda _: {"token": token, "code": code},
        }

    def _orders(self, args: Mapping[str, Any], mood: str) -> Row:
        page = listed(self.shop.orders.values(), args.get("options"))
        found = [self._view(order) for order in page["items"]]
        if mood == "duplicate" and found:
            found.append(self._chance.choice(found))
        if mood == "reorder":
            self._chance.shuffle(found)
        return {"items": found, "totalItems": page["totalItems"]}

    def _view(self, order: Row) -> Row:
        """An order as it is told; one the server trips over does so where its lines are read."""

        def lines(args: Mapping[str, Any]) -> Any:
            del args
            if order["id"] in self.broken:
                raise Refused("Cannot return null for non-nullable field", "INTERNAL_SERVER_ERROR")
            return order["lines"]

        def history(args: Mapping[str, Any]) -> Row:
            return listed(order["entries"], args.get("options"))

        return {**order, "__typename": "Order", "history": history, "lines": lines}

    def truth(self) -> dict[str, Any]:
        """What really happened: which parcels hold what, and how often it was written."""
        over = [
            order["id"]
            for order in self.shop.orders.values()
            for line in order["lines"]
            if self.shop.taken(order, line) > line["orderPlacedQuantity"]
        ]
        shipped = {
            number: [each["trackingCode"] for each in order["fulfillments"]]
            for number, order in self.shop.orders.items()
            if order["fulfillments"]
        }
        return {
            "orders": len(self.shop.orders),
            "shipped": shipped,
            "shipped_twice": over,
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
            "calls": len(self.heard),
        }


def _asked(call: Call) -> Row:
    try:
        told = json.loads(call.body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _undone(fault: Fault) -> Reply:
    if fault.kind == "reset_before":
        return Reply(200, fate="reset")
    status = 429 if fault.kind == "throttle" else 503
    return Reply(status, b"<html>Service Unavailable</html>", {"Retry-After": str(fault.seconds)})


def _spoilt(reply: Reply, fault: Fault | None) -> Reply:
    if fault is None or fault.kind in LISTS:
        return reply
    if fault.kind == "garbage":
        return replace(reply, body=b"<html><body>Welcome to the hotel</body></html>")
    return replace(reply, fate=_AFTER[fault.kind])
