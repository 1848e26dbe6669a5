"""Every changed order is read, whatever moves while the list is read and however late the index."""

import json
import random

import pytest

from sync.channels.shopify_cost import CostMeter
from sync.channels.shopify_walk import Walk, query_of, read_walk
from sync.errors import Ambiguous, Malformed, PermissionMissing, Throttled, Unreachable
from sync.overlap import FAR_MS
from sync.sandbox.faults import Fault
from sync.sandbox.shopify_gate import App
from sync.transport import Transport
from tests.sync.shopify_world import ShopifyKeys, channel_for, sandbox, seed, straight
from tests.sync.sync_world import HandClock, pull_all


@pytest.fixture
def box(clock: HandClock):
    return sandbox(clock)


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


def numbers(records) -> list[int]:
    return [int(record.external_id) for record in records]


async def test_a_long_list_is_read_to_its_end_in_the_order_of_change(box, shop, clock) -> None:
    placed = []
    for _ in range(120):
        clock.turn(1)
        placed.append(box.shop.place(seed()).number)
    records, _, cursor = await pull_all(shop)
    assert numbers(records) == placed
    assert read_walk(cursor, None).after == ""


async def test_the_next_round_reads_only_what_changed_since(box, shop, clock) -> None:
    for _ in range(30):
        box.shop.place(seed())
    _, _, cursor = await pull_all(shop)
    clock.turn(3600)
    late = box.shop.place(seed())
    records, _, cursor = await pull_all(shop, cursor)
    clock.turn(3600)
    records, _, cursor = await pull_all(shop, cursor)
    assert numbers(records) == [late.number]
    records, _, _ = await pull_all(shop, cursor)
    assert numbers(records) == []


@pytest.mark.parametrize("lag_s", [5, 60, 540])
async def test_an_order_the_index_shows_late_is_read_when_it_does(clock, lag_s) -> None:
    box = sandbox(clock, lag_s=lag_s)
    shop = straight(box, clock)
    box.shop.place(seed())
    clock.turn(lag_s)
    _, _, cursor = await pull_all(shop)
    hidden = box.shop.place(seed())
    records, _, cursor = await pull_all(shop, cursor)
    assert hidden.number not in numbers(records)
    seen: set[int] = set()
    for _ in range(12):
        clock.turn(60)
        records, _, cursor = await pull_all(shop, cursor)
        seen |= set(numbers(records))
    assert hidden.number in seen


async def test_nothing_is_lost_while_orders_change_between_pages(box, shop, clock) -> None:
    placed = []
    for _ in range(60):
        clock.turn(1)
        placed.append(box.shop.place(seed()).number)
    box.faults.plan(*(Fault("shift") for _ in range(8)))
    records, _, _ = await pull_all(shop)
    assert set(numbers(records)) == set(placed)
    assert box.faults.done["shift"] == 8


@pytest.mark.parametrize("kind", ["duplicate", "reorder"])
async def test_a_page_with_a_twin_or_out_of_order_is_read_once_each(box, shop, kind) -> None:
    placed = {box.shop.place(seed()).number for _ in range(4)}
    box.faults.plan(Fault(kind))
    records, _, _ = await pull_all(shop)
    assert len(records) == 4
    assert set(numbers(records)) == placed


async def test_a_cursor_that_means_nothing_any_more_begins_the_round_again(box, shop) -> None:
    placed = {box.shop.place(seed()).number for _ in range(9)}
    stale = json.dumps({"since_ms": None, "began_ms": None, "after": "bm9uc2Vuc2U="})
    records, _, _ = await pull_all(shop, stale)
    assert set(numbers(records)) == placed


@pytest.mark.parametrize("cursor", ["[]", '{"page":1}', "{", '{"since_ms":1,"x":2}'])
async def test_a_cursor_of_another_kind_is_refused(shop, cursor) -> None:
    with pytest.raises(Malformed):
        await shop.pull(cursor)


async def test_a_round_begins_by_the_shops_clock_not_ours(box, clock) -> None:
    ahead = HandClock(clock.ms + 7_200_000)
    shop = straight(box, ahead)
    box.shop.place(seed())
    _, _, cursor = await pull_all(shop)
    assert read_walk(cursor, None).since_ms == clock.ms - FAR_MS


async def test_without_the_right_to_all_orders_sixty_days_come_and_the_check_says_so(
    clock,
) -> None:
    box = sandbox(clock)
    old = clock.now_s() - 61 * 86_400
    box.shop.place(seed(created_s=old))
    young = box.shop.place(seed())
    shop = straight(box, clock)
    records, _, _ = await pull_all(shop)
    assert numbers(records) == [young.number]
    assert (await shop.check()).notes == ("shopify_sixty_days",)
    box.setup.app.scopes.add("read_all_orders")
    assert len((await pull_all(straight(box, clock)))[0]) == 2
    assert (await shop.check()).notes == ()


def test_dates_are_quoted_for_the_search() -> None:
    assert query_of(Walk(since_ms=1_763_985_600_000)) == "updated_at:>='2025-11-24T12:00:00Z'"
    assert query_of(Walk()) is None


# --- points ---


async def test_pages_grow_as_far_as_the_points_allow_and_no_request_is_too_dear(
    box, shop, clock
) -> None:
    for _ in range(40):
        box.shop.place(seed())
    await pull_all(shop)
    sizes = [variables["first"] for text, variables in box.heard if "query Orders" in text]
    assert sizes[0] == 5
    assert min(sizes[1:]) > 5
    assert "MAX_COST_EXCEEDED" not in str(box.heard)


