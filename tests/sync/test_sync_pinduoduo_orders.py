"""A Pinduoduo order as the shop reads it: whole, masked as it came, and nothing guessed."""

import asyncio
import itertools
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.pinduoduo_read import ReadAs, read_order
from sync.channels.pinduoduo_refunds import read_refunds
from sync.errors import Malformed, Rejected, SyncError
from sync.json_text import Element, read_json
from sync.records import Problem
from sync.sandbox.faults import Fault
from sync.sandbox.pdd_views import order_view
from tests.sync.pinduoduo_world import STATUSES, WORDS, parcel, sandbox, seed, straight
from tests.sync.platform_world import Canned, Straight
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
    return order, await straight(box, clock).detail(order.sn)


async def test_an_order_comes_in_whole_in_fen_and_utc(box, clock) -> None:
    order, record = await only(
        box, clock, buyer_memo="周末送", remark="易碎", tag=2, tag_name="急", gifts=[("POT-1", 1)]
    )
    assert (record.external_id, record.currency) == (order.sn, "CNY")
    assert (record.total_minor, record.freight_minor, record.discount_minor) == (5600, 800, 180)
    assert [(x.sku, x.quantity, x.unit_price_minor, x.total_minor) for x in record.lines] == [
        ("CUP-1", 2, 990, 1980),
        ("POT-1", 1, 3000, 3000),
        ("POT-1", 1, 0, 0),
    ]
    assert [x.gift for x in record.lines] == [False, False, True]
    assert record.lines[0].listing_ref == f"{order.items[0].goods_id}:{order.items[0].sku_id}"
    assert (record.buyer_message, record.seller_memo, record.flag) == ("周末送", "易碎", "yellow")
    assert (record.raw_status, record.raw_payment) == ("order_status.1", "refund_status.1")
    assert (record.payment_proofs, record.problems) == (("settled", "callback"), ())


async def test_times_are_read_as_beijing_text(box, clock) -> None:
    order, record = await only(box, clock)
    assert (record.placed.zone, record.placed.utc_ms) == ("Asia/Shanghai", order.created_s * 1000)
    assert record.version == order.updated_s * 1000
    assert record.promise is not None
    assert record.promise.utc_ms == (order.confirm_s + 48 * 3600) * 1000


@pytest.mark.req("F009")
async def test_every_state_of_the_page_has_a_word_here_and_abnormal_asks_a_person(
    box, clock
) -> None:
    order = box.shop.place(seed())
    told = as_told(box, order)
    after = [0, *range(2, 19), 21, 22, 24, 25, 27, 31, 32]
    deposits = [None, {"step_trade_status": 0}, {"step_trade_status": 1}, {"step_trade_status": 2}]
    plain, any_state = (1, 1, None), (0, 1, 2)
    deals = [(*each, *plain) for each in itertools.product((1, 2, 3), (1, 2, 3, 4), after)]
    early = itertools.product((1,), (1, 4), (0, 10), any_state, any_state, deposits)
    states = (*deals, *early)
    order_words, payment_words = set(), set()
    for status, refund, sale, confirm, group, step in states:
        one = {
            **told,
            "order_status": status,
            "refund_status": refund,
            "after_sales_status": sale,
            "confirm_status": confirm,
            "group_status": group,
            "trade_type": 0 if step is None else 1,
            "step_order_info": step,
        }
        record = read_order(one, b"", ReadAs(STATUSES), ())
        assert record.problems == ()
        order_words.add(record.raw_status)
        payment_words.add(record.raw_payment)
    known = {
        m: {r for p, k, r in WORDS if p == "pinduoduo" and k == m} for m in ("order", "payment")
    }
    assert order_words == known["order"]
    assert payment_words == (known["payment"] - {"refund_status.4.part"}) | {""}
    odd = read_order({**told, "order_status": 0}, b"", ReadAs(STATUSES), ())
    assert odd.problems == (Problem("unknown_status", "status", "order_status.0"),)


@pytest.mark.parametrize(
    ("fields", "status", "payment"),
    [
        ({"group_status": 0, "confirm_status": 0}, "group_status.0", "group_status.0"),
        ({"group_status": 2, "confirm_status": 2}, "group_status.2", ""),
        ({"confirm_status": 2}, "confirm_status.2", ""),
    ],
)
async def test_a_group_that_is_not_complete_is_no_paid_order(
    box, clock, fields, status, payment
) -> None:
    _, record = await only(box, clock, **fields)
    assert (record.raw_status, record.raw_payment) == (status, payment)
    assert record.payment_proofs == ()


