"""Who may call the sandbox of JD's gateway: the platform's own checks, written from the rule.

open.jd.com, signing of JOS interfaces: every parameter but `sign` is signed; the time bears its
milliseconds and its zone, or whole seconds without a zone, and lies within six minutes. Codes of
error_response: 2 called too often, 7 and 8 the time, 11 and 12 the sign, 14 and 15 the method, 19
the token, 21 the app, 2001 a right that is missing. A token is renewed in the last day before it
ends, and no more afterwards.
"""

import hashlib
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

SKEW_MS = 360_000
DAY_S = 86_400
PUBLIC = ("method", "app_key", "access_token", "timestamp", "v", "360buy_param_json", "sign")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d{3})\+0800)?")
_CHINA = timezone(timedelta(hours=8), "CST")


class JdError(Exception):
    """An `error_response`: the gateway's code and words."""

    def __init__(self, code: str, words: str) -> None:
        """Keep what is told."""
        self.code, self.words = code, words
        super().__init__(words)

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        told = {"code": self.code, "zh_desc": self.words, "en_desc": f"error {self.code}"}
        return {"error_response": told}


@dataclass(slots=True)
class JdApp:
    """One app: its key and secret, the methods it may not use, and calls allowed a minute."""

    key: str
    secret: str
    lacks: set[str] = field(default_factory=set)
    a_minute: int = 100_000


class JdGate:
    """Gives tokens out, looks at every call, and counts."""

    def __init__(self, app: JdApp, now_ms: Callable[[], int]) -> None:
        """Take the one app."""
        self.app, self._now_ms = app, now_ms
        self._tokens: dict[str, int] = {}
        self._refresh: dict[str, str] = {}
        self._made = 0
        self._seen: defaultdict[str, deque[int]] = defaultdict(deque)
        self.renewed = 0
        self.life_s = 30 * DAY_S

    def pair(self, life_s: int | None = None) -> tuple[str, str]:
        """A new access token and the refresh token that belongs to it."""
        self._made += 1
        token, refresh = f"jdat{self._made:028d}", f"jdrt{self._made:028d}"
        self._tokens[token] = self._now_ms() + 1000 * (self.life_s if life_s is None else life_s)
        self._refresh[refresh] = token
        return token, refresh

    def withdraw(self) -> None:
        """The shop's owner takes the grant back."""
        self._tokens.clear()
        self._refresh.clear()

    def is_good(self, token: str) -> bool:
        """Whether a token was given out and has not ended."""
        return self._tokens.get(token, 0) > self._now_ms()

    def check(self, params: Mapping[str, str], known: bool) -> None:
        """Raises JdError for the first rule a call breaks; `known`: the method exists."""
        self._check_time(params.get("timestamp", ""))
        self._check_sign(params)
        if not params.get("method"):
            raise JdError("14", "缺少方法名参数")
        if not known or params.get("v") != "2.0":
            raise JdError("15", "不存在的方法名")
        odd = set(params) - set(PUBLIC) - {"format", "sign_method"}
        if odd:
            raise JdError("10", f"未知参数 {min(odd)}")
        if not self.is_good(params.get("access_token", "")):
            raise JdError("19", "token已过期或者不存在，请重新授权")
        if params["method"] in self.app.lacks:
            raise JdError("2001", "没有接口权限")
        self._count(params["method"])

    def _check_sign(self, params: Mapping[str, str]) -> None:
        if params.get("app_key") != self.app.key:
            raise JdError("21", "无效的app_key")
        if not params.get("sign"):
            raise JdError("11", "缺少签名参数")
        if params["sign"] != self._sign(params):
            raise JdError("12", "无效签名")

    def _check_time(self, told: str) -> None:
        if not told:
            raise JdError("7", "缺少时间戳参数")
        found = _STAMP.fullmatch(told)
        if found is None:
            raise JdError("8", "非法的时间戳参数")
        at = datetime.strptime(found.group(1), "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)
        theirs = int(at.timestamp()) * 1000 + int(found.group(2) or 0)
        if abs(theirs - self._now_ms()) > SKEW_MS:
            raise JdError("8", "非法的时间戳参数")

    def _sign(self, params: Mapping[str, str]) -> str:
        pieces = [self.app.secret]
        for name, value in sorted(params.items()):
            if name != "sign":
                pieces += [name, value]
        pieces.append(self.app.secret)
        made = hashlib.new("md5", "".join(pieces).encode("utf-8"), usedforsecurity=False)
        return made.hexdigest().upper()

    def _count(self, method: str) -> None:
        now, seen = self._now_ms(), self._seen[method]
        while seen and seen[0] <= now - 60_000:
            seen.popleft()
        if len(seen) >= self.app.a_minute:
            raise JdError("2", "限制时间内调用次数超限")
        seen.append(now)

    def renew(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """/oauth2/refresh_token."""
        app = (asked.get("app_key"), asked.get("app_secret"), asked.get("grant_type"))
        if app != (self.app.key, self.app.secret, "refresh_token"):
            return {"code": 401, "msg": "app_key或app_secret错误", "requestId": "r1"}
        old = self._refresh.pop(asked.get("refresh_token", ""), "")
        if self._tokens.get(old, 0) <= self._now_ms():
            return {"code": 400, "msg": "refresh_token已失效", "requestId": "r1"}
        del self._tokens[old]
        self.renewed += 1
        token, refresh = self.pair()
        return {
            "access_token": token,
            "expires_in": self.life_s,
            "refresh_token": refresh,
            "scope": "snsapi_base",
            "open_id": "",
            "xid": "o*AAR",
        }
