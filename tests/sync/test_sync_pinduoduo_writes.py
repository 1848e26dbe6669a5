"""Parcels, stock and memos reach Pinduoduo once in effect, whatever becomes of the answer."""

from dataclasses import replace

import pytest

from sync.errors import Ambiguous, Rejected, SyncError, Throttled
from sync.records import MemoAsk, StockAsk
from sync.sandbox.faults import Fault
from tests.sync.pinduoduo_world import channel_for, parcel, sandbox, seed, straight

SEND = "pdd.logistics.online.send"


@pytest.fixture
def box(clock):
    return sandbox(clock)


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


@pytest.fixture
def order(box):
    return box.shop.place(seed())


# --- parcels ---


async def test_a_parcel_ships_the_order_with_the_platforms_number_of_its_carrier(
    box, shop, order
) -> None:
    done = await shop.ship(parcel(order))
    assert (done.external_ref, done.already) == (order.sn, False)
    assert (order.order_status, order.tracking, order.company) == (2, "SF1000000000001", 44)


async def test_a_parcel_told_twice_is_shipped_once(box, shop, order) -> None:
    await shop.ship(parcel(order))
    assert (await shop.ship(parcel(order))).already
    assert box.shop.writes == {"send": 1}


@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "inner", "garbage"])
async def test_a_lost_answer_leaves_one_shipment(box, clock, hasty, order, kind) -> None:
    running = box.server()
    shop = channel_for(box, hasty, clock, await running.start() + "/api/router")
    box.faults.plan(Fault(kind, part=SEND))
    with pytest.raises(Ambiguous):
        await shop.ship(parcel(order))
    assert (await shop.ship(parcel(order))).already
    assert (box.shop.writes, order.numbers) == ({"send": 1}, ["SF1000000000001"])
    await running.stop()


@pytest.mark.parametrize("kind", ["throttle", "resting", "reset_before", "unavailable"])
async def test_a_refused_try_does_nothing_and_may_be_repeated(
    box, clock, http, order, kind
) -> None:
    running = box.server()
    shop = channel_for(box, http, clock, await running.start() + "/api/router")
    box.faults.plan(Fault(kind, part=SEND))
    with pytest.raises((Throttled, Ambiguous)):
        await shop.ship(parcel(order))
    assert box.shop.writes == {}
    assert not (await shop.ship(parcel(order))).already
    await running.stop()


async def test_the_second_parcel_of_a_split_order_is_shown_beside_the_first(
    box, shop, order
) -> None:
    await shop.ship(parcel(order, "SF1", cup=2))
    await shop.ship(parcel(order, "SF2", pot=1))
    assert (await shop.ship(parcel(order, "SF2", pot=1))).already
    assert order.numbers == ["SF1", "SF2"]
    assert box.shop.writes == {"send": 1, "extra": 1}


async def test_a_changed_number_takes_the_place_of_the_one_told_before(box, shop, order) -> None:
    await shop.ship(parcel(order, "SF1"))
    await shop.ship(parcel(order, "SF2", replaces="SF1"))
    assert (await shop.ship(parcel(order, "SF2", replaces="SF1"))).already
    assert (order.numbers, box.shop.writes) == (["SF2"], {"send": 1, "resend": 1})


@pytest.mark.parametrize("status", [2, 3])
async def test_a_number_somebody_else_told_is_never_written_over(box, shop, order, status) -> None:
    box.shop.change(order, order_status=status, tracking="YT9", company=85)
    with pytest.raises(Rejected, match="pdd_other_number") as refused:
        await shop.ship(parcel(order))
    assert (refused.value.details["number"], order.numbers) == ("YT9", ["YT9"])
    with pytest.raises(Rejected, match="pdd_other_number"):
        await shop.ship(parcel(order, replaces="SF-of-another"))
    assert box.shop.writes == {}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"risk": 1}, "pdd_under_review"),
        ({"group_status": 0}, "pdd_not_shippable"),
        ({"confirm_status": 2}, "pdd_not_shippable"),
        ({"refund_status": 4, "after_sales_status": 10}, "pdd_not_shippable"),
    ],
)
async def test_what_must_not_leave_is_refused_by_its_reason(box, shop, order, fields, code) -> None:
    box.shop.change(order, **fields)
    with pytest.raises(Rejected, match=code):
        await shop.ship(parcel(order))
    assert box.shop.writes == {}


async def test_the_platforms_own_no_is_told_in_its_words(box, shop, order) -> None:
    box.shop.change(order, refund_status=3, after_sales_status=4)
    with pytest.raises(Rejected) as refused:
        await shop.ship(parcel(order))
    assert refused.value.foreign_code == "50001/ORDER_REFUNDED"
    assert "退款" in refused.value.text


async def test_a_well_formed_no_is_no_shipment(box, shop, order) -> None:
    name = "logistics_online_send_response"
    box.routes[SEND] = (name, lambda _: {"is_success": False})
    with pytest.raises(Rejected):
        await shop.ship(parcel(order))