# --- the receiver ---


async def test_the_receiver_stays_masked_and_sealed_as_the_platform_gives_it(box, clock) -> None:
    order, record = await only(box, clock)
    to = record.receiver
    assert (to.name, to.phone, to.address) == ("张*", "138****5678", "市心****")
    assert (to.country, to.province, to.city, to.district) == ("CN", "浙江省", "杭州市", "萧山区")
    sealed = json.loads(to.cipher)
    assert sealed["receiver_name"] == box.shop.cipher(order, "name")
    assert sealed["contact_mobile"] == box.shop.cipher(order, "phone")
    assert sealed["open_address_id"] == f"oa{order.sn}"
    for plain in ("张小满", "13812345678", "市心中路"):
        assert plain not in repr(record)


@pytest.mark.parametrize("fields", [{"order_status": 2}, {"risk": 1}])
async def test_what_the_platform_does_not_show_is_left_out_and_the_masks_stay(
    box, clock, fields
) -> None:
    _, record = await only(box, clock, **fields)
    assert (record.receiver.cipher, record.receiver.phone) == ("", "138****5678")


async def test_a_readable_contact_number_is_a_phone_and_no_ciphertext(box, clock) -> None:
    masked = {"contact_mobile": "139****0000", "receiver_phone_mask": ""}
    _, record = await only(box, clock, told=masked)
    assert record.receiver.phone == "139****0000"
    assert "contact_mobile" not in json.loads(record.receiver.cipher)


# --- what stops it ---


async def test_an_order_under_review_is_held_until_the_review_ends(box, clock) -> None:
    order, record = await only(box, clock, risk=1)
    assert record.hold == "fraud"
    box.shop.change(order, risk=0)
    assert (await straight(box, clock).detail(order.sn)).hold == ""


async def test_a_refund_asked_before_it_left_holds_the_order(box, clock) -> None:
    order = box.shop.place(seed(risk=1))
    refund = box.shop.ask_refund(order)
    shop = straight(box, clock)
    record = await shop.detail(order.sn)
    assert (record.hold, record.raw_payment) == ("fraud,refund", "after_sales_status.2")
    box.shop.settle_refund(order, refund, 11)
    assert (await shop.detail(order.sn)).hold == "fraud"
    box.shop.change(order, risk=0, order_status=2)
    box.shop.ask_refund(order, 100)
    assert (await shop.detail(order.sn)).hold == ""


# --- money back ---


async def test_all_money_back_before_it_left_ends_the_order_and_owes_nothing(box, clock) -> None:
    order = box.shop.place(seed(items=[("CUP-1", 2)], gifts=[("POT-1", 1)]))
    box.shop.settle_refund(order, box.shop.ask_refund(order))
    record = await straight(box, clock).detail(order.sn)
    assert (record.raw_status, record.raw_payment) == ("refund_status.4", "refund_status.4")
    assert [refund.amount_minor for refund in record.refunds] == [order.pay_fen]
    assert [x.quantity - x.quantity_refunded for x in record.lines] == [0, 0]


async def test_a_part_of_the_money_back_after_it_left_leaves_the_goods_as_they_are(
    box, clock
) -> None:
    order = box.shop.place(seed(order_status=2))
    box.shop.settle_refund(order, box.shop.ask_refund(order, 100))
    box.shop.ask_refund(order, 200)
    box.shop.change(order, refund_status=4, after_sales_status=10)
    record = await straight(box, clock).detail(order.sn)
    assert record.raw_payment == "refund_status.4.part"
    assert [refund.amount_minor for refund in record.refunds] == [100]
    assert [x.quantity_refunded for x in record.lines] == [0, 0]
    assert [x.quantity_shipped for x in record.lines] == [2, 1]


async def test_after_sales_are_asked_for_once_per_change_of_their_order(box, clock) -> None:
    order = box.shop.place(seed())
    refund = box.shop.ask_refund(order)
    shop = straight(box, clock)
    for _ in range(3):
        await shop.detail(order.sn)
    asked = [p for p in box.heard if p["type"] == "pdd.refund.list.increment.get"]
    assert len(asked) == 1
    clock.turn(5)
    box.shop.settle_refund(order, refund)
    assert len((await shop.detail(order.sn)).refunds) == 1


