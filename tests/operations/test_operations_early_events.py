"""An order the platform tells of before it shows it: waited for, and a person's after ten minutes.

A case comes soon enough for somebody to look, and late enough for a platform that is slow itself.
"""

import pytest

from app.store.tables import orders
from app.store.tables_record import case, kept_aside
from app.store.verify import verify
from app.store.work import Book
from tests.operations.shopify_day import order_seed, shopify_day
from tests.operations.test_operations_pushes import Calls, signed
from tests.worlds import FixedClock

MINUTE_MS = 60_000
EARLY = 5_550_001_234
BODY = b'{"id":%d}' % EARLY


async def rounds(calls: Calls, clock: FixedClock, seconds: int) -> None:
    """Let so much time pass as a keeper passes it: it looks every two seconds."""
    for _ in range(seconds // 2):
        await calls.look()
        clock.advance(2_000)


async def test_an_order_told_of_that_cannot_be_found_is_a_case_within_ten_minutes(
    book: Book, clock: FixedClock
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        told_at = clock.now()
        await calls.desk.take(day.shop.channel_id, signed(BODY), BODY)
        await rounds(calls, clock, 60)
        assert ([r["state"] for r in calls.rows()], day.open_cases()) == (["new"], set())
        await rounds(calls, clock, 9 * 60)
        assert [r["state"] for r in calls.rows()] == ["dead"]
        assert [r["external_id"] for r in day.shop.all(kept_aside)] == [str(EARLY)]
        (opened,) = day.shop.all(case)
        assert opened["kind"] == "kept_aside"
        assert 2 * MINUTE_MS < opened["opened_at"] - told_at <= 10 * MINUTE_MS
        assert day.shop.all(orders) == []
        assert verify(book).ok


@pytest.mark.parametrize("late_s", [1, 30, 120])
async def test_an_order_that_can_be_read_a_little_later_is_read_and_nobody_is_asked(
    book: Book, clock: FixedClock, late_s: int
) -> None:
    async with shopify_day(book, clock) as day, Calls(day) as calls:
        await calls.desk.take(day.shop.channel_id, signed(BODY), BODY)
        await rounds(calls, clock, late_s)
        order = day.box.shop.place(order_seed(id=EARLY))
        await rounds(calls, clock, 10 * 60)
        assert day.row(order)["state"] == "paid"
        assert ({r["state"] for r in calls.rows()}, day.open_cases()) == ({"done"}, set())
