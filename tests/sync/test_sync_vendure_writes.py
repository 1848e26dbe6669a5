"""Parcels, stock and memos are written once in effect, whatever becomes of an answer."""

import random
from dataclasses import replace

import pytest

from sync.channels.vendure_memo import MARK
from sync.errors import Ambiguous, Rejected, SyncError
from sync.records import MemoAsk, ShipAsk, StockAsk
from sync.sandbox.faults import Fault
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.vendure_world import SandboxKeeper, channel_for, sandbox, straight


@pytest.fixture
def box(clock):
    return sandbox(clock)


@pytest.fixture
def keeper(box, clock) -> SandboxKeeper:
    return SandboxKeeper(box, clock)


def ask(order, units: int = 0, number: str = "1Z") -> ShipAsk:
    lines = ((order["lines"][0]["id"], units),) if units else ()
    return ShipAsk(order["id"], "ups", "UPS", number, lines, f"k-{number}")


def stands(order) -> list[tuple[str, str, int]]:
    return [
        (f["trackingCode"], f["state"], sum(row["quantity"] for row in f["lines"]))
        for f in order["fulfillments"]
    ]


class Losing:
    """The sandbox over a line that loses the answers it is told to."""

    def __init__(self, inner, *operations: str) -> None:
        self.inner, self.lost = inner, list(operations)

    async def send(self, request):
        answer = await self.inner.send(request)
        for name in self.lost:
            if f"mutation {name}(".encode() in request.body:
                self.lost.remove(name)
                raise Ambiguous("sync_timeout")
        return answer


@pytest.mark.parametrize("lost", ["Fulfil", "Move"])
async def test_a_lost_answer_tells_no_parcel_twice(box, clock, lost) -> None:
    order = box.shop.place()
    channel = straight(box, clock)
    line = Losing(channel._calls._connector._http, lost)
    channel._calls._connector._http = line
    with pytest.raises(Ambiguous):
        await channel.ship(ask(order, 2))
    assert line.lost == []
    await channel.ship(ask(order, 2))
    assert stands(order) == [("1Z", "Shipped", 2)]
    assert order["state"] == "Shipped"
    assert (box.shop.writes["fulfil"], box.shop.writes["move"]) == (1, 1)


async def test_a_number_change_that_was_cut_off_halfway_is_finished(box, clock) -> None:
    order = box.shop.place()
    channel = straight(box, clock)
    await channel.ship(ask(order, 2, "OLD"))
    channel._calls._connector._http = Losing(channel._calls._connector._http, "Move")
    change = replace(ask(order, 0, "NEW"), replaces="OLD")
    with pytest.raises(Ambiguous):
        await channel.ship(change)
    assert stands(order) == [("OLD", "Cancelled", 2)]
    await channel.ship(change)
    assert stands(order) == [("OLD", "Cancelled", 2), ("NEW", "Shipped", 2)]


async def test_goods_leave_the_stock_once(box, clock, keeper) -> None:
    order = box.shop.place()
    assert await keeper.levels() == (200, 2)
    await straight(box, clock).ship(ask(order, 2))
    assert await keeper.levels() == (198, 0)


async def test_what_the_server_refuses_comes_in_our_words(box, clock, keeper) -> None:
    order = box.shop.place()
    channel = straight(box, clock)
    box.shop.level(keeper.mug)["stockOnHand"] = 1
    with pytest.raises(Rejected) as no:
        await channel.ship(ask(order, 2))
    assert (no.value.code, no.value.foreign_code) == (
        "vendure_short_on_hand",
        "INSUFFICIENT_STOCK_ON_HAND_ERROR",
    )
    with pytest.raises(Rejected) as no:
        await channel.ship(replace(ask(order, 1), lines=(("424242", 1),)))
    assert no.value.code == "vendure_over_fulfilled"
    for strange in ("", "1 or 1=1", "x" * 65):
        with pytest.raises(Rejected) as no:
            await channel.ship(replace(ask(order), external_id=strange))
        assert no.value.code == "sync_bad_number"


async def test_a_whole_order_that_somebody_else_shipped_is_taken_as_told(box, clock) -> None:
    order = box.shop.place()
    made = box.shop.fulfil(order, [(order["lines"][0], 2)], "THEIRS")
    box.shop.move(order, made, "Shipped")
    assert (await straight(box, clock).ship(ask(order))).already
    with pytest.raises(Rejected) as no:
        await straight(box, clock).ship(ask(order, 2))
    assert no.value.code == "vendure_over_fulfilled"


async def test_nothing_left_is_said_so(box, clock) -> None:
    order = box.shop.place()
    order["lines"][0]["quantity"] = 0
    with pytest.raises(Rejected) as no:
        await straight(box, clock).ship(ask(order))
    assert no.value.code == "vendure_nothing_to_ship"


async def test_stock_at_a_second_location_leaves_the_first_alone(box, clock, keeper) -> None:
    box.shop.places.append("2")
    channel = straight(box, clock, location="2")
    await channel.set_stock(StockAsk(keeper.variant, keeper.sku, 30, "s"))
    assert box.shop.level(keeper.mug, "2")["stockOnHand"] == 30
    assert box.shop.level(keeper.mug)["stockOnHand"] == 200
    listed = (await channel.listings("")).listings
    assert [each.quantity for each in listed] == [30]


