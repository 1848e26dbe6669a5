"""Douyin's own e-waybill: numbers for the orders of one Douyin shop, and the labels it seals.

What the shop gets: a number of the courier it has an account with, without anybody here seeing the
buyer's name; the label as sealed text for Douyin's print component; numbers given back; what is
left at each branch. The same order and parcel id bring the old number again, so an unknown create
is repeated with the same bytes (op.jinritemai.com, logistics/newCreateOrder).
"""

import json

from sync.carriers.douyin_ewaybill_account import DouyinLabelAccount
from sync.carriers.douyin_ewaybill_ask import asked_for, order_text, pack_id
from sync.carriers.douyin_ewaybill_read import (
    answer_of,
    form_of,
    label_of,
    outlets_of,
    refusal_of,
    voided,
)
from sync.carriers.ewaybill import is_given_back
from sync.errors import Rejected, SyncError
from sync.gateways.douyin_calls import Call, DouyinCalls, DouyinHands, Told
from sync.gateways.douyin_sign import Value
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

CREATE = "logistics.newCreateOrder"
CANCEL = "logistics.cancelOrder"
LABEL = "logistics.waybillApply"
BRANCHES = "logistics.listShopNetsite"
FORMS = "logistics.templateList"
FEW_LEFT = 100
DAY_MS = 24 * 3_600_000


class DouyinLabels:
    """A Carrier with Outlets and LabelSource (sync.ports). Raises only sync.errors."""

    code = "douyin_ewaybill"
    caps = CarrierCaps(
        # Order and parcel id name one number for ever; a day is how long a repeat is made of it.
        idem_window_ms=DAY_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        # Which limit an app has is told to its owner alone; this pace is ours.
        limit=Limit(10.0),
        ewaybill=True,
        outlets=True,
        # What its words for a parcel's way mean is published to nobody outside.
        tracking=False,
    )

    def __init__(self, account: DouyinLabelAccount, hands: DouyinHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account, self._form = account, ""
        self._calls = DouyinCalls(account.keys, hands)

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact parameters; raises Rejected for another platform's order, and for its shape."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send prepared parameters as they stand.

        Raises:
            Rejected: Douyin's no, with its code and words: the order is another shop's, the
                sender's address was not agreed with the branch, no numbers are left.
            Ambiguous: it may have a number; the same text may be sent again.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was made.
        """
        asked = asked_for(prepared)
        if asked[1] != pack_id(reference):
            raise Rejected("waybill_reference_mismatch", reference=reference)
        params: dict[str, Value] = json.loads(prepared)
        told = await self._write(CREATE, params)
        return answer_of(told.data, reference, asked, self._account.company)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """Douyin cannot be asked by our reference: always Rejected, and `caps` says so."""
        raise Rejected("ewaybill_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the number back; returns also when it was given back already.

        Raises:
            Rejected: Douyin or the courier keeps it.
            Ambiguous: it may be given back; ask again.
        """
        del reference  # Douyin cancels by its own number
        try:
            told = await self._write(CANCEL, self._named(waybill_no))
        except Rejected as no:
            if is_given_back(no):
                return
            raise
        voided(told.data)

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """Nothing: Douyin's e-waybill is not asked for scans, and `caps` says so."""
        del waybill_nos, phone_tail
        return ()

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """The label of a number, sealed for Douyin's print component, and the form it goes on."""
        del reference
        form = await self._label_form()
        named: dict[str, Value] = {"waybill_applies": [self._named(waybill_no)]}
        told = await self._calls.ask(Call(LABEL, named))
        return label_of(told.data, waybill_no, form)

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The courier's branches this shop has an agreement with, and what is left there."""
        asked: dict[str, Value] = {"logistics_code": self._account.company}
        told = await self._calls.ask(Call(BRANCHES, asked))
        return outlets_of(told.data, self._account.company)

    async def check(self) -> CheckResult:
        """Try keys, right and agreement by asking for the branches."""
        try:
            found = await self.outlets()
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        if not found:
            known = {"courier": self._account.company}
            return CheckResult(False, "douyin_ewaybill_no_branch", known)
        left = [one.left for one in found if one.left is not None]
        few = bool(left) and max(left) < FEW_LEFT
        return CheckResult(True, notes=("douyin_ewaybill_few_left",) if few else ())

    async def _label_form(self) -> str:
        """The courier's form, asked for once."""
        if not self._form:
            told = await self._calls.ask(Call(FORMS, {}))
            self._form = form_of(told.data, self._account.company)
        if not self._form:
            raise Rejected("douyin_ewaybill_no_form", text=self._account.company)
        return self._form

    async def _write(self, method: str, params: dict[str, Value]) -> Told:
        """Change something; a no of the business that asks to try again leaves it unknown."""
        try:
            return await self._calls.ask(Call(method, params, writes=True))
        except Rejected as no:
            raise refusal_of(no.foreign_code, no.text) from no

    def _named(self, number: str) -> dict[str, Value]:
        return {"logistics_code": self._account.company, "track_no": number}
