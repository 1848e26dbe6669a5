"""A message into a WeCom (企业微信) group, by the group's own robot.

The group's owner adds a robot and copies its address, which holds its key; whoever has the address
can write there. Source: developer.work.weixin.qq.com/document/path/91770: POST of
``{"msgtype": "text", "text": {"content": …}}``, at most 2,048 bytes of UTF-8, twenty messages a
minute, and ``errcode`` 0 for taken. A robot knows no repeat: a lost answer may be a second message.
"""

from urllib.parse import parse_qs, urlsplit

import msgspec

from sync.errors import Ambiguous, Malformed, Rejected, Throttled, TokenExpired
from sync.json_text import read_json
from sync.ports import Http, Request

HOST, PATH = "qyapi.weixin.qq.com", "/cgi-bin/webhook/send"
MOST_BYTES = 2048
AGAIN_MS = 60_000
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SLOWER = frozenset({45009, 45033, -1})  # too often, too many at once, busy
_NO_ROBOT = frozenset({93000, 93008, 40001, 40014})  # the address names no robot any more


def is_robot(address: str) -> bool:
    """Whether it is a robot's address: WeCom's own over TLS, or one of this computer."""
    parts = urlsplit(address)
    local = parts.hostname in LOOPBACK
    safe = parts.scheme == "https" or (parts.scheme == "http" and local)
    known = local or parts.netloc == HOST
    return safe and known and parts.path == PATH and bool(parse_qs(parts.query).get("key"))


def request_of(address: str, text: str) -> Request:
    """The message as it leaves; a text that is too long is cut between two characters."""
    body = {"msgtype": "text", "text": {"content": fitted(text)}}
    headers = {"Content-Type": "application/json"}
    return Request("POST", address, headers, msgspec.json.encode(body), writes=True)


def fitted(text: str) -> str:
    """At most 2,048 bytes of it, and a sign where something was left out."""
    whole = text.encode()
    if len(whole) <= MOST_BYTES:
        return text
    mark = "…".encode()
    return (whole[: MOST_BYTES - len(mark)].decode(errors="ignore")) + mark.decode()


class GroupRobot:
    """Speaks into groups; the address says into which."""

    def __init__(self, http: Http) -> None:
        """Take the way out."""
        self._http = http

    async def say(self, address: str, text: str) -> None:
        """Put one message into the group; returns when WeCom has taken it.

        Raises:
            Unreachable: nothing was sent.
            Throttled: more than the robot may say in a minute; nothing was said.
            TokenExpired: there is no such robot any more.
            Rejected: WeCom says no to this message for good.
            Ambiguous: it may have been said.
        """
        try:
            answer = await self._http.send(request_of(address, text))
            if answer.status >= 500:
                raise Ambiguous("sync_server_error", status=answer.status)
            told = read_json(answer.body)
        except Malformed as broken:
            raise Ambiguous from broken
        code = told.get("errcode") if isinstance(told, dict) else None
        if not isinstance(code, int):
            raise Ambiguous
        if code in _SLOWER:
            raise Throttled(retry_after_ms=AGAIN_MS)
        if code in _NO_ROBOT:
            raise TokenExpired("chat_robot_gone")
        if code:
            raise Rejected("chat_rejected", text=f"{code} {told.get('errmsg', '')}"[:200])
