"""A trade of Taobao, as told, becomes an order of ours: nothing lost, nothing guessed."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.taobao_read import STATUSES, ReadAs, Whole, read_order
from sync.errors import Malformed, SyncError
from sync.gateways.taobao_access import SellerKeys
from sync.records import KeptAside, OrderRecord
from sync.sandbox.taobao import TaobaoSandbox
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.taobao_world import Canned, channel_for, sandbox, sold, straight


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return sandbox(clock)


async def only(box: TaobaoSandbox, clock: HandClock, **more) -> OrderRecord:
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock, **more))
    assert (len(records), kept) == (1, [])
    return records[0]


def read(**trade) -> OrderRecord:
    """A trade as told, without a platform."""
    told = {"tid": 1, "status": "WAIT_SELLER_SEND_GOODS", "created": "2025-11-24 20:00:00", **trade}
    told.setdefault("orders", {"order": [{"oid": 1, "num": 1, "divide_order_fee": "1.00"}]})
    return read_order(Whole({"payment": "1.00", **told}, b"", {}, {}), ReadAs())


# --- what comes in ---


async def test_a_trade_comes_in_whole(box, clock) -> None:
    trade = sold(box, buyer_message="周末送", seller_memo="改为发顺丰", seller_flag=3)
    order = await only(box, clock)
    assert order.external_id == order.external_no == str(trade.tid)
    assert (order.currency, order.total_minor, order.freight_minor) == ("CNY", 5780, 800)
    assert [(line.sku, line.quantity, line.total_minor) for line in order.lines] == [
        ("CUP-1", 2, 1980),
        ("POT-1", 1, 3000),
    ]
    assert (order.buyer_message, order.seller_memo, order.flag) == ("周末送", "改为发顺丰", "green")
    assert (order.raw_status, order.raw_payment) == ("WAIT_SELLER_SEND_GOODS", "PAID")
    assert order.payment_proofs == ("settled", "callback")
    assert order.problems == ()
    assert json.loads(order.raw)["trade_fullinfo_get_response"]["trade"]["tid"] == trade.tid


async def test_numbers_longer_than_a_float_holds_come_through_to_the_digit(box, clock) -> None:
    trade = sold(box)
    order = await only(box, clock)
    assert float(trade.tid) != trade.tid or trade.tid > 2**53
    assert order.external_id == str(trade.tid)
    assert [line.external_id for line in order.lines] == [str(row["oid"]) for row in trade.rows]


async def test_receivers_stay_masked_and_the_oaid_that_stands_for_them_is_kept(box, clock) -> None:
    trade = sold(box)
    to = (await only(box, clock)).receiver
    assert (to.name, to.phone, to.address) == ("张*", "*******8000", "中山路****")
    assert (to.country, to.province, to.city, to.district) == ("CN", "广东省", "广州市", "越秀区")
    assert to.cipher == box.shop.printed(trade, "12345678")["oaid"]
    assert len(to.cipher) == 40


async def test_the_oaid_is_another_in_another_week_and_of_another_receiver(box, clock) -> None:
    for more in ({}, {"receiver_name": "李娜"}):
        sold(box, **more)
        clock.turn(8 * 86_400)
        sold(box, **more)
    clock.turn(60)
    records, _, _ = await pull_all(straight(box, clock, start_ms=clock.ms - 30 * 86_400_000))
    assert len({record.receiver.cipher for record in records}) == len(records) == 4


async def test_times_are_beijings_whatever_the_shops_zone(box, clock) -> None:
    sold(box)
    order = await only(box, clock)
    assert order.placed.raw == "2025-11-24 20:00:00"
    assert order.placed.utc_ms == clock.ms - 60_000
    assert order.placed.zone == "Asia/Shanghai"


@pytest.mark.parametrize("status", sorted(STATUSES))
async def test_every_status_of_the_platform_is_known(box, clock, status) -> None:
    sold(box, status=status)
    order = await only(box, clock)
    assert order.raw_status == status
    assert order.problems == ()


def test_a_status_nobody_knows_is_told_and_the_order_is_kept() -> None:
    order = read(status="WAIT_FOR_GODOT")
    assert [(p.code, p.raw) for p in order.problems] == [("unknown_status", "WAIT_FOR_GODOT")]


# --- traps ---


@pytest.mark.parametrize(
    ("told", "hold"),
    [
        ({"step_trade_status": "FRONT_PAID_FINAL_NOPAID", "status": "WAIT_BUYER_PAY"}, "payment"),
        ({"status": "PAID_FORBID_CONSIGN"}, "other"),
        ({"top_hold": 1}, "other"),
        ({"is_sh_ship": True}, "other"),
        ({"is_force_wlb": True, "is_brand_sale": True}, "service"),
        ({"is_force_dc": True}, "service"),
        ({"is_force_wlb": True}, ""),
        ({"top_hold": 1, "status": "WAIT_BUYER_CONFIRM_GOODS"}, ""),
        ({}, ""),
    ],
)
def test_what_the_platform_does_not_let_out_yet_is_held(told, hold) -> None:
    assert read(**told).hold == hold


def test_a_presale_is_paid_with_its_last_part_and_not_before() -> None:
    for stage, proofs in (("FRONT_PAID_FINAL_NOPAID", ()), ("FRONT_PAID_FINAL_PAID", ("settled",))):
        status = "WAIT_SELLER_SEND_GOODS" if proofs else "WAIT_BUYER_PAY"
        order = read(step_trade_status=stage, status=status, pay_time="2025-11-24 20:05:00")
        assert (order.kind, order.raw_payment, order.payment_proofs) == ("presale", stage, proofs)


def test_cash_on_delivery_is_not_paid_until_it_is() -> None:
    assert read(type="cod").raw_payment == "COD"
    assert read(type="cod").payment_proofs == ()
    assert read(type="cod", pay_time="2025-11-28 10:00:00").raw_payment == "PAID"


async def test_a_row_whose_money_is_asked_back_holds_the_order_until_that_is_settled(
    box, clock
) -> None:
    trade = sold(box)
    box.shop.refund(trade, 0, "19.80", status="WAIT_SELLER_AGREE")
    order = await only(box, clock)
    assert (order.hold, order.refunds) == ("refund", ())
    trade.rows[0]["refund_status"] = "CLOSED"
    assert (await straight(box, clock).detail(str(trade.tid))).hold == ""


async def test_a_row_refunded_before_it_left_is_owed_no_more_and_its_refund_is_told(
    box, clock
) -> None:
    trade = sold(box)
    number = box.shop.refund(trade, 0, "19.80")
    order = await only(box, clock)
    assert [line.quantity_refunded for line in order.lines] == [2, 0]
    assert [(r.external_id, r.amount_minor) for r in order.refunds] == [(str(number), 1980)]
    assert order.refunds[0].lines == ((str(trade.rows[0]["oid"]), 2, 1980),)
    assert order.raw_payment == "PARTLY_REFUNDED"


async def test_money_given_back_for_what_already_left_takes_nothing_off_what_was_sent(
    box, clock
) -> None:
    trade = sold(box)
    box.shop.send(trade, {row["oid"] for row in trade.rows}, "顺丰速运", "SF1")
    box.shop.refund(trade, 0, "5.00")
    order = await only(box, clock)
    assert [(line.quantity_shipped, line.quantity_refunded) for line in order.lines] == [
        (2, 0),
        (1, 0),
    ]


async def test_a_refund_the_platform_will_not_show_leaves_the_order_and_says_so(box, clock) -> None:
    trade = sold(box)
    del box.shop.refunds[box.shop.refund(trade, 0, "19.80")]
    order = await only(box, clock)
    assert [p.code for p in order.problems] == ["unreadable"]
    assert order.total_minor == 5780


async def test_what_was_shipped_row_by_row_is_told_row_by_row(box, clock) -> None:
    trade = sold(box)
    box.shop.send(trade, {trade.rows[0]["oid"]}, "顺丰速运", "SF1")
    order = await only(box, clock)
    assert order.raw_status == "SELLER_CONSIGNED_PART"
    assert [line.quantity_shipped for line in order.lines] == [2, 0]


def test_the_latest_time_to_ship_is_the_trades_or_its_first_rows() -> None:
    assert read(delivery_time="2025-11-26 12:00:00").promise.utc_ms == 1_764_129_600_000
    assert read(delivery_time="2025-11-26").promise.utc_ms == 1_764_172_799_000
    row = {"oid": 1, "num": 1, "divide_order_fee": "1"}
    rows = [{**row, "delivery_time": day} for day in ("", "x")]
    assert read(orders={"order": rows}).promise is None
    rows[1]["delivery_time"] = "2025-11-26 12:00:00"
    assert read(orders={"order": rows}).promise.utc_ms == 1_764_129_600_000


def test_the_number_of_things_is_the_rows_and_not_the_trades() -> None:
    """The trade's own `num` is 0 where it has several rows."""
    order = read(num=0)
    assert ([line.quantity for line in order.lines], order.problems) == ([1], ())


