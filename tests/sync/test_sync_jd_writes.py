"""What the shop tells JD is told once in effect: shipments, stock, memos."""

import pytest

from sync.errors import Ambiguous, Rejected
from sync.records import Done, MemoAsk, ShipAsk, StockAsk
from sync.sandbox.faults import Fault
from tests.sync.jd_world import asked, parcel, sandbox, sold, straight

SHIP, STOCK, MEMO = (
    "jingdong.pop.order.shipment",
    "jingdong.ware.stock.sku.set",
    "jingdong.pop.order.modifyVenderRemark",
)


@pytest.fixture
def box(clock):
    return sandbox(clock)


# --- shipments ---


async def test_an_order_is_shipped_with_its_number_and_jds_number_of_the_carrier(
    box, clock
) -> None:
    order = sold(box)
    assert await straight(box, clock).ship(parcel(order)) == Done(str(order.number))
    assert asked(box, SHIP) == [{"orderId": order.number, "logiCoprId": "467", "logiNo": "SF1001"}]
    assert order.state == "WAIT_GOODS_RECEIVE_CONFIRM"


async def test_a_number_told_twice_is_sent_once(box, clock) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order))
    assert await channel.ship(parcel(order)) == Done(str(order.number), already=True)
    assert box.shop.writes == {"ship": 1}


@pytest.mark.parametrize("kind", ["garbage"])
async def test_an_answer_lost_after_it_was_done_is_unknown_and_the_repeat_finds_it(
    box, clock, kind
) -> None:
    order, channel = sold(box), straight(box, clock)
    box.faults.plan(Fault(kind, part=SHIP))
    with pytest.raises(Ambiguous):
        await channel.ship(parcel(order))
    assert (await channel.ship(parcel(order))).already
    assert box.shop.writes == {"ship": 1}


async def test_a_number_among_several_at_the_order_is_found(box, clock) -> None:
    """Carriers are parted by a bar, the numbers of one carrier by commas."""
    order = sold(box, state="WAIT_GOODS_RECEIVE_CONFIRM", waybill="YT1,YT2|SF1001")
    channel = straight(box, clock)
    for number in ("YT1", "YT2", "SF1001"):
        assert (await channel.ship(parcel(order, number))).already


async def test_another_number_is_not_told_and_a_person_hears_which_one_stands_there(
    box, clock
) -> None:
    order, channel = sold(box), straight(box, clock)
    await channel.ship(parcel(order, "SF1"))
    for ask in (parcel(order, "SF2"), parcel(order, "SF2", replaces="SF1")):
        with pytest.raises(Rejected, match="jd_other_number") as no:
            await channel.ship(ask)
        assert no.value.details["number"] == "SF1"
    assert order.waybill == "SF1"


@pytest.mark.parametrize("state", ["TRADE_CANCELED", "TRADE_CLOSED", "LOCKED"])
async def test_what_may_not_be_sent_is_refused_before_anything_is_told(box, clock, state) -> None:
    order = sold(box, state=state)
    with pytest.raises(Rejected, match="jd_not_shippable") as no:
        await straight(box, clock).ship(parcel(order))
    assert no.value.foreign_code == state
    assert not asked(box, SHIP)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("顺丰快递", "467"), ("顺丰速运", "467"), ("中通快递", "1499"), ("圆通速递", "463")],
)
async def test_a_carrier_is_found_by_its_name_as_the_shops_contract_at_jd_has_it(
    box, clock, name, theirs
) -> None:
    order = sold(box)
    await straight(box, clock).ship(parcel(order, "N1", name=name))
    assert asked(box, SHIP)[0]["logiCoprId"] == theirs


@pytest.mark.parametrize("name", ["UPS", "", "快递"])
async def test_a_carrier_the_shop_has_no_contract_with_is_named_and_nothing_is_told(
    box, clock, name
) -> None:
    order = sold(box)
    with pytest.raises(Rejected, match="jd_no_such_carrier"):
        await straight(box, clock).ship(parcel(order, "1Z", name=name))
    assert not asked(box, SHIP)


async def test_what_needs_no_number_goes_by_the_shops_own_carrier(box, clock) -> None:
    order = sold(box)
    ask = ShipAsk(str(order.number), "", "", "", (), "key")
    channel = straight(box, clock)
    assert await channel.ship(ask) == Done(str(order.number))
    assert (await channel.ship(ask)).already
    assert asked(box, SHIP)[0]["logiCoprId"] == "1274"


async def test_no_from_the_business_is_a_no_with_the_platforms_own_words(
    box, clock, monkeypatch
) -> None:
    """It stands inside a good answer: only a success that was said counts."""
    order, channel = sold(box), straight(box, clock)
    refusal = {"sopjosshipment_result": {"success": "false", "errorCode": "10400014"}}
    monkeypatch.setitem(box.answers.methods, SHIP, lambda _: refusal)
    with pytest.raises(Rejected) as no:
        await channel.ship(parcel(order))
    assert no.value.foreign_code == "10400014"
    monkeypatch.setitem(box.answers.methods, SHIP, lambda _: {"sopjosshipment_result": {}})
    with pytest.raises(Ambiguous):
        await channel.ship(parcel(order))


# --- stock ---


async def test_stock_is_set_whole_and_a_repeat_changes_nothing(box, clock) -> None:
    sku = box.shop.by_code("CUP-1")
    channel = straight(box, clock)
    ask = StockAsk(str(sku.sku), "CUP-1", 7, "key-1")
    assert await channel.set_stock(ask) == await channel.set_stock(ask) == Done(str(sku.sku))
    assert (sku.stock, box.shop.writes) == (7, {"stock": 1})
    assert asked(box, STOCK)[0]["req"]["skuStocks"] == [{"skuId": sku.sku, "stockNum": 7}]
    await channel.set_stock(StockAsk(str(sku.sku), "CUP-1", 5, "key-2"))
    assert sku.stock == 5


async def test_a_sku_is_found_by_exactly_the_merchants_code(box, clock) -> None:
    """The platform's search finds what begins with it, too."""
    box.shop.offer("CUP-1-BLUE", "蓝", "1.00", 1)
    await straight(box, clock).set_stock(StockAsk("", "CUP-1", 3, "a"))
    assert (box.shop.by_code("CUP-1").stock, box.shop.by_code("CUP-1-BLUE").stock) == (3, 1)


async def test_a_code_that_two_listings_bear_or_none_is_refused(box, clock) -> None:
    box.shop.offer("A", "a", "1.00", 1)
    box.shop.offer("A", "a", "1.00", 1)
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="jd_two_listings"):
        await channel.set_stock(StockAsk("", "A", 3, "a"))
    for code in ("B", ""):
        with pytest.raises(Rejected, match="jd_no_such_listing"):
            await channel.set_stock(StockAsk("", code, 3, "a"))
    with pytest.raises(Rejected, match="sync_bad_quantity"):
        await channel.set_stock(StockAsk("1", "", -1, "a"))
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.set_stock(StockAsk("1:x", "", 1, "a"))
    assert not box.shop.writes


async def test_a_yes_to_the_whole_with_a_no_to_the_sku_is_a_no(box, clock) -> None:
    with pytest.raises(Rejected) as no:
        await straight(box, clock).set_stock(StockAsk("404", "", 3, "a"))
    assert no.value.text == "SKU不存在"


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
    with pytest.raises(Rejected):
        await channel.write_memo(MemoAsk("404", "急", "", "key"))
    assert not asked(box, MEMO)
    assert await channel.write_memo(MemoAsk(number, "长" * 500, "", "key"))
