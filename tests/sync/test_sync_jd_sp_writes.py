"""What the shop tells JD by its newer gateway is told once in effect: parcels, stock, memos."""

import pytest

from sync.errors import Ambiguous, Malformed, Rejected
from sync.ports import ProductList
from sync.records import Done, MemoAsk, ShipAsk, StockAsk
from sync.sandbox.faults import Fault
from sync.sandbox.jd_sp_answers import CARRIER_LIST, CHANGE, MEMO, SHIP, SKUS, STOCK
from sync.sandbox.jd_sp_gate import SpNo
from tests.sync.jd_sp_world import asked, parcel, sandbox, sold, straight


@pytest.fixture
def box(clock):
    return sandbox(clock)


def told(box, name: str = SHIP):
    """The one shipment of every call of an interface."""
    return [params["orderShipmentDTO"] for params in asked(box, name)]


# --- parcels ---


async def test_an_order_is_shipped_whole_with_its_number_and_jds_number_of_the_carrier(
    box, clock
) -> None:
    order = sold(box)
    assert await straight(box, clock).ship(parcel(order)) == Done(str(order.number))
    package = {"companyId": "467", "waybillCode": "SF1001"}
    assert told(box) == [{"shipmentType": 7, "packageInfoList": [package]}]
    assert order.state == "WAIT_GOODS_RECEIVE_CONFIRM"


async def test_without_jds_figures_an_order_is_shipped_whole_and_nothing_else_is_told(
    box, clock
) -> None:
    """JD shows them to app owners alone; nobody guesses them."""
    whole, part = sold(box), sold(box)
    channel = straight(box, clock, types="")
    assert await channel.ship(parcel(whole)) == Done(str(whole.number))
    assert set(told(box)[0]) == {"packageInfoList"}
    for ask in (parcel(part, cup=1), parcel(whole, "SF2", replaces="SF1001")):
        with pytest.raises(Rejected, match="jd_sp_no_types"):
            await channel.ship(ask)
    assert (len(told(box)), asked(box, CHANGE)) == (1, [])


async def test_parts_are_told_item_by_item_until_nothing_is_left(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order, "SF1", cup=1))
    await channel.ship(parcel(order, "SF2", cup=1, pot=1))
    cup, pot = order.items
    goods = {"skuId": cup.sku, "skuUuid": cup.uuid, "skuNum": 1}
    other = {"skuId": pot.sku, "skuUuid": pot.uuid, "skuNum": 1}
    lists = [one["packageInfoList"][0]["outboundGoodsFacetDTOList"] for one in told(box)]
    assert lists == [[goods], [goods, other]]
    assert [one["shipmentType"] for one in told(box)] == [8, 8]
    assert order.state == "WAIT_GOODS_RECEIVE_CONFIRM"


async def test_what_is_left_goes_with_a_parcel_that_names_nothing(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order, "SF1", cup=1))
    await channel.ship(parcel(order, "SF2"))
    assert order.shipments[1].units == {order.items[0].uuid: 1, order.items[1].uuid: 1}


@pytest.mark.parametrize("units", [{}, {"cup": 1}])
async def test_a_number_told_twice_is_sent_once(box, clock, units) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order, **units))
    assert await channel.ship(parcel(order, **units)) == Done(str(order.number), already=True)
    assert box.shop.writes == {"ship": 1}


@pytest.mark.parametrize("units", [{}, {"cup": 1}])
async def test_an_answer_lost_after_it_was_done_is_unknown_and_the_repeat_finds_it(
    box, clock, units
) -> None:
    order, channel = sold(box), straight(box, clock)
    box.faults.plan(Fault("garbage", part=SHIP))
    with pytest.raises(Ambiguous):
        await channel.ship(parcel(order, **units))
    assert (await channel.ship(parcel(order, **units))).already
    assert box.shop.writes == {"ship": 1}


async def test_the_platforms_own_failure_leaves_the_outcome_unknown(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    box.faults.plan(Fault("inner", part=SHIP))
    with pytest.raises(Ambiguous, match="sync_server_error"):
        await channel.ship(parcel(order))
    assert not (await channel.ship(parcel(order))).already


async def test_a_changed_number_takes_the_place_of_the_one_it_replaces(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order, "SF1"))
    change = parcel(order, "ZT2", replaces="SF1", code="zto", name="中通")
    assert await channel.ship(change) == Done(str(order.number))
    assert [one.waybill for one in order.shipments] == ["ZT2"]
    assert order.shipments[0].company == "1499"
    assert (await channel.ship(change)).already
    assert box.shop.writes == {"ship": 1, "change": 1}
    assert told(box, CHANGE)[0]["shipmentType"] == 7


