"""What the shop learns of an order: everything it says, in our units, and nothing guessed."""

import json

import pytest

from sync.channels.woocommerce_read import CORE_STATUSES, ReadAs, read_order
from sync.records import Problem
from tests.sync.sync_world import pull_all, seed, woo

SHANGHAI = ReadAs("Asia/Shanghai")


async def one(box, channel, **more):
    """The record of one order placed with these fields."""
    order = box.shop.place(seed(**more))
    return await channel.detail(str(order.number))


@pytest.mark.req("F145")
async def test_an_order_is_read_whole(box, channel) -> None:
    record = await one(
        box,
        channel,
        number="A-100",
        customer_note="请放快递柜",
        transaction_id="2025112422001",
        payment_method="alipay",
    )
    assert record.external_no == "A-100"
    assert (record.currency, record.total_minor, record.freight_minor) == ("CNY", 2780, 800)
    line = record.lines[0]
    assert (line.sku, line.title, line.quantity) == ("CUP-1", "青花茶杯", 2)
    assert (line.unit_price_minor, line.total_minor) == (990, 1980)
    assert line.listing_ref == str(box.shop.by_sku("CUP-1").number)
    assert record.receiver.name == "张伟"
    assert (record.receiver.province, record.receiver.city) == ("广东省", "广州")
    assert record.receiver.phone == "13800138000"
    assert record.buyer_message == "请放快递柜"
    assert record.payment_proofs == ("settled", "callback")
    assert record.transaction_ref == "2025112422001"
    assert record.problems == ()
    assert json.loads(record.raw)["number"] == "A-100"


async def test_the_raw_record_is_kept_byte_by_byte_from_a_list(box, channel) -> None:
    order = box.shop.place(seed())
    records, _, _ = await pull_all(channel)
    assert records[0].raw == order.cached


@pytest.mark.parametrize("status", sorted(CORE_STATUSES - {"trash", "auto-draft"}))
async def test_every_status_of_the_platform_arrives_as_it_is(box, channel, status) -> None:
    record = await one(box, channel, status=status)
    assert record.raw_status == status
    assert record.problems == ()


@pytest.mark.req("F009")
async def test_a_plugins_own_status_is_noted_and_the_order_kept(box, channel) -> None:
    box.shop.statuses.add("wait-pickup")
    record = await one(box, channel, status="wait-pickup")
    assert record.problems == (Problem("unknown_status", "status", "wait-pickup"),)
    assert record.total_minor == 2780


async def test_a_status_the_shop_has_explained_is_no_problem(
    box, server, http, clock, nonce
) -> None:
    box.shop.statuses.add("wait-pickup")
    known = ReadAs("Asia/Shanghai", CORE_STATUSES | {"wait-pickup"})
    channel = woo(server.url, http, clock, nonce, read_as=known)
    assert (await one(box, channel, status="wait-pickup")).problems == ()


@pytest.mark.parametrize(
    ("more", "word", "proofs"),
    [
        ({"status": "pending"}, "unpaid", ()),
        ({"status": "processing"}, "paid", ("settled",)),
        ({"status": "processing", "payment_method": "cod"}, "cod", ()),
    ],
)
async def test_the_payment_is_told_from_the_paid_date(box, channel, more, word, proofs) -> None:
    record = await one(box, channel, **more)
    assert (record.raw_payment, record.payment_proofs) == (word, proofs)


async def test_a_cancelled_order_is_seen_in_the_next_round(box, channel, clock) -> None:
    order = box.shop.place(seed())
    _, _, cursor = await pull_all(channel)
    before = order.modified_s
    clock.turn(60)
    box.shop.set_status(order, "cancelled")
    records, _, _ = await pull_all(channel, cursor)
    assert records[0].raw_status == "cancelled"
    assert records[0].version > before * 1000


