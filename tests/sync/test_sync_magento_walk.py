"""Whatever moves while a list is read, no order that waited to be read is lost."""

import json
import random
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.magento_search import PAGE, Search
from sync.channels.magento_walk import Walk, read_walk, search_of, stepped, write_walk
from sync.errors import Malformed, Rejected, SyncError, Throttled
from sync.overlap import FAR_MS
from sync.ports import Answer, Request
from sync.sandbox.faults import Fault
from tests.sync.magento_world import Straight, channel_for, sandbox, sold, straight
from tests.sync.sync_world import NOON, HandClock, pull_all


@pytest.fixture
def box(clock):
    return sandbox(clock)


def ids(records) -> list[int]:
    return [int(record.external_id) for record in records]


async def test_the_whole_history_comes_first_page_by_page_and_each_order_once(box, clock) -> None:
    placed = [sold(box)["entity_id"] for _ in range(2 * PAGE + 30)]
    records, kept, _ = await pull_all(straight(box, clock))
    assert (ids(records), kept) == (placed, [])
    assert box.calls == 3


async def test_a_history_of_exactly_full_pages_ends_without_asking_behind_its_end(
    box, clock
) -> None:
    placed = [sold(box)["entity_id"] for _ in range(2 * PAGE)]
    records, _, _ = await pull_all(straight(box, clock))
    assert ids(records) == placed
    assert box.calls == 2


async def test_trap_a_page_behind_the_end_is_the_last_page_once_more(box, clock) -> None:
    placed = [sold(box)["entity_id"] for _ in range(3)]
    channel = straight(box, clock)
    query = Search(size=2, page=9).query()
    told, _ = await channel._connector.json(Request("GET", f"{channel.url('orders')}?{query}"))
    assert [row["entity_id"] for row in told["items"]] == placed[2:]
    assert told["total_count"] == 3


async def test_many_orders_of_one_second_are_told_apart_by_their_number(box, clock) -> None:
    """An import or a mass action changes thousands of orders at one stroke."""
    placed = [sold(box)["entity_id"] for _ in range(3 * PAGE + 1)]
    clock.turn(3600)
    for order in box.shop.orders.values():
        box.shop.touch(order)
    records, _, _ = await pull_all(straight(box, clock, start_ms=clock.ms))
    assert ids(records) == placed


async def test_times_are_asked_for_in_utc_without_a_zone(box, clock) -> None:
    line = Straight(box)
    await straight(box, clock, http=line, start_ms=NOON).pull("")
    asked = parse_qs(urlsplit(line.sent[0].url).query)
    stem = "searchCriteria[filterGroups][0][filters][0]"
    assert asked[f"{stem}[value]"] == ["2025-11-24 12:00:00"]
    assert asked[f"{stem}[field]"] == ["updated_at"]
    assert asked[f"{stem}[conditionType]"] == ["gteq"]
    assert asked["searchCriteria[sortOrders][0][field]"] == ["updated_at"]
    assert asked["searchCriteria[sortOrders][1][field]"] == ["entity_id"]


async def test_the_next_round_begins_before_this_one_did_by_the_shops_own_clock(box, clock) -> None:
    order = sold(box)
    ahead = HandClock(clock.ms + 300_000)
    channel = straight(box, ahead)
    _, _, cursor = await pull_all(channel)
    assert read_walk(cursor, None) == Walk(since_ms=clock.ms - FAR_MS, far_ms=clock.ms)
    clock.turn(30)
    box.shop.touch(order)
    records, _, _ = await pull_all(channel, cursor)
    assert ids(records) == [order["entity_id"]]


async def test_an_order_that_changes_between_two_pages_is_met_again_and_none_is_skipped(
    box, clock
) -> None:
    placed = {sold(box)["entity_id"] for _ in range(2 * PAGE)}
    clock.turn(60)
    for _ in range(4):
        box.faults.plan(Fault("shift"))
    records, _, _ = await pull_all(straight(box, clock))
    assert set(ids(records)) == placed
    assert box.faults.done["shift"] >= 2


async def test_a_twin_and_a_shuffled_page_change_nothing(box, clock) -> None:
    placed = [sold(box)["entity_id"] for _ in range(PAGE + 20)]
    for kind in ("duplicate", "reorder"):
        box.faults.plan(Fault(kind))
        records, _, _ = await pull_all(straight(box, clock))
        assert sorted(ids(records)) == placed


@settings(max_examples=8, deadline=None)
@given(steps=st.lists(st.sampled_from(["touch", "new", "turn"]), max_size=24))
async def test_round_after_round_the_shop_and_we_agree(steps) -> None:
    """A whole shop that changes between any two calls: after it rests, every version is known."""
    clock, chance, todo = HandClock(), random.Random(len(steps)), list(steps)
    box = sandbox(clock)
    for _ in range(PAGE + 10):
        box.shop.place()

    class Moving(Straight):
        async def send(self, request: Request) -> Answer:
            answer = await super().send(request)
            for step in [todo.pop(0) for _ in range(min(3, len(todo)))]:
                clock.turn(400 if step == "turn" else 1)
                if step == "new":
                    box.shop.place()
                else:
                    box.shop.touch(chance.choice(list(box.shop.orders.values())))
            return answer

    channel, known, cursor, rests = straight(box, clock, http=Moving(box)), {}, "", False
    while not rests:
        rests = not todo
        records, _, cursor = await pull_all(channel, cursor)
        for record in records:
            known[int(record.external_id)] = record.modified.raw
        clock.turn(30)
    assert known == {number: order["updated_at"] for number, order in box.shop.orders.items()}


