"""A Shopify order becomes ours whole: amounts, people, edits, refunds, holds, what is missing."""

import json

import pytest

from sync.errors import Malformed
from sync.json_text import list_within
from sync.records import Problem
from sync.sandbox.shopify_gate import App
from tests.sync.shopify_world import ADDRESS, STATUSES, sandbox, seed, straight
from tests.sync.sync_world import NOON, HandClock, pull_all


@pytest.fixture
def box(clock: HandClock):
    return sandbox(clock)


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


async def only(channel):
    records, kept, _ = await pull_all(channel)
    assert kept == []
    assert len(records) == 1
    return records[0]


async def test_a_plain_order_comes_in_whole(box, shop) -> None:
    order = box.shop.place(seed(note="gift wrap please"))
    record = await only(shop)
    assert record.external_id == str(order.number)
    assert record.external_no == "#1001"
    assert (record.raw_status, record.raw_payment) == ("UNFULFILLED", "PAID")
    amounts = (record.total_minor, record.freight_minor, record.discount_minor, record.tax_minor)
    assert amounts == (5780, 500, 100, 400)
    assert [(x.sku, x.quantity, x.unit_price_minor, x.total_minor) for x in record.lines] == [
        ("CUP-1", 2, 990, 1980),
        ("POT-1", 1, 3000, 3000),
    ]
    assert record.receiver.name == "Ada Lovelace"
    assert record.receiver.address == "1 Main St Apt 4"
    assert record.buyer_message == "gift wrap please"
    assert record.placed.utc_ms == NOON
    assert record.problems == ()
    assert json.loads(record.raw)["name"] == "#1001"


async def test_amounts_are_the_shops_own_money_not_what_the_buyer_saw(box, shop) -> None:
    box.shop.place(seed(presentment="EUR", rate="0.9"))
    record = await only(shop)
    assert (record.currency, record.total_minor) == ("USD", 5780)
    assert b'"EUR"' in record.raw


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 1200), ("USD", 120000)])
async def test_amounts_fit_their_currency(clock, currency, minor) -> None:
    """Shopify writes 1200.0 for a currency that has no hundredths."""
    box = sandbox(clock, currency=currency)
    box.shop.place({**seed(), "total": "1200", "lines": [{"sku": "CUP-1", "price": "1200"}]})
    record = await only(straight(box, clock))
    assert (record.currency, record.total_minor) == (currency, minor)
    assert record.problems == ()


async def test_an_order_of_many_lines_is_read_to_its_last(box, shop) -> None:
    lines = [{"sku": "CUP-1", "title": f"Cup {n}", "price": "1"} for n in range(73)]
    box.shop.place(seed(lines=lines))
    record = await only(shop)
    assert [line.title for line in record.lines] == [f"Cup {n}" for n in range(73)]
    assert b"Cup 72" in record.raw


# --- what has changed since the checkout ---


async def test_an_edit_takes_units_off_and_adds_lines(box, shop) -> None:
    order = box.shop.place(seed())
    cup = order.lines[0]
    box.shop.take_off(order, {cup.number: 1})
    box.shop.add_line(order, {"sku": "POT-1", "title": "Tea pot", "price": "30.00"})
    record = await only(shop)
    assert [(x.quantity, x.quantity_refunded) for x in record.lines] == [(2, 1), (1, 0), (1, 0)]


async def test_a_partial_refund_comes_with_its_lines_and_leaves_the_order_paid(box, shop) -> None:
    order = box.shop.place(seed())
    cup = order.lines[0]
    refund = box.shop.refund(order, "9.90", "chipped", {cup.number: 1})
    record = await only(shop)
    assert record.raw_payment == "PARTIALLY_REFUNDED"
    assert record.raw_status == "UNFULFILLED"
    assert record.payment_proofs == ("settled", "callback")
    told = record.refunds[0]
    assert (told.external_id, told.amount_minor, told.reason) == (str(refund["id"]), 990, "chipped")
    assert told.lines == ((str(cup.number), 1, 990),)
    assert record.lines[0].quantity_refunded == 1


async def test_every_refund_is_listed_however_many_there_are(box, shop) -> None:
    order = box.shop.place(seed())
    for _ in range(9):
        box.shop.refund(order, "1.00")
    record = await only(shop)
    assert [refund.amount_minor for refund in record.refunds] == [100] * 9


