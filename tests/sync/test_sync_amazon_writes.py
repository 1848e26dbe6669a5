"""Parcels and stock reach Amazon once in effect, whatever becomes of the answers."""

import random
from collections.abc import AsyncIterator

import pytest

from sync.channels.amazon import Amazon
from sync.channels.amazon_ship import reference_of
from sync.errors import Ambiguous, Rejected, SyncError
from sync.records import MemoAsk, StockAsk
from sync.retry import Again, Attempt, decide_outbox
from sync.sandbox.amazon import AmazonSandbox
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from tests.sync.amazon_world import channel_for, parcel, sandbox, straight
from tests.sync.sync_world import HandClock, Middle


@pytest.fixture
def box(clock: HandClock) -> AmazonSandbox:
    return sandbox(clock)


@pytest.fixture
async def server(box) -> AsyncIterator[LocalServer]:
    running = box.server()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def channel(box, clock) -> Amazon:
    return straight(box, clock)


def stands(order):
    """(number, {item: quantity}) of each package Amazon holds."""
    return sorted(
        (p["trackingNumber"], {r["orderItemId"][-1]: r["quantity"] for r in p["orderItems"]})
        for p in order.packages.values()
    )


# --- parcels ---


async def test_a_whole_order_is_told_with_what_is_in_it(box, channel, clock) -> None:
    order = box.shop.sell(("CUP-1", 2, "9.90"), ("POT-1", 1, "30.00"))
    done = await channel.ship(parcel(order))
    assert not done.already
    assert (order.status, stands(order)) == ("SHIPPED", [("1Z999", {"1": 2, "2": 1})])
    package = next(iter(order.packages.values()))
    assert (package["carrierCode"], package["carrierName"]) == ("UPS", "UPS")
    assert package["shipDate"] == "2025-11-24T12:00:00Z"


async def test_an_order_in_parts_is_told_part_by_part(box, channel) -> None:
    order = box.shop.sell(("CUP-1", 2, "9.90"), ("POT-1", 1, "30.00"))
    await channel.ship(parcel(order, "A", first=1))
    assert order.status == "PARTIALLY_SHIPPED"
    await channel.ship(parcel(order, "B"))
    assert (order.status, stands(order)) == ("SHIPPED", [("A", {"1": 1}), ("B", {"1": 1, "2": 1})])


async def test_the_same_parcel_again_is_known_and_not_sent(box, channel) -> None:
    order = box.shop.sell()
    await channel.ship(parcel(order))
    assert (await channel.ship(parcel(order))).already
    assert box.shop.writes["confirmShipment"] == 1


async def test_a_changed_number_takes_the_place_of_the_old_one(box, channel) -> None:
    order = box.shop.sell(("CUP-1", 2, "9.90"), ("POT-1", 1, "30.00"))
    await channel.ship(parcel(order, "OLD", last=1))
    await channel.ship(parcel(order, "REST"))
    await channel.ship(parcel(order, "NEW", replaces="OLD"))
    assert stands(order) == [("NEW", {"2": 1}), ("REST", {"1": 2})]
    assert order.status == "SHIPPED"


async def test_a_change_of_a_number_amazon_never_had_is_not_called_done(box, channel) -> None:
    order = box.shop.sell()
    await channel.ship(parcel(order, "BY-HAND"))
    with pytest.raises(Rejected) as no:
        await channel.ship(parcel(order, "NEW", replaces="OLD"))
    assert "already fulfilled" in no.value.text


async def test_what_somebody_confirmed_by_hand_is_left_as_it_is(box, channel) -> None:
    order = box.shop.sell()
    await channel.ship(parcel(order, "BY-HAND"))
    assert (await channel.ship(parcel(order, "OURS"))).already
    assert stands(order) == [("BY-HAND", {"1": 2})]


@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "garbage", "broken"])
async def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(
    box, server, hasty, clock, kind
) -> None:
    order = box.shop.sell()
    channel = channel_for(hasty, clock, endpoint=server.url)
    box.faults.plan(Fault(kind, part="confirmShipment"))
    if kind == "cut":
        # A 204 has no body to lose.
        await channel.ship(parcel(order))
    else:
        with pytest.raises(Ambiguous):
            await channel.ship(parcel(order))
        assert (await channel.ship(parcel(order))).already
    assert box.shop.writes["confirmShipment"] == 1


async def test_a_reading_that_lags_sends_the_same_package_again_and_makes_no_second(
    box, channel
) -> None:
    order = box.shop.sell(("CUP-1", 2, "9.90"))
    await channel.ship(parcel(order, first=1))
    packages, item = dict(order.packages), order.items[0]
    order.packages, item.sent, order.status = {}, 0, "UNSHIPPED"
    body = await _sent_again(box, channel, order)
    assert body["packageDetail"]["packageReferenceId"] == next(iter(packages))


async def _sent_again(box, channel, order):
    await channel.ship(parcel(order, first=1))
    return [h.body for h in box.heard if h.operation == "confirmShipment"][-1]


def test_the_reference_of_a_package_is_a_positive_number_and_always_the_same() -> None:
    for key in ("ship:1", "ship:2", "", "运单"):
        told = reference_of(key)
        assert told == reference_of(key)
        assert told.isdigit()
        assert int(told) > 0
    assert len({reference_of(f"ship:{n}") for n in range(500)}) == 500


