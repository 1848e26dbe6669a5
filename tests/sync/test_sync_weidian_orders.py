"""A Weidian shop's order as the shop reads it, and what it costs to know its own time."""

import asyncio
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.weidian_read import ReadAs, read_order
from sync.errors import Malformed, Rejected, SyncError
from sync.json_text import read_json
from sync.ports import AfterSales
from sync.records import NO_MOMENT, MemoAsk, Problem
from sync.sandbox.wd_views import order_view
from tests.sync.platform_world import Canned
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.weidian_world import STATUSES, WORDS, parcel, sandbox, seed, straight

ONE = "vdian.order.get"


@pytest.fixture
def box(clock):
    return sandbox(clock)


def as_told(order):
    """The order as it comes over the wire."""
    return read_json(json.dumps(order_view(order)).encode())


async def only(box, clock, **more):
    """The one order of the shop, read."""
    order = box.shop.place(seed(**more))
    return order, await straight(box, clock).detail(order.number)


def heard(box, name):
    return [method for method, _ in box.heard].count(name)


async def test_an_order_comes_in_whole_in_minor_units_and_utc(box, clock) -> None:
    order, record = await only(box, clock, note="周末送", memo="易碎")
    assert (record.external_id, record.currency) == (order.number, "CNY")
    assert (record.total_minor, record.freight_minor, record.discount_minor) == (5600, 800, 180)
    assert [(x.sku, x.quantity, x.unit_price_minor, x.title) for x in record.lines] == [
        ("CUP-1", 2, 990, "青花茶杯"),
        ("POT-1", 1, 3000, "紫砂壶"),
    ]
    assert [x.external_id for x in record.lines] == [item.sub for item in order.items]
    cup, pot = order.items[0].sku, order.items[1].sku
    refs = [line.listing_ref for line in record.lines]
    assert refs == [f"{cup.item_id}:{cup.sku_id}", f"{pot.item_id}:0"]
    assert (record.buyer_message, record.seller_memo) == ("周末送", "易碎")
    assert (record.raw_status, record.raw_payment, record.hold) == ("status.pay", "PAID", "")
    assert (record.payment_proofs, record.problems) == (("settled",), ())
    assert record.placed.utc_ms == order.created_s * 1000
    to = record.receiver
    assert (to.name, to.phone, to.address) == ("张小满", "13812345678", "市心中路 1 号")
    assert (to.country, to.province, to.city, to.district) == ("CN", "浙江省", "杭州市", "萧山区")


@pytest.mark.req("F009")
async def test_every_state_that_is_known_has_a_word_here_and_another_asks_a_person(
    box, clock
) -> None:
    told = as_told(box.shop.place(seed()))
    words = "unpay pay pend unship_refunding unship_refuse_refunding ship shiped_refunding"
    words += " shiped_refuse_refunding accept accept_refunding finish close"
    orders, payments = set(), set()
    for status, refund, kind in itertools.product(words.split(), "0123", "13"):
        one = {**told, "status": status, "refund_status_ori": refund, "order_type": kind}
        one["pay_time"] = "" if kind == "1" else told["pay_time"]
        record = read_order(one, b"", ReadAs(STATUSES), NO_MOMENT)
        assert record.problems == ()
        orders.add(record.raw_status)
        payments.add(record.raw_payment)
    known = {m: {r for p, k, r in WORDS if p == "weidian" and k == m} for m in ("order", "payment")}
    assert (orders, payments) == (known["order"], known["payment"])
    odd = read_order({**told, "status": "odd"}, b"", ReadAs(STATUSES), NO_MOMENT)
    assert odd.problems == (Problem("unknown_status", "status", "status.odd"),)


@pytest.mark.req("F223")
async def test_money_asked_back_before_it_left_holds_the_order_until_it_is_settled(
    box, clock
) -> None:
    order = box.shop.place(seed())
    shop = straight(box, clock)
    box.shop.ask_back(order, order.items[0])
    assert (await shop.detail(order.number)).hold == "refund"
    box.shop.settle(order, order.items[0], paid=False)
    record = await shop.detail(order.number)
    assert (record.hold, record.raw_payment) == ("", "refund_status_ori.3")


async def test_an_item_whose_money_went_back_before_it_left_is_owed_no_more(box, clock) -> None:
    order = box.shop.place(seed())
    box.shop.ask_back(order, order.items[0])
    box.shop.settle(order, order.items[0], paid=True)
    shop = straight(box, clock)
    record = await shop.detail(order.number)
    assert (record.raw_status, record.raw_payment) == ("status.pay", "PARTLY_REFUNDED")
    assert [x.quantity - x.quantity_refunded for x in record.lines] == [0, 1]
    assert [(r.external_id, r.amount_minor) for r in record.refunds] == [
        (order.items[0].refund_no, 1980)
    ]
    box.shop.ask_back(order, order.items[1], 3620)
    box.shop.settle(order, order.items[1], paid=True)
    record = await shop.detail(order.number)
    assert (record.raw_status, record.raw_payment) == ("status.close/refunded", "REFUNDED")


# --- when it changed ---


async def test_when_an_order_changed_is_told_by_the_list_alone(box, clock) -> None:
    order = box.shop.place(seed())
    clock.turn(4000)
    box.shop.change(order, memo="x")
    clock.turn(100)
    (record,) = (await pull_all(straight(box, clock)))[0]
    assert record.version == order.updated_s * 1000
    assert (record.modified.utc_ms, record.modified.zone) == (record.version, "Asia/Shanghai")


