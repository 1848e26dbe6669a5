"""A local Xiaohongshu shop gateway over real HTTP: it checks what the platform checks.

For training and for tests. It shares no signing and no parsing with the connector; system's
parameters, the sign and the life of tokens are those of open.xiaohongshu.com ("签名算法",
"系统参数说明", "授权流程"), the words of noes those of its help page. Faults: see
sync.sandbox.rough; its own noes are throttle (words of ours, none are published), again (402, sent
twice at once), away_before (503 in front) and away_after (501, its side failed).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.faults import Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.rough import Rough
from sync.sandbox.xhs_labels import Refusal, Said, XhsShop

ACCESS_MS, REFRESH_MS = 7 * 86_400_000, 14 * 86_400_000
LAST_MS, OVERLAP_MS = 30 * 60_000, 5 * 60_000
_PATH = "/ark/open_api/v3/common_controller"
_SYSTEM = ("method", "appId", "timestamp", "version", "sign")
_NO_USER = "根据accessToken和appId获取mercuryUser失败："


@dataclass(slots=True)
class XhsApp:
    """The shop's app, and what it may not do."""

    app_id: str = "21d600a1b2c3d4be8de0"
    secret: str = "app-secret"  # noqa: S105 - the sandbox's own
    lacks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Pair:
    access: str
    access_until: int
    refresh: str
    refresh_until: int


class XhsSandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock its tokens age by."""

    def __init__(self, app: XhsApp, now_ms: Callable[[], int], faults: Faults) -> None:
        """Start with a shop without orders."""
        self.app, self.faults, self.labels = app, faults, XhsShop()
        self.asked: Counter[str] = Counter()
        self.heard: list[tuple[str, Any]] = []
        self._now_ms = now_ms
        self._rough = Rough(faults, now_ms)
        self._pairs: list[_Pair] = []
        self._serial = 0

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        told = _body(call)
        method = str(told.get("method"))
        noes = {
            "throttle": _reply(Refusal(429, "接口被限流").said()),
            "again": _reply(Refusal(402, "重复提交").said()),
            "away_before": Reply(503),
            "away_after": _reply(Refusal(501, "未知异常").said()),
        }
        return self._rough.serve(method, lambda: _reply(self._said(call, told)), noes)

    handle = __call__

    def pair(self, life_ms: int = ACCESS_MS) -> tuple[str, str]:
        """The shop's main account authorises the app: both tokens."""
        made = self._new(life_ms)
        return made.access, made.refresh

    def truth(self) -> dict[str, Any]:
        """What this shop's e-waybill gave."""
        return {"by_order": self.labels.truth(), "faults": dict(self.faults.done)}

    def _said(self, call: Call, told: Mapping[str, Any]) -> Said:
        method = str(told.get("method"))
        self.asked[method] += 1
        try:
            self._check_system(call, told)
            if method == "oauth.refreshToken":
                return _good(self._renewed(str(told.get("refreshToken"))))
            self._check_token(str(told.get("accessToken")), method)
            asked = {name: value for name, value in told.items() if name not in _SYSTEM}
            self.heard.append((method, asked))
            return _good(self.labels.serve(method, asked))
        except Refusal as refused:
            return refused.said()

    def _check_system(self, call: Call, told: Mapping[str, Any]) -> None:
        if call.method != "POST" or call.path != _PATH:
            raise Refusal(404, "Not Found")
        if "application/json" not in call.headers.get("content-type", ""):
            raise Refusal(301, "content-type")
        if not all(isinstance(told.get(name), str) and told[name] for name in _SYSTEM):
            raise Refusal(301, "参数缺失")
        if told["appId"] != self.app.app_id:
            raise Refusal(401, "appId不存在")
        if (
            told["version"] != "2.0"
            or abs(int(told["timestamp"]) * 1000 - self._now_ms()) > 600_000
        ):
            raise Refusal(301, "timestamp")
        pieces = [told["method"], "?appId=", told["appId"], "&timestamp=", told["timestamp"]]
        pieces += ["&version=", told["version"], self.app.secret]
        if hashlib.md5("".join(pieces).encode()).hexdigest() != told["sign"]:  # noqa: S324 - its own
            raise Refusal(401, "签名错误")

    def _check_token(self, token: str, method: str) -> None:
        mine = [one for one in self._pairs if one.access == token]
        if not mine or mine[0].access_until <= self._now_ms():
            raise Refusal(401, f"{_NO_USER}accessToken expired", at_door=True)
        if method in self.app.lacks:
            raise Refusal(401, f"{_NO_USER}应用无权限调用该接口", at_door=True)

    def _renewed(self, refresh: str) -> Said:
        now = self._now_ms()
        mine = [one for one in self._pairs if one.refresh == refresh and one.refresh_until > now]
        if not mine:
            raise Refusal(401, "refreshToken不存在或已过期")
        (pair,) = mine
        if pair.access_until - now <= LAST_MS:
            pair.refresh_until = now
            pair.access_until = min(pair.access_until, now + OVERLAP_MS)
            pair = self._new(ACCESS_MS)
        return {
            "accessToken": pair.access,
            "accessTokenExpiresAt": pair.access_until,
            "refreshToken": pair.refresh,
            "refreshTokenExpiresAt": pair.refresh_until,
            "sellerId": "5a151f0d12e76ee832",
            "sellerName": self.labels.name,
        }

    def _new(self, life_ms: int) -> _Pair:
        self._serial += 1
        now = self._now_ms()
        made = _Pair(
            *(f"token-{self._serial:04x}", now + life_ms),
            *(f"refresh-{self._serial:04x}", now + REFRESH_MS),
        )
        self._pairs.append(made)
        return made


def _body(call: Call) -> dict[str, Any]:
    try:
        told = json.loads(call.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _good(data: Said) -> Said:
    return {"error_code": 0, "success": True, "data": data}


def _reply(said: Said) -> Reply:
    return Reply(200, json.dumps(said, ensure_ascii=False).encode())
