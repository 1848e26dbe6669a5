"""The keeper reads every shop by itself; commands go first, and a refused key becomes a case."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.commands import wire
from app.commands.intake import RetakeRecord
from app.domain.actor import worker
from app.domain.errors import BadValue, NotInState
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import PIECE, ShopBook, SyncLoop
from app.keeper.token_shelf import BookShelf
from app.keeper.writer import Turn, Writer
from app.operations import retake
from app.operations.laws import Laws
from app.store import inbox, intake_rows, shops
from app.store.engine import sqlite_engine
from app.store.migrate import migrate
from app.store.tables import channel, orders
from app.store.tables_record import case, kept_aside
from app.store.work import Book, Place
from sync.engine import Gear
from sync.errors import TokenExpired, Unreachable
from sync.limits import Breaker
from sync.records import Batch, KeptAside, OrderRecord, Problem
from sync.retry import Budget
from tests.operations.outbound_world import record
from tests.worlds import CountingIds, FixedClock, SeededRng, shop_keys


class PagedShop:
    """A platform with some pages of orders; it can be told to fail."""

    platform = "woocommerce"

    def __init__(self, pages: list[list[str]]) -> None:
        self.pages = pages
        self.pulls = 0
        self.failure: Exception | None = None

    async def pull(self, cursor: str) -> Batch:
        self.pulls += 1
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        at = int(cursor or 0)
        if at >= len(self.pages):
            return Batch((), (), cursor, False)
        records = tuple(record(name) for name in self.pages[at])
        return Batch(records, (), str(at + 1), at + 1 < len(self.pages))

    async def detail(self, external_id: str) -> OrderRecord:
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        return record(external_id)


class World:
    """One keeper's room around a fresh book, with the shops a test connects."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.rng = FixedClock(), SeededRng()
        engine = sqlite_engine(folder / "book.db")
        migrate(engine)
        self.book = Book(engine, shop_keys(), self.clock, CountingIds(), Place(1, "desk-1", "t"))
        self.heard: list[wire.Changed] = []
        self.came = 0
        self.platforms: dict[str, PagedShop] = {}
        self.shelves: dict[int, BookShelf] = {}
        self.connected = 0
        self.sleep = _at_once
        self.writer = Writer()
        self.room = Room(
            self.book, self.writer, Laws(self.book), self.clock, self.rng, self.heard.append
        )
        self.loop = SyncLoop(self.room, self.connect, self.count, every_s=3600, spread_s=0)

    def count(self) -> None:
        self.came += 1

    def connect(self, shop: shops.ShopAccess, shelf: BookShelf) -> Outlet | None:
        self.shelves[shop.id] = shelf
        self.connected += 1
        if shop.platform == "nobody":
            raise BadValue(field="platform", value=shop.platform)
        assert not shop.platform.startswith("file:")
        channel = self.platforms.get(shop.name)
        if channel is None:
            return None
        gear = Gear(self.clock, self.rng, Breaker(self.clock, self.rng), Budget(), self.sleep)
        return Outlet(channel, gear)  # type: ignore[arg-type]  # only pull is asked

    async def open(self, name: str, platform: str = "woocommerce", **keys: str) -> int:
        def put(work):
            row = {"platform": platform, "name": name, "zone": "UTC", "currency": "CNY"}
            pk = shops.put_shop(work, row, keys)
            work.tell("channel_connected", "channel", pk)
            return pk

        return await self.room.write(put)

    def all(self, table) -> list[dict]:
        with self.book.work(worker("test")) as work:
            return work.rows(table.select())

    async def rows(self, table) -> list[dict]:
        return await self.writer.do(Turn.COMMAND, lambda: self.all(table))

    def close(self) -> None:
        self.writer.close()
        self.book.engine.dispose()


async def _at_once(seconds: float) -> None:
    """Pass short waits at once, and let long ones be ended by whoever cancels them."""
    await asyncio.sleep(0 if seconds < 60 else 3600)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


async def until(true) -> None:
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")


async def test_every_page_of_every_shop_comes_in_with_its_cursor(world: World) -> None:
    north, south = await world.open("north"), await world.open("south")
    world.platforms["north"] = PagedShop([[f"n{n}" for n in range(45)], ["n99"]])
    world.platforms["south"] = PagedShop([["s1"]])
    task = asyncio.create_task(world.loop.run())
    await until(lambda: sum(bool(h.last_success_ms) for h in world.loop.health().values()) == 2)
    task.cancel()
    await asyncio.wait({task})
    rows = await world.rows(orders)
    assert sum(r["channel_id"] == north for r in rows) == 46
    assert sum(r["channel_id"] == south for r in rows) == 1

    def cursor(work):
        return intake_rows.cursor_of(work, north)

    assert await world.room.write(cursor) == "2"
    assert world.came >= 4
    assert any("orders" in changed.rows for changed in world.heard)


