"""Youzan Cloud on loopback: real HTTP, its own truth, its own refusals, and moods.

One address for each interface and version, the token in the query, parameters as a JSON body;
answers and refusals in 200 alike (doc.youzanyun.com). Faults are drawn by the interface's name;
beside the usual ones there is `inner` (5001 of the gateway, after doing it). `deliver` makes the
messages of what changed.
"""

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, quote

from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.moods import disturb, spoilt, undone
from sync.sandbox.yz_gate import App, Gate, Refusal, gateway
from sync.sandbox.yz_lists import Lists
from sync.sandbox.yz_shop import YzTruth
from sync.sandbox.yz_writes import Writes, routes

_LISTED = ("full_order_info_list", "refunds")
_OLD = ("youzan.trade.memo.update/3.0.0",)
_OBJECTS = "youzan_trade_"


@dataclass(slots=True)
class YzSetup:
    """How late its lists and its single orders are, and whether receivers are sealed."""

    app: App = field(default_factory=lambda: App("cid_123", "sec_456"))
    lag_s: int = 20
    detail_lag_s: int = 0
    sealed: bool = True


class YzSandbox:
    """The interfaces with one shop behind them. `now_s` is its clock, seconds with fractions."""

    def __init__(
        self,
        setup: YzSetup,
        now_s: Callable[[], float],
        chance: random.Random,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        """Open an empty shop."""
        self.setup, self._now_s, self._chance = setup, now_s, chance
        self.shop = YzTruth(lambda: int(now_s()), chance)
        self.gate = Gate(setup.app, now_s)
        self.faults = Faults(chance, rates)
        lists = Lists(self.shop, setup.lag_s, setup.detail_lag_s, sealed=setup.sealed)
        self.writes = Writes(self.shop, lists)
        self.routes = routes(lists, self.writes)
        self.calls = 0
        self.refused: list[int] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def server(self) -> LocalServer:
        """A plain HTTP server for these interfaces; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls += 1
        name = call.path.removeprefix("/api/")
        lists = name.startswith(("youzan.trades.sold.get", "youzan.trade.refund.search"))
        fault = self.faults.draw(call.method, call.path, lists=lists)
        before = undone(fault)
        if before is not None:
            return before
        told = self._told(call, name, fault)
        headers = {"Date": formatdate(self._now_s(), usegmt=True)}
        return spoilt(Reply(200, json.dumps(told, ensure_ascii=False).encode(), headers), fault)

    def _told(self, call: Call, name: str, fault: Fault | None) -> dict[str, Any]:
        mood = "" if fault is None else fault.kind
        try:
            if mood == "throttle":
                raise gateway(4101)
            params = self._params(call, name)
            if call.path == "/auth/token":
                self.heard.append(("auth/token", params))
                return self.gate.give(params, call.headers)
            data = self.routes[name](params)
        except Refusal as refused:
            self.refused.append(refused.code)
            return refused.told()
        if mood == "inner":
            return gateway(5001).told()
        if mood in LISTS:
            disturb(data, _LISTED, mood, self._chance)
        if mood == "shift" and self.shop.orders:
            self.shop.touch(self._chance.choice(list(self.shop.orders.values())))
        if name in _OLD:
            return {"response": data}
        good = {"trace_id": f"yz7-{self.calls:x}", "code": 200, "success": True}
        return {**good, "data": data, "message": "successful"}

    def _params(self, call: Call, name: str) -> dict[str, Any]:
        if call.path != "/auth/token":
            if call.method != "POST" or not call.path.startswith("/api/") or "/" not in name:
                raise gateway(4001)
            query = dict(parse_qsl(call.query, keep_blank_values=True))
            known = name in self.routes
            self.gate.check(name.partition("/")[0], known, query, call.headers)
        try:
            params = json.loads(call.body)
        except ValueError:
            raise gateway(4004) from None
        if call.path != "/auth/token":
            self.heard.append((name.partition("/")[0], params))
        return dict(params)

    def deliver(self) -> list[tuple[dict[str, str], bytes]]:
        """Headers and body of one message for each change since."""
        made = [self._message(*each) for each in self.shop.changed]
        self.shop.changed.clear()
        return made

    def _message(self, kind: str, tid: str, said: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        app = self.setup.app
        text = json.dumps(said, ensure_ascii=False)
        message = {
            "client_id": app.client_id,
            "kdt_id": int(app.kdt_id),
            "id": tid,
            "type": kind,
            "status": self.shop.orders[tid].status,
            "msg": said if kind.startswith(_OBJECTS) else quote(text, safe=""),
            "msg_id": f"6dc15f0b-{self.shop.number()}",
            "version": self.shop.now_s(),
            "test": False,
        }
        body = json.dumps(message, ensure_ascii=False)
        signed = f"{app.client_id}{body}{app.client_secret}"
        sign = hashlib.new("md5", signed.encode(), usedforsecurity=False).hexdigest()
        headers = {"Event-Sign": sign, "Event-Type": kind, "Client-Id": app.client_id}
        return headers, body.encode()

    def truth(self) -> dict[str, Any]:
        """What really happened: which numbers stand where, and how often it was written."""
        numbers = {order.tid: order.numbers for order in self.shop.orders.values()}
        return {
            "orders": len(self.shop.orders),
            "shipped": {tid: found for tid, found in numbers.items() if found},
            "shipped_twice": [tid for tid, each in numbers.items() if len(each) != len(set(each))],
            "stock": {sku.code: sku.stock for sku in self.shop.skus.values()},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
            "calls": self.calls,
        }
