"""One call of a Youzan shop's interface: with a good token, its error named.

Three kinds of answers, all in 200: `gw_err_resp` of the gateway; {code, success, data, message},
good with 200; and of old interfaces `response` or `error_response` (doc.youzanyun.com).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from sync.channels.youzan_access import YouzanAccess
from sync.channels.youzan_keys import Value, YouzanKeys
from sync.channels.youzan_refuse import (
    EXPIRED,
    UNKNOWN,
    business_error,
    door_error,
    gateway_error,
)
from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, TokenExpired
from sync.json_text import Element, list_within, read_json, value_within
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping, text

GOOD = "200"
_HEADERS = {"Content-Type": "application/json;charset=utf-8"}


@dataclass(frozen=True, slots=True)
class YouzanHands:
    """What the connector is handed: the way out, time, its tokens' shelf, the account's limiter.

    `host` is where it is called.
    """

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn: Turn
    host: str


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface: its name and version, where its answer's list stands, if it has one.

    `bare`: what it answers is a text alone, told as {"text": ...}.
    """

    name: str
    version: str
    path: tuple[str, ...] = ()
    writes: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A good answer: `data`, with the list at the interface's path taken out as `elements`.

    `raw` is `data` as it came, where no list was taken out.
    """

    data: dict[str, Any]
    elements: list[Element]
    answer: Answer
    raw: bytes = b""


class YouzanCalls:
    """Sends calls for one shop; raises only sync.errors."""

    def __init__(self, keys: YouzanKeys, hands: YouzanHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self.access = YouzanAccess(keys, hands.shelf, hands.clock, self._for_token)

    async def ask(
        self, interface: Interface, params: Mapping[str, Value], *, renews: bool = True
    ) -> Told:
        """Read or change something; a write's answer that cannot be read is Ambiguous.

        `renews`: whether a worn-out token may be renewed.
        """
        token = await self.access.token()
        try:
            return await self._once(interface, params, token)
        except TokenExpired as worn:
            other = await self._other(worn, token) if renews else ""
            if not other or other == token:
                raise
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(interface, params, other)

    async def _other(self, worn: TokenExpired, refused: str) -> str:
        """A token to try in place of the refused one; "" where there is none."""
        return await self.access.renew(refused) if worn.code in (EXPIRED, UNKNOWN) else ""

    async def _for_token(self, params: Mapping[str, Value]) -> Mapping[str, Any]:
        keys = {"client_id": self._keys.client_id, "client_secret": self._keys.client_secret}
        answer = await self._send("/auth/token", {**keys, **params}, writes=False)
        told = mapping(read_json(answer.body))
        if text(told.get("code")) == GOOD:
            return mapping(told.get("data"))
        gate = mapping(told.get("gw_err_resp"))
        code = text(gate.get("err_code")) or text(told.get("code"))
        if not code:
            raise Malformed("youzan_odd_answer", interface="auth/token")
        raise door_error(code, text(gate.get("err_msg")) or text(told.get("message")))

    async def _once(self, interface: Interface, params: Mapping[str, Value], token: str) -> Told:
        where = f"/api/{interface.name}/{interface.version}?access_token={quote(token, safe='')}"
        answer = await self._send(where, params, writes=interface.writes)
        try:
            return _opened(interface, answer)
        except Malformed as unread:
            if not interface.writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    async def _send(self, where: str, params: Mapping[str, Value], *, writes: bool) -> Answer:
        hands = self._hands
        body = json.dumps(params, ensure_ascii=False, separators=(",", ":")).encode()

        def addressed(request: Request) -> Request:
            return replace(request, url=request.url + where, headers=_HEADERS, body=body)

        connector = Connector(hands.http, hands.clock, Signed(addressed, refusal), hands.turn)
        return await connector.request(Request("POST", hands.host.rstrip("/"), writes=writes))


def _opened(interface: Interface, answer: Answer) -> Told:
    """What a good answer says.

    Raises:
        SyncError: it says no, or is no answer of Youzan's.
    """
    if interface.path:
        elements, rest = list_within(answer.body, interface.path)
    else:
        elements, rest = [], read_json(answer.body)
    told = mapping(rest)
    wrong = _no(told, interface.name)
    if wrong is not None:
        raise wrong
    good = text(told.get("code")) == GOOD and told.get("success") is not False
    data = told.get("data") if good else told.get("response")
    if interface.bare and isinstance(data, str):
        return Told({"text": data}, elements, answer)
    if not isinstance(data, dict):
        raise Malformed("youzan_odd_answer", interface=interface.name)
    if interface.writes and (data.get("is_success", data.get("isSuccess")) is False):
        raise Rejected(foreign_code=interface.name, text="is_success=false")
    raw = b"" if interface.path else value_within(answer.body, "data" if good else "response").raw
    return Told(data, elements, answer, raw)


def _no(told: Mapping[str, Any], name: str) -> SyncError | None:
    gate, old = mapping(told.get("gw_err_resp")), mapping(told.get("error_response"))
    if gate:
        return gateway_error(text(gate.get("err_code")), text(gate.get("err_msg")), name)
    if old:
        words = text(old.get("msg")) or text(old.get("message"))
        return business_error(text(old.get("code")), words)
    code = text(told.get("code"))
    if not code or (code == GOOD and told.get("success") is not False):
        return None
    return business_error(code, text(told.get("message")) or text(told.get("msg")))
