"""A local ZTO over real HTTP: it refuses what ZTO refuses, and misbehaves on request.

For training and for tests. It shares no signing and no parsing with the connector; names and codes
come from open.zto.com (createOrder, cancelPreOrder, queryAvailableBalanceNew, track query, the
table of codes). It keeps its own truth: `truth()` in process. Faults: see sync.sandbox.rough; its
own noes are throttle (S221), away_before (S203), away_after (S200), inner (no numbers left).
"""

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sync.sandbox.faults import Chance, Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.rough import Rough
from sync.sandbox.zto_orders import Said, ZtoOrders, ZtoRules, no
from sync.sandbox.zto_scans import feed, pushes

_SERVED = (
    "zto.open.createOrder",
    "zto.open.cancelPreOrder",
    "zto.open.queryAvailableBalanceNew",
    "zto.merchant.waybill.track.query",
)


@dataclass(frozen=True, slots=True)
class ZtoSetup:
    """Who may come in: the secret of each app; `per_second` of an app (None lifts it)."""

    secrets: Mapping[str, str]
    per_second: int | None = None
    rules: ZtoRules = field(default_factory=ZtoRules)


class ZtoSandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock parcels travel by."""

    def __init__(
        self, setup: ZtoSetup, now_ms: Callable[[], int], chance: Chance, faults: Faults
    ) -> None:
        """Start with an empty book."""
        self.orders = ZtoOrders(setup.rules)
        self.faults = faults
        self.asked: Counter[str] = Counter()
        self._setup = setup
        self._now_ms = now_ms
        self._chance = chance
        self._rough = Rough(faults, now_ms)
        self._calls: Counter[tuple[str, int]] = Counter()

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        service = call.path.removeprefix("/")
        if call.method != "POST":
            return Reply(405)
        refused = self._refused(call, service)
        if refused is not None:
            return _reply(refused)
        self.asked[service] += 1
        noes = {
            "throttle": _reply(no("S221", "api qps flow limit")),
            "away_before": _reply(no("S203", "服务暂不可用")),
            "away_after": _reply(no("S200", "请求超时")),
            "inner": _reply(no("E500", "电子面单可用单号不足")),
        }
        return self._rough.serve(service, lambda: _reply(self._done(call, service)), noes)

    def truth(self) -> dict[str, Any]:
        """What this ZTO has: every order with its number."""
        return self.orders.truth() | {"faults": dict(self.faults.done)}

    def push_forms(self, app_key: str, number: str) -> list[bytes]:
        """The pushes ZTO would have sent about this waybill by now, out of order."""
        told = pushes(self.orders.by_number[number], self._now_ms(), self._chance)
        forms = []
        for row in told:
            data = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            fields = {
                "data_digest": digest_of(data.encode(), self._setup.secrets[app_key]),
                "company_id": app_key,
                "data": data,
                "msg_type": "Traces",
            }
            forms.append("&".join(f"{n}={quote(v, safe='')}" for n, v in fields.items()).encode())
        return forms

    def _refused(self, call: Call, service: str) -> Said | None:
        if service not in _SERVED:
            return no("S207", "API不存在")
        if "application/json" not in call.headers.get("content-type", ""):
            return no("PARAM_ERROR", "请求类型错误")
        secret = self._setup.secrets.get(call.headers.get("x-appkey", ""))
        if secret is None:
            return no("S210", "无权限访问")
        proper = digest_of(call.body, secret)
        given = call.headers.get("x-datadigest", "")
        if not hmac.compare_digest(proper.encode(), given.encode("latin-1")):
            return no("S211", "签名错误")
        return self._too_often(call.headers["x-appkey"])

    def _too_often(self, app_key: str) -> Said | None:
        if self._setup.per_second is None:
            return None
        span = (app_key, self._now_ms() // 1000)
        self._calls[span] += 1
        return (
            no("S221", "api qps flow limit") if self._calls[span] > self._setup.per_second else None
        )

    def _done(self, call: Call, service: str) -> Said:
        try:
            asked = json.loads(call.body)
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            return no("PARAM_ERROR", "参数解析失败")
        app_key = call.headers["x-appkey"]
        if service == "zto.open.createOrder":
            return self.orders.create(app_key, asked, self._now_ms())
        if service == "zto.open.cancelPreOrder":
            return self.orders.cancel(app_key, asked)
        if service == "zto.open.queryAvailableBalanceNew":
            return self.orders.balance(asked)
        return self._tracked(app_key, asked)

    def _tracked(self, app_key: str, asked: Mapping[str, Any]) -> Said:
        number = str(asked.get("billCode") or "")
        if not (number.isdigit() and len(number) == 14 and number.startswith("7")):
            return no("E416", "不符合中通运单号规则校验")
        order = self.orders.by_number.get(number)
        if order is None:
            return {"status": True, "statusCode": "SYS000", "message": "成功", "result": []}
        tail = str(asked.get("mobilePhone") or "")
        if order.app_key != app_key and not any(p.endswith(tail or "?") for p in order.phones):
            code = "E409" if tail else "E413"
            return no(code, "鉴权失败,请输入收寄人任一方电话号码后4位")
        told = feed(order, self._now_ms(), self._chance)
        return {"status": True, "statusCode": "SYS000", "message": "成功", "result": told}


def digest_of(body: bytes, secret: str) -> str:
    """The digest ZTO would compute for these."""
    whole = hashlib.new("md5", usedforsecurity=False)
    whole.update(body)
    whole.update(secret.encode())
    return base64.standard_b64encode(whole.digest()).decode()


def _reply(said: Said) -> Reply:
    return Reply(200, json.dumps(said, ensure_ascii=False).encode())
