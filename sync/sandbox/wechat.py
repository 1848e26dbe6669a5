"""A local WeChat shop over real HTTP: its tokens and its e-waybill, as strict as the platform's.

For training and for tests. It shares no parsing with the connector. Tokens are those of
/cgi-bin/stable_token (developers.weixin.qq.com, getStableAccessToken): the same one while it is
good, a new one in the last five minutes with both good, at once where somebody forces it; codes are
those of the table of global codes. Faults: see sync.sandbox.rough; its own noes are throttle
(45011), away_before (503 in front) and away_after (-1).
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from sync.sandbox.faults import Faults
from sync.sandbox.http import Call, Reply
from sync.sandbox.rough import Rough
from sync.sandbox.wechat_labels import Refusal, Said, WxLabels

LASTS_S, OVERLAP_S = 7200, 300
GRANTS = "/cgi-bin/stable_token"
PART = "/channels/ec/logistics/ewaybill/biz/"


@dataclass(slots=True)
class WxApp:
    """The shop's app, and what it may not do."""

    app_id: str = "wx4944bc4baa2bbfc6"
    secret: str = "4f5e9c1b2a3d4e5f60718293a4b5c6d7"  # noqa: S105 - the sandbox's own
    listed: bool = True
    lacks: set[str] = field(default_factory=set)


class WxSandbox:
    """The handler of a `LocalServer`; `now_ms` is the clock its tokens age by."""

    def __init__(self, app: WxApp, now_ms: Callable[[], int], faults: Faults) -> None:
        """Start with a shop without orders."""
        self.app, self.faults, self.labels = app, faults, WxLabels()
        self.asked: Counter[str] = Counter()
        self.heard: list[tuple[str, Any]] = []
        self._now_ms = now_ms
        self._rough = Rough(faults, now_ms)
        self._tokens: dict[str, int] = {}
        self._newest = ""

    def __call__(self, call: Call) -> Reply:
        """Answer one request."""
        part = call.path.removeprefix(PART).removeprefix("/")
        noes = {
            "throttle": _reply(Refusal(45011, "api minute-quota reach limit").said()),
            "away_before": Reply(503),
            "away_after": _reply(Refusal(-1, "system error").said()),
        }
        return self._rough.serve(part, lambda: _reply(self._said(call, part)), noes)

    handle = __call__

    def force_new_token(self) -> str:
        """Another program forces a new one: every older one ends."""
        self._tokens.clear()
        return self._token()

    def truth(self) -> dict[str, Any]:
        """What this shop's e-waybill gave."""
        return {"by_order": self.labels.truth(), "faults": dict(self.faults.done)}

    def _said(self, call: Call, part: str) -> Said:
        self.asked[part] += 1
        try:
            return {"errcode": 0, "errmsg": "ok"} | self._done(call, part)
        except Refusal as no:
            return no.said()

    def _done(self, call: Call, part: str) -> Said:
        if call.method != "POST":
            raise Refusal(43002, "require POST method")
        asked = _object(call.body)
        self.heard.append((part, asked))
        if call.path == GRANTS:
            return self._granted(asked)
        act = self.labels.routes().get(part)
        if act is None:
            raise Refusal(40066, "invalid url")
        self._check(call)
        if part in self.app.lacks:
            raise Refusal(48001, "api unauthorized")
        return act(asked)

    def _check(self, call: Call) -> None:
        given = parse_qs(call.query).get("access_token", [""])[0]
        if not given:
            raise Refusal(41001, "access_token missing")
        if given not in self._tokens:
            raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
        if self._tokens[given] <= self._now_ms():
            raise Refusal(42001, "access_token expired")
        self._check_place()

    def _check_place(self) -> None:
        if not self.app.listed:
            raise Refusal(40164, "invalid ip 203.0.113.9, not in whitelist")

    def _granted(self, asked: dict[str, Any]) -> Said:
        if asked.get("grant_type") != "client_credential":
            raise Refusal(40002, "invalid grant_type")
        if asked.get("appid") != self.app.app_id:
            raise Refusal(40013, "invalid appid")
        if asked.get("secret") != self.app.secret:
            raise Refusal(40125, "invalid appsecret")
        self._check_place()
        token = self._token()
        lasts = (self._tokens[token] - self._now_ms()) // 1000
        return {"access_token": token, "expires_in": lasts}

    def _token(self) -> str:
        left = self._tokens.get(self._newest, 0) - self._now_ms()
        if left <= OVERLAP_S * 1000:
            self._newest = f"82_SoAddhlpkJfpnmbck/{len(self.heard)}+{self._now_ms()}"
            self._tokens[self._newest] = self._now_ms() + LASTS_S * 1000
        return self._newest


def _object(body: bytes) -> dict[str, Any]:
    if not body:
        raise Refusal(44002, "empty post data")
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refusal(47001, "data format error")
    return told


def _reply(said: Said) -> Reply:
    return Reply(200, json.dumps(said, ensure_ascii=False).encode())