async def test_of_several_parcels_the_one_is_changed_that_is_meant(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order, "SF1", cup=2))
    await channel.ship(parcel(order, "SF2", pot=1))
    await channel.ship(parcel(order, "SF3", pot=1, replaces="SF2"))
    assert [one.waybill for one in order.shipments] == ["SF1", "SF3"]
    (change,) = told(box, CHANGE)
    assert (change["shipmentType"], change["packageInfoList"][0]["shipmentId"]) == (8, 9002)


async def test_another_number_is_not_told_and_a_person_hears_which_one_stands_there(
    box, clock
) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order, "SF1"))
    with pytest.raises(Rejected, match="jd_other_number") as no:
        await channel.ship(parcel(order, "SF2"))
    assert no.value.details["number"] == "SF1"


async def test_a_number_among_several_at_the_order_is_found(box, clock) -> None:
    """Carriers are parted by a bar, the numbers of one carrier by commas."""
    carried = {"waybillCode": "YT1,YT2|SF1001", "partialShipmentList": None}
    order = sold(box, state="WAIT_GOODS_RECEIVE_CONFIRM", transportInfo=carried)
    for number in ("YT1", "YT2", "SF1001"):
        assert (await straight(box, clock).ship(parcel(order, number))).already


@pytest.mark.parametrize("state", ["TRADE_CANCELED", "LOCKED", "POP_ORDER_PAUSE"])
async def test_what_may_not_be_sent_is_refused_before_anything_is_told(box, clock, state) -> None:
    order = sold(box, state=state)
    with pytest.raises(Rejected, match="jd_not_shippable") as no:
        await straight(box, clock).ship(parcel(order))
    assert no.value.foreign_code == state
    assert not asked(box, SHIP)


@pytest.mark.parametrize(
    ("code", "name", "theirs"),
    [
        ("sf", "", "467"),
        ("zto", "", "1499"),
        ("", "圆通快递", "463"),
        ("jd", "", "2087"),
        ("sto", "x", "470"),
    ],
)
async def test_a_carrier_is_found_as_the_shops_contract_at_jd_has_it(
    box, clock, code, name, theirs
) -> None:
    await straight(box, clock).ship(parcel(sold(box), code=code, name=name))
    assert told(box)[0]["packageInfoList"][0]["companyId"] == theirs


async def test_the_list_of_carriers_is_asked_for_once_and_once_more_where_it_lacks_one(
    box, clock
) -> None:
    channel = straight(box, clock)
    for number in ("N1", "N2"):
        await channel.ship(parcel(sold(box), number))
    assert len(asked(box, CARRIER_LIST)) == 1
    with pytest.raises(Rejected, match="jd_no_such_carrier"):
        await channel.ship(parcel(sold(box), code="ups", name="UPS"))
    assert (len(asked(box, CARRIER_LIST)), len(told(box))) == (2, 2)


async def test_what_needs_no_number_goes_by_the_shops_own_carrier(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    ask = ShipAsk(str(order.number), "", "", "", (), "key")
    assert await channel.ship(ask) == Done(str(order.number))
    assert (await channel.ship(ask)).already
    assert told(box)[0]["packageInfoList"] == [{"companyId": "1274"}]


async def test_an_item_the_order_does_not_have_is_not_told(box, clock) -> None:
    order = sold(box)
    ask = ShipAsk(str(order.number), "sf", "", "SF1", (("u9999999", 1),), "key")
    with pytest.raises(Rejected, match="sync_bad_number"):
        await straight(box, clock).ship(ask)
    assert not asked(box, SHIP)


async def test_no_from_the_business_is_a_no_with_the_platforms_own_words(
    box, clock, monkeypatch
) -> None:
    def refuse(_asked):
        raise SpNo("10202011004", "当前状态不允许出库")

    monkeypatch.setitem(box.answers.interfaces, SHIP, refuse)
    with pytest.raises(Rejected) as no:
        await straight(box, clock).ship(parcel(sold(box)))
    assert (no.value.foreign_code, no.value.text) == ("10202011004", "当前状态不允许出库")


async def test_an_error_beside_a_yes_is_a_no(box, clock, monkeypatch) -> None:
    odd = {"data": {}, "errorList": [{"code": "10202011003", "message": "x"}]}
    monkeypatch.setitem(box.answers.interfaces, SHIP, lambda _: odd)
    with pytest.raises(Rejected):
        await straight(box, clock).ship(parcel(sold(box)))


# --- stock ---


async def test_stock_is_set_whole_and_a_repeat_changes_nothing(box, clock) -> None:
    sku, channel = box.shop.by_code("CUP-1"), straight(box, clock)
    ask = StockAsk(str(sku.sku), "CUP-1", 7, "key-1")
    assert await channel.set_stock(ask) == await channel.set_stock(ask) == Done(str(sku.sku))
    assert (sku.stock, box.shop.writes) == (7, {"stock": 1})
    assert asked(box, STOCK)[0]["putSkuStockList"] == [{"skuId": sku.sku, "stockNum": 7}]
    await channel.set_stock(StockAsk(str(sku.sku), "CUP-1", 5, "key-2"))
    assert sku.stock == 5


async def test_a_sku_is_found_by_the_merchants_code(box, clock) -> None:
    await straight(box, clock).set_stock(StockAsk("", "CUP-1", 3, "a"))
    assert (box.shop.by_code("CUP-1").stock, box.shop.by_code("POT-1").stock) == (3, 100)
    assert asked(box, SKUS)[0]["outerIdList"] == "CUP-1"


async def test_a_code_that_two_listings_bear_or_none_is_refused(box, clock) -> None:
    box.shop.offer("A", "a", 1, 1)
    box.shop.offer("A", "a", 1, 1)
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="jd_two_listings"):
        await channel.set_stock(StockAsk("", "A", 3, "a"))
    for code in ("B", "", "CUP-1,POT-1"):
        with pytest.raises(Rejected, match="jd_no_such_listing"):
            await channel.set_stock(StockAsk("", code, 3, "a"))
    with pytest.raises(Rejected, match="sync_bad_quantity"):
        await channel.set_stock(StockAsk("1", "", -1, "a"))
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.set_stock(StockAsk("1:x", "", 1, "a"))
    with pytest.raises(Rejected) as no:
        await channel.set_stock(StockAsk("404", "", 1, "a"))
    assert no.value.text == "SKU不存在"
    assert not box.shop.writes


