"""Pinduoduo's own e-waybill: numbers for the shop's own orders, whose buyers only it can print.

What the shop gets: numbers taken for orders of this platform alone, with the label Pinduoduo's own
print component draws, given back again, and the balance of every branch. There is no lookup by our
reference: the same package id for the same order brings the same number again, so a lost answer is
asked for by the same bytes (open.pinduoduo.com, "电子面单云打印接口"). It tells no scans.
"""

from typing import Any

from sync.carriers.cloudprint import APPLY, reference_of, with_form
from sync.carriers.ewaybill import is_given_back, refused
from sync.carriers.pdd_ewaybill_ask import PddAccount, apply_text
from sync.carriers.pdd_ewaybill_read import answer_of, form_of, label_in, outlets_of
from sync.errors import Ambiguous, Rejected, SyncError
from sync.gateways.pinduoduo_calls import PinduoduoCalls, PinduoduoHands
from sync.gateways.pinduoduo_sign import PinduoduoKeys
from sync.ports import CarrierCaps, Limit
from sync.records import CheckResult
from sync.waybill_records import (
    NotFound,
    OutletRecord,
    PrintData,
    TrackingRecord,
    WaybillAnswer,
    WaybillAsk,
)

GET, CANCEL = "pdd.waybill.get", "pdd.waybill.cancel"
SEARCH, QUERY = "pdd.waybill.search", "pdd.waybill.query.by.waybillcode"
FORMS = "pdd.cloudprint.stdtemplates.get"
DAY_MS = 24 * 3_600_000


class PddEwaybill:
    """One courier's e-waybill of one shop. Raises only sync.errors."""

    code = "pdd_ewaybill"
    caps = CarrierCaps(
        # A package keeps its number for good; that a repeat brings it is counted on for a day.
        idem_window_ms=DAY_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        limit=Limit(20.0),
        ewaybill=True,
        outlets=True,
        tracking=False,
    )

    def __init__(self, account: PddAccount, keys: PinduoduoKeys, hands: PinduoduoHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._calls = PinduoduoCalls(keys, hands)
        self._form = account.template_url

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact text; raises Rejected for another platform's order, and for what is missing."""
        return apply_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Take the number of a prepared text.

        Raises:
            Rejected: Pinduoduo's own no, in its words; nothing was taken.
            Ambiguous: it may have been taken; the same text brings the same number.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was taken.
        """
        if reference_of(prepared) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        asked = with_form(prepared, await self._label_form())
        try:
            told = await self._calls.write(GET, {APPLY: asked})
        except Rejected as no:
            raise refused(no) from no
        return answer_of(told, reference, self._account.wp_code)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """Pinduoduo cannot be asked by our number: always Rejected, and `caps` says so."""
        raise Rejected("ewaybill_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give a number back; returns also when it was given back already.

        Raises:
            Rejected: Pinduoduo keeps it: it was used, or too many were given back.
            Ambiguous: it may be given back; ask again.
        """
        del reference
        asked: dict[str, Any] = {"wp_code": self._account.wp_code, "waybill_code": waybill_no}
        try:
            told = await self._calls.write(CANCEL, asked)
        except Rejected as no:
            if is_given_back(no):
                return
            raise refused(no) from no
        if told.get("cancel_result") is not True:
            raise Ambiguous("sync_unread_answer", why="cancel_result")

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """None: this door tells no scans, and `caps` says so."""
        del waybill_nos, phone_tail
        return ()

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """What Pinduoduo's print component draws a number from, as it is given."""
        one = {"object_id": reference, "wp_code": self._account.wp_code}
        told = await self._calls.ask(QUERY, {"param_list": [{**one, "waybill_code": waybill_no}]})
        return label_in(told, waybill_no)

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The branches of this account's courier, with what is left at each."""
        told = await self._calls.ask(SEARCH, {"wp_code": self._account.wp_code})
        return outlets_of(told)

    async def check(self) -> CheckResult:
        """Try key, right, courier and form; says in one sentence what is wrong."""
        try:
            told = await self._calls.ask(
                SEARCH, {"wp_code": self._account.wp_code}, renews=await self._renews()
            )
            if not outlets_of(told):
                raise Rejected("ewaybill_not_subscribed", text=self._account.wp_code)
            await self._label_form()
        except SyncError as failed:
            wrong = refused(failed) if isinstance(failed, Rejected) else failed
            return CheckResult(False, wrong.code, wrong.details)
        return CheckResult(True)

    async def _renews(self) -> bool:
        """A trial's shelf is forgotten with it: what it renewed would be lost for good."""
        return await self._calls.access.renewed_before()

    async def _label_form(self) -> str:
        """The label's form: the shop's own, or the courier's first, asked for once."""
        if not self._form:
            told = await self._calls.ask(FORMS, {"wp_code": self._account.wp_code})
            self._form = form_of(told, self._account.wp_code)
            if not self._form:
                raise Rejected("ewaybill_no_form", text=self._account.wp_code)
        return self._form
