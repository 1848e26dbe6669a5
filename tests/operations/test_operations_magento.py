"""An order of Magento in the book: its words understood, its holds obeyed, its refunds counted."""

import pytest

from app.store.tables import line, orders
from app.store.tables_record import case
from app.store.work import Book
from sync.channels.magento_read import STATES
from sync.sandbox.magento import MagentoSandbox
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.magento_world import sandbox, sold, straight
from tests.sync.sync_world import HandClock, pull_all
from tests.worlds import NOON

EXPECTED = {
    "new": "awaiting_payment",
    "pending_payment": "awaiting_payment",
    "payment_review": "awaiting_payment",
    "processing": "paid",
    "complete": "shipped",
    "closed": "closed",
    "canceled": "cancelled",
    "holded": "paid",
}


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, platform="magento")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def box(clock: HandClock) -> MagentoSandbox:
    return sandbox(clock)


async def read(shop: Shop, box: MagentoSandbox, clock: HandClock) -> None:
    """One round, its records through the real intake."""
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock))
    assert kept == []
    shop.receive(*records)


@pytest.mark.req("F090")
@pytest.mark.req("F226")
async def test_every_state_of_the_platform_is_understood_and_a_void_order_comes_in_as_void(
    shop, box, clock
) -> None:
    names = {}
    for state in STATES:
        paid = {"total_paid": 57.8} if state == "holded" else {}
        names[str(sold(box, state=state, **paid)["entity_id"])] = state
    await read(shop, box, clock)
    told = {names[row["external_id"]]: row["state"] for row in shop.all(orders)}
    assert told == EXPECTED
    assert "unknown_status" not in {row["kind"] for row in shop.all(case)}


async def test_an_order_held_in_the_shop_stops_here_and_goes_on_when_it_is_let_go(
    shop, box, clock
) -> None:
    order = sold(box)
    box.shop.set_state(order, "holded")
    await read(shop, box, clock)
    assert shop.order(str(order["entity_id"]))["held"] == "risk"
    box.shop.set_state(order, "processing")
    await read(shop, box, clock)
    assert shop.order(str(order["entity_id"]))["held"] != "risk"


async def test_what_was_refunded_before_it_left_is_owed_no_more(shop, box, clock) -> None:
    order = sold(box)
    await read(shop, box, clock)
    box.shop.refund(order, 9.9, {order["items"][0]["item_id"]: 1})
    await read(shop, box, clock)
    owed = {row["sku"]: row["quantity"] - row["cancelled"] for row in shop.all(line)}
    assert owed == {"CUP-1": 1, "POT-1": 1}


async def test_an_order_canceled_in_the_shop_is_canceled_here(shop, box, clock) -> None:
    order = sold(box)
    await read(shop, box, clock)
    box.shop.set_state(order, "canceled")
    await read(shop, box, clock)
    assert shop.order(str(order["entity_id"]))["state"] == "cancelled"
