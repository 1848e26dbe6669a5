"""Parcels, stock and memos reach Douyin once in effect, whatever becomes of the answer."""

import pytest

from sync.errors import Ambiguous, Rejected, SyncError, Throttled
from sync.records import MemoAsk, StockAsk
from sync.sandbox.faults import Fault
from tests.sync.douyin_world import channel_for, parcel, sandbox, seed, straight

WHOLE, PART = "order.logisticsAdd", "order.logisticsAddMultiPack"


@pytest.fixture
def box(clock):
    return sandbox(clock)


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


@pytest.fixture
def order(box):
    return box.shop.place(seed())


def numbers(order):
    return [pack.tracking for pack in order.packs]


# --- parcels ---


@pytest.mark.parametrize("named", [{}, {"cup": 2, "pot": 1}])
async def test_a_whole_order_is_shipped_with_the_platforms_code_of_its_carrier(
    box, shop, order, named
) -> None:
    done = await shop.ship(parcel(order, **named))
    assert (done.external_ref, done.already) == (order.number, False)
    assert (order.status, numbers(order)) == (3, ["SF1000000000001"])
    assert (order.packs[0].company, box.shop.writes) == ("shunfeng", {"whole": 1})


async def test_a_parcel_told_twice_is_shipped_once(box, shop, order) -> None:
    await shop.ship(parcel(order))
    assert (await shop.ship(parcel(order))).already
    assert box.shop.writes == {"whole": 1}


KINDS = ("late", "reset_after", "cut", "inner", "garbage")


@pytest.mark.parametrize(("kind", "named"), [(k, n) for k in KINDS for n in ({}, {"cup": 1})])
async def test_a_lost_answer_leaves_one_shipment(box, clock, hasty, kind, named) -> None:
    order, running = box.shop.place(seed()), box.server()
    shop = channel_for(box, hasty, clock, await running.start())
    box.faults.plan(Fault(kind, part=PART if named else WHOLE))
    with pytest.raises(Ambiguous):
        await shop.ship(parcel(order, **named))
    assert (await shop.ship(parcel(order, **named))).already
    assert (sum(box.shop.writes.values()), numbers(order)) == (1, ["SF1000000000001"])
    await running.stop()


@pytest.mark.parametrize("kind", ["throttle", "reset_before", "unavailable"])
async def test_a_refused_try_does_nothing_and_may_be_repeated(
    box, clock, http, order, kind
) -> None:
    running = box.server()
    shop = channel_for(box, http, clock, await running.start())
    box.faults.plan(Fault(kind, part=WHOLE))
    with pytest.raises((Throttled, Ambiguous)):
        await shop.ship(parcel(order))
    assert box.shop.writes == {}
    assert not (await shop.ship(parcel(order))).already
    await running.stop()


async def test_an_order_leaves_in_parts_unit_by_unit_and_the_rest_is_known(
    box, shop, order
) -> None:
    await shop.ship(parcel(order, "SF1", cup=1, key="k1"))
    record = await shop.detail(order.number)
    assert (record.raw_status, [x.quantity_shipped for x in record.lines]) == (
        "order_status.101",
        [1, 0],
    )
    await shop.ship(parcel(order, "SF2", pot=1, key="k2"))
    await shop.ship(parcel(order, "SF3", key="k3"))  # whatever is left
    assert (order.status, numbers(order)) == (3, ["SF1", "SF2", "SF3"])
    assert order.packs[2].units == {order.subs[0].number: 1}
    assert box.shop.writes == {"part": 3}


async def test_a_part_asked_again_under_its_key_is_done_once(box, shop, order) -> None:
    await shop.ship(parcel(order, "SF1", cup=1))
    order.told = {"logistics_info": []}  # the parcel is not shown yet
    await shop.ship(parcel(order, "SF1", cup=1))
    assert (numbers(order), box.shop.writes) == (["SF1"], {"part": 1})


async def test_what_was_given_back_before_it_left_is_not_in_the_parcel(box, shop, order) -> None:
    box.shop.settle(order, box.shop.ask_back(order, 2, order.subs[:1]), 12)
    await shop.ship(parcel(order))
    assert order.packs[0].units == {order.subs[1].number: 1}