def test_a_shop_that_leaves_our_filters_out_is_named_and_not_read_for_ever() -> None:
    walk = Walk(last_ms=5000, last_id=7)
    with pytest.raises(Malformed) as stuck:
        stepped(walk, [(5000, 7), (4000, 9)], 1000)
    assert stuck.value.code == "sync_stuck"


def test_a_page_none_of_whose_orders_can_be_read_is_counted_past() -> None:
    walk, more = stepped(Walk(since_ms=1), [None] * PAGE, 2 * PAGE)
    assert more
    assert search_of(walk).page == 2
    walk, more = stepped(walk, [None] * 60 + [(9000, 4)], 2 * PAGE)
    assert not more


async def test_an_unreadable_order_at_the_end_of_a_page_does_not_stop_the_walk(clock) -> None:
    def page(first: int, last: int, total: int) -> bytes:
        rows = [
            f'{{"entity_id":{n},"updated_at":"2026-01-01 00:00:{n % 60:02}","grand_total":NaN}}'
            for n in range(first, last)
        ]
        return f'{{"items":[{",".join(rows)}],"total_count":{total}}}'.encode()

    class Shop:
        def __init__(self) -> None:
            self.asked: list[str] = []

        async def send(self, request: Request) -> Answer:
            self.asked.append(request.url)
            return Answer(200, {}, page(1, 51, 150) if len(self.asked) == 1 else page(51, 61, 10))

    shop = Shop()
    records, kept, _ = await pull_all(channel_for(shop, clock))
    assert (len(records), len(kept)) == (0, 60)
    assert "2026-01-01+00%3A00%3A50" in shop.asked[1]


def test_a_cursor_survives_being_stored_and_another_make_is_refused() -> None:
    walk = Walk(5, 6, 7, 8, 2)
    assert read_walk(write_walk(walk), None) == walk
    assert read_walk("", 99) == Walk(since_ms=99)
    for broken in ("{", '{"phase":3}', '{"page":0}', '{"last_id":"7"}', '{"since_ms":1.5}'):
        with pytest.raises(Malformed):
            read_walk(broken, None)


@pytest.mark.parametrize("body", [b'{"items":[]}', b'{"items":[],"total_count":"9"}', b"[]"])
async def test_a_list_without_its_count_is_not_believed(clock, body) -> None:
    class Stripped:
        async def send(self, request: Request) -> Answer:
            return Answer(200, {}, body)

    with pytest.raises(Malformed) as refused:
        await channel_for(Stripped(), clock).pull("")
    assert refused.value.code == "magento_no_total"


async def test_orders_of_a_day_are_counted_from_its_first_second_to_before_its_last(
    box, clock
) -> None:
    sold(box)
    clock.turn(60)
    start = clock.ms
    of_the_day = []
    for _ in range(PAGE + 5):
        of_the_day.append(str(sold(box, state="canceled")["entity_id"]))
    clock.turn(60)
    sold(box)
    found = await straight(box, clock).placed_between(start, clock.ms)
    assert list(found) == of_the_day


@pytest.mark.parametrize("kind", ["throttle", "unavailable"])
async def test_slow_down_is_obeyed(box, clock, kind) -> None:
    box.faults.plan(Fault(kind, seconds=7))
    with pytest.raises(Throttled) as slow:
        await straight(box, clock).pull("")
    assert slow.value.retry_after_ms == 7000


async def test_a_whole_round_over_real_http_through_a_bad_line(clock, http) -> None:
    kinds = ("throttle", "unavailable", "reset_before", "reset_after", "cut", "garbage")
    box = sandbox(clock, rates=dict.fromkeys((*kinds, "duplicate", "reorder"), 0.05))
    placed = {sold(box)["entity_id"] for _ in range(PAGE * 2 + 10)}
    server = box.server()
    channel = channel_for(http, clock, await server.start())
    known: set[int] = set()
    for _ in range(3):
        cursor, more = "", True
        while more:
            try:
                batch = await channel.pull(cursor)
            except Rejected:
                raise
            except SyncError:
                continue
            known |= set(ids(batch.records))
            cursor, more = batch.next_cursor, batch.more
    await server.stop()
    assert known == placed
    assert sum(box.faults.done.values()) > 2


async def test_what_is_on_sale_is_listed_by_itself_with_its_weight(box, clock) -> None:
    box.shop.stock_product("TEE", "T恤", 0, "configurable")
    box.shop.stock_product("EBOOK", "电子书", 9, "downloadable")
    page = await straight(box, clock).listings("")
    assert [(each.ref, each.title, each.weight_g) for each in page.listings] == [
        ("CUP-1", "青花茶杯", 500),
        ("POT-1", "紫砂壶", 500),
    ]
    assert [json.loads(each.raw)["sku"] for each in page.kept_aside] == ["EBOOK"]
    assert (page.more, page.total) == (False, 4)


async def test_a_long_list_of_products_is_walked_to_its_end(box, clock) -> None:
    for number in range(PAGE + 30):
        box.shop.stock_product(f"S-{number}", "茶", 1)
    channel, found, cursor, more = straight(box, clock), [], "", True
    while more:
        page = await channel.listings(cursor)
        found += [each.sku for each in page.listings]
        cursor, more = page.next_cursor, page.more
    assert found == list(box.shop.products)


async def test_nobody_pushes_here(box, clock) -> None:
    with pytest.raises(Rejected):
        straight(box, clock).read_push({}, b"{}")
