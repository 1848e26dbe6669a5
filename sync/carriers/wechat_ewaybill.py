"""The WeChat shop's own e-waybill: numbers for its own orders, whose buyers only it can print.

What the shop gets: a number of the courier it has an agreement with, though the order shows stars
for a name; the label as the text WeChat's print component takes; numbers given back; what is left
at each branch. Our reference names a number for ever: a second request under it is refused
(10025019) and the first is looked up (developers.weixin.qq.com, "电子面单"). It tells no scans.
"""

from collections.abc import Mapping
from typing import Any

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.prepared import exact_text
from sync.carriers.wechat_ewaybill_account import Agreement, WechatLabelAccount
from sync.carriers.wechat_ewaybill_ask import (
    USUAL_FORM,
    house_id,
    is_for,
    order_in,
    order_text,
    with_agreement,
)
from sync.carriers.wechat_ewaybill_read import (
    UNKNOWN,
    accounts_of,
    agreement_of,
    answer_of,
    is_given_back,
    kept_of,
    label_in,
    orders_of,
    outlet_of,
    refusal_of,
)
from sync.errors import Ambiguous, Rejected, SyncError
from sync.gateways.wechat_calls import WechatCalls, WechatHands
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

_PART = "/channels/ec/logistics/ewaybill/biz"
CREATE, FIND, CANCEL = f"{_PART}/order/create", f"{_PART}/order/get", f"{_PART}/order/cancel"
LABEL, ACCOUNTS = f"{_PART}/print/get", f"{_PART}/account/get"
# With more of them at once WeChat runs out of time asking the couriers for their balances.
PAGE = 20
MOST_PAGES = 20
FEW_LEFT = 100


