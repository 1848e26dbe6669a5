"""One shop on Taobao or Tmall, by its open platform (TOP).

What the shop gets: every change of every trade, whole, while the list moves under the hands;
receivers masked as the platform gives them, with the `oaid` its labels are made from; parcels,
stock and memos written once in effect; and one sentence that says what is wrong with the key.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.channels import taobao_check, taobao_ids, taobao_refunds, taobao_write
from sync.channels.taobao_messages import Mailbox
from sync.channels.taobao_read import (
    ReadAs,
    Whole,
    aside,
    read_order,
    refunds_given,
    trade_id,
)
from sync.channels.taobao_ship import Shipper
from sync.channels.taobao_trades import (
    CHANGED,
    LISTED,
    ONE_REFUND,
    REFUND,
    TRADE_FIELDS,
    TYPES,
    counted,
    trade_of,
)
from sync.channels.taobao_walk import PAGE, Walk, read_walk, stepped, write_walk
from sync.connector import Connector, Signed, Turn, server_ms
from sync.errors import Rejected
from sync.gateways.taobao_access import SellerKeys, TaobaoAccess
from sync.gateways.taobao_calls import Garbled, Told, TopCalls, TopGate
from sync.gateways.taobao_refuse import refused_status
from sync.gateways.taobao_sign import ZONE, TaobaoApp, signer, top_time
from sync.json_text import Element
from sync.known import Known, nothing_known
from sync.ports import ChannelCaps, Clock, Http, Limit, Message, TokenShelf
from sync.reading import mapping, moment_ms, text
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

GATEWAY = "https://gw.api.taobao.com/router/rest"
_CAN = frozenset(
    {
        *("poll", "refunds", "holds", "ship", "ship_lines", "ship_lookup"),
        *("memo", "flag", "stock", "ewaybill"),
    }
)
_KEPT = 2000
# Trades asked for side by side: one after the other, a busy shop's would come in minutes late.
_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class TaobaoShop:
    """One seller's settings. `gateway` is the platform's one address.

    `start_ms` is the modified time the first round begins at, None for as far back as trades are
    listed (three months); `online`: carriers are booked through the platform, not by the shop;
    `messages`: the app may use the message service, and this shop's messages are asked for.
    """

    app: TaobaoApp
    keys: SellerKeys
    read_as: ReadAs = field(default_factory=ReadAs)
    gateway: str = GATEWAY
    start_ms: int | None = None
    online: bool = False
    messages: bool = False


@dataclass(frozen=True, slots=True)
class TaobaoHands:
    """What the connector is handed: the way out, time, its turn, and the shelf of its tokens."""

    http: Http
    clock: Clock
    turn: Turn
    shelf: TokenShelf


class Taobao:
    """A Channel with OrderIds, AfterSales, Messages (sync.ports) and AsksKnown (sync.known).

    Raises only sync.errors.
    """

    platform = "taobao"
    caps = ChannelCaps(
        page_size=PAGE,
        # The platform names no figure for all; it answers with the seconds of a ban, which is kept.
        limit=Limit(10.0),
        flags=_CAN,
    )

    def __init__(self, shop: TaobaoShop, hands: TaobaoHands) -> None:
        """Take the seller's settings and what it works with; nothing is sent yet."""
        self._shop, self._clock = shop, hands.clock
        signed = Signed(signer(shop.app, hands.clock), refused_status)
        connector = Connector(hands.http, hands.clock, signed, hands.turn)
        gate = TopGate(shop.gateway, connector)
        access = TaobaoAccess(shop.keys, hands.shelf, gate, hands.clock)
        self._calls = TopCalls(gate, access)
        self._mailbox, self.listens = Mailbox(self._calls), shop.messages
        self._shipper = Shipper(self._calls, online=shop.online)
        # A trade that did not change since it was read is not asked for again: rounds overlap.
        self._seen: OrderedDict[str, tuple[str, OrderRecord]] = OrderedDict()
        self.known: Known = nothing_known
        self._refunds: OrderedDict[str, Mapping[str, Any]] = OrderedDict()

    async def pull(self, cursor: str) -> Batch:
        """The next page of changed trades, each read whole; oldest change first."""
        walk = read_walk(cursor, self._shop.start_ms, self._clock.now())
        told = await self._listed(walk)
        step = stepped(walk, counted(told.data.get("total_results")), server_ms(told.answer))
        if not step.used:
            return Batch((), (), write_walk(step.walk), step.more)
        records: dict[str, OrderRecord] = {}
        kept: list[KeptAside] = []
        rows = await self._unknown(told.rows[::-1])
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            for found in await asyncio.gather(*(self._whole(each) for each in some)):
                if isinstance(found, KeptAside):
                    kept.append(found)
                else:
                    records.pop(found.external_id, None)
                    records[found.external_id] = found
        return Batch(tuple(records.values()), tuple(kept), write_walk(step.walk), step.more)

    async def _listed(self, walk: Walk) -> Told:
        asked = {
            "fields": ",".join(LISTED),
            "type": TYPES,
            "start_modified": top_time(walk.since_ms),
            "end_modified": top_time(walk.until_ms),
            "page_no": str(walk.page or 1),
            "page_size": str(PAGE),
        }
        return await self._calls.ask(CHANGED, asked)

    async def _unknown(self, listed: list[Element]) -> list[Element]:
        """The rows of a list whose trades were not read as they are, by this or an earlier run."""
        versions = {}
        for row in (mapping(each.value) for each in listed):
            changed = moment_ms(text(row.get("modified")), ZONE)
            if changed is not None and trade_id(row) not in self._seen:
                versions[trade_id(row)] = changed
        known = await self.known(versions) if versions else frozenset()
        return [each for each in listed if trade_id(mapping(each.value)) not in known]

    async def _whole(self, listed: Element) -> OrderRecord | KeptAside:
        """One trade of a list, read whole; what is no trade, aside."""
        row = mapping(listed.value)
        tid = trade_id(row)
        if not tid:
            return aside(listed)
        return await self._known(tid, text(row.get("modified")), listed)

    async def _known(self, tid: str, modified: str, listed: Element) -> OrderRecord | KeptAside:
        """The trade, from before where it did not change; one that cannot be read, aside."""
        stamp, record = self._seen.get(tid, ("", None))
        if record is not None and stamp == modified:
            self._seen.move_to_end(tid)
            return record
        try:
            record = await self.detail(tid)
        except Rejected as no:
            return KeptAside(tid, Problem("unreadable", "trade", no.foreign_code), listed.raw)
        except Garbled as broken:
            why = str(broken.details.get("why", ""))
            return KeptAside(tid, Problem("unreadable", "trade", why), broken.body)
        await asyncio.sleep(0)
        if modified and record.modified.raw == modified:
            self._seen[tid] = (modified, record)
            if len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
        return record

    async def detail(self, external_id: str) -> OrderRecord:
        """One trade as it stands now, with the refunds that were paid out."""
        trade, raw = await trade_of(self._calls, external_id, TRADE_FIELDS)
        found: dict[str, Mapping[str, Any]] = {}
        unread: dict[str, str] = {}
        for number in refunds_given(trade):
            try:
                found[number] = await self._refund(number)
            except Rejected as no:
                unread[number] = no.foreign_code
        told = trade if trade_id(trade) else {**trade, "tid": external_id}
        return read_order(Whole(told, raw, found, unread), self._shop.read_as)

    async def _refund(self, number: str) -> Mapping[str, Any]:
        """A refund that was paid out; it never changes any more, so it is asked for once."""
        if number not in self._refunds:
            asked = {"refund_id": number, "fields": ",".join(REFUND)}
            told = await self._calls.ask(ONE_REFUND, asked)
            self._refunds[number] = mapping(told.data.get("refund"))
            if len(self._refunds) > _KEPT:
                self._refunds.popitem(last=False)
        self._refunds.move_to_end(number)
        return self._refunds[number]

    async def placed_between(self, since_ms: int, until_ms: int) -> tuple[str, ...]:
        """The numbers of all trades placed in a span, of whatever status."""
        return await taobao_ids.placed_between(self._calls, since_ms, until_ms)

    async def after_sales(self, cursor: str) -> AfterSaleBatch:
        """The next page of refunds and returns that changed."""
        start = self._shop.start_ms
        return await taobao_refunds.changed(self._calls, self._clock, cursor, start)

    async def after_sale(self, external_id: str) -> AfterSaleRecord:
        """One refund or return as it stands now, and what may be answered to it."""
        return (await taobao_refunds.one(self._calls, external_id))[0]

    async def answer(self, ask: AfterSaleAsk) -> Done:
        """Give the money back, or refuse; only what the seller saw is answered."""
        return await taobao_refunds.answer(self._calls, ask)

    async def ship(self, ask: ShipAsk) -> Done:
        """Tell the platform what left, as far as nobody has; a changed number is put right."""
        return await self._shipper.ship(ask)

    async def set_stock(self, ask: StockAsk) -> Done:
        """Set the whole figure of an item or SKU; found by the merchant's code if need be."""
        return await taobao_write.set_stock(self._calls, ask)

    async def write_memo(self, ask: MemoAsk) -> Done:
        """Set the seller's memo and its flag."""
        return await taobao_write.write_memo(self._calls, ask)

    async def check(self) -> CheckResult:
        """Try the key and the session; says in one sentence what is wrong."""
        return await taobao_check.check(self._calls, self._clock)

    async def messages(self) -> tuple[Message, ...]:
        """What the message service keeps for this seller; the first question permits them."""
        return await self._mailbox.waiting()

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Let messages go that are kept here."""
        await self._mailbox.confirm(ids)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> PushHint:
        """Nobody calls a shop's address from here: its messages are asked for."""
        del headers, body
        raise Rejected("push_not_ours")