async def test_a_refund_is_asked_for_once(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.refund(order, "1.00", "late", {order.lines[0].number: 1})
    _, _, cursor = await pull_all(shop)
    asked = len([1 for text, _ in box.heard if "query RefundLines" in text])
    await pull_all(shop, cursor)
    assert len([1 for text, _ in box.heard if "query RefundLines" in text]) == asked == 1


async def test_all_the_money_back_is_a_status_of_its_own(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.refund(order, "57.80")
    record = await only(shop)
    assert (record.raw_status, record.raw_payment) == ("REFUNDED", "REFUNDED")


async def test_a_cancelled_order_says_so_whatever_else_it_says(box, shop) -> None:
    box.shop.cancel(box.shop.place(seed()))
    assert (await only(shop)).raw_status == "CANCELLED"


async def test_an_archived_order_that_was_never_sent_is_not_waiting(box, shop) -> None:
    order = box.shop.place(seed())
    order.closed = True
    assert (await only(shop)).raw_status == "ARCHIVED"


async def test_an_archived_order_that_was_sent_is_sent(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.fulfil_all(order, "1Z1")
    assert order.closed
    record = await only(shop)
    assert record.raw_status == "FULFILLED"
    assert [line.quantity_shipped for line in record.lines] == [2, 1]


async def test_a_test_order_is_never_taken_for_a_real_one(box, shop) -> None:
    box.shop.place(seed(test=True))
    assert (await only(shop)).raw_status == "TEST"


async def test_what_somebody_sent_in_part_is_known_line_by_line(box, shop) -> None:
    order = box.shop.place(seed())
    piece = order.pieces[0]
    box.shop.fulfil(order, {piece.number: {order.lines[0].number: 1}}, ["1Z1"])
    record = await only(shop)
    assert record.raw_status == "PARTIALLY_FULFILLED"
    assert [line.quantity_shipped for line in record.lines] == [1, 0]


async def test_a_refunded_unit_is_not_taken_for_a_sent_one(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.refund(order, "9.90", "", {order.lines[0].number: 1})
    record = await only(shop)
    assert [line.quantity_shipped for line in record.lines] == [0, 0]


async def test_a_thing_that_is_not_sent_never_counts_as_sent(box, shop) -> None:
    gift = {"sku": "CARD", "title": "Gift card", "price": "50", "requires_shipping": False}
    box.shop.place(seed(lines=[gift], address=None))
    record = await only(shop)
    assert record.lines[0].quantity_shipped == 0
    assert [p.field for p in record.problems] == []


# --- payment ---


@pytest.mark.parametrize(
    ("financial", "proofs"),
    [
        ("PAID", ("settled", "callback")),
        ("PENDING", ()),
        ("AUTHORIZED", ()),
        ("EXPIRED", ()),
        ("VOIDED", ()),
    ],
)
async def test_only_money_that_came_in_is_proof_of_payment(box, shop, financial, proofs) -> None:
    box.shop.place(seed(financial=financial))
    record = await only(shop)
    assert (record.raw_payment, record.payment_proofs) == (financial, proofs)
    assert (record.paid.utc_ms is not None) == bool(proofs)


async def test_a_payment_marked_by_hand_is_no_callback_of_a_gateway(box, shop) -> None:
    box.shop.place(seed(gateway=False))
    assert (await only(shop)).payment_proofs == ("settled",)


# --- holds, dates, places ---


async def test_a_hold_stops_the_order_and_says_why(box, shop) -> None:
    order = box.shop.place(seed())
    box.shop.hold(order, "HIGH_RISK_OF_FRAUD")
    record = await only(shop)
    assert (record.raw_status, record.hold) == ("ON_HOLD", "fraud")
    box.shop.release(order)
    assert (await shop.detail(str(order.number))).hold == ""


async def test_a_hold_on_one_of_two_places_stops_the_whole_order(box, shop) -> None:
    lines = [*seed()["lines"], {"sku": "CUP-1", "price": "1", "location": 9002}]
    order = box.shop.place(seed(lines=lines))
    box.shop.hold(order, "INVENTORY_OUT_OF_STOCK", pieces=1)
    assert (await only(shop)).hold == "stock"


async def test_a_hold_behind_the_first_five_fulfilment_orders_is_seen(box, shop) -> None:
    lines = [{"sku": "CUP-1", "price": "1", "location": 9001 + n} for n in range(8)]
    order = box.shop.place(seed(lines=lines))
    order.pieces[-1].status, order.pieces[-1].holds = "ON_HOLD", ["OTHER"]
    assert (await only(shop)).hold == "other"


async def test_an_order_for_a_later_day_waits_for_it(box, shop, clock) -> None:
    box.shop.place(seed(fulfill_at=clock.now_s() + 86_400))
    record = await only(shop)
    assert (record.raw_status, record.hold, record.kind) == ("SCHEDULED", "date", "presale")


async def test_what_a_fulfilment_service_sends_is_not_ours_to_send(box, shop) -> None:
    order = box.shop.place(seed())
    order.pieces[0].request = "ACCEPTED"
    record = await only(shop)
    assert (record.raw_status, record.hold) == ("IN_PROGRESS", "service")


async def test_the_earliest_fulfil_by_is_the_promise(box, shop, clock) -> None:
    order = box.shop.place(seed(fulfill_by=clock.now_s() + 7200))
    record = await only(shop)
    assert record.promise is not None
    assert record.promise.utc_ms == NOON + 7_200_000
    assert order.pieces[0].fulfill_by


async def test_a_chinese_address_has_its_province_in_chinese_and_its_name_in_order(
    box, shop
) -> None:
    place = {**ADDRESS, "firstName": "伟", "lastName": "张", "name": "伟 张"}
    place |= {"countryCodeV2": "CN", "provinceCode": "GD", "province": "Guangdong", "city": "广州"}
    box.shop.place(seed(address=place))
    receiver = (await only(shop)).receiver
    assert (receiver.name, receiver.province, receiver.city) == ("张伟", "广东省", "广州")


# --- what the app may not see, and what cannot be read ---


async def test_people_the_app_may_not_see_stay_missing_and_are_said(clock) -> None:
    app = App("client", "secret", level_2=False)
    box = sandbox(clock, app)
    box.shop.place(seed())
    record = await only(straight(box, clock))
    to = record.receiver
    assert (to.name, to.phone, to.email, to.address) == ("", "", "", "")
    assert to.city == "New York"
    assert record.problems == (Problem("missing_field", "address", "protected customer data"),)


async def test_an_order_without_an_address_is_never_given_another(box, shop) -> None:
    box.shop.place(seed(address=None))
    record = await only(shop)
    assert record.receiver.address == ""
    assert record.problems == (Problem("missing_field", "address", ""),)


async def test_a_word_nobody_knows_is_said(box, shop) -> None:
    box.shop.place(seed(as_told={"displayFulfillmentStatus": "TELEPORTED"}))
    record = await only(shop)
    assert record.problems == (Problem("unknown_status", "status", "TELEPORTED"),)
    assert "TELEPORTED" not in STATUSES


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"createdAt": "yesterday"}, ("bad_time", "createdAt")),
        ({"currencyCode": "XYZ"}, ("unknown_currency", "currencyCode")),
        (
            {"totalPriceSet": {"shopMoney": {"amount": "12.345"}, "presentmentMoney": None}},
            ("impossible_amount", "totalPriceSet"),
        ),
    ],
)
async def test_a_field_that_cannot_be_read_is_a_problem_of_its_order(
    box, shop, told, problem
) -> None:
    if "totalPriceSet" in told:
        money = told["totalPriceSet"]
        money["shopMoney"]["currencyCode"] = "USD"
        money["presentmentMoney"] = money["shopMoney"]
    box.shop.place(seed(as_told=told))
    record = await only(shop)
    assert problem in {(p.code, p.field) for p in record.problems}


