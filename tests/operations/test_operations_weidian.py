"""A Weidian order's life, by asking and by messages that its owner believes."""

import random

import pytest

from app.keeper.hint_round import HintRound
from app.keeper.push_desk import PushDesk
from app.store.tables_record import inbox
from app.store.verify import verify
from app.store.work import Book
from sync.errors import Rejected
from sync.sandbox.faults import Fault
from sync.sandbox.weidian import WdSandbox, WdSetup
from tests.operations.platform_day import platform_day
from tests.sync.weidian_world import KEY, SECRET, seed
from tests.worlds import FixedClock


def weidian_day(book: Book, clock: FixedClock, **fields: str):
    """A day of a shop connected by its own app, with nothing ordered yet."""
    box = WdSandbox(WdSetup(), lambda: clock.now() / 1000, random.Random(7))
    for sku in ("LN-27", "HK-01"):
        box.shop.stock_sku(sku, sku, 10_000, 100)
    keys = {"app_key": KEY, "secret": SECRET, **fields}
    return platform_day(
        book, clock, "weidian", box, lambda url: {**keys, "gateway": url, "token_gateway": url}
    )


def order_seed(**more):
    """A deal of two curtains and a pack of hooks for 张小满 in Hangzhou."""
    return {"items": [("LN-27", 2), ("HK-01", 1)], "receiver": seed()["receiver"], **more}


async def test_an_order_is_read_packed_told_once_and_over(book: Book, clock: FixedClock) -> None:
    async with weidian_day(book, clock) as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        assert (day.row(order)["state"], day.open_cases()) == ("allocated", set())
        number = day.pack(order)
        day.box.faults.plan(Fault("reset_after", part="vdian.order.deliver"))
        assert await day.upload() == "done"
        truth = day.box.truth()
        assert (truth["shipped"], truth["writes"]) == ({order.number: [number]}, {"deliver": 1})
        clock.advance(2 * 86_400_000)  # the token wears out
        day.box.shop.change(order, status="finish")
        assert (await day.read()).up
        assert (day.row(order)["state"], day.open_cases()) == ("completed", set())
        assert verify(book).ok


@pytest.mark.req("F223")
async def test_a_wish_for_the_money_is_heard_where_the_owner_believes_messages(
    book: Book, clock: FixedClock
) -> None:
    async with weidian_day(book, clock, messages="yes") as day:
        order = day.box.shop.place(order_seed())
        await day.read()
        day.label(order)
        day.box.shop.changed.clear()
        clock.advance(600_000)
        day.box.shop.ask_back(order, order.items[0])
        (told,) = day.box.deliver()
        clock.advance(180_000)
        desk = PushDesk(day.room, day.loop.outlets, {}, lambda: None)
        kept = await desk.take(day.shop.channel_id, *told)
        assert kept.body == b'{"status": "success"}'
        assert await HintRound(day.room, day.loop).round() == 1
        row = day.row(order)
        assert (row["held"], row["held_reason"], day.open_cases()) == (
            "risk",
            "risk_hold",
            {"risk_hold"},
        )


async def test_messages_nobody_signed_are_refused_otherwise(book: Book, clock: FixedClock) -> None:
    async with weidian_day(book, clock) as day:
        day.box.shop.place(order_seed())
        await day.read()
        (told,) = day.box.deliver()
        desk = PushDesk(day.room, day.loop.outlets, {}, lambda: None)
        with pytest.raises(Rejected, match="push_unsigned"):
            await desk.take(day.shop.channel_id, *told)
        assert day.shop.all(inbox) == []
