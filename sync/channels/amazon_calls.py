"""One call of Amazon's selling partner API: with a good token, at its operation's own pace.

Each operation has a bucket of its own per app and seller; its usual rate and burst stand in its
page, and the answer's `x-amzn-RateLimit-Limit` says the rate that counts. A token that was refused
is replaced once; refused again it is a role the app lacks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from sync.channels.amazon_access import AmazonAccess, AmazonKeys
from sync.channels.amazon_places import Places
from sync.channels.amazon_refuse import refused
from sync.connector import RETRY_AFTER_CAP_MS, Connector, Signed, Turn
from sync.errors import Ambiguous, Malformed, PermissionMissing, Throttled, TokenExpired
from sync.json_text import Element, list_within, read_json
from sync.limits import Unlimited
from sync.ports import Answer, Clock, Http, Request, TokenShelf
from sync.reading import mapping

ORDERS = "/orders/2026-01-01/orders"
RATE_HEADER = "x-amzn-ratelimit-limit"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its method, how often it may be asked (a second, at once), if it changes."""

    name: str
    method: str
    rate: float
    burst: float
    writes: bool = False
    grantless: bool = False


SEARCH = Operation("searchOrders", "GET", 0.0056, 20)
GET_ORDER = Operation("getOrder", "GET", 0.5, 30)
CONFIRM = Operation("confirmShipment", "POST", 2, 10, writes=True)
GET_LISTING = Operation("getListingsItem", "GET", 5, 10)
PATCH_LISTING = Operation("patchListingsItem", "PATCH", 5, 5, writes=True)
GET_SUBSCRIPTION = Operation("getSubscription", "GET", 1, 5)
CREATE_SUBSCRIPTION = Operation("createSubscription", "POST", 1, 5)
GET_DESTINATIONS = Operation("getDestinations", "GET", 1, 5, grantless=True)
CREATE_DESTINATION = Operation("createDestination", "POST", 1, 5, grantless=True)


class Paced(Turn, Protocol):
    """A limiter whose rate may change while it is used (sync.limits)."""

    def pace(self, rate: float) -> None:
        """Go on at another rate, in calls a second."""
        ...


@dataclass(frozen=True, slots=True)
class AmazonHands:
    """What the connector is handed: the way out, time, its tokens' shelf, a limiter for a pace.

    `turn_for` makes the limiter of so many calls a second, so many at once.
    """

    http: Http
    clock: Clock
    shelf: TokenShelf
    turn_for: Callable[[float, float], Paced]


class AmazonCalls:
    """Sends calls for one seller; raises only sync.errors."""

    def __init__(self, places: Callable[[], Places], keys: AmazonKeys, hands: AmazonHands) -> None:
        """Take where the seller sells, the keys and what it works with; nothing is sent yet.

        `places` raises Rejected where what was typed cannot be a place.
        """
        self._places, self._hands = places, hands
        self._connector = Connector(hands.http, hands.clock, Signed(_bare, refused), Unlimited())
        self.access = AmazonAccess(keys, hands.shelf, self._connector, hands.clock)
        self._turns: dict[str, tuple[float, Paced]] = {}

    @property
    def places(self) -> Places:
        """Where this seller sells. Raises Rejected."""
        return self._places()

    async def ask(
        self, operation: Operation, path: str, query: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Send one call and return its good answer.

        Raises:
            PermissionMissing: the app has no role for this, or the grant is of another region.
            SyncError: one of the tree.
        """
        places = self.places
        if operation.grantless:
            token = await self.access.grantless(places.login)
            return await self._send(operation, places.endpoint + path, query, body, token)
        token = await self.access.token(places.login)
        try:
            return await self._send(operation, places.endpoint + path, query, body, token)
        except TokenExpired:
            # Refused unread, so nothing was done: once more with a new token.
            token = await self.access.renew(places.login, token)
        try:
            return await self._send(operation, places.endpoint + path, query, body, token)
        except TokenExpired as again:
            raise PermissionMissing(
                "amazon_role_missing", operation=operation.name, **again.details
            ) from again

    async def object(
        self, operation: Operation, path: str, query: Mapping[str, str], body: bytes = b""
    ) -> tuple[dict[str, Any], Answer]:
        """As `ask`, the answer read as an object; an unreadable one after a write is Ambiguous."""
        answer = await self.ask(operation, path, query, body)
        try:
            return mapping(read_json(answer.body)), answer
        except Malformed as broken:
            if operation.writes:
                raise Ambiguous("sync_unread_answer", **broken.details) from broken
            raise

    async def orders(
        self, query: Mapping[str, str]
    ) -> tuple[list[Element], dict[str, Any], Answer]:
        """One page of searchOrders: its orders, each read by itself, and what stands beside them.

        Raises Malformed where it is no list of orders: an empty page must not be taken on trust.
        """
        answer = await self.ask(SEARCH, ORDERS, query)
        elements, rest = list_within(answer.body, ("orders",))
        if not isinstance(mapping(rest).get("orders"), list):
            raise Malformed("amazon_odd_answer", operation=SEARCH.name)
        return elements, mapping(rest), answer

    async def _send(
        self, operation: Operation, url: str, query: Mapping[str, str], body: bytes, token: str
    ) -> Answer:
        headers = {"x-amz-access-token": token, "Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        asked = f"{url}?{urlencode(query, quote_via=quote, safe=',:')}" if query else url
        await self._turn_of(operation).take()
        request = Request(operation.method, asked, headers, body, writes=operation.writes)
        try:
            answer = await self._connector.request(request)
        except Throttled as slow:
            if slow.retry_after_ms is not None:
                raise
            rate = self._turns[operation.name][0]
            wait_ms = min(round(1000 / rate), RETRY_AFTER_CAP_MS)
            raise Throttled(
                retry_after_ms=wait_ms, status=int(slow.details.get("status", 429))
            ) from slow
        self._heed(operation, answer)
        return answer

    def _turn_of(self, operation: Operation) -> Paced:
        if operation.name not in self._turns:
            self._turns[operation.name] = (
                operation.rate,
                self._hands.turn_for(operation.rate, operation.burst),
            )
        return self._turns[operation.name][1]

    def _heed(self, operation: Operation, answer: Answer) -> None:
        """Go on at the rate Amazon names; what it allows at once only the page says."""
        rate = _rate(answer)
        if rate is not None and rate != self._turns[operation.name][0]:
            turn = self._turns[operation.name][1]
            turn.pace(rate)
            self._turns[operation.name] = (rate, turn)


def _rate(answer: Answer) -> float | None:
    try:
        rate = float(answer.headers.get(RATE_HEADER, ""))
    except ValueError:
        return None
    return rate if 0.0001 <= rate <= 1000 else None


def _bare(request: Request) -> Request:
    """The token stands in the request already; nothing else proves who we are."""
    return request
