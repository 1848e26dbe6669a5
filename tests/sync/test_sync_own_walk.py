"""No order of a home-made store is lost while its list moves, however it cuts its pages."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.own_shop_plan import Pages
from sync.channels.own_shop_walk import LEAST, Walk, name_of, stepped, window
from sync.errors import Malformed, SyncError
from sync.ports import OrderIds
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from sync.sandbox.own_tea import TeaSandbox
from tests.sync.own_world import (
    GARDEN_FILE,
    TEA_FILE,
    garden,
    garden_channel,
    spoilt,
    tea,
    tea_channel,
)
from tests.sync.sync_world import Straight, pull_all

OFFSET_FILE = TEA_FILE.replace('kind = "page" ', 'kind = "offset" ').replace("first = 1 ", "# ")
URL = "https://shop.example"


def small(text: str) -> str:
    return spoilt(text, size="20")


def untold(text: str) -> str:
    """The file of a store that does not say how many orders there are."""
    return "\n".join(row for row in text.splitlines() if "data.total" not in row)


def ids(records) -> set[str]:
    return {record.external_id for record in records}


CUTS = [
    ({"paging": "page", "first": 1}, TEA_FILE),
    ({"paging": "page", "first": 0}, TEA_FILE.replace("first = 1", "first = 0")),
    ({"paging": "offset"}, OFFSET_FILE),
]


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("total", [False, True])
@pytest.mark.parametrize(("cut", "text"), CUTS)
async def test_a_long_list_is_read_whole_whichever_way_it_is_cut(
    clock, cut, text, total, newest
) -> None:
    box = tea(clock, total=total, newest=newest, **cut)
    for number in range(130):
        clock.turn(1)
        box.place(f"T{number}")
    text = text if total else untold(text)
    records, _, _ = await pull_all(tea_channel(URL, Straight(box), clock, small(text)))
    assert ids(records) == set(box.orders)


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize(("paging", "text"), [("page", TEA_FILE), ("offset", OFFSET_FILE)])
async def test_an_order_that_moves_while_the_list_is_read_is_not_lost(
    clock, paging, text, newest
) -> None:
    chance = random.Random(3)
    box = tea(clock, paging=paging, newest=newest)
    for number in range(120):
        clock.turn(1)
        box.place(f"T{number}")

    def stir() -> None:
        clock.turn(1)
        for name in chance.sample(sorted(box.orders), 3):
            box.touch(name)
        gone = chance.choice(sorted(box.orders))
        del box.orders[gone]

    box.between = stir
    channel = tea_channel(URL, Straight(box), clock, small(text))
    records, _, cursor = await pull_all(channel)
    box.between = lambda: None
    more, _, _ = await pull_all(channel, cursor)
    assert ids(records) | ids(more) >= set(box.orders)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_walk_sees_every_order_of_any_moving_list(data) -> None:
    kind = data.draw(st.sampled_from(["page", "offset"]))
    pages = Pages(kind, size=LEAST, total=None)
    numbers = itertools.count()
    listed = [str(next(numbers)) for _ in range(data.draw(st.integers(0, 90)))]
    walk, more, seen = Walk(), True, set()
    versions: dict[str, int] = {}
    told_total = data.draw(st.booleans())
    moves = data.draw(st.integers(0, 12))
    for _ in range(400):
        if not more:
            break
        asked = window(walk, pages)
        page = listed[asked.start : asked.start + asked.size]
        seen |= set(page)
        names = [name_of(one, str(versions.get(one, 0)), b"") for one in page]
        walk, more = stepped(walk, asked, names, pages, len(listed) if told_total else None)
        if moves and listed:
            moves -= 1
            for _ in range(data.draw(st.integers(0, 6))):
                moved = listed.pop(data.draw(st.integers(0, len(listed) - 1)))
                if not listed or data.draw(st.booleans()):
                    listed.append(moved)  # it changed, and goes to the end
                    versions[moved] = versions.get(moved, 0) + 1
    assert not more
    # What changed meanwhile is asked for again by the next round; all else was seen.
    assert set(listed) - set(versions) <= seen


@pytest.mark.parametrize("paging", ["page", "offset"])
async def test_a_store_that_gives_less_than_asked_is_not_read_with_holes(clock, paging) -> None:
    box = tea(clock, paging=paging, total=False, cap=15)
    for number in range(70):
        clock.turn(1)
        box.place(f"T{number}")
    text = OFFSET_FILE if paging == "offset" else TEA_FILE
    channel = tea_channel(URL, Straight(box), clock, untold(text))
    if paging == "offset":
        records, _, _ = await pull_all(channel)
        assert ids(records) == set(box.orders)
        return
    with pytest.raises(Malformed) as told:
        await pull_all(channel)
    assert told.value.code == "own_shop_page_capped"
    assert (await channel.check()).code == "own_shop_page_capped"


async def test_a_store_whose_total_does_not_fit_its_pages_is_named(clock) -> None:
    box = tea(clock, cap=15)
    for number in range(70):
        box.place(f"T{number}")
    with pytest.raises(Malformed) as told:
        await pull_all(tea_channel(URL, Straight(box), clock))
    assert told.value.code == "own_shop_page_capped"


@pytest.mark.parametrize("paging", ["link", "cursor"])
async def test_a_store_that_says_itself_where_to_go_on_is_followed(clock, paging) -> None:
    box = garden(clock, paging)
    for number in range(65):
        clock.turn(1)
        box.place(f"G-{number}")
    text = GARDEN_FILE
    if paging == "cursor":
        text = text.replace('kind = "link"', 'kind = "cursor"\nparam = "after"\nnext = "next"')
        text = text.replace('each = ""', 'each = "orders"')
    records, _, _ = await pull_all(garden_channel(URL, Straight(box), clock, text))
    assert ids(records) == set(box.orders)
    assert sum(call.path == "/v1/orders" for call in box.calls) == 4


async def test_a_list_that_leads_in_a_circle_is_stopped(clock) -> None:
    box = garden(clock)
    for number in range(25):
        box.place(f"G-{number}")
    channel = garden_channel(URL, Straight(box), clock)
    first = await channel.pull("")
    box.orders = {f"Z{n}": box.place(f"Z{n}") for n in range(25)}
    with pytest.raises(Malformed, match="sync_stuck"):
        await _round_and_round(channel, first.next_cursor, box)


async def _round_and_round(channel, cursor, box) -> None:
    answer = box.handle

    def same(call):
        reply = answer(call)
        if call.path != "/v1/orders":
            return reply
        link = {"Link": '</v1/orders?since=0&after=1.a>; rel="next"'}
        return type(reply)(200, reply.body, {**reply.headers, **link})

    box.handle = same
    await pull_all(channel, cursor)


async def test_the_next_page_at_another_host_is_never_asked_for(clock, http) -> None:
    box, elsewhere = garden(clock), garden(clock)
    for number in range(25):
        box.place(f"G-{number}")
    server, other = LocalServer(box.handle), LocalServer(elsewhere.handle)
    url = await server.start()
    box.next_from = await other.start()
    with pytest.raises(Malformed) as told:
        await pull_all(garden_channel(url, http, clock))
    assert told.value.code == "own_shop_elsewhere"
    assert elsewhere.calls == []
    await server.stop()
    await other.stop()


@pytest.mark.parametrize("kind", ["duplicate", "cut", "reset_before", "garbage"])
async def test_a_round_disturbed_and_begun_again_brings_all(clock, http, kind) -> None:
    box = tea(clock)
    for number in range(60):
        clock.turn(1)
        box.place(f"T{number}")
    server = LocalServer(box.handle)
    channel = tea_channel(await server.start(), http, clock, small(TEA_FILE))
    box.faults.plan(Fault(kind, part="/api/orders"))
    found: set[str] = set()
    cursor, more = "", True
    while more:
        try:
            batch = await channel.pull(cursor)
        except SyncError:
            continue
        found |= ids(batch.records)
        cursor, more = batch.next_cursor, batch.more
    assert found == set(box.orders)
    assert box.faults.done[kind] == 1
    await server.stop()


@pytest.mark.parametrize("kind", ["tea", "garden"])
async def test_the_orders_placed_in_a_span_are_counted_whatever_became_of_them(clock, kind) -> None:
    box = tea(clock) if kind == "tea" else garden(clock)
    make, url = (tea_channel, URL) if kind == "tea" else (garden_channel, "https://garden.example")
    box.place("T0")
    clock.turn(3600)
    since, placed = clock.ms, []
    for number in range(1, 4):
        placed.append(f"T{number}")
        box.place(placed[-1])
        clock.turn(60)
    until = clock.ms
    clock.turn(5)
    box.place("T9")
    for each in ("T0", "T1") if isinstance(box, TeaSandbox) else ():
        box.touch(each)
    channel = make(url, Straight(box), clock)
    assert isinstance(channel, OrderIds)
    assert sorted(await channel.placed_between(since, until)) == placed
