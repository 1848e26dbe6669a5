"""A Douyin shop's order as the shop reads it: whole, masked as it came, and nothing guessed."""

import asyncio
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.douyin_read import ReadAs, read_order
from sync.channels.douyin_refunds import read_after_sale, read_refunds
from sync.errors import Malformed, Rejected, SyncError
from sync.json_text import Element, read_json
from sync.ports import AfterSales
from sync.records import AfterSaleAsk, Problem, RefundRecord
from sync.sandbox.dy_views import order_view
from tests.sync.douyin_world import STATUSES, WORDS, parcel, sandbox, seed, straight
from tests.sync.platform_world import Canned
from tests.sync.sync_world import HandClock, pull_all


@pytest.fixture
def box(clock):
    return sandbox(clock)


def as_told(box, order):
    """The order as it comes over the wire."""
    return read_json(json.dumps(order_view(box.shop, order)).encode())


async def only(box, clock, **more):
    """The one order of the shop, read."""
    order = box.shop.place(seed(**more))
    return order, await straight(box, clock).detail(order.number)


async def test_an_order_comes_in_whole_in_fen_and_utc(box, clock) -> None:
    order, record = await only(
        box, clock, buyer_words="周末送", seller_words="易碎", stars=4, gifts=[("POT-1", 1)]
    )
    assert (record.external_id, record.currency) == (order.number, "CNY")
    assert (record.total_minor, record.freight_minor, record.discount_minor) == (5600, 800, 180)
    assert [(x.sku, x.quantity, x.unit_price_minor, x.total_minor) for x in record.lines] == [
        ("CUP-1", 2, 990, 1980),
        ("POT-1", 1, 3000, 3000),
        ("POT-1", 1, 0, 0),
    ]
    assert [x.gift for x in record.lines] == [False, False, True]
    assert [x.external_id for x in record.lines] == [sub.number for sub in order.subs]
    sku = order.subs[0].sku
    assert record.lines[0].listing_ref == f"{sku.product_id}:{sku.sku_id}"
    assert (record.buyer_message, record.seller_memo, record.flag) == ("周末送", "易碎", "yellow")
    assert (record.raw_status, record.raw_payment) == ("order_status.2", "PAID")
    assert (record.payment_proofs, record.problems) == (("settled", "callback"), ())
    assert record.placed.utc_ms == order.created_s * 1000
    assert record.version == order.updated_s * 1000
    assert record.promise is not None
    assert record.promise.utc_ms == (order.pay_s + 48 * 3600) * 1000


async def test_a_time_of_nought_is_no_time_and_an_impossible_one_is_kept_and_told(
    box, clock
) -> None:
    told = {"finish_time": 0, "exp_ship_time": 10**14, "pay_time": None}
    _, record = await only(box, clock, told=told)
    assert (record.completed.raw, record.paid.raw) == ("", "")
    assert record.problems == (Problem("bad_time", "exp_ship_time", str(10**14)),)


@pytest.mark.req("F009")
async def test_every_state_of_the_pages_has_a_word_here_and_another_asks_a_person(
    box, clock
) -> None:
    told = as_told(box, box.shop.place(seed()))
    orders, mains = (1, 105, 2, 101, 3, 4, 5), (0, 21, 22, 39, 103)
    after = (0, 6, 7, 8, 11, 12, 13, 14, 27, 28, 29, 51, 53)
    part = (RefundRecord("1", 100, "", read_order(told, b"", ReadAs(), ()).placed),)
    order_words, payment_words = set(), set()
    for status, main, sale, refunds in itertools.product(orders, mains, after, ((), part)):
        one = {**told, "order_status": status, "main_status": main, "pay_time": 1_700_000_000}
        info = {"after_sale_status": sale, "refund_status": 1}
        one["sku_order_list"] = [{**told["sku_order_list"][0], "after_sale_info": info}]
        record = read_order(one, b"", ReadAs(STATUSES), refunds)
        assert record.problems == ()
        order_words.add(record.raw_status)
        payment_words.add(record.raw_payment)
    known = {m: {r for p, k, r in WORDS if p == "douyin" and k == m} for m in ("order", "payment")}
    assert order_words == known["order"]
    assert payment_words == (known["payment"] - {"COD"}) | {""}
    cash = read_order({**told, "pay_type": 0, "pay_time": 0}, b"", ReadAs(STATUSES), ())
    assert (cash.raw_payment, cash.payment_proofs) == ("COD", ())
    odd = read_order({**told, "order_status": 77}, b"", ReadAs(STATUSES), ())
    assert odd.problems == (Problem("unknown_status", "order_status", "order_status.77"),)