async def test_an_order_whose_after_sales_are_not_shown_is_still_an_order(box, clock) -> None:
    order = box.shop.place(seed())
    box.shop.ask_refund(order)
    order.told = {"order_sn": order.sn}
    way = Straight(box)
    shop = straight(box, clock, http=way)
    del box.routes["pdd.refund.list.increment.get"]
    record = await shop.detail(order.sn)
    assert record.problems == (Problem("unreadable", "refund_list", "10017"),)


# --- what cannot be read ---


async def test_one_broken_order_does_not_take_its_page_with_it(box, clock) -> None:
    good = box.shop.place(seed())
    for broken in ({"order_sn": None}, {"order_sn": 7}, {"order_sn": "a b"}):
        box.shop.place(seed(told=broken))
    clock.turn(600)
    records, kept, _ = await pull_all(straight(box, clock))
    assert {record.external_id for record in records} == {good.sn}
    assert len({each.raw for each in kept}) == 3


async def test_an_element_that_is_no_json_is_kept_aside_with_its_number(box, clock) -> None:
    page = (
        b'{"order_sn_increment_get_response":{"order_sn_list":['
        b'{"order_sn":"251124-1","pay_amount":NaN},{"order_sn":"251124-2","order_sn":"x"},5],'
        b'"total_count":3}}'
    )
    time = b'{"time_get_response":{"time":"2025-11-24 20:00:00"}}'
    shop = straight(box, clock, http=Canned(time, page))
    cursor = json.dumps({"phase": "changes", "since_s": 1_763_985_000})
    batch = await shop.pull(cursor)
    assert [each.external_id for each in batch.kept_aside] == ["251124-1", "251124-2", ""]
    assert (batch.records, batch.kept_aside[2].raw) == ((), b"5")


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**24),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    st.text(max_size=12),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["order_sn", "sku_id", "step_trade_status"]), st.none()),
)
NAMES = """
    order_status refund_status after_sales_status confirm_status group_status risk_control_status
    trade_type step_order_info created_time updated_at pay_time last_ship_time receive_time
    pay_amount postage discount_amount item_list gift_list receiver_name receiver_phone_mask
    contact_mobile country province remark remark_tag buyer_memo pay_no is_pre_sale address
"""
REFUND = "id order_sn after_sales_status refund_amount goods_number sku_id updated_time"


def odd_fields(names):
    return st.dictionaries(st.sampled_from(names.split()), ODD, max_size=12)


@settings(max_examples=40, deadline=None)
@given(odd_fields(NAMES), odd_fields(REFUND))
def test_whatever_an_order_says_it_is_read_and_kept(odd, odd_refund) -> None:
    told = {"order_sn": "251124-1", "order_status": 1, "pay_amount": "1.00", **odd}
    row = {"id": 1, "order_sn": "251124-1", "after_sales_status": 10, **odd_refund}
    refunds, _ = read_refunds(told, [Element(row, None, b"{}")])
    record = read_order(told, b"raw", ReadAs(STATUSES), refunds)
    assert (record.external_id, record.raw) == ("251124-1", b"raw")
    assert record.total_minor >= 0
    assert all(line.quantity >= 0 for line in record.lines)


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.from_regex(rb'\{"[a-z_]{1,30}":.{0,40}\}')))
def test_whatever_the_gateway_answers_only_our_errors_come_out(body) -> None:
    clock = HandClock()
    shop = straight(sandbox(clock), clock, http=Canned(body))
    order = sandbox(clock).shop.place(seed())
    for act in (shop.pull(""), shop.detail("251124-1"), shop.ship(parcel(order)), shop.check()):
        try:
            asyncio.run(act)
        except SyncError:
            continue


async def test_amounts_may_be_numbers_or_text(box, clock) -> None:
    order = box.shop.place(seed())
    told = {**as_told(box, order), "pay_amount": "56.00", "postage": Decimal("8.0")}
    record = read_order(told, b"", ReadAs(STATUSES), ())
    assert (record.total_minor, record.freight_minor) == (5600, 800)


async def test_an_order_that_is_not_there_is_named(box, clock) -> None:
    with pytest.raises(Rejected) as refused:
        await straight(box, clock).detail("251124-404")
    assert refused.value.foreign_code == "50001/ORDER_NOT_FOUND"
    with pytest.raises(Rejected, match="sync_bad_number"):
        await straight(box, clock).detail('1"},"x":"')


async def test_a_sign_in_page_in_place_of_the_gateway_is_no_answer(box, clock) -> None:
    box.faults.plan(Fault("garbage"))
    with pytest.raises(Malformed):
        await straight(box, clock).pull("")
    assert read_json(b"{}") == {}