async def test_a_record_without_a_number_is_kept_aside_whole(box, shop) -> None:
    box.shop.place(seed(as_told={"id": "nonsense"}))
    box.shop.place(seed())
    records, kept, _ = await pull_all(shop)
    assert len(records) == 1
    assert [one.reason.code for one in kept] == ["unreadable"]
    assert b"nonsense" in kept[0].raw


def test_one_broken_order_does_not_take_its_page_with_it() -> None:
    body = (
        b'{"data":{"orders":{"nodes":[{"id":1},{"id":NaN},{"id":3}],"pageInfo":{"a":[1]}}},"x":2}'
    )
    elements, rest = list_within(body, ("data", "orders", "nodes"))
    assert [element.value for element in elements] == [{"id": 1}, None, {"id": 3}]
    assert elements[1].raw == b'{"id":NaN}'
    assert rest == {"data": {"orders": {"nodes": [], "pageInfo": {"a": [1]}}}, "x": 2}


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{"orders":{"nodes":[{"id":1}',
        b'{"data":{"orders":{"nodes":[],"pageInfo":NaN}}}',
        b'{"data" {"orders":1}}',
        b'{"data":{"orders":{"nodes":[]}}} x',
    ],
)
def test_an_answer_broken_around_its_list_is_not_believed(body) -> None:
    with pytest.raises(Malformed):
        list_within(body, ("data", "orders", "nodes"))


def test_an_answer_without_the_list_has_none() -> None:
    assert list_within(b'{"data":null}', ("data", "orders")) == ([], {"data": None})
    assert list_within(b'{"a":{"b":{}},"c":[1]}', ("a", "c")) == ([], {"a": {"b": {}}, "c": [1]})
