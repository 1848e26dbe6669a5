"""Deliveries that come a hundred times each, in any order: every event is kept once and read once.

WAYDESK_PUSH_EVENTS=10000 makes a million deliveries; the suite makes 300.
"""

import os
import random

from app.store.tables import orders
from app.store.work import Book
from tests.operations.shopify_day import order_seed, shopify_day
from tests.operations.test_operations_pushes import Calls, signed
from tests.worlds import FixedClock

EVENTS = int(os.environ.get("WAYDESK_PUSH_EVENTS", "3"))


async def test_many_events_that_come_a_hundred_times_each_in_any_order_are_each_kept_once(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        placed = [day.box.shop.place(order_seed()) for _ in range(3)]
        bodies = [b'{"id":%d}' % order.number for order in placed]
        told = [
            (signed(bodies[n % 3], **{"X-Shopify-Event-Id": f"e{n}"}), n) for n in range(EVENTS)
        ]
        copies = [n for n in range(EVENTS) for _ in range(100)]
        random.Random(26).shuffle(copies)
        for at, n in enumerate(copies):
            headers, _ = told[n]
            await calls.desk.take(day.shop.channel_id, headers, bodies[n % 3])
            if at == len(copies) // 2:
                await calls.look()
        while await calls.look():
            pass
        assert len(calls.rows()) == len({row["event_id"] for row in calls.rows()}) == EVENTS
        assert len(calls.said("push_received")) == EVENTS
        assert calls.asked() <= 2 * len(placed)
        assert (len(day.shop.all(orders)), day.open_cases()) == (3, set())
