"""Whatever moves while a list is read, and whatever the server leaves undated, no order is lost."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels import vendure_walk
from sync.channels.vendure_walk import (
    BURST,
    OPEN_EVERY_MS,
    OVERLAP_MS,
    PAGE,
    RECENT_EVERY_MS,
    REST,
    Place,
    Walk,
    options_of,
    read_walk,
    stepped,
    write_walk,
)
from sync.errors import Ambiguous, Malformed
from sync.ports import Answer, Request
from sync.sandbox.faults import Fault
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.vendure_world import Straight, sandbox, straight


@pytest.fixture
def box(clock):
    return sandbox(clock)


def ids(records) -> list[str]:
    return [record.external_id for record in records]


async def test_the_whole_history_comes_once_although_all_were_placed_in_one_moment(
    box, clock
) -> None:
    """An import places thousands in one millisecond."""
    placed = [box.shop.place()["id"] for _ in range(3 * PAGE + 1)]
    records, kept, _ = await pull_all(straight(box, clock))
    assert (ids(records), kept) == (placed, [])


async def test_more_orders_of_one_moment_than_a_request_can_name_come_all_the_same(
    box, clock, monkeypatch
) -> None:
    monkeypatch.setattr(vendure_walk, "MOST_IDS", PAGE + 5)
    placed = [box.shop.place()["id"] for _ in range(4 * PAGE + 1)]
    clock.turn(1)
    placed.append(box.shop.place()["id"])
    records, _, _ = await pull_all(straight(box, clock))
    assert ids(records) == placed
    sent = [asked["options"]["filter"] for text, asked in box.heard if "Orders(" in text]
    assert max(len(each.get("id", {}).get("notIn", ())) for each in sent) == PAGE


async def test_a_history_of_full_pages_ends_and_so_does_an_empty_one(box, clock) -> None:
    assert (await pull_all(straight(box, clock)))[0] == []
    placed = []
    for _ in range(2 * PAGE):
        placed.append(box.shop.place()["id"])
        clock.turn(0.01)
    records, _, _ = await pull_all(straight(box, clock))
    assert ids(records) == placed


async def test_carts_and_sums_of_several_sellers_are_not_listed(box, clock) -> None:
    mug = next(iter(box.shop.variants.values()))
    box.shop.cart((mug, 1))
    box.shop.place(type="Aggregate")
    seller = box.shop.place(type="Seller")["id"]
    assert ids((await pull_all(straight(box, clock)))[0]) == [seller]


async def test_the_next_round_asks_only_for_news_with_an_overlap_by_the_servers_clock(
    box, clock
) -> None:
    order = box.shop.place()
    ahead = HandClock(clock.ms + 900_000)
    channel = straight(box, ahead)
    _, _, cursor = await pull_all(channel)
    assert read_walk(cursor, None).since_ms == clock.ms - OVERLAP_MS
    clock.turn(OVERLAP_MS / 1000 - 1)
    assert ids((await pull_all(channel, cursor))[0]) == [order["id"]]
    clock.turn(2)
    _, _, cursor = await pull_all(channel, cursor)
    assert read_walk(cursor, None).place == Place()


@pytest.mark.parametrize("change", ["edit", "refund", "ship"])
async def test_what_the_server_does_not_date_is_seen_in_the_walk_that_is_due(
    box, clock, change
) -> None:
    order = box.shop.place()
    channel = straight(box, clock)
    _, _, cursor = await pull_all(channel)
    clock.turn(3600)
    _, _, cursor = await pull_all(channel, cursor)
    if change == "edit":
        order["shippingAddress"]["streetLine1"] = "2 Other St"
    elif change == "refund":
        box.shop.refund(order, 300)
    else:
        made = box.shop.fulfil(order, [(order["lines"][0], 2)], "BY-HAND")
        box.shop.move(order, made, "Shipped")
    records, _, cursor = await pull_all(channel, cursor)
    assert records == [], "its stamp did not move"
    clock.turn((RECENT_EVERY_MS if change == "ship" else OPEN_EVERY_MS) / 1000)
    records, _, _ = await pull_all(channel, cursor)
    assert ids(records) == [order["id"]]
    seen = records[0]
    told = {
        "edit": seen.receiver.address == "2 Other St Apt 4",
        "refund": [refund.amount_minor for refund in seen.refunds] == [300],
        "ship": seen.raw_status == "Shipped",
    }
    assert told[change]


async def test_news_do_not_wait_for_the_end_of_a_long_walk(box, clock) -> None:
    channel = straight(box, clock)
    for _ in range((BURST + 2) * PAGE):
        box.shop.place()
    clock.turn(OVERLAP_MS / 1000 + 1)
    _, _, cursor = await pull_all(channel)
    clock.turn(OPEN_EVERY_MS / 1000)
    seen: list[list[str]] = []
    fresh = ""
    for at in range(BURST + 4):
        batch = await channel.pull(cursor)
        cursor = batch.next_cursor
        seen.append(ids(batch.records))
        if at == 1:
            fresh = box.shop.place()["id"]
    assert seen[0] == [], "first the news: there are none"
    assert [len(page) for page in seen[1 : BURST + 1]] == [PAGE] * BURST
    assert seen[BURST + 1] == [fresh], "the news again, before the rest of the long walk"
    assert len(seen[BURST + 2]) == PAGE


async def test_a_twin_a_shuffled_page_and_a_change_between_pages_cost_nothing(box, clock) -> None:
    placed = []
    for _ in range(2 * PAGE + 1):
        placed.append(box.shop.place()["id"])
        clock.turn(0.01)
    for kind in ("duplicate", "reorder", "shift"):
        for _ in range(2):
            box.faults.plan(Fault(kind))
        records, _, _ = await pull_all(straight(box, clock))
        assert sorted(set(ids(records)), key=int) == placed, kind


@settings(max_examples=4, deadline=None)
@given(steps=st.lists(st.sampled_from(["place", "cancel", "ship", "refund", "wait"]), max_size=24))
async def test_round_after_round_the_server_and_we_agree(steps) -> None:
    """A whole shop that changes between any two calls: after it rests, every order is known."""
    clock, chance, todo = HandClock(), random.Random(len(steps)), list(steps)
    box = sandbox(clock)
    for _ in range(PAGE + 10):
        box.shop.place()
        clock.turn(0.3)

    def step(kind: str) -> None:
        clock.turn(200 if kind == "wait" else 1)
        order = chance.choice(list(box.shop.orders.values()))
        if kind == "place":
            box.shop.place()
        elif kind == "refund":
            box.shop.refund(order, 1)
        elif order["state"] == "PaymentSettled" and kind == "cancel":
            box.shop.cancel(order)
        elif order["state"] == "PaymentSettled" and kind == "ship":
            made = box.shop.fulfil(order, [(order["lines"][0], 1)], "1Z")
            box.shop.move(order, made, "Shipped")

    class Moving(Straight):
        async def send(self, request: Request) -> Answer:
            answer = await super().send(request)
            for kind in [todo.pop(0) for _ in range(min(3, len(todo)))]:
                step(kind)
            return answer

    channel, known, cursor = straight(box, clock, http=Moving(box)), {}, ""
    resting = 0
    while resting < 2:
        resting += not todo
        records, _, cursor = await pull_all(channel, cursor)
        known |= {record.external_id: record for record in records}
        clock.turn(RECENT_EVERY_MS / 1000)
    for number, order in box.shop.orders.items():
        assert known[number].raw_status == order["state"]
        told = [refund["total"] for refund in order["payments"][0]["refunds"]]
        assert [refund.amount_minor for refund in known[number].refunds] == told


async def test_an_order_the_server_trips_over_is_kept_aside_and_takes_no_other_along(
    box, clock
) -> None:
    placed = []
    for _ in range(PAGE + 5):
        placed.append(box.shop.place()["id"])
        clock.turn(0.01)
    bad = placed[20]
    box.broken.add(bad)
    records, kept, _ = await pull_all(straight(box, clock))
    assert ids(records) == [number for number in placed if number != bad]
    assert [(each.external_id, each.reason.code) for each in kept] == [(bad, "unreadable")]


async def test_a_server_that_is_down_is_no_order_it_trips_over(box, clock) -> None:
    box.shop.place()
    channel = straight(box, clock)
    await channel.pull("")
    box.faults.plan(*(Fault("unavailable", part="Orders") for _ in range(3)))
    calls = len(box.heard)
    with pytest.raises(Exception, match="slow down"):
        await channel.pull("")
    assert len(box.heard) == calls + 1, "asked once, not in smaller and smaller pages"


async def test_a_long_walk_is_followed_by_a_rest_of_five_times_what_it_took(box, clock) -> None:
    for _ in range(2 * PAGE + 1):
        box.shop.place()
    clock.turn(OVERLAP_MS / 1000 + 1)

    class Slow(Straight):
        async def send(self, request: Request) -> Answer:
            clock.turn(40)
            return await super().send(request)

    channel = straight(box, clock, http=Slow(box))
    _, _, cursor = await pull_all(channel)
    clock.turn(OPEN_EVERY_MS / 1000)
    first, _, cursor = await pull_all(channel, cursor)
    took_s = 3 * 40
    assert len(first) == 2 * PAGE + 1
    clock.turn(REST * took_s - 120)
    assert (await pull_all(channel, cursor))[0] == []
    clock.turn(120)
    assert len((await pull_all(channel, cursor))[0]) == 2 * PAGE + 1


def test_a_page_of_which_nothing_can_be_read_is_counted_past() -> None:
    walk, more = stepped(Walk(since_ms=1), [None] * PAGE, True)
    assert more
    assert options_of(walk)["skip"] == PAGE
    walk, _ = stepped(walk, [None, (9000, "4"), None, None], True)
    assert (walk.place.last_ms, walk.place.skip) == (9000, 2)
    # One that stands before the last order seen is behind us with it: it must not be counted.
    walk, _ = stepped(walk, [None, None, (9500, "7")], True)
    assert walk.place == Place(9500, ("7",), 0)


def test_a_server_that_leaves_our_filters_out_is_named_and_not_read_for_ever() -> None:
    walk = Walk(place=Place(5000, ("7",)))
    for page in ([(5000, "7")], [(4000, "9")]):
        with pytest.raises(Malformed) as stuck:
            stepped(walk, page, True)
        assert stuck.value.code == "sync_stuck"


@pytest.mark.parametrize(
    "cursor",
    [
        *("7", "{}", "[]", '"x"', '{"place":{},"long_place":{}}', write_walk(Walk(long="other"))),
        write_walk(Walk(now="open")),
        write_walk(Walk(burst="1")),  # type: ignore[arg-type]
    ],
)
def test_a_cursor_that_is_none_of_ours_is_said_so(cursor) -> None:
    with pytest.raises(Malformed) as broken:
        read_walk(cursor, None)
    assert broken.value.code in ("sync_bad_cursor", "sync_not_json")


def test_a_cursor_is_read_as_it_was_written() -> None:
    walk = Walk(1, 2, Place(3, ("a", "b"), 4), "open", Place(5, ("c",), 0), 2, 6, 7, 8, "open")
    assert read_walk(write_walk(walk), None) == walk


async def test_a_shop_that_begins_today_never_reads_what_was_placed_before(box, clock) -> None:
    box.shop.place()
    clock.turn(7200)
    channel = straight(box, clock, start_ms=clock.ms - 60_000)
    new = box.shop.place()["id"]
    records, _, cursor = await pull_all(channel)
    for seconds in (OPEN_EVERY_MS / 1000, RECENT_EVERY_MS / 1000):
        clock.turn(seconds)
        more, _, cursor = await pull_all(channel, cursor)
        records += more
    assert set(ids(records)) == {new}


async def test_a_fault_of_the_servers_own_is_not_taken_for_an_answer(box, clock) -> None:
    box.shop.place()
    channel = straight(box, clock)
    await channel.pull("")
    box.faults.plan(Fault("garbage", part="Orders"))
    with pytest.raises(Malformed):
        await channel.pull("")
    box.faults.plan(Fault("throttle", part="Orders", seconds=9))
    with pytest.raises(Exception, match="slow down") as slow:
        await channel.pull("")
    assert not isinstance(slow.value, Ambiguous)
