"""Bad lines to the platforms, on a virtual clock: cut and mended, slow, lossy, failing for a day.

WAYDESK_LINE_CYCLES=200 is the whole number of cuts; the suite makes 12.
"""

import asyncio
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.domain.actor import worker
from app.keeper.outside_watch import OutsideWatch
from app.reads import house
from app.reads.book import ReadBook
from app.store import outbox
from app.store.engine import sqlite_engine
from app.store.outbox import Effect
from app.store.tables_record import outbox as effects
from sync.engine import Gear, Source
from sync.errors import Ambiguous
from sync.limits import Breaker
from sync.outside import Listening, Outside
from sync.records import Batch
from sync.retry import Budget
from tests.simulation.burst_world import SaleDay
from tests.simulation.five_shops import Line
from tests.virtual_loop import LoopClock, VirtualLoop, comes_true, run_virtually
from tests.worlds import SeededRng

CYCLES = int(os.environ.get("WAYDESK_LINE_CYCLES", "12"))
HOUR_S = 3600.0

Act = Callable[[SaleDay], Coroutine[Any, Any, None]]


@pytest.fixture
def trading(tmp_path: Path, sqlite_template: Path) -> Callable[[Act], None]:
    """Runs something on a day with five shops, each read once before it begins."""

    def run(act: Act) -> None:
        shutil.copy(sqlite_template, tmp_path / "book.db")
        loop = VirtualLoop()
        day = SaleDay(
            partial(sqlite_engine, tmp_path / "book.db"), LoopClock(loop), seed=3, uploads=True
        )

        async def whole() -> None:
            day.connect()
            await asyncio.sleep(60)
            try:
                await act(day)
            finally:
                await day.close()

        run_virtually(whole(), loop)

    return run


class Memos:
    """What people wrote to the seller's memo of each order, the newest last."""

    def __init__(self, day: SaleDay) -> None:
        self.day, self.written = day, 0
        self.newest: dict[tuple[str, str], str] = {}

    def write(self, chance: random.Random) -> None:
        """Write one to an order that is here, if there is one."""
        booked = self.day.booked()
        if not booked or self.day.life is None:
            return
        name, number, pk = chance.choice(booked)
        self.written += 1
        text = f"memo {self.written}."
        self.newest[name, number] = text
        with self.day.life.book.work(worker("test")) as work:
            body = {"external_id": number, "text": text, "flag": ""}
            key = f"memo-{self.written}"
            outbox.put(work, Effect("memo_write", key, self.day.ids[name], pk, body=body))
            work.tell("memo_set", "order", pk)
            work.commit()

    def waiting(self) -> int:
        assert self.day.life is not None
        with self.day.life.engine.connect() as conn:
            states = [row.state for row in conn.execute(effects.select())]
        return sum(state != "done" for state in states)


def test_a_line_cut_either_way_at_any_moment_ends_with_both_sides_alike(trading) -> None:
    async def cut(day: SaleDay) -> None:
        chance, memos = random.Random(11), Memos(day)
        selling = asyncio.create_task(day.trade(CYCLES * 4, CYCLES * 10))
        for _ in range(CYCLES):
            day.http.line.cut = chance.choice(("both", "out", "in"))
            await asyncio.sleep(chance.uniform(0, 10))
            memos.write(chance)
            day.http.line.cut = ""
            await asyncio.sleep(chance.uniform(0, 10))
        await selling
        assert await day.all_in(1800)
        assert await comes_true(lambda: not memos.waiting(), 1800), "a memo never arrived"
        assert day.http.lost > CYCLES // 2
        assert memos.written > CYCLES // 2
        for (name, number), text in memos.newest.items():
            assert text in day.five.shops[name].memo(number), "an older one came last"
        booked = [(name, number) for name, number, _ in day.booked()]
        assert Counter(booked) == Counter(list(day.five.placed()))

    trading(cut)


def test_a_slow_line_that_loses_one_message_in_twenty_brings_everything(trading) -> None:
    async def crawl(day: SaleDay) -> None:
        day.http.line = Line((0.3, 0.3), loss=0.05, bytes_a_second=2_000)
        await day.trade(20, 120)
        assert await day.all_in(900)
        assert day.http.lost > 2

    trading(crawl)


