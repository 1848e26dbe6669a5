"""Pinduoduo's gateway on loopback: real HTTP, its own truth, its own refusals, and moods.

One address for every interface (`/api/router`), parameters in a form, answers and refusals in 200
with one name at the root (open.pinduoduo.com). Faults are drawn by the interface's name; beside
the usual ones there are `resting` (52103, nothing done) and `inner` (50000, after doing it).
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.pdd_gate import App, Gate, Refusal
from sync.sandbox.pdd_lists import Lists
from sync.sandbox.pdd_lists import routes as list_routes
from sync.sandbox.pdd_shop import PddTruth
from sync.sandbox.pdd_views import clock_text
from sync.sandbox.pdd_waybills import PddWaybills
from sync.sandbox.pdd_waybills import routes as waybill_routes
from sync.sandbox.pdd_writes import Writes
from sync.sandbox.pdd_writes import routes as write_routes

PATH = "/api/router"
_AFTER = {"late": "hang", "reset_after": "reset", "cut": "cut"}
_LISTED = ("order_sn_list", "order_list")


@dataclass(slots=True)
class PddSetup:
    """How the shop is set up. `lag_s`: how late the index of changes is."""

    app: App = field(default_factory=lambda: App("client", "secret"))
    lag_s: int = 150


class PddSandbox:
    """The gateway with one shop behind it. `now_s` is its clock, epoch seconds with fractions."""

    def __init__(
        self,
        setup: PddSetup,
        now_s: Callable[[], float],
        chance: random.Random,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        """Open an empty shop."""
        self.setup, self._now_s, self._chance = setup, now_s, chance
        self.shop = PddTruth(lambda: int(now_s()), chance)
        self.gate = Gate(setup.app, now_s)
        self.faults = Faults(chance, rates)
        self.lists = Lists(self.shop, setup.lag_s)
        self.waybills = PddWaybills(self.shop)
        self.routes = {
            **list_routes(self.lists),
            **write_routes(Writes(self.shop)),
            "pdd.pmc.user.permit": ("pmc_user_permit_response", self._permit),
            **waybill_routes(self.waybills),
            "pdd.time.get": ("time_get_response", self._time),
            "pdd.pop.auth.token.refresh": ("pop_auth_token_refresh_response", self.gate.renew),
        }
        self.permitted: tuple[str, ...] = ()
        self.calls = 0
        self.refused: list[int] = []
        self.heard: list[dict[str, str]] = []

    def server(self) -> LocalServer:
        """A plain HTTP server for this gateway; not started."""
        return LocalServer(self.handle)

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls += 1
        params = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        interface = params.get("type", "")
        lists = "list" in interface and "order" in interface
        fault = self.faults.draw(call.method, f"{PATH}/{interface}", lists=lists)
        before = _undone(fault)
        if before is not None:
            return before
        told = self._told(call, params, fault)
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {"Date": formatdate(self._now_s(), usegmt=True)}
        return _spoilt(Reply(200, body, headers), fault)

    def _told(self, call: Call, params: dict[str, str], fault: Fault | None) -> dict[str, Any]:
        mood = "" if fault is None else fault.kind
        try:
            _refuse_odd(call, mood)
            self.gate.check(params, params.get("type", "") in self.routes)
            self.heard.append(params)
            name, act = self.routes[params["type"]]
            answer = act(params)
        except Refusal as refused:
            self.refused.append(refused.code)
            return refused.told()
        if mood == "inner":
            return Refusal(50000, "系统内部错误").told()
        if mood in LISTS:
            self._disturb(answer, mood)
        return {name: {**answer, "request_id": "15440104776643887"}}

    def _permit(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The shop lets the app hear of these; they take the place of those before."""
        self.permitted = tuple(filter(None, params.get("topics", "").split(",")))
        return {"is_success": True}

    def _disturb(self, answer: dict[str, Any], mood: str) -> None:
        """A twin, another order of things, or an order that changes behind this page."""
        for name in _LISTED:
            listed = answer.get(name)
            if not listed:
                continue
            if mood == "duplicate":
                listed.append(self._chance.choice(listed))
            elif mood == "reorder":
                self._chance.shuffle(listed)
        if mood == "shift" and self.shop.orders:
            self.shop.touch(self._chance.choice(list(self.shop.orders.values())))

    def _time(self, _params: Mapping[str, str]) -> dict[str, Any]:
        return {"time": clock_text(self.shop.now_s())}

    def truth(self) -> dict[str, Any]:
        """What really happened: which numbers stand where, and how often it was written."""
        numbers = {order.sn: order.numbers for order in self.shop.orders.values()}
        return {
            "orders": len(self.shop.orders),
            "shipped": {sn: found for sn, found in numbers.items() if found},
            "shipped_twice": [sn for sn, each in numbers.items() if len(each) != len(set(each))],
            "stock": dict(self.shop.stock),
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
            "calls": self.calls,
        }


def _refuse_odd(call: Call, mood: str) -> None:
    if call.method != "POST":
        raise Refusal(10002, "请求方法错误,仅支持POST")
    if call.path != PATH:
        raise Refusal(20035, "接口不属于当前网关")
    if mood == "throttle":
        raise Refusal(70031, "调用过于频繁,请调整调用频率")
    if mood == "resting":
        raise Refusal(52103, "服务暂时不可用,请稍后重试")


def _undone(fault: Fault | None) -> Reply | None:
    if fault is not None and fault.kind == "reset_before":
        return Reply(200, fate="reset")
    if fault is not None and fault.kind == "unavailable":
        return Reply(503, b"<html>Service Unavailable</html>", {"Retry-After": "7"})
    return None


def _spoilt(reply: Reply, fault: Fault | None) -> Reply:
    if fault is None or fault.kind in (*LISTS, "throttle", "resting", "inner"):
        return reply
    if fault.kind == "garbage":
        return replace(reply, body=b"<html><body>login</body></html>")
    return replace(reply, fate=_AFTER[fault.kind])
