"""One question to the WeChat shop's interfaces, with a token that is good now.

Every interface is a path that takes JSON by POST, the token in its address; an answer is an object
with `errcode`, 0 for a yes (developers.weixin.qq.com, "微信小店 API").
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync.connector import Connector, Signed, Turn, refusal, with_headers
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.wechat_access import WechatAccess, WechatKeys
from sync.gateways.wechat_refuse import GOOD, STALE, error_of
from sync.json_text import read_json
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping, text

HOST = "https://api.weixin.qq.com"
GRANTS = "/cgi-bin/stable_token"


@dataclass(frozen=True, slots=True)
class WechatHands:
    """What the connector is handed: the way out, time, its token's shelf, its turn, the host."""

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn: Turn
    host: str


class WechatCalls:
    """The platform asked on behalf of one shop; raises only sync.errors."""

    def __init__(self, keys: WechatKeys, hands: WechatHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._hands = hands
        self._access = WechatAccess(keys, hands.shelf, hands.clock, self._for_a_token)

    async def ask(self, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Read something: the whole answer."""
        return await self._send(path, _written(asked), writes=False)

    async def write(self, path: str, body: bytes) -> dict[str, Any]:
        """Send these very bytes to change something; an answer nobody can read is Ambiguous."""
        return await self._send(path, body, writes=True)

    async def _send(self, path: str, body: bytes, *, writes: bool) -> dict[str, Any]:
        token = await self._access.token()
        try:
            return await self._once(path, body, token, writes=writes)
        except TokenExpired as worn:
            # Another program may have forced a new one; there is one to be had then.
            other = await self._access.renew(token) if worn.code == STALE else ""
            if other in ("", token):
                raise
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(path, body, other, writes=writes)

    async def _for_a_token(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        return await self._once(GRANTS, _written(asked), "", writes=False)

    async def _once(self, path: str, body: bytes, token: str, *, writes: bool) -> dict[str, Any]:
        hands = self._hands
        connector = Connector(hands.http, hands.clock, Signed(_typed, _refused), hands.turn)
        where = f"{hands.host.rstrip('/')}{path}"
        if token:
            where = f"{where}?access_token={quote(token, safe='')}"
        answer = await connector.request(Request("POST", where, body=body, writes=writes))
        try:
            return _told(answer, path)
        except Malformed as unread:
            if not writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread


def _told(answer: Answer, path: str) -> dict[str, Any]:
    """What a good answer says; raises what its code stands for, Malformed where there is none."""
    told = mapping(read_json(answer.body))
    code = text(told.get("errcode"))
    if not code and path == GRANTS and told.get("access_token"):
        return told
    if not code:
        raise Malformed("wechat_odd_answer", interface=path)
    if code != GOOD:
        raise error_of(told, path)
    return told


def _written(asked: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(asked), ensure_ascii=False, separators=(",", ":")).encode()


def _typed(request: Request) -> Request:
    return with_headers(request, Content_Type="application/json")


def _refused(answer: Answer, wait_ms: int | None) -> SyncError:
    """A status outside 2xx comes from what stands before the interface."""
    return refusal(answer, wait_ms)
