"""A Youzan shop's order as the shop reads it: whole, sealed as it came, and nothing guessed."""

import asyncio
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.youzan_read import ReadAs, read_order
from sync.channels.youzan_refunds import read_refund
from sync.errors import Malformed, NoSuchOrder, Rejected, SyncError
from sync.json_text import read_json
from sync.records import Problem
from sync.sandbox.faults import Fault
from sync.sandbox.yz_views import row_view, whole_view
from tests.sync.platform_world import Canned
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.youzan_world import LIST, STATUSES, WORDS, parcel, sandbox, seed, straight

WHOLE = "youzan.trade.get"


@pytest.fixture
def box(clock):
    return sandbox(clock)


def as_told(box, order, *, sealed=True):
    """The order as it comes over the wire."""
    return read_json(json.dumps(whole_view(box.shop, order, sealed=sealed)).encode())


async def only(box, clock, **more):
    """The one order of the shop, read."""
    order = box.shop.place(seed(**more))
    return order, await straight(box, clock).detail(order.tid)


def heard(box, name):
    return [method for method, _ in box.heard].count(name)


async def test_an_order_comes_in_whole_in_minor_units_and_utc(box, clock) -> None:
    order, record = await only(
        box, clock, message="周末送", memo="易碎", star=4, gifts=[("POT-1", 1)]
    )
    assert (record.external_id, record.currency) == (order.tid, "CNY")
    assert (record.total_minor, record.freight_minor, record.discount_minor) == (5600, 800, 180)
    assert [(x.sku, x.quantity, x.unit_price_minor, x.total_minor) for x in record.lines] == [
        ("CUP-1", 2, 990, 1980),
        ("POT-1", 1, 3000, 3000),
        ("POT-1", 1, 0, 0),
    ]
    assert [(x.gift, x.variant) for x in record.lines] == [
        (g, "青花") for g in (False, False, True)
    ]
    assert [x.external_id for x in record.lines] == [item.oid for item in order.items]
    cup, pot = order.items[0].sku, order.items[1].sku
    refs = [line.listing_ref for line in record.lines[:2]]
    assert refs == [f"{cup.item_id}:{cup.sku_id}", f"{pot.item_id}:0"]
    assert (record.buyer_message, record.seller_memo, record.flag) == ("周末送", "易碎", "blue")
    assert (record.raw_status, record.raw_payment) == ("WAIT_SELLER_SEND_GOODS", "PAID")
    assert (record.payment_proofs, record.problems) == (("settled", "callback"), ())
    assert record.placed.utc_ms == order.created_s * 1000
    assert (record.version, record.modified.zone) == (order.updated_s * 1000, "Asia/Shanghai")


async def test_the_word_null_and_times_nobody_can_read(box, clock) -> None:
    order = box.shop.place(seed())
    head = as_told(box, order)["full_order_info"]["order_info"]
    odd = {**head, "success_time": "2019年08月20日", "pay_time": "null"}
    order.told = {"order_info": odd}
    record = await straight(box, clock).detail(order.tid)
    assert (record.paid.raw, record.completed.utc_ms) == ("", None)
    assert record.problems[0] == Problem("bad_time", "success_time", "2019年08月20日")


async def test_what_is_sold_ahead_is_promised_for_the_day_it_is_to_leave(box, clock) -> None:
    rows = as_told(box, box.shop.place(seed()))["full_order_info"]["orders"]
    told = {"orders": [{**rows[0], "is_pre_sale": "1", "expect_delivery_time": 1_764_000_000}]}
    _, record = await only(box, clock, told=told)
    assert record.kind == "presale"
    assert record.promise is not None
    assert record.promise.utc_ms == 1_764_000_000_000


