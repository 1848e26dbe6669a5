"""A local Kuaidi100 over real HTTP: it refuses what Kuaidi100 refuses, and misbehaves on request.

For training and for tests. It shares no signing and no parsing with the connector; field names and
codes come from the vendor's own SDKs and tables (api.kuaidi100.com/document). It keeps its own
truth: `truth()` in process. Faults: see sync.sandbox.rough; its own noes are throttle (502 "busy",
-1 for orders), away_before and away_after.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from sync.sandbox.faults import Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.kuaidi100_orders import LabelOrders, LabelRules, no
from sync.sandbox.kuaidi100_tracks import NEEDS_PHONE, Counters, parcel_of
from sync.sandbox.rough import Rough

ORDERS = "/label/order"
TRACKS = "/poll/query.do"
FOLLOW = "/poll"


@dataclass(frozen=True, slots=True)
class Kuaidi100Setup:
    """Who may come in: the one user's keys."""

    key: str
    secret: str
    customer: str
    rules: LabelRules = field(default_factory=LabelRules)


class Kuaidi100Sandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock parcels travel by."""

    def __init__(self, setup: Kuaidi100Setup, now_ms: Callable[[], int], faults: Faults) -> None:
        """Start with an empty book."""
        self.orders = LabelOrders(setup.rules)
        self.counters = Counters()
        self.faults = faults
        self.asked: Counter[str] = Counter()
        self._setup = setup
        self._now_ms = now_ms
        self._rough = Rough(faults, now_ms)

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        doors = {ORDERS: self._label, TRACKS: self._query, FOLLOW: self._subscribe}
        if call.path not in doors:
            return Reply(404)
        if call.method != "POST" or "x-www-form-urlencoded" not in call.headers.get(
            "content-type", ""
        ):
            return _reply(_query_no("400", "提交数据不完整"))
        return doors[call.path](_form(call.body))

    def truth(self) -> dict[str, Any]:
        """What this Kuaidi100 has: every order with its numbers."""
        return self.orders.truth() | {"faults": dict(self.faults.done)}

    def push_form(self, number: str, status: str = "polling") -> bytes:
        """The body of a push about a watched waybill, signed with the salt it was given."""
        where = self.counters.watched[number]
        finer = where.get("resultv2") == "4"
        parcel = parcel_of(self.orders.by_number[number], self._now_ms(), finer=finer)
        if status == "abort":
            del self.counters.watched[number]
            parcel = {"nu": number, "com": parcel["com"], "state": "0", "data": []}
        told = {
            "status": status,
            "billstatus": "got",
            "message": "3天查询无记录" if status == "abort" else "",
            "autoCheck": "0",
            "comOld": "",
            "comNew": "",
            "lastResult": parcel,
        }
        param = json.dumps(told, ensure_ascii=False)
        fields = {"sign": _digest(param, where["salt"]), "param": param}
        return b"&".join(name.encode() + b"=" + _percent(value) for name, value in fields.items())

    def _label(self, form: Mapping[str, str]) -> Reply:
        setup, method = self._setup, form.get("method", "")
        param, moment = form.get("param", ""), form.get("t", "")
        if not moment.isdigit():
            return _reply(no(30001, "参数错误：t"))
        proper = _digest(param, moment, setup.key, setup.secret)
        if form.get("key") != setup.key or not _same(proper, form.get("sign", "")):
            return _reply(no(30002, "验签失败"))
        acts = {"order": self.orders.create, "cancel": self.orders.cancel}
        if method not in acts:
            return _reply(no(30001, "参数错误：method"))
        asked = _object(param)
        if asked is None:
            return _reply(no(30001, "参数错误：param"))
        return self._served(method, lambda: _reply(acts[method](asked, self._now_ms())), no(-1, ""))

    def _query(self, form: Mapping[str, str]) -> Reply:
        setup, param = self._setup, form.get("param", "")
        proper = _digest(param, setup.key, setup.customer)
        if form.get("customer") != setup.customer or not _same(proper, form.get("sign", "")):
            return _reply(_query_no("503", "验证签名失败"))
        asked = _object(param)
        if asked is None or not asked.get("com") or not asked.get("num"):
            return _reply(_query_no("400", "提交数据不完整"))
        return self._served(
            "query", lambda: _reply(self._told(asked)), _query_no("502", "服务器繁忙")
        )

    def _told(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        number = str(asked["num"])
        if not self.counters.may_ask(number, self._now_ms()):
            return _query_no("400", "该单号查询次数过多，已锁定24小时")
        order = self.orders.by_number.get(number)
        phone = str(asked.get("phone") or "")
        if asked["com"] in NEEDS_PHONE:
            known = order.phones if order else ()
            if len(phone) < 4 or (order and not any(one.endswith(phone) for one in known)):
                return _query_no("408", "快递公司参数异常：验证码错误")
        if order is None or order.company != asked["com"]:
            return _query_no("500", "查询无结果，请隔段时间再查")
        return parcel_of(order, self._now_ms(), finer=asked.get("resultv2") == "4")

    def _subscribe(self, form: Mapping[str, str]) -> Reply:
        asked = _object(form.get("param", ""))
        if form.get("schema") != "json" or asked is None:
            return _reply(_query_no("700", "订阅方的订阅数据存在错误"))
        if asked.get("key") != self._setup.key:
            return _reply(_query_no("600", "您不是合法的订阅者"))
        busy = _query_no("500", "服务器错误")
        return self._served("follow", lambda: _reply(self.counters.follow(asked)), busy)

    def _served(self, kind: str, act: Callable[[], Reply], busy: dict[str, Any]) -> Reply:
        self.asked[kind] += 1
        if not busy["message"]:
            busy = busy | {"message": "系统繁忙，请稍后重试"}
        noes = dict.fromkeys(("throttle", "away_before", "away_after"), _reply(busy))
        return self._rough.serve(kind, act, noes)


def _digest(*parts: str) -> str:
    digest = hashlib.md5("".join(parts).encode(), usedforsecurity=False).digest()
    return "".join(f"{byte:02X}" for byte in digest)


def _same(proper: str, given: str) -> bool:
    return hmac.compare_digest(proper.encode(), given.encode())


def _query_no(code: str, message: str) -> dict[str, Any]:
    return {"result": False, "returnCode": code, "message": message}


def _reply(said: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps(said, ensure_ascii=False).encode())


def _object(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _form(body: bytes) -> dict[str, str]:
    found = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        plain = unquote_to_bytes(value.replace(b"+", b" ")).decode("utf-8", "replace")
        found[unquote_to_bytes(name).decode("latin-1")] = plain
    return found


def _percent(text: str) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in text.encode())
