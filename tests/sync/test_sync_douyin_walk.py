"""No order is lost while a Douyin shop's list moves, and no window or page is asked for wrongly."""

import json
import random

import pytest

from sync.channels import douyin_walk
from sync.channels.douyin_walk import LONGEST_S, Walk, begun, read_walk, stepped
from sync.errors import Malformed, SyncError
from sync.ports import OrderIds
from sync.sandbox.faults import Fault
from tests.sync.douyin_world import DAY, sandbox, seed, straight
from tests.sync.sync_world import HandClock, pull_all

LIST = "order.searchList"


@pytest.fixture
def box(clock):
    return sandbox(clock)


def asks(box):
    return [params for method, params in box.heard if method == LIST]


async def caught_up(box, clock):
    """A channel whose past is read, and its cursor."""
    shop = straight(box, clock)
    _, _, cursor = await pull_all(shop)
    return shop, cursor


async def test_a_new_shop_reads_ninety_days_in_windows_that_grow_while_they_are_empty(
    box, clock
) -> None:
    now = clock.now_s()
    placed = [box.shop.place(seed(created_s=now - day * DAY)) for day in (1, 30, 89)]
    records, _, _ = await pull_all(straight(box, clock))
    assert {record.external_id for record in records} == {each.number for each in placed}
    spans = [p["update_time_end"] - p["update_time_start"] for p in asks(box)]
    assert (spans[:4], max(spans)) == ([DAY, 2 * DAY, 4 * DAY, LONGEST_S], LONGEST_S)
    assert box.refused == []


async def test_pages_are_asked_from_nought_and_read_from_the_last_to_the_first(box, clock) -> None:
    shop, cursor = await caught_up(box, clock)
    for number in range(310):
        box.shop.place(seed(created_s=clock.now_s() + number))
    clock.turn(600)
    box.heard.clear()
    records, _, _ = await pull_all(shop, cursor)
    assert len(records) == 310
    assert [p["page"] for p in asks(box)] == [0, 3, 2, 1, 0]
    assert {p["order_by"] for p in asks(box)} == {"update_time"}


@pytest.mark.parametrize("chance", range(2))
async def test_orders_that_leave_the_window_while_it_is_read_hide_none(clock, chance) -> None:
    """Those behind a place that becomes free move towards the first page."""
    box, rng = sandbox(clock), random.Random(chance)
    shop, cursor = await caught_up(box, clock)
    placed = [box.shop.place(seed(created_s=clock.now_s() + n)) for n in range(310)]
    clock.turn(1500)  # beyond what the next round reads again
    seen = set()
    while True:
        batch = await shop.pull(cursor)
        seen |= {record.external_id for record in batch.records}
        cursor = batch.next_cursor
        if not batch.more:
            break
        for order in rng.sample(placed, 25):
            box.shop.touch(order)
    clock.turn(400)
    records, _, _ = await pull_all(shop, cursor)
    seen |= {record.external_id for record in records}
    assert seen == {order.number for order in placed}


async def test_a_window_that_holds_too_much_is_halved_before_it_is_read(
    box, clock, monkeypatch
) -> None:
    monkeypatch.setattr(douyin_walk, "DEEP", 120)
    shop, cursor = await caught_up(box, clock)
    placed = {box.shop.place(seed(created_s=clock.now_s() + n)).number for n in range(230)}
    clock.turn(600)
    box.heard.clear()
    records, _, _ = await pull_all(shop, cursor)
    assert {record.external_id for record in records} == placed
    assert max(p["page"] for p in asks(box)) <= 1  # unhalved, the last one is 2


def test_a_round_ends_a_minute_ago_and_the_next_begins_ten_minutes_before_that() -> None:
    assert begun(Walk(since_s=1000), 1060) is None
    started = begun(Walk(since_s=1000), 1061)
    assert started is not None
    assert started.window == (1000, 1001)
    after = stepped(Walk(since_s=1000, until_s=4000), 0, 4_060_000)
    assert (after.walk, after.more) == (Walk(3400), False)
    far = begun(read_walk("", 0), 100 * DAY)
    assert far is not None
    assert far.window == (10 * DAY, 11 * DAY)


@pytest.mark.parametrize(
    "cursor", ['{"page":"odd"}', '{"x":1}', "[]", "no", '{"span_s":0}', '{"since_s":-1}']
)
async def test_a_cursor_nobody_wrote_is_refused(box, clock, cursor) -> None:
    with pytest.raises(Malformed):
        await straight(box, clock).pull(cursor)


@pytest.mark.parametrize("off_s", [240, -240])
async def test_a_wrong_clock_here_loses_nothing(off_s) -> None:
    """Four minutes are within the platform's patience; what it has not lived through comes."""
    here = HandClock()
    there = sandbox(here)
    wrong = HandClock(here.ms + off_s * 1000)
    shop = straight(there, wrong)
    _, _, cursor = await pull_all(shop)
    placed, seen = set(), set()
    for _ in range(20):
        placed.add(there.shop.place(seed()).number)
        for each in (here, wrong):
            each.turn(60)
        records, _, cursor = await pull_all(shop, cursor)
        seen |= {record.external_id for record in records}
    for each in (here, wrong):
        each.turn(400)
    records, _, _ = await pull_all(shop, cursor)
    assert seen | {record.external_id for record in records} == placed


# --- counting ---


async def test_orders_are_counted_by_when_they_were_placed_whatever_became_of_them(
    box, clock
) -> None:
    shop, noon = straight(box, clock), clock.now_s()
    placed = [box.shop.place(seed(created_s=noon + n, status=(1, 2, 4)[n % 3])) for n in range(250)]
    clock.turn(DAY)
    for order in placed[::7]:
        box.shop.touch(order)
    clock.turn(600)
    box.heard.clear()
    found = await shop.placed_between((noon + 10) * 1000, (noon + 240) * 1000)
    assert found == tuple(order.number for order in placed[10:240])
    assert [params["page"] for params in asks(box)] == [0, 1, 2]
    assert await shop.placed_between(noon * 1000, noon * 1000) == ()
    assert await shop.placed_between(noon * 1000 + 1, noon * 1000 + 1001) == (placed[1].number,)
    assert isinstance(shop, OrderIds)


# --- whatever goes wrong ---


KINDS = ("throttle", "unavailable", "garbage", "duplicate", "reorder", "shift", "inner")


async def test_a_shop_that_misbehaves_at_every_turn_loses_no_order(box, clock) -> None:
    shop, cursor = await caught_up(box, clock)
    placed = {box.shop.place(seed(created_s=clock.now_s() + n)).number for n in range(330)}
    clock.turn(1500)  # beyond what the next round reads again
    told = [Fault(kind, part=LIST) for kind in (*KINDS, *reversed(KINDS))]
    seen, failed = set(), 0
    for at in range(40):
        box.faults.plan(*told[at : at + 1])
        try:
            batch = await shop.pull(cursor)
        except SyncError:
            failed += 1
            continue
        seen |= {record.external_id for record in batch.records}
        cursor = batch.next_cursor
        clock.turn(11)
    assert seen == placed
    assert (failed, set(box.faults.done)) == (8, set(KINDS))


async def test_a_twin_in_a_page_is_read_once(box, clock) -> None:
    shop, cursor = await caught_up(box, clock)
    box.shop.place(seed())
    clock.turn(600)
    box.faults.plan(Fault("duplicate", part=LIST))
    records, _, cursor = await pull_all(shop, cursor)
    assert len(records) == 1
    assert json.loads(cursor)["page"] == 0
