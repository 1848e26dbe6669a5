"""A span's orders are counted at the platform itself: all of them, once, whatever their status."""

import pytest

from sync.ports import OrderIds
from sync.sandbox.faults import Fault
from tests.sync import pinduoduo_world, vendure_world
from tests.sync.shopify_world import sandbox, straight
from tests.sync.sync_world import NOON, Straight, seed, woo

HOUR = 3_600_000


@pytest.mark.req("F147")
async def test_woocommerce_names_every_order_of_a_span_whatever_its_status(
    box, clock, nonce
) -> None:
    inside = {}
    for n in range(250):
        at_s = NOON // 1000 - 3600 + n
        status = ("processing", "completed", "cancelled", "pending")[n % 4]
        inside[str(box.shop.place(seed(created_s=at_s, status=status)).number)] = at_s
    for at_s in (NOON // 1000 - 3601, NOON // 1000):
        box.shop.place(seed(created_s=at_s))
    channel = woo("http://shop.example", Straight(box), clock, nonce)
    assert isinstance(channel, OrderIds)
    box.faults.plan(Fault("duplicate"), Fault("reorder"))
    found = await channel.placed_between(NOON - HOUR, NOON)
    assert len(found) == len(set(found)), "no order twice"
    assert set(found) == set(inside)
    assert await channel.placed_between(NOON - 9 * HOUR, NOON - 8 * HOUR) == ()


@pytest.mark.req("F147")
async def test_shopify_names_every_order_of_a_span_whatever_its_status(clock) -> None:
    box = sandbox(clock)
    inside = set()
    for n in range(260):
        at_s = NOON // 1000 - 3600 + n
        inside.add(str(box.shop.place({"created_s": at_s}).number))
    for at_s in (NOON // 1000 - 3601, NOON // 1000):
        box.shop.place({"created_s": at_s})
    clock.turn(600)
    channel = straight(box, clock)
    assert isinstance(channel, OrderIds)
    found = await channel.placed_between(NOON - HOUR, NOON)
    assert len(found) == len(set(found))
    assert set(found) == inside


@pytest.mark.req("F147")
async def test_vendure_names_every_order_of_a_span_whatever_its_state(clock) -> None:
    box = vendure_world.sandbox(clock)
    clock.ms = NOON - HOUR - 1000
    box.shop.place()
    inside = set()
    clock.ms = NOON - HOUR
    for n in range(1020):
        order = box.shop.place()
        inside.add(order["id"])
        clock.ms += 1000 if n % 2 else 0
        if n % 7 == 0:
            box.shop.cancel(order)
    clock.ms = NOON
    box.shop.place()
    channel = vendure_world.straight(box, clock)
    assert isinstance(channel, OrderIds)
    box.faults.plan(Fault("duplicate"), Fault("reorder"))
    found = await channel.placed_between(NOON - HOUR, NOON)
    assert len(found) == len(set(found))
    assert set(found) == inside
    assert set(box.faults.done) == {"duplicate", "reorder"}


@pytest.mark.req("F147")
async def test_pinduoduo_names_every_deal_placed_in_a_span_whatever_became_of_it(clock) -> None:
    box = pinduoduo_world.sandbox(clock)
    at_s = NOON // 1000
    inside = set()
    for n in range(230):
        state = {"order_status": (1, 2, 3)[n % 3], "refund_status": (1, 4)[n % 2]}
        placed_s = at_s - 3600 + n
        # A group purchase becomes a deal when enough have joined, here up to two hours later.
        seeded = pinduoduo_world.seed(created_s=placed_s, confirm_s=placed_s + 60 * (n % 120))
        inside.add(box.shop.place({**seeded, **state}).sn)
    for placed_s in (at_s - 3601, at_s):
        box.shop.place(pinduoduo_world.seed(created_s=placed_s, confirm_s=placed_s + 60))
    clock.turn(3 * 3600)
    channel = pinduoduo_world.straight(box, clock)
    assert isinstance(channel, OrderIds)
    found = await channel.placed_between(NOON - HOUR, NOON)
    assert len(found) == len(set(found))
    assert set(found) == inside
