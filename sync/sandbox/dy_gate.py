"""Who may call the sandbox's interfaces: Douyin shop's own checks, written from its guide.

op.jinritemai.com, signing, tokens and the table of base errors (212/1427): the path is the method,
keys of the body stand in order, a sign over five parameters (isv.signature-invalid), a time within
ten minutes (isv.timestamp-invalid; how many is written nowhere), an app that is known, a token that
is known and not worn out, a right that was granted, an address on the list. A token is refreshed to
the same pair until its last hour; a refresh token lives 14 days.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

CLOCK_S, HOUR_S, DAY_S = 600, 3600, 86_400
REFRESH_S = 14 * DAY_S
TOKENLESS = frozenset({"token.create", "token.refresh"})
WORDS = {
    20000: "服务不可用",
    30001: "操作权限不足",
    30002: "请求来源IP不可信,请检查IP白名单",
    40001: "缺少必选参数(平台校验)",
    40002: "缺少必选参数(业务校验)",
    40003: "非法的参数(平台校验)",
    40004: "非法的参数(业务校验)",
    50001: "平台处理失败",
    50002: "业务处理失败",
    60000: "触发限流,请稍后重试",
    70000: "接口服务已下线",
}


class Refusal(Exception):  # noqa: N818 - the platform says no; nothing is broken
    """An answer whose code is not 10000."""

    def __init__(self, code: int, sub_code: str = "", sub_words: str = "") -> None:
        """Keep what is told."""
        self.code, self.sub_code, self.sub_words = code, sub_code, sub_words
        super().__init__(sub_code)

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        words = WORDS.get(self.code, "其他异常")
        return {
            "code": self.code,
            "msg": words,
            "sub_code": self.sub_code,
            "sub_msg": self.sub_words or words,
            "log_id": "20251124200000010204",
        }


@dataclass(slots=True)
class App:
    """One app: key and secret, its shop, interfaces it lacks, whether its address is listed."""

    app_key: str
    app_secret: str
    shop_id: str = "4463798"
    is_own: bool = True
    lacks: set[str] = field(default_factory=set)
    listed: bool = True


@dataclass(slots=True)
class Pair:
    """A token and its refresh token, with their ends in epoch seconds."""

    token: str
    refresh: str
    until_s: float
    refresh_until_s: float


class Gate:
    """Gives tokens out, and looks at every call."""

    def __init__(self, app: App, now_s: Callable[[], float]) -> None:
        """Take the one app."""
        self.app, self._now_s = app, now_s
        self.pairs: list[Pair] = []
        self.made = 0
        self.life_s = 7 * DAY_S
        self.tells_seconds = False

    def pair(self) -> Pair:
        """A new pair."""
        self.made += 1
        now = self._now_s()
        names = (f"at-{self.made:032x}", f"rt-{self.made:032x}")
        self.pairs.append(Pair(*names, now + self.life_s, now + REFRESH_S))
        return self.pairs[-1]

    def withdraw(self) -> None:
        """The shop's owner takes the grant back."""
        self.pairs.clear()
        self.app.is_own = False

    def check(self, path: str, query: Mapping[str, str], body: bytes, *, known: bool) -> None:
        """Raises Refusal for the first rule a call breaks; `known`: the interface exists."""
        app = self.app
        if not query.get("app_key"):
            raise Refusal(40001, "isv.app-id-missing")
        if query["app_key"] != app.app_key:
            raise Refusal(40003, "isv.app-id-invalid")
        if not query.get("sign"):
            raise Refusal(40001, "isv.signature-missing")
        stamp = query.get("timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) - self._now_s()) > CLOCK_S:
            raise Refusal(40003, "isv.timestamp-invalid", "时间戳不合法")
        if path != "/" + query.get("method", "").replace(".", "/") or not known:
            raise Refusal(70000, "isp.api-service-off")
        if query["sign"] != self._sign(query, body) or not _in_order(body):
            raise Refusal(40003, "isv.signature-invalid", "签名校验失败")
        if not app.listed:
            raise Refusal(30002)
        self._check_token(query)

    def _sign(self, query: Mapping[str, str], body: bytes) -> str:
        if query.get("v") != "2" or query.get("sign_method") != "hmac-sha256":
            return ""
        told = {name: query[name] for name in ("app_key", "method", "timestamp", "v")}
        told["param_json"] = body.decode("utf-8", "replace")
        secret = self.app.app_secret
        line = secret + "".join(name + told[name] for name in sorted(told)) + secret
        return hmac.digest(secret.encode(), line.encode(), hashlib.sha256).hex()

    def _check_token(self, query: Mapping[str, str]) -> None:
        method, token = query["method"], query.get("access_token", "")
        if method in TOKENLESS:
            return
        if not token:
            raise Refusal(40001, "isv.access-token-missing")
        found = [pair for pair in self.pairs if pair.token == token]
        if not found:
            raise Refusal(40003, "isv.access-token-no-existed")
        if found[0].until_s <= self._now_s():
            raise Refusal(40003, "isv.access-token-expired", "access_token已过期")
        if method in self.app.lacks:
            raise Refusal(30001, "isv.app-permissions-insufficient")

    def create(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """token.create, for an app of the shop's own: the pair that stands, else a new one."""
        if params.get("grant_type") != "authorization_self" or not self.app.is_own:
            raise Refusal(50001, "dop.token-generate-failed:grant-type-invalid")
        if params.get("shop_id") != self.app.shop_id:
            raise Refusal(50001, "dop.token-generate-failed:no-authorization")
        good = [each for each in self.pairs if each.until_s - HOUR_S > self._now_s()]
        return self._told(good[-1] if good else self.pair())

    def renew(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """token.refresh."""
        if params.get("grant_type") != "refresh_token":
            raise Refusal(50001, "dop.token-generate-failed:grant-type-invalid")
        now = self._now_s()
        found = [each for each in self.pairs if each.refresh == params.get("refresh_token")]
        if not found:
            raise Refusal(50001, "dop.token-generate-failed:token-invalid")
        old = found[0]
        if old.refresh_until_s <= now:
            raise Refusal(50001, "dop.token-generate-failed:token-expired")
        if old.until_s - HOUR_S > now:
            return self._told(old)
        # The old token lives an hour more; its refresh token is used up.
        old.until_s, old.refresh_until_s = max(old.until_s, now + HOUR_S), now
        return self._told(self.pair())

    def _told(self, pair: Pair) -> dict[str, Any]:
        left = int(pair.until_s - self._now_s())
        return {
            "access_token": pair.token,
            "expires_in": left if self.tells_seconds else int(pair.until_s),
            "refresh_token": pair.refresh,
            "scope": "SCOPE",
            "shop_id": int(self.app.shop_id),
            "shop_name": "清水茶具",
        }


def _in_order(body: bytes) -> bool:
    """Whether the keys of every object of a JSON text stand in order."""

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        if names != sorted(names):
            raise ValueError("out of order")
        return dict(pairs)

    try:
        json.loads(body, object_pairs_hook=look)
    except ValueError:
        return False
    return True
