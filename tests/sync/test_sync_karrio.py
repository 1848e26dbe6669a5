"""Karrio Server: a label is bought once, found again by our reference, given back and followed.

Facts from Karrio's OpenAPI 2026.1.32 (github karrioapi/karrio at deea10f, schemas/openapi.yml), and
where it is silent from the server's source there: a reference is found by a part of it, and a
purchase that breaks is forgotten.
"""

import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rulebook import load
from sync.carriers.karrio import KarrioCarrier, KarrioHands
from sync.carriers.karrio_account import KarrioAccount
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled, TokenExpired
from sync.ports import Answer, Http, LabelSource, Request
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.karrio import KarrioSandbox
from sync.transport import Transport, TransportLimits
from sync.waybill_records import GoodsRecord, NotFound, PartyRecord, WaybillAnswer, WaybillAsk
from tests.sync.sf_world import NoWait, TurnedClock

KEY, CARRIER, SERVICE = "key_0123456789", "canadapost", "canadapost_priority"
REFERENCE = "WD1-1001-1"
SENDER = PartyRecord("John Doe", "514 000 0000", "CA", "NB", "Moncton", "", "125 Church St", "E1C")
RECEIVER = PartyRecord(
    "Jane Doe", "514 000 9999", "CA", "BC", "Vancouver", "", "5840 Oak St", "V6M2V9", "B corp."
)
ASK = WaybillAsk(
    reference=REFERENCE,
    sender=SENDER,
    receiver=RECEIVER,
    goods=(GoodsRecord("Cup", 1),),
    weight_g=437,
    parcels=1,
    service="",
    monthly_account="",
)
ACCOUNT = KarrioAccount("https://karrio.example", KEY, CARRIER, SERVICE)
# Karrio's OpenAPI: the fields of each schema that we send, or read, and its enumerations.
SENT = {
    "ShipmentData": {
        *("recipient", "shipper", "return_address", "billing_address", "parcels", "options"),
        *("payment", "customs", "reference", "order_id", "label_type", "is_return", "service"),
        *("services", "carrier_ids", "metadata"),
    },
    "AddressData": {
        *("id", "postal_code", "city", "federal_tax_id", "state_tax_id", "person_name", "email"),
        *("company_name", "country_code", "phone_number", "state_code", "residential", "meta"),
        *("street_number", "address_line1", "address_line2", "validate_location"),
    },
    "ParcelData": {
        *("weight", "width", "height", "length", "packaging_type", "package_preset", "content"),
        *("description", "is_document", "weight_unit", "dimension_unit", "items", "options"),
        *("reference_number", "freight_class", "meta"),
    },
}
SHIPMENT = {
    *("id", "reference", "status", "tracking_number", "carrier_name", "service", "meta"),
    *("label_type", "label_url", "shipping_documents", "messages", "test_mode", "created_at"),
}
STATUSES = (
    *("pending", "picked_up", "unknown", "on_hold", "cancelled", "delivered", "in_transit"),
    *("delivery_delayed", "out_for_delivery", "ready_for_pickup", "delivery_failed"),
    "return_to_sender",
)


@dataclass
class World:
    clock: TurnedClock
    box: KarrioSandbox
    account: KarrioAccount
    http: Http

    @property
    def carrier(self) -> KarrioCarrier:
        return self.as_account()

    def as_account(self, **changed) -> KarrioCarrier:
        hands = KarrioHands(self.http, self.clock, NoWait())
        return KarrioCarrier(replace(self.account, **changed), hands)

    async def buy(self, reference: str = REFERENCE, **changed) -> WaybillAnswer:
        ask = replace(ASK, reference=reference, **changed)
        return await self.carrier.create(reference, self.carrier.prepare(ask))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = TurnedClock()
    box = KarrioSandbox(KEY, CARRIER, clock.now, Faults(random.Random(7), None))
    server = box.server()
    base = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.2, total_s=5))
    try:
        yield World(clock, box, replace(ACCOUNT, url=base), http)
    finally:
        await http.close()
        await server.stop()


