"""A local Kuaishou shop gateway over real HTTP: it checks what the platform checks.

For training and for tests. It shares no signing and no parsing with the connector; parameters, both
kinds of sign and the tokens are those of open.kwaixiaodian.com ("API调用说明", "APP授权说明"), the
codes those of its help pages. Faults: see sync.sandbox.rough; its own noes are throttle (a limit of
calls a second), quota (a day's), away_before (503 in front) and away_after (its side failed).
"""

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sync.sandbox.faults import Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.kuaishou_labels import KsLabels, Refusal, Said
from sync.sandbox.rough import Rough

ACCESS_S, REFRESH_S = 172_800, 180 * 86_400
RENEWAL = "/oauth2/refresh_token"
_COMMON = ("access_token", "appkey", "method", "param", "sign", "timestamp", "version")


@dataclass(slots=True)
class KsApp:
    """The shop's app, and what its owner did not grant."""

    app_key: str = "ks701717070000000001"
    secret: str = "app-secret"  # noqa: S105 - the sandbox's own
    sign_secret: str = "sign-secret"  # noqa: S105 - the sandbox's own
    lacks: set[str] = field(default_factory=set)
    revoked: bool = False


class KsSandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock its tokens age by."""

    def __init__(self, app: KsApp, now_ms: Callable[[], int], faults: Faults) -> None:
        """Start with a shop without orders."""
        self.app, self.faults, self.labels = app, faults, KsLabels()
        self.asked: Counter[str] = Counter()
        self.heard: list[tuple[str, Any]] = []
        self._now_ms = now_ms
        self._rough = Rough(faults, now_ms)
        self._access: dict[str, int] = {}
        self._refresh: set[str] = set()
        self._serial = 0

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        method = call.path.removeprefix("/").replace("/", ".")
        noes = {
            "throttle": _reply(Refusal(21, f"Exceed qps limit, KEY [apiId:{method}]").said()),
            "quota": _reply(Refusal(1017, "exceed quota limit,[appkey:ks7]").said()),
            "away_before": Reply(503),
            "away_after": _reply(Refusal(10, "系统异常，请稍后重试").said()),
        }
        return self._rough.serve(method, lambda: _reply(self._said(call, method)), noes)

    handle = __call__

    def pair(self, life_s: int = ACCESS_S) -> tuple[str, str]:
        """The owner authorises the app: both tokens."""
        self._serial += 1
        access, refresh = f"Cg9vYXV0aC5h+{self._serial}", f"ChJvYXV0aC5y/{self._serial}"
        self._access[access] = self._now_ms() + life_s * 1000
        self._refresh.add(refresh)
        return access, refresh

    def truth(self) -> dict[str, Any]:
        """What this shop's e-waybill gave."""
        return {"by_order": self.labels.truth(), "faults": dict(self.faults.done)}

    def _said(self, call: Call, method: str) -> Said:
        self.asked[method] += 1
        try:
            if call.path == RENEWAL:
                return {"result": 1} | self._renewed(_form(call))
            return {"result": 1, "error_msg": "SUCCESS", "data": self._done(call, method)}
        except Refusal as refused:
            return refused.said()

    def _done(self, call: Call, method: str) -> Any:
        params = _form(call)
        for name in _COMMON:
            if not params.get(name):
                raise Refusal(100200100, f"invalid_request {name}")
        if params["appkey"] != self.app.app_key:
            raise Refusal(100200101, "unauthorized_client")
        if params["method"] != method or params["version"] != "1":
            raise Refusal(12, "method不存在")
        if not hmac.compare_digest(self._proper(params), params["sign"]):
            raise Refusal(15, "签名校验失败")
        self._check_token(params["access_token"], method)
        asked = json.loads(params["param"])
        self.heard.append((method, asked))
        act = self.labels.routes().get(method)
        if act is None:
            raise Refusal(12, "method不存在")
        return act(asked)

    def _proper(self, params: Mapping[str, str]) -> str:
        names = sorted(name for name in params if name != "sign")
        text = "".join(f"{name}={params[name]}&" for name in names)
        text += "signSecret=" + self.app.sign_secret
        if params.get("signMethod") == "MD5":
            return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - the platform's own
        digest = hmac.digest(self.app.sign_secret.encode(), text.encode(), "sha256")
        return base64.b64encode(digest).decode()

    def _check_token(self, token: str, method: str) -> None:
        if self.app.revoked:
            raise Refusal(24, "AUTHORIZATION_REVOKED")
        if self._access.get(token, 0) <= self._now_ms():
            raise Refusal(100200102, "access_denied")
        if method in self.app.lacks:
            raise Refusal(100200106, "token中无scope权限")

    def _renewed(self, asked: Mapping[str, str]) -> Said:
        if asked.get("app_id") != self.app.app_key or asked.get("app_secret") != self.app.secret:
            raise Refusal(100200101, "unauthorized_client")
        if asked.get("grant_type") != "refresh_token":
            raise Refusal(100200104, "unsupported_grant_type")
        old = asked.get("refresh_token", "")
        if old not in self._refresh or self.app.revoked:
            raise Refusal(100200102, "refreshToken.discarded")
        self._refresh.discard(old)
        access, refresh = self.pair()
        told = {"access_token": access, "refresh_token": refresh, "expires_in": ACCESS_S}
        return {**told, "refresh_token_expires_in": REFRESH_S, "scopes": ["merchant_logistics"]}


def _form(call: Call) -> dict[str, str]:
    sent = call.query if call.method == "GET" else call.body.decode()
    if call.method != "GET" and "form" not in call.headers.get("content-type", ""):
        raise Refusal(100200100, "Content-type")
    return dict(parse_qsl(sent, keep_blank_values=True))


def _reply(said: Said) -> Reply:
    return Reply(200, json.dumps(said, ensure_ascii=False).encode())
