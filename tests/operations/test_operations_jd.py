"""An order of JD in the book: its words understood, its receiver sealed, its holds obeyed."""

import random

import pytest

from app.store.tables import orders, receiver
from app.store.tables_record import case
from app.store.work import Book
from sync.channels.jd_read import LISTED
from sync.sandbox.jd import JdSandbox
from sync.sandbox.jd_gate import JdApp
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.jd_world import sold, straight
from tests.sync.sync_world import HandClock, pull_all
from tests.worlds import NOON

STATES = {
    "WAIT_SELLER_STOCK_OUT": "paid",
    "WAIT_SELLER_DELIVERY": "paid",
    "LOCKED": "paid",
    "PAUSE": "paid",
    "POP_ORDER_PAUSE": "paid",
    "WAIT_GOODS_RECEIVE_CONFIRM": "shipped",
    "FINISHED_L": "completed",
    "TRADE_CANCELED": "cancelled",
}


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, platform="jd")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def box(clock: HandClock) -> JdSandbox:
    made = JdSandbox(JdApp("appkey", "appsecret"), clock.now, random.Random(7))
    made.shop.offer("CUP-1", "青花茶杯 白", "9.90", 100)
    made.shop.offer("POT-1", "紫砂壶", "30.00", 100)
    return made


async def read(shop: Shop, box: JdSandbox, clock: HandClock) -> None:
    """One round, its records through the real intake."""
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock))
    assert kept == []
    shop.receive(*records)


@pytest.mark.req("F226")
async def test_every_word_of_the_platform_is_understood_and_a_void_order_comes_in_as_void(
    shop, box, clock
) -> None:
    names = {str(sold(box, state=state).number): state for state in LISTED}
    await read(shop, box, clock)
    told = {names[row["external_id"]]: row["state"] for row in shop.all(orders)}
    assert told == STATES
    assert "unknown_status" not in {row["kind"] for row in shop.all(case)}


async def test_a_receiver_stays_masked_and_what_stands_for_them_is_sealed(shop, box, clock) -> None:
    order = sold(box)
    await read(shop, box, clock)
    row = shop.order(str(order.number))
    assert row["phone_tail"] == "5678"
    sealed = shop.all(receiver)[0]["cipher_ct"]
    assert sealed
    assert b"oaid-7c1f0d" not in sealed


async def test_money_asked_back_before_it_left_stops_the_order_and_lets_it_go_again(
    shop, box, clock
) -> None:
    order = sold(box)
    request = box.shop.ask_back(order, 4980)
    await read(shop, box, clock)
    assert shop.order(str(order.number))["held"] == "risk"
    clock.turn(1)
    box.shop.settle(request, 2)
    await read(shop, box, clock)
    assert shop.order(str(order.number))["held"] != "risk"
