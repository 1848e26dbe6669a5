"""The wire to the shared PostgreSQL is cut at any moment of a busy day; both sides end alike.

Real sockets, a real server, the keeper's own workers on a virtual clock. WAYDESK_PARTITIONS=200 is
the whole number of cuts; the suite makes 8.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select

from app.commands.orders import SetMemo
from app.domain.errors_away import BookAway
from app.operations.all_verbs import VERBS
from app.operations.door import Door
from app.operations.laws import Laws
from app.store.engine import postgres_engine
from app.store.tables import orders
from app.store.tables_record import audit, command, outbox
from app.store.verify import verify
from app.store.work import Book
from tests.books import PostgresAtHand
from tests.operations.outbound_world import Shop
from tests.simulation.burst_world import SaleDay
from tests.simulation.cut_wire import CutWire
from tests.virtual_loop import LoopClock, VirtualLoop, comes_true, run_virtually
from tests.worlds import CountingIds, shop_keys

CUTS = int(os.environ.get("WAYDESK_PARTITIONS", "8"))
MOST_S = 10.0
FIRST = 7_000_000
WAYS = ("both", "out", "in")


@pytest.fixture
def wired(postgres: PostgresAtHand) -> Iterator[tuple[CutWire, str, Engine]]:
    """A wire to an empty book, its address by that wire, and an engine that goes past it."""
    database = postgres.lend()
    past = postgres_engine(postgres.url(database))
    folder = postgres.url(database).partition("host=")[2]
    wire = CutWire(f"{folder}/.s.PGSQL.5432")
    port = wire.open()
    yield wire, f"postgresql+psycopg://postgres:@127.0.0.1:{port}/{database}", past
    wire.close()
    past.dispose()
    postgres.take_back(database)


class Lead:
    """Somebody who writes memos, and asks again by the same id for what was not answered."""

    def __init__(self, day: SaleDay, wire: CutWire, chance: random.Random) -> None:
        assert day.life is not None
        self.day, self.wire, self.chance = day, wire, chance
        self.long = 0
        self.shop = Shop(day.life.book, Door(day.life.book, Laws(day.life.book), VERBS))
        self.shop.hire("lead", "lead")
        self.asked = self.answered = self.refused = 0
        self.newest: dict[int, str] = {}

    def orders(self) -> list[int]:
        with self.day.look() as conn:
            return list(conn.execute(select(orders.c.id)).scalars())

    async def memo(self) -> None:
        """Write a memo to some order, and ask again until it is answered."""
        order_id = self.chance.choice(self.orders())
        self.asked += 1
        self.newest[order_id] = f"memo {self.asked}."
        ask, command_id = SetMemo(order_id, self.newest[order_id], ""), FIRST + self.asked
        while True:
            passed = self.wire.passed
            try:
                self.shop.do("lead", ask, command_id)
            except BookAway:
                self.refused += 1
                await asyncio.sleep(2)
            else:
                self.answered += 1
                self.long = self.wire.passed - passed
                return

    def moment(self) -> int:
        """After how many messages of the next command to cut: the last of them commits it."""
        return self.chance.choice((self.chance.randrange(self.long), self.long - 1))


def alike(day: SaleDay, lead: Lead, past: Engine) -> None:
    """Every order once, every command once, the last word on each platform, a sound record."""
    booked = [(name, number) for name, number, _ in day.booked()]
    assert Counter(booked) == Counter(list(day.five.placed()))
    numbers = {pk: (name, number) for name, number, pk in whole(day)}
    with past.connect() as conn:
        kept = conn.execute(select(func.count()).select_from(command)).scalar()
        told = select(audit.c.command_id).where(audit.c.command_id >= FIRST)
        said = Counter(conn.execute(told).scalars())
        effects = conn.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    assert kept >= lead.asked
    assert len(said) == lead.asked
    assert set(said.values()) == {1}, "a command was done twice"
    assert {state for state, _ in effects} == {"done"}
    for pk, text in lead.newest.items():
        name, number = numbers[pk]
        assert text in day.five.shops[name].memo(number), "an older one came last"
    assert verify(Book(past, shop_keys(), day.clock, CountingIds(1))).ok


def whole(day: SaleDay) -> list[tuple[str, str, int]]:
    """Every order: platform, its number there, its id here."""
    with day.look() as conn:
        rows = conn.execute(select(orders.c.channel_id, orders.c.external_id, orders.c.id))
        names = {pk: name for name, pk in day.ids.items()}
        return [(names[row.channel_id], row.external_id, row.id) for row in rows]


def waiting(day: SaleDay) -> int:
    with day.look() as conn:
        return int(
            conn.execute(
                select(func.count()).select_from(outbox).where(outbox.c.state != "done")
            ).scalar()
            or 0
        )


def test_a_shared_book_that_is_cut_off_at_any_moment_ends_whole_with_nothing_doubled(
    wired: tuple[CutWire, str, Engine],
) -> None:
    wire, url, past = wired
    loop, chance = VirtualLoop(), random.Random(20)
    day = SaleDay(lambda: postgres_engine(url), LoopClock(loop), seed=5, uploads=True)
    day.looked = past

    async def cut() -> None:
        day.connect()
        lead = Lead(day, wire, chance)
        await day.trade(5, 60)
        await lead.memo()
        selling = asyncio.create_task(day.trade(CUTS * 4, CUTS * MOST_S))
        writing = []
        for n in range(CUTS):
            # At whatever is under way, and at a command of a person, in turn.
            wire.cut(WAYS[n % len(WAYS)], lead.moment() if n % 2 else chance.randrange(200))
            writing.append(asyncio.create_task(lead.memo()))
            await asyncio.sleep(chance.uniform(0, MOST_S))
            wire.mend()
            await asyncio.sleep(chance.uniform(0, MOST_S))
        await asyncio.gather(selling, *writing)
        assert await day.all_in(1800)
        assert await comes_true(lambda: not waiting(day), 3600), "a memo never arrived"
        print(f"cuts={CUTS} lost={wire.lost} commands={lead.asked} refused={lead.refused}")
        assert wire.lost >= CUTS // 2
        assert lead.answered == lead.asked == CUTS + 1
        assert lead.refused, "nobody was told"
        alike(day, lead, past)

    async def all_of_it() -> None:
        try:
            await cut()
        finally:
            await day.close()

    run_virtually(all_of_it(), loop)
