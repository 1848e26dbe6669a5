"""A sale day on a virtual clock: the keeper's own workers, killed between any two of their steps.

A kill drops the world at once: what its transaction had not committed is gone, whoever waited for
an answer never gets it, and a new world is built from the book on the disk, with nothing else.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.compose.clock import Snowflakes
from app.compose.connectors import makers_of
from app.compose.makers.tools import Tools
from app.domain.actor import worker
from app.domain.errors_away import BookAway
from app.domain.ids import born_at
from app.keeper.house import Job, Workers
from app.keeper.offices import Makers, Offices, Pace
from app.keeper.room import Room
from app.operations.channels import connect_channel
from app.operations.laws import Laws
from app.store import stock_ledger
from app.store.tables import channel, line, orders
from app.store.tables import stock as stocks
from app.store.work import Book, Place
from sync.errors import SyncError
from sync.ports import Http
from tests.simulation.five_shops import CODES, Delivery, FiveShops, Straight
from tests.virtual_loop import LoopClock, comes_true
from tests.worlds import SeededRng, shop_keys

SPARE_S = 4.0
"""How long nobody serves after a kill: what a keeper takes to start again."""
REPEATS, AGAIN_S = frozenset({"shopify"}), (5.0, 10.0, 20.0, 40.0, 60.0)


class Killed(BaseException):
    """What no except clause of ours may hold up."""


class Mortal:
    """The writer, who may be killed before, amid or after any one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.died = asyncio.Event()
        self._fate, self._left = "", 0
        event.listen(engine, "commit", self._amid)

    def doom(self, fate: str, after: int) -> None:
        """Let it die at its so-manieth transaction from now: before | amid | after it."""
        self._fate, self._left = fate, after

    async def do(self, _turn: Any, work: Callable[[], Any]) -> Any:
        await asyncio.sleep(0)
        self._left -= 1
        doomed = bool(self._fate) and self._left <= 0
        if doomed and self._fate == "before":
            self.died.set()
        if not self.died.is_set():
            with suppress(Killed):
                done = work()
                if not (doomed and self._fate == "after"):
                    return done
            self.died.set()
        return await asyncio.Future()  # a dead keeper does nothing more

    def _amid(self, _conn: object) -> None:
        if self._fate == "amid" and self._left <= 0:
            raise Killed


class Life:
    """One life of the keeper, on the book as it stands on the disk."""

    def __init__(
        self, engine: Engine, clock: LoopClock, http: Http, seed: int, *, uploads: bool = False
    ) -> None:
        self.engine = engine
        ids = Snowflakes(clock, 1)
        self.book = Book(self.engine, shop_keys(), clock, ids, Place(1, "desk", "test"))
        self.writer, laws, rng = Mortal(self.engine), Laws(self.book), SeededRng(seed)
        room = Room(self.book, self.writer, laws, clock, rng, lambda _: None)  # type: ignore[arg-type]
        made = makers_of(Tools(http, clock, ids, rng), laws)
        self.offices = Offices(room, Makers(made.channel, made.carrier), Pace())
        jobs = [Job("shops", self.offices.shops.run), Job("hints", self.offices.hints.run)]
        if uploads:
            jobs.append(Job("effects", self.offices.effects.run))
        self._workers = Workers(jobs)
        self._workers.start()

    @property
    def alive(self) -> bool:
        return not self.writer.died.is_set()

    async def drop(self) -> None:
        """It is no more: nothing it had in hand goes on."""
        self.writer.died.set()
        await self._workers.stop()
        self.engine.dispose()


