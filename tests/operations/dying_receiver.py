"""A keeper that keeps pushes and says so for each; it reads none, for it is killed meanwhile."""

import asyncio
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import msgspec

from app.keeper.push_desk import PushDesk
from app.keeper.room import Room
from app.operations.laws import Laws
from app.store.engine import postgres_engine, sqlite_engine
from app.store.work import Book, Place
from sync.channels.shopify_push import read_push
from tests.operations.carrier_world import AtOnce
from tests.worlds import CountingIds, FixedClock, SeededRng, shop_keys


class Told(msgspec.Struct):
    database: str
    channel_id: int
    deliveries: list[tuple[dict[str, str], bytes]]


def main() -> None:
    told = msgspec.json.decode(sys.stdin.buffer.readline(), type=Told)
    shared = told.database.startswith("postgresql")
    engine = postgres_engine(told.database) if shared else sqlite_engine(Path(told.database))
    clock = FixedClock()
    book = Book(engine, shop_keys(), clock, CountingIds(900_001), Place(2, "desk-2", "test"))
    room = Room(book, AtOnce(), Laws(book), clock, SeededRng(), lambda _changed: None)
    shop = SimpleNamespace(channel=SimpleNamespace(read_push=partial(read_push, ("secret",))))
    desk = PushDesk(room, {told.channel_id: shop}, {}, lambda: None)
    for headers, body in told.deliveries:
        asyncio.run(desk.take(told.channel_id, headers, body))
        sys.stdout.write("acknowledged\n")
        sys.stdout.flush()
    time.sleep(60)


if __name__ == "__main__":
    main()
