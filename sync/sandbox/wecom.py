"""A local WeCom group with its robot: it refuses what WeCom refuses, and shows what was said.

Rules and codes from developer.work.weixin.qq.com (path/91770 and path/90313): a wrong key is 93000,
an unknown message type 40008, an empty text 44004, one of more than 2,048 bytes 40058, more than
twenty messages a minute 45009. It shares nothing with `sync.notices`.
"""

import json
from collections import deque
from collections.abc import Callable
from urllib.parse import parse_qs

from sync.sandbox.http import Call, Reply

PATH = "/cgi-bin/webhook/send"
A_MINUTE, MINUTE_MS = 20, 60_000


class WecomSandbox:
    """The handler of a `LocalServer`; `said` is what stands in the group."""

    def __init__(self, key: str, now_ms: Callable[[], int]) -> None:
        """A group whose robot has this key."""
        self._key, self._now_ms = key, now_ms
        self._when: deque[int] = deque()
        self.said: list[str] = []
        self.fates: list[str] = []

    def __call__(self, call: Call) -> Reply:
        """Answer one request; a fate that was asked for befalls it after it was done."""
        if call.path != PATH:
            return Reply(404)
        if call.method != "POST":
            return self._told(43002, "require POST method")
        fate = self.fates.pop(0) if self.fates else ""
        if fate == "unavailable":
            return Reply(503)
        told = self._taken(call)
        return Reply(told.status, told.body, told.headers, fate)

    def _taken(self, call: Call) -> Reply:
        content, refused = self._content(call)
        if refused is not None:
            return self._told(*refused)
        now = self._now_ms()
        while self._when and now - self._when[0] >= MINUTE_MS:
            self._when.popleft()
        if len(self._when) >= A_MINUTE:
            return self._told(45009, "api freq out of limit")
        self._when.append(now)
        self.said.append(content)
        return self._told(0, "ok")

    def _content(self, call: Call) -> tuple[str, tuple[int, str] | None]:
        """What is to be said, or the code and words of why not."""
        try:
            asked = json.loads(call.body)
        except ValueError:
            return "", (47001, "data format error")
        content = str((asked.get("text") or {}).get("content") or "")
        rules = (
            (parse_qs(call.query).get("key") == [self._key], 93000, "invalid webhook url"),
            (asked.get("msgtype") == "text", 40008, "invalid message type"),
            (bool(content), 44004, "text content is empty"),
            (len(content.encode()) <= 2048, 40058, "text.content exceed max length 2048"),
        )
        return content, next(((code, said) for kept, code, said in rules if not kept), None)

    @staticmethod
    def _told(code: int, text: str) -> Reply:
        return Reply(200, json.dumps({"errcode": code, "errmsg": text}).encode())