# --- the receiver ---


async def test_the_receiver_stays_masked_and_sealed_as_the_platform_gives_it(box, clock) -> None:
    order, record = await only(box, clock)
    to = record.receiver
    assert (to.name, to.phone, to.address) == ("张**", "138****5678", "北干街道市心******")
    assert (to.country, to.province, to.city, to.district) == ("CN", "浙江省", "杭州市", "萧山区")
    sealed = json.loads(to.cipher)
    assert sealed["encrypt_post_receiver"] == box.shop.cipher(order, "name")
    assert sealed["encrypt_post_tel"] == box.shop.cipher(order, "phone")
    assert sealed["encrypt_detail"] == box.shop.cipher(order, "detail")
    for plain in ("张小满", "13812345678", "市心中路"):
        assert plain not in repr(record)


async def test_ciphertexts_without_masks_are_kept_and_nothing_is_guessed(box, clock) -> None:
    bare = {"mask_post_receiver": "", "mask_post_tel": None, "mask_post_addr": None}
    _, record = await only(box, clock, told=bare)
    assert (record.receiver.name, record.receiver.phone) == ("", "")
    assert record.receiver.city == "杭州市"
    assert "encrypt_post_tel" in json.loads(record.receiver.cipher)


# --- what stops it ---


@pytest.mark.parametrize(("status", "hold"), [(105, "other"), (2, ""), (3, ""), (1, "")])
async def test_what_the_platform_lets_nobody_send_yet_is_held(box, clock, status, hold) -> None:
    _, record = await only(box, clock, status=status)
    assert record.hold == hold


async def test_a_refund_asked_before_it_left_holds_the_order_until_it_is_settled(
    box, clock
) -> None:
    order = box.shop.place(seed())
    asked = box.shop.ask_back(order, 2, order.subs[:1])
    shop = straight(box, clock)
    record = await shop.detail(order.number)
    assert (record.hold, record.raw_payment) == ("refund", "after_sale_status.6")
    clock.turn(5)
    box.shop.settle(order, asked, 28)
    assert (await shop.detail(order.number)).hold == ""


async def test_what_the_platforms_own_warehouse_sends_is_held(box, clock) -> None:
    order = box.shop.place(seed(items=[("CUP-1", 1)]))
    sub = order_view(box.shop, order)["sku_order_list"][0]
    order.told = {"sku_order_list": [{**sub, "inventory_list": [{"warehouse_type": 2}]}]}
    assert (await straight(box, clock).detail(order.number)).hold == "service"


# --- money back ---


async def test_a_sub_order_whose_money_went_back_before_it_left_is_owed_no_more(box, clock) -> None:
    order = box.shop.place(seed())
    box.shop.settle(order, box.shop.ask_back(order, 2, order.subs[:1]), 12)
    record = await straight(box, clock).detail(order.number)
    assert (record.raw_status, record.raw_payment) == ("order_status.2", "PARTLY_REFUNDED")
    assert [x.quantity - x.quantity_refunded for x in record.lines] == [0, 1]
    assert [(each.amount_minor, each.reason) for each in record.refunds] == [(1980, "不想要了")]


