"""Who may call the sandbox gateway, and how often: Pinduoduo's own checks, written from the rule.

open.pinduoduo.com: POST alone (10002), public parameters (10001), a known client_id (10016), a
sign over every other parameter (20004), a time within ten minutes, a known interface (10017), a
token that is known (20032) and not worn out (10019), an interface the app was granted (20031), an
address on the app's list (20005), and so many calls in so many seconds (70031). Which code a wrong
time gets is not written anywhere; 10001 is ours.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

CLOCK_S = 600
PUBLIC = ("type", "client_id", "timestamp", "sign")
TOKENLESS = frozenset({"pdd.time.get", "pdd.pop.auth.token.create", "pdd.pop.auth.token.refresh"})
# (calls, seconds) for one shop, and where a page gives none for a shop, for the app.
RATES = {
    "pdd.order.number.list.increment.get": ((3000, 60),),
    "pdd.order.list.get": ((6000, 60),),
    "pdd.order.information.get": ((30_000, 60), (2000, 1)),
    "pdd.refund.list.increment.get": ((100, 10), (500, 1)),
    "pdd.logistics.companies.get": ((1200, 10),),
    "pdd.goods.list.get": ((600, 60),),
    "pdd.logistics.online.send": ((5000, 1),),
    "pdd.goods.quantity.update": ((4200, 1),),
}
DAY_S = 86_400


class Refusal(Exception):  # noqa: N818 - the platform says no; nothing is broken
    """An `error_response`: the platform's code and words, and the finer ones of the business."""

    def __init__(self, code: int, words: str, sub_code: str = "", sub_words: str = "") -> None:
        """Keep what is told."""
        self.code, self.words, self.sub_code, self.sub_words = code, words, sub_code, sub_words
        super().__init__(words)

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "error_response": {
                "error_msg": self.words,
                "sub_msg": self.sub_words or self.words,
                "sub_code": self.sub_code or None,
                "error_code": self.code,
                "request_id": "15440104776643887",
            }
        }


@dataclass(slots=True)
class App:
    """One app: its id and secret, the interfaces it lacks, and whether its address is listed."""

    client_id: str
    client_secret: str
    lacks: set[str] = field(default_factory=set)
    listed: bool = True


class Gate:
    """Gives tokens out, looks at every call, and counts."""

    def __init__(self, app: App, now_s: Callable[[], float]) -> None:
        """Take the one app."""
        self.app, self._now_s = app, now_s
        self._tokens: dict[str, float] = {}
        self._refresh: set[str] = set()
        self._made = 0
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self.renewed = 0
        self.token_life_s = DAY_S
        # Whether a refresh token is good once, as with some apps.
        self.refresh_once = True

    def token(self, life_s: float | None = None) -> str:
        """A new access token."""
        self._made += 1
        made = f"at{self._made:038x}"
        self._tokens[made] = self._now_s() + (self.token_life_s if life_s is None else life_s)
        return made

    def refresh_token(self) -> str:
        """A new refresh token."""
        self._made += 1
        made = f"rt{self._made:038x}"
        self._refresh.add(made)
        return made

    def withdraw(self) -> None:
        """The shop's owner takes the grant back."""
        self._tokens.clear()
        self._refresh.clear()

    def check(self, params: Mapping[str, str], known: bool) -> None:
        """Raises Refusal for the first rule a call breaks; `known`: the interface exists."""
        missing = [name for name in PUBLIC if not params.get(name)]
        if missing:
            raise Refusal(10001, "公共参数错误", sub_words=missing[0])
        if params["client_id"] != self.app.client_id:
            raise Refusal(10016, "client下线或者clientId不正确")
        if params["sign"] != self._sign(params):
            raise Refusal(20004, "签名sign校验失败")
        stamp = params["timestamp"]
        if not stamp.isdigit() or abs(int(stamp) - self._now_s()) > CLOCK_S:
            raise Refusal(10001, "公共参数错误", sub_words="timestamp")
        if not self.app.listed:
            raise Refusal(20005, "ip无权访问接口,请加入ip白名单")
        if not known:
            raise Refusal(10017, "type不正确")
        self._check_token(params)
        self._count(params["type"])

    def _sign(self, params: Mapping[str, str]) -> str:
        pieces = [self.app.client_secret]
        for name, value in sorted(params.items()):
            if name != "sign":
                pieces += [name, value]
        pieces.append(self.app.client_secret)
        made = hashlib.new("md5", "".join(pieces).encode("utf-8"), usedforsecurity=False)
        return made.hexdigest().upper()

    def _check_token(self, params: Mapping[str, str]) -> None:
        interface = params["type"]
        if interface in TOKENLESS:
            return
        until = self._tokens.get(params.get("access_token", ""))
        if until is None:
            raise Refusal(20032, "access_token或client_id错误")
        if until <= self._now_s():
            raise Refusal(10019, "access_token已过期")
        if interface in self.app.lacks:
            raise Refusal(20031, "用户没有授权访问此接口")

    def _count(self, interface: str) -> None:
        """Sliding windows: what was refused is not counted."""
        now = self._now_s()
        seen = self._calls[interface]
        for calls, seconds in RATES.get(interface, ()):
            if sum(1 for at in seen if at > now - seconds) >= calls:
                raise Refusal(70031, "调用过于频繁,请调整调用频率")
        seen.append(now)
        while seen and seen[0] <= now - 60:
            seen.popleft()

    def renew(self, params: Mapping[str, str]) -> dict[str, Any]:
        """pdd.pop.auth.token.refresh."""
        old = params.get("refresh_token", "")
        if old not in self._refresh:
            raise Refusal(10000, "参数错误", sub_words="refresh_token")
        new = old
        if self.refresh_once:
            self._refresh.remove(old)
            new = self.refresh_token()
        self.renewed += 1
        now = int(self._now_s())
        return {
            "access_token": self.token(),
            "expires_in": self.token_life_s,
            "expires_at": now + self.token_life_s,
            "refresh_token": new,
            "refresh_token_expires_in": 30 * DAY_S,
            "owner_id": "100001",
            "owner_name": "pdd10000100001",
            "scope": ["pdd.order.list.get"],
        }
