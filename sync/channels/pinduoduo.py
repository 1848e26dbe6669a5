"""One Pinduoduo shop, through the open platform's gateway (open.pinduoduo.com).

What the shop gets: every change of every order of the last three months, whole, whatever moves
while the list is read; its after-sales with the money that went back; the receiver as the platform
gives it, masked and sealed; numbers, memos and stock written once in effect; no interface asked
faster than it allows; and one sentence that says what is wrong with the keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.batches import Remembered, read_all
from sync.channels import (
    pinduoduo_check,
    pinduoduo_goods,
    pinduoduo_ids,
    pinduoduo_ship,
    pinduoduo_write,
)
from sync.channels.pinduoduo_messages import LineTo, Mailbox
from sync.channels.pinduoduo_read import (
    ReadAs,
    aside,
    code,
    concerns_after_sales,
    is_sn,
    order_sn,
    read_order,
)
from sync.channels.pinduoduo_refunds import after_sales, read_refunds
from sync.channels.pinduoduo_walk import (
    CHANGES,
    INTERFACE,
    PAGE,
    PATH,
    Walk,
    asked,
    begun,
    counted,
    read_walk,
    stepped,
    write_walk,
)
from sync.errors import Malformed, Rejected
from sync.gateways.pinduoduo_calls import PinduoduoCalls, PinduoduoHands, pace
from sync.gateways.pinduoduo_sign import PinduoduoKeys
from sync.json_text import Element
from sync.ports import ChannelCaps, Limit, Message
from sync.reading import minor, text
from sync.records import (
    Batch,
    CheckResult,
    Done,
    ListingPage,
    MemoAsk,
    OrderRecord,
    Problem,
    PushHint,
    ShipAsk,
    StockAsk,
)

_CAN = frozenset(
    {
        *("poll", "refunds", "holds", "ship", "ship_lookup"),
        *("memo", "flag", "stock", "ewaybill"),
    }
)
# Windows without an order that one pull may pass over: a commit for each would be waste.
_EMPTY_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class PinduoduoShop:
    """One shop's settings. `start_ms` is when the first round begins; None: as far as is told.

    `line` is None where the app does not use the message service.
    """

    keys: PinduoduoKeys
    read_as: ReadAs
    start_ms: int | None = None
    line: LineTo | None = None


class Pinduoduo:
    """A Channel with Messages (sync.ports). Raises only sync.errors."""

    platform = "pinduoduo"
    caps = ChannelCaps(
        page_size=PAGE,
        # Of the list of changes; every interface has its own (pinduoduo_calls).
        limit=Limit(pace(INTERFACE[CHANGES])[0]),
        flags=_CAN,
    )

    def __init__(self, shop: PinduoduoShop, hands: PinduoduoHands) -> None:
        """Take the shop's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        self._calls = PinduoduoCalls(shop.keys, hands)
        self.listens, self._mailbox = shop.line is not None, None
        if shop.line is not None:
            self._mailbox = Mailbox(self._calls, shop.keys, hands.clock, shop.line)
        self._companies = pinduoduo_ship.Companies(self._calls)
        # An after-sale that changes changes its order too, so it is asked for once per version.
        self._after_sales = Remembered[tuple[str, str, int | None], list[Element]]()

    async def pull(self, cursor: str) -> Batch:
        """The next orders: first those of the past three months, then what changed.

        Windows without any are passed over, some at a time.
        """
        walk = read_walk(cursor, self._shop.start_ms)
        elements: list[Element] = []
        more = True
        for _ in range(_EMPTY_AT_ONCE):
            if not walk.until_s:
                started = begun(walk, await pinduoduo_check.platform_ms(self._calls) // 1000)
                if started is None:
                    return Batch((), (), write_walk(walk), False)
                walk = started
            elements, walk, more = await self._page(walk)
            if elements or not more:
                break
        records, kept = await read_all(elements, order_sn, aside, self._read)
        return Batch(records, kept, write_walk(walk), more)

    async def _page(self, walk: Walk) -> tuple[list[Element], Walk, bool]:
        """One page of the walk's window, where the walk goes on, and whether it does now."""
        interface = INTERFACE[walk.phase]
        elements, rest = await self._calls.listed(interface, asked(walk), PATH[walk.phase])
        if walk.page:
            has_next = rest.get("has_next")
            if not isinstance(has_next, bool):
                raise Malformed("pdd_odd_answer", interface=interface)
            return elements, *stepped(walk, has_next=has_next)
        total = minor(rest.get("total_count"), 0)
        if total is None or total < 0:
            raise Malformed("pdd_odd_answer", interface=interface)
        if total > PAGE:
            # Read backwards, beginning with the last page; this first one comes at the end.
            return [], counted(walk, total), True
        return elements, *stepped(replace(walk, page=1, top=1), has_next=False)

    async def _read(self, told: Mapping[str, Any], raw: bytes) -> OrderRecord:
        try:
            refunds, problems = read_refunds(told, await self._after_sales_of(told))
        except Rejected as refused:
            # An order whose after-sales are not shown is still an order; a person is told.
            refunds, problems = (), (Problem("unreadable", "refund_list", refused.foreign_code),)
        record = read_order(told, raw, self._shop.read_as, refunds)
        return replace(record, problems=(*record.problems, *problems))

    async def _after_sales_of(self, told: Mapping[str, Any]) -> list[Element]:
        if not concerns_after_sales(told):
            return []
        number = text(told.get("order_sn"))
        known = (number, text(told.get("updated_at")), code(told, "after_sales_status"))
        return await self._after_sales.ask(
            known, lambda: after_sales(self._calls, self._clock, number)
        )

    async def detail(self, external_id: str) -> OrderRecord:
        """One order as it stands now, with its refunds."""
        _refuse_odd(external_id)
        order, raw = await pinduoduo_ship.order_with_bytes(self._calls, external_id)
        return await self._read(order, raw)

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of the deals placed in a span of time, for counting them."""
        return await pinduoduo_ids.placed_between(self._calls, since_ms, until_ms)

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell a parcel's number: the first, a changed one or a further one, once."""
        _refuse_odd(ask.external_id)
        return await pinduoduo_ship.ship(self._calls, self._companies, ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the whole stock of a SKU, found by its merchant code if need be; no difference."""
        return await pinduoduo_write.set_stock(self._calls, ask)

    async def listings(self, cursor: str) -> ListingPage:
        """The next page of what is on sale, each SKU a listing of its own."""
        return await pinduoduo_goods.page(self._calls, cursor)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the order's note, and its coloured tag where a flag is given."""
        _refuse_odd(ask.external_id)
        return await pinduoduo_write.write_memo(self._calls, ask)

    async def check(self) -> CheckResult:
        """Try the keys; says in one sentence what is wrong."""
        return await pinduoduo_check.check(self._calls, self._clock)

    async def messages(self) -> tuple[Message, ...]:
        """What was told over the line since it was last asked; nothing without a line."""
        return await self._mailbox.waiting() if self._mailbox else ()

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Answer messages that are kept here."""
        if self._mailbox:
            await self._mailbox.confirm(ids)

    async def hang_up(self) -> None:
        """Let the line go, if there is one."""
        if self._mailbox:
            await self._mailbox.hang_up()

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Refuse: Pinduoduo calls nobody; its messages come over a line we open."""
        del headers, body
        raise Rejected("push_unsigned")


def _refuse_odd(external_id: str) -> None:
    if not is_sn(external_id):
        raise Rejected("sync_bad_number", external_id=external_id[:40])