async def test_all_money_back_before_it_left_ends_the_order(box, clock) -> None:
    order = box.shop.place(seed())
    box.shop.settle(order, box.shop.ask_back(order, 2, order.subs, order.pay_fen), 12)
    record = await straight(box, clock).detail(order.number)
    assert (record.raw_status, record.raw_payment) == ("main_status.21", "REFUNDED")
    assert [x.quantity - x.quantity_refunded for x in record.lines] == [0, 0]


async def test_money_back_after_it_left_leaves_the_goods_as_they_are(box, clock) -> None:
    order = box.shop.place(seed())
    shop = straight(box, clock)
    await shop.ship(parcel(order))
    box.shop.settle(order, box.shop.ask_back(order, 1, order.subs[:1], 100), 12)
    record = await shop.detail(order.number)
    assert record.raw_payment == "PARTLY_REFUNDED"
    assert [(x.quantity_refunded, x.quantity_shipped) for x in record.lines] == [(0, 2), (0, 1)]


async def test_after_sales_are_asked_for_once_per_change_of_their_order(box, clock) -> None:
    order = box.shop.place(seed())
    asked = box.shop.ask_back(order, 2, order.subs)
    shop = straight(box, clock)
    for _ in range(3):
        await shop.detail(order.number)
    assert [method for method, _ in box.heard].count("afterSale.List") == 1
    clock.turn(5)
    box.shop.settle(order, asked, 12)
    assert len((await shop.detail(order.number)).refunds) == 1


async def test_an_order_whose_after_sales_are_not_shown_is_still_an_order(box, clock) -> None:
    order = box.shop.place(seed())
    box.shop.settle(order, box.shop.ask_back(order, 1, order.subs[:1]), 12)
    shop = straight(box, clock)
    box.routes["afterSale.List"] = box.routes["order.orderDetail"]
    record = await shop.detail(order.number)
    assert [(each.code, each.field) for each in record.problems] == [("unreadable", "after_sales")]
    assert record.raw_payment == "PARTLY_REFUNDED"


# --- what buyers ask back, as a list ---


async def test_what_buyers_ask_back_is_listed_with_its_kind_and_answered_there(box, clock) -> None:
    shop = straight(box, clock)
    assert isinstance(shop, AfterSales)
    orders = [box.shop.place(seed()) for _ in range(5)]
    kinds = (0, 1, 2, 3, 6)
    for order, kind in zip(orders, kinds, strict=True):
        box.shop.ask_back(order, kind, order.subs[:1])
    clock.turn(600)
    found, cursor, more = [], "", True
    while more:
        batch = await shop.after_sales(cursor)
        found += batch.records
        cursor, more = batch.next_cursor, batch.more
    told = {each.order_id: each.kind for each in found}
    names = ("return", "refund", "refund", "exchange", "other")
    assert told == {order.number: name for order, name in zip(orders, names, strict=True)}
    one = await shop.after_sale(orders[0].after_sales[0].number)
    assert (one.line_id, one.amount_minor, one.quantity) == (orders[0].subs[0].number, 1980, 2)
    assert (one.raw_status, one.may) == ("aftersale_status.6", frozenset())
    ask = AfterSaleAsk(one.external_id, "agree", one.version, one.amount_minor, "")
    with pytest.raises(Rejected, match="douyin_answer_there"):
        await shop.answer(ask)
    with pytest.raises(Rejected, match="douyin_no_such_after_sale"):
        await shop.after_sale("404")


# --- what cannot be read ---


async def test_one_broken_order_does_not_take_its_page_with_it(box, clock) -> None:
    good = box.shop.place(seed())
    for broken in ({"order_id": None}, {"order_id": "a b"}, {"order_id": ["1"]}):
        box.shop.place(seed(told=broken))
    clock.turn(600)
    records, kept, _ = await pull_all(straight(box, clock))
    assert {record.external_id for record in records} == {good.number}
    assert len({each.raw for each in kept}) == 3


