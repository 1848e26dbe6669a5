"""JD's own e-waybill ("boundless"): numbers for the orders of one POP shop, labels JD seals.

What the shop gets: a number of the courier it has an agreement with at JD, without anybody here
seeing the buyer; the label as sealed text for JD's print component; numbers given back; what is
left at each branch. What JD does with a reference it saw before is published nowhere, so an unknown
create is never repeated by itself: a person looks (open.jd.com, jingdong.ldop.alpha.*).
"""

from collections.abc import Mapping
from typing import Any

from sync.carriers.jd_ewaybill_account import JdLabelAccount
from sync.carriers.jd_ewaybill_ask import ORDER_FIELD, OUR_FIELD, content_text, order_in
from sync.carriers.jd_ewaybill_read import (
    answer_of,
    good,
    is_unbound,
    label_of,
    mark_of,
    number_of,
    outlets_of,
    refusal_of,
)
from sync.carriers.prepared import reference_in
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.gateways.jd_calls import JdCalls, JdHands, Method
from sync.gateways.jd_sign import Json
from sync.ports import CarrierCaps, Limit
from sync.reading import mapping, text
from sync.records import CheckResult
from sync.waybill_records import (
    NotFound,
    OutletRecord,
    PrintData,
    TrackingRecord,
    WaybillAnswer,
    WaybillAsk,
)

CREATE = Method("jingdong.ldop.alpha.waybill.receive", writes=True)
CANCEL = Method("jingdong.ldop.alpha.waybill.api.unbind", writes=True)
QUERY = Method("jingdong.ldop.alpha.waybill.query")
MARKS = Method("jingdong.ldop.alpha.vendor.bigshot.query")
BRANCHES = Method("jingdong.ldop.alpha.provider.sign.success.info.get")
LABEL = Method("jingdong.printing.printData.pullData")
RESULT, LABEL_RESULT = "resultInfo", "returnType"
FEW_LEFT = 100
MOST_OBJECT_ID = 20


class JdLabels:
    """A Carrier with Outlets and LabelSource (sync.ports). Raises only sync.errors."""

    code = "jd_ewaybill"
    caps = CarrierCaps(
        idem_window_ms=0,
        lookup_by_ref=False,
        not_found_is_final_after_ms=0,
        void=True,
        void_window_ms=0,
        # JD limits each app and tells its owner alone how much; this pace is ours.
        limit=Limit(5.0),
        ewaybill=True,
        outlets=True,
        # Its scans are told for JD's own parcels alone.
        tracking=False,
    )

    def __init__(self, account: JdLabelAccount, hands: JdHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._calls = JdCalls(account.keys, hands)

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact content; raises Rejected for another platform's order, and for its shape."""
        return content_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Send prepared content as it stands.

        Raises:
            Rejected: JD's no, with its words.
            AlreadyThere: JD has it, and does not say with which number.
            Ambiguous: it may have a number; only a person can look.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was made.
        """
        if reference_in(prepared, OUR_FIELD) != reference:
            raise Rejected("waybill_reference_mismatch", reference=reference)
        data = await self._write(CREATE, {"content": prepared.decode("utf-8")})
        number = number_of(data, order_in(prepared))
        mark = {"providerCode": self._account.provider, **await self._marks(number)}
        return answer_of(reference, number, mark, prepared)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """JD cannot be asked by our reference: always Rejected, and `caps` says so."""
        raise Rejected("jd_ewaybill_no_lookup", reference=reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Unbind the number from its order; returns also when it was unbound already.

        Raises:
            Rejected: JD or the courier keeps it.
            Ambiguous: it may be unbound; ask again.
        """
        del reference  # JD unbinds by its own number
        try:
            await self._write(CANCEL, self._named(waybill_no))
        except SyncError as no:
            if not is_unbound(no):
                raise

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """Nothing: JD's e-waybill is not asked for scans, and `caps` says so."""
        del waybill_nos, phone_tail
        return ()

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """The label of a number, sealed for JD's print component."""
        told = await self._read(QUERY, self._named(waybill_no))
        order = text(mapping(told).get(ORDER_FIELD))
        if not order:
            raise Malformed("sync_unread_answer", why=ORDER_FIELD)
        bill: dict[str, Json] = {
            "orderNo": order,
            "popFlag": 1,
            "wayBillCode": waybill_no,
            "jdWayBillCode": waybill_no,
        }
        asked: dict[str, Json] = {
            "objectId": reference[-MOST_OBJECT_ID:],
            "parameters": {"eCustomerCode": self._account.vendor},
            "cpCode": self._account.provider,
            "wayBillInfos": [bill],
        }
        answer = await self._calls.ask(LABEL, {"param1": asked})
        return label_of(answer.result(LABEL_RESULT), waybill_no)

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The branches this shop has an agreement with, of this courier."""
        found = outlets_of(await self._read(BRANCHES, {"venderCode": self._account.vendor}))
        return tuple(one for one in found if one.courier == self._account.provider)

    async def check(self) -> CheckResult:
        """Try keys, right and agreement by asking for the branches."""
        try:
            found = await self.outlets()
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        named = {self._account.branch or self._account.settlement}
        mine = [one for one in found if one.code in named]
        if not mine:
            known = {"courier": self._account.provider, "code": next(iter(named))}
            return CheckResult(False, "jd_ewaybill_no_branch", known)
        few = any(one.left is not None and one.left < FEW_LEFT for one in mine)
        return CheckResult(True, notes=("jd_ewaybill_few_left",) if few else ())

    async def _marks(self, number: str) -> Mapping[str, Any]:
        """What sorters read; a number without it is a number still, JD draws the label."""
        try:
            return mark_of(await self._read(MARKS, self._named(number)), number)
        except SyncError:
            return {}

    async def _read(self, method: Method, params: Mapping[str, Json]) -> Any:
        return good((await self._calls.ask(method, params)).result(RESULT))

    async def _write(self, method: Method, params: Mapping[str, Json]) -> Any:
        """Change something; a no the gateway says for its own trouble leaves it unknown."""
        try:
            told = await self._calls.ask(method, params)
        except Rejected as no:
            raise refusal_of(no.foreign_code, no.text) from no
        try:
            return good(told.result(RESULT))
        except Malformed as unread:
            raise Ambiguous("sync_unread_answer", **unread.details) from unread

    def _named(self, number: str) -> dict[str, Json]:
        return {"providerCode": self._account.provider, "waybillCode": number}
