"""One call of a Weidian shop's interface (微店): with a good token, its error named.

POST https://api.vdian.com/api with a form of two JSON texts: `param`, what is asked, and `public`,
the method, its version, the format and the token. Nothing is signed. Answers and refusals come in
200 alike (community SDKs of open.weidian.com).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sync.channels.weidian_access import WeidianAccess, WeidianKeys
from sync.channels.weidian_refuse import GOOD, error_of
from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, TokenExpired
from sync.json_text import Element, list_within, read_json, value_within
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping, text

HOST, TOKEN_HOST = "https://api.vdian.com", "https://oauth.open.weidian.com"
Value = str | int | list["Value"] | dict[str, "Value"]
_FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}


@dataclass(frozen=True, slots=True)
class WeidianHands:
    """What the connector is handed: the way out, time, its tokens' shelf, the account's limiter.

    `host` is where it is called, `token_host` where tokens are made.
    """

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn: Turn
    host: str = HOST
    token_host: str = TOKEN_HOST


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface: its name and version, where its answer's list stands, if it has one."""

    name: str
    version: str
    path: tuple[str, ...] = ()
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A good answer: `result`, with the list at the interface's path taken out as `elements`.

    `raw` is `result` as it came, where no list was taken out.
    """

    result: dict[str, Any]
    elements: list[Element]
    answer: Answer
    raw: bytes = b""


class WeidianCalls:
    """Sends calls for one shop; raises only sync.errors."""

    def __init__(self, keys: WeidianKeys, hands: WeidianHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self._access = WeidianAccess(keys, hands.shelf, hands.clock, self._for_token)

    async def ask(self, interface: Interface, params: Mapping[str, Value]) -> Told:
        """Read or change something; a write's answer that cannot be read is Ambiguous."""
        token = await self._access.token()
        try:
            return await self._once(interface, params, token)
        except TokenExpired:
            other = await self._access.renew(token) if self._keys.app_key else ""
            if not other or other == token:
                raise
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(interface, params, other)

    async def _for_token(self) -> Mapping[str, Any]:
        asked = {"grant_type": "client_credential", "appkey": self._keys.app_key}
        asked |= {"secret": self._keys.secret}
        where = f"{self._hands.token_host.rstrip('/')}/token?{urlencode(asked)}"
        answer = await self._send(lambda request: replace(request, url=where), "GET", writes=False)
        told = mapping(read_json(answer.body))
        code, words = _status(told)
        if not code:
            raise Malformed("weidian_odd_answer", interface="token")
        if code == GOOD:
            return mapping(told.get("result"))
        error = error_of(code, words, "token")
        if isinstance(error, Rejected | TokenExpired):
            raise TokenExpired("weidian_wrong_keys", foreign_code=code)
        raise error

    async def _once(self, interface: Interface, params: Mapping[str, Value], token: str) -> Told:
        public = {"method": interface.name, "version": interface.version, "format": "json"}
        form = {"param": _written(params), "public": _written({**public, "access_token": token})}
        body = urlencode(form).encode()

        def filled(request: Request) -> Request:
            url = f"{self._hands.host.rstrip('/')}/api"
            return replace(request, url=url, headers=_FORM, body=body)

        answer = await self._send(filled, "POST", writes=interface.writes)
        try:
            return _opened(interface, answer)
        except Malformed as unread:
            if not interface.writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    async def _send(self, sign: Any, method: str, *, writes: bool) -> Answer:
        hands = self._hands
        connector = Connector(hands.http, hands.clock, Signed(sign, refusal), hands.turn)
        return await connector.request(Request(method, hands.host, writes=writes))


def _written(value: Mapping[str, Value]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _status(told: Mapping[str, Any]) -> tuple[str, str]:
    """The code and the words of an answer; some refusals tell the code alone."""
    status = told.get("status")
    if not isinstance(status, dict):
        return text(status), ""
    return text(status.get("status_code")), text(status.get("status_reason"))


def _opened(interface: Interface, answer: Answer) -> Told:
    """What a good answer says.

    Raises:
        SyncError: it says no, or is no answer of Weidian's.
    """
    if interface.path:
        elements, rest = list_within(answer.body, interface.path)
    else:
        elements, rest = [], read_json(answer.body)
    told = mapping(rest)
    wrong = _no(told, interface.name)
    if wrong is not None:
        raise wrong
    result = told.get("result")
    if interface.path or not isinstance(result, dict):
        return Told(mapping(result), elements, answer)
    return Told(result, elements, answer, value_within(answer.body, "result").raw)


def _no(told: Mapping[str, Any], name: str) -> SyncError | None:
    code, words = _status(told)
    if not code:
        return Malformed("weidian_odd_answer", interface=name)
    return None if code == GOOD else error_of(code, words, name)