async def test_an_element_that_is_no_json_is_kept_aside_with_its_number(box, clock) -> None:
    page = (
        b'{"code":10000,"data":{"shop_order_list":['
        b'{"order_id":"47813","pay_amount":NaN},{"order_id":"47814","order_id":"x"},5],'
        b'"total":3,"page":0}}'
    )
    shop = straight(box, clock, http=Canned(page), tool=True)
    batch = await shop.pull(json.dumps({"since_s": clock.now_s() - 600}))
    assert [each.external_id for each in batch.kept_aside] == ["47813", "47814", ""]
    assert (batch.records, batch.kept_aside[2].raw) == ((), b"5")


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**24),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    st.text(max_size=12),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["order_id", "sku_id", "refund_status"]), st.none()),
)
NAMES = """
    order_status main_status create_time update_time pay_time exp_ship_time finish_time pay_amount
    post_amount promotion_amount tax_amount sku_order_list logistics_info post_addr mask_post_addr
    mask_post_receiver encrypt_post_tel seller_words seller_remark_stars buyer_words pay_type
    channel_payment_no doudian_open_id
"""
SUB = """
    order_id order_status product_id sku_id code out_sku_id item_num origin_amount spec
    after_sale_info inventory_list pre_sale_type given_product_type product_pic
"""
SALE = "aftersale_type aftersale_status update_time refund_amount aftersale_num refund_status"


def odd_fields(names):
    return st.dictionaries(st.sampled_from(names.split()), ODD, max_size=12)


@settings(max_examples=40, deadline=None)
@given(odd_fields(NAMES), odd_fields(SUB), odd_fields(SALE))
def test_whatever_an_order_says_it_is_read_and_kept(odd, odd_sub, odd_sale) -> None:
    told = {"order_id": "47813", "order_status": 2, "sku_order_list": [odd_sub], **odd}
    info = {"aftersale_id": "1", "refund_status": 3, **odd_sale}
    row = {"aftersale_info": info, "order_info": {"shop_order_id": "47813"}}
    refunds, _ = read_refunds([Element(row, None, b"{}")], "47813")
    record = read_order(told, b"raw", ReadAs(STATUSES), refunds)
    assert (record.external_id, record.raw) == ("47813", b"raw")
    assert record.total_minor >= 0
    assert all(line.quantity >= line.quantity_shipped >= 0 for line in record.lines)
    assert read_after_sale(row, b"raw").amount_minor >= 0


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.from_regex(rb'\{"[a-z_]{1,30}":.{0,40}\}'),
        st.from_regex(rb'\{"code":10000,"data":.{0,40}\}'),
    )
)
def test_whatever_the_gateway_answers_only_our_errors_come_out(body) -> None:
    clock = HandClock()
    shop = straight(sandbox(clock), clock, http=Canned(body), tool=True)
    order = sandbox(clock).shop.place(seed())
    acts = (shop.pull(""), shop.detail("47813"), shop.ship(parcel(order)), shop.check())
    for act in (*acts, shop.after_sales("")):
        try:
            asyncio.run(act)
        except SyncError:
            continue


async def test_an_order_that_is_not_there_is_named(box, clock) -> None:
    with pytest.raises(Rejected) as refused:
        await straight(box, clock).detail("404")
    assert refused.value.foreign_code == "50002/isv.business-failed:60033"
    with pytest.raises(Rejected, match="sync_bad_number"):
        await straight(box, clock).detail('1"},"x":"')
    named = b'{"code":10000,"data":{"shop_order_detail":{"order_id":"1"}}}'
    with pytest.raises(Rejected, match="douyin_no_such_order"):
        await straight(box, clock, http=Canned(named), tool=True).detail("404")


async def test_a_page_without_the_rows_it_counts_is_no_page(box, clock) -> None:
    for told in ({"total": 3, "shop_order_list": None}, {"shop_order_list": []}, {"total": -1}):
        body = json.dumps({"code": 10000, "data": told}).encode()
        with pytest.raises(Malformed, match="douyin_odd_answer"):
            await straight(box, clock, http=Canned(body), tool=True).pull("")
