"""One call of Pinduoduo's gateway: signed, with a good token, at its own pace, its error named.

Every interface has its own limit, a number of calls in a window of seconds; the numbers are those
of the platform's API pages as community SDKs carry them (2023). A bucket that holds half of them
and fills with the other half over the window never exceeds them, wherever the window begins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, SyncError, TokenExpired
from sync.gateways.pinduoduo_access import PinduoduoAccess
from sync.gateways.pinduoduo_refuse import EXPIRED, WRONG_TOKEN, error_of
from sync.gateways.pinduoduo_sign import PinduoduoKeys, Value, signer, written
from sync.json_text import Element, list_within, read_json
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping

RENEW = "pdd.pop.auth.token.refresh"
# Calls within a window of seconds, for one shop.
WINDOWS: Mapping[str, tuple[int, int]] = {
    "pdd.order.number.list.increment.get": (3000, 60),
    "pdd.order.list.get": (6000, 60),
    "pdd.order.information.get": (30_000, 60),
    "pdd.refund.list.increment.get": (100, 10),
    "pdd.goods.list.get": (600, 60),
}
LONGEST_ERROR = 8192
# What has no number of its own: our courtesy.
COURTESY = (3000, 60)


def pace(interface: str) -> tuple[float, float]:
    """(calls a second, calls at once) such that no window of the interface ever overflows."""
    calls, seconds = WINDOWS.get(interface, COURTESY)
    return calls / 2 / seconds, calls / 2


@dataclass(frozen=True, slots=True)
class PinduoduoHands:
    """What the connector is handed: the way out, time, its tokens' shelf, a limiter per interface.

    `gateway` is where it is called.
    """

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn_for: Callable[[str], Turn]
    gateway: str


class PinduoduoCalls:
    """Sends calls for one shop; raises only sync.errors."""

    def __init__(self, keys: PinduoduoKeys, hands: PinduoduoHands) -> None:
        """Take the keys and what it works with; nothing is sent yet."""
        self._keys, self._hands = keys, hands
        self.access = PinduoduoAccess(keys, hands.shelf, hands.clock, self._renewed)
        self._turns: dict[str, Turn] = {}
        self.last: Answer | None = None

    async def ask(
        self, interface: str, params: Mapping[str, Value], *, renews: bool = True
    ) -> dict[str, Any]:
        """Read something: the object under the answer's one name."""
        answer = await self._send(interface, params, writes=False, renews=renews)
        return body_of(read_json(answer.body), interface)

    async def ask_whole(
        self, interface: str, params: Mapping[str, Value]
    ) -> tuple[dict[str, Any], bytes]:
        """As `ask`, with the bytes of the answer."""
        answer = await self._send(interface, params, writes=False, renews=True)
        return body_of(read_json(answer.body), interface), answer.body

    async def listed(
        self, interface: str, params: Mapping[str, Value], path: tuple[str, str]
    ) -> tuple[list[Element], dict[str, Any]]:
        """Read the list at `path`: its elements one by one with their bytes, and what else came."""
        answer = await self._send(interface, params, writes=False, renews=True)
        elements, rest = list_within(answer.body, path)
        return elements, body_of(rest, interface)

    async def write(self, interface: str, params: Mapping[str, Value]) -> dict[str, Any]:
        """Change something; an answer that cannot be read is Ambiguous."""
        answer = await self._send(interface, params, writes=True, renews=True)
        try:
            return body_of(read_json(answer.body), interface)
        except Malformed as unread:
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    async def _send(
        self, interface: str, params: Mapping[str, Value], *, writes: bool, renews: bool
    ) -> Answer:
        token = await self.access.token()
        try:
            return await self._once(interface, params, token, writes=writes)
        except TokenExpired as worn:
            other = await self._other(worn, token, renews=renews)
            if not other:
                raise
        # It was turned away at the door: nothing was done, so it may be sent again.
        return await self._once(interface, params, other, writes=writes)

    async def _other(self, worn: TokenExpired, refused: str, *, renews: bool) -> str:
        """A token to try in place of the refused one; "" where there is none."""
        if worn.code == EXPIRED and renews:
            return await self.access.renew(refused)
        # Another computer may have renewed it meanwhile, which ends the old one early.
        return await self.access.another(refused) if worn.code == WRONG_TOKEN else ""

    async def _once(
        self, interface: str, params: Mapping[str, Value], token: str, *, writes: bool
    ) -> Answer:
        """One exchange; an `error_response` in a good answer is raised as what it means."""
        hands = self._hands
        turn = self._turns.setdefault(interface, hands.turn_for(interface))
        asked = {"type": interface, **{name: written(value) for name, value in params.items()}}
        signed = Signed(signer(self._keys, hands.clock, asked, token), self._refused)
        connector = Connector(hands.http, hands.clock, signed, turn)
        request = Request("POST", hands.gateway, writes=writes)
        self.last = answer = await connector.request(request)
        told = _error_in(answer.body)
        if told is not None:
            raise error_of(told, interface)
        return answer

    def _refused(self, answer: Answer, wait_ms: int | None) -> SyncError:
        """A status outside 2xx comes from what stands before the gateway."""
        self.last = answer
        return refusal(answer, wait_ms)

    async def _renewed(self, refresh_token: str) -> Mapping[str, Any]:
        params = {"refresh_token": refresh_token}
        answer = await self._once(RENEW, params, "", writes=False)
        return body_of(read_json(answer.body), RENEW)


def _error_in(body: bytes) -> dict[str, Any] | None:
    """The `error_response` of an answer; None where it is no such answer, or cannot be read."""
    if len(body) > LONGEST_ERROR or b"error_response" not in body:
        return None
    try:
        told = mapping(read_json(body)).get("error_response")
    except Malformed:
        return None
    return told if isinstance(told, dict) else None


def body_of(told: object, interface: str) -> dict[str, Any]:
    """The object under the one name an answer has.

    Raises:
        Malformed: it is no such answer.
    """
    members = [each for each in mapping(told).values() if isinstance(each, dict)]
    if len(members) != 1:
        raise Malformed("pdd_odd_answer", interface=interface)
    return members[0]
