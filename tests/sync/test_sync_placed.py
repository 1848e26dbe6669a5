"""A span's orders are counted at the platform itself: all of them, once, whatever their status."""

import pytest

from sync.ports import OrderIds
from sync.sandbox.faults import Fault
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