@pytest.mark.parametrize("told", ["FALSE", "INHERIT off", "INHERIT on"])
async def test_what_the_server_does_not_count_is_not_written(box, clock, keeper, told) -> None:
    keeper.mug["trackInventory"], box.shop.tracks = told.split()[0], told.endswith("on")
    asked = straight(box, clock).set_stock(StockAsk(keeper.variant, keeper.sku, 5, "s"))
    if told == "INHERIT on":
        await asked
        assert await keeper.levels() == (5, 0)
        return
    with pytest.raises(Rejected) as no:
        await asked
    assert no.value.code == "vendure_not_tracked"


async def test_one_code_of_two_variants_is_nobodys(box, clock, keeper) -> None:
    box.shop.stock_variant(keeper.sku, "Mug again", 1)
    with pytest.raises(Rejected) as no:
        await straight(box, clock).set_stock(StockAsk("", keeper.sku, 5, "s"))
    assert no.value.code == "vendure_two_listings"


async def test_every_variant_is_listed_once_although_some_are_deleted_meanwhile(box, clock) -> None:
    for at in range(150):
        box.shop.stock_variant(f"SKU-{at:03d}", f"Thing {at}", 5)
    channel = straight(box, clock)
    first = await channel.listings("")
    for each in first.listings[3:10]:
        del box.shop.variants[each.ref]
    rest = await channel.listings(first.next_cursor)
    assert (first.more, rest.more, first.total, rest.total) == (True, False, 151, 144)
    found = {each.ref for each in (*first.listings, *rest.listings)}
    assert found >= set(box.shop.variants)


async def test_a_memo_is_set_anew_and_taken_away(box, clock) -> None:
    order, channel = box.shop.place(), straight(box, clock)
    await channel.write_memo(MemoAsk(order["id"], "", "", "k0"))
    assert box.shop.writes.get("note") is None
    for text in ("one", "two", ""):
        await channel.write_memo(MemoAsk(order["id"], text, "", text))
        assert (await channel.detail(order["id"])).seller_memo == text
    notes = [each["data"]["note"] for each in order["entries"] if each["type"] == "ORDER_NOTE"]
    assert notes == [f"\n{MARK}"]


async def test_a_lost_memo_is_not_written_again(box, clock) -> None:
    order, channel = box.shop.place(), straight(box, clock)
    channel._calls._connector._http = Losing(channel._calls._connector._http, "AddNote")
    memo = MemoAsk(order["id"], "call first", "", "k")
    with pytest.raises(Ambiguous):
        await channel.write_memo(memo)
    assert (await channel.write_memo(memo)).already
    assert box.shop.writes["note"] == 1


async def test_a_whole_day_with_a_server_in_a_bad_mood_loses_and_doubles_nothing() -> None:
    """One call in six goes wrong: throttled, gone, cut, garbage, done without an answer."""
    clock = HandClock()
    rates = dict.fromkeys(("throttle", "unavailable", "garbage", "duplicate", "reorder"), 0.04)
    box = sandbox(clock, rates=rates)
    chance = random.Random(11)
    channel = straight(box, clock)
    inner = channel._calls._connector._http

    class Moody:
        async def send(self, request):
            answer = await inner.send(request)
            if chance.random() < 0.08:
                raise Ambiguous("sync_timeout")
            return answer

    channel._calls._connector._http = Moody()

    async def stubborn(asked):
        for _ in range(40):
            try:
                return await asked()
            except Rejected:
                raise
            except SyncError:
                clock.turn(1)
        raise AssertionError("never got through")

    orders = [box.shop.place() for _ in range(60)]
    known, cursor, more = set(), "", True
    while more:
        at = cursor
        batch = await stubborn(lambda: channel.pull(at))  # noqa: B023 - awaited at once
        known |= {record.external_id for record in batch.records}
        cursor, more = batch.next_cursor, batch.more
    assert known == {order["id"] for order in orders}
    for order in orders[:20]:
        first, rest = ask(order, 1, f"A{order['id']}"), ask(order, 1, f"B{order['id']}")
        await stubborn(lambda: channel.ship(first))  # noqa: B023
        await stubborn(lambda: channel.ship(rest))  # noqa: B023
        assert [units for _, _, units in stands(order)] == [1, 1]
        assert order["state"] == "Shipped"
    assert box.truth()["shipped_twice"] == []
    assert sum(box.faults.done.values()) > 10


async def test_it_works_over_real_http_too(box, clock, http) -> None:
    server = box.server()
    await server.start()
    order = box.shop.place()
    channel = channel_for(http, clock, server.url)
    records, _, _ = await pull_all(channel)
    assert [record.external_id for record in records] == [order["id"]]
    await channel.ship(ask(order, 2))
    box.faults.plan(Fault("reset_after", part="SetStock"))
    stock = StockAsk("", "MUG-1", 9, "s")
    with pytest.raises(Ambiguous):
        await channel.set_stock(stock)
    assert (await channel.set_stock(stock)).already
    await server.stop()
