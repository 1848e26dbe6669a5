"""Who may call the sandbox's interfaces: Youzan Cloud's own checks, written from its guide.

doc.youzanyun.com, guides on tokens, calling and errors, with what was found by calls without
credentials: a path needs name and version (4001), an unknown one is refused before the token
(4005), JSON alone is taken (4007, and the same number for an address that is not listed), the token
stands in the query (4201), is known (4203) and not over (4202); a package may be missing (4204).
Tokens live 7 days, refresh tokens 28; `silent` without `refresh` gives what stands.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

DAY_S = 86_400
LIFE_S, REFRESH_S, HOUR_S = 7 * DAY_S, 28 * DAY_S, 3_600
WORDS = {
    4001: "非法请求地址",
    4004: "非法的Content",
    4005: "非法的API",
    4101: "请求太频繁",
    4201: "非法的请求凭证",
    4202: "请求凭证过期",
    4203: "Token 不存在",
    4204: "无权限访问",
    5001: "系统异常",
}


class Refusal(Exception):  # noqa: N818 - the platform says no; nothing is broken
    """An answer that is none: of the gateway, of the business, or of an old interface."""

    def __init__(self, code: int, words: str = "", way: str = "business") -> None:
        """Keep what is told; `way` is gateway, business or old."""
        self.code, self.words, self.way = code, words or WORDS.get(code, ""), way
        super().__init__(f"{code} {self.words}")

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        if self.way == "gateway":
            no = {"trace_id": "yz7-0a3c", "err_msg": self.words, "err_code": self.code}
            return {"gw_err_resp": no}
        if self.way == "old":
            return {"error_response": {"msg": self.words, "code": self.code}}
        return {
            "trace_id": "yz7-0a3c",
            "code": self.code,
            "success": False,
            "message": self.words,
            "data": None,
        }


def gateway(code: int, words: str = "") -> Refusal:
    """The gateway's no."""
    return Refusal(code, words, "gateway")


@dataclass(slots=True)
class App:
    """One app: its id and secret, its shop, interfaces it lacks, how often it may call."""

    client_id: str
    client_secret: str
    kdt_id: str = "42583152"
    is_own: bool = True
    granted: bool = True
    lacks: set[str] = field(default_factory=set)
    listed: bool = True
    a_second: int = 0


@dataclass(slots=True)
class Token:
    """A token with its refresh token, and their ends in epoch seconds."""

    token: str
    refresh: str
    until_s: float
    refresh_until_s: float


class Gate:
    """Gives tokens out, and looks at every call. `old_lives_s`: how long a replaced token lives."""

    def __init__(self, app: App, now_s: Callable[[], float]) -> None:
        """Take the one app."""
        self.app, self._now_s = app, now_s
        self.tokens: list[Token] = []
        self.made = 0
        self.old_lives_s = HOUR_S
        self._lately: deque[float] = deque()

    def token(self) -> Token:
        """A new one."""
        self.made += 1
        now = self._now_s()
        names = (f"at{self.made:029x}", f"rt{self.made:029x}")
        self.tokens.append(Token(*names, now + LIFE_S, now + REFRESH_S))
        return self.tokens[-1]

    def check(
        self, name: str, known: bool, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> None:
        """Raises Refusal for the first rule a call breaks; `known`: name and version exist."""
        if not known:
            raise gateway(4005)
        media = headers.get("content-type", "")
        if not media.startswith("application/json"):
            words = f"非法的请求姿势，httpMethod:POST, contentType:{media}"
            raise gateway(4007, words)
        if not self.app.listed:
            raise gateway(4007, "源IP地址非法调用有赞云，请前往应用控制台进行IP白名单配置")
        self._check_pace()
        self._check_token(query.get("access_token", ""), name)

    def _check_pace(self) -> None:
        now = self._now_s()
        while self._lately and self._lately[0] <= now - 1:
            self._lately.popleft()
        self._lately.append(now)
        if self.app.a_second and len(self._lately) > self.app.a_second:
            raise gateway(4101)

    def _check_token(self, token: str, name: str) -> None:
        if not token or not self.app.granted:
            raise gateway(4201)
        found = [each for each in self.tokens if each.token == token]
        if not found:
            raise gateway(4203)
        if found[0].until_s <= self._now_s():
            raise gateway(4202)
        if name in self.app.lacks:
            raise gateway(4204)

    def give(self, params: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        """/auth/token."""
        if not headers.get("content-type", "").startswith("application/json"):
            raise Refusal(1000, "Content type not supported")
        if params.get("client_id") != self.app.client_id:
            raise Refusal(1103, "Client 不存在")
        if params.get("client_secret") != self.app.client_secret:
            raise Refusal(1000, "应用信息错误")
        ways = {"silent": self._silent, "refresh_token": self._renewed}
        way = ways.get(str(params.get("authorize_type")))
        if way is None:
            raise Refusal(1105, "不支持的应用类型")
        return self._told(way(params))

    def _silent(self, params: Mapping[str, Any]) -> Token:
        if not self.app.is_own:
            raise Refusal(1105, "不支持的应用类型")
        if params.get("grant_id") != self.app.kdt_id or not self.app.granted:
            raise Refusal(1103, "授权关系不存在")
        if type(params.get("refresh")) is not bool:
            raise Refusal(1000, "refresh")
        now = self._now_s()
        good = [each for each in self.tokens if each.until_s > now]
        if good and not params["refresh"]:
            return good[-1]
        for each in good:
            each.until_s = min(each.until_s, now + self.old_lives_s)
        return self.token()

    def _renewed(self, params: Mapping[str, Any]) -> Token:
        now = self._now_s()
        found = [each for each in self.tokens if each.refresh == params.get("refresh_token")]
        if not found or found[0].refresh_until_s <= now or not self.app.granted:
            raise Refusal(1004, "授权关系已过期")
        old = found[0]
        old.refresh_until_s, old.until_s = now, min(old.until_s, now + self.old_lives_s)
        return self.token()

    def _told(self, made: Token) -> dict[str, Any]:
        told = {
            "access_token": made.token,
            "expires": int(made.until_s * 1000),
            "scope": "trade item logistics",
            "authority_id": self.app.kdt_id,
        }
        if not self.app.is_own:
            told["refresh_token"] = made.refresh
        return {"success": True, "code": 200, "data": told, "message": None}
