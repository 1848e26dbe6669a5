"""The first reading of a shop with many orders: in bulk, whole, once, and over any interruption."""

import pytest

from sync.channels import shopify_file, shopify_history
from sync.channels.shopify_documents import HISTORY
from sync.channels.shopify_file import Stretch, orders_in
from sync.channels.shopify_history import read_history
from sync.errors import Malformed
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.shopify_gate import App
from tests.sync.shopify_world import ShopifyKeys, channel_for, sandbox, seed, straight
from tests.sync.sync_world import HandClock, pull_all

ORDERS = 12


@pytest.fixture
def box(clock: HandClock, monkeypatch):
    monkeypatch.setattr(shopify_history, "LONG", 10)
    monkeypatch.setattr(shopify_file, "STRETCH", 4096)
    made = sandbox(clock)
    for n in range(ORDERS):
        clock.turn(1)
        lines = [{"sku": "CUP-1", "title": f"Cup {i}", "price": "1"} for i in range(1 + n % 3)]
        made.shop.place(seed(lines=lines, note=f"n {n}"))
    long = [{"sku": "POT-1", "title": f"Pot {i}", "price": "2"} for i in range(40)]
    made.shop.place(seed(lines=long))
    # Past the overlap, so that what the file left out is not read again by chance.
    clock.turn(3600)
    return made


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


def asked(box, name: str) -> list[dict]:
    return [variables for text, variables in box.heard if f" {name}" in text.split("(")[0]]


def pages(box) -> int:
    return sum("query Orders" in text for text, _ in box.heard)


def told(records) -> list:
    """Everything of the records but their bytes."""
    kept = {r.external_id: (r.version, r.lines, r.receiver, r.refunds, r.hold) for r in records}
    return sorted(kept.items())


async def by_pages(box, clock, monkeypatch) -> list:
    monkeypatch.setattr(shopify_history, "LONG", 10_000)
    records, _, _ = await pull_all(straight(box, clock))
    return told(records)


async def test_a_history_in_bulk_is_what_it_is_page_by_page(box, shop, clock, monkeypatch) -> None:
    order = next(iter(box.shop.orders.values()))
    box.shop.refund(order, "1.00", "late", {order.lines[0].number: 1})
    box.shop.hold(list(box.shop.orders.values())[3], "OTHER")
    records, kept, _ = await pull_all(shop)
    assert len(box.bulk.made) == 1
    assert len(box.bulk.heard) > 3
    assert kept == []
    assert told(records) == await by_pages(box, clock, monkeypatch)


async def test_a_few_orders_are_read_page_by_page(clock) -> None:
    box = sandbox(clock)
    for _ in range(20):
        box.shop.place(seed())
    records, _, _ = await pull_all(straight(box, clock))
    assert (len(records), box.bulk.made) == (20, [])


async def test_a_bounded_history_asks_for_no_older_ones(box, clock, monkeypatch) -> None:
    monkeypatch.setattr(shopify_history, "LONG", 5)
    since = (box.shop.now_s() - 3608) * 1000
    await pull_all(straight(box, clock, start_ms=since))
    assert box.bulk.made[0].roots == 10
    assert "updated_at:>='" in box.bulk.made[0].query


async def test_what_changes_while_the_file_is_made_is_read_after_it(box, shop, clock) -> None:
    cursor, newest = "", {}
    for step in range(200):
        batch = await shop.pull(cursor)
        cursor = batch.next_cursor
        newest |= {int(r.external_id): r.version for r in batch.records}
        if step == 2:
            late = box.shop.place(seed())
            clock.turn(5)
            box.shop.touch(next(iter(box.shop.orders.values())))
        if not batch.more:
            break
    assert late.number in newest
    assert newest == {n: order.updated_s * 1000 for n, order in box.shop.orders.items()}


async def test_a_restart_at_any_step_goes_on_without_a_second_operation(box, clock) -> None:
    cursor, more, seen = "", True, []
    while more:
        batch = await straight(box, clock).pull(cursor)
        cursor, more = batch.next_cursor, batch.more
        seen += batch.records
    assert len(box.bulk.made) == 1
    assert {int(r.external_id) for r in seen} == set(box.shop.orders)


async def test_an_operation_whose_answer_was_lost_is_followed_and_not_made_twice(
    box, shop, clock
) -> None:
    started = await shop.pull("")
    assert read_history(started.next_cursor).operation
    # The cursor never reached the book: the next start knows nothing of it.
    records, _, _ = await pull_all(straight(box, clock))
    assert len(box.bulk.made) == 1
    assert {int(r.external_id) for r in records} == set(box.shop.orders)


async def test_anothers_operation_is_waited_for(box, shop, clock) -> None:
    box.bulk.run({"query": HISTORY.replace("name", "id", 1), "groupObjects": False})
    records, _, _ = await pull_all(shop)
    assert len(box.bulk.made) == 2
    assert len(told(records)) == ORDERS + 1


async def test_anothers_operation_is_not_waited_for_without_end(box, shop) -> None:
    box.bulk.takes_s = 10**6
    box.bulk.run({"query": HISTORY.replace("name", "id", 1), "groupObjects": False})
    records, _, _ = await pull_all(shop)
    assert (len(box.bulk.made), len(told(records))) == (1, ORDERS + 1)


