"""No order is lost while a platform's list moves, and no window or page is asked for wrongly."""

import json
import random
from dataclasses import replace

import pytest

from sync.errors import Malformed, SyncError
from sync.overlap import FAR_MS
from sync.ports import OrderIds
from sync.sandbox.faults import Fault
from sync.windows import DAY_S, Rules, Walk, begun, read_walk, stepped
from tests.sync.platforms import ALIKE, ALL
from tests.sync.sync_world import HandClock, pull_all

RULES = Rules(100, deep=5_000)


def each_of(platforms):
    return pytest.mark.parametrize("on", platforms, ids=lambda on: on.name)


async def caught_up(on, box, clock):
    """A channel whose past is read, and its cursor."""
    shop = on.channel(box, clock)
    _, _, cursor = await pull_all(shop)
    return shop, cursor


@each_of(ALIKE)
async def test_a_new_shop_reads_ninety_days_in_windows_that_grow_while_they_are_empty(
    clock, on
) -> None:
    box, now = on.sandbox(clock), clock.now_s()
    placed = {on.place(box, created_s=now - day * DAY_S) for day in (1, 30, 89)}
    records, _, _ = await pull_all(on.channel(box, clock))
    assert {record.external_id for record in records} == placed
    spans = [end - start for _, start, end in on.windows(box)]
    week = 7 * DAY_S
    assert (spans[:4], max(spans)) == ([DAY_S, 2 * DAY_S, 4 * DAY_S, week], week)
    assert box.refused == []


@each_of(ALIKE)
async def test_pages_are_read_from_the_last_to_the_first(clock, on) -> None:
    box = on.sandbox(clock)
    shop, cursor = await caught_up(on, box, clock)
    for number in range(310):
        on.place(box, created_s=clock.now_s() + number)
    clock.turn(600)
    box.heard.clear()
    records, _, _ = await pull_all(shop, cursor)
    assert len(records) == 310
    last = -(-310 // on.module.PAGE)
    assert [page for page, _, _ in on.windows(box)] == [1, *range(last, 0, -1)]


@each_of(ALL)
@pytest.mark.parametrize("chance", range(2))
async def test_orders_that_leave_the_window_while_it_is_read_hide_none(clock, on, chance) -> None:
    """Those behind a place that becomes free move towards the first page."""
    box, rng = on.sandbox(clock), random.Random(chance)
    shop, cursor = await caught_up(on, box, clock)
    placed = {on.place(box, created_s=clock.now_s() + n) for n in range(310)}
    clock.turn(1500)  # beyond what the next round reads again
    seen = set()
    while True:
        batch = await shop.pull(cursor)
        seen |= {record.external_id for record in batch.records}
        cursor = batch.next_cursor
        if not batch.more:
            break
        for number in rng.sample(sorted(placed), 25):
            box.shop.touch(box.shop.orders[number])
    clock.turn(400)
    records, _, _ = await pull_all(shop, cursor)
    assert seen | {record.external_id for record in records} == placed


@each_of(ALIKE)
async def test_a_window_that_holds_too_much_is_halved_before_it_is_read(
    clock, on, monkeypatch
) -> None:
    monkeypatch.setattr(on.module, "RULES", replace(on.module.RULES, deep=120))
    box = on.sandbox(clock)
    shop, cursor = await caught_up(on, box, clock)
    placed = {on.place(box, created_s=clock.now_s() + n) for n in range(230)}
    clock.turn(600)
    box.heard.clear()
    records, _, _ = await pull_all(shop, cursor)
    assert {record.external_id for record in records} == placed
    unhalved = -(-230 // on.module.PAGE)
    assert max(page for page, _, _ in on.windows(box)) < unhalved


def test_a_round_ends_a_minute_ago_and_the_next_begins_some_minutes_before_that() -> None:
    assert begun(Walk(since_s=1000), 1060, RULES) is None
    started = begun(Walk(since_s=1000), 1061, RULES)
    assert started is not None
    assert started.window == (1000, 1001)
    after = stepped(Walk(since_s=1000, until_s=4000), 0, 4_060_000, RULES)
    assert (after.walk, after.more) == (Walk(4000 - FAR_MS // 1000, far_s=4000), False)
    far = begun(read_walk("", 0), 100 * DAY_S, RULES)
    assert far is not None
    assert far.window == (10 * DAY_S, 11 * DAY_S)


CURSORS = ['{"page":"odd"}', '{"x":1}', "[]", "no", '{"span_s":0}', '{"since_s":-1}']


@each_of(ALL)
@pytest.mark.parametrize("cursor", [*CURSORS, '{"phase":"odd"}', '{"turn":"refunds"}'])
async def test_a_cursor_nobody_wrote_is_refused(clock, on, cursor) -> None:
    with pytest.raises(Malformed):
        await on.channel(on.sandbox(clock), clock).pull(cursor)


@each_of(ALL)
@pytest.mark.parametrize("sign", [1, -1])
async def test_a_wrong_clock_here_loses_nothing(on, sign) -> None:
    """Within the platform's patience; what it has not lived through comes."""
    here = HandClock()
    there = on.sandbox(here)
    wrong = HandClock(here.ms + sign * on.patience_s * 1000)
    shop = on.channel(there, wrong)
    _, _, cursor = await pull_all(shop)
    placed, seen = set(), set()
    for _ in range(20):
        placed.add(on.place(there))
        for each in (here, wrong):
            each.turn(60)
        records, _, cursor = await pull_all(shop, cursor)
        seen |= {record.external_id for record in records}
    for each in (here, wrong):
        each.turn(on.patience_s + 400)
    records, _, _ = await pull_all(shop, cursor)
    assert seen | {record.external_id for record in records} == placed


@each_of(ALIKE)
async def test_orders_are_counted_by_when_they_were_placed_whatever_became_of_them(
    clock, on
) -> None:
    box, noon = on.sandbox(clock), clock.now_s()
    shop = on.channel(box, clock)
    placed = [on.place(box, created_s=noon + n) for n in range(250)]
    clock.turn(DAY_S)
    for number in placed[::7]:
        box.shop.touch(box.shop.orders[number])
    clock.turn(600)
    found = await shop.placed_between((noon + 10) * 1000, (noon + 240) * 1000)
    assert set(found) == set(placed[10:240])
    assert len(found) == 230
    assert await shop.placed_between(noon * 1000, noon * 1000) == ()
    assert await shop.placed_between(noon * 1000 + 1, noon * 1000 + 1001) == (placed[1],)
    assert isinstance(shop, OrderIds)


@each_of(ALL)
async def test_a_shop_that_misbehaves_at_every_turn_loses_no_order(clock, on) -> None:
    box = on.sandbox(clock)
    shop, cursor = await caught_up(on, box, clock)
    placed = {on.place(box, created_s=clock.now_s() + n) for n in range(330)}
    clock.turn(1500)  # beyond what the next round reads again
    told = [Fault(kind, part=on.call) for kind in (*on.faults, *reversed(on.faults))]
    seen, failed = set(), 0
    for at in range(60):
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
    assert (failed, set(box.faults.done)) == (on.failing, set(on.faults))


@each_of(ALL)
async def test_a_twin_in_a_page_is_read_once(clock, on) -> None:
    box = on.sandbox(clock)
    shop, cursor = await caught_up(on, box, clock)
    on.place(box)
    clock.turn(600)
    box.faults.plan(Fault("duplicate", part=on.call))
    records, _, cursor = await pull_all(shop, cursor)
    assert len(records) == 1
    assert json.loads(cursor)
