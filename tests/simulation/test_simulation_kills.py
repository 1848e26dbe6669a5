"""A day with desk, keeper and press killed -9 on the way ends as a quiet one: nothing lost,
nothing doubled, and nobody's name in a file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.compose import demo_book, demo_world
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.domain.demo import DEMO_PASSPHRASE
from app.store.engine import sqlite_engine
from app.store.opening import Opener
from app.store.tables import orders, waybill
from app.store.vault import open_vault
from app.store.verify import verify
from app.store.work import Book, Place
from tests.simulation.demo_kills import ROLES, Day, day

# A longer day is asked for by these: orders, kills of each role, seconds at most.
ORDERS = int(os.environ.get("WAYDESK_KILL_ORDERS", "60"))
KILLS = int(os.environ.get("WAYDESK_KILLS", "2"))
MOST_S = float(os.environ.get("WAYDESK_KILL_SECONDS", "180"))


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Day]:
    folder = tmp_path_factory.mktemp("day")
    return folder, day(folder, ORDERS, KILLS, seed=7, most_s=MOST_S)


@pytest.mark.req("F183", "F190")
def test_a_day_with_desk_keeper_and_press_killed_adds_up_at_its_end(
    worked: tuple[Path, Day],
) -> None:
    done = worked[1]
    assert done.summary, done.said
    assert done.broken() == [], done.said
    assert done.summary["orders_offered"] == ORDERS
    assert done.killed == dict.fromkeys(ROLES, KILLS)


def secrets() -> Iterator[bytes]:
    """Every buyer's name, phone and street of the day, and the keys and words of the shop."""
    for seed in demo_book.orders(ORDERS, 1_780_000_000):
        to = seed["shipping"]
        for text in (to["last_name"], to["phone"], to["address_1"], to["address_2"]):
            if text:
                yield from (text.encode(), text.encode("utf-16-le"), ascii(text)[1:-1].encode())
    yield from (demo_world.CHECKWORD.encode(), demo_world.WOO_KEY.secret.encode())


@pytest.mark.req("F099")
def test_no_file_of_the_day_names_a_buyer_or_a_key(worked: tuple[Path, Day]) -> None:
    folder, done = worked
    assert done.summary, done.said
    wanted = set(secrets())
    assert len(wanted) > ORDERS
    files = [
        file
        for place in ("data", "left", "said")
        for file in (folder / place, *(folder / place).rglob("*"))
        if file.is_file() and file.parent != folder / "data" / "labels"
    ]
    assert {"book.db", "vault.json", "said"} <= {file.name for file in files}
    assert any("book.db-wal" in file.name for file in files)
    found = []
    for file in files:
        content = file.read_bytes()
        found += [f"{file.name}: {secret!r}" for secret in wanted if secret in content]
        if DEMO_PASSPHRASE.encode() in content and file.name != "DEMO":
            found.append(f"{file.name}: a passphrase")
    assert not found, "\n".join(found[:20])


@pytest.mark.req("F172")
def test_after_the_day_every_row_changed_behind_waydesks_back_is_named(
    worked: tuple[Path, Day],
) -> None:
    folder = worked[0] / "data"
    clock, rng = SystemClock(), SystemRng()
    key = open_vault(folder, clock, None, DEMO_PASSPHRASE)
    opener = Opener(key, clock, Snowflakes(clock, 9), rng)
    engine = sqlite_engine(folder / "book.db")
    book: Book = opener.open(engine, Place(9, "test", "test"))
    assert verify(book).ok
    changed = {}
    with engine.connect() as conn, conn.begin():
        for table, values in ((orders, {"total_minor": 1}), (waybill, {"carrier_no": "SF0"})):
            pk = conn.execute(table.select().with_only_columns(table.c.id)).scalars().first()
            conn.execute(table.update().where(table.c.id == pk).values(**values))
            changed[table.name] = str(pk)
        conn.info["audited"] = True
    found = {(one.table, one.key) for one in verify(book).findings}
    assert set(changed.items()) <= found
    engine.dispose()