class Canned:
    """Answers with one body, whatever is asked, and counts."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer, self.asked = Answer(status, {}, body), list[Request]()

    async def send(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.answer


def canned(body: bytes, status: int = 200, account: KarrioAccount = ACCOUNT) -> KarrioCarrier:
    return KarrioCarrier(account, KarrioHands(Canned(body, status), TurnedClock(), NoWait()))


async def test_a_label_is_bought_by_one_request_and_found_again_by_our_reference(world) -> None:
    bought = await world.buy()
    assert (bought.reference, bought.courier) == (REFERENCE, "canada_post")
    assert bought.product_name == SERVICE
    assert world.box.calls == {"buy": 1}
    found = await world.carrier.lookup(REFERENCE)
    assert isinstance(found, WaybillAnswer)
    assert found.waybill_no == bought.waybill_no
    assert await world.carrier.lookup("WD1-9-1") == NotFound("WD1-9-1")
    assert set(json.loads(bought.raw)) >= SHIPMENT


def test_only_fields_that_karrio_names_are_sent() -> None:
    told = json.loads(canned(b"").prepare(ASK))
    assert set(told) <= SENT["ShipmentData"]
    assert set(told["recipient"]) | set(told["shipper"]) <= SENT["AddressData"]
    assert set(told["parcels"][0]) <= SENT["ParcelData"]
    assert told["parcels"] == [{"weight": 0.437, "weight_unit": "KG"}]
    assert (told["service"], told["carrier_ids"], told["label_type"]) == (SERVICE, [CARRIER], "ZPL")
    assert told["recipient"] == {
        "person_name": "Jane Doe",
        "company_name": "B corp.",
        "address_line1": "5840 Oak St",
        "city": "Vancouver",
        "state_code": "BC",
        "postal_code": "V6M2V9",
        "country_code": "CA",
        "phone_number": "514 000 9999",
    }


async def test_a_reference_that_is_part_of_another_is_not_taken_for_it(world) -> None:
    for generation in range(10, 15):
        await world.buy(f"{REFERENCE}{generation}")
    assert await world.carrier.lookup(REFERENCE) == NotFound(REFERENCE)
    first = await world.buy()
    world.box.shipments.insert(0, world.box.shipments.pop())  # the oldest: on the last page
    world.box.most = 2
    found = await world.carrier.lookup(REFERENCE)
    assert isinstance(found, WaybillAnswer)
    assert found.waybill_no == first.waybill_no


@pytest.mark.parametrize("kind", ["reset_after", "late", "cut", "garbage"])
async def test_a_lost_answer_is_looked_up_and_buys_nothing_twice(world, kind) -> None:
    world.box.faults.plan(Fault(kind, part="buy"))
    with pytest.raises(Ambiguous):
        await world.buy()
    found = await world.carrier.lookup(REFERENCE)
    assert isinstance(found, WaybillAnswer)
    assert world.box.truth()["live"] == {REFERENCE: 1}


async def test_a_server_that_breaks_after_the_purchase_still_gives_its_label(world) -> None:
    world.box.faults.plan(Fault("away_after", part="buy"))
    bought = await world.buy()
    assert bought.waybill_no == world.box.shipments[0].tracking_number
    assert world.box.calls["buy"] == 1


async def test_a_purchase_the_server_forgot_is_a_persons_to_look_at_and_not_sent_again(
    world,
) -> None:
    """The carrier sold one, the server broke and rolled back: "not found" would be a lie."""
    world.box.breaks = True
    with pytest.raises(Rejected) as no:
        await world.buy()
    assert (no.value.code, no.value.foreign_code) == ("karrio_unclear", "")
    assert "The read operation timed out" in no.value.text
    assert world.box.sold_by_carrier == 1
    world.box.faults.plan(Fault("unavailable", part="shipments"))
    with pytest.raises(Ambiguous):
        await world.buy("WD1-2-1")


async def test_who_asks_too_fast_bought_nothing(world) -> None:
    world.box.faults.plan(Fault("throttle", part="buy"))
    with pytest.raises(Throttled):
        await world.buy()
    world.box.faults.plan(Fault("unavailable", part="buy"))
    with pytest.raises(Ambiguous):  # a proxy's "not available" may be said of the answer
        await world.buy()
    assert world.box.truth()["live"] == {}


async def test_a_no_of_the_server_or_of_its_carrier_is_told_with_its_words(world) -> None:
    with pytest.raises(Rejected) as no:
        await world.buy(service="concorde")
    assert no.value.foreign_code == "service_unavailable"
    with pytest.raises(Rejected) as other:
        await world.buy(monthly_account="fedex-2")
    assert other.value.foreign_code == "not_found"
    told = json.loads(world.carrier.prepare(ASK))
    del told["recipient"]["postal_code"]
    with pytest.raises(Rejected) as carriers:
        await world.carrier.create(REFERENCE, json.dumps(told).encode())
    assert carriers.value.foreign_code == "AA004"
    assert carriers.value.details["text"] == "You must provide postal_code."
    with pytest.raises(Rejected) as mixed:
        await world.carrier.create("WD1-9-1", world.carrier.prepare(ASK))
    assert mixed.value.code == "waybill_reference_mismatch"
    assert world.box.truth()["live"] == {}


async def test_a_label_given_back_is_none_and_giving_back_twice_is_no_error(world) -> None:
    bought = await world.buy()
    for _ in range(2):
        await world.carrier.void(REFERENCE, bought.waybill_no)
    assert world.box.calls["cancel"] == 1
    assert world.box.truth()["live"] == {}
    assert await world.carrier.lookup(REFERENCE) == NotFound(REFERENCE)


async def test_a_label_that_is_not_taken_back_still_counts(world) -> None:
    bought = await world.buy()
    world.box.takes_back = False
    with pytest.raises(Rejected) as no:
        await world.carrier.void(REFERENCE, bought.waybill_no)
    assert (no.value.code, no.value.foreign_code) == ("karrio_not_cancelled", "9182")
    assert no.value.text == "The refund request is denied."
    world.box.shipments[0].status = "in_transit"
    with pytest.raises(Rejected) as late:
        await world.carrier.void(REFERENCE, bought.waybill_no)
    assert late.value.foreign_code == "state_error"
    with pytest.raises(Rejected) as other:
        await world.carrier.void(REFERENCE, "somebody else's")
    assert other.value.code == "karrio_no_such_label"
    assert world.box.truth()["live"] == {REFERENCE: 1}


async def test_the_carriers_own_label_is_kept_as_it_came(world) -> None:
    bought = await world.buy()
    assert isinstance(world.carrier, LabelSource)
    label = await world.carrier.print_data(REFERENCE, bought.waybill_no)
    assert label.component == "zpl"
    assert label.content == f"^XA^FO50,50^BCN^FD{bought.waybill_no}^FS^XZ"
    world.box.odd_label = b"%PDF-1.4 the carrier gives no ZPL"
    with pytest.raises(Malformed):
        await world.carrier.print_data(REFERENCE, bought.waybill_no)
    with pytest.raises(Rejected):
        await world.carrier.print_data(REFERENCE, "somebody else's")


async def test_scans_come_in_order_once_and_never_another_parcels(world) -> None:
    bought = await world.buy()
    number = bought.waybill_no
    other = await world.buy("WD1-2-1")
    world.box.shipments[1].tracking_number = f"{other.waybill_no}{number}"
    world.box.scan(f"{other.waybill_no}{number}", {"status": "delivered", "description": "Porch"})
    first = {
        "status": "picked_up",
        "description": "Got it",
        "timestamp": "2026-03-02T10:00:00.000Z",
    }
    second = {"status": "on_hold", "description": "Held", "timestamp": "2026-03-02T09:00:00-05:00"}
    for told in (first, second, first):
        world.box.scan(number, told)
    told = await world.carrier.routes((number,), "")
    assert [(one.code, one.at.utc_ms) for one in told] == [
        ("status.picked_up", 1_772_445_600_000),
        ("status.on_hold", 1_772_460_000_000),
    ]
    assert told[0].place == "Moncton, NB"


async def test_an_event_without_a_status_bears_the_parcels_only_while_it_is_the_newest(
    world,
) -> None:
    """Older servers give events no status; a repeat is known as one all the same."""
    number = (await world.buy()).waybill_no
    world.box.scan(number, {"description": "Sorted", "timestamp": "2026-03-02T10:00:00Z"})
    (before,) = await world.carrier.routes((number,), "")
    assert before.code == "status.in_transit"
    world.box.scan(number, {"description": "Left", "timestamp": "2026-03-02T11:00:00Z"})
    world.box.scan(number, {"description": "Local", "date": "2026-03-02", "time": "07:00 AM"})
    told = await world.carrier.routes((number,), "")
    codes = ["status.unknown", "status.in_transit", "status.unknown"]
    assert [one.code for one in told] == codes
    assert told[0].dedupe_key == before.dedupe_key
    assert (told[2].at.utc_ms, told[2].at.raw) == (None, "2026-03-02 07:00 AM")


def test_every_status_of_theirs_means_something_here() -> None:
    known = {raw for platform, _, raw in load().status.rows if platform == "karrio"}
    assert known == {f"status.{word}" for word in STATUSES}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"receiver": replace(RECEIVER, postcode="")}, "receiver.postcode"),
        ({"receiver": replace(RECEIVER, province=" ")}, "receiver.province"),
        ({"receiver": replace(RECEIVER, country="GB")}, "customs"),
        ({"receiver_cipher": "oaid"}, "receiver"),
        ({"weight_g": 0}, "weight_g"),
        ({"parcels": 2}, "parcels"),
    ],
)
def test_what_would_be_refused_is_refused_before_anything_is_sent(changed, place) -> None:
    with pytest.raises(Rejected) as no:
        canned(b"").prepare(replace(ASK, **changed))
    assert (no.value.code, no.value.details["field"]) == ("waybill_ask_refused", place)


async def test_what_is_wrong_is_said_in_one_sentence(world) -> None:
    assert (await world.carrier.check()).ok
    assert (await world.as_account(key="key_no").check()).code == "karrio_wrong_key"
    assert (await world.as_account(carrier_id="ups").check()).code == "karrio_no_such_carrier"
    assert (await canned(b'{"results":{}}').check()).code == "karrio_not_karrio"
    assert (await canned(b"<html>dashboard</html>").check()).code == "karrio_not_karrio"
    world.box.test_mode = True
    told = await world.carrier.check()
    assert (told.ok, told.notes) == (True, ("karrio_test_carrier",))
    world.box.active = False
    assert (await world.carrier.check()).code == "karrio_no_such_carrier"
    with pytest.raises(TokenExpired):
        await world.as_account(key="key_no").lookup(REFERENCE)


async def test_the_key_leaves_over_https_or_to_this_computer_alone() -> None:
    for url in (
        "http://karrio.example",
        "http://192.168.1.9:5002",
        "http://localhost.evil.example",
    ):
        way = Canned(b'{"results":[]}')
        hands = KarrioHands(way, TurnedClock(), NoWait())
        told = await KarrioCarrier(replace(ACCOUNT, url=url), hands).check()
        assert (told.code, way.asked) == ("karrio_plain_http", [])
    way = Canned(b'{"results":[]}')
    typed = replace(ACCOUNT, url="karrio.example/v1/ ")
    await KarrioCarrier(typed, KarrioHands(way, TurnedClock(), NoWait())).lookup(REFERENCE)
    assert way.asked[0].url.startswith("https://karrio.example/v1/shipments?reference=WD1-1001-1&")
    assert way.asked[0].headers["Authorization"] == f"Token {KEY}"
    assert KEY not in repr(typed)


async def test_who_moves_a_parcel_behind_a_hub_is_the_one_the_hub_names() -> None:
    told = {"reference": REFERENCE, "status": "created", "tracking_number": "1"}
    for name, meta, courier in (
        ("easypost", {"carrier": "usps"}, "usps"),
        ("mydhl", {}, "dhl"),
        ("Hay Post", {"carrier": "hay"}, "hay_post"),
    ):
        carrier = canned(json.dumps({**told, "carrier_name": name, "meta": meta}).encode())
        bought = await carrier.create(REFERENCE, carrier.prepare(ASK))
        assert bought.courier == courier


@pytest.mark.parametrize("changed", [{"reference": "WD1-7-1"}, {"status": "draft"}])
async def test_another_references_answer_or_a_draft_is_never_taken_for_our_label(changed) -> None:
    told = {"reference": REFERENCE, "status": "created", "tracking_number": "1", **changed}
    carrier = canned(json.dumps(told).encode())
    with pytest.raises(Ambiguous):
        await carrier.create(REFERENCE, carrier.prepare(ASK))
    listed = canned(json.dumps({"results": [told], "next": None}).encode())
    assert await listed.lookup(REFERENCE) == NotFound(REFERENCE)


async def test_a_list_that_does_not_end_is_no_answer_that_nothing_is_there() -> None:
    endless = canned(b'{"results":[{"reference":"another"}],"next":"/v1/shipments?offset=1"}')
    with pytest.raises(Malformed):
        await endless.lookup(REFERENCE)


@settings(max_examples=15, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_odd_json_never_becomes_a_wrong_label_or_a_crash(value) -> None:
    shipment = {"reference": REFERENCE, "tracking_number": value, "status": value, "meta": value}
    listed = {"results": [value, shipment, {"tracking_number": "1", "events": [value]}]}
    for body in (json.dumps(value), json.dumps(shipment), json.dumps(listed)):
        carrier = canned(body.encode())
        with suppress(SyncError):
            told = await carrier.create(REFERENCE, carrier.prepare(ASK))
            assert told.waybill_no == str(value).replace("\x00", "").strip()
        with suppress(SyncError):
            assert await carrier.routes(("1",), "") == ()
        with suppress(SyncError):
            await carrier.lookup(REFERENCE)
        with suppress(SyncError):
            await carrier.print_data(REFERENCE, "1")
        await carrier.check()
