"""Goods that left without a scan of ours: the carrier's word ships the order (F185)."""

import itertools

import pytest

from app.commands.orders import HoldOrder
from app.commands.parcels import ScanLabel
from app.domain.states import ShippedBy
from app.operations import receivables, tracking
from app.store.tables import line, lock, parcel, stock
from app.store.tables_receivable import receivable
from app.store.tables_record import outbox
from app.store.work import Book, Work
from sync.records import Moment
from sync.waybill_records import TrackingRecord
from tests.operations.carrier_world import Dispatch, dispatch
from tests.operations.outbound_world import record
from tests.worlds import NOON, FixedClock

HOUR = 3_600_000
NODES = {"first.2": "in_transit", "first.3": "delivering", "first.4": "delivered"}


async def labelled(desk: Dispatch) -> str:
    """Bought, and never scanned out at the bench."""
    desk.take()
    await desk.until("live", 5)
    return str(desk.label()["carrier_no"])


async def hear(desk: Dispatch, *told: tuple[str, int]) -> None:
    """Let the carrier report these (code, hours after noon) of the newest waybill."""
    row = desk.label()
    scans = tuple(
        TrackingRecord(
            row["carrier_no"],
            code,
            "",
            Moment(NOON + hours * HOUR, str(hours), "Asia/Shanghai"),
            "",
            "",
            f"{code}@{hours}",
        )
        for code, hours in told
    )

    def act(work: Work) -> None:
        work.tell("scans")
        tracking.take(work, desk.room.laws.now, row, scans)

    await desk.room.write(act)


def owed(desk: Dispatch) -> list[tuple[int, str, str]]:
    return [(r["amount_minor"], r["currency"], r["cause"]) for r in desk.shop.all(receivable)]


@pytest.mark.req("F185")
@pytest.mark.parametrize("code", NODES)
async def test_each_of_three_scans_ships_an_order_nobody_scanned_out(
    book: Book, clock: FixedClock, code: str
) -> None:
    async with dispatch(book, clock) as desk:
        number = await labelled(desk)
        assert desk.shop.order()["state"] == "allocated"
        await hear(desk, (code, 2))
        order = desk.shop.order()
        assert (order["state"], order["logistics"]) == ("shipped", NODES[code])
        assert (order["shipped_at"], order["proofs"]) == (clock.now(), 2)
        assert owed(desk) == [(25800, "CNY", "carrier")]
        assert desk.open_cases() == {"left_unproven"}
        assert [row["shipped"] for row in desk.shop.all(line)] == [2, 1]
        assert [row["physical"] for row in desk.shop.all(stock)] == [9, 8]
        assert {row["state"] for row in desk.shop.all(lock)} == {"used"}
        assert [row["state"] for row in desk.shop.all(parcel)] == ["shipped"]
        assert [row["kind"] for row in desk.shop.all(outbox)] == ["ship_writeback"]
        assert desk.shop.all(receivable)[0]["reference"] == number


@pytest.mark.req("F185")
async def test_a_pickup_alone_ships_nothing(book: Book, clock: FixedClock) -> None:
    async with dispatch(book, clock) as desk:
        await labelled(desk)
        await hear(desk, ("first.1", 1))
        assert desk.shop.order()["state"] == "allocated"
        assert not owed(desk)
        assert not desk.open_cases()


@pytest.mark.req("F185")
@pytest.mark.parametrize("turn", list(itertools.permutations(("first.1", "first.2", "first.4"))))
async def test_scans_in_any_order_end_the_same_and_never_take_anything_back(
    book: Book, clock: FixedClock, turn: tuple[str, ...]
) -> None:
    async with dispatch(book, clock) as desk:
        await labelled(desk)
        for code in (*turn, *turn):
            before = desk.shop.order()["state"]
            await hear(desk, (code, int(code[-1])))
            assert (before, desk.shop.order()["state"]) != ("shipped", "allocated")
        order = desk.shop.order()
        assert (order["state"], order["logistics"]) == ("shipped", "delivered")
        assert len(owed(desk)) == 1
        assert len(desk.shop.all(outbox)) == 1


@pytest.mark.req("F185")
async def test_an_order_that_was_stopped_ships_by_the_carriers_word_and_the_platform_waits(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        await labelled(desk)
        desk.shop.do("lead", HoldOrder(desk.shop.order()["id"], "the buyer called"))
        await hear(desk, ("first.2", 2))
        assert (desk.shop.order()["state"], desk.shop.order()["held"]) == ("shipped", "hold")
        assert desk.open_cases() == {"left_while_stopped"}
        assert not desk.shop.all(outbox)


@pytest.mark.req("F185")
async def test_a_cancelled_order_that_travels_stays_cancelled_and_is_said_once(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        await labelled(desk)
        row = record("501", version=NOON + 1, raw_status="cancelled")
        desk.shop.receive(row)
        await hear(desk, ("first.2", 2))
        await hear(desk, ("first.3", 3))
        assert desk.shop.order()["state"] == "cancelled"
        assert "left_while_stopped" in desk.open_cases()
        assert not owed(desk)


@pytest.mark.req("F185")
async def test_a_scan_at_the_bench_afterwards_is_the_missing_proof(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock) as desk:
        number = await labelled(desk)
        await hear(desk, ("first.2", 2))
        desk.shop.do("packer", ScanLabel(number, "weigh_out", 900))
        assert not desk.open_cases()
        assert desk.shop.order()["proofs"] == 3
        assert len(owed(desk)) == 1


async def test_the_bench_and_the_platform_book_what_is_owed_once_too(
    book: Book, clock: FixedClock
) -> None:
    async with dispatch(book, clock, ("501", "502")) as desk:
        number = await labelled(desk)
        desk.shop.do("packer", ScanLabel(number, "weigh_out", 900))
        desk.shop.receive(record("502", version=NOON + 1, raw_status="completed"))
        assert owed(desk) == [(25800, "CNY", "scan"), (25800, "CNY", "platform")]
        order_id = desk.shop.order()["id"]

        def again(work: Work) -> bool:
            return receivables.book(work, order_id, ShippedBy.PLATFORM)

        assert not await desk.room.write(again)
        assert len(owed(desk)) == 2
