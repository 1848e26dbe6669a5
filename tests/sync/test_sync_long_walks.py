"""Long lists that move at every page are read with nothing missed, as each platform lists them.

The lists are models: what stands where is told by the platforms' documents, and orders move between
any two pages. WAYDESK_WALK_ORDERS=10000 is the whole length; the suite has 600.
"""

import os
import random

from sync.channels import taobao_walk, woocommerce_walk
from tests.worlds import NOON

ORDERS = int(os.environ.get("WAYDESK_WALK_ORDERS", "600"))
MOST_PAGES = ORDERS


def test_a_long_list_by_number_that_orders_join_and_leave_at_every_page_hides_none() -> None:
    chance = random.Random(30)
    present = set(range(10, 10 + 3 * ORDERS, 3))
    stayed, seen, pages = set(present), set(), 0
    walk, more = woocommerce_walk.Walk(), True
    while more:
        pages += 1
        assert pages < MOST_PAGES, "it does not end"
        asked = woocommerce_walk.window(walk)
        row = sorted(present)
        page = row[asked.skipped : asked.skipped + asked.size]
        seen |= set(page)
        walk, more = woocommerce_walk.stepped(walk, asked, page, -(-len(row) // asked.size))
        for _ in range(chance.randrange(6)):
            if chance.random() < 0.5:
                present.add(chance.randrange(3 * ORDERS))
            else:
                gone = chance.choice(row)
                present.discard(gone)
                stayed.discard(gone)
    assert len(stayed) > ORDERS // 2
    assert stayed <= seen, f"{len(stayed - seen)} of {len(stayed)} missed in {pages} pages"


def test_a_long_window_that_trades_leave_at_every_page_hides_none() -> None:
    chance = random.Random(31)
    present, seen, pages = list(range(ORDERS)), set(), 0
    walk = taobao_walk.read_walk("", NOON - 600_000, NOON)
    while True:
        pages += 1
        assert pages < MOST_PAGES, "it does not end"
        row = sorted(present, reverse=True)
        page = walk.page or 1
        step = taobao_walk.stepped(walk, len(row), NOON)
        if step.used:
            seen |= set(row[(page - 1) * taobao_walk.PAGE : page * taobao_walk.PAGE])
        if not step.more:
            break
        for _ in range(chance.randrange(6)):
            present.pop(chance.randrange(len(present)))
        walk = taobao_walk.read_walk(taobao_walk.write_walk(step.walk), None, NOON)
    assert len(present) > ORDERS // 2
    assert set(present) <= seen, f"{len(set(present) - seen)} missed in {pages} pages"
