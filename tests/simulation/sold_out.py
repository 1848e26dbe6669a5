"""The sold-out race: eight workers after the last pieces, on one merchant code and on a thousand.

By hand: ``python -m tests.simulation.sold_out --workers 8 --attempts 10000``. On PostgreSQL each
worker is a process of its own, as each desk's keeper is; on SQLite the eight ask the one writer of
the book, as all work of a keeper does. The PostgreSQL server is that of the tests, whose commits
do not wait for the disk; the figures are about who gets what, and only beside that about pace.
"""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import reduce
from pathlib import Path

import psycopg

from app.keeper.writer import Turn, Writer
from app.store.engine import postgres_engine, sqlite_engine
from app.store.migrate import migrate
from app.store.work import Book, Place
from tests.books import PostgresAtHand
from tests.simulation.real_shop import load, say
from tests.simulation.sold_out_world import Sale, Tally, Verdict, Worker, judge, open_sale
from tests.worlds import CountingIds, FixedClock, shop_keys

IDS = 10_000_000_000  # what a worker's own ids begin at, times its number


def book_on(engine: object, number: int) -> Book:
    """A book for one worker, with ids and a chain of the record of its own."""
    ids = CountingIds(IDS * number + 1)
    return Book(engine, shop_keys(), FixedClock(), ids, Place(chain=number))  # type: ignore[arg-type]


def race_on_sqlite(book: Book, sale: Sale, place: int) -> Tally:
    """Let all ask the one writer at once, each for the next order as soon as it is answered."""

    async def race() -> list[Worker]:
        writer = Writer(time.monotonic)
        crowd = [Worker(book, sale, n, place) for n in range(1, sale.workers + 1)]

        async def run(one: Worker) -> None:
            steps = one.steps()
            while await writer.do(Turn.INTAKE, lambda: next(steps, True)) is None:
                pass

        await asyncio.gather(*(run(one) for one in crowd))
        writer.close()
        return crowd

    return _sum([one.tally for one in asyncio.run(race())])


def alone(url: str, sale: Sale, number: int, place: int) -> Tally:
    """One worker's whole race with its own connections; a process runs this."""
    engine = postgres_engine(url)
    one = Worker(book_on(engine, number), sale, number, place)
    for _ in one.steps():
        pass
    engine.dispose()
    return one.tally


def race_on_postgres(url: str, sale: Sale, place: int, crowd: Executor) -> Tally:
    """Let the whole crowd begin at once, each worker with a connection of its own."""
    numbers = range(1, sale.workers + 1)
    started = [crowd.submit(alone, url, sale, number, place) for number in numbers]
    return _sum([one.result() for one in started])


def _sum(tallies: list[Tally]) -> Tally:
    return reduce(Tally.plus, tallies, Tally())


def deadlocks(url: str) -> int:
    """How many the server itself has counted in this database."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as conn:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        found = conn.execute(query).fetchone()
    return int(found[0]) if found else 0


def on_sqlite(sale: Sale) -> bool:
    """One race on a fresh file; whether it went well."""
    with tempfile.TemporaryDirectory(prefix="waydesk-sold-out-") as folder:
        engine = sqlite_engine(Path(folder) / "book.db")
        migrate(engine)
        book = book_on(engine, 99)
        place = open_sale(book, sale)
        began = time.monotonic()
        tally = race_on_sqlite(book, sale, place)
        end = Outcome(tally, judge(book), round(time.monotonic() - began, 1))
        engine.dispose()
    return tell("sqlite", sale, end)


def on_postgres(server: PostgresAtHand, sale: Sale) -> bool:
    """One race on a fresh database; whether it went well."""
    database = server.lend()
    url = server.url(database)
    engine = postgres_engine(url)
    book = book_on(engine, 99)
    place = open_sale(book, sale)
    began = time.monotonic()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(sale.workers, mp_context=spawn) as crowd:
        tally = race_on_postgres(url, sale, place, crowd)
    took = round(time.monotonic() - began, 1)
    end = Outcome(tally, judge(book), took, deadlocks(url))
    engine.dispose()
    server.drop(database)
    return tell("postgresql", sale, end)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one race came to, and how long it took."""

    tally: Tally
    found: Verdict
    seconds: float
    deadlocks: int = 0


def tell(engine: str, sale: Sale, end: Outcome) -> bool:
    """Print what came of it; whether nothing was oversold, nothing adrift and nothing failed."""
    done = sale.workers * sale.attempts
    figures = asdict(end)
    say(
        engine=engine,
        attempts=done,
        codes=sale.codes,
        **figures.pop("tally"),
        **figures.pop("found"),
        **figures,
        a_second=round(done / end.seconds),
        load=load(),
    )
    return well(sale, end.tally, end.found) and not end.deadlocks


def well(sale: Sale, tally: Tally, found: Verdict) -> bool:
    """Whether every attempt was answered, and the book adds up to the answers."""
    answered = tally.served + tally.short == sale.workers * sale.attempts
    bad = found.oversold or found.apart or found.owed or tally.errors
    return answered and not bad


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the four races; 1 when a piece was promised twice or a figure is adrift."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--attempts", type=int, default=10_000, help="of each worker")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args(arguments)
    a_crowd = {"workers": chosen.workers, "attempts": chosen.attempts, "seed": chosen.seed}
    hot = Sale(**a_crowd, codes=1, pieces=max(1, chosen.workers * chosen.attempts // 16))
    wide = Sale(**a_crowd, codes=1000, pieces=max(1, hot.pieces // 500), basket=3)
    ends = []
    if chosen.engine != "postgresql":
        ends += [on_sqlite(sale) for sale in (hot, wide)]
    if chosen.engine != "sqlite":
        server = PostgresAtHand()
        ends += [on_postgres(server, sale) for sale in (hot, wide)]
    return int(not all(ends))


if __name__ == "__main__":
    sys.exit(main())
