"""An order of Vendure in the book: its states understood, an edit in its dashboard obeyed."""

import pytest

from app.store.tables import line, orders
from app.store.tables_record import case
from app.store.work import Book
from sync.channels.vendure_walk import OPEN_EVERY_MS
from sync.sandbox.vendure import VendureSandbox
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.vendure_world import sandbox, straight
from tests.worlds import NOON

EXPECTED = {
    "PaymentAuthorized": "paid",
    "PaymentSettled": "paid",
    "PartiallyShipped": "paid",
    "Shipped": "shipped",
    "PartiallyDelivered": "shipped",
    "Delivered": "completed",
    "Modifying": "paid",
    "ArrangingAdditionalPayment": "paid",
    "Cancelled": "cancelled",
}


@pytest.fixture
def shop(book: Book) -> Shop:
    return open_shop(book, platform="vendure")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def box(clock: HandClock) -> VendureSandbox:
    return sandbox(clock)


class Rounds:
    """Round after round of one shop, its records through the real intake."""

    def __init__(self, shop: Shop, box: VendureSandbox, clock: HandClock) -> None:
        self.shop, self.channel, self.clock, self.cursor = shop, straight(box, clock), clock, ""

    async def next(self) -> None:
        """Later, when the open orders are looked through."""
        self.clock.turn(OPEN_EVERY_MS / 1000 + 60)
        records, kept, self.cursor = await pull_all(self.channel, self.cursor)
        assert kept == []
        self.shop.receive(*records)


@pytest.fixture
def rounds(shop: Shop, box: VendureSandbox, clock: HandClock) -> Rounds:
    return Rounds(shop, box, clock)


async def test_every_state_of_an_order_that_was_placed_is_understood(shop, box, rounds) -> None:
    names = {box.shop.place(state=state)["id"]: state for state in EXPECTED}
    for number, state in names.items():
        box.shop.orders[number]["state"] = state
    await rounds.next()
    told = {names[row["external_id"]]: row["state"] for row in shop.all(orders)}
    assert told == EXPECTED
    assert "unknown_status" not in {row["kind"] for row in shop.all(case)}


async def test_an_order_being_edited_stops_here_and_goes_on_afterwards_although_nothing_is_dated(
    shop, box, rounds
) -> None:
    order = box.shop.place()
    await rounds.next()
    assert shop.order(order["id"])["held"] != "risk"
    stamp = order["updatedAt"]
    box.shop.turn(order, "Modifying")
    await rounds.next()
    assert shop.order(order["id"])["held"] == "risk"
    order["shippingAddress"]["city"] = "Oakland"
    box.shop.turn(order, "PaymentSettled")
    await rounds.next()
    assert shop.order(order["id"])["held"] != "risk"
    assert order["updatedAt"] == stamp


async def test_what_was_cancelled_or_refunded_is_owed_no_more(shop, box, rounds) -> None:
    order = box.shop.place()
    await rounds.next()
    box.shop.cancel(order, order["lines"][0], 1)
    await rounds.next()
    assert [row["quantity"] - row["cancelled"] for row in shop.all(line)] == [1]
    box.shop.cancel(order)
    await rounds.next()
    assert shop.order(order["id"])["state"] == "cancelled"
