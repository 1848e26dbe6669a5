"""A trade of Taobao in the book: its words understood, its receiver sealed, its holds obeyed."""

import random

import pytest

from app.store.tables import line, orders, receiver
from app.store.tables_record import case
from app.store.work import Book
from sync.channels.taobao_read import STATUSES
from sync.sandbox.taobao import TaobaoSandbox
from sync.sandbox.taobao_gate import TopApp
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.taobao_world import sold, straight
from tests.worlds import NOON

STATES = {
    "TRADE_NO_CREATE_PAY": "awaiting_payment",
    "WAIT_BUYER_PAY": "awaiting_payment",
    "PAY_PENDING": "awaiting_payment",
    "WAIT_PRE_AUTH_CONFIRM": "awaiting_payment",
    "WAIT_SELLER_SEND_GOODS": "paid",
    "PAID_FORBID_CONSIGN": "paid",
    "SELLER_CONSIGNED_PART": "paid",
    "WAIT_BUYER_CONFIRM_GOODS": "shipped",
    "TRADE_BUYER_SIGNED": "shipped",
    "TRADE_FINISHED": "completed",
    "TRADE_CLOSED": "closed",
    "TRADE_CLOSED_BY_TAOBAO": "cancelled",
}


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, platform="taobao")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return TaobaoSandbox(TopApp("12345678", "helloworld"), clock.now, random.Random(7))


async def read(shop: Shop, box: TaobaoSandbox, clock: HandClock) -> None:
    """One round, its records through the real intake."""
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock))
    assert kept == []
    shop.receive(*records)


@pytest.mark.req("F226")
async def test_every_word_of_the_platform_is_understood_and_a_void_trade_comes_in_as_void(
    shop, box, clock
) -> None:
    names = {}
    for status in STATUSES:
        names[str(sold(box, status=status).tid)] = status
    await read(shop, box, clock)
    told = {names[row["external_id"]]: row["state"] for row in shop.all(orders)}
    assert told == STATES
    assert "unknown_status" not in {row["kind"] for row in shop.all(case)}


async def test_a_receiver_stays_masked_and_what_stands_for_them_is_sealed(shop, box, clock) -> None:
    trade = sold(box)
    await read(shop, box, clock)
    row = shop.order(str(trade.tid))
    assert row["phone_tail"] == "8000"
    assert "伟" not in row["buyer_mask"]
    sealed = shop.all(receiver)[0]["cipher_ct"]
    assert sealed
    assert box.shop.printed(trade, "12345678")["oaid"].encode() not in sealed


async def test_money_asked_back_before_it_left_stops_the_order_and_lets_it_go_again(
    shop, box, clock
) -> None:
    trade = sold(box)
    box.shop.refund(trade, 0, "19.80", status="WAIT_SELLER_AGREE")
    await read(shop, box, clock)
    assert shop.order(str(trade.tid))["held"] == "risk"
    trade.rows[0]["refund_status"] = "CLOSED"
    box.shop.touch(trade)
    await read(shop, box, clock)
    assert shop.order(str(trade.tid))["held"] != "risk"


async def test_a_row_refunded_before_it_left_is_owed_no_more(shop, box, clock) -> None:
    trade = sold(box)
    box.shop.refund(trade, 0, "19.80")
    await read(shop, box, clock)
    owed = {row["sku"]: row["quantity"] - row["cancelled"] for row in shop.all(line)}
    assert owed == {"CUP-1": 0, "POT-1": 1}
