"""One Youzan shop (有赞), its mini-programs and pages, through Youzan Cloud (doc.youzanyun.com).

What the shop gets: every change of every order of the last 90 days, whole, whatever moves while the
lists are read; a buyer's wish for the money back and a changed address as soon as they are told;
the receiver as the platform gives it, sealed where it seals; numbers, memos and stock written once
in effect; refunds listed and answered; and one sentence that says what is wrong with the keys.
Calls are paid for: an order is read whole only where it is to be sent or its money is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.batches import Remembered, read_all
from sync.channels import youzan_check, youzan_push, youzan_refunds, youzan_write
from sync.channels.youzan_calls import YouzanCalls, YouzanHands
from sync.channels.youzan_keys import YouzanKeys
from sync.channels.youzan_open import ReceiverOpener
from sync.channels.youzan_read import ReadAs, aside, order_tid, read_order, text
from sync.channels.youzan_ship import Shipper
from sync.channels.youzan_states import needs_whole, order_info
from sync.channels.youzan_trades import LIST, PAGE, RULES, counted, placed, whole_order, window
from sync.channels.youzan_walk import ORDERS, Round, read_round, write_round
from sync.connector import server_ms
from sync.errors import Rejected
from sync.json_text import Element
from sync.ports import ChannelCaps, Limit
from sync.reading import mapping
from sync.records import (
    AfterSaleAsk,
    AfterSaleBatch,
    AfterSaleRecord,
    Batch,
    CheckResult,
    Done,
    KeptAside,
    MemoAsk,
    OrderRecord,
    Problem,
    PushHint,
    ShipAsk,
    StockAsk,
)
from sync.windows import begun, stepped

_CAN = frozenset(
    {
        *("poll", "push", "refunds", "holds", "ship", "ship_lines", "ship_lookup"),
        *("memo", "flag", "stock"),
    }
)
# Windows without a row that one pull may pass over: a commit for each would be waste.
_EMPTY_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class YouzanShop:
    """One shop's settings. `start_ms` is when the first round begins; None: as far as is told."""

    keys: YouzanKeys
    read_as: ReadAs
    start_ms: int | None = None
    sender_mobile: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True)
class _Whole:
    """An order as it was last read whole, at which time of its own."""

    updated: str
    told: Mapping[str, Any]
    raw: bytes


