"""Kdniao, an aggregator: one account there buys waybills of one courier and follows them.

What the shop gets: waybills bought, given back and followed. Kdniao has no lookup by our order
number. It recognises a repeat instead: the same number again gives the first waybill again (106),
or at least the word that it exists (105). So an unknown create is repeated with the same bytes, and
where the repeat brings no number a person looks (kdniao.com/documents, 1007).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sync.carriers.kdniao_account import KdniaoAccount
from sync.carriers.kdniao_ask import OUR_FIELD, order_text
from sync.carriers.kdniao_read import (
    Told,
    is_cancelled,
    is_untold,
    refusal_of,
    told_of,
    waybill_answer,
)
from sync.carriers.kdniao_shippers import SHIPPERS, Shipper
from sync.carriers.kdniao_sign import sign
from sync.carriers.kdniao_tracks import read_track_push, scans_of, track_push_ack
from sync.carriers.prepared import exact_text, reference_in
from sync.carriers.scans import in_order
from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled
from sync.ports import Acknowledgement, Answer, CarrierCaps, Clock, Http, Limit, Request
from sync.reading import minor
from sync.records import CheckResult
from sync.waybill_records import NotFound, OutletRecord, TrackingRecord, WaybillAnswer, WaybillAsk

CREATE = "1007"
CANCEL = "1147"
BALANCE = "1127"
# No create carries this reference: cancelling it tries key and permission, and changes nothing.
CHECK_REFERENCE = "WD0-CHECK-0"
FEW_LEFT = 100
DAY_MS = 24 * 3_600_000
HOUR_MS = 3_600_000
_WRITES = frozenset({CREATE, CANCEL})


@dataclass(frozen=True, slots=True)
class KdniaoHands:
    """What the connector is handed: the way out, time, and a limiter per kind of request."""

    http: Http
    clock: Clock
    turn_for: Callable[[str], Turn]


class KdniaoCarrier:
    """One courier through Kdniao. Raises only sync.errors (and AlreadyThere, an Ambiguous)."""

    code = "kdniao"
    caps = CarrierCaps(
        # An order number is never bought twice, for ever by Kdniao's papers; that it answers a
        # repeat with the first waybill is only counted on for a day.
        idem_window_ms=DAY_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        # 1007: at most 20 calls a second.
        limit=Limit(20.0),
        # No limit for one number is published; an hour is what its competitor advises.
        track_every_ms=HOUR_MS,
        outlets=True,
    )

    def __init__(self, account: KdniaoAccount, hands: KdniaoHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._hands = hands
        self._shipper = SHIPPERS.get(account.shipper, Shipper(""))
        kinds = (CREATE, CANCEL, BALANCE, account.track)
        self._ways = {kind: self._way(kind) for kind in kinds}

    def read_tracks(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingRecord, ...]:
        """The scans of one push (101 or 102), oldest first."""
        del headers
        return read_track_push(body, self._account.api_key).records

    def acknowledge(self) -> Acknowledgement:
        """What Kdniao waits for: anything but Success makes it push again."""
        now = self._hands.clock.now()
        return Acknowledgement(track_push_ack(self._account.business_id, now, taken=True))

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact RequestData; raises Rejected naming the field Kdniao would refuse."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send a prepared text as it stands.

        Raises:
            Rejected: Kdniao's own no, with its code and words; nothing was made.
            AlreadyThere: this number was bought before, and the answer does not say which waybill.
            Ambiguous: it may have been made; the same text may be sent again.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was made.
        """
        if reference_in(prepared, OUR_FIELD) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        told = await self._ask(CREATE, prepared)
        if told.good or told.code == "106":
            return waybill_answer(reference, told, self._shipper.courier)
        raise refusal_of(told)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """Kdniao cannot be asked by our number: always Rejected, and `caps` says so."""
        raise Rejected("kdniao_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the waybill back; returns also when it was given back already.

        Raises:
            Rejected: Kdniao or the courier keeps it.
            Ambiguous: it may be given back; ask again with the same reference.
        """
        told = await self._cancel(reference, waybill_no)
        if told.good or is_cancelled(told):
            return
        raise refusal_of(told)

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans of these waybills, oldest first; one number a request.

        A number the courier refuses keeps no other from being read; if all are refused, the last
        refusal is raised.
        """
        found: list[TrackingRecord] = []
        refused: list[SyncError] = []
        for number in waybill_nos:
            try:
                found.extend(await self._routes_of(number, phone_tail))
            except Rejected as no:
                refused.append(no)
        if refused and len(refused) == len(waybill_nos):
            raise refused[-1]
        return in_order(found)

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The outlet of the courier this account is at; none where it sells no numbers ahead."""
        if not self._shipper.outlets:
            return ()
        account = self._account
        return (OutletRecord(account.shipper, account.site, "", await self.balance()),)

    async def balance(self) -> int:
        """How many waybills the courier's outlet still gives this account.

        Raises:
            Rejected: the courier sells no numbers ahead, so there is no balance.
        """
        if not self._shipper.outlets:
            raise Rejected("kdniao_no_balance", courier=self._account.shipper)
        site = {"StationCode": self._account.site, "StationName": ""}
        told = await self._ask(BALANCE, exact_text(self._customer() | site))
        left = minor(told.content.get("AvailableNum"), 0)
        if not told.good:
            raise refusal_of(told)
        if left is None:
            raise Malformed("sync_unread_answer", why="AvailableNum")
        return left

    async def check(self) -> CheckResult:
        """Try address, key and the courier's account, by its balance or by a void of nothing."""
        try:
            if self._account.shipper not in SHIPPERS:
                raise Rejected("kdniao_unknown_courier", courier=self._account.shipper)
            if self._shipper.outlets:
                few = await self.balance() < FEW_LEFT
                return CheckResult(True, notes=("kdniao_few_left",) if few else ())
            told = await self._cancel(CHECK_REFERENCE, "")
            wrong = refusal_of(told)
        except SyncError as failed:
            wrong = failed
            return CheckResult(False, wrong.code, wrong.details)
        # "No such order" is the answer of a key that may cancel.
        if told.good or wrong.code == "kdniao_refused":
            return CheckResult(True)
        return CheckResult(False, wrong.code, wrong.details)

    async def _cancel(self, reference: str, waybill_no: str) -> Told:
        order = {"OrderCode": reference, "ExpNo": waybill_no}
        return await self._ask(CANCEL, exact_text(self._customer() | order))

    async def _routes_of(self, number: str, phone_tail: str) -> tuple[TrackingRecord, ...]:
        asked = {"ShipperCode": self._account.shipper, "LogisticCode": number}
        if self._shipper.phone:
            asked["CustomerName"] = phone_tail[-4:]
        told = await self._ask(self._account.track, exact_text(asked))
        if not told.good and not is_untold(told):
            raise refusal_of(told)
        return scans_of(told.content, number)

    def _customer(self) -> dict[str, str]:
        return {
            "ShipperCode": self._account.shipper,
            "CustomerName": self._account.customer,
            "CustomerPwd": self._account.password,
        }

    async def _ask(self, kind: str, data: bytes) -> Told:
        writes = kind in _WRITES
        url = self._account.tracks_url if kind == self._account.track else self._account.orders_url
        request = Request("POST", url, body=data, writes=writes)
        answer: tuple[Any, Answer] = await self._ways[kind].json(request)
        try:
            return told_of(answer[0], answer[1].body)
        except Malformed as unread:
            if not writes:
                raise
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    def _way(self, kind: str) -> Connector:
        refuse = _refuse_write if kind in _WRITES else refusal
        signed = Signed(partial(self._signed, kind), refuse)
        return Connector(self._hands.http, self._hands.clock, signed, self._hands.turn_for(kind))

    def _signed(self, kind: str, request: Request) -> Request:
        """Wrap the text in Kdniao's form: signed as it stands, encoded once."""
        data = request.body.decode("utf-8")
        form = {
            "RequestData": data,
            "EBusinessID": self._account.business_id,
            "RequestType": kind,
            "DataSign": sign(data, self._account.api_key),
            "DataType": "2",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        return replace(request, headers=headers, body=urlencode(form).encode("ascii"))


def _refuse_write(answer: Answer, wait_ms: int | None) -> SyncError:
    """Kdniao says its noes in a 200 answer; whatever else came says nothing about the order."""
    if answer.status == 429:
        return Throttled(retry_after_ms=wait_ms, status=answer.status)
    return Ambiguous("sync_server_error", status=answer.status)