@pytest.mark.req("F243")
async def test_an_order_amazon_sends_itself_is_never_confirmed_from_here(box, channel) -> None:
    order = box.shop.sell(by="AMAZON")
    with pytest.raises(Rejected) as no:
        await channel.ship(parcel(order))
    assert no.value.code == "amazon_view_only"
    assert box.calls["confirmShipment"] == 0


@pytest.mark.parametrize("status", ["PENDING", "PENDING_AVAILABILITY", "CANCELLED"])
async def test_what_must_not_leave_is_refused_with_amazons_word(box, channel, status) -> None:
    order = box.shop.sell(status=status)
    with pytest.raises(Rejected) as no:
        await channel.ship(parcel(order))
    assert (no.value.code, no.value.foreign_code) == ("amazon_not_shippable", status)
    assert box.calls["confirmShipment"] == 0


async def test_a_parcel_without_a_number_and_an_order_nobody_has_are_refused(box, channel) -> None:
    order = box.shop.sell()
    for ask, code in ((parcel(order, ""), "amazon_no_number"),):
        with pytest.raises(Rejected) as no:
            await channel.ship(ask)
        assert no.value.code == code
    del box.shop.orders[order.number]
    with pytest.raises(Rejected) as no:
        await channel.ship(parcel(order))
    assert no.value.code == "amazon_no_such_order"
    for odd in ("../v0/orders", "1?x=1", ""):
        with pytest.raises(Rejected) as no:
            await channel.detail(odd)
        assert no.value.code == "sync_bad_number"


async def test_a_carrier_amazon_has_no_code_for_goes_out_by_its_name(box, channel) -> None:
    order = box.shop.sell()
    await channel.ship(parcel(order, carrier="slowboat"))
    package = next(iter(order.packages.values()))
    assert (package["carrierCode"], package["carrierName"]) == ("Other", "Some Post")


async def test_a_day_of_faults_ships_everything_once(box, clock) -> None:
    """Every order is told until it stands, by the engine's own rule of when to try again."""
    chance = random.Random(3)
    channel = straight(box, clock)
    orders = [box.shop.sell(("CUP-1", 3, "1.00")) for _ in range(12)]
    kinds = ("throttle", "unavailable", "reset_before", "broken")
    for order in orders:
        for number, n in (("A", 1), ("B", 2)):
            for kind in chance.sample(kinds, 2):
                box.faults.plan(Fault(kind, part=chance.choice(("getOrder", "confirmShipment"))))
            await _until_done(channel, clock, parcel(order, f"{number}{order.number}", first=n))
    assert {order.status for order in orders} == {"SHIPPED"}
    assert all(len(order.packages) == 2 for order in orders)
    assert sum(box.faults.done.values()) > 20


async def _until_done(channel: Amazon, clock: HandClock, ask) -> None:
    for tries in range(20):
        try:
            await channel.ship(ask)
        except SyncError as error:
            attempt = Attempt(tries, writes=True, looked_up="ship_lookup" in channel.caps.flags)
            again = decide_outbox(error, attempt, clock.now(), clock.now(), Middle())
            if not isinstance(again, Again):
                raise
            clock.turn(again.after_ms / 1000)
        else:
            return
    raise AssertionError("never done")


# --- stock ---


async def test_stock_is_set_and_the_handling_time_beside_it_stays(box, channel) -> None:
    box.shop.list_sku("CUP-1", 100, lead_time_to_ship_max_days=12)
    for _ in range(2):
        await channel.set_stock(StockAsk("", "CUP-1", 7, "stock:1:7"))
    place = box.shop.listings["CUP-1"]
    assert (place["quantity"], place["lead_time_to_ship_max_days"]) == (7, 12)


async def test_stock_that_lies_with_amazon_is_not_touched(box, channel) -> None:
    box.shop.list_sku("CUP-1", 100, channel="AMAZON_NA")
    with pytest.raises(Rejected) as no:
        await channel.set_stock(StockAsk("", "CUP-1", 7, "k"))
    assert no.value.code == "amazon_stock_is_theirs"
    assert box.calls["patchListingsItem"] == 0


async def test_stock_of_nothing_listed_or_below_nothing_is_refused(box, channel) -> None:
    box.shop.list_sku("CUP-1", 1)
    asks = {
        "amazon_no_such_listing": StockAsk("", "NONE", 1, "k"),
        "sync_bad_quantity": StockAsk("", "CUP-1", -1, "k"),
    }
    for code, ask in asks.items():
        with pytest.raises(Rejected) as no:
            await channel.set_stock(ask)
        assert no.value.code == code
    assert box.shop.listings["CUP-1"]["quantity"] == 1


async def test_stock_is_set_only_in_the_marketplaces_that_list_it(box, clock) -> None:
    box.shop.list_sku("CUP-1", 1)
    await straight(box, clock, marketplaces="US, CA").set_stock(StockAsk("", "CUP-1", 9, "k"))
    patched = [h.query["marketplaceIds"] for h in box.heard if h.operation == "patchListingsItem"]
    assert patched == ["ATVPDKIKX0DER"]


async def test_amazon_keeps_no_memo_and_says_so(channel) -> None:
    with pytest.raises(Rejected) as no:
        await channel.write_memo(MemoAsk("114-1", "call", "", "k"))
    assert no.value.code == "amazon_no_memo"
    assert not {"memo", "flag"} & channel.caps.flags
