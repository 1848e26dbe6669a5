"""What goes to Amazon is what its own models allow, and its published sandbox is read right."""

import json
import os
from pathlib import Path

import pytest

from sync.channels.amazon_read import ReadAs, read_order
from sync.errors import Rejected, SyncError
from sync.records import StockAsk
from sync.sandbox.amazon_rules import operations, wrong, wrong_query
from tests.sync.amazon_derive import MODEL, PAIRS, SOURCE, written
from tests.sync.amazon_world import (
    Canned,
    World,
    channel_for,
    listening,
    parcel,
    sandbox,
)
from tests.sync.sync_world import NOON, HandClock, pull_all

needs_official = pytest.mark.skipif(
    not os.environ.get(SOURCE), reason=f"{SOURCE} names no folder of official models"
)
PUBLISHED = json.loads(Path(PAIRS).read_text("utf-8"))
ANSWERS = {"searchOrders": "SearchOrdersResponse", "getOrder": "GetOrderResponse"}
ORDERS = [
    order
    for pair in PUBLISHED
    if pair["status"] == 200 and pair["operation"] in ANSWERS
    for order in (pair["answer"].get("orders") or [pair["answer"]["order"]])
]
# By hand from the published answers: status, who sends, minor units, currency, (sku, n) of lines,
# latest ship-by in UTC milliseconds.
READ = {
    "250-1234567-8901234": (
        *("SHIPPED", "platform", 19940, "JPY"),
        (("ECHO-DOT-4-JP-CHARCOAL", 1), ("FIRE-TV-4K-MAX-JP", 2)),
        1_735_171_199_000,
    ),
    "202-7654321-1098765": (
        *("SHIPPED", "", 3499, "GBP"),
        (("ECHO-DOT-4-UK-CHARCOAL-SINGLE", 1),),
        1_735_171_199_000,
    ),
    "171-2345678-9012345": (
        *("UNSHIPPED", "", 159_990, "BRL"),
        (("DELL-I15-BR-001", 1),),
        1_735_084_799_000,
    ),
    "114-9876543-1234567": ("UNSHIPPED", "", 4999, "USD", (("ECHO-POP-US-BLK", 1),), None),
}


@needs_official
def test_what_we_know_of_the_models_is_what_amazon_published() -> None:
    for file, text in zip((MODEL, PAIRS), written(), strict=True):
        assert file.read_text("utf-8") == text


@pytest.mark.parametrize("pair", PUBLISHED, ids=lambda p: f"{p['operation']}-{p['status']}")
def test_the_rules_take_what_amazon_itself_publishes(pair) -> None:
    """Our reading of the models is held against Amazon's own examples of them."""
    if pair["status"] == 200 and pair["operation"] in ANSWERS:
        assert wrong(ANSWERS[pair["operation"]], pair["answer"]) == []
    body = pair["request"].get("body") or {}
    if "packageDetail" in body:
        found = wrong("ConfirmShipmentRequest", body)
        assert bool(found) == (pair["status"] == 400), "its 400 is a date that is none"


def test_the_rules_are_no_rubber_stamp() -> None:
    search = next(rule for rule in operations() if rule.name == "searchOrders")
    assert wrong_query(search, {"createdAfter": "2025-01-01T00:00:00Z"}) == []
    for bad in ({"createdAfter": "TEST_CASE_400"}, {"includedData": "EVERYTHING"}, {"x": "1"}):
        assert wrong_query(search, bad)
    assert wrong_query(search, {"marketplaceIds": ",".join("A" * 51)})
    good = {"orderItemId": "1", "quantity": 1}
    assert wrong("ConfirmShipmentOrderItem", good) == []
    for bad in ({"orderItemId": 1}, {"quantity": True}, {"quantity": "1"}, {"note": ""}):
        assert wrong("ConfirmShipmentOrderItem", {**good, **bad})


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order["orderId"])
def test_every_published_order_is_read_without_a_problem(order) -> None:
    record = read_order(order, b"", ReadAs())
    assert record.problems == ()
    assert [each.external_id for each in record.lines] == [
        each["orderItemId"] for each in order["orderItems"]
    ]


@pytest.mark.parametrize("number", sorted(READ))
def test_a_published_order_says_what_a_person_reads_in_it(number) -> None:
    record = read_order(next(o for o in ORDERS if o["orderId"] == number), b"", ReadAs())
    lines = tuple((line.sku, line.quantity) for line in record.lines)
    promise = record.promise.utc_ms if record.promise else None
    told = (record.raw_status, record.hold, record.total_minor, record.currency, lines, promise)
    assert told == READ[number]


async def test_a_published_page_is_walked_with_its_token(clock: HandClock) -> None:
    pair = next(p for p in PUBLISHED if "pagination" in p["answer"])
    batch = await channel_for(Canned(json.dumps(pair["answer"]).encode()), clock).pull("")
    assert batch.more
    assert pair["answer"]["pagination"]["nextToken"] in batch.next_cursor


@pytest.mark.parametrize(
    "pair", [p for p in PUBLISHED if p["status"] == 400], ids=lambda p: p["operation"]
)
async def test_a_published_refusal_is_a_no_in_amazons_words(clock: HandClock, pair) -> None:
    channel = channel_for(Canned(json.dumps(pair["answer"]).encode(), 400), clock)
    with pytest.raises(Rejected) as no:
        await channel.pull("")
    assert no.value.foreign_code == pair["answer"]["errors"][0]["code"]
    assert no.value.text.startswith(pair["answer"]["errors"][0]["message"])


async def test_a_published_invalid_listing_is_a_no(clock: HandClock) -> None:
    pair = next(p for p in PUBLISHED if p["answer"].get("status") == "INVALID")
    summary = {"summaries": [{"marketplaceId": "ATVPDKIKX0DER"}]}
    body = json.dumps({**summary, **pair["answer"]}).encode()
    with pytest.raises(Rejected) as no:
        await channel_for(Canned(body), clock).set_stock(StockAsk("", "SKU", 1, "k"))
    assert (no.value.code, no.value.foreign_code) == ("amazon_listing_refused", "90000900")


async def test_everything_that_goes_out_in_a_day_is_what_the_models_allow(clock: HandClock) -> None:
    """The sandbox holds each question against the models; here also what it cannot see."""
    box = sandbox(clock)
    order = box.shop.sell(("CUP-1", 2, "9.90"), ("POT/1 ü", 1, "30.00"))
    box.shop.list_sku("CUP-1", 5)
    channel = listening(World(box, clock), clock, start_ms=clock.ms - 7_200_000)
    clock.turn(600)
    assert (await channel.check()).ok
    await channel.messages()
    await pull_all(channel)
    await channel.placed_between(NOON - 1000, NOON + 1000)
    await channel.ship(parcel(order, first=1))
    await channel.ship(parcel(order, "1Z1000", carrier="slowboat"))
    await channel.set_stock(StockAsk("", "CUP-1", 7, "s1"))
    with pytest.raises(SyncError):
        await channel.set_stock(StockAsk("", "POT/1 ü", 7, "s2"))
    sent = {heard.operation for heard in box.heard}
    assert sent == {rule.name for rule in operations()}
    assert box.calls["getListingsItem"] == 2, "a SKU with a slash is asked for as one SKU"
    models = next(p for p in PUBLISHED if p["operation"] == "confirmShipment")
    told = next(h for h in box.heard if h.operation == "confirmShipment").body
    assert told["packageDetail"].keys() <= models["request"]["body"]["packageDetail"].keys()
