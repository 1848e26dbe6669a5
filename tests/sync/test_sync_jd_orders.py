"""A JD order as the shop reads it: whole, masked as it came, and nothing guessed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rulebook import load
from sync.channels.jd_read import (
    STATES,
    STOPPED,
    ReadAs,
    Refunds,
    aside,
    order_id,
    read_order,
    receiver_of,
)
from sync.errors import Malformed, Rejected, SyncError
from sync.json_text import Element, read_json
from sync.reading import mapping
from sync.sandbox.jd_shop import order_view
from tests.sync.jd_world import Canned, Straight, asked, parcel, sandbox, sold, straight
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
    order, record = await only(
        box,
        clock,
        orderPayment="50.00",
        balanceUsed="6.00",
        freightPrice="8.00",
        sellerDiscount="1.80",
        orderRemark="周末送",
        memo="易碎",
    )
    assert (record.external_id, record.currency) == (str(order.number), "CNY")
    # What the buyer's balance paid is the buyer's money too.
    assert (record.total_minor, record.freight_minor, record.discount_minor) == (5600, 800, 180)
    assert [(x.sku, x.quantity, x.unit_price_minor, x.total_minor) for x in record.lines] == [
        ("CUP-1", 2, 990, 1980),
        ("POT-1", 1, 3000, 3000),
    ]
    assert record.lines[0].listing_ref == record.lines[0].external_id
    assert (record.buyer_message, record.seller_memo) == ("周末送", "易碎")
    assert (record.raw_status, record.raw_payment) == ("WAIT_SELLER_STOCK_OUT", "PAID")
    assert (record.payment_proofs, record.problems) == (("settled",), ())
    assert record.placed.zone == "Asia/Shanghai"
    assert record.placed.utc_ms == order.placed_ms // 1000 * 1000
    assert record.version == order.changed_ms // 1000 * 1000


async def test_the_first_day_of_the_calendar_is_no_time_at_all(box, clock) -> None:
    """The platform writes year 1 or 1970 where nothing has happened yet."""
    for never in ("0001-01-01 00:00:00", "1970-01-01 00:00:00"):
        _, record = await only(box, clock, paymentConfirmTime=never, payType="1-货到付款")
        assert (record.paid.utc_ms, record.completed.utc_ms, record.problems) == (None, None, ())
        assert (record.raw_payment, record.payment_proofs) == ("COD", ())


async def test_a_gift_and_its_twin_stand_apart(box, clock) -> None:
    box.shop.offer("GIFT-1", "赠品", "0.00", 5)
    _, record = await only(box, clock, items=[("CUP-1", 1), ("CUP-1", 2), ("GIFT-1", 1)])
    assert len({line.external_id for line in record.lines}) == 3
    assert [line.gift for line in record.lines] == [False, False, True]


@pytest.mark.req("F009")
def test_every_state_of_the_platform_has_a_word_here() -> None:
    known = {raw for platform, _, raw in WORDS if platform == "jd"}
    assert known >= STATES


async def test_a_word_nobody_knows_is_told_as_a_problem_and_the_order_kept(box, clock) -> None:
    _, record = await only(box, clock, state="DELIVERY_RETURN")
    assert [(p.code, p.raw) for p in record.problems] == [("unknown_status", "DELIVERY_RETURN")]


@pytest.mark.parametrize("state", sorted(STOPPED))
async def test_what_is_locked_or_paused_is_held_and_not_shipped(box, clock, state) -> None:
    """Why, the platform does not say."""
    order, record = await only(box, clock, state=state)
    assert record.hold == "other"
    with pytest.raises(Rejected, match="jd_not_shippable"):
        await straight(box, clock).ship(parcel(order))


async def test_goods_in_jds_own_warehouse_are_jds_to_send(box, clock) -> None:
    order, record = await only(box, clock, storeOrder="京仓订单")
    assert record.hold == "service"
    with pytest.raises(Rejected, match="jd_not_shippable"):
        await straight(box, clock).ship(parcel(order))


async def test_money_asked_back_before_it_left_holds_the_order_until_it_is_settled(
    box, clock
) -> None:
    order = sold(box)
    request = box.shop.ask_back(order, 4980)
    channel = straight(box, clock)
    assert (await channel.detail(str(order.number))).hold == "refund"
    clock.turn(60)
    box.shop.settle(request, 2)
    assert (await channel.detail(str(order.number))).hold == ""


async def test_what_went_back_is_told_in_fen_where_the_order_is_told_in_yuan(box, clock) -> None:
    order = sold(box)
    request = box.shop.ask_back(order, 4980)
    clock.turn(60)
    box.shop.settle(request, 3)
    record = await straight(box, clock).detail(str(order.number))
    assert [(r.external_id, r.amount_minor) for r in record.refunds] == [
        (str(request.number), 4980)
    ]
    assert (record.raw_status, record.raw_payment) == ("TRADE_CANCELED", "REFUNDED")
    assert [line.quantity_refunded for line in record.lines] == [2, 1]


async def test_agreed_to_is_not_paid_back_yet(box, clock) -> None:
    order = sold(box)
    request = box.shop.ask_back(order, 4980)
    box.shop.settle(request, 1)
    record = await straight(box, clock).detail(str(order.number))
    assert (record.refunds, record.raw_payment) == ((), "PAID")


async def test_an_order_whose_requests_are_denied_is_an_order_still(clock) -> None:
    box = sandbox(clock)
    order = sold(box, state="TRADE_CANCELED")
    http = Denied(box)
    record = await straight(box, clock, http=http).detail(str(order.number))
    assert [(p.code, p.field) for p in record.problems] == [("unreadable", "refunds")]


class Denied:
    """Says no to one method's business alone."""

    def __init__(self, box) -> None:
        self.inner = Straight(box)

    async def send(self, request):
        if b"refundapply" not in request.body:
            return await self.inner.send(request)
        root = "jingdong_pop_afs_soa_refundapply_queryPageList_responce"
        told = {root: {"code": "0", "queryResult": {"success": False, "errorCode": "9"}}}
        return await Canned(json.dumps(told).encode()).send(request)