@pytest.mark.parametrize(
    ("code", "name"), [("zto", "x"), ("kdniao", "中通快递"), ("ZTO", ""), ("jt", "J&T Express")]
)
async def test_a_carrier_is_found_by_code_or_name_and_asked_for_once(
    box, shop, order, code, name
) -> None:
    await shop.ship(parcel(order, code=code, name=name))
    await shop.ship(parcel(box.shop.place(seed()), code=code, name=name))
    assert order.company == (384 if code == "jt" else 115)
    assert [p["type"] for p in box.heard].count("pdd.logistics.companies.get") == 1


@pytest.mark.parametrize(("code", "name"), [("oldex", ""), ("nobody", "无名快递")])
async def test_a_carrier_the_platform_does_not_take_is_named(shop, order, box, code, name) -> None:
    with pytest.raises(Rejected, match="pdd_no_such_carrier"):
        await shop.ship(parcel(order, code=code, name=name))
    assert box.shop.writes == {}


# --- stock ---


def stock(item, quantity: int) -> StockAsk:
    return StockAsk(f"{item.goods_id}:{item.sku_id}", "CUP-1", quantity, "k")


async def test_stock_is_set_whole_and_never_added_to(box, shop) -> None:
    item = box.shop.goods["CUP-1"]
    for _ in range(3):
        await shop.set_stock(stock(item, 7))
    assert box.shop.stock[(str(item.goods_id), str(item.sku_id))] == 7
    asked = [p for p in box.heard if p["type"] == "pdd.goods.quantity.update"]
    assert {p["update_type"] for p in asked} == {"1"}


async def test_stock_of_nothing_known_or_below_nothing_is_refused(box, shop) -> None:
    item = box.shop.goods["CUP-1"]
    with pytest.raises(Rejected, match="sync_bad_quantity"):
        await shop.set_stock(stock(item, -1))
    for ref in ("12", "12:", "12:x"):
        with pytest.raises(Rejected, match="sync_bad_number"):
            await shop.set_stock(StockAsk(ref, "CUP-1", 1, "k"))
    with pytest.raises(Rejected, match="pdd_no_such_listing"):
        await shop.set_stock(StockAsk("", "CUP-9", 1, "k"))
    with pytest.raises(Rejected) as refused:
        await shop.set_stock(StockAsk("12:13", "CUP-1", 1, "k"))
    assert refused.value.foreign_code == "50001/SKU_NOT_FOUND"


async def test_a_sku_is_found_by_its_merchant_code_where_it_is_the_only_one(box, shop) -> None:
    item = box.shop.goods["CUP-1"]
    done = await shop.set_stock(StockAsk("", "CUP-1", 4, "k"))
    assert done.external_ref == f"{item.goods_id}:{item.sku_id}"
    box.shop.goods["again"] = replace(item, sku_id=1)
    box.shop.stock[(str(item.goods_id), "1")] = 0
    with pytest.raises(Rejected, match="pdd_two_listings"):
        await shop.set_stock(StockAsk("", "CUP-1", 5, "k"))
    assert box.shop.writes == {"stock": 1}


async def test_a_lost_answer_leaves_the_stock_as_set(box, shop) -> None:
    item = box.shop.goods["CUP-1"]
    box.faults.plan(Fault("inner"))
    with pytest.raises(SyncError):
        await shop.set_stock(stock(item, 7))
    await shop.set_stock(stock(item, 7))
    assert box.shop.stock[(str(item.goods_id), str(item.sku_id))] == 7


# --- memos ---


@pytest.mark.parametrize("told", [("red", 1, "红色"), ("purple", 5, "紫色"), ("", 0, "")])
async def test_a_memo_is_set_with_its_flag_and_a_name_for_it(box, shop, order, told) -> None:
    flag, tag, name = told
    assert not (await shop.write_memo(MemoAsk(order.sn, "送到前台", flag, "k"))).already
    assert (order.remark, order.tag, order.tag_name) == ("送到前台", tag, name)
    assert (await shop.write_memo(MemoAsk(order.sn, "送到前台", flag, "k"))).already
    assert box.shop.writes == {"note": 1}


async def test_a_memo_without_a_flag_leaves_the_orders_tag_and_its_name(box, shop, order) -> None:
    box.shop.change(order, tag=3, tag_name="加急")
    await shop.write_memo(MemoAsk(order.sn, "送到前台", "", "k"))
    assert (order.remark, order.tag, order.tag_name) == ("送到前台", 3, "加急")
    await shop.write_memo(MemoAsk(order.sn, "放门口", "green", "k2"))
    assert (order.tag, order.tag_name) == (3, "加急")
    await shop.write_memo(MemoAsk(order.sn, "放门口", "blue", "k3"))
    assert (order.tag, order.tag_name) == (4, "蓝色")


async def test_a_colour_the_platform_lacks_is_refused_before_anything_is_written(
    box, shop, order
) -> None:
    with pytest.raises(Rejected, match="pdd_no_such_flag"):
        await shop.write_memo(MemoAsk(order.sn, "x", "pink", "k"))
    assert box.shop.writes == {}
