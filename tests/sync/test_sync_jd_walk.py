"""No JD order is missed or doubled: windows, pages from the last one back, the platform's clock."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.jd_walk import ORDERS
from sync.errors import Malformed
from sync.ports import OrderIds
from sync.sandbox.faults import Fault
from sync.sandbox.jd import SEARCH, JdSandbox
from sync.transport import Transport
from tests.sync.jd_world import (
    DAY_MS,
    HOUR_MS,
    Straight,
    asked,
    channel_for,
    parcel,
    sandbox,
    sold,
    straight,
)
from tests.sync.sync_world import HandClock, pull_all

PAGE = ORDERS.page


@pytest.fixture
def box(clock):
    return sandbox(clock)


def numbers(box: JdSandbox) -> set[str]:
    return {str(number) for number in box.shop.orders}


def pages(box: JdSandbox) -> list[int]:
    return [int(params["page"]) for params in asked(box, SEARCH)]


# --- windows and pages ---


async def test_three_months_are_read_and_no_window_is_longer_than_the_platform_takes(
    box, clock
) -> None:
    """The sandbox refuses a window of more than a month and a look back of more than three."""
    for day in (1, 30, 60, 88):
        sold(box, placed_ms=clock.ms - day * DAY_MS)
    records, kept, _ = await pull_all(straight(box, clock, start_ms=None))
    assert ({record.external_id for record in records}, kept) == (numbers(box), [])
    # How often a shop may search is limited: three months take few questions.
    assert len(pages(box)) < 14


async def test_a_window_of_several_pages_is_counted_first_and_read_from_its_last_page(
    box, clock
) -> None:
    for at in range(PAGE * 2 + 1):
        sold(box, placed_ms=clock.ms + at * 1000)
    clock.turn(600)
    records, _, _ = await pull_all(straight(box, clock))
    assert pages(box) == [1, 3, 2, 1]
    assert len(records) == PAGE * 2 + 1


async def test_an_order_that_changes_between_two_pages_pushes_no_other_out_of_sight(
    box, clock
) -> None:
    """It leaves the window; from the first page on, the one behind it would be passed over."""
    orders = [sold(box, placed_ms=clock.ms + at * 1000) for at in range(PAGE * 2)]
    clock.turn(600)

    class Moving(Straight):
        async def send(self, request):
            answer = await super().send(request)
            if len(pages(box)) in (1, 2):
                box.shop.touch(orders[len(pages(box))])
            return answer

    moved = {str(order.number) for order in orders[1:3]}
    records, _, cursor = await pull_all(straight(box, clock, http=Moving(box)))
    assert {record.external_id for record in records} >= numbers(box) - moved
    clock.turn(60)
    more, _, _ = await pull_all(straight(box, clock), cursor)
    assert moved <= {record.external_id for record in more}


async def test_a_window_with_more_orders_than_its_pages_show_is_made_shorter(
    box, clock, monkeypatch
) -> None:
    """Past its hundredth page the platform answers nothing."""
    few = type(ORDERS)(PAGE, 2, ORDERS.longest_ms)
    monkeypatch.setattr("sync.channels.jd.ORDERS", few)
    for at in range(PAGE * 3):
        sold(box, placed_ms=clock.ms + at * 1000)
    clock.turn(600)
    records, _, _ = await pull_all(straight(box, clock))
    assert {record.external_id for record in records} == numbers(box)
    assert max(pages(box)) <= 2


async def test_the_next_round_begins_before_the_last_one_ended_by_the_platforms_clock(
    box, clock
) -> None:
    """Ours may run ahead: what the platform has not lived through is asked for again."""
    ahead = HandClock(clock.ms + 240_000)
    order = sold(box)
    channel = straight(box, ahead, start_ms=clock.ms - HOUR_MS, pair=box.gate.pair())
    _, _, cursor = await pull_all(channel)
    late = sold(box, placed_ms=clock.ms + 5000)
    clock.turn(120)
    ahead.turn(120)
    records, _, _ = await pull_all(channel, cursor)
    assert {record.external_id for record in records} == {str(order.number), str(late.number)}


async def test_a_batch_that_was_not_kept_is_told_again_from_the_same_place(box, clock) -> None:
    sold(box)
    clock.turn(60)
    channel = straight(box, clock)
    once, again = await channel.pull(""), await channel.pull("")
    assert once.records == again.records != ()


@pytest.mark.parametrize("cursor", ["[]", "{}", '{"since_ms":"1"}', '{"since_ms":-1}', "x"])
async def test_a_cursor_of_another_make_is_refused(box, clock, cursor) -> None:
    with pytest.raises(Malformed):
        await straight(box, clock).pull(cursor)


STEPS = st.lists(st.sampled_from(["touch", "new", "back", "turn", ""]), max_size=25)


@settings(max_examples=4, deadline=None)
@given(steps=STEPS, start=st.sampled_from([0, 3, 101]))
async def test_round_after_round_the_shop_and_we_agree(steps, start) -> None:
    """A shop that changes between any two calls: after it rests, every version is known."""
    clock = HandClock()
    chance = random.Random(len(steps))
    box = sandbox(clock)
    for at in range(start):
        sold(box, placed_ms=clock.ms - at * 7000)
    todo = list(steps)

    class Moving(Straight):
        async def send(self, request):
            answer = await super().send(request)
            disturb(box, clock, chance, todo.pop(0) if todo else "")
            return answer

    known: dict[str, int] = {}
    cursor = ""
    channel = straight(box, clock, http=Moving(box))
    clock.turn(30)
    rests = False
    while not rests:
        rests = not todo
        records, kept, cursor = await pull_all(channel, cursor)
        assert kept == []
        for record in records:
            known[record.external_id] = max(known.get(record.external_id, 0), record.version)
        clock.turn(30)
    for order in box.shop.orders.values():
        assert known.get(str(order.number)) == order.changed_ms // 1000 * 1000


def disturb(box: JdSandbox, clock: HandClock, chance: random.Random, step: str) -> None:
    orders = list(box.shop.orders.values())
    clock.turn(1)
    if step == "new":
        sold(box)
    elif step == "touch" and orders:
        box.shop.touch(chance.choice(orders))
    elif step == "back" and orders:
        box.shop.ask_back(chance.choice(orders), 100)
    elif step == "turn":
        clock.turn(400)


# --- a list that misbehaves ---


@pytest.mark.parametrize("kind", ["duplicate", "reorder", "shift"])
async def test_a_list_that_repeats_shuffles_or_shifts_loses_and_doubles_nothing(
    box, clock, kind
) -> None:
    for at in range(PAGE + 5):
        sold(box, placed_ms=clock.ms + at * 1000)
    clock.turn(600)
    box.faults.plan(*(Fault(kind) for _ in range(4)))
    channel = straight(box, clock)
    records, _, cursor = await pull_all(channel)
    clock.turn(60)
    more, _, _ = await pull_all(channel, cursor)
    assert {record.external_id for record in (*records, *more)} == numbers(box)
    if kind != "shift":
        assert len(records) == PAGE + 5


async def test_a_whole_day_over_real_http_against_a_gateway_that_misbehaves(
    box, clock, http: Transport
) -> None:
    """Read, ship with the answer lost, and read again: once in effect."""
    server = box.server()
    origin = await server.start()
    try:
        channel = channel_for(box, http, clock, origin)
        order = sold(box)
        clock.turn(60)
        box.faults.plan(*(Fault(kind, part=SEARCH) for kind in ("throttle", "unavailable", "cut")))
        box.faults.plan(Fault("reset_after", part="shipment"))
        cursor = ""
        for _ in range(3):
            with pytest.raises(Exception, match="sync_"):
                await channel.pull(cursor)
        records, _, cursor = await pull_all(channel, cursor)
        assert [record.raw_status for record in records] == ["WAIT_SELLER_STOCK_OUT"]
        with pytest.raises(Exception, match="sync_"):
            await channel.ship(parcel(order))
        assert (await channel.ship(parcel(order))).already
        clock.turn(60)
        records, _, _ = await pull_all(channel, cursor)
        assert [record.raw_status for record in records] == ["WAIT_GOODS_RECEIVE_CONFIRM"]
        assert box.truth()["writes"] == {"ship": 1}
        assert box.truth()["shipped"] == {str(order.number): "SF1001"}
    finally:
        await server.stop()


# --- counted, to see whether any is missing ---


@pytest.mark.parametrize("count", [0, 1, 100, 101])
async def test_every_order_placed_in_a_span_is_counted_once_whatever_its_state(
    box, clock, count
) -> None:
    start, states = clock.ms, ("WAIT_SELLER_STOCK_OUT", "FINISHED_L", "LOCKED", "TRADE_CANCELED")
    inside = {
        str(sold(box, state=states[at % 4], placed_ms=start + at * 1000).number)
        for at in range(count)
    }
    sold(box, placed_ms=start - 1000)
    sold(box, placed_ms=start + 2 * DAY_MS)
    clock.turn(200_000)
    channel = straight(box, clock)
    assert isinstance(channel, OrderIds)
    found = await channel.placed_between(start, start + 2 * DAY_MS)
    assert len(found) == count
    assert set(found) == inside
