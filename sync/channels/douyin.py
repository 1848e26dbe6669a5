"""One Douyin shop (抖店), through its open platform (op.jinritemai.com).

What the shop gets: every change of every order of the last 90 days, whole, whatever moves while the
list is read; its after-sales with the money that went back; the receiver as the platform gives it,
masked and sealed; numbers, memos and stock written once in effect; and one sentence that says what
is wrong with the keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.batches import Remembered, read_all
from sync.channels import douyin_check, douyin_push, douyin_refunds, douyin_write
from sync.channels.douyin_read import ReadAs, aside, order_id, read_order
from sync.channels.douyin_ship import Shipper
from sync.channels.douyin_states import concerns_after_sales
from sync.channels.douyin_trades import LIST, counted, order_of, placed, window
from sync.channels.douyin_walk import PAGE, RULES
from sync.connector import server_ms
from sync.errors import Rejected
from sync.gateways.douyin_calls import DouyinCalls, DouyinHands
from sync.gateways.douyin_sign import DouyinKeys
from sync.json_text import Element
from sync.ports import ChannelCaps, Limit
from sync.reading import text
from sync.records import (
    AfterSaleAsk,
    AfterSaleBatch,
    AfterSaleRecord,
    Batch,
    CheckResult,
    Done,
    MemoAsk,
    OrderRecord,
    Problem,
    PushHint,
    ShipAsk,
    StockAsk,
)
from sync.windows import Walk, begun, read_walk, stepped, write_walk

_CAN = frozenset(
    {
        *("poll", "push", "refunds", "holds", "ship", "ship_lines", "ship_lookup"),
        *("memo", "flag", "stock", "ewaybill"),
    }
)
# Windows without an order that one pull may pass over: a commit for each would be waste.
_EMPTY_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class DouyinShop:
    """One shop's settings. `start_ms` is when the first round begins; None: as far as is told."""

    keys: DouyinKeys
    read_as: ReadAs
    start_ms: int | None = None


class Douyin:
    """A Channel with OrderIds and AfterSales (sync.ports). Raises only sync.errors."""

    platform = "douyin"
    # Which limit an app has is told to its owner alone; this pace is ours.
    caps = ChannelCaps(page_size=PAGE, limit=Limit(10.0), flags=_CAN)

    def __init__(self, shop: DouyinShop, hands: DouyinHands) -> None:
        """Take the shop's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        self._calls = DouyinCalls(shop.keys, hands)
        self._shipper = Shipper(self._calls)
        # An after-sale that changes changes its order too, so it is asked for once per version.
        self._after_sales = Remembered[tuple[str, str], list[Element]]()

    async def pull(self, cursor: str) -> Batch:
        """The next orders that changed; windows without any are passed over, some at a time."""
        walk = read_walk(cursor, self._shop.start_ms)
        elements: list[Element] = []
        more = True
        for _ in range(_EMPTY_AT_ONCE):
            if not walk.until_s:
                started = begun(walk, self._clock.now() // 1000, RULES)
                if started is None:
                    return Batch((), (), write_walk(walk), False)
                walk = started
            elements, walk, more = await self._page(walk)
            if elements or not more:
                break
        records, kept = await read_all(elements, order_id, aside, self._read)
        return Batch(records, kept, write_walk(walk), more)

    async def _page(self, walk: Walk) -> tuple[list[Element], Walk, bool]:
        """One page of the walk's window, where the walk goes on, and whether it does now."""
        told = await self._calls.ask(window(walk))
        step = stepped(walk, counted(told, walk, LIST), server_ms(told.answer), RULES)
        return told.elements if step.used else [], step.walk, step.more

    async def _read(self, told: Mapping[str, Any], raw: bytes) -> OrderRecord:
        number = text(told.get("order_id"))
        try:
            found = await self._after_sales_of(told, number)
            refunds, problems = douyin_refunds.read_refunds(found, number)
        except Rejected as refused:
            # An order whose after-sales are not shown is still an order; a person is told.
            refunds, problems = (), (Problem("unreadable", "after_sales", refused.foreign_code),)
        record = read_order(told, raw, self._shop.read_as, refunds)
        return replace(record, problems=(*record.problems, *problems))

    async def _after_sales_of(self, told: Mapping[str, Any], number: str) -> list[Element]:
        if not concerns_after_sales(told):
            return []
        known = (number, text(told.get("update_time")))
        return await self._after_sales.ask(
            known, lambda: douyin_refunds.of_order(self._calls, number)
        )

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        return await self._read(*await order_of(self._calls, external_id))

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of the orders placed in a span of time, for counting them."""
        return await placed(self._calls, since_ms, until_ms)

    async def after_sales(self, cursor: str) -> AfterSaleBatch:
        """The next page of refunds and returns that changed."""
        start = self._shop.start_ms
        return await douyin_refunds.changed(self._calls, self._clock, cursor, start)

    async def after_sale(self, external_id: str) -> AfterSaleRecord:
        """One refund or return as it stands now."""
        return await douyin_refunds.one(self._calls, external_id)

    async def answer(self, ask: AfterSaleAsk) -> Done:
        """Refuse: no after-sale says that it may be answered from here (`may` is empty)."""
        raise Rejected("douyin_answer_there", external_id=ask.external_id[:40])

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell what left, whole or in part, or change its number, as far as nobody has."""
        return await self._shipper.ship(ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the whole stock of a SKU, found by its merchant code if need be; no difference."""
        return await douyin_write.set_stock(self._calls, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the seller's memo and its flag."""
        return await douyin_write.write_memo(self._calls, ask)

    async def check(self) -> CheckResult:
        """Try the keys; says in one sentence what is wrong."""
        return await douyin_check.check(self._calls, self._clock)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """The hint of one delivery; raises Rejected where the signature does not fit."""
        return douyin_push.read_push(self._shop.keys, headers, body)
