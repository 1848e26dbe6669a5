"""A refund opened after printing stops the parcel, red and by its number, at each gate (F229)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.commands.parcels import PrintLabels, ScanLabel, Scanned, TakeWaybills
from app.domain.errors import NotAllowed
from app.domain.errors_gates import RefundPending
from app.keeper.effect_pump import Outlet
from app.keeper.fresh_desk import YOUNG_MS, FreshDesk
from app.keeper.sync_loop import ShopBook
from app.keeper.waybill_pump import WaybillPump
from app.operations import print_queue
from app.store.seal import Row
from app.store.tables import parcel, print_job, waybill
from app.store.tables_record import event
from app.store.work import Book, Work
from sync.engine import Gear
from sync.errors import Unreachable
from sync.limits import Breaker
from sync.records import Moment, OrderRecord, RefundRecord
from sync.retry import Budget
from tests.operations.carrier_world import Dispatch, dispatch
from tests.operations.outbound_world import record
from tests.worlds import NOON, FixedClock, SeededRng

REFUND = RefundRecord("R-77", 25800, "changed my mind", Moment(NOON, "t", "UTC"))
BY_HOLD = {"hold": "refund"}
BY_REFUND = {"refunds": (REFUND,)}


class Platform:
    """A platform with one order, as it stands there now."""

    def __init__(self) -> None:
        self.order = record()
        self.failure: Exception | None = None
        self.asked = 0

    async def detail(self, _external_id: str) -> OrderRecord:
        self.asked += 1
        if self.failure:
            raise self.failure
        return self.order


class Gates:
    """A shop at its bench, with the desk that reads orders again."""

    def __init__(self, desk: Dispatch) -> None:
        self.desk, self.platform = desk, Platform()
        clock = desk.clock
        gear = Gear(clock, SeededRng(), Breaker(clock, SeededRng()), Budget())
        self.outlets = {desk.shop.channel_id: Outlet(self.platform, gear)}  # type: ignore[arg-type]
        self.fresh = FreshDesk(desk.room, self)  # type: ignore[arg-type]  # only these two of it

    def book_of(self, channel_id: int) -> ShopBook:
        return ShopBook(self.desk.room, channel_id, lambda: None)

    def tell(self, **more: Any) -> None:
        """Let the platform change the order."""
        self.desk.clock.advance(YOUNG_MS + 1)
        at = Moment(self.desk.clock.now(), "later", "UTC")
        self.platform.order = record(version=at.utc_ms, modified=at, raw=b"[1]", **more)

    async def label(self) -> str:
        """A number is there, and its paper is claimed."""
        self.desk.take()
        await self.desk.until("live", 5)
        return str(self.desk.label()["carrier_no"])

    async def scan(self, step: str, who: str = "packer") -> Scanned:
        """As the keeper takes a scan."""
        shop, ask = self.desk.shop, ScanLabel(self.desk.label()["carrier_no"], step, 900)
        shop.commands += 1

        async def through() -> bytes:
            return shop.door.do(shop.commands, ask, shop.sessions[who]).result

        return await self.fresh.scanned(ask, shop.sessions[who], through)

    async def claim(self) -> Row:
        """As the print pump does: read again, then claim in one transaction."""
        order = self.desk.shop.order()
        self.desk.shop.do("lead", PrintLabels((order["id"],), "pdf:/nowhere"))
        await self.fresh.gate((order["id"],))

        def act(work: Work) -> None:
            (row,) = print_queue.queued(work, 5)
            print_queue.claim(work, self.desk.room.laws.now, row, "x.pdf")
            work.tell("prints_claimed")

        await self.desk.room.write(act)
        return self.desk.shop.all(print_job)[-1]


@asynccontextmanager
async def gates(book: Book, clock: FixedClock) -> AsyncIterator[Gates]:
    async with dispatch(book, clock) as desk:
        yield Gates(desk)


def untouched(desk: Dispatch) -> bool:
    box = desk.shop.all(parcel)[0]
    return box["verified_at"] is None and box["weighed_at"] is None and box["state"] == "open"


@pytest.mark.req("F229")
@pytest.mark.parametrize("step", ["verify", "weigh_out"])
@pytest.mark.parametrize("change", [BY_REFUND, BY_HOLD])
async def test_a_refund_opened_after_printing_stops_the_scan_and_is_named(
    book: Book, clock: FixedClock, step: str, change: dict[str, Any]
) -> None:
    async with gates(book, clock) as at:
        await at.label()
        assert (await at.claim())["state"] == "claimed"
        at.tell(**change)
        with pytest.raises(RefundPending) as said:
            await at.scan(step)
        named = "R-77" if change is BY_REFUND else ""
        assert said.value.details == {"order_no": "501", "refund": named}
        assert untouched(at.desk)
        assert at.desk.shop.order()["state"] == "allocated"


@pytest.mark.req("F229")
@pytest.mark.parametrize("change", [BY_REFUND, BY_HOLD])
async def test_a_refund_opened_before_the_claim_leaves_no_paper(
    book: Book, clock: FixedClock, change: dict[str, Any]
) -> None:
    async with gates(book, clock) as at:
        await at.label()
        at.tell(**change)
        row = await at.claim()
        assert (row["state"], row["error"]) == ("failed", "refund_pending")
        assert "gate_stopped" in {one["kind"] for one in at.desk.shop.all(event)}


@pytest.mark.req("F229")
@pytest.mark.parametrize("change", [BY_REFUND, BY_HOLD, {"raw_status": "cancelled"}])
async def test_a_refund_opened_before_the_number_buys_none(
    book: Book, clock: FixedClock, change: dict[str, Any]
) -> None:
    async with gates(book, clock) as at:
        at.desk.shop.do("lead", TakeWaybills((at.desk.shop.order()["id"],)))
        at.tell(**change)
        pump = WaybillPump(at.desk.room, at.desk.carriers, at.fresh.gate)
        await pump.round()
        assert [row["state"] for row in at.desk.shop.all(waybill)] == ["voided"]
        assert at.desk.carrier.sent == []
        assert at.platform.asked == 1


@pytest.mark.req("F229")
async def test_offline_the_scan_goes_on_and_says_as_of_when(book: Book, clock: FixedClock) -> None:
    async with gates(book, clock) as at:
        read = clock.now()
        await at.label()
        at.platform.failure = Unreachable("sync_unreachable")
        clock.advance(10 * YOUNG_MS)
        told = await at.scan("weigh_out")
        assert told.shipped
        assert (told.fresh, told.code, told.read_at) == (False, "sync_unreachable", read)


@pytest.mark.req("F229")
async def test_an_order_read_a_minute_ago_is_not_asked_about_at_the_next_gate(
    book: Book, clock: FixedClock
) -> None:
    async with gates(book, clock) as at:
        await at.label()
        first = await at.scan("verify")
        assert (at.platform.asked, first.fresh, first.read_at) == (1, True, clock.now())
        clock.advance(YOUNG_MS)
        again = await at.scan("weigh_out")
        assert (at.platform.asked, again.fresh) == (1, True)
        assert again.read_at == clock.now() - YOUNG_MS
        clock.advance(1)
        await at.scan("verify")
        assert at.platform.asked == 2


async def test_a_scan_that_the_door_refuses_asks_nobody(book: Book, clock: FixedClock) -> None:
    async with gates(book, clock) as at:
        await at.label()
        at.desk.shop.hire("books", "finance")
        with pytest.raises(NotAllowed):
            await at.scan("verify", "books")
        await at.scan("hand_over")
        assert at.platform.asked == 0
