"""No order is lost while Pinduoduo's lists move, and no window or page is asked for wrongly."""

import itertools
import json

import pytest

from sync.channels.pinduoduo_walk import CHANGES, HISTORY, Walk, asked, begun, read_walk, stepped
from sync.errors import Malformed
from sync.gateways.pinduoduo_calls import WINDOWS, pace
from sync.limits import Bucket
from sync.overlap import FAR_MS
from sync.sandbox.pdd_gate import RATES
from tests.sync.pinduoduo_world import GATEWAY, sandbox, seed, straight
from tests.sync.platform_world import DAY
from tests.sync.sync_world import pull_all

INCREMENT = "pdd.order.number.list.increment.get"
HISTORY_LIST = "pdd.order.list.get"


@pytest.fixture
def box(clock):
    return sandbox(clock)


def asks(box, interface):
    return [params for params in box.heard if params["type"] == interface]


async def caught_up(box, clock):
    """A channel whose past is read, and its cursor."""
    shop = straight(box, clock)
    _, _, cursor = await pull_all(shop)
    return shop, cursor


async def test_a_new_shop_reads_three_months_day_by_day_and_then_what_changed(box, clock) -> None:
    now = clock.now_s()
    placed = [box.shop.place(seed(created_s=now - day * DAY)) for day in (0, 1, 30, 89)]
    records, _, cursor = await pull_all(straight(box, clock))
    assert {record.external_id for record in records} >= {each.sn for each in placed[1:]}
    spans = [int(p["end_confirm_at"]) - int(p["start_confirm_at"]) for p in asks(box, HISTORY_LIST)]
    assert (len(spans), max(spans)) == (90, DAY)
    assert json.loads(cursor)["phase"] == CHANGES
    assert box.refused == []


async def test_what_changes_while_the_past_is_read_is_read_after_it(box, clock) -> None:
    old = box.shop.place(seed(created_s=clock.now_s() - 60 * DAY))
    shop, cursor, versions, more = straight(box, clock), "", [], True
    while more:
        batch = await shop.pull(cursor)
        versions += [record.version for record in batch.records]
        cursor, more = batch.next_cursor, batch.more
        if len(versions) == 1 and not old.remark:
            box.shop.change(old, remark="later")
        clock.turn(60)
    clock.turn(400)
    records, _, _ = await pull_all(shop, cursor)
    assert len(versions) >= 1
    assert old.updated_s * 1000 in [*versions[1:], *(record.version for record in records)]


async def test_empty_windows_are_passed_over_some_at_a_time(box, clock) -> None:
    batch = await straight(box, clock).pull("")
    assert (len(asks(box, HISTORY_LIST)), batch.records, batch.more) == (20, (), True)
    assert json.loads(batch.next_cursor)["since_s"] > clock.now_s() - 71 * DAY


async def test_windows_of_changes_are_thirty_minutes_and_end_three_minutes_ago(box, clock) -> None:
    shop, cursor = await caught_up(box, clock)
    box.heard.clear()
    clock.turn(7200)
    _, _, cursor = await pull_all(shop, cursor)
    spans = [(int(p["start_updated_at"]), int(p["end_updated_at"])) for p in asks(box, INCREMENT)]
    assert all(0 < end - start <= 1800 for start, end in spans)
    assert all(after[0] <= before[1] for before, after in itertools.pairwise(spans))
    assert spans[-1][1] == clock.now_s() - 180
    assert {p["is_lucky_flag"] for p in asks(box, INCREMENT)} == {"0"}
    assert {p["order_status"] + p["refund_status"] for p in asks(box, INCREMENT)} == {"55"}


async def test_a_shop_that_slept_ten_days_misses_nothing(box, clock) -> None:
    shop, cursor = await caught_up(box, clock)
    changed = []
    for _ in range(10):
        clock.turn(DAY)
        changed.append(box.shop.place(seed()).sn)
    clock.turn(300)
    records, _, _ = await pull_all(shop, cursor)
    assert {record.external_id for record in records} == set(changed)


