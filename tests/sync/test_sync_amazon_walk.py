"""Whatever a seller's list does while it is read, no change is lost and Amazon is not overasked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.amazon_walk import (
    DAY_MS,
    FIRST_MS,
    LONGEST_MS,
    OVERLAP_MS,
    REACH_MS,
    TOKEN_MS,
    Walk,
    instant,
    query_of,
    read_walk,
    stepped,
    write_walk,
)
from sync.errors import Malformed, Rejected, Throttled
from sync.ports import OrderIds
from sync.sandbox.amazon import AmazonSandbox
from sync.sandbox.faults import Fault
from tests.sync.amazon_world import HOUR_MS, Canned, channel_for, sandbox, straight
from tests.sync.sync_world import NOON, HandClock, pull_all


@pytest.fixture
def box(clock: HandClock) -> AmazonSandbox:
    return sandbox(clock)


def asked(box: AmazonSandbox) -> list[dict[str, str]]:
    return [dict(h.query) for h in box.heard if h.operation == "searchOrders"]


# --- the rules of the list ---


def test_a_round_that_meets_now_names_no_end_and_history_names_one() -> None:
    assert "lastUpdatedBefore" not in query_of(read_walk("", NOON - HOUR_MS, NOON))
    history = query_of(read_walk("", NOON - 30 * DAY_MS, NOON))
    assert history["lastUpdatedBefore"] == instant(NOON - 30 * DAY_MS + FIRST_MS)


def test_the_list_is_asked_no_further_back_than_amazon_keeps_orders() -> None:
    assert read_walk("", None, NOON).after_ms == read_walk("", 1, NOON).after_ms == NOON - REACH_MS


def test_two_years_without_orders_are_passed_in_few_questions() -> None:
    walk, count = read_walk("", None, NOON), 0
    more = True
    while more:
        assert walk.before_ms - walk.after_ms <= LONGEST_MS
        walk, more = stepped(walk, "", None if walk.before_ms else NOON - 120_000, NOON)
        walk = read_walk(write_walk(walk), None, NOON)
        count += 1
    assert count < 20


def test_the_next_round_begins_where_amazon_says_it_looked_to_and_a_little_before() -> None:
    walk = read_walk("", NOON - HOUR_MS, NOON)
    walk, more = stepped(walk, "next", NOON - 180_000, NOON)
    assert more
    walk, more = stepped(walk, "", NOON - 10_000, NOON)
    assert not more
    assert walk.after_ms == NOON - 180_000 - OVERLAP_MS, "what the first page said counts"


def test_where_amazon_does_not_say_how_far_it_looked_the_window_is_asked_again() -> None:
    walk = read_walk("", NOON - HOUR_MS, NOON)
    assert stepped(walk, "", None, NOON)[0].after_ms == NOON - HOUR_MS


def test_a_page_that_waited_a_day_begins_its_window_anew_and_shorter() -> None:
    walk = Walk(NOON - 40 * DAY_MS, NOON - 20 * DAY_MS, token="old", token_ms=NOON - TOKEN_MS - 1)
    again = read_walk(write_walk(walk), None, NOON)
    assert (again.token, again.after_ms) == ("", walk.after_ms)
    assert again.before_ms - again.after_ms == 5 * DAY_MS
    fresh = Walk(NOON - 40 * DAY_MS, NOON - 20 * DAY_MS, token="new", token_ms=NOON - TOKEN_MS)
    assert read_walk(write_walk(fresh), None, NOON) == fresh


@pytest.mark.parametrize(
    "broken", ["{", '{"page": 3}', "null", '{"after_ms": "x"}', '{"after_ms": -1}', "[]"]
)
def test_a_cursor_that_is_none_of_ours_is_refused_not_guessed(broken) -> None:
    with pytest.raises(Malformed):
        read_walk(broken, None, NOON)


# --- against a list that moves ---


async def test_every_order_of_many_pages_comes_in_once(box, clock) -> None:
    for n in range(230):
        box.shop.sell(created_s=NOON // 1000 - 600 + n)
    clock.turn(600)
    records, kept, _ = await pull_all(straight(box, clock))
    assert ({r.external_id for r in records}, kept) == (set(box.shop.orders), [])
    pages = asked(box)
    assert len(pages) == 3
    assert [("paginationToken" in page) for page in pages] == [False, True, True]
    for page in pages:
        page.pop("paginationToken", None)
        assert page == pages[0], "a token is good with its own parameters only"


async def test_what_changes_between_pages_is_found_by_the_next_round(box, clock) -> None:
    for n in range(150):
        box.shop.sell(created_s=NOON // 1000 - 600 + n)
    clock.turn(600)
    channel = straight(box, clock)
    box.faults.plan(Fault("shift"), Fault("duplicate"), Fault("reorder"))
    records, _, cursor = await pull_all(channel)
    newest = {r.external_id: r.version for r in records}
    for _ in range(3):
        clock.turn(300)
        records, _, cursor = await pull_all(channel, cursor)
        newest |= {r.external_id: r.version for r in records}
    assert newest == {o.number: o.updated_s * 1000 for o in box.shop.orders.values()}


@settings(max_examples=25, deadline=None)
@given(turns=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 3)), max_size=12))
async def test_no_change_is_lost_however_rounds_and_changes_fall(turns) -> None:
    clock = HandClock()
    box = sandbox(clock)
    channel, cursor, newest = straight(box, clock), "", {}
    for seconds, changes in turns:
        clock.turn(seconds)
        for n in range(changes):
            orders = list(box.shop.orders.values())
            box.shop.touch(orders[n % len(orders)]) if n and orders else box.shop.sell()
        records, _, cursor = await pull_all(channel, cursor)
        newest |= {r.external_id: r.version for r in records}
    clock.turn(300)
    records, _, cursor = await pull_all(channel, cursor)
    newest |= {r.external_id: r.version for r in records}
    assert newest == {o.number: o.updated_s * 1000 for o in box.shop.orders.values()}


async def test_a_token_that_amazon_no_longer_takes_begins_the_window_anew(box, clock) -> None:
    for n in range(150):
        box.shop.sell(created_s=NOON // 1000 - 600 + n)
    clock.turn(600)
    channel = straight(box, clock)
    first = await channel.pull("")
    clock.turn(22 * 3600)
    other = straight(box, clock, marketplaces="US, CA", start_ms=NOON - 2 * HOUR_MS)
    records, _, _ = await pull_all(other, first.next_cursor)
    assert {r.external_id for r in records} == set(box.shop.orders)


async def test_a_refusal_that_is_not_the_tokens_fault_is_told_at_once(clock) -> None:
    channel = channel_for(
        Canned(b'{"errors":[{"code":"InvalidInput","message":"no"}]}', 400), clock
    )
    with pytest.raises(Rejected) as no:
        await channel.pull("")
    assert (no.value.foreign_code, no.value.text) == ("InvalidInput", "no")


@pytest.mark.req("F147")
async def test_the_orders_placed_in_a_span_are_counted_whole_whatever_their_status(
    box, clock
) -> None:
    clock.turn(5 * 3600)
    inside = set()
    for n in range(130):
        status = ("UNSHIPPED", "CANCELLED", "PENDING", "SHIPPED")[n % 4]
        inside.add(box.shop.sell(created_s=NOON // 1000 + n, status=status).number)
    for at_s in (NOON // 1000 - 1, NOON // 1000 + 3600):
        box.shop.sell(created_s=at_s)
    channel = straight(box, clock)
    assert isinstance(channel, OrderIds)
    box.faults.plan(Fault("duplicate"))
    found = await channel.placed_between(NOON, NOON + HOUR_MS)
    assert len(found) == len(set(found))
    assert set(found) == inside


# --- how often Amazon is asked ---


async def test_twenty_questions_at_once_then_one_in_three_minutes(box, clock) -> None:
    channel, cursor = straight(box, clock, paced=True), ""
    for _ in range(25):
        cursor = (await channel.pull(cursor)).next_cursor
    assert box.gate.quota["searchOrders"] == 0, "Amazon never had to say: slow down"
    assert sum(clock.slept) == pytest.approx(5 / 0.0056, rel=0.01)


async def test_the_rate_amazon_names_counts_from_then_on(box, clock) -> None:
    box.gate.rates["searchOrders"] = (0.1, 20)
    channel, cursor = straight(box, clock, paced=True), ""
    for _ in range(25):
        cursor = (await channel.pull(cursor)).next_cursor
    assert box.gate.quota["searchOrders"] == 0
    assert sum(clock.slept) == pytest.approx(5 / 0.1, rel=0.01)


async def test_slow_down_says_how_long_by_the_operations_own_rate(box, clock) -> None:
    box.faults.plan(Fault("throttle", part="searchOrders"))
    with pytest.raises(Throttled) as slow:
        await straight(box, clock).pull("")
    assert slow.value.retry_after_ms == round(1000 / 0.0056)
