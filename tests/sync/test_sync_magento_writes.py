"""What is written to a shop is written once in effect, whatever happens to the answer."""

import pytest

from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.records import MemoAsk, StockAsk
from sync.sandbox.faults import Fault
from sync.transport import Transport
from tests.sync.magento_world import channel_for, parcel, sandbox, sold, straight


@pytest.fixture
def box(clock):
    return sandbox(clock)


@pytest.fixture
def channel(box, clock):
    return straight(box, clock)


@pytest.fixture
async def over_http(box, clock, http):
    server = box.server()
    yield channel_for(http, clock, await server.start())
    await server.stop()


def told(box, order) -> list[tuple[dict[int, float], list[str]]]:
    """What the shop has: (what left by row, numbers) of each shipment."""
    return [
        (
            {item["order_item_id"]: item["qty"] for item in each["items"]},
            [track["track_number"] for track in each["tracks"]],
        )
        for each in box.shop.shipments.values()
        if each["order_id"] == order["entity_id"]
    ]


def rows(order) -> tuple[int, int]:
    return order["items"][0]["item_id"], order["items"][1]["item_id"]


async def test_a_whole_order_leaves_in_one_parcel(box, channel) -> None:
    order = sold(box)
    done = await channel.ship(parcel(order, note="路上了"))
    cup, pot = rows(order)
    assert told(box, order) == [({cup: 2, pot: 1}, ["SF1001"])]
    assert (order["state"], done.already) == ("complete", False)
    assert int(done.external_ref) in box.shop.shipments


async def test_parts_leave_by_row_and_piece_and_the_rest_after_them(box, channel) -> None:
    order = sold(box)
    cup, pot = rows(order)
    await channel.ship(parcel(order, cup=1))
    assert order["state"] == "processing"
    await channel.ship(parcel(order, "SF1002"))
    assert told(box, order) == [({cup: 1}, ["SF1001"]), ({cup: 1, pot: 1}, ["SF1002"])]
    record = await channel.detail(str(order["entity_id"]))
    assert [line.quantity_shipped for line in record.lines] == [2, 1]


async def test_the_parent_of_a_configurable_product_is_shipped_never_its_choice(
    box, channel
) -> None:
    order = box.shop.place([{"sku": "TEE-M", "name": "T恤", "product_type": "configurable"}])
    parent = order["items"][0]["item_id"]
    order["items"].append(box.shop._row({"sku": "TEE-M", "name": "M", "parent_item_id": parent}))
    await channel.ship(parcel(order))
    assert told(box, order) == [({parent: 2}, ["SF1001"])]


async def test_what_is_only_downloaded_is_not_shipped_nor_what_was_refunded(box, channel) -> None:
    order = sold(box)
    cup, pot = rows(order)
    order["items"].append(box.shop._row({"sku": "EBOOK", "name": "电子书", "is_virtual": 1}))
    box.shop.refund(order, 9.9, {cup: 1})
    await channel.ship(parcel(order))
    assert told(box, order) == [({cup: 1, pot: 1}, ["SF1001"])]


@pytest.mark.parametrize("kind", ["reset_after", "cut", "garbage", "reset_before"])
async def test_a_lost_answer_is_looked_up_and_a_part_is_never_shipped_twice(
    box, over_http, kind
) -> None:
    """A second call would be taken: the other cup is there to be shipped."""
    order = sold(box)
    box.faults.plan(Fault(kind, "POST", "/ship"))
    with pytest.raises(Ambiguous):
        await over_http.ship(parcel(order, cup=1))
    again = await over_http.ship(parcel(order, cup=1))
    assert again.already is (kind != "reset_before")
    assert told(box, order) == [({rows(order)[0]: 1}, ["SF1001"])]
    assert box.shop.writes["ship"] == 1


async def test_an_answer_that_never_comes_is_looked_up(box, clock, hasty: Transport) -> None:
    order = sold(box)
    server = box.server()
    slow = channel_for(hasty, clock, await server.start())
    box.faults.plan(Fault("late", "POST", "/ship"))
    with pytest.raises(Ambiguous) as lost:
        await slow.ship(parcel(order, cup=1))
    assert lost.value.code == "sync_timeout"
    assert (await slow.ship(parcel(order, cup=1))).already
    assert box.shop.writes["ship"] == 1
    await server.stop()


async def test_the_whole_order_told_once_is_not_told_again_for_what_came_since(
    box, channel
) -> None:
    order = sold(box)
    await channel.ship(parcel(order))
    order["items"].append(box.shop._row({"sku": "POT-1", "name": "紫砂壶", "qty_ordered": 1}))
    assert (await channel.ship(parcel(order))).already
    assert box.shop.writes["ship"] == 1


