"""What an order of Amazon says comes in as it is: in UTC, in its own money, and hostile or not."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.amazon_read import STATUSES, ReadAs, read_order
from sync.errors import Malformed, SyncError
from sync.sandbox.amazon import AmazonSandbox
from tests.sync.amazon_world import Canned, channel_for, sandbox, straight
from tests.sync.sync_world import NOON, HandClock, pull_all


@pytest.fixture
def box(clock: HandClock) -> AmazonSandbox:
    return sandbox(clock)


async def read(box: AmazonSandbox, clock: HandClock, **more):
    clock.turn(600)
    return await pull_all(straight(box, clock, **more))


def told(**more):
    """An order as Amazon tells it, with these fields in place of its own."""
    return {
        "orderId": "114-0000001-1000000",
        "createdTime": "2025-11-24T03:00:00Z",
        "lastUpdatedTime": "2025-11-24T11:00:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {"sellerSku": "A"}}],
        **more,
    }


def item(**more):
    return {"orderItemId": "1", "quantityOrdered": 2, "product": {"sellerSku": "A"}, **more}


# --- times ---


@pytest.mark.req("F085", "F087")
async def test_none_of_237_orders_of_amazon_us_is_late_or_lost_by_its_zone(box, clock) -> None:
    """The case: orders of an evening in Los Angeles, told in UTC, read in the shop's own zone."""
    for n in range(237):
        box.shop.sell(created_s=NOON // 1000 - 3600 + n * 15)
    records, kept, _ = await read(box, clock)
    assert (len(records), kept) == (237, [])
    at = {r.external_id: r.placed for r in records}
    for order in box.shop.orders.values():
        moment = at[order.number]
        assert moment.utc_ms == order.created_s * 1000, "the very instant Amazon told"
        assert (moment.zone, moment.raw[-1]) == ("UTC", "Z"), "with what it was read from"
        assert moment.utc_ms <= clock.ms, "none lies in a future that would keep it out"


@pytest.mark.parametrize(
    ("raw", "ms"),
    [
        ("2025-11-24T12:00:00Z", NOON),
        ("2025-11-24T12:00:00.250Z", NOON + 250),
        ("2025-11-24T04:00:00-08:00", NOON),
        ("2025-11-24T12:00:00", NOON),
    ],
)
@pytest.mark.req("F085")
def test_a_time_is_its_own_instant_and_one_without_a_zone_is_utc_not_the_shops(raw, ms) -> None:
    record = read_order(told(createdTime=raw), b"", ReadAs())
    assert (record.placed.utc_ms, record.placed.raw, record.problems) == (ms, raw, ())


@pytest.mark.req("F086")
@pytest.mark.parametrize("raw", ["2025-13-45T99:00:00Z", "yesterday", "9999999-01-01T00:00:00Z", 7])
def test_a_time_that_is_none_is_complained_of_and_the_order_kept(raw) -> None:
    record = read_order(told(createdTime=raw), b"raw", ReadAs())
    assert [(p.code, p.field) for p in record.problems] == [("bad_time", "createdTime")]
    assert record.raw == b"raw"


# --- what it says ---


async def test_an_order_comes_in_whole(box, clock) -> None:
    order = box.shop.sell(("CUP-1", 2, "9.90"), ("POT-1", 1, "30.00"))
    (record,), _, _ = await read(box, clock)
    assert (record.external_id, record.total_minor, record.currency) == (order.number, 4980, "USD")
    assert [
        (one.sku, one.quantity, one.unit_price_minor, one.total_minor) for one in record.lines
    ] == [
        ("CUP-1", 2, 990, 1980),
        ("POT-1", 1, 3000, 3000),
    ]
    to = record.receiver
    assert (to.name, to.address, to.city) == ("Ada Lovelace", "1 Main St, Apt 4", "Seattle")
    assert (to.province, to.postcode, to.country) == ("WA", "98101", "US")
    assert record.promise is not None
    assert record.promise.utc_ms == order.ship_by_s * 1000
    assert (record.raw_payment, record.payment_proofs, record.hold) == ("PAID", ("settled",), "")
    assert record.problems == ()


async def test_money_without_cents_is_counted_whole(clock) -> None:
    box = sandbox(clock, marketplace=("A1VC38T7YXB528", "JPY"))
    box.shop.sell(("CUP-1", 2, "5980"))
    (record,), _, _ = await read(box, clock, marketplaces="JP")
    assert (record.currency, record.total_minor, record.problems) == ("JPY", 11960, ())


async def test_a_pending_order_has_no_money_no_address_and_no_problem(box, clock) -> None:
    box.shop.sell(status="PENDING")
    (record,), _, _ = await read(box, clock)
    assert (record.raw_payment, record.payment_proofs, record.total_minor) == ("UNPAID", (), 0)
    assert (record.currency, record.receiver.address, record.problems) == ("USD", "", ())


@pytest.mark.req("F243")
async def test_an_order_amazon_sends_itself_says_so_and_ours_does_not(box, clock) -> None:
    for n in range(10):
        box.shop.sell(by="AMAZON")
        box.shop.sell(ship_by_s=NOON // 1000 + 90_000 - n)
    records, _, _ = await read(box, clock)
    ours = [r for r in records if not r.hold]
    assert {r.hold for r in records if r not in ours} == {"platform"}
    assert {r.external_id for r in ours} == {
        o.number for o in box.shop.orders.values() if o.by == "MERCHANT"
    }
    assert len(ours) == 10


@pytest.mark.parametrize(
    ("level", "kind"), [("STANDARD", "normal"), ("NEXT_DAY", "rush"), ("FREE_ECONOMY", "normal")]
)
async def test_what_must_go_fast_is_a_rush(box, clock, level, kind) -> None:
    box.shop.sell(level=level)
    assert (await read(box, clock))[0][0].kind == kind


def test_prime_is_a_rush_and_a_preorder_a_presale() -> None:
    assert read_order(told(programs=["PRIME"]), b"", ReadAs()).kind == "rush"
    assert read_order(told(programs=["PREORDER", "PRIME"]), b"", ReadAs()).kind == "presale"


# --- cancelling ---


async def test_a_buyers_wish_to_cancel_holds_the_order_until_it_is_answered(box, clock) -> None:
    order = box.shop.sell()
    channel = straight(box, clock)
    order.items[0].asked_to_cancel = True
    assert (await channel.detail(order.number)).hold == "refund"
    order.items[0].cancelled_by, order.status = "MERCHANT", "CANCELLED"
    record = await channel.detail(order.number)
    assert (record.hold, record.raw_status) == ("", "CANCELLED")


async def test_a_wish_that_came_too_late_holds_nothing(box, clock) -> None:
    order = box.shop.sell(status="SHIPPED")
    order.items[0].asked_to_cancel = True
    assert (await straight(box, clock).detail(order.number)).hold == ""


@pytest.mark.req("F226")
async def test_a_cancelled_order_comes_in_as_cancelled_with_nothing_left_to_send(
    box, clock
) -> None:
    order = box.shop.sell(status="CANCELLED")
    order.items[0].cancelled_by = "BUYER"
    (record,), kept, _ = await read(box, clock)
    assert (record.raw_status, kept) == ("CANCELLED", [])
    assert record.lines[0].quantity == record.lines[0].quantity_refunded


def test_a_cancelled_item_that_counts_none_is_no_mistake_and_any_other_is() -> None:
    ended = {"cancellationExecution": {"cancelledBy": "BUYER"}}
    read = read_order(told(orderItems=[item(quantityOrdered=0, cancellation=ended)]), b"", ReadAs())
    assert read.problems == ()
    odd = read_order(told(orderItems=[item(quantityOrdered=0)]), b"", ReadAs())
    assert [p.code for p in odd.problems] == ["bad_quantity"]


def test_a_discount_is_taken_off_whether_it_stands_there_with_a_minus_or_without() -> None:
    def part(kind, amount):
        return {"type": kind, "subtotal": {"amount": amount, "currencyCode": "USD"}}

    for sign in ("", "-"):
        parts = [part("ITEM", "20.00"), part("DISCOUNT", f"{sign}5.00"), part("TAX", "1.20")]
        proceeds = {"breakdowns": [*parts, part("SHIPPING", "3.00")]}
        record = read_order(told(orderItems=[item(proceeds=proceeds)]), b"", ReadAs())
        assert (record.lines[0].total_minor, record.discount_minor) == (1500, 500)
        assert (record.tax_minor, record.freight_minor, record.problems) == (120, 300, ())


def test_a_word_nobody_knows_is_told_and_not_guessed() -> None:
    record = read_order(told(fulfillment={"fulfillmentStatus": "TELEPORTED"}), b"", ReadAs())
    assert [(p.code, p.raw) for p in record.problems] == [("unknown_status", "TELEPORTED")]
    assert (record.raw_payment, record.payment_proofs) == ("", ())


# --- what cannot be read ---


@pytest.mark.parametrize(
    "raw",
    [
        b'{"orderId":"114-9","orderId":"x"}',
        b'{"orderId":"114-9","n":NaN}',
        b'{"orderId":"114-9","n":1e999}',
        b'{"orderId":"114-9","a":"\\ud800"}',
        b'{"orderId":"114-9","a":}',
    ],
)
async def test_an_order_with_broken_json_is_kept_aside_whole_and_the_others_come_in(
    box, clock, raw
) -> None:
    broken, well = box.shop.sell(), box.shop.sell()
    broken.as_raw = raw
    records, kept, _ = await read(box, clock)
    assert [record.external_id for record in records] == [well.number]
    assert [(each.external_id, each.raw) for each in kept] == [("114-9", raw)]


@pytest.mark.parametrize(
    "body", [b"<html>sign in</html>", b"{}", b"[]", b"null", b'{"orders":null}', b'{"orders":{}}']
)
async def test_a_page_that_is_not_amazons_moves_nothing(clock, body) -> None:
    with pytest.raises(Malformed):
        await channel_for(Canned(body), clock).pull("")


ODD = st.sampled_from(
    [
        *(None, True, 0, -1, 10**29, Decimal("1.5"), "", "1.00", "SHIPPED", "AMAZON", "x", "\0"),
        *("2025-11-24T12:00:00Z", "9" * 30, [], {}, [1], [[]], {"amount": {}}, [{"type": 3}]),
        *({"amount": "-1", "currencyCode": "USD"}, {"unitPrice": {"amount": "1e9"}}),
    ]
)
ORDER = (
    *("createdTime", "lastUpdatedTime", "salesChannel", "fulfillment", "orderItems", "proceeds"),
    *("recipient", "buyer", "programs", "packages"),
)
ITEM = ("orderItemId", "quantityOrdered", "product", "proceeds", "fulfillment", "cancellation")


@settings(max_examples=100, deadline=None)
@given(
    order=st.dictionaries(st.sampled_from(ORDER), ODD, max_size=6),
    row=st.dictionaries(st.sampled_from(ITEM), ODD, max_size=6),
)
def test_whatever_stands_in_an_order_it_is_read_or_complained_of(order, row) -> None:
    record = read_order({"orderId": "7", "orderItems": [row], **order}, b"raw", ReadAs())
    assert (record.external_id, record.raw) == ("7", b"raw")
    if record.raw_status not in STATUSES:
        assert any(problem.code == "unknown_status" for problem in record.problems)


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=60), where=st.sampled_from(["list", "one"]))
async def test_whatever_bytes_come_only_our_own_errors_leave_the_connector(body, where) -> None:
    for whole in (body, b'{"orders":[%s]}' % body, b'{"order":%s}' % body):
        channel = channel_for(Canned(whole), HandClock())
        try:
            await (channel.detail("1") if where == "one" else channel.pull(""))
        except SyncError:
            continue


async def test_a_row_that_is_no_order_is_kept_with_the_number_it_seems_to_have(clock) -> None:
    body = json.dumps({"orders": [7, {"orderId": "a/b"}, {"orderId": "114-1"}]}).encode()
    batch = await channel_for(Canned(body), clock).pull("")
    assert [each.external_id for each in batch.records] == ["114-1"]
    assert [each.raw for each in batch.kept_aside] == [b"7", b'{"orderId": "a/b"}']
