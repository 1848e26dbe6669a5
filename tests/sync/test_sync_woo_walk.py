"""Whatever moves while a list is read, no order that waited to be read is lost."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync.channels.woocommerce_walk import (
    PAGE,
    REACH,
    Walk,
    next_phase,
    next_round,
    read_walk,
    stepped,
    window,
    write_walk,
)
from sync.errors import Malformed
from sync.overlap import FAR_MS
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from tests.sync.sync_world import HandClock, Straight, pull_all, seed, woo


@given(place=st.integers(0, 100_000))
def test_every_page_starts_on_an_order_already_seen_and_moves_on(place: int) -> None:
    asked = window(Walk(place=place))
    assert 1 <= asked.size <= PAGE
    assert asked.skipped < max(place, 1) <= asked.skipped + asked.size
    assert asked.skipped + asked.size >= place + REACH


MOVES = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "leave_low"]), st.integers(0, 10**6)), max_size=12
)


@settings(max_examples=100, deadline=None)
@example(start=105, moves=[[("join", 0), *[("leave", 0)] * 6]], unreadable={322})
@given(
    start=st.integers(0, 420),
    moves=st.lists(MOVES, max_size=14),
    unreadable=st.sets(st.integers(0, 420), max_size=5),
)
def test_no_order_that_stays_in_the_list_is_missed(start, moves, unreadable) -> None:
    """The list as a model: ids that join anywhere and leave anywhere between any two pages."""
    present = set(range(10, 10 + 3 * start, 3))
    stayed = set(present)
    seen: set[int] = set()
    walk, more, turns = Walk(), True, iter(moves)
    for _ in range(200):
        if not more:
            break
        asked = window(walk)
        row = sorted(present)
        page = row[asked.skipped : asked.skipped + asked.size]
        pages = -(-len(row) // asked.size)
        seen |= set(page)
        told = [None if number in unreadable else number for number in page]
        walk, more = stepped(walk, asked, told, pages)
        for kind, where in next(turns, []):
            if kind == "join":
                present.add(where % 1500)
            elif present:
                gone = sorted(present)[0 if kind == "leave_low" else where % len(present)]
                present.discard(gone)
                stayed.discard(gone)
    assert not more
    assert stayed <= seen


STEPS = ("touch", "new", "trash", "forget", "turn")


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=60))
async def test_round_after_round_the_shop_and_we_agree(steps) -> None:
    """A whole shop that changes between any two calls: after it rests, every version is known."""
    clock = HandClock()
    chance = random.Random(len(steps))
    box = WooSandbox(WooSetup((ApiKey("ck_shop", "cs_shop"),)), clock.now_s, chance)
    for _ in range(130):
        box.shop.place(seed())
    todo = list(steps)

    class Moving(Straight):
        async def send(self, request):
            answer = await super().send(request)
            for _ in range(2):
                disturb(box, clock, chance, todo.pop(0) if todo else "")
            return answer

    known: dict[str, int] = {}
    cursor = ""
    count = iter(range(10**9))
    channel = woo("http://shop.example", Moving(box), clock, lambda: f"{next(count):040x}")
    rests = False
    while not rests:
        rests = not todo
        records, kept, cursor = await pull_all(channel, cursor)
        assert kept == []
        for record in records:
            known[record.external_id] = max(known.get(record.external_id, 0), record.version)
        clock.turn(30)
    for order in box.shop.orders.values():
        assert known.get(str(order.number)) == order.modified_s * 1000


def disturb(box: WooSandbox, clock: HandClock, chance: random.Random, step: str) -> None:
    orders = list(box.shop.orders.values())
    clock.turn(1)
    if step == "new":
        box.shop.place(seed())
    elif step == "touch":
        box.shop.touch(chance.choice(orders))
    elif step == "trash":
        box.shop.trash(chance.choice(orders))
    elif step == "forget":
        box.shop.forget(chance.choice(orders))
    elif step == "turn":
        clock.turn(400)


def test_a_cursor_survives_being_stored() -> None:
    walk = Walk(5, 6, "trash", 7, 8)
    assert read_walk(write_walk(walk), None) == walk
    assert read_walk("", 99) == Walk(since_ms=99)


@pytest.mark.parametrize("broken", ["{", '{"page": 3}', "null1"])
def test_a_cursor_that_is_none_of_ours_is_refused_not_guessed(broken) -> None:
    with pytest.raises(Malformed):
        read_walk(broken, None)


def test_a_round_ends_after_the_trash_and_the_next_overlaps_it() -> None:
    trash = next_phase(Walk(since_ms=1, began_ms=5_000_000))
    assert trash is not None
    assert trash.phase == "trash"
    assert next_phase(trash) is None
    assert next_round(trash) == Walk(since_ms=5_000_000 - FAR_MS, far_ms=5_000_000)