async def test_a_shipment_made_by_hand_without_a_number_gets_ours(box, channel) -> None:
    order = sold(box)
    cup, pot = rows(order)
    box.shop.ship(order, {cup: 2, pot: 1}, [], "default")
    assert (await channel.ship(parcel(order))).already
    assert told(box, order) == [({cup: 2, pot: 1}, ["SF1001"])]
    assert (await channel.ship(parcel(order))).already
    assert box.shop.writes == {"track": 1}


async def test_what_somebody_shipped_under_another_number_is_left_alone(box, channel) -> None:
    order = sold(box)
    track = {"track_number": "UPS9", "title": "UPS", "carrier_code": "ups"}
    box.shop.ship(order, dict(zip(rows(order), (2, 1), strict=True)), [track], "default")
    assert (await channel.ship(parcel(order))).already
    assert box.shop.writes == {}


@pytest.mark.parametrize("fault", ["", "POST", "DELETE"])
async def test_a_changed_number_takes_the_place_of_the_old_one(box, channel, fault) -> None:
    order = sold(box)
    await channel.ship(parcel(order))
    ask = parcel(order, "SF2002", replaces="SF1001")
    if fault:
        box.faults.plan(Fault("garbage", fault))
        with pytest.raises(Ambiguous):
            await channel.ship(ask)
    await channel.ship(ask)
    await channel.ship(ask)
    assert [numbers for _, numbers in told(box, order)] == [["SF2002"]]
    assert (box.shop.writes["track"], box.shop.writes["ship"]) == (1, 1)


async def test_carriers_magento_knows_are_named_by_its_code_others_by_their_name(
    box, channel
) -> None:
    order = sold(box)
    await channel.ship(parcel(order, carrier="ups", cup=1))
    await channel.ship(parcel(order, "SF1002", pot=1))
    tracks = [each["tracks"][0] for each in box.shop.shipments.values()]
    assert [(track["carrier_code"], track["title"]) for track in tracks] == [
        ("ups", "顺丰速运"),
        ("custom", "顺丰速运"),
    ]


async def test_the_named_source_is_where_the_parcel_leaves_from(box, clock) -> None:
    order = sold(box)
    box.shop.sources["east", "CUP-1"] = 10
    await straight(box, clock, source="east").ship(parcel(order, cup=2))
    assert box.shop.sources["east", "CUP-1"] == 8
    assert box.shop.sources["default", "CUP-1"] == 100


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("canceled", "magento_not_shippable"),
        ("closed", "magento_not_shippable"),
        ("holded", "magento_on_hold"),
        ("payment_review", "magento_on_hold"),
    ],
)
async def test_an_order_called_off_or_held_is_never_marked_shipped(
    box, channel, state, code
) -> None:
    order = sold(box)
    box.shop.set_state(order, state)
    with pytest.raises(Rejected) as refused:
        await channel.ship(parcel(order))
    assert (refused.value.code, refused.value.foreign_code) == (code, state)
    assert box.shop.writes == {}


async def test_an_order_with_nothing_left_to_ship_is_a_definite_no(box, channel) -> None:
    order = box.shop.place([{"sku": "EBOOK", "name": "电子书", "is_virtual": 1}])
    with pytest.raises(Rejected) as refused:
        await channel.ship(parcel(order))
    assert refused.value.code == "magento_nothing_to_ship"


async def test_a_memo_is_written_once_for_the_staff_alone_and_keeps_the_status(
    box, channel
) -> None:
    order = sold(box, status="packing_now")
    ask = MemoAsk(str(order["entity_id"]), "买家要发票", "red", "memo-7")
    box.faults.plan(Fault("garbage", "POST", "/comments"))
    with pytest.raises(Ambiguous):
        await channel.write_memo(ask)
    assert (await channel.write_memo(ask)).already
    (comment,) = order["status_histories"]
    assert comment["comment"] == "买家要发票\n[memo-7]"
    assert (comment["is_customer_notified"], comment["is_visible_on_front"]) == (0, 0)
    assert order["status"] == "packing_now"


def test_no_flag_is_promised(channel) -> None:
    assert "flag" not in channel.caps.flags
    assert {"ship", "ship_lines", "ship_lookup", "memo", "stock"} <= channel.caps.flags


