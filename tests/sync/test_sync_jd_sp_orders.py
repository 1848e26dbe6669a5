"""A JD order of the newer gateway as the shop reads it: whole, masked, and nothing guessed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rulebook import load
from sync.channels.jd_read import STATES, STOPPED, ReadAs, aside, order_id
from sync.channels.jd_sp_read import read_order
from sync.channels.jd_sp_refunds import read_after_sale
from sync.channels.jd_sp_states import SpRefunds
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.json_text import Element, read_json
from sync.reading import mapping
from sync.sandbox.jd_sp_answers import AFS_LIST, LIST
from sync.sandbox.jd_sp_gate import SpNo
from sync.sandbox.jd_sp_shop import RECEIVER
from sync.sandbox.jd_sp_views import after_sale_view, order_view
from tests.sync.jd_sp_world import asked, parcel, sandbox, sold, straight
from tests.sync.platform_world import Canned
from tests.sync.sync_world import HandClock, pull_all

WORDS = load().status.rows


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def only(box, clock, **more):
    """The one order of the shop, read."""
    order = sold(box, **more)
    return order, await straight(box, clock).detail(str(order.number))


async def test_an_order_comes_in_whole_in_fen_and_utc(box, clock) -> None:
    paid = {"paymentType": 4, "paymentConfirmTime": clock.ms + 60_000, "shouldPayAmount": 56}
    paid |= {"actualPayAmount": 50, "freightFee": 8.5, "taxInfo": {"taxFee": 0.7}}
    order, record = await only(
        box,
        clock,
        paymentInfo=paid,
        sellerTradePriceInfo={"totalSellerDiscountAmount": 1.8},
        buyerRemark={"remark": "周末送"},
        memo="易碎",
        flag=3,
    )
    assert (record.external_id, record.currency) == (str(order.number), "CNY")
    amounts = (record.total_minor, record.freight_minor, record.discount_minor, record.tax_minor)
    assert amounts == (5600, 850, 180, 70)
    assert [(x.sku, x.quantity, x.unit_price_minor, x.total_minor) for x in record.lines] == [
        ("CUP-1", 2, 990, 1980),
        ("POT-1", 1, 3000, 3000),
    ]
    assert [x.external_id for x in record.lines] == [item.uuid for item in order.items]
    assert [x.listing_ref for x in record.lines] == [str(item.sku) for item in order.items]
    assert (record.lines[0].variant, record.lines[0].picture_url) == ("白色", "")
    words = (record.buyer_message, record.seller_memo, record.flag)
    assert words == ("周末送", "易碎", "green")
    assert (record.raw_status, record.raw_payment) == ("WAIT_SELLER_STOCK_OUT", "PAID")
    assert (record.payment_proofs, record.problems) == (("settled",), ())
    times = (record.placed.utc_ms, record.version, record.paid.utc_ms)
    assert times == (clock.ms, clock.ms, clock.ms + 60_000)
    assert record.promise is not None
    assert record.promise.utc_ms == clock.ms + 172_800_000


async def test_a_time_that_has_not_come_is_none_and_one_that_cannot_be_is_told(box, clock) -> None:
    paid = {"paymentType": 1, "paymentConfirmTime": 0, "shouldPayAmount": 5}
    _, record = await only(
        box, clock, paymentInfo=paid, finishedTime=-1, promiseCalendarInfo=None, modifiedTime=7
    )
    assert (record.paid.utc_ms, record.completed.utc_ms, record.promise) == (None, None, None)
    assert (record.raw_payment, record.payment_proofs) == ("COD", ())
    assert [(p.code, p.field) for p in record.problems] == [("bad_time", "modifiedTime")]
    assert record.version == clock.ms


async def test_a_gift_and_twins_of_one_sku_stand_apart(box, clock) -> None:
    box.shop.offer("GIFT-1", "赠品", 0, 5)
    order, record = await only(box, clock, items=[("CUP-1", 1), ("CUP-1", 2), ("GIFT-1", 1)])
    assert len({line.external_id for line in record.lines}) == 3
    assert [line.gift for line in record.lines] == [False, False, True]
    bare = [{"skuId": 5, "num": n, "jdPrice": 9.9} for n in (1, 2)]
    order.told = {"skuItemInfoList": [*bare, {**bare[0], "giftRefUuid": "u1"}]}
    record = await straight(box, clock).detail(str(order.number))
    assert [line.external_id for line in record.lines] == ["5", "5#2", "5#3"]
    assert [line.gift for line in record.lines] == [False, False, True]


@pytest.mark.req("F009")
def test_every_state_of_the_platform_has_a_word_here() -> None:
    known = {raw for platform, _, raw in WORDS if platform == "jd_sp"}
    assert known >= STATES


@pytest.mark.parametrize("word", ["DELIVERY_RETURN", "", None, 7])
async def test_a_word_nobody_knows_is_told_as_a_problem_and_the_order_kept(
    box, clock, word
) -> None:
    order, record = await only(box, clock, orderStatus=word)
    assert record.external_id == str(order.number)
    assert [(p.code, p.raw) for p in record.problems] == [("unknown_status", str(word))]


@pytest.mark.parametrize("state", sorted(STOPPED))
async def test_what_is_locked_or_paused_is_held_and_not_shipped(box, clock, state) -> None:
    """Why, the platform does not say."""
    order, record = await only(box, clock, state=state)
    assert record.hold == "other"
    with pytest.raises(Rejected, match="jd_not_shippable"):
        await straight(box, clock).ship(parcel(order))


@pytest.mark.parametrize(
    "told",
    [{"orderType": 21}, {"orderFlag": {"eclpOrder": True}}, {"orderFlag": {"clpsOrder": True}}],
)
async def test_goods_in_jds_own_warehouse_are_jds_to_send(box, clock, told) -> None:
    order, record = await only(box, clock, **told)
    assert record.hold == "service"
    with pytest.raises(Rejected, match="jd_not_shippable"):
        await straight(box, clock).ship(parcel(order))


async def test_a_part_that_left_is_told_item_by_item(box, clock) -> None:
    order = sold(box)
    channel = straight(box, clock)
    await channel.ship(parcel(order, cup=1))
    record = await channel.detail(str(order.number))
    assert [line.quantity_shipped for line in record.lines] == [1, 0]
    assert record.raw_status == "WAIT_SELLER_STOCK_OUT"
    await channel.ship(parcel(order, "SF1002"))
    record = await channel.detail(str(order.number))
    assert [line.quantity_shipped for line in record.lines] == [2, 1]
    assert record.raw_status == "WAIT_GOODS_RECEIVE_CONFIRM"


async def test_an_order_sold_ahead_is_one(box, clock) -> None:
    _, record = await only(box, clock, orderFlag={"preSaleOrder": True})
    assert record.kind == "presale"


# --- what was asked back ---


async def test_money_asked_back_before_it_left_holds_the_order_until_it_is_settled(
    box, clock
) -> None:
    order = sold(box)
    made = box.shop.ask_back(order, 19.8)
    channel = straight(box, clock)
    assert (await channel.detail(str(order.number))).hold == "refund"
    clock.turn(60)
    box.shop.settle(made, 0, "WAIT_SELLER_STOCK_OUT")
    record = await channel.detail(str(order.number))
    assert (record.hold, record.refunds) == ("", ())


async def test_what_went_back_is_told_with_its_items_once_jd_paid_it(box, clock) -> None:
    order = sold(box)
    box.shop.ship(order, "467", "SF1", {})
    made = box.shop.ask_back(order, 19.8)
    channel = straight(box, clock)
    assert (await channel.detail(str(order.number))).refunds == ()
    clock.turn(60)
    box.shop.settle(made, 20)
    record = await channel.detail(str(order.number))
    (refund,) = record.refunds
    assert (refund.external_id, refund.amount_minor) == (str(made.number), 1980)
    assert refund.lines == ((order.items[0].uuid, 2, 1980),)
    assert (refund.created.utc_ms, refund.reason) == (made.applied_ms, "不想要了")
    assert record.raw_payment == "PARTLY_REFUNDED"
    assert [line.quantity_refunded for line in record.lines] == [2, 0]


async def test_an_order_that_was_cancelled_gives_all_of_it_back(box, clock) -> None:
    order = sold(box)
    made = box.shop.ask_back(order, 49.8)
    box.shop.settle(made, 20, "TRADE_CANCELED")
    record = await straight(box, clock).detail(str(order.number))
    assert (record.raw_payment, record.hold) == ("REFUNDED", "")
    assert [line.quantity_refunded for line in record.lines] == [2, 1]


async def test_an_order_whose_after_sales_are_denied_is_an_order_still(
    box, clock, monkeypatch
) -> None:
    order = sold(box, state="TRADE_CANCELED")

    def denied(_asked):
        raise SpNo("9", "无权限")

    monkeypatch.setitem(box.answers.interfaces, AFS_LIST, denied)
    record = await straight(box, clock).detail(str(order.number))
    assert [(p.code, p.field, p.raw) for p in record.problems] == [("unreadable", "refunds", "9")]


async def test_after_sales_are_asked_for_once_for_each_way_they_stand(box, clock) -> None:
    order, calm = sold(box), sold(box)
    made = box.shop.ask_back(order, 1)
    channel = straight(box, clock)
    for number in (order.number, order.number, calm.number):
        await channel.detail(str(number))
    assert len(asked(box, AFS_LIST)) == 1
    made.refund = 20
    await channel.detail(str(order.number))
    assert len(asked(box, AFS_LIST)) == 2


# --- the receiver ---


async def test_a_receiver_stays_masked_with_what_stands_for_them_beside_it(box, clock) -> None:
    _, record = await only(box, clock)
    to = record.receiver
    shown = (to.name, to.phone, to.province, to.city, to.district, to.address)
    assert shown == ("张**", "138****5678", "浙江", "杭州市", "萧山区", "浙江杭州市萧山区****")
    assert json.loads(to.cipher) == {"oaid": "oaid-7c1f0d"}


async def test_a_ciphertext_is_kept_and_shown_to_nobody_as_a_name(box, clock) -> None:
    sealed = "AbCd0123+/AbCd0123+/AbCd0123=="
    _, record = await only(box, clock, consigneeInfo={**RECEIVER, "fullName": sealed})
    assert (record.receiver.name, record.receiver.phone) == ("", "138****5678")
    assert json.loads(record.receiver.cipher) == {"oaid": "oaid-7c1f0d", "fullname": sealed}


# --- hostile answers ---

HOSTILE = [
    b'{"orderId":280000000001,"orderStatus":NaN}',
    b'{"orderId":280000000001,"orderId":1}',
    b'{"orderId":280000000001,"paymentInfo":{"shouldPayAmount":1e999}}',
    b"[]",
    b'"text"',
    b'{"orderId":{}}',
    b'{"orderId":"x1"}',
]


@pytest.mark.parametrize("raw", HOSTILE)
async def test_a_row_that_cannot_be_an_order_is_kept_aside_whole_and_the_page_goes_on(
    box, clock, raw
) -> None:
    sold(box, raw=raw.decode())
    good = sold(box)
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock, start_ms=clock.ms - 3_600_000))
    assert [record.external_id for record in records] == [str(good.number)]
    assert [each.raw for each in kept] == [raw]
    assert kept[0].external_id == ("280000000001" if b"280000000001" in raw else "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(10**40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def _spoiled(data, told):
    """A record with some fields, or fields of a part of it, put to anything."""
    for name in data.draw(st.lists(st.sampled_from(sorted(told)), min_size=1, max_size=4)):
        part = told[name][0] if isinstance(told[name], list) and told[name] else told[name]
        if isinstance(part, dict) and part and data.draw(st.booleans()):
            part[data.draw(st.sampled_from(sorted(part)))] = data.draw(JSON)
        else:
            told[name] = data.draw(JSON)
    return json.dumps(told).encode()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_field_the_order_is_read_or_kept_and_its_bytes_with_it(data) -> None:
    clock = HandClock()
    box = sandbox(clock)
    order = sold(box)
    box.shop.ship(order, "467", "SF1", {order.items[0].uuid: 1})
    after = after_sale_view(box.shop, box.shop.ask_back(order, 1.0, waybill="R1"))
    raw = _spoiled(data, order_view(box.shop, order))
    try:
        element = Element(read_json(raw), None, raw)
    except Malformed as problem:
        element = Element(None, problem, raw)
    if order_id(mapping(element.value)):
        record = read_order(mapping(element.value), raw, ReadAs(), SpRefunds())
        assert record.raw == raw
        assert record.total_minor >= 0
        for line in record.lines:
            assert 0 <= line.quantity_shipped <= line.quantity
            assert 0 <= line.quantity_refunded <= line.quantity
    else:
        assert aside(element).raw == raw
    asked_back = _spoiled(data, after)
    try:
        read = read_after_sale(mapping(read_json(asked_back)), asked_back)
    except Malformed:
        return
    assert read.raw == asked_back
    assert read.quantity >= 0


@pytest.mark.parametrize(
    "body",
    [
        b"<html>sign in</html>",
        b"{}",
        b"[]",
        b'{"success":true}',
        b'{"success":true,"data":[]}',
        b'{"success":true,"data":[],"paginationData":{"totalItems":"x"}}',
        b'{"success":true,"data":[],"paginationData":{"totalItems":3}}',
        b'{"success":true,"data":[],"paginationData":{"totalItems":0,"currentPage":2}}',
        b'{"success":true,"data":[],"paginationData":{"totalItems":0,"pageSize":10}}',
        b'{"Response":{"data":[]}}',
        b"\xff\xfe",
    ],
)
async def test_an_answer_that_is_none_moves_nothing(box, clock, body) -> None:
    """A list that tells fewer than it counts, or another page, would pass orders over."""
    channel = straight(box, clock, http=Canned(body))
    with pytest.raises(Malformed):
        await channel.pull("")
    for call in (channel.detail("280000000001"), channel.placed_between(0, clock.ms)):
        with pytest.raises(SyncError):
            await call


async def test_an_answer_within_a_wrapper_is_the_same_answer(box, clock) -> None:
    """Some pages of open.jd.com show it so."""
    box.wrapped = True
    order = sold(box)
    clock.turn(60)
    channel = straight(box, clock, start_ms=clock.ms - 3_600_000)
    records, kept, _ = await pull_all(channel)
    assert ([record.external_id for record in records], kept) == ([str(order.number)], [])
    assert (await channel.detail(str(order.number))).raw_status == "WAIT_SELLER_STOCK_OUT"


async def test_no_order_and_no_number_are_told_apart(box, clock) -> None:
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.detail("SO-1")
    with pytest.raises(Rejected, match="jd_no_such_order"):
        await channel.detail("404")


async def test_the_platforms_own_failure_is_no_answer_about_the_order(box, clock) -> None:
    told = b'{"success":false,"errorList":[{"code":"10201009999","message":"x"}]}'
    with pytest.raises(Ambiguous, match="sync_server_error"):
        await straight(box, clock, http=Canned(told)).detail("280000000001")


async def test_a_list_is_asked_for_with_every_state_and_the_fields_that_are_read(
    box, clock
) -> None:
    await straight(box, clock, start_ms=clock.ms - 3_600_000).pull("")
    (params,) = asked(box, LIST)
    assert set(params["orderStatus"].split(",")) <= STATES
    assert {"consigneeInfo", "skuItemInfoList", "transportInfo"} <= set(
        params["scopeSet"].split(",")
    )
    assert (params["sortBy"], params["sortOrder"]) == ("modifiedTime", "asc")