class WechatLabels:
    """A Carrier with Outlets and LabelSource (sync.ports). Raises only sync.errors."""

    code = "wechat_ewaybill"
    caps = CarrierCaps(
        idem_window_ms=0,
        lookup_by_ref=True,
        # A lookup was seen to know nothing of a number that a create refused as there already.
        not_found_is_final_after_ms=300_000,
        void=True,
        void_window_ms=0,
        # Which limit a shop has is told to its owner alone; this pace is ours.
        limit=Limit(10.0),
        ewaybill=True,
        outlets=True,
        tracking=False,
    )

    def __init__(self, account: WechatLabelAccount, hands: WechatHands) -> None:
        """Take the account and what it works with; nothing is sent yet."""
        self._account = account
        self._calls = WechatCalls(account.keys, hands)
        self._agreed: Agreement | None = None

    def prepare(self, ask: WaybillAsk) -> bytes:
        """The exact text; raises Rejected for another platform's order, and for its shape."""
        return order_text(ask, self._account)

    async def create(self, reference: str, prepared: bytes) -> WaybillAnswer:
        """Take the number of a prepared text; one that was taken before is found and given.

        Raises:
            Rejected: WeChat's or the courier's no, in its words; nothing was taken.
            Ambiguous: it may have been taken; look the reference up.
            Throttled, TokenExpired, PermissionMissing, Unreachable: nothing was taken.
        """
        if not is_for(prepared, reference):
            raise Rejected("waybill_reference_mismatch", reference=reference)
        body = with_agreement(prepared, await self._agreement())
        try:
            told = await self._write(CREATE, body)
        except AlreadyThere as there:
            return await self._taken_before(reference, prepared, there)
        return answer_of(told, reference, self._account.delivery_id)

    async def lookup(self, reference: str) -> WaybillAnswer | NotFound:
        """The number taken under our reference.

        Raises:
            Rejected: it was given back, so it is nobody's.
        """
        kept = await self._kept(reference)
        if kept is None:
            return NotFound(reference)
        if is_given_back(kept):
            raise Rejected("wechat_ewaybill_given_back", reference=reference)
        return answer_of(kept, reference, self._account.delivery_id)

    async def void(self, reference: str, waybill_no: str) -> None:
        """Give the number back; returns also when it was given back already.

        Raises:
            Rejected: WeChat or the courier keeps it.
            Ambiguous: it may be given back; ask again.
        """
        named = {"ewaybill_order_id": house_id(reference), "waybill_id": waybill_no}
        body = exact_text({**named, "delivery_id": self._account.delivery_id})
        try:
            await self._write(CANCEL, body)
        except Rejected:
            kept = await self._kept(reference)
            if kept is None or not is_given_back(kept):
                raise

    async def routes(
        self, waybill_nos: tuple[str, ...], phone_tail: str
    ) -> tuple[TrackingRecord, ...]:
        """None: this door is not asked for scans, and `caps` says so."""
        del waybill_nos, phone_tail
        return ()

    async def print_data(self, reference: str, waybill_no: str) -> PrintData:
        """What WeChat's print component draws the number from, as it is given."""
        del waybill_no
        form = self._account.template_id or USUAL_FORM
        asked = {"ewaybill_order_id": house_id(reference), "template_id": form}
        try:
            return label_in(await self._calls.ask(LABEL, asked))
        except Rejected as no:
            raise refusal_of(no) from no

    async def outlets(self) -> tuple[OutletRecord, ...]:
        """The branches of this account's courier, with what is left at each."""
        return tuple(outlet_of(one) for one in await self._accounts())

    async def check(self) -> CheckResult:
        """Try app, secret, right and agreement; says in one sentence what is wrong."""
        try:
            found = await self._accounts()
            agreement = self._one_of(found)
        except SyncError as wrong:
            return CheckResult(False, wrong.code, wrong.details)
        mine = [outlet_of(one) for one in found if agreement_of(one) == agreement]
        few = any(one.left is not None and one.left < FEW_LEFT for one in mine)
        return CheckResult(True, notes=("wechat_ewaybill_few_left",) if few else ())

    # --- inside --------------------------------------------------------------------------------

    async def _taken_before(
        self, reference: str, prepared: bytes, there: AlreadyThere
    ) -> WaybillAnswer:
        """The number of an id that is taken, where it is this very order's.

        Raises:
            Rejected: WeChat has the id and knows no number of it, or it is another order's.
        """
        kept = await self._kept(reference)
        if kept is None:
            said = str(there.details.get("foreign_code", ""))
            raise Rejected("wechat_ewaybill_half_known", foreign_code=said, reference=reference)
        if is_given_back(kept) or str(order_in(prepared)) not in orders_of(kept):
            raise Rejected("wechat_ewaybill_id_used", reference=reference)
        return answer_of(kept, reference, self._account.delivery_id)

    async def _kept(self, reference: str) -> Mapping[str, Any] | None:
        """What WeChat keeps under our reference; None where it knows nothing of it."""
        try:
            told = await self._calls.ask(FIND, {"ewaybill_order_id": house_id(reference)})
        except Rejected as no:
            if no.foreign_code == UNKNOWN:
                return None
            raise refusal_of(no) from no
        return kept_of(told)

    async def _write(self, path: str, body: bytes) -> dict[str, Any]:
        try:
            return await self._calls.write(path, body)
        except Rejected as no:
            raise refusal_of(no) from no

    async def _agreement(self) -> Agreement:
        """The shop's agreement with the courier, asked for once."""
        if self._agreed is None:
            self._agreed = self._one_of(await self._accounts())
        return self._agreed

    def _one_of(self, found: list[dict[str, Any]]) -> Agreement:
        """The agreement that is meant.

        Raises:
            Rejected: there is none, or several and nobody said which.
        """
        agreed = [agreement_of(one) for one in found]
        mine = [one for one in agreed if self._account.acct_id in ("", one.acct_id)]
        if not mine or not mine[0].shop_id:
            raise Rejected("ewaybill_not_subscribed", text=self._account.delivery_id)
        if len(mine) > 1:
            listed = ", ".join(f"{one.acct_id} ({one.site_code or '-'})" for one in mine[:10])
            raise Rejected("wechat_ewaybill_which_account", text=listed)
        return mine[0]

    async def _accounts(self) -> list[dict[str, Any]]:
        """Every agreement with this courier that stands."""
        found: list[dict[str, Any]] = []
        for page in range(MOST_PAGES):
            told = await self._calls.ask(ACCOUNTS, self._page(page * PAGE))
            found += accounts_of(told, self._account.delivery_id)
            if len(told["account_list"]) < PAGE:
                return found
        raise Ambiguous("sync_unread_answer", why="account_list")

    def _page(self, offset: int) -> dict[str, Any]:
        asked: dict[str, Any] = {"need_balance": True, "offset": offset, "limit": PAGE}
        return asked | {"delivery_id": self._account.delivery_id, "status": 3}
