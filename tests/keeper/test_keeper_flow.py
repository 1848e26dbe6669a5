"""How orders flow is looked at and kept: dwell of each state, and who waits for whom."""

import asyncio
import threading

import pytest

from app.domain.errors import StaleVersion
from app.keeper.flow_watch import FlowWatch
from app.keeper.room import Room
from app.keeper.writer import Turn, Writer
from app.store import sync_history
from app.store.tables_sync import lock_sample, state_sample
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.outbound_world import open_shop, record
from tests.worlds import FixedClock, SeededRng

HOUR = 3_600_000


@pytest.mark.req("F225")
async def test_each_look_keeps_how_long_orders_have_stood_in_each_state(
    book: Book, clock: FixedClock
) -> None:
    shop, writer = open_shop(book), Writer(clock.mono)
    room = Room(book, writer, shop.door.laws, clock, SeededRng(), lambda _: None)
    unpaid = {"raw_status": "pending", "raw_payment": "unpaid", "payment_proofs": ()}
    shop.receive(record("501"))
    clock.advance(HOUR)
    shop.flow()  # what is paid is allocated
    shop.receive(record("502"), record("503"), record("504", **unpaid))
    clock.advance(HOUR)
    shop.flow()
    clock.advance(HOUR)
    await FlowWatch(room).round()
    clock.advance(HOUR)
    await FlowWatch(room).round()
    rows = [r for r in shop.all(state_sample) if r["state"] in {"awaiting_payment", "allocated"}]
    assert [(r["state"], r["n"], r["median_ms"] // HOUR, r["oldest_ms"] // HOUR) for r in rows] == [
        ("awaiting_payment", 1, 2, 2),
        ("allocated", 3, 1, 2),
        ("awaiting_payment", 1, 3, 3),
        ("allocated", 3, 2, 3),
    ]
    clock.advance(91 * 24 * HOUR)
    assert await room.write(forgotten) == len(rows) // 2 * 4 + 2
    writer.close()


def forgotten(work) -> int:
    gone = sync_history.forget_old(work)
    work.tell("figures_forgotten")
    return gone


@pytest.mark.req("F208")
@pytest.mark.req("F225")
async def test_orders_that_wait_for_goods_others_hold_are_counted_against_those_that_hold(
    book: Book, clock: FixedClock
) -> None:
    shop, writer = open_shop(book), Writer(clock.mono)
    room = Room(book, writer, shop.door.laws, clock, SeededRng(), lambda _: None)
    one = (LineRecord("1", "LN-27", "p1", "亚麻遮光窗帘", "", 6, 100, 600),)
    shop.receive(record("501", lines=one), record("502", lines=one), record("503", lines=one))
    await FlowWatch(room).round()
    locks = shop.all(lock_sample)[0]
    assert (locks["holding"], locks["waiting"]) == (1, 2)
    writer.close()


@pytest.mark.req("F225")
async def test_writes_that_found_another_under_way_are_counted_with_the_longest_wait(
    clock: FixedClock,
) -> None:
    writer, began, go_on = Writer(clock.mono), threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        go_on.wait()

    def stale() -> None:
        raise StaleVersion

    first = asyncio.create_task(writer.do(Turn.INTAKE, slow))
    await asyncio.to_thread(began.wait)
    behind = [asyncio.create_task(writer.do(Turn.COMMAND, lambda: None)) for _ in range(2)]
    await asyncio.sleep(0)
    clock.advance(40)
    go_on.set()
    await asyncio.gather(first, *behind)
    with pytest.raises(StaleVersion):
        await writer.do(Turn.COMMAND, stale)
    waits = writer.taken()
    assert (waits.writes, waits.waited, waits.conflicts) == (4, 2, 1)
    assert waits.longest_s == pytest.approx(0.04)
    assert writer.taken().writes == 0, "the count begins anew"
    writer.close()