@pytest.mark.req("F009")
async def test_every_state_of_the_pages_has_a_word_here_and_another_asks_a_person(
    box, clock
) -> None:
    told = as_told(box, box.shop.place(seed()))
    statuses = ("WAIT_BUYER_PAY", "TRADE_PAID", "WAIT_CONFIRM", "WAIT_SELLER_SEND_GOODS")
    statuses += ("WAIT_BUYER_CONFIRM_GOODS", "TRADE_SUCCESS", "TRADE_CLOSED")
    order_words, payment_words = set(), set()
    for status, back, asked in itertools.product(
        statuses, (0, 1, 2, 11, 12), (None, 1, 10, 20, 30, 40, 50, 60)
    ):
        head = {**told["full_order_info"]["order_info"], "status": status, "refund_state": back}
        refunds = [] if asked is None else [{"refund_state": asked, "refund_fee": "0.00"}]
        one = {"full_order_info": {**told["full_order_info"], "order_info": head}}
        record = read_order({**one, "refund_order": refunds}, b"", ReadAs(STATUSES))
        assert record.problems == ()
        order_words.add(record.raw_status)
        payment_words.add(record.raw_payment)
    known = {m: {r for p, k, r in WORDS if p == "youzan" and k == m} for m in ("order", "payment")}
    assert order_words == known["order"]
    assert payment_words == known["payment"] - {"COD"}
    cash = {**head, "status": "WAIT_SELLER_SEND_GOODS", "refund_state": 0}
    cash |= {"pay_type": 9, "pay_time": ""}
    told["full_order_info"]["order_info"] = cash
    record = read_order({**told, "refund_order": []}, b"", ReadAs(STATUSES))
    assert (record.raw_payment, record.payment_proofs) == ("COD", ())
    cash["status"] = "TRADE_ODD"
    odd = read_order(told, b"", ReadAs(STATUSES))
    assert odd.problems == (Problem("unknown_status", "status", "TRADE_ODD"),)


# --- the receiver ---


async def test_the_receiver_stays_sealed_as_the_platform_gives_it(box, clock) -> None:
    order, record = await only(box, clock)
    to = record.receiver
    assert (to.name, to.phone, to.address) == ("", "", "")
    assert (to.country, to.province, to.city, to.district) == ("CN", "浙江省", "杭州市", "萧山区")
    assert json.loads(to.cipher) == {
        "receiver_name": box.shop.cipher(order, "name"),
        "receiver_tel": box.shop.cipher(order, "phone"),
        "delivery_address": box.shop.cipher(order, "detail"),
    }
    for plain in ("张小满", "13812345678", "市心中路"):
        assert plain not in repr(record)


async def test_a_receiver_that_is_told_clear_is_kept_clear(clock) -> None:
    _, record = await only(sandbox(clock, sealed=False), clock)
    to = record.receiver
    assert (to.name, to.phone, to.address) == ("张小满", "13812345678", "市心中路 1 号")
    assert to.cipher == ""


# --- what stops it ---


@pytest.mark.parametrize(
    ("more", "hold"),
    [
        ({"status": "TRADE_PAID"}, "other"),
        ({"status": "WAIT_CONFIRM"}, "other"),
        ({}, ""),
        ({"status": "WAIT_BUYER_PAY"}, ""),
        ({"status": "TRADE_SUCCESS", "risk": "RISK_ORDER"}, ""),
        ({"risk": "RISK_ORDER"}, "fraud"),
        ({"express_type": 1}, "service"),
        ({"express_type": 2, "risk": "CHEAT"}, "fraud,service"),
        ({"refund_state": 1}, "refund"),
    ],
)
async def test_what_is_not_to_be_sent_in_a_parcel_now_is_held(box, clock, more, hold) -> None:
    _, record = await only(box, clock, **more)
    assert record.hold == hold


async def test_money_asked_back_before_it_left_holds_the_order_until_it_is_settled(
    box, clock
) -> None:
    order = box.shop.place(seed())
    asked = box.shop.ask_back(order, order.items[:1])
    shop = straight(box, clock)
    record = await shop.detail(order.tid)
    assert (record.hold, record.raw_payment) == ("refund", "refund_order.refund_state.1")
    box.shop.settle(order, asked, "SELLER_REFUSE_BUYER")
    assert (await shop.detail(order.tid)).hold == ""


