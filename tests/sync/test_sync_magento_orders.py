"""What the shop learns of an order: everything it says, in our units, and nothing guessed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.channels.magento_read import ON_DELIVERY, STATES, WORDS, ReadAs
from sync.errors import Malformed, NoSuchOrder, SyncError
from sync.records import Problem
from tests.sync.magento_world import Canned, channel_for, sandbox, sold, straight
from tests.sync.sync_world import HandClock, pull_all


async def told(order: dict, clock: HandClock, **more):
    """The record of an order told like this."""
    return await channel_for(Canned(json.dumps(order).encode()), clock, **more).detail("1")


async def one(box, clock, **more):
    order = sold(box, **more)
    return await straight(box, clock).detail(str(order["entity_id"]))


@pytest.fixture
def box(clock):
    return sandbox(clock)


@pytest.mark.req("F090")
async def test_an_order_is_read_whole(box, clock) -> None:
    record = await one(
        box, clock, customer_note="请放快递柜", customer_id=7, increment_id="000000042"
    )
    assert record.external_no == "000000042"
    assert (record.currency, record.total_minor, record.freight_minor) == ("CNY", 5780, 800)
    assert [(line.sku, line.quantity, line.total_minor) for line in record.lines] == [
        ("CUP-1", 2, 1980),
        ("POT-1", 1, 3000),
    ]
    assert record.lines[0].listing_ref == "CUP-1"
    assert record.lines[0].unit_price_minor == 990
    place = record.receiver
    assert (place.name, place.phone, place.country) == ("张伟", "13800138000", "CN")
    assert (place.province, place.city, place.address) == ("广东省", "广州", "中山路 1 号 5 楼")
    assert (record.buyer_message, record.buyer_nick) == ("请放快递柜", "7")
    assert record.payment_proofs == ("settled", "callback")
    assert record.transaction_ref.startswith("T")
    assert record.problems == ()
    assert json.loads(record.raw)["increment_id"] == "000000042"


async def test_times_are_utc_though_no_zone_stands_beside_them(clock) -> None:
    order = {"entity_id": 1, "order_currency_code": "CNY", "state": "new", "grand_total": 1}
    order |= {"created_at": "2026-03-08 02:30:00", "updated_at": "2026-03-08 02:30:01"}
    record = await told(order, clock)
    assert record.placed.utc_ms == 1_772_937_000_000
    assert (record.placed.zone, record.version) == ("UTC", 1_772_937_001_000)


@pytest.mark.parametrize("state", sorted(STATES - {"holded"}))
async def test_every_state_is_told_as_it_is(box, clock, state) -> None:
    record = await one(box, clock, state=state, status="packing_now")
    assert record.raw_status == state
    assert record.problems == ()


async def test_a_label_of_the_shop_is_read_only_where_its_map_has_a_row_for_it(box, clock) -> None:
    order = sold(box, state="processing", status="packing_now")
    known = straight(box, clock, read_as=ReadAs(WORDS | {"packing_now"}))
    assert (await known.detail(str(order["entity_id"]))).raw_status == "packing_now"


async def test_a_label_that_is_spelled_like_another_state_is_never_taken_for_it(box, clock) -> None:
    """A shop may name a label of `processing` "complete": nothing has left yet."""
    assert (await one(box, clock, state="processing", status="complete")).raw_status == "processing"


async def test_a_state_nobody_knows_is_a_problem_and_kept(box, clock) -> None:
    record = await one(box, clock, state="quantum")
    assert record.raw_status == "quantum"
    assert Problem("unknown_status", "state", "quantum") in record.problems


@pytest.mark.parametrize("before", ["new", "processing"])
async def test_a_held_order_keeps_what_it_was_and_says_that_it_is_held(box, clock, before) -> None:
    order = sold(box, state=before)
    box.shop.set_state(order, "holded")
    record = await straight(box, clock).detail(str(order["entity_id"]))
    assert (record.raw_status, record.hold) == (before, "other")
    assert record.problems == ()


async def test_a_payment_under_review_or_suspected_of_fraud_is_not_to_be_shipped(
    box, clock
) -> None:
    assert (await one(box, clock, state="payment_review")).hold == "fraud"
    assert (await one(box, clock, state="processing", status="fraud")).hold == "fraud"
    assert (await one(box, clock, state="processing")).hold == ""


@pytest.mark.parametrize(
    ("more", "word", "status"),
    [
        ({"state": "processing"}, "paid", "processing"),
        ({"state": "new"}, "unpaid", "new"),
        ({"state": "new", "payment": {"method": "cashondelivery"}}, "cod", ON_DELIVERY),
        ({"total_paid": None, "payment": {"amount_authorized": 57.8}}, "authorized", "processing"),
        ({"total_paid": 20.0}, "unpaid", "processing"),
        ({"grand_total": 0, "total_paid": 0}, "paid", "processing"),
        ({"state": "canceled", "total_paid": None}, "unpaid", "canceled"),
    ],
)
async def test_what_is_paid_follows_from_the_figures(box, clock, more, word, status) -> None:
    record = await one(box, clock, **more)
    assert (record.raw_payment, record.raw_status) == (word, status)
    assert ("settled" in record.payment_proofs) is (word == "paid")


async def test_a_configurable_product_is_one_line_its_parent(box, clock) -> None:
    parent = {"sku": "TEE-M", "name": "T恤", "product_type": "configurable", "price": 50.0}
    order = box.shop.place([{**parent, "qty_ordered": 3}])
    child = {"sku": "TEE-M", "name": "T恤-M", "qty_ordered": 3, "price": 0, "row_total": 0}
    row = box.shop._row({**child, "parent_item_id": order["items"][0]["item_id"]})
    order["items"].append(row)
    record = await straight(box, clock).detail(str(order["entity_id"]))
    assert [(line.sku, line.title, line.variant) for line in record.lines] == [
        ("TEE-M", "T恤", "T恤-M")
    ]
    assert (record.lines[0].quantity, record.lines[0].total_minor) == (3, 15000)


async def test_a_bundle_is_one_line_that_says_what_it_holds_with_the_tax_of_its_parts(
    box, clock
) -> None:
    order = box.shop.place(
        [{"sku": "SET", "name": "套装", "product_type": "bundle", "qty_ordered": 1, "price": 50.0}]
    )
    at = order["items"][0]["item_id"]
    for sku, qty in (("CUP-1", 2), ("POT-1", 1)):
        part = {"sku": sku, "name": sku, "qty_ordered": qty, "price": 10.0, "parent_item_id": at}
        order["items"].append(box.shop._row({**part, "tax_amount": 1.5, "discount_amount": 1.0}))
    record = await straight(box, clock).detail(str(order["entity_id"]))
    (line,) = record.lines
    assert (line.variant, line.total_minor) == ("2 × CUP-1, 1 × POT-1", 5100)


async def test_money_as_php_writes_it_is_read_and_what_was_rounded_is_said(clock) -> None:
    plain = {"entity_id": 1, "created_at": "2026-01-01 00:00:00", "state": "new", "items": []}
    plain |= {"order_currency_code": "CNY"}
    body = json.dumps(plain)[:-1] + ', "grand_total": 36.390000000000001}'
    record = await channel_for(Canned(body.encode()), clock).detail("1")
    assert record.total_minor == 3639
    assert "rounded_amount" not in {each.code for each in record.problems}
    record = await told({**plain, "grand_total": 36.3928}, clock)
    assert record.total_minor == 3639
    assert Problem("rounded_amount", "grand_total", "36.3928") in record.problems
    record = await told({**plain, "grand_total": 1000.0, "order_currency_code": "JPY"}, clock)
    assert record.total_minor == 1000


async def test_half_a_piece_is_a_problem_not_a_guess(box, clock) -> None:
    order = box.shop.place([{"sku": "TEA", "name": "散茶", "qty_ordered": 1.5}])
    record = await straight(box, clock).detail(str(order["entity_id"]))
    assert record.lines[0].quantity == 0
    assert "bad_quantity" in {each.code for each in record.problems}


async def test_credit_memos_come_with_the_order_and_a_canceled_one_does_not_count(
    box, clock
) -> None:
    order = sold(box)
    row = order["items"][0]["item_id"]
    comments = [{"comment": "破损"}]
    box.shop.refund(order, 9.9, {row: 1}, comments=comments, updated_at="2026-11-20 00:00:00")
    box.shop.refund(order, 0, {}, state=3)
    records, _, _ = await pull_all(straight(box, clock))
    (record,) = records
    (memo,) = record.refunds
    assert (memo.amount_minor, memo.reason, memo.lines) == (990, "破损", ((str(row), 1, 990),))
    assert record.raw_payment == "partly_refunded"
    assert record.lines[0].quantity_refunded == 1


async def test_an_order_all_of_whose_money_went_back_is_closed_and_a_canceled_one_owes_nothing(
    box, clock
) -> None:
    back, gone = sold(box), sold(box)
    box.shop.refund(back, 57.8, {item["item_id"]: item["qty_ordered"] for item in back["items"]})
    box.shop.set_state(gone, "canceled")
    records, _, _ = await pull_all(straight(box, clock))
    closed, canceled = records
    assert (closed.raw_status, closed.raw_payment) == ("closed", "refunded")
    assert canceled.raw_status == "canceled"
    for record in records:
        assert all(line.quantity_refunded == line.quantity for line in record.lines)


async def test_credit_memos_are_asked_for_once_for_a_whole_page_and_not_again(box, clock) -> None:
    for _ in range(30):
        order = sold(box)
        box.shop.refund(order, 9.9, {order["items"][0]["item_id"]: 1})
    channel = straight(box, clock)
    await pull_all(channel)
    assert box.calls == 2
    await pull_all(channel)
    assert box.calls == 3


async def test_an_order_whose_refunds_may_not_be_read_still_comes(box, clock) -> None:
    order = sold(box)
    box.shop.refund(order, 9.9, {order["items"][0]["item_id"]: 1})
    rest = {each for each in box.gate._known[0].rights if "creditmemo" not in each}
    object.__setattr__(box.gate._known[0], "rights", frozenset(rest))
    records, _, _ = await pull_all(straight(box, clock))
    assert records[0].problems == (Problem("unreadable", "creditmemos", "magento_right_missing"),)


async def test_a_missing_order_is_a_definite_no_and_a_strange_number_is_never_sent(
    box, clock
) -> None:
    channel = straight(box, clock)
    with pytest.raises(NoSuchOrder) as gone:
        await channel.detail("999")
    assert gone.value.code == "magento_no_such"
    calls = box.calls
    for strange in ("", "../V1/modules", "1/comments", "１２", "9" * 30):
        with pytest.raises(SyncError) as refused:
            await channel.detail(strange)
        assert refused.value.code == "sync_bad_number"
    assert box.calls == calls


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["CNY", "processing", "2026-11-20 00:00:00", "1.5", "-3"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = (
    "state status hold_before_state order_currency_code grand_total total_paid total_refunded "
    "created_at updated_at items payment billing_address extension_attributes customer_note "
    "shipping_incl_tax discount_amount tax_amount increment_id customer_id customer_email"
)
ROWS = "item_id sku name qty_ordered qty_shipped price row_total parent_item_id product_type"


@settings(max_examples=40, deadline=None)
@given(
    order=st.dictionaries(st.sampled_from(FIELDS.split()), JSON, max_size=8),
    row=st.dictionaries(st.sampled_from(ROWS.split()), JSON, max_size=6),
    number=st.integers(1, 9) | JSON,
)
async def test_whatever_a_shop_tells_no_record_is_lost_and_nothing_else_is_raised(
    order, row, number
) -> None:
    told_order = {"items": [row, row], **order, "entity_id": number}
    good = {"entity_id": 500, "created_at": "2026-01-01 00:00:00", "state": "new"}
    body = json.dumps({"items": [told_order, good], "total_count": 2}).encode()
    memos = b'{"items":[],"total_count":0}'

    class Odd(Canned):
        async def send(self, request):
            self.answer = Canned(memos if "creditmemos" in request.url else body).answer
            return await super().send(request)

    try:
        batch = await channel_for(Odd(b""), HandClock()).pull("")
    except Malformed:
        # Half a character or a depth that hides where the list ends.
        return
    assert "500" in {record.external_id for record in batch.records}
    assert len(batch.records) + len(batch.kept_aside) == 2


@pytest.mark.parametrize(
    "broken",
    [
        '{"entity_id":7,"grand_total":NaN}',
        '{"entity_id":7,"entity_id":8}',
        '{"entity_id":"7"}',
        "[]",
        "7",
    ],
)
async def test_what_is_no_order_is_kept_aside_whole_and_the_rest_of_the_page_comes(
    clock, broken
) -> None:
    good = '{"entity_id":5,"created_at":"2026-01-01 00:00:00","state":"new"}'
    body = f'{{"items":[{broken},{good}],"total_count":2}}'.encode()
    batch = await channel_for(Canned(body), clock).pull("")
    assert [record.external_id for record in batch.records] == ["5"]
    assert [each.raw for each in batch.kept_aside] == [broken.encode()]
