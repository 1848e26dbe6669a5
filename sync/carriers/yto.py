"""YTO Express, through its open platform.

What the shop gets: waybills taken with their three-part code, given back and followed. YTO knows
one order by our number and its customer, and refuses the number a second time; it cannot be asked
for it. So an unknown create is repeated with the same text, which never makes a second waybill, and
where the repeat brings no number a person looks (open.yto.net.cn, privacy_create_adapter).
"""

import json
from dataclasses import dataclass, replace
from functools import partial

from sync.carriers.prepared import exact_text, reference_in
from sync.carriers.scans import in_order
from sync.carriers.yto_account import YtoAccount
from sync.carriers.yto_ask import OUR_FIELD, order_text
from sync.carriers.yto_read import Told, is_cancelled, refusal_of, scans_of, told_of, waybill_answer
from sync.carriers.yto_sign import VERSION, sign
from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled
from sync.ports import Answer, CarrierCaps, Clock, Http, Limit, Request
from sync.reading import text
from sync.records import CheckResult
from sync.waybill_records import NotFound, TrackingRecord, WaybillAnswer, WaybillAsk

CREATE = "privacy_create_adapter"
CANCEL = "korder_cancel_adapter"
TRACK = "track_query_adapter"
# No create carries this number: cancelling it tries key and permission, and changes nothing.
CHECK_REFERENCE = "WD0-CHECK-0"
# Of YTO's form and nobody's.
CHECK_NUMBER = "YT0000000000000"
DAY_MS = 24 * 3_600_000
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class YtoHands:
    """What the connector is handed: the way out, time, and the limiter of the account."""

    http: Http
    clock: Clock
    turn: Turn


class YtoCarrier:
    """One account at YTO. Raises only sync.errors (and AlreadyThere, an Ambiguous)."""

    code = "yto"
    caps = CarrierCaps(
        # Number and customer name one order for ever; a day is how long a repeat is made of it.
        idem_window_ms=DAY_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        # Until the courier collects (S12); no time limit is published.
        void_window_ms=0,
        # YTO limits each interface (S112) and does not publish how much; ten a second is ours.
        limit=Limit(10.0),
        # No limit for one number is published; an hour is ours.
        track_every_ms=HOUR_MS,
    )

    def __init__(self, account: YtoAccount, hands: YtoHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._hands = hands

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact param; raises Rejected naming the field YTO would refuse."""
        return order_text(ask)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send a prepared text as it stands.

        Raises:
            Rejected: YTO's own no, with its code and words; nothing was made.
            AlreadyThere: YTO has this number, and does not say with which waybill.
            Ambiguous: it may have been made; the same text may be sent again.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was made.
        """
        if reference_in(prepared, OUR_FIELD) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        return waybill_answer(reference, await self._ask(CREATE, prepared))

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """YTO cannot be asked by our number: always Rejected, and `caps` says so."""
        raise Rejected("yto_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Cancel the order; returns also when it already was cancelled.

        Raises:
            Rejected: YTO keeps it: the courier has it, or it is not known.
            Ambiguous: it may be cancelled; ask again.
        """
        del waybill_no  # YTO cancels by our number
        told = await self._cancel(reference)
        if text(told.body.get("logisticsNo")) == reference and not told.refused:
            return
        if told.refused and is_cancelled(told):
            return
        raise (
            refusal_of(told)
            if told.refused
            else Ambiguous("yto_foreign_answer", reference=reference)
        )

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans of these waybills, oldest first; one number a request.

        A number YTO refuses keeps no other from being read; if all are refused, the last refusal
        is raised. YTO asks for no phone.
        """
        del phone_tail
        found: list[TrackingRecord] = []
        refused: list[SyncError] = []
        for number in waybill_nos:
            try:
                found.extend(scans_of(await self._track(number), number))
            except Rejected as no:
                refused.append(no)
        if refused and len(refused) == len(waybill_nos):
            raise refused[-1]
        return in_order(found)

    async def check(self) -> CheckResult:
        """Try both pairs of code and secret: a void of nothing, the scans of nobody's number."""
        try:
            told = await self._cancel(CHECK_REFERENCE)
            wrong = refusal_of(told) if told.refused else None
            if wrong is not None and wrong.code != "yto_refused":
                return CheckResult(False, wrong.code, wrong.details)
            scans_of(await self._track(CHECK_NUMBER), CHECK_NUMBER)
        except Rejected:
            # A number of nobody may be refused; that we were let in is what was asked.
            return CheckResult(True)
        except SyncError as failed:
            return CheckResult(False, failed.code, failed.details)
        return CheckResult(True)

    async def _cancel(self, reference: str) -> Told:
        return await self._ask(
            CANCEL, exact_text({"logisticsNo": reference, "cancelDesc": "订单取消"})
        )

    async def _track(self, number: str) -> Told:
        return await self._ask(TRACK, exact_text({"NUMBER": number}))

    async def _ask(self, method: str, param: bytes) -> Told:
        writes = method != TRACK
        code = self._account.track_code if method == TRACK else self._account.client_code
        base = self._account.url.rstrip("/")
        url = f"{base}/open/{method}/{VERSION}/{self._account.user_id}/{code}"
        request = Request("POST", url, body=param, writes=writes)
        signed = Signed(partial(self._signed, method), _refuse_write if writes else refusal)
        way = Connector(self._hands.http, self._hands.clock, signed, self._hands.turn)
        answer, whole = await way.json(request)
        try:
            return told_of(answer, whole.body)
        except Malformed as unread:
            if not writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    def _signed(self, method: str, request: Request) -> Request:
        """Wrap the param in YTO's envelope: a text within the JSON, signed as it stands."""
        secret = self._account.track_secret if method == TRACK else self._account.secret
        param = request.body.decode("utf-8")
        envelope = {
            "timestamp": str(self._hands.clock.now()),
            "param": param,
            "sign": sign(param, method, secret),
            "format": "JSON",
        }
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        body = json.dumps(envelope, ensure_ascii=False).encode("utf-8")
        return replace(request, headers=headers, body=body)


def _refuse_write(answer: Answer, wait_ms: int | None) -> SyncError:
    """YTO says its noes in a 200 answer; whatever else came says nothing about the order."""
    if answer.status == 429:
        return Throttled(retry_after_ms=wait_ms, status=answer.status)
    return Ambiguous("sync_server_error", status=answer.status)