async def test_a_changed_number_takes_the_place_of_the_one_told_before(box, shop, order) -> None:
    await shop.ship(parcel(order, "SF1"))
    await shop.ship(parcel(order, "SF2", replaces="SF1"))
    assert (await shop.ship(parcel(order, "SF2", replaces="SF1"))).already
    assert (numbers(order), box.shop.writes) == (["SF2"], {"whole": 1, "edit": 1})


async def test_a_changed_number_of_one_parcel_of_several_leaves_the_others(
    box, shop, order
) -> None:
    await shop.ship(parcel(order, "SF1", cup=2, key="k1"))
    await shop.ship(parcel(order, "SF1B", cup=2, key="k2", replaces="SF1"))
    await shop.ship(parcel(order, "SF2", pot=1, key="k3"))
    await shop.ship(parcel(order, "SF9", pot=1, key="k4", replaces="SF2"))
    assert numbers(order) == ["SF1B", "SF9"]


async def test_the_one_parcel_of_an_order_that_was_split_is_changed_by_its_own_number(
    box, shop
) -> None:
    order = box.shop.place(seed(items=[("CUP-1", 1), ("POT-1", 1)]))
    box.shop.settle(order, box.shop.ask_back(order, 2, order.subs[:1]), 12)
    await shop.ship(parcel(order, "SF1"))
    await shop.ship(parcel(order, "SF2", replaces="SF1"))
    assert numbers(order) == ["SF2"]
    assert box.refused == ["50002/isv.business-failed:70011"]


async def test_a_number_somebody_else_told_is_never_written_over(box, shop, order) -> None:
    await shop.ship(parcel(order, "YT9"))
    with pytest.raises(Rejected, match="douyin_other_number") as refused:
        await shop.ship(parcel(order))
    assert (refused.value.details["number"], numbers(order)) == ("YT9", ["YT9"])
    with pytest.raises(Rejected, match="douyin_other_number"):
        await shop.ship(parcel(order, replaces="SF-of-another"))
    assert box.shop.writes == {"whole": 1}


@pytest.mark.parametrize("status", [1, 105, 4])
async def test_what_must_not_leave_is_refused_by_its_state(box, shop, order, status) -> None:
    box.shop.change(order, status=status)
    with pytest.raises(Rejected, match="douyin_not_shippable") as refused:
        await shop.ship(parcel(order))
    assert refused.value.foreign_code == f"order_status.{status}"
    assert box.shop.writes == {}


async def test_a_refund_asked_for_is_never_refused_by_shipping(box, shop, order) -> None:
    box.shop.ask_back(order, 2, order.subs[:1])
    with pytest.raises(Rejected, match="douyin_refund_asked"):
        await shop.ship(parcel(order))
    await shop.ship(parcel(order, pot=1))  # the other sub-order may go
    asked = [params for method, params in box.heard if method in (WHOLE, PART)]
    assert [order.subs[1].number] == list(order.packs[0].units)
    assert all("is_reject_refund" not in params for params in asked)


async def test_a_refund_asked_for_meanwhile_is_told_in_the_platforms_words(
    box, shop, order
) -> None:
    order.told = {"sku_order_list": []}
    box.shop.ask_back(order, 2, order.subs[:1])
    with pytest.raises(Rejected) as refused:
        await shop.ship(parcel(order, cup=2))
    assert refused.value.foreign_code == "50002/isv.business-failed:60040"
    assert "退款" in refused.value.text


@pytest.mark.parametrize(
    ("code", "name"), [("zto", "x"), ("kdniao", "中通快递"), ("jt", "J&T Express"), ("yunda", "")]
)
async def test_a_carrier_is_found_by_code_or_name_and_asked_for_once(
    box, shop, order, code, name
) -> None:
    await shop.ship(parcel(order, code=code, name=name))
    await shop.ship(parcel(box.shop.place(seed()), code=code, name=name))
    named = {"jt": "jtexpress", "yunda": "yunda"}
    assert order.packs[0].company == named.get(code, "zhongtong")
    assert [method for method, _ in box.heard].count("order.logisticsCompanyList") == 1


async def test_a_carrier_the_platform_does_not_take_is_named(box, shop, order) -> None:
    with pytest.raises(Rejected, match="douyin_no_such_carrier"):
        await shop.ship(parcel(order, code="nobody", name="无名快递"))
    assert box.shop.writes == {}