# --- what the shop sells ---


async def test_everything_the_shop_sells_is_listed_once_though_some_goes_meanwhile(
    box, clock
) -> None:
    """From the last page: from the first, the one behind what went would be passed over."""
    for number in range(118):
        box.shop.offer(f"S-{number}", f"茶杯 {number}", 1, number)
    channel = straight(box, clock)
    assert isinstance(channel, ProductList)
    found, cursor, more = [], "", True
    while more:
        page = await channel.listings(cursor)
        found += page.listings
        cursor, more = page.next_cursor, page.more
        if len(found) == 20:
            del box.shop.skus[min(box.shop.skus)]
    assert [int(params["page"]) for params in asked(box, SKUS)] == [1, 3, 2, 1]
    left = {str(sku) for sku in box.shop.skus}
    assert left <= {one.ref for one in found}
    (cup,) = (one for one in found if one.sku == "S-7")
    assert (cup.title, cup.quantity) == ("茶杯 7", 7)


async def test_a_sku_that_cannot_be_read_is_kept_aside(box, clock, monkeypatch) -> None:
    told = {"data": [{"skuName": "x"}, {"skuId": 5, "outerId": "A", "stockNum": None}]}
    told |= {"paginationData": {"totalItems": 2}}
    monkeypatch.setitem(box.answers.interfaces, SKUS, lambda _: told)
    page = await straight(box, clock).listings("")
    assert ([one.ref for one in page.listings], page.listings[0].quantity) == (["5"], None)
    assert [each.raw for each in page.kept_aside] == [b'{"skuName": "x"}']
    for cursor in ("x", "0", "-1", "9" * 12):
        with pytest.raises(Malformed):
            await straight(box, clock).listings(cursor)


# --- memos ---


@pytest.mark.parametrize(
    ("flag", "number"),
    [("red", 1), ("yellow", 2), ("green", 3), ("blue", 4), ("purple", 5), ("grey", 0)],
)
async def test_a_memo_and_its_flag_are_set_once(box, clock, flag, number) -> None:
    order, channel = sold(box), straight(box, clock)
    ask = MemoAsk(str(order.number), "改为发顺丰", flag, "key")
    assert await channel.write_memo(ask) == Done(str(order.number))
    assert (order.memo, order.flag) == ("改为发顺丰", number)
    assert (await channel.write_memo(ask)).already
    assert box.shop.writes == {"memo": 1}


async def test_a_memo_without_a_flag_leaves_the_orders_own(box, clock) -> None:
    order = sold(box, memo="旧", flag=4)
    await straight(box, clock).write_memo(MemoAsk(str(order.number), "新", "", "key"))
    assert (order.memo, order.flag) == ("新", 4)


async def test_a_memo_jd_would_not_take_is_refused_here(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    number = str(order.number)
    with pytest.raises(Rejected, match="jd_memo_too_long"):
        await channel.write_memo(MemoAsk(number, "长" * 501, "", "key"))
    with pytest.raises(Rejected, match="jd_no_such_flag"):
        await channel.write_memo(MemoAsk(number, "急", "pink", "key"))
    with pytest.raises(Rejected, match="jd_no_such_order"):
        await channel.write_memo(MemoAsk("404", "急", "", "key"))
    assert not asked(box, MEMO)
    assert await channel.write_memo(MemoAsk(number, "长" * 500, "", "key"))