class Youzan:
    """A Channel with OrderIds and AfterSales (sync.ports). Raises only sync.errors."""

    platform = "youzan"
    # For which pace of order interfaces there is no figure; this one is ours.
    caps = ChannelCaps(page_size=PAGE, limit=Limit(10.0), flags=_CAN)

    def __init__(self, shop: YouzanShop, hands: YouzanHands) -> None:
        """Take the shop's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        self._calls = YouzanCalls(shop.keys, hands)
        self._shipper = Shipper(self._calls, shop.sender_mobile)
        self._opener = ReceiverOpener(self._calls) if shop.opens else None
        self._wholes = Remembered[str, _Whole]()
        self._refunds = Remembered[str, str]()

    async def pull(self, cursor: str) -> Batch:
        """The next orders that changed, then those whose refunds did.

        Windows without any are passed over, some at a time.
        """
        stands = read_round(cursor, self._shop.start_ms, self._clock.now())
        for _ in range(_EMPTY_AT_ONCE):
            if not stands.walk.until_s:
                walk = begun(stands.walk, self._clock.now() // 1000, RULES)
                if walk is None:
                    last = stands.turn != ORDERS
                    stands = stands.over()
                    if last:
                        return Batch((), (), write_round(stands), False)
                    continue
                stands = stands.at(walk)
            batch, stands = await self._page(stands)
            if batch.records or batch.kept_aside or not batch.more:
                return replace(batch, next_cursor=write_round(stands))
        return Batch((), (), write_round(stands), True)

    async def _page(self, stands: Round) -> tuple[Batch, Round]:
        """One page of the walk whose turn it is; after its last one the other's turn comes."""
        turn = stands.turn
        step_of = self._orders if turn == ORDERS else self._of_refunds
        records, kept, stands, more = await step_of(stands)
        if more:
            return Batch(records, kept, "", True), stands
        return Batch(records, kept, "", turn == ORDERS), stands.over()

    async def _orders(
        self, stands: Round
    ) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...], Round, bool]:
        walk = stands.walk
        told = await self._calls.ask(LIST, window(walk))
        total = counted(told, "total_results", walk.page, PAGE)
        step = stepped(walk, total, server_ms(told.answer), RULES)
        elements = told.elements if step.used else []
        records, kept = await read_all(elements, order_tid, aside, self._listed)
        return records, kept, stands.at(step.walk), step.more

    async def _listed(self, told: Mapping[str, Any], raw: bytes) -> OrderRecord:
        """An order of the list; read whole where the row is not enough, once per its own time."""
        if not needs_whole(told):
            return await self._record(told, raw)
        head = order_info(told)
        tid, updated = text(head.get("tid")), text(head.get("update_time"))
        known = self._wholes.get(tid)
        if known is not None and known.updated >= updated:
            return await self._record(known.told, known.raw)
        try:
            return await self.detail(tid)
        except Rejected as no:
            # An order that is not shown whole is still an order; a person is told.
            record = read_order(told, raw, self._shop.read_as)
            problem = Problem("unreadable", "youzan.trade.get", no.foreign_code)
            return replace(record, problems=(*record.problems, problem))

    async def _of_refunds(
        self, stands: Round
    ) -> tuple[tuple[OrderRecord, ...], tuple[KeptAside, ...], Round, bool]:
        walk = stands.walk
        told, total = await youzan_refunds.page(self._calls, walk)
        step = stepped(walk, total, server_ms(told.answer), youzan_refunds.RULES)
        records: dict[str, OrderRecord] = {}
        kept = []
        for element in told.elements if step.used else []:
            tid = youzan_refunds.tid_asked(element.value)
            if not tid:
                kept.append(youzan_refunds.aside(element))
            elif tid not in records:
                records[tid] = await self._for_refund(tid, element)
        for element in told.elements if step.used else []:
            self._refunds.put(*_stamp(element))
        return tuple(records.values()), tuple(kept), stands.at(step.walk), step.more

    async def _for_refund(self, tid: str, element: Element) -> OrderRecord:
        """The order of a refund, from before where that did not change: rounds overlap."""
        number, stamp = _stamp(element)
        known = self._wholes.get(tid)
        if known is None or self._refunds.get(number) != stamp:
            return await self.detail(tid)
        return await self._record(known.told, known.raw)

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        told, raw = await whole_order(self._calls, external_id)
        updated = text(order_info(told).get("update_time"))
        self._wholes.put(external_id, _Whole(updated, told, raw))
        return await self._record(told, raw)

    async def _record(self, told: Mapping[str, Any], raw: bytes) -> OrderRecord:
        record = read_order(told, raw, self._shop.read_as)
        return await self._opener.opened(record) if self._opener else record

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of the orders placed in a span of time, for counting them."""
        return await placed(self._calls, since_ms, until_ms)

    async def after_sales(self, cursor: str) -> AfterSaleBatch:
        """The next page of refunds and returns that changed."""
        start = self._shop.start_ms
        return await youzan_refunds.changed(self._calls, self._clock, cursor, start)

    async def after_sale(self, external_id: str) -> AfterSaleRecord:
        """One refund or return as it stands now, and what may be answered to it."""
        return await youzan_refunds.one(self._calls, external_id)

    async def answer(self, ask: AfterSaleAsk) -> Done:
        """Give the money back, or refuse; only what the seller saw is answered."""
        return await youzan_refunds.answer(self._calls, ask)

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell what left, whole or in part, or change its number, as far as nobody has."""
        return await self._shipper.ship(ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the whole stock of a SKU, found by its merchant code if need be; no difference."""
        return await youzan_write.set_stock(self._calls, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the seller's memo and its stars."""
        return await youzan_write.write_memo(self._calls, ask)

    async def check(self) -> CheckResult:
        """Try the keys; says in one sentence what is wrong."""
        return await youzan_check.check(self._calls, self._clock)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """The hint of one message; raises Rejected where the signature does not fit."""
        return youzan_push.read_push(self._shop.keys, headers, body)


def _stamp(element: Element) -> tuple[str, str]:
    row = mapping(element.value)
    told = (text(row.get("status")), text(row.get("modified")), text(row.get("version")))
    return youzan_refunds.refund_id(row) or element.raw[:80].decode("utf-8", "replace"), str(told)