async def test_an_edited_order_arrives_with_its_new_lines(box, channel, clock) -> None:
    order = box.shop.place(seed())
    _, _, cursor = await pull_all(channel)
    clock.turn(60)
    box.shop.change_lines(order, [{"sku": "CUP-1", "name": "茶杯", "quantity": 5, "price": "9.90"}])
    records, _, _ = await pull_all(channel, cursor)
    assert [line.quantity for line in records[0].lines] == [5]


async def test_a_partial_refund_names_its_line_its_quantity_and_its_amount(box, channel) -> None:
    order = box.shop.place(seed())
    line_id = order.lines[0]["id"]
    box.shop.refund(order, "9.90", "碎了一只", {line_id: 1})
    records, _, _ = await pull_all(channel)
    refund = records[0].refunds[0]
    assert (refund.amount_minor, refund.reason) == (990, "碎了一只")
    assert refund.lines == ((str(line_id), 1, 990),)
    assert records[0].lines[0].quantity_refunded == 1
    assert records[0].raw_payment == "partly_refunded"
    assert records[0].raw_status == "processing"


async def test_a_full_refund_closes_the_order(box, channel) -> None:
    order = box.shop.place(seed())
    box.shop.refund(order, "27.80")
    record = await channel.detail(str(order.number))
    assert (record.raw_status, record.raw_payment) == ("refunded", "refunded")


async def test_refund_lines_are_asked_for_once(box, channel) -> None:
    order = box.shop.place(seed())
    box.shop.refund(order, "1.00")
    await pull_all(channel)
    before = box.calls
    await pull_all(channel)
    assert box.calls - before == 2  # the live list and the trash
    box.shop.refund(order, "2.00", "second")
    records, _, _ = await pull_all(channel)
    assert {refund.reason for refund in records[0].refunds} == {"", "second"}


@pytest.mark.req("F086")
@pytest.mark.parametrize(
    "stamp", ["0000-00-00T00:00:00", "2025-13-01T00:00:00", "gestern", "2025-11-24T25:00:00", "9"]
)
async def test_a_bad_time_is_noted_and_the_order_kept(box, channel, stamp) -> None:
    bad = {"date_paid": stamp, "date_paid_gmt": stamp}
    record = await one(box, channel, as_told=bad)
    assert record.problems == (Problem("bad_time", "date_paid", stamp),)
    assert (record.paid.utc_ms, record.paid.raw) == (None, stamp)
    assert record.total_minor == 2780


@pytest.mark.req("F085", "F087")
async def test_a_time_told_only_in_site_time_is_read_in_the_shops_zone(box, channel) -> None:
    told = {"date_created": "2025-11-24T20:00:00", "date_created_gmt": None}
    record = await one(box, channel, as_told=told)
    assert record.placed.utc_ms == 1_763_985_600_000
    assert (record.placed.raw, record.placed.zone) == ("2025-11-24T20:00:00", "Asia/Shanghai")


@pytest.mark.req("F085")
async def test_a_time_in_the_future_is_accepted(box, channel) -> None:
    told = {"date_created": "2026-01-01T08:00:00", "date_created_gmt": "2026-01-01T00:00:00"}
    record = await one(box, channel, as_told=told)
    assert record.problems == ()
    assert record.placed.utc_ms == 1_767_225_600_000


@pytest.mark.parametrize("total", ["-5.00", "12.345", "NaN", "1e3", "", None, "12,50", "9" * 30])
async def test_an_impossible_amount_is_noted_and_the_order_kept(box, channel, total) -> None:
    record = await one(box, channel, as_told={"total": total})
    assert [(p.code, p.field) for p in record.problems] == [("impossible_amount", "total")]
    assert record.total_minor == 0
    assert len(record.lines) == 1