SAID_WITHIN_S = 40.0


def test_no_internet_is_said_within_40_seconds_and_taken_back_when_somebody_is_reached(
    trading, tmp_path: Path
) -> None:
    async def lose_it(day: SaleDay) -> None:
        assert day.life is not None
        # The keeper's own connectors, made anew over a line that is listened to.
        straight, outside = day.http, Outside()
        await day.life.drop()
        day.http = Listening(straight, outside, day.clock)  # type: ignore[assignment]
        watch = OutsideWatch(day.begin().offices.shops.room, outside)
        watching = asyncio.create_task(watch.run())
        chance, book, took = random.Random(35), ReadBook(tmp_path / "book.db"), []
        for _ in range(5):
            await asyncio.sleep(chance.uniform(120, 180))
            assert house.outside_gone(book) is None
            began, straight.line.cut = day.clock.mono(), "both"
            assert await comes_true(lambda: house.outside_gone(book) is not None, 100, 0.1)
            took.append(day.clock.mono() - began)
            await asyncio.sleep(300)
            assert house.outside_gone(book).since <= day.clock.now() - 300_000
            straight.line.cut = ""
            assert await comes_true(lambda: house.outside_gone(book) is None, 900, 1)
        watching.cancel()
        await asyncio.wait({watching})
        book.close()
        print("said after s:", [round(each, 1) for each in took])
        assert max(took) <= SAID_WITHIN_S, took

    trading(lose_it)


class Failing:
    """A platform that answers 500 until it is mended; hears when it is asked."""

    platform = "woocommerce"

    def __init__(self, mono: Callable[[], float]) -> None:
        self.mono, self.asked, self.broken = mono, [], True

    async def pull(self, cursor: str) -> Batch:
        self.asked.append(self.mono())
        await asyncio.sleep(0.2)
        if self.broken:
            raise Ambiguous("sync_server_error", status=500)
        return Batch((), (), cursor or "c", False)


class Memory:
    """A book that holds a cursor alone."""

    def __init__(self) -> None:
        self.place = ""

    async def cursor(self) -> str:
        return self.place

    async def take(self, batch: Batch) -> None:
        self.place = batch.next_cursor


def gear_of(clock: LoopClock, seed: int) -> Gear:
    rng = SeededRng(seed)
    return Gear(clock, rng, Breaker(clock, rng), Budget())


def test_a_platform_that_fails_for_a_day_is_asked_ten_times_an_hour_at_most_and_then_read() -> None:
    loop = VirtualLoop()
    clock = LoopClock(loop)
    platform = Failing(clock.mono)
    source = Source("s", platform, Memory(), gear_of(clock, 5), lambda _: None)  # type: ignore[arg-type]

    async def day() -> None:
        reading = asyncio.create_task(source.run(30))
        await asyncio.sleep(24 * HOUR_S)
        hours = Counter(int(at // HOUR_S) for at in platform.asked)
        assert all(hours[hour] <= 10 for hour in range(1, 24)), hours
        assert all(hours[hour] >= 4 for hour in range(1, 24)), "it is not given up either"
        assert not source.health.up
        platform.broken = False
        await asyncio.sleep(HOUR_S / 4)
        assert source.health.up
        reading.cancel()
        await asyncio.wait({reading})

    run_virtually(day(), loop)


def test_fifty_desks_that_wake_together_do_not_ask_together() -> None:
    loop = VirtualLoop()
    clock = LoopClock(loop)
    platform = Failing(clock.mono)
    platform.broken = False
    desks = [
        Source(f"s{n}", platform, Memory(), gear_of(clock, n), lambda _: None)  # type: ignore[arg-type]
        for n in range(50 * 5)
    ]

    async def morning() -> None:
        reading = [asyncio.create_task(desk.run(600)) for desk in desks]
        await asyncio.sleep(30.5)
        for task in reading:
            task.cancel()
        await asyncio.wait(reading)

    run_virtually(morning(), loop)
    seconds = Counter(int(at) for at in platform.asked)
    assert len(platform.asked) == len(desks)
    assert max(seconds.values()) <= 3 * len(desks) / 30
    assert len(seconds) >= 25
