"""One question to Taobao's open platform and its answer, with a session that is good now.

Every method has one address and one way; an answer's one key is the method's name. Lists are read
element by element, so that one bad row cannot take its page with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sync.connector import Connector
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.taobao_refuse import refused
from sync.gateways.taobao_sign import form
from sync.json_text import Element, list_within
from sync.ports import Answer, Request
from sync.reading import mapping

Params = Mapping[str, str]


class Method:
    """A method of the platform: its name, the key its answer stands under, whether it changes."""

    def __init__(self, name: str, *rows: str, writes: bool = False) -> None:
        """Take the whole name; `rows` is where in the answer its list stands, if it is one."""
        self.name, self.writes = name, writes
        self.root = name.removeprefix("taobao.").replace(".", "_") + "_response"
        self.path = (self.root, *rows) if rows else ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a method answered: its own part, its rows, and the answer whole."""

    data: Mapping[str, Any]
    rows: list[Element]
    answer: Answer


class Sessions(Protocol):
    """Where the session comes from (taobao_access)."""

    async def session(self) -> str:
        """The session that stands now."""
        ...

    async def renew(self, refused_one: str) -> str:
        """Another one than the refused; raises TokenExpired where there is none."""
        ...


class Garbled(Malformed):
    """An answer of the right method in which something cannot be read; `body` is all of it."""

    def __init__(self, body: bytes, **details: str | int) -> None:
        """Keep the answer, so that nothing in it is lost."""
        super().__init__("sync_not_json", **details)
        self.body = body


class TopGate:
    """The platform's one door, for one app."""

    def __init__(self, gateway: str, connector: Connector) -> None:
        """Take its address and the way out, which signs."""
        self._gateway, self._connector = gateway, connector

    async def ask(self, method: Method, asked: Params) -> Told:
        """Ask once.

        Raises:
            SyncError: the platform's refusal, or an answer that cannot be read as this method's.
        """
        body = form({"method": method.name, **{k: v for k, v in asked.items() if v}})
        request = Request("POST", self._gateway, {}, body, method.writes)
        answer = await self._connector.request(request)
        try:
            rows, told = list_within(answer.body, method.path)
        except Malformed as broken:
            raise _unread(method, broken, answer.body) from broken
        error = mapping(mapping(told).get("error_response"))
        if error:
            raise refused(error)
        data = mapping(told).get(method.root)
        if not isinstance(data, dict):
            odd = Malformed("taobao_odd_answer", method=method.name)
            raise _unread(method, odd, answer.body)
        return Told(data, rows, answer)


class TopCalls:
    """The platform asked on behalf of one seller."""

    def __init__(self, gate: TopGate, sessions: Sessions) -> None:
        """Take the door and where the seller's session comes from."""
        self._gate, self._sessions = gate, sessions

    async def ask(self, method: Method, asked: Params) -> Told:
        """Ask with the seller's session; one that ran out is renewed once, where it can be."""
        session = await self._sessions.session()
        try:
            return await self._gate.ask(method, {**asked, "session": session})
        except TokenExpired as over:
            if over.code != "taobao_session_over":
                raise
            fresh = await self._sessions.renew(session)
        return await self._gate.ask(method, {**asked, "session": fresh})


def _unread(method: Method, broken: Malformed, body: bytes) -> SyncError:
    """After a change an unreadable answer means that it may have been made."""
    if method.writes:
        return Ambiguous("sync_unread_answer", **broken.details)
    # Not a page of somebody else's that came in the platform's place, such as a hotel's sign-in.
    if body.lstrip().startswith(b'{"' + method.root.encode()):
        return Garbled(body, **broken.details)
    return broken