async def test_a_command_waits_for_one_piece_of_a_pull_and_no_more(world: World) -> None:
    pk = await world.open("north")
    book = ShopBook(world.room, pk, world.count)
    pieces = 6
    names = [str(n) for n in range(PIECE * pieces)]
    taking = asyncio.create_task(book.take(Batch(tuple(map(record, names)), (), "end", False)))
    await until(lambda: world.came >= 1)
    seen = len(await world.rows(orders))
    assert seen < PIECE * pieces
    await taking
    assert len(await world.rows(orders)) == PIECE * pieces


async def test_a_keeper_killed_between_two_pieces_reads_the_page_again_and_doubles_nothing(
    world: World,
) -> None:
    pk = await world.open("north")
    book = ShopBook(world.room, pk, world.count)
    page = Batch(tuple(record(str(n)) for n in range(PIECE * 3)), (), "end", False)
    taking = asyncio.create_task(book.take(page))
    await until(lambda: world.came >= 1)
    taking.cancel()
    await asyncio.wait({taking})
    assert await book.cursor() == ""
    await book.take(page)
    assert (len(await world.rows(orders)), await book.cursor()) == (PIECE * 3, "end")


async def test_a_refused_key_is_one_case_that_settles_when_the_key_is_good(world: World) -> None:
    await world.open("north", key="old")
    platform = world.platforms["north"] = PagedShop([["1"]])
    platform.failure = TokenExpired()
    task = asyncio.create_task(world.loop.run())
    await until(lambda: any("cases" in changed.rows for changed in world.heard))
    assert [r["state"] for r in await world.rows(case) if r["kind"] == "key_refused"] == ["open"]
    platform.failure = None
    await world.open("north", key="new")
    world.loop.wake()
    await until(lambda: any(h.up and h.last_success_ms for h in world.loop.health().values()))
    await until(lambda: world.came)
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait({task})
    keys = [r["state"] for r in await world.rows(case) if r["kind"] == "key_refused"]
    assert keys == ["settled"]
    assert len(await world.rows(orders)) == 1


async def test_one_shop_that_cannot_be_reached_does_not_stop_the_others(world: World) -> None:
    await world.open("north")
    await world.open("south")
    await world.open("files", platform="file:orders")
    await world.open("odd", platform="nobody")
    world.platforms["north"], world.platforms["south"] = PagedShop([]), PagedShop([["s1"]])
    world.platforms["north"].failure = Unreachable()
    task = asyncio.create_task(world.loop.run())
    await until(lambda: world.came)
    await until(lambda: not all(h.up for h in world.loop.health().values()))
    task.cancel()
    await asyncio.wait({task})
    assert len(await world.rows(orders)) == 1


async def test_a_pull_that_is_asked_for_happens_now(world: World) -> None:
    pk = await world.open("north")
    platform = world.platforms["north"] = PagedShop([["1"]])
    task = asyncio.create_task(world.loop.run())
    await until(lambda: any(h.last_success_ms for h in world.loop.health().values()))
    before = platform.pulls
    world.clock.advance(1000)

    def want(work):
        shops.want_pull(work, pk)
        work.tell("pull_wanted", "channel", pk)

    await world.room.write(want)
    world.loop.wake()
    await until(lambda: platform.pulls > before)
    task.cancel()
    await asyncio.wait({task})


async def test_a_record_kept_aside_is_asked_for_again_and_its_case_settles(world: World) -> None:
    pk = await world.open("north")
    platform = world.platforms["north"] = PagedShop([])
    book = ShopBook(world.room, pk, world.count)
    broken = KeptAside("77", Problem("unreadable", "order", "cut"), b"{")
    await book.take(Batch((), (broken,), "c", False))
    kept_id = (await world.rows(kept_aside))[0]["id"]

    def want(work):
        retake.retake_record(work, RetakeRecord(kept_id), world.room.laws.now)
        work.tell("record_retaken", "kept", kept_id)

    await world.room.write(want)
    platform.failure = Unreachable()
    await world.loop.look()
    assert [r["state"] for r in await world.rows(kept_aside)] == ["kept"]
    platform.failure = None
    await world.room.write(want)
    await world.loop.look()
    await world.loop.close()
    assert [r["state"] for r in await world.rows(kept_aside)] == ["taken_in"]
    assert [r["external_id"] for r in await world.rows(orders)] == ["77"]
    mine = [r["state"] for r in await world.rows(case) if r["kind"] == "kept_aside"]
    assert mine == ["settled"]
    with pytest.raises(NotInState):
        await world.room.write(want)