def test_a_present_is_told_as_one() -> None:
    rows = [{"oid": 1, "num": 1, "divide_order_fee": "0.00", "is_free_gift": True}]
    assert read(orders={"order": rows}).lines[0].gift


def test_an_address_abroad_keeps_its_country_and_a_street_its_town_once() -> None:
    told = {"receiver_country": "日本", "receiver_town": "三里屯", "receiver_address": "三里屯路**"}
    to = read(**told).receiver
    assert (to.country, to.address) == ("日本", "三里屯路**")
    assert read(receiver_town="望京", receiver_address="阜通东大街**").receiver.address == (
        "望京阜通东大街**"
    )


async def test_every_kind_of_trade_is_asked_for_not_only_the_usual_ones(box, clock) -> None:
    for kind in ("fixed", "step", "b2c_cod", "nopaid", "instant_trade"):
        sold(box, type=kind)
    clock.turn(60)
    records, _, _ = await pull_all(straight(box, clock))
    assert len(records) == 5


# --- what cannot be read ---


async def test_a_trade_the_list_names_and_the_platform_then_denies_is_kept_for_a_person(
    box, clock
) -> None:
    gone, stays = sold(box), sold(box)
    one = box._answers._known["taobao.trade.fullinfo.get"]

    def forgetful(params):
        if params["tid"] == str(gone.tid):
            params = {**params, "tid": "1"}
        return one(params)

    box._answers._known = {**box._answers._known, "taobao.trade.fullinfo.get": forgetful}
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock))
    assert [record.external_id for record in records] == [str(stays.tid)]
    assert [(k.external_id, k.reason.raw) for k in kept] == [(str(gone.tid), "isv.trade-not-exist")]


