"""Xiaohongshu's own e-waybill: numbers for its own orders, whose buyers only it can print.

What the shop gets: a number of the courier it has an agreement with; the label sealed for the
platform's print component, with the number or apart; numbers given back; what is left at each
branch. The same trade order and package bring the same number again, so a lost answer is asked for
by the same text (open.xiaohongshu.com, "电子面单对接说明（新）"). It tells no scans here.
"""

from collections.abc import Mapping
from typing import Any

from sync.carriers.ewaybill import is_given_back
from sync.carriers.xhs_ewaybill_account import Agreement, Place, XhsLabelAccount
from sync.carriers.xhs_ewaybill_ask import (
    BILL_VERSION,
    is_for,
    order_in,
    order_text,
    place_in,
    typed_place,
    whole,
)
from sync.carriers.xhs_ewaybill_read import (
    agreement_of,
    answer_of,
    forms_of,
    is_meant,
    label_in,
    order_of,
    outlet_of,
    refusal_of,
    subscribed,
)
from sync.errors import Rejected, SyncError
from sync.gateways.xhs_calls import Call, XhsCalls, XhsHands
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

TAKE, CANCEL = "express.createEbillOrders", "express.cancelEbillOrder"
LABEL, ORDER = "express.queryEbillOrder", "order.getOrderDetail"
BRANCHES, FORMS = "express.queryEbillSubscribes", "express.queryEbillTemplates"
FEW_LEFT = 100
DAY_MS = 24 * 3_600_000


class XhsLabels:
    """A Carrier with Outlets and LabelSource (sync.ports). Raises only sync.errors."""

    code = "xhs_ewaybill"
    caps = CarrierCaps(
        # For how long a repeat brings the same number is not said; a day is counted on.
        idem_window_ms=DAY_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        # An app has a hundred calls a second for all its shops.
        limit=Limit(20.0),
        ewaybill=True,
        outlets=True,
        tracking=False,
    )

    def __init__(self, account: XhsLabelAccount, hands: XhsHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._calls = XhsCalls(account.keys, hands)
        self._agreed: Agreement | None = None
        self._form: int | None = None

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact text; raises Rejected for another platform's order, and for its shape."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Take the number of a prepared text for the buyer its order has now.

        Raises:
            Rejected: Xiaohongshu's or the courier's no, in its words; nothing was taken.
            Ambiguous: it may have been taken; the same text brings the same number.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was taken.
        """
        if not is_for(prepared, reference):
            raise Rejected("waybill_reference_mismatch", reference=reference)
        agreed, place = await self._sent_from(prepared)
        form = await self._form_id(renews=True)
        order = await self._order(order_in(prepared))
        asked = Call(TAKE, whole(prepared, agreed, place, form, order), writes=True)
        try:
            return answer_of(await self._calls.ask(asked), reference, self._account)
        except Rejected as no:
            raise refusal_of(no) from no

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """Xiaohongshu cannot be asked by our number: always Rejected, and `caps` says so."""
        raise Rejected("ewaybill_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the number back; returns also when it was given back already.

        Raises:
            Rejected: Xiaohongshu or the courier keeps it.
            Ambiguous: it may be given back; ask again.
        """
        del reference  # Xiaohongshu cancels by its own number
        try:
            await self._calls.ask(Call(CANCEL, self._named(waybill_no), writes=True))
        except Rejected as no:
            if not is_given_back(no):
                raise refusal_of(no) from no

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """None: this door is not asked for scans, and `caps` says so."""
        del waybill_nos, phone_tail
        return ()

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """What the platform's print component draws the number from, as it is given."""
        del reference
        return label_in(await self._calls.ask(Call(LABEL, self._named(waybill_no))), waybill_no)

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The branches of this account's courier, with what is left at each."""
        return tuple(outlet_of(one) for one in await self._branches(counted=True))

    async def check(self) -> CheckResult:
        """Try keys, rights, agreement and form; says in one sentence what is wrong."""
        renews = await self._calls.access.may_renew()
        try:
            found = await self._branches(counted=True, renews=renews)
            agreed = self._one_of(found)
            await self._form_id(renews=renews)
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        mine = [outlet_of(one) for one in found if agreement_of(one) == agreed]
        few = any(one.left is not None and one.left < FEW_LEFT for one in mine)
        return CheckResult(True, notes=("xhs_ewaybill_few_left",) if few else ())

    # --- inside --------------------------------------------------------------------------------

    async def _sent_from(self, prepared: bytes) -> tuple[Agreement, Place]:
        """The agreement and which of its addresses a text sends from; asked anew for a new one.

        Raises:
            Rejected: it is none of the addresses agreed on, so Xiaohongshu would refuse it.
        """
        agreed = self._agreed
        place = place_in(prepared, agreed) if agreed else None
        if agreed is None or place is None:
            agreed = self._agreed = self._one_of(await self._branches(counted=False))
            place = place_in(prepared, agreed)
        if place is None:
            raise Rejected("ewaybill_wrong_sender", text=typed_place(prepared))
        return agreed, place

    def _one_of(self, found: list[dict[str, Any]]) -> Agreement:
        """The agreement that is meant.

        Raises:
            Rejected: there is none, or several and nobody said which.
        """
        mine = [agreement_of(one) for one in found if is_meant(one, self._account)]
        if not mine:
            named = f"{self._account.courier} {self._account.branch} {self._account.brand}"
            raise Rejected("ewaybill_not_subscribed", text=" ".join(named.split()))
        if len(mine) > 1:
            listed = ", ".join(f"{one.branch or one.customer} {one.brand}".strip() for one in mine)
            raise Rejected("xhs_ewaybill_which_branch", text=listed)
        return mine[0]

    async def _form_id(self, *, renews: bool) -> int:
        """The id of the label's form, asked for once where its size alone is known."""
        if self._account.form.isdecimal():
            return int(self._account.form)
        if self._form is None:
            asked = Call(FORMS, self._courier())
            found = forms_of(await self._calls.ask(asked, renews=renews), self._account)
            if not found:
                raise Rejected("xhs_ewaybill_no_form", text=self._account.form)
            if len(found) > 1:
                listed = ", ".join(f"{number} {name}".strip() for number, name in found.items())
                raise Rejected("xhs_ewaybill_which_form", text=listed)
            (self._form,) = found
        return self._form

    async def _branches(self, *, counted: bool, renews: bool = True) -> list[dict[str, Any]]:
        asked = Call(BRANCHES, self._courier() | {"needUsage": counted})
        return subscribed(await self._calls.ask(asked, renews=renews), self._account)

    async def _order(self, order_id: str) -> Mapping[str, Any]:
        """The order as the shop has it now; one it does not know is another shop's.

        Xiaohongshu itself does not look at whose order a number is taken for.
        """
        try:
            told = await self._calls.ask(Call(ORDER, {"orderId": order_id}))
        except Rejected as no:
            said = {"foreign_code": no.foreign_code, "text": f"{order_id}: {no.text}"}
            raise Rejected("ewaybill_foreign_order", **said) from no
        return order_of(told, order_id)

    def _courier(self) -> dict[str, Any]:
        named = {"billVersion": BILL_VERSION, "cpCode": self._account.courier}
        return named | ({"brandCode": self._account.brand} if self._account.brand else {})

    def _named(self, waybill_no: str) -> dict[str, Any]:
        named = {"billVersion": BILL_VERSION, "cpCode": self._account.courier}
        return {**named, "waybillCode": waybill_no}
