"""Ten minutes of "slow down" from everybody cost no storm of requests, and leave no backlog."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.domain.actor import worker
from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import ShopBook
from app.operations.laws import Laws
from app.store import outbox, shops
from app.store.engine import sqlite_engine
from app.store.outbox import Effect
from app.store.tables_record import outbox as rows
from app.store.work import Book, Place
from sync.channels.woocommerce import WooCommerce
from sync.engine import Gear, Source
from sync.errors import SyncError, Throttled
from sync.limits import Breaker
from sync.records import Batch, Done, MemoAsk
from sync.retry import Budget
from tests.operations.carrier_world import AtOnce
from tests.virtual_time import VirtualTime
from tests.worlds import CountingIds, SeededRng, shop_keys

SHOPS = 5
BEGIN, STORM, CALM = 120.0, 600.0, 300.0  # seconds: before, during, after
EVERY = 30  # seconds between two memos of a shop


class Platform:
    """A platform that may be told to ask everybody to slow down; it counts who asks."""

    platform, caps = "woocommerce", WooCommerce.caps

    def __init__(self, time: VirtualTime, error: SyncError) -> None:
        self.time, self.error = time, error
        self.asked: list[float] = []
        self.done: list[str] = []

    def _answer(self) -> None:
        self.asked.append(self.time.mono())
        if BEGIN <= self.time.mono() < BEGIN + STORM:
            raise self.error

    async def pull(self, cursor: str) -> Batch:
        await asyncio.sleep(0)
        self._answer()
        return Batch((), (), cursor or "c", False)

    async def write_memo(self, ask: MemoAsk) -> Done:
        await asyncio.sleep(0)
        self._answer()
        self.done.append(ask.idempotency_key)
        return Done(ask.idempotency_key)


class Trade:
    """Five shops, their readers, and the pump of what they are told."""

    def __init__(self, book: Book, time: VirtualTime, error: SyncError) -> None:
        self.book, self.time = book, time
        self.room = Room(book, AtOnce(), Laws(book), time, SeededRng(), lambda _: None)  # type: ignore[arg-type]
        self.platforms: dict[int, Platform] = {}
        self.outlets: dict[int, Outlet] = {}
        self.sources: list[Source] = []
        self.memos = 0
        for n in range(SHOPS):
            self._open(n, error)

    def _open(self, n: int, error: SyncError) -> None:
        with self.book.work(worker("test")) as work:
            row = {"platform": "woocommerce", "name": f"s{n}", "zone": "UTC", "currency": "CNY"}
            pk = shops.put_shop(work, row, {"key": "k"})
            work.tell("channel_connected", "channel", pk)
            work.commit()
        made = self.platforms[pk] = Platform(self.time, error)
        rng = SeededRng(n)
        gear = Gear(self.time, rng, Breaker(self.time, rng), Budget(), self.time.sleep)
        self.outlets[pk] = Outlet(made, gear)  # type: ignore[arg-type]  # only asked what it has
        book = ShopBook(self.room, pk, lambda: None)
        self.sources.append(Source(f"s{n}", made, book, gear, lambda _: None))  # type: ignore[arg-type]

    async def work(self) -> None:
        """People write memos; the pump looks every three seconds."""
        pump = EffectPump(self.room, self.outlets)
        while True:
            if self.time.mono() % EVERY == 0 and self.time.mono() < BEGIN + STORM:
                self._write_memos()
            while await pump.round():
                pass
            await self.time.sleep(3)

    def _write_memos(self) -> None:
        self.memos += 1
        with self.book.work(worker("test")) as work:
            for pk in self.outlets:
                body = {"external_id": "1", "text": "t", "flag": ""}
                outbox.put(work, Effect("memo_write", f"m:{pk}:{self.memos}", pk, body=body))
            work.tell("memo_set", "order")
            work.commit()

    def asked(self, begin: float, end: float) -> int:
        return sum(begin <= at < end for p in self.platforms.values() for at in p.asked)

    def states(self) -> set[str]:
        with self.book.work(worker("test")) as work:
            return {row["state"] for row in work.rows(rows.select())}


@asynccontextmanager
async def trading(
    folder: Path, template: Path, error: SyncError
) -> AsyncIterator[tuple[Trade, VirtualTime]]:
    shutil.copy(template, folder / "book.db")
    engine, time = sqlite_engine(folder / "book.db"), VirtualTime()
    trade = Trade(Book(engine, shop_keys(), time, CountingIds(), Place(1, "d", "t")), time, error)
    tasks = [asyncio.create_task(source.run(60, 30)) for source in trade.sources]
    tasks.append(asyncio.create_task(trade.work()))
    try:
        yield trade, time
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        engine.dispose()


@pytest.mark.req("F207")
@pytest.mark.parametrize("asked_ms", [None, 1000], ids=["says_no_time", "says_one_second"])
async def test_ten_minutes_of_slow_down_from_every_shop_cost_no_more_than_usual_and_drain(
    tmp_path: Path, sqlite_template: Path, asked_ms: int | None
) -> None:
    async with trading(tmp_path, sqlite_template, Throttled(retry_after_ms=asked_ms)) as (
        trade,
        time,
    ):
        await time.until(BEGIN + STORM)
        stormy = trade.asked(BEGIN, BEGIN + STORM)
        assert stormy <= 1.1 * SHOPS * STORM / 60, "no more than readings alone cost on a calm day"
        await time.until(BEGIN + STORM + CALM)
        assert trade.states() == {"done"}
        assert all(source.health.up for source in trade.sources)
        for platform in trade.platforms.values():
            assert len(platform.done) == len(set(platform.done)) == trade.memos
