"""One call of a Douyin shop's interface: signed, with a good token, its error named.

Answers and refusals come in 200 alike: `code` 10000 is good, and `data` is what was asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.douyin_access import DouyinAccess
from sync.gateways.douyin_refuse import EXPIRED, GOOD, WRONG_TOKEN, error_of
from sync.gateways.douyin_sign import DouyinKeys, Value, signer, written
from sync.json_text import Element, list_within, read_json
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping, text


@dataclass(frozen=True, slots=True)
class DouyinHands:
    """What the connector is handed: the way out, time, its tokens' shelf, the account's limiter.

    `host` is where it is called.
    """

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn: Turn
    host: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the interface, its parameters, where its answer's list stands, if it has one."""

    method: str
    params: Mapping[str, Value]
    path: tuple[str, ...] = ()
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A good answer: `data`, with the list at the call's path taken out as `elements`."""

    data: Any
    elements: list[Element]
    answer: Answer


class DouyinCalls:
    """Sends calls for one shop; raises only sync.errors."""

    def __init__(self, keys: DouyinKeys, hands: DouyinHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self.access = DouyinAccess(keys, hands.shelf, hands.clock, self._tokenless)
        self.last: Answer | None = None

    async def ask(self, call: Call, *, renews: bool = True) -> Told:
        """Read or change something; a write's answer that cannot be read is Ambiguous.

        `renews`: whether a worn-out token may be renewed.
        """
        token = await self.access.token()
        try:
            return await self._once(call, token)
        except TokenExpired as worn:
            other = await self._other(worn, token) if renews else ""
            if not other or other == token:
                raise
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(call, other)

    async def _other(self, worn: TokenExpired, refused: str) -> str:
        """A token to try in place of the refused one; "" where there is none."""
        return await self.access.renew(refused) if worn.code in (EXPIRED, WRONG_TOKEN) else ""

    async def _tokenless(self, method: str, params: Mapping[str, Value]) -> Mapping[str, Any]:
        return mapping((await self._once(Call(method, params), "")).data)

    async def _once(self, call: Call, token: str) -> Told:
        hands = self._hands
        sign = signer(self._keys, hands.clock, call.method, written(call.params), token)
        connector = Connector(hands.http, hands.clock, Signed(sign, self._refused), hands.turn)
        request = Request("POST", hands.host.rstrip("/"), writes=call.writes)
        self.last = answer = await connector.request(request)
        try:
            return _opened(call, answer)
        except Malformed as unread:
            if not call.writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    def _refused(self, answer: Answer, wait_ms: int | None) -> SyncError:
        """A status outside 2xx comes from what stands before the interface."""
        self.last = answer
        return refusal(answer, wait_ms)


def _opened(call: Call, answer: Answer) -> Told:
    """What a good answer says.

    Raises:
        SyncError: it says no, or is no answer of Douyin's.
    """
    if call.path:
        elements, rest = list_within(answer.body, call.path)
    else:
        elements, rest = [], read_json(answer.body)
    told = mapping(rest)
    code = text(told.get("code"))
    if not code:
        raise Malformed("douyin_odd_answer", interface=call.method)
    if code != GOOD:
        raise error_of(told, call.method)
    return Told(told.get("data"), elements, answer)