@pytest.mark.parametrize(
    "raw", [b'{"tid":1,"tid":2}', b'{"tid":NaN}', b'{"tid":1e999}', b'{"a":"\\ud800"}', b'{"tid":']
)
async def test_a_trade_with_broken_json_is_kept_aside_whole_and_the_others_come_in(
    box, clock, raw
) -> None:
    broken, well = sold(box), sold(box)
    broken.as_raw = raw
    clock.turn(60)
    records, kept, _ = await pull_all(straight(box, clock))
    assert [record.external_id for record in records] == [str(well.tid)]
    assert [each.external_id for each in kept] == [str(broken.tid)]
    assert raw in kept[0].raw


async def test_a_page_that_is_not_the_platforms_moves_nothing(clock) -> None:
    for body in (b"<html>sign in</html>", b"{}", b"[]", b"null", b'{"other_response":{}}'):
        with pytest.raises(Malformed):
            await channel_for(Canned(body), clock, SellerKeys("s")).pull("")


ODD = st.sampled_from(
    [
        *(None, True, False, 0, 1, -1, 10**29, -(10**29), Decimal("1.5"), Decimal("-0.001")),
        *("", "1.00", "SUCCESS", "2025-11-24 20:00:00", "2025-13-45 99:00:00", "9" * 30, "x", "\0"),
        *([], {}, [1], {"order": 1}, {"order": [1, {"oid": 1}]}, {"order": {"a": {"num": "1"}}}),
        [[[]]],
    ]
)
FIELDS = (
    *("status", "created", "modified", "pay_time", "payment", "post_fee", "seller_flag", "orders"),
    *("receiver_name", "receiver_town", "oaid", "delivery_time", "step_trade_status", "type"),
    *("top_hold", "is_sh_ship", "alipay_no", "discount_fee", "buyer_nick"),
)
ROW_FIELDS = ("oid", "num", "price", "divide_order_fee", "status", "refund_status", "num_iid")


@settings(max_examples=100, deadline=None)
@given(
    trade=st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=12),
    row=st.dictionaries(st.sampled_from(ROW_FIELDS), ODD, max_size=7),
    refund=st.dictionaries(st.sampled_from(["refund_fee", "num", "oid", "created"]), ODD),
)
def test_whatever_stands_in_a_trade_it_is_read_or_complained_of(trade, row, refund) -> None:
    told = {"tid": 7, "orders": {"order": [row]}, **trade}
    order = read_order(Whole(told, b"raw", {"1": refund}, {}), ReadAs())
    assert (order.external_id, order.raw) == ("7", b"raw")
    if str(told.get("status")) not in STATUSES:
        assert any(problem.code == "unknown_status" for problem in order.problems)


@settings(max_examples=40, deadline=None)
@given(body=st.binary(max_size=60), where=st.sampled_from(["list", "one"]))
async def test_whatever_bytes_come_only_our_own_errors_leave_the_connector(body, where) -> None:
    clock = HandClock()
    root = "trade_fullinfo_get" if where == "one" else "trades_sold_increment_get"
    for whole in (body, b'{"%s_response":{"trade":%s}}' % (root.encode(), body)):
        channel = channel_for(Canned(whole), clock, SellerKeys("s"))
        try:
            await (channel.detail("1") if where == "one" else channel.pull(""))
        except SyncError:
            continue


async def test_a_row_of_the_list_that_is_no_trade_is_kept_with_the_number_it_seems_to_have(
    clock,
) -> None:
    body = (
        b'{"trades_sold_increment_get_response":{"total_results":2,"trades":{"trade":['
        b'{"tid":55,"tid":56,"modified":"x"},7]}}}'
    )
    batch = await channel_for(Canned(body), clock, SellerKeys("s")).pull("")
    assert batch.records == ()
    assert [type(each) for each in batch.kept_aside] == [KeptAside, KeptAside]
    assert {each.external_id for each in batch.kept_aside} == {"55", ""}