async def test_a_book_that_would_not_take_a_page_gets_it_at_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.open("north")
    world.platforms["north"] = PagedShop([["1"]])

    def full(*_args):
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(intake_rows.Tray, "write", full)
        await world.loop.look()
        await until(lambda: all(r.task.done() for r in world.loop._readers.values()))
    assert await world.rows(orders) == []
    await world.loop.look()
    await until(lambda: world.came)
    await world.loop.close()
    assert len(await world.rows(orders)) == 1


@pytest.mark.req("F074")
async def test_a_changed_pace_serves_from_the_next_look_and_a_pause_ends_the_reading(
    world: World,
) -> None:
    pk = await world.open("north")
    platform = world.platforms["north"] = PagedShop([["1"]])
    await world.loop.look()
    await until(lambda: any(h.last_success_ms for h in world.loop.health().values()))

    def put(**values):
        def act(work):
            work.update(channel, pk, **values)
            work.tell("schedule_set", "channel", pk)

        return act

    await world.room.write(put(every_s=10))
    await world.loop.look()
    assert world.loop.health()[pk].orders == 1, "how it is doing is not forgotten"
    await until(lambda: platform.pulls > 5)  # the world passes ten seconds at once
    await world.room.write(put(state="paused"))
    await world.loop.look()
    assert (world.loop.health(), world.loop.outlets) == ({}, {})
    pulls = platform.pulls
    await asyncio.sleep(0.02)
    assert platform.pulls == pulls
    await world.room.write(put(state="on"))
    await world.loop.look()
    await until(lambda: platform.pulls > pulls)
    await world.loop.close()


async def test_a_token_the_reader_renewed_itself_does_not_begin_it_anew(world: World) -> None:
    pk = await world.open("north", client_id="c", refresh_token="r1")
    world.platforms["north"] = PagedShop([["1"]])
    task = asyncio.create_task(world.loop.run())
    await until(lambda: any(h.last_success_ms for h in world.loop.health().values()))
    shelf = world.shelves[pk]
    before = await shelf.read()
    assert before == {"refresh_token": "r1"}
    after = {"token": "t2", "token_until": "9", "refresh_token": "r2"}
    assert await shelf.keep(before, after) == after
    assert await shelf.keep(before, {"token": "t3"}) == after
    await world.loop.look()
    assert world.connected == 1
    await world.open("north", client_id="c", refresh_token="r9")
    await world.loop.look()
    assert world.connected == 2
    assert await world.shelves[pk].read() == {"refresh_token": "r9"}
    task.cancel()
    await asyncio.wait({task})


async def first_waits(world: World, away_s: int) -> float:
    """How long a keeper waits before it reads a shop, that was last read so long ago."""
    waits: list[float] = []

    async def waited(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(3600)

    world.clock.advance(away_s * 1000)
    world.sleep = waited
    again = SyncLoop(world.room, world.connect, world.count, every_s=60, spread_s=30)
    await again.look()
    await until(lambda: waits)
    await again.close()
    return waits[0]


async def test_a_keeper_killed_a_moment_ago_keeps_the_pace_and_one_that_slept_is_spread(
    world: World,
) -> None:
    await world.open("north")
    world.platforms["north"] = PagedShop([["n1"]])
    await world.loop.look()
    await until(lambda: any(h.last_success_ms for h in world.loop.health().values()))
    await world.loop.close()
    assert await first_waits(world, 5) == pytest.approx(55)
    assert await first_waits(world, 57) == 0, "overdue by two seconds: read at once"
    slept = {round(await first_waits(world, 600), 3) for _ in range(5)}
    assert len(slept) == 5, "spread by chance"
    assert max(slept) <= 30


async def test_a_platform_that_calls_is_asked_at_once_by_a_keeper_that_was_killed(
    world: World,
) -> None:
    pk = await world.open("north")
    world.platforms["north"] = PagedShop([["n1"]])
    await world.loop.look()
    await until(lambda: any(h.last_success_ms for h in world.loop.health().values()))
    await world.loop.close()
    told = inbox.Delivery(f"channel:{pk}", "e1", b"{}", pk, "n1")

    def call(work):
        inbox.put(work, told)
        work.tell("push_received", "channel", pk)

    await world.room.write(call)
    assert await first_waits(world, 5) == 0, "it may have called while nobody was there"
