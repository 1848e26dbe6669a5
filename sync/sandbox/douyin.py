"""Douyin shop's interfaces on loopback: real HTTP, its own truth, its own refusals, and moods.

One path for every method, the sign in the query, the parameters as the JSON body; answers and
refusals in 200 alike (op.jinritemai.com). Faults are drawn by the method's name; beside the usual
ones there is `inner` (20000, after doing it). `deliver` makes the messages of what changed.
"""

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from sync.sandbox.dy_gate import App, Gate, Refusal
from sync.sandbox.dy_labels import Labels
from sync.sandbox.dy_lists import Lists
from sync.sandbox.dy_shop import DyTruth
from sync.sandbox.dy_writes import Writes, routes
from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply

_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}
_LISTED = ("shop_order_list", "items")


@dataclass(slots=True)
class DySetup:
    """How the shop is set up. `lag_s`: how late its lists are."""

    app: App = field(default_factory=lambda: App("7000000000000000001", "test-app-secret"))
    lag_s: int = 20


class DySandbox:
    """The interfaces with one shop behind them. `now_s` is its clock, seconds with fractions."""

    def __init__(
        self,
        setup: DySetup,
        now_s: Callable[[], float],
        chance: random.Random,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        """Open an empty shop."""
        self.setup, self._now_s, self._chance = setup, now_s, chance
        self.shop = DyTruth(lambda: int(now_s()), chance)
        self.gate = Gate(setup.app, now_s)
        self.faults = Faults(chance, rates)
        self.writes = Writes(self.shop)
        self.labels = Labels(self.shop)
        self.routes: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            **routes(Lists(self.shop, setup.lag_s), self.writes),
            **self.labels.routes(),
            "token.create": self.gate.create,
            "token.refresh": self.gate.renew,
        }
        self.calls = 0
        self.refused: list[str] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def server(self) -> LocalServer:
        """A plain HTTP server for these interfaces; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls += 1
        query = dict(parse_qsl(call.query, keep_blank_values=True))
        method = query.get("method", "")
        lists = method in ("order.searchList", "afterSale.List")
        fault = self.faults.draw(call.method, f"/{method}", lists=lists)
        before = _undone(fault)
        if before is not None:
            return before
        told = self._told(call, query, fault)
        headers = {"Date": formatdate(self._now_s(), usegmt=True)}
        return _spoilt(Reply(200, json.dumps(told, ensure_ascii=False).encode(), headers), fault)

    def _told(self, call: Call, query: dict[str, str], fault: Fault | None) -> dict[str, Any]:
        mood, method = "" if fault is None else fault.kind, query.get("method", "")
        try:
            _refuse_odd(call, mood)
            self.gate.check(call.path, query, call.body, known=method in self.routes)
            params = json.loads(call.body)
            self.heard.append((method, params))
            data = self.routes[method](params)
        except Refusal as refused:
            self.refused.append(f"{refused.code}/{refused.sub_code}")
            return refused.told()
        if mood == "inner":
            return Refusal(20000, "isp.service-error:99997", "网络超时,请重试").told()
        if mood in LISTS:
            self._disturb(data, mood)
        return {"code": 10000, "msg": "success", "data": data, "log_id": "20251124200000010204"}

    def _disturb(self, data: dict[str, Any], mood: str) -> None:
        """A twin, another order of things, or an order that changes behind this page."""
        for name in _LISTED:
            listed = data.get(name)
            if listed and mood == "duplicate":
                listed.append(self._chance.choice(listed))
            elif listed and mood == "reorder":
                self._chance.shuffle(listed)
        if mood == "shift" and self.shop.orders:
            self.shop.touch(self._chance.choice(list(self.shop.orders.values())))

    def deliver(self) -> tuple[dict[str, str], bytes]:
        """The headers and body of one message for what changed since: all of it, in one list."""
        messages = []
        for tag, number in self.shop.changed:
            data = json.dumps({"p_id": int(number), "shop_id": int(self.setup.app.shop_id)})
            messages.append({"tag": tag, "msg_id": str(self.shop.number()), "data": data})
        self.shop.changed.clear()
        body = json.dumps(messages, ensure_ascii=False)
        app = self.setup.app
        signed = f"{app.app_key}{body}{app.app_secret}"
        sign = hashlib.new("md5", signed.encode(), usedforsecurity=False).hexdigest()
        return {"event-sign": sign, "app-id": app.app_key}, body.encode()

    def truth(self) -> dict[str, Any]:
        """What really happened: which numbers stand where, and how often it was written."""
        numbers = {o.number: [pack.tracking for pack in o.packs] for o in self.shop.orders.values()}
        return {
            "orders": len(self.shop.orders),
            "shipped": {number: found for number, found in numbers.items() if found},
            "shipped_twice": [n for n, found in numbers.items() if len(found) != len(set(found))],
            "stock": {sku.code: sku.stock for sku in self.shop.skus.values()},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
            "calls": self.calls,
        }


def _refuse_odd(call: Call, mood: str) -> None:
    if mood == "throttle":
        raise Refusal(60000)
    if call.method != "POST":
        raise Refusal(70000, "isp.api-service-off")


def _undone(fault: Fault | None) -> Reply | None:
    if fault is not None and fault.kind == "reset_before":
        return Reply(200, fate="reset")
    if fault is not None and fault.kind == "unavailable":
        return Reply(503, b"<html>Service Unavailable</html>", {"Retry-After": "7"})
    return None


def _spoilt(reply: Reply, fault: Fault | None) -> Reply:
    if fault is None or fault.kind in (*LISTS, "throttle", "inner"):
        return reply
    if fault.kind == "garbage":
        return replace(reply, body=b"<html><body>login</body></html>")
    return replace(reply, fate=_AFTER[fault.kind])