# --- stock ---


def stock(sku, quantity: int) -> StockAsk:
    return StockAsk(f"{sku.product_id}:{sku.sku_id}", "CUP-1", quantity, "k")


async def test_stock_is_set_whole_and_never_added_to(box, shop) -> None:
    sku = box.shop.skus["CUP-1"]
    for _ in range(3):
        await shop.set_stock(stock(sku, 7))
    assert sku.stock == 7
    asked = [params for method, params in box.heard if method == "sku.syncStock"]
    assert {params["incremental"] for params in asked} == {False}


async def test_stock_of_nothing_known_or_below_nothing_is_refused(box, shop) -> None:
    with pytest.raises(Rejected, match="sync_bad_quantity"):
        await shop.set_stock(stock(box.shop.skus["CUP-1"], -1))
    for ref in ("12:", "12:x", "x:1"):
        with pytest.raises(Rejected, match="sync_bad_number"):
            await shop.set_stock(StockAsk(ref, "CUP-1", 1, "k"))
    with pytest.raises(Rejected, match="douyin_no_such_listing"):
        await shop.set_stock(StockAsk("", "", 1, "k"))
    for ref, sku in (("", "CUP-9"), ("12:13", "CUP-1")):
        with pytest.raises(Rejected, match="sync_rejected") as refused:
            await shop.set_stock(StockAsk(ref, sku, 1, "k"))
        assert refused.value.foreign_code.startswith("40004/isv.parameter-invalid:")
    assert box.shop.writes == {}


async def test_a_sku_is_found_by_its_merchant_code_unless_its_stock_is_regional(box, shop) -> None:
    sku = box.shop.skus["CUP-1"]
    await shop.set_stock(StockAsk("", "CUP-1", 4, "k"))
    assert sku.stock == 4
    sku.sku_type = 1
    with pytest.raises(Rejected, match="douyin_regional_stock"):
        await shop.set_stock(StockAsk("", "CUP-1", 5, "k"))
    assert (sku.stock, box.shop.writes) == (4, {"stock": 1})


async def test_a_lost_answer_leaves_the_stock_as_set(box, shop) -> None:
    sku = box.shop.skus["CUP-1"]
    box.faults.plan(Fault("inner", part="sku.syncStock"))
    with pytest.raises(SyncError):
        await shop.set_stock(stock(sku, 7))
    await shop.set_stock(stock(sku, 7))
    assert sku.stock == 7


# --- memos ---


@pytest.mark.parametrize("told", [("red", 5), ("purple", 1), ("blue", 2), ("yellow", 4), ("", 0)])
async def test_a_memo_is_set_with_its_flag(box, shop, order, told) -> None:
    flag, star = told
    assert not (await shop.write_memo(MemoAsk(order.number, "送到前台", flag, "k"))).already
    assert (order.seller_words, order.stars) == ("送到前台", star)
    assert (await shop.write_memo(MemoAsk(order.number, "送到前台", flag, "k"))).already
    assert box.shop.writes == {"memo": 1}
    assert (await shop.detail(order.number)).flag == flag


async def test_a_memo_without_a_flag_leaves_the_orders_own_and_grey_takes_it_away(
    box, shop, order
) -> None:
    box.shop.change(order, stars=3)
    await shop.write_memo(MemoAsk(order.number, "送到前台", "", "k"))
    assert (order.seller_words, order.stars) == ("送到前台", 3)
    await shop.write_memo(MemoAsk(order.number, "送到前台", "grey", "k2"))
    assert order.stars == 0


async def test_a_memo_that_is_too_long_is_refused_whole_and_never_cut(box, shop, order) -> None:
    await shop.write_memo(MemoAsk(order.number, "字" * 60, "", "k"))
    with pytest.raises(Rejected, match="douyin_memo_too_long") as refused:
        await shop.write_memo(MemoAsk(order.number, "长" * 61, "", "k2"))
    assert refused.value.details["size"] == 61
    assert order.seller_words == "字" * 60


async def test_a_colour_the_platform_lacks_is_refused_before_anything_is_written(
    box, shop, order
) -> None:
    with pytest.raises(Rejected, match="douyin_no_such_flag"):
        await shop.write_memo(MemoAsk(order.number, "x", "pink", "k"))
    assert box.shop.writes == {}