async def test_stock_written_is_what_may_be_sold_with_the_shops_open_orders_off(
    box, channel
) -> None:
    """Two cups are reserved by an order: seven to sell means nine at the source."""
    order = sold(box)
    await channel.set_stock(StockAsk("CUP-1", "CUP-1", 7, "k"))
    assert (box.shop.salable("CUP-1", 1), box.shop.sources["default", "CUP-1"]) == (7, 9)
    await channel.set_stock(StockAsk("", "CUP-1", 7, "k"))
    assert box.shop.salable("CUP-1", 1) == 7
    await channel.ship(parcel(order))
    assert box.shop.salable("CUP-1", 1) == 7


async def test_stock_of_several_sources_is_put_right_at_ours(box, clock) -> None:
    box.shop.links = [{"stock_id": 2, "source_code": each} for each in ("east", "west")]
    box.shop.sources |= {("east", "CUP-1"): 5, ("west", "CUP-1"): 20}
    await straight(box, clock, source="east").set_stock(StockAsk("", "CUP-1", 30, "k"))
    assert box.shop.salable("CUP-1", 2) == 30
    assert box.shop.sources["west", "CUP-1"] == 20


async def test_nothing_to_sell_takes_it_off_and_never_below_nothing(box, channel) -> None:
    await channel.set_stock(StockAsk("", "CUP-1", 0, "k"))
    assert box.shop.sources["default", "CUP-1"] == 0
    box.shop.reserved["POT-1"] = -10
    await channel.set_stock(StockAsk("", "POT-1", 3, "k"))
    assert box.shop.sources["default", "POT-1"] == 0


async def test_without_inventory_the_stock_item_is_written_and_its_other_fields_stay(clock) -> None:
    box = sandbox(clock, msi=False)
    before = dict(box.shop.items["CUP-1"])
    channel = straight(box, clock)
    await channel.set_stock(StockAsk("", "CUP-1", 0, "k"))
    after = box.shop.items["CUP-1"]
    assert (after["qty"], after["is_in_stock"]) == (0, False)
    assert {**before, "qty": 0, "is_in_stock": False} == after


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (StockAsk("", "NOBODY", 3, "k"), "magento_no_such_listing"),
        (StockAsk("", "CUP-1", -1, "k"), "sync_bad_quantity"),
    ],
)
async def test_stock_that_cannot_be_written_is_a_definite_no(box, channel, ask, code) -> None:
    with pytest.raises(Rejected) as refused:
        await channel.set_stock(ask)
    assert refused.value.code == code
    assert box.shop.writes == {}


async def test_a_source_no_stock_uses_is_named(box, channel) -> None:
    box.shop.links = []
    with pytest.raises(Rejected) as refused:
        await channel.set_stock(StockAsk("", "CUP-1", 3, "k"))
    assert (refused.value.code, refused.value.details["source"]) == (
        "magento_source_idle",
        "default",
    )


async def test_a_sku_with_a_slash_or_a_space_names_one_product(box, channel) -> None:
    box.shop.stock_product("A/B 1&2", "茶", 5)
    await channel.set_stock(StockAsk("", "A/B 1&2", 4, "k"))
    assert box.shop.sources["default", "A/B 1&2"] == 4


async def test_forty_parcels_through_a_bad_line_arrive_once_each(clock, http) -> None:
    kinds = ("throttle", "unavailable", "reset_before", "reset_after", "cut", "garbage")
    box = sandbox(clock)
    orders = [sold(box) for _ in range(40)]
    box.faults._rates = dict.fromkeys(kinds, 0.03)
    server = box.server()
    channel = channel_for(http, clock, await server.start())
    for order in orders:
        number = f"SF{order['entity_id']}"
        await until_done(channel, parcel(order, number, cup=1))
    await server.stop()
    for order in orders:
        assert told(box, order) == [({rows(order)[0]: 1}, [f"SF{order['entity_id']}"])]
    assert box.shop.writes["ship"] == 40
    assert sum(box.faults.done.values()) > 10


async def until_done(channel, ask) -> None:
    for _ in range(40):
        try:
            await channel.ship(ask)
        except Rejected:
            raise
        except SyncError:
            continue
        return
    raise AssertionError("never done")


@pytest.mark.parametrize("number", ["", "12/comments", "1?x=1", "１２"])
async def test_a_number_that_is_none_never_reaches_the_shop(box, channel, number) -> None:
    calls, order = box.calls, sold(box)
    ask = parcel(order)
    for act in (
        channel.ship(type(ask)(number, "sf", "顺丰速运", "SF1", (), "k")),
        channel.ship(type(ask)("1", "sf", "顺丰速运", "SF1", ((number, 1),), "k")),
        channel.write_memo(MemoAsk(number, "x", "", "k")),
    ):
        with pytest.raises((Rejected, Malformed)):
            await act
    assert box.calls == calls
