"""ZTO Express, through its open platform.

What the shop gets: waybills taken from its e-waybill account and followed. A number of the usual
kind ("whole network") cannot be cancelled: ZTO takes it back by itself when nothing was scanned for
30 to 60 days. Only a booking can be. ZTO finds no order by our reference and does not say what a
repeated one does, so a create whose answer was lost goes to a person (open.zto.com).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.carriers.prepared import exact_text, reference_in
from sync.carriers.scans import in_order
from sync.carriers.zto_account import BOOKING, ZtoAccount
from sync.carriers.zto_ask import OUR_FIELD, order_text
from sync.carriers.zto_read import Told, is_cancelled, refusal_of, told_of, waybill_answer
from sync.carriers.zto_scans import query_scans, read_trace_push, trace_push_ack
from sync.carriers.zto_sign import sign
from sync.connector import Connector, Signed, Turn, refusal, with_headers
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled
from sync.ports import Acknowledgement, Answer, CarrierCaps, Clock, Http, Limit, Request
from sync.reading import mapping, minor
from sync.records import CheckResult
from sync.waybill_records import NotFound, TrackingRecord, WaybillAnswer, WaybillAsk

CREATE = "zto.open.createOrder"
CANCEL = "zto.open.cancelPreOrder"
BALANCE = "zto.open.queryAvailableBalanceNew"
TRACK = "zto.merchant.waybill.track.query"
# Of ZTO's form and nobody's: asking for its scans tries key and permission.
CHECK_NUMBER = "73000000000000"
FEW_LEFT = 100
HOUR_MS = 3_600_000
_WRITES = frozenset({CREATE, CANCEL})


@dataclass(frozen=True, slots=True)
class ZtoHands:
    """What the connector is handed: the way out, time, and the limiter of the app."""

    http: Http
    clock: Clock
    turn: Turn


class ZtoCarrier:
    """One app at ZTO. Raises only sync.errors (and AlreadyThere, an Ambiguous)."""

    code = "zto"
    caps = CarrierCaps(
        idem_window_ms=0,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        # A booking can be given back, the usual number cannot: what cannot be counted on is not
        # promised.
        void=False,
        void_window_ms=0,
        # ZTO limits each app (S206, S221) and does not publish how much; ten a second is ours.
        limit=Limit(10.0),
        # No limit for one number is published; an hour is ours.
        track_every_ms=HOUR_MS,
    )

    def __init__(self, account: ZtoAccount, hands: ZtoHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._clock = hands.clock
        self._reads = Connector(hands.http, hands.clock, Signed(self._signed, refusal), hands.turn)
        self._writes = Connector(
            hands.http, hands.clock, Signed(self._signed, _refuse_write), hands.turn
        )

    def read_tracks(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingRecord, ...]:
        """The scan of one push."""
        del headers
        return read_trace_push(body, self._account.app_key, self._account.app_secret).records

    def acknowledge(self) -> Acknowledgement:
        """What ZTO waits for: it pushes again unless the status is true."""
        return Acknowledgement(trace_push_ack(taken=True))

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact body; raises Rejected naming the field ZTO would refuse."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send a prepared text as it stands.

        Raises:
            Rejected: ZTO's own no, with its code and words; nothing was made.
            AlreadyThere: ZTO has this reference, and does not say with which waybill.
            Ambiguous: it may have been made; only a person can look.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was made.
        """
        if reference_in(prepared, OUR_FIELD) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        told = await self._ask(CREATE, prepared)
        if not told.good:
            raise refusal_of(told)
        return waybill_answer(reference, told)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """ZTO cannot be asked by our reference: always Rejected, and `caps` says so."""
        raise Rejected("zto_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Cancel a booking; returns also when it already was cancelled.

        Raises:
            Rejected: ZTO keeps it, or the number is of the kind that cannot be cancelled.
            Ambiguous: it may be cancelled; ask again.
        """
        del reference  # ZTO cancels by its own number
        if self._account.order_type != BOOKING:
            raise Rejected("zto_no_void", foreign_code="-", text=waybill_no)
        # 2: ordered by mistake.
        told = await self._ask(CANCEL, exact_text({"cancelType": "2", "billCode": waybill_no}))
        if told.good or is_cancelled(told):
            return
        raise refusal_of(told)

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans of these waybills, oldest first; one number a request.

        `phone_tail` is the last four digits of either party's phone; ZTO wants it for waybills of
        others. A number ZTO refuses keeps no other from being read; if all are refused, the last
        refusal is raised.
        """
        found: list[TrackingRecord] = []
        refused: list[SyncError] = []
        for number in waybill_nos:
            try:
                found.extend(query_scans(await self._track(number, phone_tail), number))
            except Rejected as no:
                refused.append(no)
        if refused and len(refused) == len(waybill_nos):
            raise refused[-1]
        return in_order(found)

    async def balance(self) -> int:
        """How many waybill numbers the outlet still gives this account.

        Raises:
            Rejected: a group customer has no numbers of its own.
        """
        if self._account.customer_id:
            raise Rejected("zto_no_balance", foreign_code="-", text=self._account.customer_id)
        now = datetime.fromtimestamp(self._clock.now() / 1000, UTC) + timedelta(hours=8)
        asked = {
            "datetime": now.strftime("%Y-%m-%d %H:%M:%S"),
            "partner": self._account.account_id,
            "verify": self._account.account_password,
            "content": {"typeId": "1"},
        }
        told = await self._ask(BALANCE, exact_text(asked))
        if not told.good:
            raise refusal_of(told)
        left = minor(mapping(told.result).get("available"), 0)
        if left is None:
            raise Malformed("sync_unread_answer", why="available")
        return left

    async def check(self) -> CheckResult:
        """Try address, key and e-waybill account by its balance; a group customer by one query."""
        try:
            if not self._account.customer_id:
                few = await self.balance() < FEW_LEFT
                return CheckResult(True, notes=("zto_few_left",) if few else ())
            await self._track(CHECK_NUMBER, "")
        except Rejected as no:
            # A number of nobody may be refused; that the app was let in is what was asked.
            ok = bool(self._account.customer_id) and no.code in {"zto_refused", "zto_phone_needed"}
            return CheckResult(True) if ok else CheckResult(False, no.code, no.details)
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        return CheckResult(True)

    async def _track(self, number: str, phone_tail: str) -> Any:
        asked = {"billCode": number}
        if phone_tail:
            asked["mobilePhone"] = phone_tail[-4:]
        told = await self._ask(TRACK, exact_text(asked))
        if not told.good:
            raise refusal_of(told)
        return told.result

    async def _ask(self, service: str, body: bytes) -> Told:
        writes = service in _WRITES
        way = self._writes if writes else self._reads
        url = f"{self._account.url.rstrip('/')}/{service}"
        answer, whole = await way.json(Request("POST", url, body=body, writes=writes))
        try:
            return told_of(answer, whole.body)
        except Malformed as unread:
            if not writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    def _signed(self, request: Request) -> Request:
        signed = with_headers(
            request,
            x_appKey=self._account.app_key,
            x_dataDigest=sign(request.body, self._account.app_secret),
        )
        kind = {"Content-Type": "application/json; charset=UTF-8"}
        return replace(signed, headers={**signed.headers, **kind})


def _refuse_write(answer: Answer, wait_ms: int | None) -> SyncError:
    """ZTO says its noes in a 200 answer; whatever else came says nothing about the order."""
    if answer.status == 429:
        return Throttled(retry_after_ms=wait_ms, status=answer.status)
    return Ambiguous("sync_server_error", status=answer.status)