@pytest.mark.parametrize(
    ("ends", "operations", "by_page"),
    [
        (["FAILED TIMEOUT"], 2, False),
        (["FAILED INTERNAL_SERVER_ERROR", "FAILED TIMEOUT"], 2, True),
        (["FAILED ACCESS_DENIED"], 1, True),
        (["CANCELED"], 1, True),
        (["EXPIRED"], 2, False),
    ],
)
async def test_an_operation_that_fails_costs_no_order(box, shop, ends, operations, by_page) -> None:
    box.bulk.ends = list(ends)
    records, _, _ = await pull_all(shop)
    assert len(box.bulk.made) == operations
    assert len(told(records)) == ORDERS + 1
    assert (len(box.bulk.heard) == 0) == by_page


async def test_a_right_that_is_missing_below_is_named_as_page_by_page(clock, monkeypatch) -> None:
    monkeypatch.setattr(shopify_history, "LONG", 2)
    box = sandbox(clock, App("client", "secret", level_2=False))
    for _ in range(3):
        box.shop.place(seed())
    records, _, _ = await pull_all(straight(box, clock))
    assert (box.bulk.made[0].error, len(records)) == ("ACCESS_DENIED", 3)
    assert {p.raw for r in records for p in r.problems} == {"protected customer data"}


async def test_a_file_that_went_stale_half_way_is_made_anew(box, shop, clock) -> None:
    cursor = ""
    while not (batch := await shop.pull(cursor)).records:
        cursor = batch.next_cursor
    clock.turn(8 * 86_400)
    records, _, _ = await pull_all(shop, batch.next_cursor)
    assert len(box.bulk.made) == 2
    assert len(told((*batch.records, *records))) == ORDERS + 1


async def test_a_host_without_stretches_gives_the_whole_file(box, shop) -> None:
    box.bulk.ranges = False
    records, _, _ = await pull_all(shop)
    assert len(told(records)) == ORDERS + 1


@pytest.mark.parametrize("spoil", ["ungrouped", "orphan", "lost", "unreadable"])
async def test_a_file_that_is_not_what_it_should_be_is_not_believed(box, shop, spoil) -> None:
    batch = await shop.pull("")
    made = box.bulk.made[0]
    if spoil == "ungrouped":
        made.lines.sort(key=lambda line: b"__parentId" in line)
    elif spoil == "orphan":
        made.lines.pop(0)
    elif spoil == "lost":
        made.roots += 1
    else:
        made.lines[1] = b'{"id": NaN}\n'
    records, _, cursor = await pull_all(shop, batch.next_cursor)
    assert set(dict(told(records))) == {str(number) for number in box.shop.orders}
    assert pages(box) > 1
    by_number = {int(r.external_id): r for r in records}
    for number, order in box.shop.orders.items():
        assert len(by_number[number].lines) == len(order.lines)
    assert read_history(cursor) is None


async def test_the_token_goes_to_the_shop_alone(box, clock, http) -> None:
    elsewhere: list[Call] = []
    foreign = LocalServer(lambda call: elsewhere.append(call) or Reply(200, b"{}"))
    running = box.server()
    url = await running.start()
    shop = channel_for(url, http, clock, ShopifyKeys(token=box.gate.token()))
    records, _, _ = await pull_all(shop)
    assert len(told(records)) == ORDERS + 1
    assert len(box.bulk.heard) > 3
    box.bulk.moved = await foreign.start() + "/steal"
    records, _, _ = await pull_all(shop)
    assert len(told(records)) == ORDERS + 1
    assert [h for h in box.bulk.heard if "x-shopify-access-token" in h] == []
    assert elsewhere == []
    await running.stop()
    await foreign.stop()


@pytest.mark.parametrize("cursor", ['{"history":{"x":1}}', '{"history":[]}', '{"history":'])
async def test_a_cursor_of_another_kind_is_refused(shop, cursor) -> None:
    with pytest.raises(Malformed):
        await shop.pull(cursor)


def test_an_order_cut_by_the_end_of_a_stretch_waits_for_the_next() -> None:
    one, two = (b'{"id":"gid://shopify/Order/%d"}\n' % n for n in (1, 2))
    line = b'{"id":"gid://shopify/LineItem/9","__parentId":"gid://shopify/Order/1"}\n'
    whole = one + line + two
    for cut in range(len(whole)):
        found, taken = orders_in(Stretch(whole[:cut], last=False))
        assert taken in (0, len(one + line))
        rest, _ = orders_in(Stretch(whole[taken:], last=True))
        assert [e.value["id"][-1] for e in (*found, *rest)] == ["1", "2"]
        assert len((*found, *rest)[0].value["lineItems"]["nodes"]) == 1


async def test_the_sandbox_refuses_what_the_real_shop_refuses(box) -> None:
    def refused(query: str) -> str:
        wrong = box.bulk.run({"query": query, "groupObjects": True})["userErrors"]
        return wrong[0]["message"] if wrong else ""

    assert "single top-level" in refused("{ shop { currencyCode } location { id } }")
    assert "at least one connection" in refused("{ shop { currencyCode } }")
    assert "node and nodes" in refused('{ nodes(ids: ["gid://shopify/Order/1"]) { id } }')
    inner = "refundLineItems { nodes { quantity } }"
    within = f"{{ orders {{ edges {{ node {{ id refunds {{ id {inner} }} }} }} }} }}"
    assert "within a list" in refused(within)
    assert refused("{ orders { edges { node { id } } } }") == ""
    assert "already in progress" in refused(HISTORY)
