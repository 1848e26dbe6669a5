"""SF Express, through its open platform ("Fengqiao", the std gateway).

What the shop gets: waybills bought, looked up, given back and followed. A create is sent once with
stored text; what became of it is always one of: a waybill, SF's own no, or unknown. SF does not
replay a create, it refuses the second (8016), so an unknown is looked up by our reference before
anything else (carriers_labels.md 0.5 and A1).
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlencode

from sync.carriers.prepared import reference_in
from sync.carriers.scans import in_order
from sync.carriers.sf_account import SfAccount
from sync.carriers.sf_ask import OUR_FIELD, exact_text, order_text
from sync.carriers.sf_read import (
    ALREADY_CANCELLED,
    NOT_FOUND,
    Inner,
    business_error,
    inner_result,
    waybill_answer,
)
from sync.carriers.sf_routes import query_scans
from sync.carriers.sf_sign import java_form_encode, sign_encoded
from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled
from sync.ports import Answer, CarrierCaps, Clock, Http, Limit, Request
from sync.records import CheckResult
from sync.waybill_records import NotFound, TrackingRecord, WaybillAnswer, WaybillAsk

CREATE = "EXP_RECE_CREATE_ORDER"
LOOKUP = "EXP_RECE_SEARCH_ORDER_RESP"
UPDATE = "EXP_RECE_UPDATE_ORDER"
ROUTES = "EXP_RECE_SEARCH_ROUTES"
MOST_NUMBERS = 10
# No create carries this reference, so asking for it tries key, address and permission for free.
CHECK_REFERENCE = "WD0-CHECK-0"
_WRITES = frozenset({CREATE, UPDATE})


@dataclass(frozen=True, slots=True)
class SfHands:
    """What the connector is handed: the way out, time, new ids, and a limiter per interface."""

    http: Http
    clock: Clock
    next_id: Callable[[], int]
    turn_for: Callable[[str], Turn]


class SfCarrier:
    """One customer code at SF. Raises only sync.errors (and AlreadyThere, an Ambiguous)."""

    code = "sf"
    caps = CarrierCaps(
        idem_window_ms=0,
        lookup_by_ref=True,
        # How soon SF's lookup knows a fresh order is not documented; a minute is ours.
        not_found_is_final_after_ms=60_000,
        void=True,
        # Until the courier scans it: no time limit is documented, so none is promised.
        void_window_ms=0,
        # Each interface of a customer code has its own limit (A1005).
        limit=Limit(30.0),
    )

    def __init__(self, account: SfAccount, hands: SfHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._hands = hands
        self._ways = {name: self._way(name) for name in (CREATE, LOOKUP, UPDATE, ROUTES)}

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact msgData text; raises Rejected naming the field SF would refuse."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send a prepared text as it stands.

        Raises:
            Rejected: SF's own no, with its code and words; nothing was made.
            AlreadyThere: SF has this reference; look it up and adopt.
            Ambiguous: it may have been made; look it up before anything else.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was made.
        """
        if reference_in(prepared, OUR_FIELD) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        inner = await self._ask(CREATE, prepared)
        if not inner.good:
            raise business_error(inner)
        return waybill_answer(reference, inner)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """What SF has under our reference; its answer does not say for whom the parcel is."""
        message = {"searchType": 1, "orderId": reference, "language": "zh-CN"}
        inner = await self._ask(LOOKUP, exact_text(message))
        if inner.code in NOT_FOUND:
            return NotFound(reference)
        if not inner.good:
            raise business_error(inner)
        return waybill_answer(reference, inner)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Cancel the order; returns also when it already was cancelled.

        Raises:
            Rejected: SF keeps it (picked up, unknown, or another waybill's reference).
            Ambiguous: it may be cancelled; ask again with the same reference.
        """
        numbers = [{"waybillType": 1, "waybillNo": waybill_no}] if waybill_no else []
        message = {
            "dealType": 2,
            "language": "zh-CN",
            "orderId": reference,
            "waybillNoInfoList": numbers,
        }
        inner = await self._ask(UPDATE, exact_text(message))
        if inner.code == ALREADY_CANCELLED:
            return
        if not inner.good:
            raise business_error(inner)
        # resStatus 1 means "order and waybill do not belong together", 2 means done.
        if isinstance(inner.data, dict) and str(inner.data.get("resStatus")) == "1":
            raise Rejected("sf_refused", foreign_code="resStatus 1", text=inner.text)

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans of these waybills, oldest first, repeats dropped; ten numbers a request.

        `phone_tail` is the last four digits of either party's phone; SF wants it for waybills
        that were not made with this customer code, so it may be empty for our own.
        """
        found: list[TrackingRecord] = []
        for numbers in _tens(waybill_nos):
            message = {
                "language": "zh-CN",
                "trackingType": 1,
                "trackingNumber": list(numbers),
                "methodType": 1,
            }
            tail = {"checkPhoneNo": phone_tail[-4:]} if phone_tail else {}
            inner = await self._ask(ROUTES, exact_text(message | tail))
            if not inner.good:
                raise business_error(inner)
            found.extend(query_scans(inner.data))
        return in_order(found)

    async def check(self) -> CheckResult:
        """Try address, key and permission with one lookup that finds nothing."""
        try:
            await self.lookup(CHECK_REFERENCE)
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        return CheckResult(True)

    async def _ask(self, service: str, message: bytes) -> Inner:
        writes = service in _WRITES
        request = Request("POST", self._account.url, body=message, writes=writes)
        outer, answer = await self._ways[service].json(request)
        try:
            return inner_result(outer, answer.body)
        except Malformed as unread:
            if not writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    def _way(self, service: str) -> Connector:
        refuse = _refuse_write if service in _WRITES else refusal
        signed = Signed(partial(self._signed, service), refuse)
        return Connector(self._hands.http, self._hands.clock, signed, self._hands.turn_for(service))

    def _signed(self, service: str, request: Request) -> Request:
        """Wrap the message in the gateway's form, signed for this moment."""
        message = java_form_encode(request.body.decode("utf-8"))
        stamp = str(self._hands.clock.now())
        form = {
            "partnerID": self._account.partner_id,
            # Documented as a UUID of at most 40 characters; a new one for every send.
            "requestID": str(uuid.UUID(int=self._hands.next_id())),
            "serviceCode": service,
            "timestamp": stamp,
            "msgDigest": sign_encoded(message, stamp, self._account.checkword),
        }
        body = f"{urlencode(form)}&msgData={message}".encode("ascii")
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        return replace(request, headers=headers, body=body)


def _refuse_write(answer: Answer, wait_ms: int | None) -> SyncError:
    """SF says its noes in a 200 answer; whatever else came says nothing about the order."""
    if answer.status == 429:
        return Throttled(retry_after_ms=wait_ms, status=answer.status)
    return Ambiguous("sync_server_error", status=answer.status)


def _tens(numbers: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(numbers), MOST_NUMBERS):
        yield numbers[start : start + MOST_NUMBERS]
