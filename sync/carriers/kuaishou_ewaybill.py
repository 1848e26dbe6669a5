"""Kuaishou's own e-waybill: numbers for its own orders, whose buyers only it can print.

What the shop gets: a number of the courier it has an agreement with; the label sealed for the
print component, together with the number; numbers given back; what is left at each branch. The
same request id and package code of an order bring the same number again, so a lost answer is asked
for by the same text (open.kwaixiaodian.com, open.express.ebill.get). It tells no scans here.
"""

from typing import Any

from sync.carriers.ewaybill import is_given_back, refused
from sync.carriers.kuaishou_ewaybill_account import KuaishouLabelAccount
from sync.carriers.kuaishou_ewaybill_ask import is_for, order_in, order_text, with_buyer
from sync.carriers.kuaishou_ewaybill_read import answer_of, order_of, outlets_of
from sync.errors import Rejected, SyncError
from sync.gateways.kuaishou_calls import Call, KuaishouCalls, KuaishouHands
from sync.ports import CarrierCaps, Limit
from sync.records import CheckResult
from sync.waybill_records import (
    NotFound,
    OutletRecord,
    TrackingRecord,
    WaybillAnswer,
    WaybillAsk,
)

TAKE, CANCEL = "open.express.ebill.get", "open.express.ebill.cancel"
BRANCHES, ORDER = "open.express.subscribe.query", "open.order.detail"
FEW_LEFT = 100
DAY_MS = 24 * 3_600_000


class KuaishouLabels:
    """A Carrier with Outlets (sync.ports); its labels come with the numbers. Raises sync.errors."""

    code = "kuaishou_ewaybill"
    caps = CarrierCaps(
        # A package of an order keeps its number; that a repeat brings it is counted on for a day.
        idem_window_ms=DAY_MS,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        # Which limit an app has is told to its owner alone; this pace is ours.
        limit=Limit(10.0),
        ewaybill=True,
        outlets=True,
        tracking=False,
    )

    def __init__(self, account: KuaishouLabelAccount, hands: KuaishouHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._calls = KuaishouCalls(account.keys, hands)

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact text; raises Rejected for another platform's order, and for its shape."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Take the number of a prepared text for the buyer its order has now.

        Raises:
            Rejected: Kuaishou's own no, in its words; nothing was taken.
            Ambiguous: it may have been taken; the same text brings the same number.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was taken.
        """
        if not is_for(prepared, reference):
            raise Rejected("waybill_reference_mismatch", reference=reference)
        asked = with_buyer(prepared, await self._order(order_in(prepared)))
        told = await self._write(TAKE, {"getEbillOrderRequest": [asked]})
        return answer_of(told, reference, self._account)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """Kuaishou cannot be asked by our number: always Rejected, and `caps` says so."""
        raise Rejected("ewaybill_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the number back; returns also when it was given back already.

        Raises:
            Rejected: Kuaishou or the courier keeps it.
            Ambiguous: it may be given back; ask again.
        """
        del reference  # Kuaishou cancels by its own number
        named = {"expressCompanyCode": self._account.courier, "waybillCode": waybill_no}
        try:
            await self._write(CANCEL, named)
        except Rejected as no:
            if not is_given_back(no):
                raise

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """None: this door is not asked for scans, and `caps` says so."""
        del waybill_nos, phone_tail
        return ()

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The branches of this account's courier, with what is left at each."""
        return await self._branches(renews=True)

    async def check(self) -> CheckResult:
        """Try keys, right and agreement by asking for the branches."""
        try:
            found = await self._branches(renews=await self._calls.access.may_renew())
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        mine = [one for one in found if self._account.site_code in ("", one.code) or not one.code]
        if not mine:
            known = {"text": f"{self._account.courier} {self._account.site_code}".strip()}
            return CheckResult(False, "ewaybill_not_subscribed", known)
        left = [one.left for one in mine if one.left is not None]
        few = bool(left) and max(left) < FEW_LEFT
        return CheckResult(True, notes=("kuaishou_ewaybill_few_left",) if few else ())

    async def _branches(self, *, renews: bool) -> tuple[OutletRecord, ...]:
        asked = Call(BRANCHES, {"expressCompanyCode": self._account.courier})
        return outlets_of(await self._calls.ask(asked, renews=renews), self._account)

    async def _order(self, oid: int) -> Any:
        """The order as the platform has it now; one it does not know is another shop's."""
        try:
            told = await self._calls.ask(Call(ORDER, {"oid": oid}, by_get=True))
        except Rejected as no:
            said = {"foreign_code": no.foreign_code, "text": f"{oid}: {no.text}"}
            raise Rejected("ewaybill_foreign_order", **said) from no
        return order_of(told)

    async def _write(self, method: str, param: dict[str, Any]) -> Any:
        try:
            return await self._calls.ask(Call(method, param, writes=True))
        except Rejected as no:
            raise refused(no) from no