@pytest.mark.req("F223")
async def test_a_wish_that_does_not_move_the_orders_own_time_is_found_by_asking(box, clock) -> None:
    """The list of orders does not show it as changed, the list of refunds does."""
    shop = straight(box, clock)
    order = box.shop.place(seed())
    clock.turn(3600)
    records, _, cursor = await pull_all(shop)
    assert [each.hold for each in records] == [""]
    clock.turn(3600)
    asked = box.shop.ask_back(order, order.items)
    clock.turn(300)
    records, _, cursor = await pull_all(shop, cursor)
    assert [(each.external_id, each.hold) for each in records] == [(order.tid, "refund")]
    clock.turn(60)
    known, paid = cursor, heard(box, WHOLE)
    for _ in range(2):  # whoever could not keep the first answer is told the same again
        records, _, cursor = await pull_all(shop, known)
        assert [each.hold for each in records] == ["refund"]
    assert heard(box, WHOLE) == paid  # and it is not paid for again
    box.shop.settle(order, asked, "CLOSED")
    clock.turn(300)
    records, _, _ = await pull_all(shop, cursor)
    assert [each.hold for each in records] == [""]


# --- money back ---


async def test_an_item_whose_money_went_back_before_it_left_is_owed_no_more(box, clock) -> None:
    order = box.shop.place(seed(post_fen=0, off_fen=0))
    box.shop.settle(order, box.shop.ask_back(order, order.items[:1]), "SUCCESS")
    record = await straight(box, clock).detail(order.tid)
    assert (record.raw_status, record.raw_payment) == ("WAIT_SELLER_SEND_GOODS", "PARTLY_REFUNDED")
    assert [x.quantity - x.quantity_refunded for x in record.lines] == [0, 1]
    assert [each.amount_minor for each in record.refunds] == [1980]
    assert record.refunds[0].created.utc_ms == clock.ms


async def test_a_part_of_an_items_money_leaves_the_item_owed(box, clock) -> None:
    order = box.shop.place(seed(post_fen=0, off_fen=0))
    box.shop.settle(order, box.shop.ask_back(order, order.items[:1], 100), "SUCCESS")
    record = await straight(box, clock).detail(order.tid)
    assert [x.quantity - x.quantity_refunded for x in record.lines] == [2, 1]


async def test_all_money_back_before_it_left_ends_the_order(box, clock) -> None:
    order = box.shop.place(seed())
    box.shop.settle(order, box.shop.ask_back(order, order.items, order.pay_fen), "SUCCESS")
    record = await straight(box, clock).detail(order.tid)
    assert (record.raw_status, record.raw_payment) == ("TRADE_CLOSED/12", "REFUNDED")
    assert [x.quantity - x.quantity_refunded for x in record.lines] == [0, 0]


async def test_money_back_after_it_left_leaves_the_goods_as_they_are(box, clock) -> None:
    order = box.shop.place(seed())
    shop = straight(box, clock)
    await shop.ship(parcel(order))
    box.shop.settle(order, box.shop.ask_back(order, order.items[:1]), "SUCCESS")
    record = await shop.detail(order.tid)
    assert [(x.quantity_refunded, x.quantity_shipped) for x in record.lines] == [(0, 2), (0, 1)]


# --- what is paid for ---


async def test_only_what_is_to_be_sent_or_has_money_asked_of_it_is_read_whole_and_once(
    box, clock
) -> None:
    shop = straight(box, clock)
    for status in ("WAIT_BUYER_PAY", "WAIT_BUYER_CONFIRM_GOODS", "TRADE_SUCCESS", "TRADE_CLOSED"):
        box.shop.place(seed(status=status))
    sent = box.shop.place(seed())
    clock.turn(100)
    records, _, cursor = await pull_all(shop)
    assert (len(records), heard(box, WHOLE)) == (5, 1)
    clock.turn(100)
    await pull_all(shop, cursor)
    assert heard(box, WHOLE) == 1  # rounds overlap
    clock.turn(400)
    box.shop.change(sent, memo="x")
    clock.turn(100)
    await pull_all(shop, cursor)
    assert heard(box, WHOLE) == 2


