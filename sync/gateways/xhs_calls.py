"""One question to Xiaohongshu's shop gateway, with a token that is good now.

There is one address for all methods; an answer is an object with `success`, and what was asked for
in `data` (open.xiaohongshu.com, "系统参数说明").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.xhs_access import XhsAccess
from sync.gateways.xhs_refuse import STALE, error_of
from sync.gateways.xhs_sign import PATH, XhsKeys, signer
from sync.json_text import read_json
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping

REFRESH = "oauth.refreshToken"


@dataclass(frozen=True, slots=True)
class XhsHands:
    """What the connector is handed: the way out, time, its tokens' shelf, its turn, the host."""

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn: Turn
    host: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its method, what it is asked, whether it changes something."""

    method: str
    params: Mapping[str, Any]
    writes: bool = False


class XhsCalls:
    """The platform asked on behalf of one shop; raises only sync.errors."""

    def __init__(self, keys: XhsKeys, hands: XhsHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self.access = XhsAccess(keys, hands.shelf, hands.clock, self._renewed)

    async def ask(self, call: Call, *, renews: bool = True) -> dict[str, Any]:
        """What `data` holds; a write's answer nobody can read is Ambiguous."""
        token = await self.access.token()
        try:
            return await self._once(call, token)
        except TokenExpired as worn:
            other = await self.access.renew(token) if renews and worn.code == STALE else ""
            if other in ("", token):
                raise
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(call, other)

    async def _renewed(self, refresh_token: str) -> Mapping[str, Any]:
        return await self._once(Call(REFRESH, {"refreshToken": refresh_token}), "")

    async def _once(self, call: Call, token: str) -> dict[str, Any]:
        sign = signer(self._keys, self._hands.clock, call.method, call.params, token)
        request = Request("POST", self._hands.host.rstrip("/") + PATH, writes=call.writes)
        way = Connector(
            self._hands.http, self._hands.clock, Signed(sign, _refused), self._hands.turn
        )
        answer = await way.request(request)
        try:
            return _told(answer, call.method)
        except Malformed as unread:
            if not call.writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread


def _told(answer: Answer, method: str) -> dict[str, Any]:
    told = mapping(read_json(answer.body))
    if told.get("success") is True:
        return mapping(told.get("data"))
    if told.get("success") is None and not {"error_code", "code"} & set(told):
        raise Malformed("xhs_odd_answer", interface=method)
    raise error_of(told, method)


def _refused(answer: Answer, wait_ms: int | None) -> SyncError:
    """A status outside 2xx comes from what stands before the gateway."""
    return refusal(answer, wait_ms)
