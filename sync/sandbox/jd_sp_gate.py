"""Who may call the sandbox of JD's newer gateway: the platform's own checks, written from the rule.

open.jd.com, signing of SP-API: app, token and milliseconds come as headers and are signed together
with the query, the values of the path and the body, by name, between two copies of the secret. A
no is `success` false with an `errorList`; its short codes are the classic gateway's.
"""

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from sync.sandbox.http import Call, Reply
from sync.sandbox.jd_gate import SKEW_MS, JdGate

CLOUD_ONLY = "99904030005"


class SpNo(Exception):  # noqa: N818 - an answer that says no; nothing is broken
    """An answer that says no: its code and words, and the status it comes with."""

    def __init__(self, code: str, words: str, status: int = 200) -> None:
        """Keep what is told."""
        self.code, self.words, self.status = code, words, status
        super().__init__(words)

    def reply(self) -> Reply:
        """The whole answer."""
        error = {"code": self.code, "message": self.words, "details": ""}
        told = {"success": False, "errorList": [error], "extension": {"requestId": "r1"}}
        return Reply(self.status, json.dumps(told, ensure_ascii=False).encode())


class JdSpGate:
    """Looks at every call, and counts; tokens are the classic gate's: JD has one place for them.

    `cloud_only` refuses callers outside JD's cloud.
    """

    def __init__(self, tokens: JdGate) -> None:
        """Take what gives tokens out."""
        self.tokens = tokens
        self.app = tokens.app
        self.cloud_only = False
        self._seen: defaultdict[str, deque[int]] = defaultdict(deque)

    def check(self, call: Call, name: str, told: Mapping[str, str], now_ms: int) -> None:
        """Raises SpNo for the first rule a call breaks; `told` is its query and path values."""
        self._check_time(call.headers.get("x-jos-timestamp", ""), now_ms)
        self._check_sign(call, told)
        if call.headers.get("x-jos-request-identity") != "vender":
            raise SpNo("10", "X-JOS-Request-Identity不正确")
        if not self.tokens.is_good(call.headers.get("x-jos-access-token", "")):
            raise SpNo("19", "token已过期或者不存在，请重新授权")
        if self.cloud_only:
            raise SpNo(CLOUD_ONLY, "请从云鼎调用", 403)
        if name in self.app.lacks:
            raise SpNo("2001", "没有接口权限")
        self._count(name, now_ms)

    def _check_time(self, told: str, now_ms: int) -> None:
        if not told:
            raise SpNo("7", "缺少时间戳参数")
        if not told.isdigit() or len(told) != 13 or abs(int(told) - now_ms) > SKEW_MS:
            raise SpNo("8", "非法的时间戳参数")

    def _check_sign(self, call: Call, told: Mapping[str, str]) -> None:
        if call.headers.get("x-jos-app-key") != self.app.key:
            raise SpNo("21", "无效的app_key")
        if not call.headers.get("x-jos-sign"):
            raise SpNo("11", "缺少签名参数")
        if call.headers["x-jos-sign"] != self._sign(call, told):
            raise SpNo("12", "无效签名")

    def _sign(self, call: Call, told: Mapping[str, str]) -> str:
        names = ("App-Key", "Access-Token", "Timestamp")
        signed = [
            (f"X-JOS-{name}", call.headers.get(f"x-jos-{name.lower()}", "")) for name in names
        ]
        signed += list(told.items())
        if call.body not in (b"", b"{}"):
            signed.append(("body", call.body.decode("utf-8")))
        pieces = [self.app.secret, *(part for pair in sorted(signed) for part in pair)]
        made = hashlib.new(
            "md5", "".join([*pieces, self.app.secret]).encode(), usedforsecurity=False
        )
        return made.hexdigest().upper()

    def _count(self, name: str, now_ms: int) -> None:
        seen = self._seen[name]
        while seen and seen[0] <= now_ms - 60_000:
            seen.popleft()
        if len(seen) >= self.app.a_minute:
            raise SpNo("2", "限制时间内调用次数超限")
        seen.append(now_ms)


def told_of(rows: list[Any], page: int, size: int) -> dict[str, Any]:
    """A page of a list, with how many there are in all."""
    total = len(rows)
    pages = -(-total // size)
    paging = {"totalItems": total, "totalPages": pages, "hasNextPage": page < pages}
    paging |= {"pageSize": size, "currentPage": page}
    return {"data": rows[(page - 1) * size : page * size], "paginationData": paging}
