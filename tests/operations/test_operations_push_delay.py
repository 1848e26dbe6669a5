"""How long it takes from a change on a platform that calls until the order stands here."""

import asyncio
import base64
import hashlib
import hmac
import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.domain.actor import worker
from app.keeper.effect_pump import Outlet
from app.keeper.hint_round import REST_S, HintRound
from app.keeper.push_desk import PushDesk
from app.keeper.room import Room
from app.keeper.sync_loop import ShopBook, SyncLoop
from app.operations.laws import Laws
from app.store import shops
from app.store.engine import sqlite_engine
from app.store.tables import orders
from app.store.work import Book, Place
from sync.channels.shopify_push import read_push
from sync.engine import Gear
from sync.errors import Unreachable
from sync.limits import Breaker
from sync.records import OrderRecord
from sync.retry import Budget
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import record
from tests.virtual_time import VirtualTime
from tests.worlds import CountingIds, SeededRng, shop_keys

SHOPS, EVENTS, EVERY_S = 5, 24, 10
ANSWER_S = 1.5
LOST = 23  # every so many readings one gets no connection


class Platform:
    """A platform that calls, and answers after a while, or now and then not at all."""

    platform = "woocommerce"

    def __init__(self, time: VirtualTime) -> None:
        self.time, self.asked = time, 0
        self.changed: dict[str, int] = {}
        self.read_push = partial(read_push, ("secret",))

    def call(self, number: str) -> tuple[dict[str, str], bytes]:
        body = json.dumps({"id": int(number)}).encode()
        digest = hmac.new(b"secret", body, hashlib.sha256).digest()
        signature = base64.b64encode(digest).decode()
        self.changed[number] = self.time.now()
        topic = {"X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": f"e{number}"}
        return {"X-Shopify-Hmac-SHA256": signature, **topic}, body

    async def detail(self, external_id: str) -> OrderRecord:
        self.asked += 1
        await self.time.sleep(ANSWER_S)
        if self.asked % LOST == 0:
            raise Unreachable
        return replace(record(external_id), version=self.changed[external_id])


class Shops(SyncLoop):
    """The shops that are read, telling how long each new order was under way."""

    __slots__ = ("delays",)

    def __init__(self, room: Room, delays: list[int]) -> None:
        super().__init__(room, lambda *_: None, lambda: None)
        self.delays = delays

    def book_of(self, channel_id: int) -> ShopBook:
        made = super().book_of(channel_id)
        made.late = self.delays.extend
        return made


class Calls:
    """Five shops whose platforms call every ten seconds for four minutes, each call twice."""

    def __init__(self, book: Book, time: VirtualTime) -> None:
        self.book, self.time, self.delays = book, time, []
        room = Room(book, AtOnce(), Laws(book), time, SeededRng(), lambda _: None)  # type: ignore[arg-type]
        self.loop = Shops(room, self.delays)
        self.room, self.platforms = room, {}
        self.hints = HintRound(room, self.loop)
        self.desk = PushDesk(room, self.loop.outlets, {}, lambda: None)
        for n in range(SHOPS):
            self._open(n)

    def _open(self, n: int) -> None:
        with self.book.work(worker("test")) as work:
            row = {"platform": "woocommerce", "name": f"s{n}", "zone": "UTC", "currency": "CNY"}
            pk = shops.put_shop(work, row, {"key": "k"})
            work.tell("channel_connected", "channel", pk)
            work.commit()
        rng, made = SeededRng(n), Platform(self.time)
        gear = Gear(self.time, rng, Breaker(self.time, rng), Budget(), self.time.sleep)
        self.platforms[pk] = made
        self.loop.outlets[pk] = Outlet(made, gear)  # type: ignore[arg-type]  # only asked what it has

    async def trade(self) -> None:
        for n in range(EVENTS):
            for pk, platform in self.platforms.items():
                told = platform.call(str(1000 + n))
                for _ in range(2):
                    await self.desk.take(pk, *told)
            await self.time.sleep(EVERY_S)

    async def read(self) -> None:
        while True:
            if not await self.hints.round():
                await self.time.sleep(REST_S)


@pytest.mark.req("F065")
async def test_19_of_20_orders_of_platforms_that_call_stand_here_within_15_seconds(
    tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "book.db")
    engine, time = sqlite_engine(tmp_path / "book.db"), VirtualTime()
    calls = Calls(Book(engine, shop_keys(), time, CountingIds(), Place(1, "d", "t")), time)
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(calls.trade())]
    tasks.append(asyncio.create_task(calls.read()))
    await time.until(EVENTS * EVERY_S + 120)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    with calls.book.work(worker("test")) as work:
        known = work.rows(orders.select())
    engine.dispose()
    assert len(known) == len(calls.delays) == SHOPS * EVENTS
    slowest_first = sorted(calls.delays, reverse=True)
    assert slowest_first[len(slowest_first) // 20] <= 15_000
    assert slowest_first[0] <= 60_000