async def test_what_was_heard_of_an_order_is_not_undone_by_its_row_in_the_list(box, clock) -> None:
    """A message's reading is newer than a row of the same time of the order's own."""
    shop = straight(box, clock)
    order = box.shop.place(seed())
    clock.turn(100)
    _, _, cursor = await pull_all(shop)
    box.shop.ask_back(order, order.items)
    assert (await shop.detail(order.tid)).hold == "refund"
    clock.turn(100)
    records, _, _ = await pull_all(shop, cursor)
    assert {each.hold for each in records} == {"refund"}


async def test_an_order_that_is_not_shown_whole_is_still_an_order(box, clock) -> None:
    box.shop.place(seed())
    box.setup.app.lacks = set()
    clock.turn(100)
    box.routes["youzan.trade.get/4.0.2"] = box.routes["youzan.logistics.online.confirm/3.0.0"]
    records, _, _ = await pull_all(straight(box, clock))
    (record,) = records
    assert [(each.code, each.field) for each in record.problems] == [("unreadable", WHOLE)]
    assert [line.quantity for line in record.lines] == [2, 1]


async def test_the_list_and_the_order_itself_are_read_alike(box, clock) -> None:
    order = box.shop.place(seed(memo="x", star=1))
    row = read_json(json.dumps(row_view(box.shop, order, sealed=True)).encode())
    assert read_order(row, b"", ReadAs(STATUSES)) == read_order(
        as_told(box, order), b"", ReadAs(STATUSES)
    )


async def test_an_order_read_twice_is_the_same_bytes(box, clock) -> None:
    """What numbers an answer is not part of the order: nothing is written anew for it."""
    order, record = await only(box, clock)
    assert (await straight(box, clock).detail(order.tid)).raw == record.raw
    assert json.loads(record.raw)["full_order_info"]["order_info"]["tid"] == order.tid


# --- what cannot be read ---


async def test_one_broken_order_does_not_take_its_page_with_it(box, clock) -> None:
    good = box.shop.place(seed())
    for broken in ({"tid": None}, {"tid": "a b"}, {"tid": ["1"]}):
        box.shop.place(seed(told={"order_info": broken}))
    clock.turn(600)
    records, kept, _ = await pull_all(straight(box, clock))
    assert {record.external_id for record in records} == {good.tid}
    assert len({each.raw for each in kept}) == 3


async def test_an_element_that_is_no_json_is_kept_aside_with_its_number(box, clock) -> None:
    row = '{"full_order_info":{"order_info":{"tid":"E2025","x":NaN}}}'
    twin = '{"full_order_info":{"order_info":{"tid":"E20251","tid":"x"}}}'
    page = f'{{"code":200,"data":{{"full_order_info_list":[{row},{twin},5],"total_results":3}}}}'
    shop = straight(box, clock, http=Canned(page.encode()), access_token="t")
    batch = await shop.pull("")
    assert [each.external_id for each in batch.kept_aside] == ["", "E20251", ""]
    assert (batch.records, batch.kept_aside[2].raw) == ((), b"5")


async def test_a_refund_without_an_order_is_kept_aside(box, clock) -> None:
    order = box.shop.place(seed())
    clock.turn(3600)
    shop = straight(box, clock)
    _, _, cursor = await pull_all(shop)
    box.shop.ask_back(order, order.items)
    search = box.routes["youzan.trade.refund.search/3.0.1"]

    def odd(params):
        told = search(params)
        for row in told["refunds"]:
            row["tid"] = None
        return told

    box.routes["youzan.trade.refund.search/3.0.1"] = odd
    clock.turn(300)
    records, kept, _ = await pull_all(shop, cursor)
    assert (records, [each.reason.field for each in kept]) == ([], ["refund"])


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**24),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
    st.text(max_size=12),
    st.sampled_from(["null", "[]", '[{"v":1}]', "[", "$a$1$"]),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["tid", "oid", "oids", "dists"]), st.none()),
)
HEAD = """
    status created update_time pay_time success_time refund_state express_type pay_type order_tags
    order_extra
"""
FULL = "buyer_info pay_info remark_info address_info orders"
ITEM = """
    oid num price payment item_id sku_id outer_sku_id sku_properties_name is_present is_pre_sale
    item_tags expect_delivery_time pic_path
"""
BESIDE = "refund_order delivery_order"
REFUND = "refund_id status tid oid demand return_goods reason refund_fee created version logistics"


