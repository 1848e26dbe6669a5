"""What a Vendure order says, in our units, and what cannot be read: noted, never dropped."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rulebook import load
from sync.channels.vendure_access import VendureKeys
from sync.channels.vendure_read import STATES, ReadAs, read_order
from sync.errors import SyncError
from sync.records import OrderRecord
from tests.sync.sync_world import NOON, HandClock, pull_all
from tests.sync.vendure_world import Canned, channel_for, sandbox, straight


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def told(box, clock, order) -> dict[str, Any]:
    """An order as it comes over the wire."""
    return dict(json.loads((await straight(box, clock).detail(order["id"])).raw))


def read(order: dict[str, Any], precision: int = 2, **more: Any) -> OrderRecord:
    return read_order({**order, **more}, b"{}", ReadAs(), precision)


async def test_every_state_of_the_default_process_has_its_meaning(box, clock) -> None:
    words = load().status.rows
    order = await told(box, clock, box.shop.place())
    for state in STATES:
        assert ("vendure", "order", state) in words
        assert read(order, state=state).problems == ()
    strange = read(order, state="AwaitingEngraving")
    assert [(p.code, p.raw) for p in strange.problems] == [("unknown_status", "AwaitingEngraving")]


async def test_a_word_of_the_shops_own_map_is_known(box, clock) -> None:
    order = await told(box, clock, box.shop.place(state="x"))
    record = read_order({**order, "state": "Engraved"}, b"", ReadAs(frozenset({"Engraved"})), 2)
    assert record.problems == ()


def payment(state: str, amount: int, *refunds: dict[str, Any]) -> dict[str, Any]:
    stamp = "2025-11-24T12:00:00.000Z"
    made = {"id": "9", "state": state, "amount": amount, "transactionId": "T", "refunds": refunds}
    return {**made, "createdAt": stamp, "updatedAt": stamp, "refunds": list(refunds)}


def refund(total: int, state: str = "Settled") -> dict[str, Any]:
    stamp = "2025-11-24T12:05:00.000Z"
    made = {"id": "8", "state": state, "total": total, "reason": "late", "lines": []}
    return {**made, "createdAt": stamp, "updatedAt": stamp}


@pytest.mark.parametrize(
    ("payments", "word"),
    [
        ([], "unpaid"),
        ([payment("Declined", 3000)], "unpaid"),
        ([payment("Authorized", 3000)], "authorized"),
        ([payment("Settled", 1000)], "partly_paid"),
        ([payment("Settled", 1000), payment("Settled", 2000)], "paid"),
        ([payment("Settled", 3000, refund(10))], "partly_refunded"),
        ([payment("Settled", 3000, refund(3000))], "refunded"),
        ([payment("Settled", 3000, refund(3000, "Failed"))], "paid"),
        ([payment("Settled", 3000, refund(3000, "Pending"))], "refunded"),
    ],
)
async def test_what_was_paid_follows_from_the_payments(box, clock, payments, word) -> None:
    record = read(await told(box, clock, box.shop.place()), payments=payments)
    assert record.raw_payment == word
    assert ("vendure", "payment", word) in load().status.rows
    assert ("settled" in record.payment_proofs) == (word in ("paid", "refunded", "partly_refunded"))


async def test_money_all_given_back_before_it_left_holds_the_order(box, clock) -> None:
    order = box.shop.place()
    box.shop.refund(order, order["totalWithTax"])
    channel = straight(box, clock)
    assert (await channel.detail(order["id"])).hold == "refund"
    made = box.shop.fulfil(order, [(order["lines"][0], 2)], "1Z")
    box.shop.move(order, made, "Shipped")
    assert (await channel.detail(order["id"])).hold == ""


@pytest.mark.parametrize(
    ("state", "hold"), [("Modifying", "other"), ("ArrangingAdditionalPayment", "payment")]
)
async def test_an_order_that_is_being_changed_is_held(box, clock, state, hold) -> None:
    assert read(await told(box, clock, box.shop.place()), state=state).hold == hold


async def test_amounts_are_counted_in_the_servers_own_decimals(box, clock) -> None:
    order = await told(box, clock, box.shop.place())
    assert read(order, totalWithTax=12345).total_minor == 12345
    thousandths = read(order, 3, totalWithTax=123450, total=0, shippingWithTax=5000)
    assert (thousandths.total_minor, thousandths.freight_minor) == (12345, 500)
    # The server keeps two decimals of yen too: 100000 are 1000 yen.
    assert read(order, currencyCode="JPY", totalWithTax=100_000).total_minor == 1000
    assert read(order, currencyCode="KWD", totalWithTax=12345).total_minor == 123_450
    odd = read(order, 3, totalWithTax=12345)
    assert odd.total_minor == 1235
    assert ("rounded_amount", "totalWithTax") in [(p.code, p.field) for p in odd.problems]


async def test_the_precision_is_asked_for_once_and_a_strange_one_stops_the_reading(
    box, clock
) -> None:
    box.shop.place()
    box.shop.precision = 3
    channel = straight(box, clock)
    assert (await channel.pull("")).records[0].total_minor == 300
    await channel.pull("")
    assert sum("query Settings" in text for text, _ in box.heard) == 1
    box.shop.precision = 99
    assert (await straight(box, clock).check()).code == "vendure_odd_money"


async def test_the_version_is_the_newest_stamp_there_is(box, clock) -> None:
    order = box.shop.place()
    channel = straight(box, clock)
    versions = [(await channel.detail(order["id"])).version]
    for act in (
        lambda: box.shop.refund(order, 1),
        lambda: box.shop.turn(order, "Modifying"),
        lambda: box.shop.note_down(order, "ORDER_NOTE", {"note": "x"}, public=False),
        lambda: box.shop.move(
            order, box.shop.fulfil(order, [(order["lines"][0], 1)], "1"), "Shipped"
        ),
    ):
        clock.turn(60)
        act()
        versions.append((await channel.detail(order["id"])).version)
    assert versions == sorted(set(versions))


async def test_discounts_taxes_and_lines_come_in_minor_units(box, clock) -> None:
    order = await told(box, clock, box.shop.place())
    record = read(order, discounts=[{"amountWithTax": -250}], total=2600, totalWithTax=3000)
    assert (record.discount_minor, record.tax_minor) == (250, 400)
    lines = [{**order["lines"][0], "proratedLinePriceWithTax": 0}]
    assert read(order, lines=lines).lines[0].gift


async def test_what_was_refunded_of_a_line_stands_at_the_line(box, clock) -> None:
    order = box.shop.place()
    box.shop.refund(order, 1250, (order["lines"][0], 1))
    record = await straight(box, clock).detail(order["id"])
    line = record.lines[0]
    assert (line.quantity, line.quantity_refunded) == (2, 1)
    assert record.refunds[0].lines == ((line.external_id, 1, 1250),)


async def test_a_fulfilment_that_waits_or_was_cancelled_has_not_left(box, clock) -> None:
    order = box.shop.place()
    channel = straight(box, clock)
    made = box.shop.fulfil(order, [(order["lines"][0], 2)], "1Z")
    assert (await channel.detail(order["id"])).lines[0].quantity_shipped == 0
    box.shop.move(order, made, "Shipped")
    assert (await channel.detail(order["id"])).lines[0].quantity_shipped == 2
    box.shop.move(order, made, "Cancelled")
    assert (await channel.detail(order["id"])).lines[0].quantity_shipped == 0


async def test_a_variant_is_told_beside_its_product(box, clock) -> None:
    order = await told(box, clock, box.shop.place())
    variant = {"id": "5", "sku": "M", "name": "Mug blue", "product": {"name": "Mug"}}
    line = read(order, lines=[{**order["lines"][0], "productVariant": variant}]).lines[0]
    assert (line.title, line.variant) == ("Mug", "blue")


async def test_bad_fields_become_problems_and_the_order_stays(box, clock) -> None:
    order = await told(box, clock, box.shop.place())
    record = read(
        order,
        currencyCode="XXZ",
        updatedAt="soon",
        totalWithTax=-5,
        shippingWithTax="many",
        lines=[{**order["lines"][0], "quantity": -1, "orderPlacedQuantity": "x"}],
    )
    assert {problem.code for problem in record.problems} == {
        "unknown_currency",
        "bad_time",
        "impossible_amount",
        "bad_quantity",
    }
    assert record.external_id == order["id"]


_LEAF = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8)
_WILD = st.recursive(
    _LEAF,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_NAMES = (
    "id code state type currencyCode total totalWithTax shippingWithTax customer shippingAddress "
    "discounts lines payments fulfillments newest notes updatedAt orderPlacedAt"
)
_FIELDS = st.sampled_from(_NAMES.split())


@settings(max_examples=25, deadline=None)
@given(swapped=st.dictionaries(_FIELDS, _WILD, min_size=1, max_size=4))
async def test_hostile_orders_cost_no_record(swapped) -> None:
    clock = HandClock(NOON)
    box = sandbox(clock)
    order = {**(await told(box, clock, box.shop.place())), **swapped}
    body = json.dumps({"data": {"orders": {"items": [order], "totalItems": 1}}}).encode()
    channel = channel_for(Canned(body), clock, keys=VendureKeys(api_key="k"))
    channel._precision = 2
    batch = await channel.pull("")
    assert len(batch.records) + len(batch.kept_aside) == 1


@pytest.mark.parametrize(
    "item",
    [
        *(b"NaN", b'{"id":"1","id":"1"}', b"[]", b"7", b'{"id":"1","total":1e999}', b'{"id":{}}'),
        *(b'{"id":"\\ud800"}', b'{"id":"' + b"9" * 200 + b'"}', b"[" * 90 + b"]" * 90),
    ],
)
async def test_what_is_no_order_at_all_is_kept_aside_with_its_bytes(item, clock) -> None:
    body = b'{"data":{"orders":{"totalItems":2,"items":[' + item + b"," + item + b"]}}}"
    channel = channel_for(Canned(body), clock, keys=VendureKeys(api_key="k"))
    channel._precision = 2
    batch = await channel.pull("")
    assert batch.records == ()
    assert [each.raw for each in batch.kept_aside] == [item, item]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"[]", b"null", b'{"data":null}', b'{"data":{"orders":null}}', b"\xff"),
        b'{"data":{"orders":{"items":[],"totalItems":"many"}}}',
        b'{"data":{"orders":{"items":[',
    ],
)
async def test_an_answer_that_is_none_is_an_error_of_ours_and_loses_nothing(body, clock) -> None:
    channel = channel_for(Canned(body), clock, keys=VendureKeys(api_key="k"))
    with pytest.raises(SyncError):
        await channel.pull("")
    assert (await channel.check()).ok is False


async def test_ids_may_be_uuids(box, clock) -> None:
    order = await told(box, clock, box.shop.place())
    name = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    assert read(order, id=name).external_id == name


async def test_the_wire_and_the_record_name_the_same_order(box, clock) -> None:
    order = box.shop.place()
    records, _, _ = await pull_all(straight(box, clock))
    assert (records[0].external_id, records[0].external_no) == (order["id"], order["code"])
