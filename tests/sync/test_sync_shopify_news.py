"""A round over known ground pays a point for an order, and reads whole what is new."""

import re

import pytest

from sync.records import OrderRecord
from tests.sync.shopify_world import sandbox, seed, straight
from tests.sync.sync_world import HandClock, pull_all


@pytest.fixture
def box(clock: HandClock):
    return sandbox(clock)


def read_whole(box) -> list[str]:
    """The numbers that were read whole by name, request by request."""
    asked = [variables["ids"] for text, variables in box.heard if "query Order(" in text]
    return [re.sub(r"\D", "", each) for ids in asked for each in ids]


async def second_round(box, shop, clock) -> str:
    """Forty orders, read in a first round and gone over in a second one; where the third begins."""
    for _ in range(40):
        box.shop.place(seed())
    clock.turn(30)
    _, _, cursor = await pull_all(shop)
    clock.turn(30)
    _, _, cursor = await pull_all(shop, cursor)
    box.heard.clear()
    return cursor


def ids(records: list[OrderRecord]) -> list[str]:
    return [record.external_id for record in records]


async def test_what_was_read_and_did_not_change_is_not_read_again(box, clock) -> None:
    shop = straight(box, clock)
    cursor = await second_round(box, shop, clock)
    changed = next(iter(box.shop.orders))
    clock.turn(5)
    box.shop.touch(box.shop.orders[changed])
    new = box.shop.place(seed()).number
    clock.turn(25)
    records, _, _ = await pull_all(shop, cursor)
    assert set(ids(records)) == set(read_whole(box)) == {str(changed), str(new)}


async def test_a_second_change_in_one_second_is_read_though_its_time_is_the_same(
    box, clock
) -> None:
    shop = straight(box, clock)
    cursor = await second_round(box, shop, clock)
    order = box.shop.place(seed())
    records, _, cursor = await pull_all(shop, cursor)
    assert ids(records) == [str(order.number)]
    order.note = "call before noon"
    clock.turn(30)
    records, _, cursor = await pull_all(shop, cursor)
    (changed,) = records
    assert b"call before noon" in changed.raw
    assert (await pull_all(shop, cursor))[0] == []


async def test_who_begins_anew_asks_the_book_and_reads_what_it_does_not_hold(box, clock) -> None:
    cursor = await second_round(box, straight(box, clock), clock)
    held = {str(number) for number in list(box.shop.orders)[3:]}
    asked: dict[str, int] = {}

    async def known(versions):
        asked.update(versions)
        return frozenset(held)

    shop = straight(box, clock)
    shop.known = known
    records, _, _ = await pull_all(shop, cursor)
    assert len(asked) == 40
    assert set(ids(records)) == {str(number) for number in box.shop.orders} - held
    assert {record.version for record in records} <= set(asked.values())


async def test_an_order_deleted_since_it_was_listed_costs_the_others_nothing(box, clock) -> None:
    shop = straight(box, clock)
    cursor = await second_round(box, shop, clock)
    kept, gone = box.shop.place(seed()).number, box.shop.place(seed()).number
    clock.turn(10)

    async def known(_versions):
        box.shop.orders.pop(gone, None)
        return frozenset()

    shop.known = known
    records, aside, _ = await pull_all(shop, cursor)
    assert (ids(records), aside) == ([str(kept)], [])


async def test_a_busy_day_gone_over_costs_a_seventh_of_reading_it_again(box, clock) -> None:
    shop = straight(box, clock)
    cursor = await second_round(box, shop, clock)
    held = box.gate.points.now(clock.now_s())
    await pull_all(shop, cursor)
    listed = held - box.gate.points.held
    held = box.gate.points.held
    await pull_all(straight(box, clock), cursor)
    assert 0 < listed * 7 < held - box.gate.points.held