def odd_fields(names):
    return st.dictionaries(st.sampled_from(names.split()), ODD, max_size=10)


@settings(max_examples=25, deadline=None)
@given(*(odd_fields(names) for names in (HEAD, FULL, ITEM, BESIDE, REFUND)))
def test_whatever_an_order_says_it_is_read_and_kept(head, full, item, beside, refund) -> None:
    paid = {"refund_state": 60, "refund_fee": "1.00", "oids": [{"oid": item.get("oid")}], **refund}
    info = {"order_info": {"tid": "E20251", **head}, "orders": [item], **full}
    told = {"full_order_info": info, "refund_order": [paid], **beside}
    record = read_order(told, b"raw", ReadAs(STATUSES))
    assert (record.external_id, record.raw) == ("E20251", b"raw")
    assert record.total_minor >= 0
    for line in record.lines:
        assert line.quantity >= line.quantity_shipped + line.quantity_refunded >= 0
    assert read_refund(refund, b"raw").amount_minor >= 0


@settings(max_examples=25, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.from_regex(rb'\{"[a-z_]{1,30}":.{0,40}\}'),
        st.from_regex(rb'\{"code":200,"data":.{0,40}\}'),
        st.from_regex(rb'\{"(gw_err_resp|error_response|response)":.{0,40}\}'),
    )
)
def test_whatever_the_gateway_answers_only_our_errors_come_out(body) -> None:
    clock = HandClock()
    shop = straight(sandbox(clock), clock, http=Canned(body), access_token="t")
    order = sandbox(clock).shop.place(seed())
    acts = (shop.pull(""), shop.detail("E20251"), shop.ship(parcel(order)), shop.check())
    for act in (*acts, shop.after_sales(""), shop.after_sale("1")):
        try:
            asyncio.run(act)
        except SyncError:
            continue


async def test_an_order_that_is_not_there_is_named_and_never_taken_for_deleted(box, clock) -> None:
    """It may only be late, and an order of another shop is told the same."""
    with pytest.raises(Rejected, match="youzan_no_such_order") as refused:
        await straight(box, clock).detail("E404404")
    assert not isinstance(refused.value, NoSuchOrder)
    with pytest.raises(Rejected, match="sync_bad_number"):
        await straight(box, clock).detail('1"},"x":"')
    empty = b'{"code":200,"data":{"full_order_info":{"orders":[]}}}'
    with pytest.raises(Rejected, match="youzan_no_such_order"):
        await straight(box, clock, http=Canned(empty), access_token="t").detail("E404404")


async def test_a_failure_with_an_empty_list_is_no_empty_page(box, clock) -> None:
    body = b'{"code":5000,"success":false,"message":"x","data":{"full_order_info_list":[]}}'
    with pytest.raises(Rejected):
        await straight(box, clock, http=Canned(body), access_token="t").pull("")
    for told in ({"total_results": 3}, {"full_order_info_list": []}, {"total_results": -1}):
        body = json.dumps({"code": 200, "data": told}).encode()
        with pytest.raises(Malformed, match="youzan_odd_answer"):
            await straight(box, clock, http=Canned(body), access_token="t").pull("")


async def test_a_page_that_comes_apart_is_asked_for_again(box, clock) -> None:
    box.shop.place(seed())
    clock.turn(100)
    shop = straight(box, clock)
    box.faults.plan(Fault("garbage", part=LIST))
    with pytest.raises(Malformed):
        await shop.pull("")
    records, _, _ = await pull_all(shop)
    assert len(records) == 1
