"""A home-made store as shops in China have them: a tea shop's, with PHP habits.

Every answer is 200 with {code, msg, data}; calls are signed by HMAC over method, path, query, time,
nonce and body; times are local text, money is decimal text, status words are Chinese. A shipment
told twice is written twice: the store itself never notices. It shares nothing with the connector.
"""

import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from sync.sandbox.faults import BEFORE, Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.own_moods import packed, spoilt, undone

SHANGHAI = ZoneInfo("Asia/Shanghai")
WINDOW_S = 300
_SPELT = "%Y-%m-%d %H:%M:%S"
_SENDABLE = ("待发货", "已发货")


@dataclass(slots=True)
class TeaOrder:
    """One order; `changed_s` is when it last changed (Unix seconds)."""

    sn: str
    changed_s: int
    told: dict[str, Any]
    parcels: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TeaSetup:
    """How the store cuts and tells its list.

    `paging` page | offset, `first` the first page's number, `newest` the newest change first,
    `total` whether it says how many there are, `cap` the most it gives to a page (0: as asked).
    """

    paging: str = "page"
    first: int = 1
    newest: bool = False
    total: bool = True
    cap: int = 0


class TeaSandbox:
    """The store: `orders` and `stock` are its truth, `faults` its moods, `calls` what came."""

    def __init__(self, setup: TeaSetup, now_s: Callable[[], int], chance: random.Random) -> None:
        """Start empty; the key is "tea-app", its secret "tea-secret"."""
        self._setup, self._now_s = setup, now_s
        self.orders: dict[str, TeaOrder] = {}
        self.stock: dict[str, int] = {}
        self.faults = Faults(chance)
        self.calls: list[Call] = []
        self.writes = 0
        self._nonces: set[str] = set()
        self.between: Callable[[], None] = lambda: None

    def server(self) -> LocalServer:
        """A plain HTTP server for this store; not started."""
        return LocalServer(self.handle)

    def place(self, sn: str, **more: Any) -> TeaOrder:
        """Take an order: two cups of tea, paid, to be sent."""
        now = self._spelt(self._now_s())
        told = {
            "order_sn": sn,
            "status": "待发货",
            "pay_status": 1,
            "created_at": now,
            "paid_at": now,
            "amount": {"total": "27.80", "freight": "8.00", "discount": ""},
            "buyer": {"nick": "茶友", "mobile": "13900139000"},
            "receiver": {
                "name": "李雷",
                "mobile": "",
                "region": ["广东省", "广州市", "天河区"],
                "street": "中山路1号",
                "room": "502室",
            },
            "items": [
                {"id": 1, "goods_id": 7, "sku": "TEA-1", "name": "龙井", "spec": "50克", "num": 2}
                | {"price": "9.90", "subtotal": "19.80", "refund_num": 0}
            ],
            "pay_no": f"P{sn}",
            "seller_note": "",
            **more,
        }
        self.orders[sn] = TeaOrder(sn, self._now_s(), told)
        return self.orders[sn]

    def touch(self, sn: str) -> None:
        """Something of the order changes now."""
        self.orders[sn].changed_s = self._now_s()

    def push(self, sn: str, secret: str) -> tuple[dict[str, str], bytes]:
        """What the store would call us with after a change: headers and raw body."""
        body = packed({"order_sn": sn, "event_id": f"e-{sn}-{self.orders[sn].changed_s}"})
        stamp = str(self._now_s())
        digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
        return {"X-Tea-Sign": digest.hexdigest(), "X-Tea-Time": stamp}, body

    def handle(self, call: Call) -> Reply:
        """Answer one call, with the fault that is due, if one is."""
        self.calls.append(call)
        lists = call.method == "GET" and call.path == "/api/orders"
        fault = self.faults.draw(call.method, call.path, lists=lists)
        if fault is not None and fault.kind in BEFORE:
            return undone(fault)
        reply = self._refused(call) or self._answer(call, fault.kind if fault else "")
        date = {"Date": formatdate(self._now_s(), usegmt=True)}
        return spoilt(replace(reply, headers={**reply.headers, **date}), fault)

    def _refused(self, call: Call) -> Reply | None:
        told, stamp = call.headers, call.headers.get("x-time", "")
        nonce = told.get("x-nonce", "")
        if told.get("x-app-key") != "tea-app":
            return _no("4001", "appkey 无效")
        parts = (call.method, call.path, call.query, stamp, nonce, call.body.decode())
        digest = hmac.new(b"tea-secret", "\n".join(parts).encode(), hashlib.sha256)
        if not hmac.compare_digest(digest.hexdigest(), told.get("x-sign", "")):
            return _no("4001", "签名错误")
        if not stamp.isdigit() or abs(self._now_s() - int(stamp)) > WINDOW_S:
            return _no("4001", "时间戳过期")
        if not nonce or nonce in self._nonces:
            return _no("4001", "nonce 重复")
        self._nonces.add(nonce)
        return None

    def _answer(self, call: Call, mood: str) -> Reply:
        parts = call.path.strip("/").split("/")[1:]
        if call.method == "GET" and parts == ["orders"]:
            return self._list(call, mood)
        if len(parts) == 3 and parts[0] == "goods" and call.method == "PUT":
            return self._set_stock(parts[1], _body(call))
        order = self.orders.get(parts[1]) if len(parts) > 1 and parts[0] == "orders" else None
        if order is None:
            return Reply(404, b"<html><h1>404 Not Found</h1></html>", {"Content-Type": "text/html"})
        return self._of_order(call, order, "/".join(parts[2:]))

    def _of_order(self, call: Call, order: TeaOrder, what: str) -> Reply:
        if (call.method, what) == ("GET", ""):
            return _yes(self._told(order))
        if (call.method, what) == ("POST", "ship"):
            return self._ship(order, _body(call))
        if (call.method, what) == ("PUT", "note"):
            self.writes += 1
            order.told["seller_note"] = _body(call).get("seller_note")
            return _yes({})
        return Reply(405, b"")

    def _list(self, call: Call, mood: str) -> Reply:
        query = {name: values[0] for name, values in parse_qs(call.query).items()}
        since, limit = query.get("updated_after", ""), int(query.get("limit", "20"))
        if limit > 50 or query.get("with") != "items":
            return _no("4000", "参数错误")
        least = (
            int(datetime.strptime(since, _SPELT).replace(tzinfo=SHANGHAI).timestamp())
            if (since)
            else 0
        )
        found = [order for order in self.orders.values() if order.changed_s >= least]
        found.sort(key=lambda order: order.changed_s, reverse=self._setup.newest)
        given = min(limit, self._setup.cap or limit)
        start = int(query.get("page", "0"))
        if self._setup.paging == "page":
            start = (start - self._setup.first) * given
        page = found[start : start + given]
        if mood == "duplicate":
            page = [*page, *page[:1]]
        data: dict[str, Any] = {"list": [self._told(order) for order in page]}
        if self._setup.total:
            data["total"] = len(found)
        reply = _yes(data)
        self.between()
        return reply

    def _told(self, order: TeaOrder) -> dict[str, Any]:
        changed = self._spelt(order.changed_s)
        return {**order.told, "updated_at": changed, "parcels": order.parcels}

    def _ship(self, order: TeaOrder, body: dict[str, Any]) -> Reply:
        if order.told["status"] not in _SENDABLE:
            return _no("4100", f"订单状态为{order.told['status']}，不能发货")
        if not isinstance(body.get("express"), str) or not isinstance(body.get("express_no"), str):
            return _no("4000", "参数错误")
        self.writes += 1
        order.parcels.append(body)
        order.told["status"] = "已发货"
        self.touch(order.sn)
        return _yes({})

    def _set_stock(self, sku: str, body: dict[str, Any]) -> Reply:
        stock = body.get("stock")
        if isinstance(stock, bool) or not isinstance(stock, int) or stock < 0:
            return _no("4000", "库存必须为整数")
        if sku not in self.stock:
            return _no("4404", f"没有商品 {sku}")
        self.writes += 1
        self.stock[sku] = stock
        return _yes({})

    @staticmethod
    def _spelt(seconds: int) -> str:
        return datetime.fromtimestamp(seconds, SHANGHAI).strftime(_SPELT)


def _body(call: Call) -> dict[str, Any]:
    told = json.loads(call.body)
    return told if isinstance(told, dict) else {}


def _yes(data: Any) -> Reply:
    return Reply(200, packed({"code": 0, "msg": "ok", "data": data}))


def _no(code: str, words: str) -> Reply:
    return Reply(200, packed({"code": int(code), "msg": words, "data": None}))
