"""Kuaidi100, an aggregator: one account there buys waybills of one courier and follows them.

What the shop gets: waybills bought, given back and followed, by asking or by being called. The
same order number brings the first answer again for 48 hours (`reorder` false), so an unknown
create is repeated with the same bytes; it cannot be asked by our number, so after that a person
looks (api.kuaidi100.com/document, label/order).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sync.carriers.kuaidi100_account import Kuaidi100Account
from sync.carriers.kuaidi100_ask import (
    OUR_FIELD,
    follow_text,
    order_text,
    outlet_account,
    query_text,
)
from sync.carriers.kuaidi100_couriers import COMPANIES, Company
from sync.carriers.kuaidi100_patience import Patience
from sync.carriers.kuaidi100_read import (
    Told,
    followed,
    is_cancelled,
    refusal_of,
    told_of,
    track_of,
    waybill_answer,
)
from sync.carriers.kuaidi100_sign import order_sign, query_sign
from sync.carriers.kuaidi100_tracks import read_track_push, scans_of, track_push_ack
from sync.carriers.prepared import exact_text, reference_in
from sync.carriers.scans import in_order
from sync.connector import Connector, Signed, Turn, refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled
from sync.ports import Acknowledgement, Answer, CarrierCaps, Clock, Http, Limit, Request
from sync.reading import text
from sync.records import CheckResult
from sync.waybill_records import NotFound, TrackingRecord, WaybillAnswer, WaybillAsk

# No waybill has this number: cancelling it tries key and account, and changes nothing.
CHECK_NUMBER = "WD00000000000"
MOST_REMEMBERED = 10_000
HOUR_MS = 3_600_000
REPEATS_MS = 48 * HOUR_MS
# Whoever is called asks only to be sure: each question is paid for.
CALLED_EVERY_MS = 6 * HOUR_MS
_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
# A no of this kind is about one number and keeps no other from being read.
_OF_ONE = (Rejected, Ambiguous)


@dataclass(frozen=True, slots=True)
class Kuaidi100Hands:
    """What the connector is handed: the way out, time, and a limiter per kind of request."""

    http: Http
    clock: Clock
    turn_for: Callable[[str], Turn]


class Kuaidi100Carrier:
    """One courier through Kuaidi100. Raises only sync.errors (and AlreadyThere, an Ambiguous)."""

    code = "kuaidi100"
    caps = CarrierCaps(
        idem_window_ms=REPEATS_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        # Kuaidi100 publishes no rate; ten a second is ours.
        limit=Limit(10.0),
        # Kuaidi100's own advice; more than 48 questions a day lock a number.
        track_every_ms=HOUR_MS,
    )

    def __init__(self, account: Kuaidi100Account, hands: Kuaidi100Hands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._clock = hands.clock
        self._company = COMPANIES.get(account.company, Company(""))
        self._patience = Patience()
        self._courier_orders: dict[str, str] = {}
        if account.push_url:
            self.caps = replace(type(self).caps, track_every_ms=CALLED_EVERY_MS)
        signs = {
            "query": Signed(self._query_signed, refusal),
            "follow": Signed(_follow_formed, refusal),
            "order": Signed(partial(self._order_signed, "order"), _refuse_write),
            "cancel": Signed(partial(self._order_signed, "cancel"), _refuse_write),
        }
        self._ways = {
            kind: Connector(hands.http, hands.clock, signed, hands.turn_for(kind))
            for kind, signed in signs.items()
        }

    def read_tracks(self, headers: Mapping[str, str], body: bytes) -> tuple[TrackingRecord, ...]:
        """The scans of one push, oldest first; a number given up may be followed again later."""
        del headers
        push = read_track_push(body, self._account.salt)
        if push.given_up:
            self._patience.gave_up(push.given_up, self._clock.now())
        return push.records

    def acknowledge(self) -> Acknowledgement:
        """What Kuaidi100 waits for: else it pushes again, three times in all."""
        return Acknowledgement(track_push_ack())

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact param; raises Rejected naming the field Kuaidi100 would refuse."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send a prepared text as it stands.

        Raises:
            Rejected: a no with its code and words; nothing was made.
            AlreadyThere: this number was bought before, and the answer does not say which waybill.
            Ambiguous: it may have been made; the same text may be sent again.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was made.
        """
        if reference_in(prepared, OUR_FIELD) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        told = await self._order("order", prepared)
        if not told.good:
            raise refusal_of(told)
        answer = waybill_answer(reference, told, self._company.courier)
        self._remember(reference, text(told.content.get("kdComOrderNum")))
        return answer

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """Kuaidi100 cannot be asked by our number: always Rejected, and `caps` says so."""
        raise Rejected("kuaidi100_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the waybill back; returns also when it was given back already.

        Some couriers give an order number of their own and want it again here. It is known until
        Waydesk starts anew; after that such a courier refuses, and the person cancels there.

        Raises:
            Rejected: Kuaidi100 or the courier keeps it.
            Ambiguous: it may be given back; ask again.
        """
        told = await self._cancel(waybill_no, self._courier_orders.get(reference, ""))
        if told.good or is_cancelled(told):
            return
        raise refusal_of(told)

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """The scans of these waybills, oldest first; one number a request.

        A number that is refused, or asked about too often, keeps no other from being read; if none
        could be read, the last reason is raised.
        """
        found: list[TrackingRecord] = []
        unread: list[SyncError] = []
        for number in waybill_nos:
            try:
                found.extend(await self._routes_of(number, phone_tail[-4:]))
            except _OF_ONE as no:
                unread.append(no)
            except Throttled as busy:
                if busy.code != "kuaidi100_number_locked":
                    raise
                self._patience.locked(number, self._clock.now())
                unread.append(busy)
        if unread and len(unread) == len(waybill_nos):
            raise unread[-1]
        return in_order(found)

    async def follow(self, waybill_nos: tuple[str, ...], phone_tail: str) -> None:
        """Subscribe what is not subscribed yet, where the account names an address to call."""
        if not self._account.push_url:
            return
        for number in waybill_nos:
            now = self._clock.now()
            if self._patience.wants_following(number, now):
                await self._follow(number, phone_tail[-4:])
                self._patience.follows(number, now)

    async def check(self) -> CheckResult:
        """Try both pairs of keys: a void of nothing, and a question about nobody's number."""
        try:
            await self._try()
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        return CheckResult(True)

    async def _try(self) -> None:
        if self._account.company not in COMPANIES:
            raise Rejected("kuaidi100_unknown_courier", courier=self._account.company)
        told = await self._cancel(CHECK_NUMBER, "")
        wrong = None if told.good else refusal_of(told)
        # "No such waybill" is the answer of keys that may cancel.
        if wrong is not None and wrong.code != "kuaidi100_refused":
            raise wrong
        try:
            await self._track(CHECK_NUMBER, "0000")
        except Rejected:
            return  # a number of nobody may be refused; the keys were let in

    async def _cancel(self, waybill_no: str, courier_order: str) -> Told:
        asked = {
            **outlet_account(self._account),
            "kuaidicom": self._account.company,
            "kuaidinum": waybill_no,
            "orderId": courier_order,
            "reason": "暂时不寄了",
        }
        return await self._order("cancel", exact_text({k: v for k, v in asked.items() if v}))

    def _remember(self, reference: str, courier_order: str) -> None:
        if courier_order:
            self._courier_orders[reference] = courier_order
        if len(self._courier_orders) > MOST_REMEMBERED:
            del self._courier_orders[next(iter(self._courier_orders))]

    async def _routes_of(self, number: str, phone: str) -> tuple[TrackingRecord, ...]:
        if self._company.phone and not phone:
            raise Rejected("kuaidi100_phone_wrong", foreign_code="-", text=number)
        if not self._patience.may_ask(number, self._clock.now()):
            raise Rejected("kuaidi100_asked_enough", foreign_code="-", text=number)
        return scans_of(await self._track(number, phone), number)

    async def _track(self, number: str, phone: str) -> dict[str, Any]:
        phone = phone if self._company.phone else ""
        asked = exact_text(query_text(self._account.company, number, phone))
        request = Request("POST", self._account.tracks_url, body=asked)
        answer, _ = await self._ways["query"].json(request)
        return track_of(answer)

    async def _follow(self, number: str, phone: str) -> None:
        asked = exact_text(follow_text(self._account, number, phone))
        # Safe to repeat: a second subscription is answered as the first one still.
        request = Request("POST", self._account.follow_url, body=asked)
        try:
            answer, _ = await self._ways["follow"].json(request)
            followed(answer)
        except Rejected:
            return  # Kuaidi100 does not follow this one; it is asked about as before

    async def _order(self, method: str, param: bytes) -> Told:
        request = Request("POST", self._account.orders_url, body=param, writes=True)
        answer: tuple[Any, Answer] = await self._ways[method].json(request)
        try:
            return told_of(answer[0], answer[1].body)
        except Malformed as unread:
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    def _order_signed(self, method: str, request: Request) -> Request:
        """Wrap the text in the form of a label order: signed as it stands, encoded once."""
        param, moment = request.body.decode("utf-8"), str(self._clock.now())
        form = {
            "method": method,
            "key": self._account.key,
            "sign": order_sign(param, moment, self._account.key, self._account.secret),
            "t": moment,
            "param": param,
        }
        return _formed(request, form)

    def _query_signed(self, request: Request) -> Request:
        param = request.body.decode("utf-8")
        sign = query_sign(param, self._account.key, self._account.customer)
        form = {"customer": self._account.customer, "sign": sign, "param": param}
        return _formed(request, form)


def _follow_formed(request: Request) -> Request:
    """A subscription is not signed; it carries the key inside."""
    return _formed(request, {"schema": "json", "param": request.body.decode("utf-8")})


def _formed(request: Request, form: Mapping[str, str]) -> Request:
    return replace(request, headers=_FORM, body=urlencode(form).encode("ascii"))


def _refuse_write(answer: Answer, wait_ms: int | None) -> SyncError:
    """Kuaidi100 says its noes in a 200 answer; whatever else came says nothing about the order."""
    if answer.status == 429:
        return Throttled(retry_after_ms=wait_ms, status=answer.status)
    return Ambiguous("sync_server_error", status=answer.status)
