"""Weidian's interfaces on loopback: real HTTP, its own truth, its own refusals, and moods.

One address for every method, a form of `param` and `public`; tokens by GET /token (community SDKs
of open.weidian.com). Of its codes 0, 10013, 10016 and 10026 are known; the others here are ours,
and only their words are the platform's kind. Faults are drawn by the method's name; beside the
usual ones there is `inner` (a system error, after doing it).
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from sync.sandbox.faults import LISTS, Fault, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.moods import disturb, spoilt, undone
from sync.sandbox.wd_shop import ASKED, PAID, SHIPPED, WdItem, WdOrder, WdSku, WdTruth
from sync.sandbox.wd_views import BEIJING, order_view, row_view

LIFE_S, MOST, DEFAULT_S = 90_000, 50, 31 * 86_400
_TYPES = ("", "all", "unship", "unpay", "shiped", "refunding", "finish", "close")
Params = Mapping[str, Any]


class Refusal(Exception):  # noqa: N818 - the platform says no; nothing is broken
    """An answer whose code is not 0."""

    def __init__(self, code: int, words: str) -> None:
        """Keep what is told."""
        self.code, self.words = code, words
        super().__init__(words)

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"status": {"status_code": self.code, "status_reason": self.words}}


@dataclass(slots=True)
class App:
    """One app: its key and secret, methods it lacks, a token it was given."""

    app_key: str
    secret: str
    lacks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class WdSetup:
    """How the shop is set up. `lag_s`: how late its list is."""

    app: App = field(default_factory=lambda: App("683523", "wd_secret"))
    lag_s: int = 20


class WdSandbox:
    """The interfaces with one shop behind them. `now_s` is its clock, seconds with fractions."""

    def __init__(
        self,
        setup: WdSetup,
        now_s: Callable[[], float],
        chance: random.Random,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        """Open an empty shop."""
        self.setup, self._now_s, self._chance = setup, now_s, chance
        self.shop = WdTruth(lambda: int(now_s()), chance)
        self.faults = Faults(chance, rates)
        self.tokens: dict[str, float] = {}
        self.routes: dict[tuple[str, str], Callable[[Params], Any]] = {
            ("vdian.order.list.get", "1.5"): self._list,
            ("vdian.order.get", "2.0"): self._get,
            ("vdian.order.expresslist", "1.0"): self._companies,
            ("vdian.order.deliver", "1.0"): self._deliver,
            ("vdian.order.deliver.split", "1.0"): self._split,
            ("vdian.order.express.modify", "1.0"): self._modify,
            ("vdian.item.stock.update", "1.0"): self._stock,
        }
        self.calls = 0
        self.refused: list[int] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def server(self) -> LocalServer:
        """A plain HTTP server for these interfaces; not started."""
        return LocalServer(self.handle)

    def token(self) -> str:
        """A new token."""
        made = f"wd{self.shop.number():030x}"
        self.tokens[made] = self._now_s() + LIFE_S
        return made

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls += 1
        public, params = _form(call.body)
        method = str(public.get("method", call.path))
        fault = self.faults.draw(call.method, method, lists=method.endswith("list.get"))
        before = undone(fault)
        if before is not None:
            return before
        told = self._told(call, public, params, fault)
        headers = {"Date": formatdate(self._now_s(), usegmt=True)}
        return spoilt(Reply(200, json.dumps(told, ensure_ascii=False).encode(), headers), fault)

    def _told(
        self, call: Call, public: Params, params: dict[str, Any], fault: Fault | None
    ) -> dict[str, Any]:
        mood = "" if fault is None else fault.kind
        try:
            _slow_down(mood)
            if call.path == "/token":
                return {"status": _GOOD, "result": self._give(call)}
            result = self._act(public, params)
        except Refusal as refused:
            self.refused.append(refused.code)
            return refused.told()
        if mood == "inner":
            return Refusal(10_000, "系统异常").told()
        if mood in LISTS:
            disturb(result, ("orders",), mood, self._chance)
        if mood == "shift" and self.shop.orders:
            self.shop.touch(self._chance.choice(list(self.shop.orders.values())))
        return {"status": _GOOD, "result": result}

    def _give(self, call: Call) -> dict[str, Any]:
        asked = dict(parse_qsl(call.query))
        app = self.setup.app
        right = (asked.get("appkey"), asked.get("secret")) == (app.app_key, app.secret)
        if call.method != "GET" or asked.get("grant_type") != "client_credential" or not right:
            raise Refusal(10_012, "appkey或secret错误")
        self.heard.append(("token", {}))
        return {"access_token": self.token(), "expire_in": LIFE_S}

    def _act(self, public: Params, params: dict[str, Any]) -> Any:
        token = str(public.get("access_token"))
        if token not in self.tokens:
            raise Refusal(10_016, "access_token不存在")
        if self.tokens[token] <= self._now_s():
            raise Refusal(10_013, "access_token过期")
        method = str(public.get("method"))
        if method in self.setup.app.lacks:
            raise Refusal(10_020, "没有权限调用该接口")
        act = self.routes.get((method, str(public.get("version"))))
        if act is None or public.get("format") != "json":
            raise Refusal(10_001, "方法或版本不存在")
        self.heard.append((method, params))
        return act(params)

    def _list(self, params: Params) -> dict[str, Any]:
        page, size = params.get("page_num", 1), params.get("page_size", MOST)
        if type(page) is not int or page < 1 or type(size) is not int or not 1 <= size <= MOST:
            raise Refusal(10_002, "page_size最大50")
        if params.get("order_type", "") not in _TYPES:
            raise Refusal(10_002, "order_type非法")
        spans = {name: span for name in _TIMES if (span := _span(params, name))}
        if not spans:
            spans = {"add": (int(self._now_s()) - DEFAULT_S, int(self._now_s()))}
        upto = self.shop.now_s() - self.setup.lag_s
        found = [
            each
            for each in self.shop.orders.values()
            if each.updated_s <= upto
            and all(start <= getattr(each, _TIMES[n]) <= end for n, (start, end) in spans.items())
        ]
        found.sort(key=lambda each: (each.updated_s, each.number), reverse=True)
        shown = [row_view(each) for each in found[(page - 1) * size : page * size]]
        return {"order_num": len(shown), "total_num": len(found), "orders": shown}

    def _order(self, params: Params) -> WdOrder:
        order = self.shop.orders.get(str(params.get("order_id")))
        if order is None:
            raise Refusal(20_001, "订单不存在")
        return order

    def _get(self, params: Params) -> dict[str, Any]:
        return order_view(self._order(params))

    def _companies(self, _params: Params) -> dict[str, Any]:
        listed = [{"id": n, "express_company": name} for n, name in self.shop.companies]
        return {"common_express": listed}

    def _deliver(self, params: Params) -> dict[str, Any]:
        order = self._order(params)
        if any(item.number for item in order.items):
            raise Refusal(20_010, "订单状态非法")
        return self._sent(order, params, order.items)

    def _split(self, params: Params) -> dict[str, Any]:
        order = self._order(params)
        subs = {str(each.get("sub_order_id")) for each in params.get("item", [])}
        items = [item for item in order.items if item.sub in subs]
        if not items or any(item.number for item in items):
            raise Refusal(20_011, "子订单非法")
        return self._sent(order, params, items)

    def _sent(self, order: WdOrder, params: Params, items: list[WdItem]) -> dict[str, Any]:
        if order.status == ASKED or order.status not in (PAID, SHIPPED):
            raise Refusal(20_010, "订单状态非法")
        number = self._number(params)
        deliver = str(self.shop.number())
        for item in items:
            item.number, item.deliver_id = number, deliver
        if all(item.number or item.refund_status == "2" for item in order.items):
            order.status = SHIPPED
        order.send_s = self.shop.now_s()
        self.shop.touch(order, "delivered")
        self.shop.writes["split" if len(items) < len(order.items) else "deliver"] += 1
        return {}

    def _number(self, params: Params) -> str:
        kind, custom = str(params.get("express_type")), str(params.get("express_custom", ""))
        known = kind in {n for n, _ in self.shop.companies}
        if (not known and not (kind == "0" and custom)) or not params.get("express_no"):
            raise Refusal(20_012, "快递类型非法")
        return str(params["express_no"])

    def _modify(self, params: Params) -> dict[str, Any]:
        order, number = self._order(params), self._number(params)
        given = str(params.get("deliver_id", ""))
        items = [item for item in order.items if item.number and given in ("", item.deliver_id)]
        if not items:
            raise Refusal(20_013, "发货批次非法")
        for item in items:
            item.number = number
        self.shop.touch(order)
        self.shop.writes["modify"] += 1
        return {}

    def _stock(self, params: Params) -> dict[str, Any]:
        if params.get("type") != "set":
            raise Refusal(10_002, "type非法")
        for row in params.get("items", []):
            self._sku(row).stock = int(row["stock"])
        self.shop.writes["stock"] += 1
        return {}

    def _sku(self, row: Params) -> WdSku:
        sku = row.get("item_sku_id") or "0"
        for each in self.shop.skus.values():
            if (each.item_id, each.sku_id) == (row.get("item_id"), sku):
                return each
        raise Refusal(20_020, "商品sku的id不存在")

    def deliver(self) -> list[tuple[dict[str, str], bytes]]:
        """Headers and body of one message for each change since: a form, and nothing signed."""
        made = []
        for kind, number in self.shop.changed:
            view = order_view(self.shop.orders[number])
            content = json.dumps({"type": kind, "message": view, "shopId": 1}, ensure_ascii=False)
            made.append((_FORM, urlencode({"content": content}).encode()))
        self.shop.changed.clear()
        return made

    def truth(self) -> dict[str, Any]:
        """What really happened: which numbers stand where, and how often it was written."""
        numbers = {order.number: order.numbers for order in self.shop.orders.values()}
        return {
            "orders": len(self.shop.orders),
            "shipped": {number: found for number, found in numbers.items() if found},
            "stock": {sku.code: sku.stock for sku in self.shop.skus.values()},
            "writes": dict(self.shop.writes),
            "faults": dict(self.faults.done),
            "calls": self.calls,
        }


_GOOD = {"status_code": 0, "status_reason": "success"}
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_TIMES = {"update": "updated_s", "add": "created_s"}


def _slow_down(mood: str) -> None:
    if mood == "throttle":
        raise Refusal(10_100, "调用过于频繁")


def _form(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    form = parse_qs(body.decode("utf-8", "replace"))
    found = []
    for name in ("public", "param"):
        try:
            told = json.loads(form.get(name, ["{}"])[0])
        except ValueError:
            told = {}
        found.append(told if isinstance(told, dict) else {})
    return found[0], found[1]


def _span(params: Params, name: str) -> tuple[int, int] | None:
    told = [params.get(f"{name}_{end}") for end in ("start", "end")]
    if None in told:
        return None
    try:
        times = [datetime.strptime(str(each), "%Y-%m-%d %H:%M:%S") for each in told]  # noqa: DTZ007 - the zone follows
    except ValueError:
        raise Refusal(10_002, "时间格式非法") from None
    start, end = (int(each.replace(tzinfo=BEIJING).timestamp()) for each in times)
    return start, end
