"""A shop of its own on a folder of its own: a real keeper process, five platforms on loopback."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.commands.founding import FoundShop, ShopFacts
from app.commands.people import Created, CreateOperator, SignedIn, SignIn
from app.commands.stock import AddLocation, OpenStock
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.desk.link import Link, RestartRule
from app.domain.actor import worker
from app.domain.ids import born_at
from app.operations.founding import found_shop
from app.operations.laws import Laws, put_choice
from app.operations.people import add_operator
from app.process.child import Child, Hearing
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.vault import new_with_passphrase, open_vault
from app.store.verify import verify
from app.store.work import Place
from tests.keeper.processes import program
from tests.simulation.five_shops import CODES, Delivery, FiveShops, Served
from tests.simulation.storm_keeper import WORDS
from tests.virtual_loop import comes_true

FACTS = ShopFacts("织物小铺", "Asia/Shanghai", "CNY", "en", "1234567")
KILLED_OFTEN = RestartRule(crashes=1000)
AGAIN_S = (5.0, 10.0, 20.0, 40.0, 60.0)
REPEATS = frozenset({"shopify"})
"""Which platforms call again when nobody took their call (WooCommerce never does)."""


@dataclass
class RealShop:
    """The folder, the five platforms, and the way to the keeper."""

    folder: Path
    five: FiveShops
    served: Served
    link: Link
    port: int
    paths: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[tuple[str, str], float] = field(default_factory=dict)
    unheard: int = 0
    calling: set[asyncio.Task[None]] = field(default_factory=set)

    async def set_up(self, platforms: tuple[str, ...]) -> None:
        """Count the stock and connect the platforms, as the owner would; an agent takes over."""
        self.link.session = (await self.link.ask(SignIn("mei", WORDS), SignedIn)).session
        place = await self.link.ask(AddLocation("Main"), Created)
        await self.link.ask(OpenStock(place.id, CODES), type(None))
        for name in platforms:
            ask = self.five.shops[name].connection(self.served.origins[name])
            await self.link.ask(ask, Created)
        self.link.session = (await self.link.ask(SignIn("an", WORDS), SignedIn)).session

    async def all_read(self) -> None:
        """Wait until every shop was read once and the words of the paths are there."""
        paper = self.folder / "push-addresses.txt"

        def read() -> bool:
            return paper.exists() and len(self._words(paper)) >= 2 and self._cursors() >= 5

        assert await comes_true(read, 300)
        self.paths = self._words(paper)

    @staticmethod
    def _words(paper: Path) -> dict[str, str]:
        lines = [line.split("  ", 1) for line in paper.read_text("utf-8").splitlines()]
        return {name.split()[0]: path for path, name in lines}

    def _cursors(self) -> int:
        rows = self.rows("SELECT DISTINCT channel_id FROM cursor WHERE stream <> 'wanted'")
        return len(rows)

    def rows(self, query: str) -> list[tuple]:
        """Read the book as a desk does."""
        with contextlib.closing(
            sqlite3.connect(f"file:{self.folder / 'book.db'}?mode=ro", uri=True)
        ) as conn:
            return conn.execute(query).fetchall()

    def call(self, platform: str, number: str, told: tuple[Delivery, ...]) -> None:
        """Let the platform call us, and call again where it does."""
        for one in told:
            task = asyncio.create_task(self._deliver(platform, number, one))
            self.calling.add(task)
            task.add_done_callback(self.calling.discard)

    async def _deliver(self, platform: str, number: str, told: Delivery) -> None:
        url = f"http://127.0.0.1:{self.port}{self.paths[platform]}"
        for wait_s in (*AGAIN_S, 0.0):
            with contextlib.suppress(httpx.HTTPError):
                async with httpx.AsyncClient(timeout=5.0, trust_env=False) as http:
                    answer = await http.post(url, content=told.body, headers=told.headers)
                    if answer.is_success:
                        key = (platform, number)
                        self.acknowledged.setdefault(key, self.five.now_ms())
                        return
            if platform not in REPEATS:
                break
            await asyncio.sleep(wait_s)
        self.unheard += 1

    def count(self) -> int:
        """How many orders are in the book."""
        (row,) = self.rows("SELECT count(*) FROM orders")
        return int(row[0])

    def booked(self) -> list[tuple[str, str, int]]:
        """Every order of the book: platform, its number there, and when it was written."""
        query = (
            "SELECT channel.platform, orders.external_id, orders.id FROM orders "
            "JOIN channel ON channel.id = orders.channel_id"
        )
        return [(name, number, born_at(pk)) for name, number, pk in self.rows(query)]

    def kill(self) -> bool:
        """kill -9 of the keeper; false while none lives."""
        pid = self.link.keeper_pid
        if not pid:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    def sound(self) -> bool:
        """Whether every seal, the record's chain and what is derived are right, after the end."""
        clock, rng = SystemClock(), SystemRng()
        opener = Opener(
            open_vault(self.folder, clock, None, WORDS), clock, Snowflakes(clock, 9), rng
        )
        engine = sqlite_engine(self.folder / "book.db")
        try:
            return verify(opener.open(engine, Place(9, "test", "test"))).ok
        finally:
            engine.dispose()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settle(folder: Path, port: int) -> None:
    """Make the folder of a shop that listens for calls, with its owner Mei and its agent An."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(f'relay = "127.0.0.1:{port}"', "utf-8")
    clock, rng = SystemClock(), SystemRng()
    new_with_passphrase(folder, WORDS, rng)
    opener = Opener(open_vault(folder, clock, None, WORDS), clock, Snowflakes(clock, 1), rng)
    engine = sqlite_engine(folder / "book.db")
    book = opener.open(engine, Place(1, "test", "test"))
    found_shop(book, FoundShop(FACTS, "mei", "Mei", WORDS, "passphrase", WORDS))
    law = Laws(book).now
    with book.work(worker("setup")) as work:
        add_operator(work, CreateOperator("an", "An", WORDS, ("agent",)), law)
        put_choice(work, "read_only", False)
        work.tell("operator_created", "operator")
        work.commit()
    engine.dispose()


@contextlib.asynccontextmanager
async def real_shop(folder: Path) -> AsyncIterator[RealShop]:
    """A shop with five connected platforms, each read once, whose keeper runs."""
    clock, port = SystemClock(), free_port()
    settle(folder, port)
    five = FiveShops(clock.now)
    served = Served(five, clock.mono)
    await served.start()

    def start(hearing: Hearing) -> Child:
        return Child(program("tests.simulation.storm_keeper", str(folder)), hearing)

    link = Link(start, Snowflakes(clock, 1), clock, KILLED_OFTEN)
    shop = RealShop(folder, five, served, link, port)
    link.start()
    try:
        await link.ready()
        await shop.set_up(tuple(five.shops))
        await shop.all_read()
        yield shop
    finally:
        for task in shop.calling:
            task.cancel()
        await link.close()
        await served.stop()


def load() -> str:
    """How busy the computer is with all that runs on it: its load of 1, 5 and 15 minutes."""
    return "/".join(f"{each:.1f}" for each in os.getloadavg()) + f" on {os.cpu_count()} cores"


def say(**figures: object) -> None:
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    sys.stdout.flush()
