"""EasyPost, a hosted label API: one account there buys labels of one western carrier.

What the shop gets: a label bought by one request, found again by our own reference after a lost
answer, given back, followed by asking or by being called. EasyPost has no idempotency key, so an
unknown purchase is looked up before anything is sent again, and a shipment that was made and not
bought counts as none (docs.easypost.com).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from sync.carriers.easypost_account import TEST_KEY, EasypostAccount
from sync.carriers.easypost_ask import OUR_FIELD, order_text
from sync.carriers.easypost_read import (
    REFUNDED,
    is_unknown,
    label_address,
    refused,
    waybill_answer,
)
from sync.carriers.easypost_tracks import read_push, scans_of
from sync.carriers.prepared import reference_in
from sync.carriers.purchase import purchased
from sync.carriers.scans import in_order
from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Malformed, Rejected, SyncError
from sync.ports import Acknowledgement, CarrierCaps, Clock, Http, Limit, Request
from sync.reading import mapping, rows, text
from sync.records import CheckResult
from sync.waybill_records import NotFound, PrintData, TrackingRecord, WaybillAnswer, WaybillAsk

MINUTE_MS = 60_000
DAY_MS = 1_440 * MINUTE_MS
# Labels lie on a file server of EasyPost's, which is asked without our key.
_LABELS = "easypost-files"
_LARGEST_LABEL = 500_000


@dataclass(frozen=True, slots=True)
class EasypostHands:
    """What the connector is handed: the way out, time and the limiter of this account."""

    http: Http
    clock: Clock
    turn: Turn


class EasypostCarrier:
    """One carrier through EasyPost. Raises only sync.errors."""

    code = "easypost"
    caps = CarrierCaps(
        idem_window_ms=0,
        lookup_by_ref=True,
        # How late its index of references is, EasyPost does not say.
        not_found_is_final_after_ms=2 * MINUTE_MS,
        void=True,
        # USPS: thirty days; other carriers ninety, which EasyPost then says itself.
        void_window_ms=30 * DAY_MS,
        # EasyPost publishes no number; five a second is ours.
        limit=Limit(5.0),
        track_every_ms=30 * MINUTE_MS,
    )

    def __init__(self, account: EasypostAccount, hands: EasypostHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        signed = Signed(self._signed, refused)
        self._calls = Connector(hands.http, hands.clock, signed, hands.turn)
        self._files = Connector(hands.http, hands.clock, Signed(_bare, refusal), hands.turn)

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact body; raises Rejected naming the field EasyPost would refuse."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Buy a label by a prepared text as it stands.

        Raises:
            Rejected: a no with its code and words; nothing was bought.
            Ambiguous: it may have been bought; look it up.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was bought.
        """
        if reference_in(prepared, OUR_FIELD, within="shipment") != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        told, answer = await purchased(self._calls, f"{self._account.url}/shipments", prepared)
        return waybill_answer(reference, told, answer)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """The label bought under our reference; one that was given back is none."""
        found = await self._shipment(reference)
        if found is None:
            return NotFound(reference)
        told, raw = found
        gone = text(told.get("refund_status")) in REFUNDED
        if gone or not text(told.get("tracking_code")):
            return NotFound(reference)
        return waybill_answer(reference, told, raw)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the label back; returns also when that was asked before.

        Raises:
            Rejected: EasyPost has no such label, or the carrier does not take it back.
            Ambiguous: it may be given back; ask again.
        """
        found = await self._shipment(reference)
        if found is None or text(found[0].get("tracking_code")) != waybill_no:
            raise Rejected("easypost_no_such_label", text=waybill_no)
        if text(found[0].get("refund_status")) in REFUNDED:
            return
        told, _ = await purchased(
            self._calls, f"{self._account.url}/shipments/{quote(reference, safe='')}/refund", b""
        )
        status = text(mapping(told).get("refund_status"))
        if status not in REFUNDED:
            raise Rejected("easypost_not_refunded", foreign_code=status or "-", number=waybill_no)

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans of these labels, oldest first; one number a request."""
        del phone_tail
        found: list[TrackingRecord] = []
        for number in waybill_nos:
            query = urlencode({"tracking_code": number, "page_size": "5"})
            request = Request("GET", f"{self._account.url}/trackers?{query}")
            told, _ = await self._calls.json(request)
            trackers = mapping(told).get("trackers")
            if not isinstance(trackers, list):
                raise Malformed("sync_unread_answer", why="trackers")
            for tracker in rows(trackers):
                if text(tracker.get("tracking_code")) == number:
                    found.extend(scans_of(tracker))
        return in_order(found)

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """The carrier's own label as ZPL for 4x6 in; asked for again it is the same.

        Raises:
            Rejected: there is no such label, or it lies where no label of EasyPost's lies.
            Malformed: what lies there is no ZPL.
        """
        found = await self._shipment(reference)
        if found is None or text(found[0].get("tracking_code")) != waybill_no:
            raise Rejected("easypost_no_such_label", text=waybill_no)
        address = label_address(found[0])
        if not address:
            path = f"/shipments/{quote(reference, safe='')}/label?file_format=ZPL"
            told, _ = await self._calls.json(Request("GET", self._account.url + path))
            address = label_address(told)
        answer = await self._files.request(Request("GET", self._file(address)))
        words = answer.body.strip()
        if not words.startswith(b"^XA") or len(words) > _LARGEST_LABEL:
            raise Malformed("easypost_odd_label", text=waybill_no)
        return PrintData("zpl", words.decode("utf-8", "replace"))

    async def check(self) -> CheckResult:
        """Try the key; a key of EasyPost's test mode is said to be one."""
        request = Request("GET", f"{self._account.url}/trackers?page_size=1")
        try:
            told, _ = await self._calls.json(request)
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        if not isinstance(mapping(told).get("trackers"), list):
            return CheckResult(False, "easypost_not_easypost")
        notes = ("easypost_test_key",) if self._account.key.startswith(TEST_KEY) else ()
        return CheckResult(True, notes=notes)

    def read_tracks(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingRecord, ...]:
        """The scans of one push, oldest first."""
        return read_push(headers, body, self._account.webhook_secret)

    def acknowledge(self) -> Acknowledgement:
        """EasyPost waits for any good answer."""
        return Acknowledgement()

    async def _shipment(self, reference: str) -> tuple[dict[str, Any], bytes] | None:
        """The shipment under our reference, with its bytes; None where EasyPost has none."""
        path = f"/shipments/{quote(reference, safe='')}"
        try:
            told, answer = await self._calls.json(Request("GET", self._account.url + path))
        except Rejected as no:
            if not is_unknown(no):
                raise
            return None
        shipment = mapping(told)
        if text(shipment.get("reference")) != reference:
            raise Malformed("sync_unread_answer", why="reference")
        return shipment, answer.body

    def _signed(self, request: Request) -> Request:
        """The key is the user of HTTP basic authentication, without a password."""
        pair = base64.b64encode(f"{self._account.key}:".encode()).decode()
        headers = {**request.headers, "Authorization": f"Basic {pair}"}
        return Request(request.method, request.url, headers, request.body, writes=request.writes)

    def _file(self, address: str) -> str:
        """An address labels are fetched from: EasyPost's file server, or the account's own host."""
        host, ours = urlsplit(address), urlsplit(self._account.url)
        theirs = (host.hostname or "").split(".", 1)[0] == _LABELS
        theirs = theirs and (host.hostname or "").endswith(".amazonaws.com")
        if (theirs and host.scheme == "https") or host[:2] == ours[:2]:
            return address
        raise Rejected("easypost_odd_label", text=address[:100])


def _bare(request: Request) -> Request:
    """A label's address holds its own secret."""
    return request
