"""An order of Amazon in the book: its words understood, and Amazon's own only to be looked at."""

import pytest

from app.commands.orders import ReleaseOrder
from app.commands.parcels import AllocateOrder
from app.domain.errors import NotInState, WaydeskError
from app.store.tables import line, lock, orders
from app.store.tables_record import case
from app.store.work import Book
from sync.channels.amazon_read import STATUSES
from sync.sandbox.amazon import AmazonSandbox
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.amazon_world import sandbox, straight
from tests.sync.sync_world import HandClock, pull_all
from tests.worlds import NOON

STATES = {
    "PENDING_AVAILABILITY": "awaiting_payment",
    "PENDING": "awaiting_payment",
    "UNSHIPPED": "paid",
    "PARTIALLY_SHIPPED": "paid",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
    "UNFULFILLABLE": "closed",
}
CURTAIN = ("LN-27", 1, "90.00")


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, platform="amazon")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def box(clock: HandClock) -> AmazonSandbox:
    return sandbox(clock)


async def read(shop: Shop, box: AmazonSandbox, clock: HandClock) -> None:
    """One round, its records through the real intake."""
    clock.turn(600)
    records, kept, _ = await pull_all(straight(box, clock))
    assert kept == []
    shop.receive(*records)


@pytest.mark.req("F226")
async def test_every_word_of_amazon_is_understood_and_a_void_order_comes_in_as_void(
    shop, box, clock
) -> None:
    names = {}
    for status in STATUSES:
        names[box.shop.sell(CURTAIN, status=status).number] = status
    await read(shop, box, clock)
    assert {names[row["external_id"]]: row["state"] for row in shop.all(orders)} == STATES
    assert "unknown_status" not in {row["kind"] for row in shop.all(case)}


@pytest.mark.req("F243")
async def test_of_ten_orders_amazon_sends_and_ten_of_ours_exactly_ten_go_out_by_ship_by(
    shop, box, clock
) -> None:
    for n in range(10):
        box.shop.sell(CURTAIN, by="AMAZON", status="PENDING" if n % 2 else "UNSHIPPED")
        box.shop.sell(CURTAIN, ship_by_s=NOON // 1000 + 90_000 - n * 60)
    await read(shop, box, clock)
    for order in box.shop.orders.values():
        if order.status == "PENDING":
            order.status = "UNSHIPPED"
            box.shop.touch(order)
    await read(shop, box, clock)
    shop.flow()
    rows = shop.all(orders)
    ready = [row for row in rows if row["state"] == "allocated"]
    theirs = [row for row in rows if row not in ready]
    by = {order.number: order for order in box.shop.orders.values()}
    assert len(ready) == len(theirs) == 10
    assert {by[row["external_id"]].by for row in ready} == {"MERCHANT"}
    in_turn = sorted(ready, key=lambda row: row["promise_at"])
    told = sorted((o for o in by.values() if o.by == "MERCHANT"), key=lambda o: o.ship_by_s)
    assert [row["external_id"] for row in in_turn] == [order.number for order in told]
    held = {row["order_id"] for row in shop.all(lock) if row["state"] == "held"}
    assert held == {row["id"] for row in ready}, "nothing of ours is kept for Amazon's own"
    assert shop.all(case) == [], "they are nobody's exception"


@pytest.mark.req("F243")
async def test_an_order_amazon_sends_can_be_neither_let_go_nor_taken_on(shop, box, clock) -> None:
    box.shop.sell(CURTAIN, by="AMAZON")
    await read(shop, box, clock)
    row = shop.all(orders)[0]
    assert (row["state"], row["held"], row["held_reason"]) == ("paid", "risk", "platform")
    with pytest.raises(NotInState):
        shop.do("lead", ReleaseOrder(row["id"], "hurry"))
    with pytest.raises(WaydeskError):
        shop.do("lead", AllocateOrder(row["id"]))
    assert shop.all(lock) == []


async def test_what_amazon_sent_itself_is_taken_off_no_shelf_of_ours(shop, box, clock) -> None:
    order = box.shop.sell(CURTAIN, by="AMAZON")
    await read(shop, box, clock)
    order.status, order.items[0].sent = "SHIPPED", 1
    box.shop.touch(order)
    await read(shop, box, clock)
    row = shop.all(orders)[0]
    assert (row["state"], row["held"], row["held_reason"]) == ("shipped", "", "")
    assert shop.all(line)[0]["shipped"] == 1
    assert shop.all(lock) == []


async def test_an_sku_only_amazon_holds_is_no_exception(shop, box, clock) -> None:
    box.shop.sell(("FBA-ONLY", 1, "9.00"), by="AMAZON")
    await read(shop, box, clock)
    assert shop.all(case) == []
    assert shop.all(orders)[0]["held_reason"] == "platform"


async def test_a_buyers_wish_to_cancel_stops_an_order_of_ours_with_an_exception(
    shop, box, clock
) -> None:
    order = box.shop.sell(CURTAIN)
    await read(shop, box, clock)
    order.items[0].asked_to_cancel = True
    box.shop.touch(order)
    await read(shop, box, clock)
    assert shop.all(orders)[0]["held"] == "risk"
    assert [row["kind"] for row in shop.all(case)] == ["risk_hold"]