async def test_a_change_told_late_by_the_index_is_not_missed(box, clock) -> None:
    shop, cursor = await caught_up(box, clock)
    seen, placed = set(), set()
    for _ in range(25):
        placed.add(box.shop.place(seed()).sn)
        clock.turn(31)
        records, _, cursor = await pull_all(shop, cursor)
        seen |= {record.external_id for record in records}
    clock.turn(400)
    records, _, _ = await pull_all(shop, cursor)
    assert seen | {record.external_id for record in records} == placed


async def test_pages_are_read_from_the_last_to_the_first(box, clock) -> None:
    shop, cursor = await caught_up(box, clock)
    for _ in range(310):
        box.shop.place(seed())
    clock.turn(600)
    box.heard.clear()
    records, _, _ = await pull_all(shop, cursor)
    assert len(records) == 310
    pages = [(p["page"], p["use_has_next"]) for p in asks(box, INCREMENT)]
    assert pages == [("1", "false"), ("4", "true"), ("3", "true"), ("2", "true"), ("1", "true")]


async def test_a_last_page_that_says_another_follows_is_followed(box, clock) -> None:
    walk = Walk(CHANGES, since_s=1, until_s=1000, page=3, top=3)
    up, more = stepped(walk, has_next=True)
    assert (up.page, up.top, more) == (4, 4, True)
    down, more = stepped(up, has_next=False)
    assert (down.page, down.top, more) == (3, 4, True)
    assert stepped(down, has_next=True)[0].page == 2


def test_a_window_begins_where_the_last_one_ended() -> None:
    walk = Walk(CHANGES, since_s=0, until_s=4000, page=1, top=1)
    after, more = stepped(walk, has_next=False)
    assert (after.window, more) == ((1799, 3599), True)
    after, more = stepped(Walk(CHANGES, 1799, 3599, 1, 1), has_next=False)
    assert (after.since_s, after.until_s, more) == (3599 - FAR_MS // 1000, 0, False)


def test_a_round_waits_until_three_minutes_have_passed() -> None:
    assert begun(Walk(CHANGES, since_s=1000), 1180) is None
    started = begun(Walk(CHANGES, since_s=1000), 1181)
    assert started is not None
    assert started.window == (1000, 1001)


def test_older_than_three_months_is_never_asked_for() -> None:
    started = begun(read_walk("", 0), 100 * DAY)
    assert started is not None
    assert started.window == (10 * DAY, 11 * DAY)
    assert asked(started)["start_confirm_at"] == 10 * DAY


# --- how fast ---


@pytest.mark.parametrize("interface", sorted(WINDOWS))
def test_no_window_of_an_interface_ever_overflows(interface) -> None:
    rate, burst = pace(interface)
    for calls, seconds in RATES[interface]:
        if seconds > 1:
            assert burst + rate * seconds <= calls


async def test_three_hundred_after_sales_at_once_are_never_throttled(box, clock) -> None:
    """A hundred in ten seconds: the rest waits its turn, and nothing is asked twice."""
    _, cursor = await caught_up(box, clock)
    for _ in range(300):
        box.shop.ask_refund(box.shop.place(seed()))
    clock.turn(600)
    turn_for = lambda name: Bucket(clock, *pace(name), clock.sleep)  # noqa: E731
    paced = straight(box, clock, turn_for=turn_for, gateway=GATEWAY)
    records, _, _ = await pull_all(paced, cursor)
    assert len(records) >= 300
    assert 70031 not in box.refused
    assert sum(clock.slept) > 40


# --- whatever goes wrong ---


async def test_a_list_without_its_total_is_no_list(box, clock) -> None:
    box.routes[HISTORY_LIST] = ("order_list_get_response", lambda _: {"order_list": []})
    with pytest.raises(Malformed, match="pdd_odd_answer"):
        await straight(box, clock).pull("")
    assert read_walk("", None).phase == HISTORY
