"""One question to JD's gateway and its answer, with a token that is good now.

Every method has the one address; an answer's one key is the method's name with the platform's own
spelling, `_responce`. Lists are read element by element, so that one bad row cannot take its page
with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.jd_access import JdAccess
from sync.gateways.jd_refuse import OVER, refused, said_no, says_yes
from sync.gateways.jd_sign import JdKeys, Json, signer, written
from sync.json_text import Element, list_within, read_json
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping, text

OK = ("", "0")


class Method:
    """A method of the platform: its name, where its list stands in the answer, if it is one."""

    def __init__(self, name: str, *rows: str, writes: bool = False) -> None:
        """Take the whole name; `rows` is the path below the answer's one key."""
        self.name, self.writes = name, writes
        self.root = f"{name.replace('.', '_')}_responce"
        self.path = (self.root, *rows) if rows else ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a method answered: its own part, its rows, and the answer whole."""

    method: Method
    data: Mapping[str, Any]
    rows: list[Element]
    answer: Answer

    def result(self, name: str) -> dict[str, Any]:
        """The business result `name` of the answer, which says that it was done.

        Raises:
            Rejected: it says no.
            Malformed: there is none (Ambiguous after a change).
        """
        found = self.data.get(name)
        if not isinstance(found, dict):
            raise unread(self.method, Malformed("jd_odd_answer", method=self.method.name))
        verdict = found.get("apiResult", found)
        if "success" in mapping(verdict) and not says_yes(mapping(verdict)["success"]):
            raise said_no(mapping(verdict), self.method.name)
        return found

    def done(self, name: str) -> dict[str, Any]:
        """As `result`, where only a yes that was said counts as one."""
        found = self.result(name)
        if not says_yes(found.get("success")):
            raise unread(self.method, Malformed("jd_odd_answer", method=self.method.name))
        return found


@dataclass(frozen=True, slots=True)
class JdHands:
    """What the connector is handed: the way out, time, its turn, and the shelf of its tokens.

    `gateway` is where methods are called, `renewal` where tokens are renewed.
    """

    http: Http
    clock: Clock
    turn: Turn
    shelf: TokenShelf
    gateway: str
    renewal: str


class JdCalls:
    """The platform asked on behalf of one shop; raises only sync.errors."""

    def __init__(self, keys: JdKeys, hands: JdHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self._access = JdAccess(keys, hands.shelf, hands.clock, self._renewed)
        self.last: Answer | None = None

    def for_a_trial(self) -> "JdCalls":
        """The same shop asked without the typed refresh token: a trial forgets what it renews."""
        return JdCalls(replace(self._keys, refresh_token=""), self._hands)

    async def ask(self, method: Method, params: Mapping[str, Json]) -> Told:
        """Ask with the shop's token; one that is turned away is renewed once, where it can be."""
        token = await self._access.token()
        asked = {"method": method.name, "360buy_param_json": written(params)}
        try:
            return await self._once(method, asked, token)
        except TokenExpired as over:
            if over.code != OVER:
                raise
            other = await self._access.renew(token)
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(method, asked, other)

    async def _once(self, method: Method, asked: Mapping[str, str], token: str) -> Told:
        signed = Signed(signer(self._keys, self._hands.clock, asked, token), self._refused)
        request = Request("POST", self._hands.gateway, writes=method.writes)
        self.last = answer = await self._way(signed).request(request)
        try:
            rows, told = list_within(answer.body, method.path)
        except Malformed as broken:
            raise unread(method, broken) from broken
        error = mapping(mapping(told).get("error_response"))
        if error:
            raise refused(error, method.name)
        data = mapping(told).get(method.root)
        if not isinstance(data, dict):
            raise unread(method, Malformed("jd_odd_answer", method=method.name))
        if text(data.get("code")) not in OK:
            raise said_no(data, method.name)
        return Told(method, data, rows, answer)

    def _way(self, signed: Signed) -> Connector:
        return Connector(self._hands.http, self._hands.clock, signed, self._hands.turn)

    def _refused(self, answer: Answer, wait_ms: int | None) -> SyncError:
        """A status outside 2xx comes from what stands before the gateway."""
        self.last = answer
        return refusal(answer, wait_ms)

    async def _renewed(self, refresh_token: str) -> Mapping[str, Any]:
        return await ask_renewal(self._keys, self._hands, refresh_token)


async def ask_renewal(keys: JdKeys, hands: JdHands, refresh_token: str) -> Mapping[str, Any]:
    """What the renewal answers; it takes its parameters unsigned, the secret among them."""
    asked = {
        "app_key": keys.app_key,
        "app_secret": keys.app_secret,
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
    }
    signed = Signed(lambda request: request, refusal)
    way = Connector(hands.http, hands.clock, signed, hands.turn)
    answer = await way.request(Request("GET", f"{hands.renewal}?{urlencode(asked)}"))
    return mapping(read_json(answer.body))


def unread(method: Method, broken: Malformed) -> SyncError:
    """After a change an unreadable answer means that it may have been made."""
    if method.writes:
        return Ambiguous("sync_unread_answer", **broken.details)
    return broken
