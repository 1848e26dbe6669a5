"""What runs low is told to the shops and ticketed, through a real local WooCommerce shop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.commands.breakers import OrderGoods, ResumeBreaker
from app.commands.orders import SetPolicy
from app.commands.stock import AdjustStock, ReleaseLock
from app.domain.errors import NotAllowed, NotInState, ReasonNeeded
from app.keeper.room import Room
from app.keeper.stock_audit import StockAudit
from app.keeper.stock_watch import StockWatch
from app.store.tables import lock
from app.store.tables_breaker import breaker, listing_told, replenishment
from app.store.tables_catalogue import listing
from app.store.tables_record import case, outbox
from app.store.tables_stock_truth import stock_day
from app.store.work import Book
from sync.records import LineRecord
from tests.operations.carrier_world import AtOnce
from tests.operations.conftest import quick_passphrases
from tests.operations.outbound_world import Shop, open_shop, receive_at, record, second_channel
from tests.operations.upload_world import Uploads, uploads
from tests.worlds import FixedClock, SeededRng

__all__ = ["quick_passphrases"]

SKU = "LN-27"
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


def count(shop: Shop, counted: int, sku: str = SKU) -> None:
    shop.do("lead", AdjustStock(sku, shop.location_id, counted, "counted"))


@asynccontextmanager
async def selling(book: Book, clock: FixedClock) -> AsyncIterator[tuple[Uploads, StockWatch]]:
    """A shop whose curtain is listed at its platform, with plenty of everything."""
    async with uploads(book, clock) as made:
        count(made.shop, 1000, "HK-01")
        count(made.shop, 1000)
        await made.order(500)
        yield made, StockWatch(made.room, lambda: None)


def offers(shop: Shop) -> list[tuple[int, str]]:
    return [(row["quantity"], row["offer"]) for row in shop.all(listing_told)]


def at_platform(made: Uploads) -> int:
    """What the platform's own shop sells of the curtain."""
    return int(made.sandbox.truth()["stock"][SKU])


@pytest.mark.req("F069")
async def test_below_the_safety_stock_the_shop_is_told_what_is_left_and_not_at_it(
    book: Book, clock: FixedClock
) -> None:
    async with selling(book, clock) as (made, watch):
        count(made.shop, 2 + 17)  # two are reserved, and with few of them no shop is held back
        assert await watch.round() == 0, "seventeen are plenty"
        count(made.shop, 2 + 5)
        clock.advance(MINUTE)
        await watch.round()
        assert offers(made.shop) == [(2, "lowered")], "five are not below five"
        count(made.shop, 2 + 4)
        assert await watch.round() == 1
        assert offers(made.shop) == [(4, "limited")]
        await made.pump().round()
        assert made.effect()["state"] == "done"
        assert at_platform(made) == 4
        assert await watch.round() == 0, "what was told is not told again"


@pytest.mark.req("F069")
async def test_a_limit_the_shop_did_not_hear_is_said_again_until_it_is(
    book: Book, clock: FixedClock
) -> None:
    async with selling(book, clock) as (made, watch):
        made.fail("reset_after", "unavailable")
        count(made.shop, 2 + 3)
        await watch.round()
        await made.until("done")
        assert at_platform(made) == 3
        assert made.sandbox.truth()["faults"] == {"reset_after": 1, "unavailable": 1}
        count(made.shop, 2 + 1)
        clock.advance(MINUTE)
        await watch.round()
        count(made.shop, 2 + 2)
        clock.advance(MINUTE)
        await watch.round()
        assert [r["state"] for r in made.shop.all(outbox) if r["kind"] == "stock_write"] == [
            *("done", "withdrawn", "ready")
        ]
        await made.until("done")
        assert at_platform(made) == 2


@pytest.mark.req("F123")
async def test_much_reserved_and_not_shipped_lowers_what_shops_are_told_and_is_taken_back(
    book: Book, clock: FixedClock
) -> None:
    async with selling(book, clock) as (made, watch):
        made.shop.receive(
            record("big", lines=lines(made, 298))
        )  # 300 of 1300: 30 % of what is free
        count(made.shop, 1300)
        assert await watch.round() == 0
        made.shop.receive(record("more", lines=lines(made, 7)))  # 307 of 993 free: 30.9 %
        assert await watch.round() == 1
        assert offers(made.shop) == [(496, "lowered")]
        await made.pump().round()
        assert at_platform(made) == 496
        count(made.shop, 5000)
        clock.advance(MINUTE)
        assert await watch.round() == 1
        assert offers(made.shop) == [(4693, "open")]
        count(made.shop, 6000)
        clock.advance(MINUTE)
        assert await watch.round() == 0, "freely offered, the shop counts down by itself"


