"""One question to Kuaishou's shop gateway, with a token that is good now.

A method's name with / for . is its path; an answer is an object with `result`, 1 for a yes, and
what was asked for in `data` (open.kwaixiaodian.com, "API调用说明").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.kuaishou_access import KuaishouAccess
from sync.gateways.kuaishou_refuse import GOOD, STALE, error_of
from sync.gateways.kuaishou_sign import FORM, KuaishouKeys, signer, written
from sync.json_text import read_json
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping, text

REFRESH_PATH = "/oauth2/refresh_token"


@dataclass(frozen=True, slots=True)
class KuaishouHands:
    """What the connector is handed: the way out, time, its tokens' shelf, its turn, the host."""

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn: Turn
    host: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its method, what it is asked, whether it changes something, whether by GET."""

    method: str
    param: Mapping[str, Any]
    writes: bool = False
    by_get: bool = False


class KuaishouCalls:
    """The platform asked on behalf of one shop; raises only sync.errors."""

    def __init__(self, keys: KuaishouKeys, hands: KuaishouHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self.access = KuaishouAccess(keys, hands.shelf, hands.clock, self._renewed)

    async def ask(self, call: Call, *, renews: bool = True) -> Any:
        """What `data` holds; a write's answer nobody can read is Ambiguous."""
        token = await self.access.token()
        try:
            return (await self._once(call, token)).get("data")
        except TokenExpired as worn:
            other = await self.access.renew(token) if renews and worn.code == STALE else ""
            if other in ("", token):
                raise
        # It was turned away at the door: nothing was done, so it may be sent again.
        return (await self._once(call, other)).get("data")

    async def _once(self, call: Call, token: str) -> dict[str, Any]:
        sign = signer(self._keys, self._hands.clock, call.method, written(call.param), token)
        path = "/" + call.method.replace(".", "/")
        verb = "GET" if call.by_get else "POST"
        request = Request(verb, self._hands.host.rstrip("/") + path, writes=call.writes)
        answer = await self._way(Signed(sign, _refused)).request(request)
        try:
            return _told(answer, call.method)
        except Malformed as unread:
            if not call.writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    async def _renewed(self, refresh_token: str) -> Mapping[str, Any]:
        """What the renewal answers; it takes its parameters unsigned, the secret among them."""
        asked = {
            "app_id": self._keys.app_key,
            "app_secret": self._keys.app_secret,
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        where = self._hands.host.rstrip("/") + REFRESH_PATH
        request = Request("POST", where, FORM, urlencode(asked).encode("ascii"))
        answer = await self._way(Signed(lambda one: one, _refused)).request(request)
        return _told(answer, REFRESH_PATH)

    def _way(self, signed: Signed) -> Connector:
        return Connector(self._hands.http, self._hands.clock, signed, self._hands.turn)


def _told(answer: Answer, method: str) -> dict[str, Any]:
    told = mapping(read_json(answer.body))
    code = text(told.get("result"))
    if not code:
        raise Malformed("kuaishou_odd_answer", interface=method)
    if code != GOOD:
        raise error_of(told, method)
    return told


def _refused(answer: Answer, wait_ms: int | None) -> SyncError:
    """A status outside 2xx comes from what stands before the gateway."""
    return refusal(answer, wait_ms)
