"""An order of JD's newer gateway in the book: words understood, receiver sealed, holds obeyed."""

import pytest

from app.rulebook import load
from app.store.tables import orders, receiver
from app.store.tables_record import case
from app.store.work import Book
from sync.channels.jd_read import LISTED
from sync.sandbox.jd_sp import JdSpSandbox
from tests.operations.outbound_world import Shop, open_shop
from tests.operations.test_operations_jd import STATES
from tests.sync.jd_sp_world import sandbox, sold, straight
from tests.sync.sync_world import HandClock, pull_all
from tests.worlds import NOON


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, platform="jd_sp")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def box(clock: HandClock) -> JdSpSandbox:
    return sandbox(clock)


async def read(shop: Shop, box: JdSpSandbox, clock: HandClock) -> None:
    """One round, its records through the real intake."""
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock, start_ms=clock.ms - 3_600_000))
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
    assert shop.order(str(order.number))["phone_tail"] == "5678"
    sealed = shop.all(receiver)[0]["cipher_ct"]
    assert sealed
    assert b"oaid-7c1f0d" not in sealed


async def test_money_asked_back_before_it_left_stops_the_order_and_lets_it_go_again(
    shop, box, clock
) -> None:
    order = sold(box)
    made = box.shop.ask_back(order, 19.8)
    await read(shop, box, clock)
    assert shop.order(str(order.number))["held"] == "risk"
    clock.turn(1)
    box.shop.settle(made, 0, "WAIT_SELLER_STOCK_OUT")
    await read(shop, box, clock)
    assert shop.order(str(order.number))["held"] != "risk"


def test_its_labels_come_from_jds_own_ewaybill_and_from_no_other_courier() -> None:
    """No courier is told who receives it: JD hides its buyers whichever gateway tells of them."""
    routes = load().label_routes
    assert routes.pick("jd_sp", True, ["sf", "douyin_ewaybill", "jd_ewaybill"]) == 2
    assert routes.pick("jd_sp", True, ["sf", "douyin_ewaybill"]) is None