@pytest.mark.req("F124")
async def test_a_stopped_code_stands_at_nothing_at_the_platform_until_it_is_resumed(
    book: Book, clock: FixedClock
) -> None:
    async with selling(book, clock) as (made, _watch):
        count(made.shop, 2)
        made.shop.receive(*(record(f"late {n}", lines=lines(made, 1)) for n in range(3)))
        await made.pump().round()
        assert at_platform(made) == 0
        (row,) = made.shop.all(breaker)
        count(made.shop, 2 + 3 + 40)
        made.shop.do("lead", ResumeBreaker(row["id"], "a pallet came"))
        await made.pump().round()
        assert at_platform(made) == 40


@pytest.mark.req("F021")
async def test_forty_nine_left_open_a_ticket_fifty_do_not_and_there_is_never_a_second(
    book: Book, clock: FixedClock
) -> None:
    async with selling(book, clock) as (made, watch):
        shop = made.shop
        count(shop, 2 + 50)
        await watch.round()
        assert shop.all(replenishment) == []
        for left in (49, 20, 49):
            count(shop, 2 + left)
            clock.advance(MINUTE)
            await watch.round()
        count(shop, 1 + 30, "HK-01")  # another code runs low meanwhile
        await watch.round()
        ticket, other = shop.all(replenishment)
        assert (ticket["sku"], ticket["free"], ticket["state"]) == (SKU, 49, "open")
        assert other["sku"] == "HK-01"
        count(shop, 1000, "HK-01")
        clock.advance(MINUTE)
        await watch.round()
        with pytest.raises(ReasonNeeded):
            shop.do("lead", OrderGoods(ticket["id"], 500, ""))
        with pytest.raises(NotAllowed):
            shop.do("packer", OrderGoods(ticket["id"], 500, "the mill"))
        shop.do("lead", OrderGoods(ticket["id"], 500, "the mill"))
        ticket = shop.all(replenishment)[0]
        assert (ticket["ordered"], ticket["ordered_by"]) == (500, "lead")
        count(shop, 552)
        clock.advance(MINUTE)
        await watch.round()
        assert shop.all(replenishment)[0]["state"] == "done"
        with pytest.raises(NotInState):
            shop.do("lead", OrderGoods(ticket["id"], 500, "again"))
        count(shop, 2 + 10)
        clock.advance(MINUTE)
        await watch.round()
        mine = [r["state"] for r in shop.all(replenishment) if r["sku"] == SKU]
        assert mine == ["done", "open"]


async def test_the_shops_share_what_is_left_and_together_offer_no_more(
    book: Book, clock: FixedClock
) -> None:
    async with selling(book, clock) as (made, watch):
        for name in ("Second", "Third"):
            receive_at(
                made.shop, second_channel(made.shop, name), record(name, lines=lines(made, 1))
            )
        count(made.shop, 4 + 4)
        await watch.round()
        assert [q for q, _ in offers(made.shop)] == [2, 1, 1]


async def test_what_the_shop_switches_off_is_not_done(book: Book, clock: FixedClock) -> None:
    async with selling(book, clock) as (made, watch):
        made.shop.hire("admin", "admin")
        for rule in ("low_water", "safety_stock"):
            made.shop.do("admin", SetPolicy(rule, "0", "we count elsewhere"))
        count(made.shop, 2 + 3)
        made.shop.do("admin", SetPolicy("exposure_percent", "100000", "we count elsewhere"))
        assert await watch.round() == 0
        assert made.shop.all(replenishment) == []


def lines(made: Uploads, quantity: int) -> tuple[LineRecord, ...]:
    """So many of the curtain, from the listing that its platform knows."""
    ref = next(row["ref"] for row in made.shop.all(listing) if row["sku_text"] == SKU)
    return (LineRecord("1", SKU, ref, "亚麻遮光窗帘", "", quantity, 100, 100 * quantity),)


@pytest.mark.req("F071", "F196")
async def test_the_keeper_compares_cancellations_by_itself_and_reports_each_night(
    book: Book, clock: FixedClock
) -> None:
    shop = open_shop(book)
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
    audit = StockAudit(room)
    shop.receive(record("1"))
    assert await audit.round() == 0
    held = next(row for row in shop.all(lock) if row["sku"] == SKU)
    shop.do("lead", ReleaseLock(held["id"], 1, "somebody took it"))
    assert await audit.round() == 1
    assert await audit.round() == 0
    kinds = [row["kind"] for row in shop.all(case)]
    assert kinds == ["release_not_cancelled"]
    assert await audit.report(clock.now() + DAY) == ("2026-02-16",)
    assert shop.all(stock_day)[0]["unmatched"] == 1
