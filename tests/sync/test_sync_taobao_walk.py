"""Whatever moves while a seller's list is read, no change is lost."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.taobao_walk import (
    LAG_MS,
    LONG_MS,
    PAGE,
    REACH_MS,
    SHORT_MS,
    Walk,
    read_walk,
    stepped,
    write_walk,
)
from sync.errors import Malformed
from sync.overlap import FAR_MS
from sync.ports import OrderIds
from sync.sandbox.faults import Fault
from sync.sandbox.taobao import LIST, TaobaoSandbox
from tests.sync.sync_world import NOON, HandClock, pull_all
from tests.sync.taobao_world import Straight, sandbox, sold, straight

HOUR_MS = 3_600_000


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return sandbox(clock)


def windows(box: TaobaoSandbox) -> list[tuple[str, str, str]]:
    """(start, end, page) of every list that was asked for."""
    names = ("start_modified", "end_modified", "page_no")
    told = [each.params for each in box.asked if each.method == LIST]
    return [tuple(params[name] for name in names) for params in told]


# --- the rules of the list ---


def test_a_window_is_half_an_hour_and_never_more_than_a_day() -> None:
    walk = read_walk("", NOON - 40 * 86_400_000, NOON)
    assert walk.until_ms - walk.since_ms == SHORT_MS
    for _ in range(200):
        step = stepped(walk, 0, NOON)
        assert walk.until_ms - walk.since_ms <= LONG_MS
        if not step.more:
            break
        walk = read_walk(write_walk(step.walk), None, NOON)
    assert not step.more
    assert _ < 60


def test_a_busy_shop_goes_back_to_short_windows() -> None:
    busy = Walk(NOON - 86_400_000, NOON - HOUR_MS, NOON, page=1, span_ms=LONG_MS)
    assert stepped(busy, PAGE * 5, NOON).walk.span_ms == LONG_MS // 2
    assert stepped(busy, PAGE * 2, NOON).walk.span_ms == LONG_MS


def test_the_list_is_asked_no_further_back_than_the_platform_lists() -> None:
    assert read_walk("", None, NOON).since_ms == NOON - REACH_MS
    assert read_walk("", 1, NOON).since_ms == NOON - REACH_MS


def test_a_window_of_several_pages_is_counted_first_and_read_from_its_last_page() -> None:
    walk = read_walk("", NOON - 600_000, NOON)
    pages = []
    for _ in range(9):
        step = stepped(walk, PAGE * 2 + 1, NOON)
        pages.append((walk.page, step.used))
        if not step.more:
            break
        walk = read_walk(write_walk(step.walk), None, NOON)
    assert pages == [(0, False), (3, True), (2, True), (1, True)]


def test_a_round_ends_seconds_ago_and_the_next_begins_some_minutes_before_that() -> None:
    walk = read_walk("", NOON - 600_000, NOON)
    assert walk.until_ms == walk.goal_ms == NOON - LAG_MS
    assert stepped(walk, 3, NOON).walk == Walk(NOON - LAG_MS - FAR_MS, far_ms=NOON - LAG_MS)


def test_a_clock_of_ours_that_runs_ahead_skips_nothing() -> None:
    ahead = NOON + 500_000
    walk = read_walk("", NOON - 600_000, ahead)
    assert stepped(walk, 3, NOON).walk.since_ms == NOON - FAR_MS


@pytest.mark.parametrize(
    "broken", ["{", '{"page": 3}', "null1", '{"since_ms": "x"}', '{"since_ms": -1}', "[]"]
)
def test_a_cursor_that_is_none_of_ours_is_refused_not_guessed(broken) -> None:
    with pytest.raises(Malformed):
        read_walk(broken, None, NOON)


# --- against a list that moves ---


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 330),
    moves=st.lists(st.lists(st.integers(0, 10**6), max_size=6), max_size=10),
)
def test_no_trade_that_stays_in_the_window_is_missed(count, moves) -> None:
    """The list as a model: trades leave it by changing, between any two pages."""
    present = list(range(count))
    seen: set[int] = set()
    walk, turns = read_walk("", NOON - 600_000, NOON), iter(moves)
    for _ in range(60):
        row = sorted(present, reverse=True)
        page = walk.page or 1
        step = stepped(walk, len(row), NOON)
        if step.used:
            seen |= set(row[(page - 1) * PAGE : page * PAGE])
        if not step.more:
            break
        for where in next(turns, []):
            if present:
                present.pop(where % len(present))
        walk = read_walk(write_walk(step.walk), None, NOON)
    assert not step.more
    assert set(present) <= seen


async def test_a_list_read_front_to_back_would_have_lost_what_this_finds(box, clock) -> None:
    """The trap itself: with one trade changing, page 2 read after page 1 skips a trade."""
    trades = [sold(box, modified_ms=clock.ms + at * 1000) for at in range(PAGE + 1)]
    clock.turn(600)
    asked = {
        "start_modified": "2025-11-24 20:00:00",
        "end_modified": "2025-11-24 20:05:00",
        "type": "fixed",
    }
    front = {t.tid for t in box._answers.rows_of(asked)[:PAGE]}
    box.shop.touch(trades[-1])
    clock.turn(60)
    after = {t.tid for t in box._answers.rows_of(asked)[PAGE:]}
    assert len(front | after) == PAGE  # one of the 51 is in neither
    records, _, _ = await pull_all(straight(box, clock))
    assert len(records) == PAGE + 1


STEPS = st.lists(st.sampled_from(["touch", "new", "refund", "turn", ""]), max_size=30)


@settings(max_examples=8, deadline=None)
@given(steps=STEPS, start=st.integers(0, 110))
async def test_round_after_round_the_shop_and_we_agree(steps, start) -> None:
    """A whole shop that changes between any two calls: after it rests, every version is known."""
    clock = HandClock()
    chance = random.Random(len(steps))
    box = sandbox(clock)
    for at in range(start):
        sold(box, modified_ms=clock.ms - at * 7000)
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
    for trade in box.shop.trades.values():
        assert known.get(str(trade.tid)) == trade.modified_ms // 1000 * 1000


def disturb(box: TaobaoSandbox, clock: HandClock, chance: random.Random, step: str) -> None:
    trades = list(box.shop.trades.values())
    clock.turn(1)
    if step == "new":
        sold(box)
    elif step == "touch" and trades:
        box.shop.touch(chance.choice(trades))
    elif step == "refund" and trades:
        box.shop.refund(chance.choice(trades), 0, "1.00", status="WAIT_SELLER_AGREE")
    elif step == "turn":
        clock.turn(400)


# --- what is asked, and how often ---


async def test_what_did_not_change_is_not_read_again_though_rounds_overlap(box, clock) -> None:
    first, second = sold(box), sold(box)
    clock.turn(60)
    channel = straight(box, clock)
    _, _, cursor = await pull_all(channel)
    box.shop.touch(second, seller_memo="急")
    clock.turn(60)
    records, _, _ = await pull_all(channel, cursor)
    assert {r.external_id: r.seller_memo for r in records} == {
        str(first.tid): "",
        str(second.tid): "急",
    }
    assert box.calls["taobao.trade.fullinfo.get"] == 3


async def test_a_batch_that_was_not_kept_is_told_again_from_the_same_place(box, clock) -> None:
    sold(box)
    clock.turn(60)
    channel = straight(box, clock, start_ms=clock.ms - 600_000)
    once, again = await channel.pull(""), await channel.pull("")
    assert once.records == again.records != ()


async def test_three_months_of_a_quiet_shop_take_some_dozens_of_questions(box, clock) -> None:
    sold(box, created_ms=clock.ms - 80 * 86_400_000)
    records, _, _ = await pull_all(straight(box, clock, start_ms=None))
    assert len(records) == 1
    assert len(windows(box)) < 110


@pytest.mark.parametrize("kind", ["duplicate", "reorder", "shift"])
async def test_a_list_that_repeats_shuffles_or_shifts_loses_and_doubles_nothing(
    box, clock, kind
) -> None:
    for at in range(PAGE * 2 + 5):
        sold(box, modified_ms=clock.ms + at * 1000)
    clock.turn(600)
    box.faults.plan(*(Fault(kind) for _ in range(4)))
    channel = straight(box, clock)
    records, _, cursor = await pull_all(channel)
    clock.turn(60)
    more, _, _ = await pull_all(channel, cursor)
    assert {r.external_id for r in (*records, *more)} == {str(tid) for tid in box.shop.trades}
    if kind != "shift":
        assert len(records) == PAGE * 2 + 5


# --- counted, to see whether any is missing ---


@pytest.mark.parametrize("count", [0, 1, 100, 101, 230])
async def test_every_trade_placed_in_a_span_is_counted_once_whatever_its_kind(
    box, clock, count
) -> None:
    start, kinds = clock.ms, ("fixed", "step", "b2c_cod")
    inside = {
        str(sold(box, type=kinds[at % 3], created_ms=start + at * 1000).tid) for at in range(count)
    }
    sold(box, created_ms=start - 1000)
    sold(box, created_ms=start + HOUR_MS)
    clock.turn(7200)
    channel = straight(box, clock)
    assert isinstance(channel, OrderIds)
    found = await channel.placed_between(start, start + HOUR_MS)
    assert len(found) == count
    assert set(found) == inside