@pytest.mark.parametrize(
    ("currency", "total", "units"),
    [("JPY", "1200", 1200), ("KWD", "1.234", 1234), ("JPY", "1200.00", 1200)],
)
async def test_amounts_follow_their_currency(box, channel, currency, total, units) -> None:
    lines = [{"id": 1, "quantity": 1, "total": "1", "total_tax": "0", "price": 1, "sku": "CUP-1"}]
    told = {"currency": currency, "total": total, "line_items": lines, "shipping_total": "0"}
    record = await one(box, channel, as_told=told)
    assert (record.total_minor, record.problems) == (units, ())


async def test_an_unknown_currency_is_noted(box, channel) -> None:
    record = await one(box, channel, as_told={"currency": "XYZ"})
    assert record.problems[0] == Problem("unknown_currency", "currency", "XYZ")


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "two", None])
async def test_a_quantity_that_cannot_be_is_noted(box, channel, quantity) -> None:
    line = {"id": 9, "sku": "CUP-1", "quantity": quantity, "total": "9.90", "total_tax": "0"}
    record = await one(box, channel, as_told={"line_items": [line]})
    assert [p.code for p in record.problems] == ["bad_quantity"]


async def test_one_unreadable_order_does_not_stop_the_page(box, channel) -> None:
    good = [box.shop.place(seed()).number for _ in range(3)]
    broken = '{"id": 5000, "status": "processing", "status": "completed"}'
    box.shop.place(seed(id=5000, as_raw=broken))
    box.shop.place(seed(id=5001, as_raw='{"code": "fatal"}'))
    records, kept, _ = await pull_all(channel)
    assert [int(record.external_id) for record in records] == good
    assert [(each.external_id, each.reason.code) for each in kept] == [
        ("5000", "unreadable"),
        ("", "unreadable"),
    ]
    assert kept[0].raw == broken.encode()


async def test_a_whole_page_of_unreadable_orders_is_walked_past(box, channel) -> None:
    for number in range(1000, 1150):
        box.shop.place(seed(id=number, as_raw='{"odd": NaN}'))
    last = box.shop.place(seed()).number
    records, kept, _ = await pull_all(channel)
    assert [int(record.external_id) for record in records] == [last]
    assert len(kept) >= 150


def test_no_shipping_address_means_billing_and_names_follow_their_script() -> None:
    told = {
        "id": 1,
        "status": "processing",
        "currency": "USD",
        "total": "1.00",
        "date_created_gmt": "2025-11-24T12:00:00",
        "shipping": [],
        "billing": {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "address_1": "1 St James's Sq",
            "state": "CA",
            "country": "US",
        },
        "line_items": {"3": {"id": 1, "name": "Tea &amp; cup", "quantity": "2", "total": "1.00"}},
    }
    record = read_order(told, b"{}", SHANGHAI, None)
    assert record.receiver.name == "Ada Lovelace"
    assert record.receiver.province == "CA"
    assert (record.lines[0].title, record.lines[0].quantity) == ("Tea & cup", 2)
    assert record.problems == ()


def test_chosen_attributes_are_shown_and_private_ones_are_not() -> None:
    meta = [
        {"key": "pa_color", "value": "blue", "display_key": "颜色", "display_value": "蓝"},
        {"key": "size", "value": "M"},
        {"key": "_reduced_stock", "value": "2"},
        {"key": "gift_wrap", "value": {"odd": []}},
    ]
    line = {"id": 1, "quantity": 1, "total": "1", "product_id": 22, "variation_id": 23}
    told = {"id": 1, "status": "pending", "currency": "CNY", "total": "1"}
    record = read_order({**told, "line_items": [{**line, "meta_data": meta}]}, b"", SHANGHAI, None)
    assert record.lines[0].variant == "颜色: 蓝, size: M"
    assert record.lines[0].listing_ref == "22:23"
    assert [p.code for p in record.problems] == ["missing_field"]


def test_a_text_never_carries_a_nul_into_the_book() -> None:
    told = {"id": 1, "status": "pending", "customer_note": "a\x00b"}
    assert read_order(told, b"", SHANGHAI, None).buyer_message == "ab"
