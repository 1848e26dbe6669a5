"""A local Kdniao over real HTTP: it refuses what Kdniao refuses, and misbehaves on request.

For training and for tests. It shares no signing and no parsing with the connector; field names,
lengths and codes come from Kdniao's own examples (kdniao.com/documents, 1007, 1147, 1127, 8001).
It keeps its own truth: `truth()` in process. Faults: see sync.sandbox.rough; its own noes are
throttle ("too often"), away_before and away_after ("system busy"), inner (105).
"""

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from sync.sandbox.faults import Chance, Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.kdniao_orders import KdniaoOrders, KdniaoRules, Said, no
from sync.sandbox.kdniao_tracks import entry_of
from sync.sandbox.rough import Rough

ORDERS = "/api/EOrderService"
TRACKS = "/Ebusiness/EbusinessOrderHandle.aspx"
_SERVED = {ORDERS: frozenset({"1007", "1147", "1127"}), TRACKS: frozenset({"1002", "8001"})}
_NEEDED = ("RequestData", "EBusinessID", "RequestType", "DataSign")
_OFTEN = no("105", "请求过于频繁，请稍后再试")
_BUSY = no("105", "系统繁忙，请稍后重试")


@dataclass(frozen=True, slots=True)
class KdniaoSetup:
    """Who may come in: the key of each user; `per_second` of 1007 (None lifts it)."""

    keys: Mapping[str, str]
    per_second: int | None = 20
    rules: KdniaoRules = field(default_factory=KdniaoRules)


class KdniaoSandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock parcels travel by."""

    def __init__(
        self, setup: KdniaoSetup, now_ms: Callable[[], int], chance: Chance, faults: Faults
    ) -> None:
        """Start with an empty book."""
        self.orders = KdniaoOrders(setup.rules)
        self.faults = faults
        self.asked: Counter[str] = Counter()
        self._setup = setup
        self._now_ms = now_ms
        self._chance = chance
        self._rough = Rough(faults, now_ms)
        self._calls: Counter[tuple[str, int]] = Counter()

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        if call.path not in _SERVED:
            return Reply(404)
        if call.method != "POST":
            return Reply(405)
        form = _form(call.body)
        refused = self._refused(call, form)
        if refused is not None:
            return _reply(form.get("EBusinessID", ""), refused)
        user, kind = form["EBusinessID"], form["RequestType"]
        self.asked[kind] += 1
        noes = {
            "throttle": _reply(user, _OFTEN),
            "inner": _reply(user, no("105", "客户号余额不足")),
            "away_before": _reply(user, _BUSY),
            "away_after": _reply(user, _BUSY),
        }

        def act() -> Reply:
            return _reply(user, self._done(user, kind, form["RequestData"]))

        return self._rough.serve(kind, act, noes)

    def truth(self) -> dict[str, Any]:
        """What this Kdniao has: every order with its numbers."""
        return self.orders.truth() | {"faults": dict(self.faults.done)}

    def push_form(self, user: str, numbers: tuple[str, ...], request_type: str = "101") -> bytes:
        """The body of a push about these waybills, repeated and out of order, signed."""
        entries = [
            entry_of(order, self._now_ms(), self._chance)
            for number in numbers
            for order in [self.orders.by_number[number]]
        ]
        told = {
            "PushTime": "2026-11-27 10:00:00",
            "EBusinessID": user,
            # A string, as it was seen in a captured push.
            "Count": str(len(entries)),
            "Data": entries + entries[:1],
        }
        data = json.dumps(told, ensure_ascii=False)
        fields = {
            "RequestData": data,
            "DataSign": digest_of(data, self._setup.keys[user]),
            "RequestType": request_type,
        }
        return b"&".join(name.encode() + b"=" + _percent(value) for name, value in fields.items())

    def _refused(self, call: Call, form: Mapping[str, str]) -> Said | None:
        if "x-www-form-urlencoded" not in call.headers.get("content-type", ""):
            return no("103", "Content-Type")
        missing = next((name for name in _NEEDED if not form.get(name)), "")
        if missing:
            return no("101", f"缺少必要参数[{missing}]")
        served = form["RequestType"] in _SERVED[call.path]
        return self._stranger(form, served=served) or self._too_often(form)

    def _stranger(self, form: Mapping[str, str], *, served: bool) -> Said | None:
        key = self._setup.keys.get(form["EBusinessID"])
        if key is None or not served:
            return no("104", "用户不存在或未开通该接口")
        proper = digest_of(form["RequestData"], key)
        if not hmac.compare_digest(proper.encode(), form["DataSign"].encode()):
            return no("102", "数据签名错误")
        return None

    def _too_often(self, form: Mapping[str, str]) -> Said | None:
        most = self._setup.per_second
        if form["RequestType"] != "1007" or most is None:
            return None
        span = (form["EBusinessID"], self._now_ms() // 1000)
        self._calls[span] += 1
        return _OFTEN if self._calls[span] > most else None

    def _done(self, user: str, kind: str, data: str) -> Said:
        try:
            asked = json.loads(data)
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            return no("401" if kind in _SERVED[TRACKS] else "103", "RequestData格式有误")
        if kind == "1007":
            return self.orders.create(user, asked, self._now_ms())
        if kind == "1147":
            return self.orders.cancel(user, asked, self._now_ms())
        if kind == "1127":
            return self.orders.balance(asked)
        return self._tracked(asked, finer=kind == "8001")

    def _tracked(self, asked: Mapping[str, Any], *, finer: bool) -> Said:
        number = str(asked.get("LogisticCode") or "")
        if not number:
            return no("402", "缺少快递单号")
        if not number.isalnum():
            return no("403", "快递单号有特殊字符")
        order = self.orders.by_number.get(number)
        if asked.get("ShipperCode") == "SF" and not self.orders.knows_phone(order, asked):
            return no("102", "顺丰需提供收/寄件人手机号后四位")
        if order is None:
            return {"Success": True, "LogisticCode": number, "State": "0", "Traces": []}
        return entry_of(order, self._now_ms(), self._chance, finer=finer) | {"Success": True}


def digest_of(data: str, key: str) -> str:
    """The DataSign Kdniao would compute for these."""
    digest = hashlib.md5(f"{data}{key}".encode(), usedforsecurity=False).digest()
    letters = "".join(f"{byte:02x}" for byte in digest)
    return base64.standard_b64encode(letters.encode()).decode()


def _reply(user: str, said: Said) -> Reply:
    return Reply(200, json.dumps({"EBusinessID": user} | said, ensure_ascii=False).encode())


def _form(body: bytes) -> dict[str, str]:
    found = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        plain = unquote_to_bytes(value.replace(b"+", b" ")).decode("utf-8", "replace")
        found[unquote_to_bytes(name).decode("latin-1")] = plain
    return found


def _percent(text: str) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in text.encode())
