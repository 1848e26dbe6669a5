"""A sale day over five platforms with the keeper killed twenty times: nothing lost or doubled.

Ten virtual minutes. In the suite 300 orders, three in a hundred of the whole burst and as much
slower, with all twenty kills (some 15 s of one core); WAYDESK_BURST_ORDERS=10000 is the whole one,
and ``python -m tests.simulation.burst`` the one with real processes, kills and minutes.
"""

import asyncio
import os
import shutil
from collections import Counter
from functools import partial
from pathlib import Path

from app.store.engine import sqlite_engine
from app.store.verify import verify
from sync.tally import rank
from tests.simulation.burst_world import SaleDay
from tests.simulation.five_shops import UNITS
from tests.virtual_loop import LoopClock, VirtualLoop, run_virtually

ORDERS = int(os.environ.get("WAYDESK_BURST_ORDERS", "300"))
KILLS = int(os.environ.get("WAYDESK_BURST_KILLS", "20"))
SECONDS = 600.0


async def sale(day: SaleDay) -> None:
    day.connect()
    await asyncio.sleep(60)
    await asyncio.gather(day.trade(ORDERS, SECONDS), day.kill(KILLS, SECONDS))
    await day.all_in(300)


def test_a_burst_with_twenty_kills_loses_no_order_doubles_none_and_is_here_within_a_minute(
    tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "book.db")
    loop = VirtualLoop()
    day = SaleDay(partial(sqlite_engine, tmp_path / "book.db"), LoopClock(loop), seed=7)

    async def whole() -> None:
        try:
            await sale(day)
            check(day)
        finally:
            await day.close()

    run_virtually(whole(), loop)


def check(day: SaleDay) -> None:
    placed, booked = day.five.placed(), day.booked()
    count = Counter((name, number) for name, number, _ in booked)
    assert day.kills == KILLS
    assert set(count) == set(placed), "lost, or nobody's"
    assert set(count.values()) == {1}, "doubled"
    assert day.lines() == len(UNITS) * len(placed)
    assert day.reserved() == {sku: each * len(placed) for sku, each in UNITS.items()}
    late = {(name, number): at - placed[name, number] for name, number, at in booked}
    pushed = [late[key] for key in day.heard]
    assert rank(list(late.values()), 0.95) <= 60_000
    assert len(pushed) > ORDERS // 4
    assert rank(pushed, 0.95) <= 15_000
    assert day.life is not None
    assert verify(day.life.book).ok