async def test_an_order_asks_about_requests_once_for_each_version_of_it(box, clock) -> None:
    order, calm = sold(box), sold(box)
    box.shop.ask_back(order, 100)
    channel = straight(box, clock)
    for number in (order.number, order.number, calm.number):
        await channel.detail(str(number))
    assert len(asked(box, "jingdong.pop.afs.soa.refundapply.queryPageList")) == 1


# --- the receiver ---


async def test_a_receiver_stays_masked_with_what_stands_for_them_beside_it(box, clock) -> None:
    _, record = await only(box, clock)
    to = record.receiver
    assert (to.name, to.phone, to.province, to.district) == (
        "张**",
        "138****5678",
        "浙江",
        "萧山区",
    )
    assert json.loads(to.cipher) == {"oaid": "oaid-7c1f0d"}


def test_a_ciphertext_is_kept_and_shown_to_nobody_as_a_name() -> None:
    sealed = "AbCd0123+/AbCd0123+/AbCd0123=="
    to = receiver_of({"fullname": sealed, "mobile": "138****5678", "fullAddress": sealed})
    assert (to.name, to.address, to.phone) == ("", "", "138****5678")
    assert json.loads(to.cipher) == {"fullname": sealed, "fullAddress": sealed}


def test_ciphers_told_beside_the_masked_words_are_kept_under_their_own_names() -> None:
    to = receiver_of({"fullname": "张**", "encrypt_fullname": "xyz", "encrypt_mobile": ""})
    assert (to.name, json.loads(to.cipher)) == ("张**", {"encrypt_fullname": "xyz"})


# --- hostile answers ---

HOSTILE = [
    b'{"orderId":"280000000001","orderPayment":NaN}',
    b'{"orderId":"280000000001","orderId":"1"}',
    b'{"orderId":"280000000001","orderPayment":1e999}',
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
    records, kept, _ = await pull_all(straight(box, clock))
    assert [record.external_id for record in records] == [str(good.number)]
    assert [each.raw for each in kept] == [raw]
    assert kept[0].external_id == ("280000000001" if b'"280000000001"' in raw else "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(10**40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_field_the_order_is_read_or_kept_and_its_bytes_with_it(data) -> None:
    clock = HandClock()
    box = sandbox(clock)
    told = order_view(box.shop, sold(box))
    for name in data.draw(st.lists(st.sampled_from(sorted(told)), min_size=1, max_size=4)):
        told[name] = data.draw(JSON)
    raw = json.dumps(told).encode()
    try:
        element = Element(read_json(raw), None, raw)
    except Malformed as problem:
        element = Element(None, problem, raw)
    if not order_id(mapping(element.value)):
        assert aside(element).raw == raw
        return
    record = read_order(mapping(element.value), raw, ReadAs(), Refunds([mapping(told)]))
    assert record.raw == raw
    assert record.total_minor >= 0
    assert all(line.quantity >= 0 for line in record.lines)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>sign in</html>",
        b"{}",
        b"[]",
        b'{"jingdong_pop_order_enSearch_responce":[]}',
        b'{"jingdong_pop_order_enSearch_responce":{"code":"0"}}',
        b'{"jingdong_pop_order_enSearch_responce":{"code":"0","searchorderinfo_result":{}}}',
        b'{"jingdong_pop_order_enSearch_responce":{"searchorderinfo_result":{"orderTotal":"x"}}}',
        b'{"jingdong_pop_order_enGet_responce":{"orderDetailInfo":{}}}',
        b"\xff\xfe",
    ],
)
async def test_an_answer_that_is_none_moves_nothing(box, clock, body) -> None:
    channel = straight(box, clock, http=Canned(body))
    with pytest.raises(Malformed):
        await channel.pull("")
    for call in (
        channel.detail("280000000001"),
        channel.after_sales(""),
        channel.placed_between(0, 1),
    ):
        with pytest.raises(SyncError):
            await call


async def test_no_order_and_no_number_are_told_apart(box, clock) -> None:
    channel = straight(box, clock)
    with pytest.raises(Rejected, match="sync_bad_number"):
        await channel.detail("SO-1")
    with pytest.raises(Rejected) as no:
        await channel.detail("404")
    assert no.value.text == "订单不存在"