async def test_an_order_read_by_itself_is_newer_than_all_that_it_surely_shows(box, clock) -> None:
    """A change of the last two minutes may not be in it yet: the list's word of it is newer."""
    order, shop = box.shop.place(seed()), straight(box, clock)
    clock.turn(4000)
    record = await shop.detail(order.number)
    assert record.version == clock.ms - 120_000
    box.shop.touch(order)
    clock.turn(100)
    (listed,) = (await pull_all(shop))[0]
    assert listed.version > record.version


async def test_an_order_whose_row_did_not_change_is_read_once(box, clock) -> None:
    shop = straight(box, clock)
    order = box.shop.place(seed())
    clock.turn(100)
    first, _, cursor = await pull_all(shop)
    clock.turn(100)
    again, _, _ = await pull_all(shop, cursor)
    assert (first, heard(box, ONE)) == (again, 1)
    box.shop.change(order, memo="x")
    clock.turn(100)
    records, _, _ = await pull_all(shop, cursor)
    assert ([each.seller_memo for each in records], heard(box, ONE)) == (["x"], 2)


# --- what cannot be read, and what is not known ---


async def test_one_broken_row_does_not_take_its_page_with_it(box, clock) -> None:
    good = box.shop.place(seed())
    for broken in ({"order_id": None}, {"order_id": "a b"}, {"order_id": ["1"]}):
        box.shop.place(seed(told=broken))
    clock.turn(600)
    records, kept, _ = await pull_all(straight(box, clock))
    assert {record.external_id for record in records} == {good.number}
    assert len({each.raw for each in kept}) == 3


async def test_an_element_that_is_no_json_is_kept_aside_with_its_number(box, clock) -> None:
    page = (
        b'{"status":{"status_code":0},"result":{"orders":['
        b'{"order_id":"47813","x":NaN},{"order_id":47814,"order_id":"x"},5],"total_num":3}}'
    )
    batch = await straight(box, clock, http=Canned(page), tool=True, app_key="").pull("")
    assert [each.external_id for each in batch.kept_aside] == ["47813", "47814", ""]
    assert (batch.records, batch.kept_aside[2].raw) == ((), b"5")


async def test_what_nobody_knows_how_to_do_is_not_pretended(box, clock) -> None:
    shop = straight(box, clock)
    assert not isinstance(shop, AfterSales)
    with pytest.raises(Rejected, match="weidian_no_memo"):
        await shop.write_memo(MemoAsk("1", "x", "", "k"))
    assert "memo" not in shop.caps.flags


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**24),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    st.text(max_size=12),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["order_id", "refund_status"]), st.none()),
)
HEAD = """
    status refund_status_ori order_type add_time pay_time send_time price total express_fee note
    seller_note trade_no buyer_info items express_no
"""
ITEM = "sub_order_id item_id sku_id item_name quantity price is_delivered refund_info merchant_code"


def odd_fields(names):
    return st.dictionaries(st.sampled_from(names.split()), ODD, max_size=10)


@settings(max_examples=25, deadline=None)
@given(odd_fields(HEAD), odd_fields(ITEM))
def test_whatever_an_order_says_it_is_read_and_kept(head, item) -> None:
    row = {"refund_info": {"refund_status": "2", "refund_fee": "1.00"}, **item}
    told = {"order_id": "47813", "items": [row], **head}
    record = read_order(told, b"raw", ReadAs(STATUSES), NO_MOMENT)
    assert (record.external_id, record.raw) == ("47813", b"raw")
    assert record.total_minor >= 0
    for line in record.lines:
        assert line.quantity >= line.quantity_shipped + line.quantity_refunded >= 0


@settings(max_examples=25, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.from_regex(rb'\{"[a-z_]{1,30}":.{0,40}\}'),
        st.from_regex(rb'\{"status":\{"status_code":0\},"result":.{0,40}\}'),
    )
)
def test_whatever_the_gateway_answers_only_our_errors_come_out(body) -> None:
    clock = HandClock()
    shop = straight(sandbox(clock), clock, http=Canned(body), tool=True)
    order = sandbox(clock).shop.place(seed())
    for act in (shop.pull(""), shop.detail("47813"), shop.ship(parcel(order)), shop.check()):
        try:
            asyncio.run(act)
        except SyncError:
            continue


async def test_an_order_that_is_not_there_is_named(box, clock) -> None:
    with pytest.raises(Rejected) as refused:
        await straight(box, clock).detail("404")
    assert refused.value.text == "订单不存在"
    with pytest.raises(Rejected, match="sync_bad_number"):
        await straight(box, clock).detail('1"},"x":"')
    named = b'{"status":{"status_code":"0"},"result":{"order_id":"1"}}'
    with pytest.raises(Rejected, match="weidian_no_such_order"):
        await straight(box, clock, http=Canned(named), tool=True).detail("404")


@pytest.mark.parametrize("told", ['{"total_num":3}', '{"orders":[]}', '{"total_num":-1}', "[]"])
async def test_a_page_without_the_rows_it_counts_is_no_page(box, clock, told) -> None:
    body = f'{{"status":{{"status_code":0}},"result":{told}}}'.encode()
    with pytest.raises(Malformed, match="weidian_odd_answer"):
        await straight(box, clock, http=Canned(body), tool=True).pull("")
