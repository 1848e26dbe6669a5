"""Karrio Server: the shop's own label server, which buys labels of one carrier connected there.

What the shop gets: a label bought by one request, found again by our own reference after a lost
answer, given back, followed by asking (Karrio's OpenAPI 2026.1). Karrio has no idempotency key and
forgets a purchase that broke inside it. Where it says that it broke and knows nothing of a label,
the purchase is not sent again by itself: a person looks in the carrier's account first. Where the
answer was lost, "not found" is believed after a quarter of an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sync.carriers.karrio_account import KarrioAccount
from sync.carriers.karrio_ask import OUR_FIELD, order_text
from sync.carriers.karrio_read import (
    CANCELLED,
    is_bought,
    kept,
    refused,
    waybill_answer,
    zpl_label,
)
from sync.carriers.karrio_tracks import scans_of
from sync.carriers.prepared import reference_in
from sync.carriers.purchase import purchased
from sync.carriers.scans import in_order
from sync.connector import Connector, Signed, Turn, with_headers
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.ports import CarrierCaps, Clock, Http, Limit, Request
from sync.reading import mapping, rows, text
from sync.records import CheckResult
from sync.waybill_records import NotFound, PrintData, TrackingRecord, WaybillAnswer, WaybillAsk

MINUTE_MS = 60_000
DAY_MS = 1_440 * MINUTE_MS
# A page of a list, at most 100 (Karrio's OpenAPI, Pagination).
_PAGE = 100
_MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class KarrioHands:
    """What the connector is handed: the way out, time and the limiter of this account."""

    http: Http
    clock: Clock
    turn: Turn


class KarrioCarrier:
    """One carrier through a Karrio server. Raises only sync.errors."""

    code = "karrio"
    caps = CarrierCaps(
        idem_window_ms=0,
        lookup_by_ref=True,
        # A shipment is seen when its purchase ended, however long the carrier takes over it.
        not_found_is_final_after_ms=15 * MINUTE_MS,
        void=True,
        # How long a carrier takes a label back it says itself.
        void_window_ms=30 * DAY_MS,
        # Karrio publishes no number; five a second is ours.
        limit=Limit(5.0),
        track_every_ms=30 * MINUTE_MS,
    )

    def __init__(self, account: KarrioAccount, hands: KarrioHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._calls = Connector(hands.http, hands.clock, Signed(self._signed, refused), hands.turn)

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact body; raises Rejected naming the field the server would refuse."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Buy a label by a prepared text as it stands.

        Raises:
            Rejected: a no with its code and words; or the server broke while the carrier was asked
                and knows nothing of a label, so that a person must look at the carrier's.
            Ambiguous: it may have been bought; look it up.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was bought.
        """
        if reference_in(prepared, OUR_FIELD) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        try:
            told, answer = await purchased(self._calls, f"{self._account.api}/shipments", prepared)
        except Ambiguous as broke:
            if broke.code != "karrio_broke":
                raise
            return await self._after_breaking(reference, broke)
        return waybill_answer(reference, told, answer)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """The label bought under our reference; one that was given back is none."""
        for shipment in await self._shipments(reference):
            if is_bought(shipment):
                return waybill_answer(reference, shipment, kept(shipment))
        return NotFound(reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the label back; returns also when that was done before.

        Raises:
            Rejected: the server has no such label, or the carrier does not take it back.
            Ambiguous: it may be given back; ask again.
        """
        shipment = await self._label_of(reference, waybill_no)
        if text(shipment.get("status")) == CANCELLED:
            return
        try:
            told, _ = await purchased(
                self._calls, f"{self._account.api}{_path(shipment)}/cancel", b""
            )
        except Rejected as no:
            code, number = no.foreign_code, waybill_no
            raise Rejected(
                "karrio_not_cancelled", foreign_code=code, text=no.text, number=number
            ) from no
        if text(mapping(told).get("status")) != CANCELLED:
            raise Ambiguous("karrio_no_number", reference=reference)

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans of these labels, oldest first; one number a request."""
        del phone_tail
        found: list[TrackingRecord] = []
        for number in waybill_nos:
            for tracker in await self._listed("/trackers", tracking_number=number):
                # The server finds every number that this one is a part of.
                if text(tracker.get("tracking_number")) == number:
                    found.extend(scans_of(tracker))
        return in_order(found)

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """The carrier's own label as ZPL; asked for again it is the same.

        Raises:
            Rejected: there is no such label.
            Malformed: the label is no ZPL: not every carrier gives it.
        """
        shipment = await self._label_of(reference, waybill_no)
        url = f"{self._account.api}{_path(shipment)}/documents/label"
        told, _ = await self._calls.json(Request("POST", url))
        return PrintData("zpl", zpl_label(told))

    async def check(self) -> CheckResult:
        """Try the key, and whether the carrier is connected there and in use."""
        carrier_id = self._account.carrier_id
        try:
            connections = await self._listed("/connections")
        except Malformed:
            return CheckResult(False, "karrio_not_karrio")
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        ours = [row for row in connections if text(row.get("carrier_id")) == carrier_id]
        in_use = [row for row in ours if row.get("active") is True]
        if not in_use:
            return CheckResult(False, "karrio_no_such_carrier", {"text": carrier_id})
        is_test = any(row.get("test_mode") is True for row in in_use)
        return CheckResult(True, notes=("karrio_test_carrier",) if is_test else ())

    async def _after_breaking(self, reference: str, broke: Ambiguous) -> WaybillAnswer:
        """What the server knows now that the request has ended: nothing more will come of it."""
        try:
            found = await self.lookup(reference)
        except SyncError:
            raise broke from None
        if isinstance(found, NotFound):
            words = text(broke.details.get("text"))
            raise Rejected("karrio_unclear", reference=reference, text=words) from broke
        return found

    async def _label_of(self, reference: str, waybill_no: str) -> dict[str, Any]:
        for shipment in await self._shipments(reference):
            if text(shipment.get("tracking_number")) == waybill_no:
                return shipment
        raise Rejected("karrio_no_such_label", text=waybill_no)

    async def _shipments(self, reference: str) -> list[dict[str, Any]]:
        """The shipments under our reference: the server finds all it is a part of (-1 and -10)."""
        found = await self._listed("/shipments", reference=reference)
        return [row for row in found if text(row.get("reference")) == reference]

    async def _listed(self, path: str, **wanted: str) -> list[dict[str, Any]]:
        """A whole list; raises Malformed where it is none, or does not end."""
        found: list[dict[str, Any]] = []
        offset = 0
        for _ in range(_MOST_PAGES):
            query = urlencode({**wanted, "limit": _PAGE, "offset": offset})
            request = Request("GET", f"{self._account.api}{path}?{query}")
            told, _ = await self._calls.json(request)
            results = mapping(told).get("results")
            if not isinstance(results, list):
                raise Malformed("sync_unread_answer", why="results")
            found += rows(results)
            offset += len(results)
            if not mapping(told).get("next") or not results:
                return found
        raise Malformed("sync_unread_answer", why="next")

    def _signed(self, request: Request) -> Request:
        """The key as Karrio names it, and never where others on the way could read it."""
        if not self._account.is_private:
            raise Rejected("karrio_plain_http", text=self._account.url[:80])
        return with_headers(request, Authorization=f"Token {self._account.key}")


def _path(shipment: Mapping[str, Any]) -> str:
    return f"/shipments/{quote(text(shipment.get('id')), safe='')}"