class SaleDay:
    """Five shops, buyers, platforms that call, and one keeper's life after the other.

    Attributes:
        looked: what the test itself looks into the book with; None for the keeper's own engine.
    """

    looked: Engine | None = None

    def __init__(
        self, opened: Callable[[], Engine], clock: LoopClock, seed: int, *, uploads: bool = False
    ) -> None:
        self.uploads = uploads
        self.opened, self.clock, self.chance = opened, clock, random.Random(seed)
        self.five = FiveShops(clock.now, seed)
        self.http = Straight(self.five, seed)
        self.life: Life | None = None
        self.kills, self.seed = 0, seed
        self.ids: dict[str, int] = {}
        self.heard: set[tuple[str, str]] = set()
        self._calling: set[asyncio.Task[None]] = set()

    def begin(self) -> Life:
        self.seed += 1
        engine = self.opened()
        self.life = Life(engine, self.clock, self.http, self.seed, uploads=self.uploads)
        return self.life

    def look(self) -> Connection:
        """A look into the book, past whatever lies between it and the keeper."""
        assert self.life is not None
        return (self.looked or self.life.engine).connect()

    def connect(self) -> None:
        """Connect the five and count the stock."""
        life = self.begin()
        law = Laws(life.book).now
        with life.book.work(worker("setup")) as work:
            place = stock_ledger.add_location(work, "Main")
            stock_ledger.open_stock(work, place, list(CODES))
            for name, shop in self.five.shops.items():
                ask = shop.connection(Straight.origin(name))
                self.ids[name] = connect_channel(work, ask, law).id
            work.tell("shop_opened", "channel")
            work.commit()

    async def trade(self, count: int, seconds: float) -> None:
        """Buyers order evenly over the time, turn about."""
        names = tuple(self.five.shops)
        for n in range(count):
            name = names[n % len(names)]
            told = self.five.sell(name)
            number = next(reversed(self.five.shops[name].placed))
            for one in told:
                task = asyncio.create_task(self._call(name, number, one))
                self._calling.add(task)
                task.add_done_callback(self._calling.discard)
            await asyncio.sleep(seconds / count)

    async def _call(self, platform: str, number: str, told: Delivery) -> None:
        for wait_s in (*AGAIN_S, 0.0):
            with suppress(SyncError, TimeoutError, BookAway):
                if self.life is not None and self.life.alive:
                    async with asyncio.timeout(5.0):
                        desk = self.life.offices.pushes
                        await desk.take(self.ids[platform], told.headers, told.body)
                    self.heard.add((platform, number))
                    return
            if platform not in REPEATS:
                return
            await asyncio.sleep(wait_s)

    async def kill(self, times: int, seconds: float) -> None:
        """Kill so many times: half at a moment, half at a transaction, and begin anew each time."""
        moments = sorted(self.chance.uniform(5, seconds) for _ in range(times))
        begun = self.clock.mono()
        for at in moments:
            await asyncio.sleep(max(0.0, begun + at - self.clock.mono()))
            life = self.life
            assert life is not None
            fate = self.chance.choice(("now", "before", "amid", "after"))
            if fate != "now":
                life.writer.doom(fate, self.chance.randrange(1, 12))
                with suppress(TimeoutError):
                    await asyncio.wait_for(life.writer.died.wait(), 60)
            await life.drop()
            self.kills += 1
            await asyncio.sleep(SPARE_S)
            self.begin()

    def booked(self) -> list[tuple[str, str, int]]:
        """Every order of the book: platform, its number there, and when it was written."""
        query = orders.join(channel, channel.c.id == orders.c.channel_id).select()
        with self.look() as conn:
            rows = conn.execute(
                query.with_only_columns(
                    channel.c.platform, orders.c.external_id, orders.c.id
                ).order_by(orders.c.id)
            )
            return [(name, number, born_at(pk)) for name, number, pk in rows]

    def lines(self) -> int:
        """How many items stand in the book."""
        with self.look() as conn:
            return len(conn.execute(line.select()).all())

    def reserved(self) -> dict[str, int]:
        """How many pieces of each code are held for orders."""
        with self.look() as conn:
            rows = conn.execute(stocks.select().with_only_columns(stocks.c.sku, stocks.c.reserved))
            return {row.sku: row.reserved for row in rows}

    async def all_in(self, most_s: float) -> bool:
        """Wait until everything placed is in the book; whether it is."""
        wanted = len(self.five.placed())
        return await comes_true(lambda: len(self.booked()) >= wanted, most_s, 1)

    async def close(self) -> None:
        for task in self._calling:
            task.cancel()
        if self.life is not None:
            await self.life.drop()