async def test_a_page_that_is_too_dear_is_asked_for_in_half(box, shop) -> None:
    placed = {box.shop.place(seed()).number for _ in range(9)}
    shop._page = 64
    records, _, _ = await pull_all(shop)
    assert set(numbers(records)) == placed
    assert shop._page < 64


async def test_a_history_is_read_without_ever_being_throttled(clock) -> None:
    box = sandbox(clock, bucket=1000, rate=50)
    for _ in range(200):
        box.shop.place(seed())
    shop = straight(box, clock)
    records, _, _ = await pull_all(shop)
    assert len(records) == 200
    assert sum(clock.slept) > 0
    assert [text for text, _ in box.heard if "Throttled" in text] == []


async def test_who_does_not_wait_for_the_points_is_throttled(clock) -> None:
    """The sandbox's own proof: the same walk with a meter that knows nothing is refused."""
    box = sandbox(clock, bucket=1000, rate=50)
    for _ in range(200):
        box.shop.place(seed())
    shop = straight(box, clock)
    shop._calls.meter.wait_s = lambda cost: 0.0
    with pytest.raises(Throttled) as slow:
        await pull_all(shop)
    assert slow.value.retry_after_ms is not None


async def test_a_throttled_answer_says_how_long_to_wait(box, shop) -> None:
    box.shop.place(seed())
    await shop.pull("")
    box.gate.points.held = 0.0
    shop._calls.meter.wait_s = lambda cost: 0.0
    with pytest.raises(Throttled):
        await shop.pull("")
    del shop._calls.meter.wait_s
    box.faults.plan(Fault("throttle", part="Orders"))
    with pytest.raises(Throttled) as slow:
        await shop.pull("")
    assert slow.value.retry_after_ms is not None


def told(asked: float, held: float, most: float = 1000, rate: float = 50) -> dict:
    status = {"maximumAvailable": most, "currentlyAvailable": held, "restoreRate": rate}
    return {"cost": {"requestedQueryCost": asked, "throttleStatus": status}}


async def test_two_who_wait_do_not_count_on_the_same_points(clock) -> None:
    meter = CostMeter(clock, clock.sleep)
    meter.heed("A", 1, await meter.take("A"), told(200, 300))
    await meter.take("A")
    assert clock.slept == []
    assert meter.wait_s(200) == 2.2
    await meter.take("A")
    assert clock.slept == [2.2]


async def test_an_answer_without_points_makes_nobody_wait(clock) -> None:
    meter = CostMeter(clock, clock.sleep)
    for strange in ({}, {"cost": None}, {"cost": {"throttleStatus": {"restoreRate": "x"}}}):
        assert meter.heed("A", 1, 0.0, strange) == 0
    await meter.take("A")
    assert clock.slept == []


# --- the way there ---


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("unavailable", Throttled),
        ("reset_before", Ambiguous),
        ("reset_after", Ambiguous),
        ("cut", Ambiguous),
        ("garbage", Malformed),
    ],
)
async def test_a_page_that_does_not_come_is_asked_for_again(
    box, clock, http: Transport, kind, error
) -> None:
    running = box.server()
    url = await running.start()
    shop = channel_for(url, http, clock, ShopifyKeys(token=box.gate.token()))
    placed = box.shop.place(seed()).number
    box.faults.plan(Fault(kind))
    with pytest.raises(error):
        await shop.pull("")
    assert numbers((await pull_all(shop))[0]) == [placed]
    await running.stop()


async def test_a_shop_that_is_away_is_unreachable(http, clock) -> None:
    shop = channel_for("http://127.0.0.1:9", http, clock, ShopifyKeys(token="shpat_x"))
    with pytest.raises(Unreachable):
        await shop.pull("")


async def test_orders_the_app_may_not_read_name_the_missing_right(clock) -> None:
    app = App("client", "secret")
    app.scopes = {"read_products"}
    box = sandbox(clock, app)
    box.shop.place(seed())
    with pytest.raises(PermissionMissing) as lacking:
        await straight(box, clock).pull("")
    assert lacking.value.details["scopes"] == "read_orders"


async def test_a_missing_right_deep_in_an_order_is_named_too(clock) -> None:
    app = App("client", "secret")
    app.scopes = {"read_orders"}
    box = sandbox(clock, app)
    box.shop.place(seed())
    with pytest.raises(PermissionMissing) as lacking:
        await straight(box, clock).pull("")
    assert lacking.value.details["scopes"] == "read_merchant_managed_fulfillment_orders"


@pytest.mark.parametrize("run", range(3))
async def test_a_thousand_changes_in_any_order_are_all_read(clock, run) -> None:
    """The index lags, the list shifts, and orders change while it is walked."""
    chance = random.Random(run)
    box = sandbox(clock, lag_s=30)
    shop = straight(box, clock)
    newest: dict[int, int] = {}
    cursor = ""
    for _ in range(30):
        for _ in range(chance.randint(0, 6)):
            clock.turn(1)
            box.shop.place(seed())
        for order in chance.sample(list(box.shop.orders.values()), k=min(3, len(box.shop.orders))):
            clock.turn(1)
            box.shop.touch(order)
        records, _, cursor = await pull_all(shop, cursor)
        newest |= {int(r.external_id): r.version for r in records}
    clock.turn(60)
    records, _, cursor = await pull_all(shop, cursor)
    newest |= {int(r.external_id): r.version for r in records}
    assert newest == {n: order.updated_s * 1000 for n, order in box.shop.orders.items()}
