"""Cainiao's e-waybill: numbers for Taobao and Tmall trades, whose buyers only it can print.

What the shop gets: numbers taken for trades of this platform alone, with the label Cainiao's own
print component draws, given back again, and the balance of every branch. There is no lookup by our
reference: the same package id of the same trade brings the same number again, so a lost answer is
asked for by the same bytes (open.taobao.com, cainiao.waybill.ii.get). It tells no scans.
"""

import json
from dataclasses import dataclass

from sync.carriers.cainiao_ask import CainiaoAccount, apply_text
from sync.carriers.cainiao_read import answer_of, form_of, label_in, outlets_of
from sync.carriers.cloudprint import APPLY, reference_of, with_form
from sync.carriers.ewaybill import is_given_back, refused
from sync.connector import Connector, Signed, Turn
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.gateways.taobao_access import SellerKeys, TaobaoAccess
from sync.gateways.taobao_calls import Method, Params, Told, TopCalls, TopGate
from sync.gateways.taobao_refuse import refused_status
from sync.gateways.taobao_sign import TaobaoApp, signer
from sync.ports import CarrierCaps, Clock, Http, Limit, TokenShelf
from sync.records import CheckResult
from sync.waybill_records import (
    NotFound,
    OutletRecord,
    PrintData,
    TrackingRecord,
    WaybillAnswer,
    WaybillAsk,
)

GATEWAY = "https://gw.api.taobao.com/router/rest"
GET = Method("cainiao.waybill.ii.get", writes=True)
CANCEL = Method("cainiao.waybill.ii.cancel", writes=True)
SEARCH = Method("cainiao.waybill.ii.search")
QUERY = Method("cainiao.waybill.ii.query.by.waybillcode")
FORMS = Method("cainiao.cloudprint.stdtemplates.get")
DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class CainiaoHands:
    """What the connector is handed: the way out, time, its turn, and the shelf of its tokens."""

    http: Http
    clock: Clock
    turn: Turn
    shelf: TokenShelf
    gateway: str = GATEWAY


class Cainiao:
    """One courier's e-waybill of one seller. Raises only sync.errors."""

    code = "cainiao"
    caps = CarrierCaps(
        # A package keeps its number for good; that a repeat brings it is counted on for a day.
        idem_window_ms=DAY_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        limit=Limit(10.0),
        ewaybill=True,
        outlets=True,
        tracking=False,
    )

    def __init__(
        self, account: CainiaoAccount, app: TaobaoApp, keys: SellerKeys, hands: CainiaoHands
    ) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account, self._form = account, account.template_url
        signed = Signed(signer(app, hands.clock), refused_status)
        gate = TopGate(hands.gateway, Connector(hands.http, hands.clock, signed, hands.turn))
        self._calls = TopCalls(gate, TaobaoAccess(keys, hands.shelf, gate, hands.clock))

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact text; raises Rejected for another platform's order, and for what is missing."""
        return apply_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Take the number of a prepared text.

        Raises:
            Rejected: Cainiao's own no, in its words; nothing was taken.
            Ambiguous: it may have been taken; the same text brings the same number.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was taken.
        """
        if reference_of(prepared) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        asked = with_form(prepared, await self._label_form())
        told = await self._ask(GET, {APPLY: asked})
        return answer_of(told.data, reference, self._account.cp_code)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """Cainiao cannot be asked by our number: always Rejected, and `caps` says so."""
        raise Rejected("ewaybill_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give a number back; returns also when it was given back already.

        Raises:
            Rejected: Cainiao keeps it: it was used, or too many were given back.
            Ambiguous: it may be given back; ask again.
        """
        del reference
        asked = {"cp_code": self._account.cp_code, "waybill_code": waybill_no}
        try:
            told = await self._ask(CANCEL, asked)
        except Rejected as no:
            if is_given_back(no):
                return
            raise
        if told.data.get("cancel_result") is not True:
            raise Ambiguous("sync_unread_answer", why="cancel_result")

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """None: this door tells no scans, and `caps` says so."""
        del waybill_nos, phone_tail
        return ()

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """What Cainiao's print component draws a number from, as it is given."""
        one = {"cp_code": self._account.cp_code, "waybill_code": waybill_no}
        asked = json.dumps([{**one, "object_id": reference}], separators=(",", ":"))
        told = await self._ask(QUERY, {"param_list": asked})
        return label_in(told.data, waybill_no)

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The branches of this account's courier, with what is left at each."""
        told = await self._ask(SEARCH, {"cp_code": self._account.cp_code})
        return outlets_of(told.data)

    async def check(self) -> CheckResult:
        """Try key, right, courier and form; says in one sentence what is wrong."""
        try:
            if not await self.outlets():
                raise Rejected("ewaybill_not_subscribed", text=self._account.cp_code)
            await self._label_form()
        except Malformed:
            return CheckResult(False, "taobao_not_taobao")
        except SyncError as failed:
            return CheckResult(False, failed.code, failed.details)
        return CheckResult(True)

    async def _ask(self, method: Method, asked: Params) -> Told:
        try:
            return await self._calls.ask(method, asked)
        except Rejected as no:
            raise refused(no) from no

    async def _label_form(self) -> str:
        """The label's form: the seller's own, or the courier's first, asked for once."""
        if not self._form:
            told = await self._ask(FORMS, {})
            self._form = form_of(told.data, self._account.cp_code)
            if not self._form:
                raise Rejected("ewaybill_no_form", text=self._account.cp_code)
        return self._form
