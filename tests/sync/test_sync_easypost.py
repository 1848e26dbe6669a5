"""EasyPost: a label is bought once, found again by our reference, given back and followed.

Facts from EasyPost's own client (github EasyPost/easypost-python at 8fcf5e4): the recordings of its
test mode (tests/cassettes) name the fields, its hook test the signature.
"""

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rulebook import load
from sync.carriers.easypost import EasypostCarrier, EasypostHands
from sync.carriers.easypost_account import EasypostAccount
from sync.carriers.easypost_tracks import signature
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.ports import Answer, Http, LabelSource, Request, TracksPushed
from sync.sandbox.easypost import EasypostSandbox
from sync.sandbox.faults import Fault, Faults
from sync.transport import Transport, TransportLimits
from sync.waybill_records import GoodsRecord, NotFound, PartyRecord, WaybillAnswer, WaybillAsk
from tests.sync.sf_world import NoWait, TurnedClock

KEY, ACCOUNT, SECRET = "EZAK0123456789", "ca_b25657e9896e4d63ac8151ac346ac41e", "sécret"
REFERENCE = "WD1-1001-1"
SENDER = PartyRecord(
    "Elizabeth Swan", "5555555555", "US", "CA", "Redondo Beach", "", "179 N Harbor Dr", "90277"
)
RECEIVER = PartyRecord(
    "Jack Sparrow", "5555555555", "US", "CA", "San Francisco", "", "388 Townsend St", "94107"
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
# Fields of a bought shipment that we read, as the recordings print them.
RECORDED = {
    *("id", "reference", "tracking_code", "refund_status", "selected_rate", "postage_label"),
    *("tracker", "to_address", "from_address", "parcel", "options", "rates", "status", "mode"),
}


@dataclass
class World:
    clock: TurnedClock
    box: EasypostSandbox
    account: EasypostAccount
    http: Http

    @property
    def carrier(self) -> EasypostCarrier:
        return self.as_account()

    def as_account(self, **changed) -> EasypostCarrier:
        hands = EasypostHands(self.http, self.clock, NoWait())
        return EasypostCarrier(replace(self.account, **changed), hands)

    async def buy(self, reference: str = REFERENCE, **changed) -> WaybillAnswer:
        ask = replace(ASK, reference=reference, **changed)
        return await self.carrier.create(reference, self.carrier.prepare(ask))


@asynccontextmanager
async def open_world() -> AsyncIterator[World]:
    clock = TurnedClock()
    box = EasypostSandbox(KEY, ACCOUNT, clock.now, Faults(random.Random(7), None))
    server = box.server()
    box.base = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.2, total_s=5))
    account = EasypostAccount(KEY, ACCOUNT, "GroundAdvantage", SECRET, box.base + "/v2")
    try:
        yield World(clock, box, account, http)
    finally:
        await http.close()
        await server.stop()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with open_world() as made:
        yield made


class Canned:
    """Answers with one body, whatever is asked."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer = Answer(status, {}, body)

    async def send(self, request: Request) -> Answer:
        del request
        return self.answer


def canned(body: bytes, status: int = 200) -> EasypostCarrier:
    account = EasypostAccount(KEY, ACCOUNT, "GroundAdvantage", SECRET)
    return EasypostCarrier(account, EasypostHands(Canned(body, status), TurnedClock(), NoWait()))


async def test_a_label_is_bought_by_one_request_and_found_again_by_our_reference(world) -> None:
    bought = await world.buy()
    assert (bought.reference, bought.courier) == (REFERENCE, "usps")
    assert bought.product_name == "GroundAdvantage"
    assert world.box.calls == {"buy": 1}
    found = await world.carrier.lookup(REFERENCE)
    assert isinstance(found, WaybillAnswer)
    assert found.waybill_no == bought.waybill_no
    assert await world.carrier.lookup("WD1-9-1") == NotFound("WD1-9-1")
    assert set(json.loads(bought.raw)) >= RECORDED


def test_what_is_sent_is_what_the_recordings_send() -> None:
    """Ounces, two-letter states, one carrier account and a service: made and bought in one."""
    told = json.loads(canned(b"").prepare(ASK))["shipment"]
    assert told["parcel"] == {"weight": 15.4}
    assert told["to_address"] == {
        "name": "Jack Sparrow",
        "street1": "388 Townsend St",
        "city": "San Francisco",
        "state": "CA",
        "zip": "94107",
        "country": "US",
        "phone": "5555555555",
    }
    assert (told["service"], told["carrier_accounts"]) == ("GroundAdvantage", [ACCOUNT])


@pytest.mark.parametrize("kind", ["reset_after", "late", "cut", "garbage", "away_after"])
async def test_a_lost_answer_is_looked_up_and_buys_nothing_twice(world, kind) -> None:
    world.box.faults.plan(Fault(kind, part="buy"))
    with pytest.raises(Ambiguous):
        await world.buy()
    found = await world.carrier.lookup(REFERENCE)
    assert isinstance(found, WaybillAnswer)
    assert world.box.truth()["live"] == {REFERENCE: 1}


async def test_who_asks_too_fast_bought_nothing(world) -> None:
    world.box.faults.plan(Fault("throttle", part="buy"))
    with pytest.raises(Throttled):
        await world.buy()
    assert world.box.truth()["live"] == {}


async def test_a_shipment_that_was_made_and_not_bought_is_no_label(world) -> None:
    with pytest.raises(Rejected) as no:
        await world.buy(service="Concorde")
    assert no.value.foreign_code == "SHIPMENT.POSTAGE.FAILURE"
    assert await world.carrier.lookup(REFERENCE) == NotFound(REFERENCE)
    await world.buy()
    assert world.box.truth()["live"] == {REFERENCE: 1}


async def test_a_label_given_back_is_none_and_giving_back_twice_is_no_error(world) -> None:
    bought = await world.buy()
    for _ in range(2):
        await world.carrier.void(REFERENCE, bought.waybill_no)
    assert world.box.calls["refund"] == 1
    assert world.box.truth()["live"] == {}
    assert await world.carrier.lookup(REFERENCE) == NotFound(REFERENCE)


async def test_a_label_that_is_not_taken_back_still_counts(world) -> None:
    bought = await world.buy()
    world.box.takes_back = "not_applicable"
    with pytest.raises(Rejected) as no:
        await world.carrier.void(REFERENCE, bought.waybill_no)
    assert no.value.code == "easypost_not_refunded"
    await world.buy("WD1-2-1")
    world.clock.ms += 31 * 86_400_000
    late = await world.carrier.lookup("WD1-2-1")
    with pytest.raises(Rejected):
        await world.carrier.void("WD1-2-1", late.waybill_no)
    with pytest.raises(Rejected) as other:
        await world.carrier.void("WD1-2-1", "somebody else's")
    assert other.value.code == "easypost_no_such_label"


async def test_the_carriers_own_label_is_kept_as_it_came(world) -> None:
    bought = await world.buy()
    assert isinstance(world.carrier, LabelSource)
    label = await world.carrier.print_data(REFERENCE, bought.waybill_no)
    assert label.component == "zpl"
    assert label.content == f"^XA^FO50,50^BCN^FD{bought.waybill_no}^FS^XZ"
    world.box.shipments[0].zpl = False  # another format was bought: converted once
    assert (await world.carrier.print_data(REFERENCE, bought.waybill_no)) == label
    world.box.odd_label = b"<html>sign in to the wifi</html>"
    with pytest.raises(Malformed):
        await world.carrier.print_data(REFERENCE, bought.waybill_no)


async def test_no_label_is_fetched_from_where_no_label_of_theirs_lies(world) -> None:
    bought = await world.buy()
    for elsewhere in ("http://169.254.169.254", "https://easypost-files.evil.example", ""):
        world.box.base = elsewhere
        with pytest.raises(Rejected):
            await world.carrier.print_data(REFERENCE, bought.waybill_no)
    assert world.box.calls["file"] == 0


async def test_scans_come_in_order_once_and_never_another_parcels(world) -> None:
    bought, other = await world.buy(), await world.buy("WD1-2-1")
    at = world.clock.now()
    world.box.scan(bought.waybill_no, "in_transit", "Arrived", at + 2000)
    world.box.scan(bought.waybill_no, "pre_transit", "Label created", at + 1000)
    world.box.scan(bought.waybill_no, "in_transit", "Arrived", at + 2000)
    world.box.scan(other.waybill_no, "delivered", "Porch", at)
    told = await world.carrier.routes((bought.waybill_no,), "")
    assert [(one.code, one.at.utc_ms) for one in told] == [
        ("status.pre_transit", (at + 1000) // 1000 * 1000),
        ("status.in_transit", (at + 2000) // 1000 * 1000),
    ]
    assert told[0].place == "HOUSTON TX"


def test_every_status_of_theirs_means_something_here() -> None:
    known = {raw for platform, _, raw in load().status.rows if platform == "easypost"}
    assert known == {
        f"status.{word}"
        for word in (
            *("unknown", "pre_transit", "in_transit", "out_for_delivery", "delivered"),
            *("available_for_pickup", "return_to_sender", "failure", "cancelled", "error"),
        )
    }


def test_a_push_is_signed_as_easyposts_own_client_checks_it() -> None:
    body = b'{"id":"evt_1","description":"tracker.updated"}'
    assert signature(body, SECRET) == (
        "hmac-sha256-hex=9179bd2b42891a82d83aaceeee9761309c9c5ee02f19579dca91d3ed24d68f62"
    )


async def test_a_push_brings_the_scans_a_question_brings(world) -> None:
    bought = await world.buy()
    assert isinstance(world.carrier, TracksPushed)
    world.box.scan(bought.waybill_no, "out_for_delivery", "On the van", world.clock.now())
    headers, body = world.box.event(bought.waybill_no, SECRET)
    pushed = world.carrier.read_tracks(headers, body)
    assert pushed == await world.carrier.routes((bought.waybill_no,), "")
    for bad in ({}, {"X-Hmac-Signature": "hmac-sha256-hex=00"}):
        with pytest.raises(Rejected):
            world.carrier.read_tracks(bad, body)
    with pytest.raises(Rejected):
        world.as_account(webhook_secret="").read_tracks(headers, body)
    other = b'{"result":{"object":"Batch"}}'
    with pytest.raises(Malformed):
        world.carrier.read_tracks({"X-Hmac-Signature": signature(other, SECRET)}, other)


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
    assert (await world.as_account(key="EZAKno").check()).code == "easypost_wrong_key"
    odd = await canned(b'{"trackers":{}}').check()
    assert odd.code == "easypost_not_easypost"
    world.box.key = "EZTK1"
    told = await world.as_account(key="EZTK1").check()
    assert (told.ok, told.notes) == (True, ("easypost_test_key",))
    world.box.money, world.box.key = False, KEY
    with pytest.raises(PermissionMissing) as no:
        await world.buy()
    assert no.value.code == "easypost_no_money"
    with pytest.raises(TokenExpired):
        await world.as_account(key="EZAKno").lookup(REFERENCE)


async def test_another_references_answer_is_never_taken_for_ours() -> None:
    body = json.dumps({"tracking_code": "94001", "reference": "WD1-7-1"}).encode()
    carrier = canned(body)
    with pytest.raises(Ambiguous):
        await carrier.create(REFERENCE, carrier.prepare(ASK))
    with pytest.raises(Malformed):
        await carrier.lookup(REFERENCE)


@settings(max_examples=15, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_odd_json_never_becomes_a_wrong_label_or_a_crash(value) -> None:
    shipment = {"reference": REFERENCE, "tracking_code": value, "selected_rate": value}
    for body in (json.dumps(value), json.dumps(shipment), json.dumps({"trackers": [value]})):
        carrier = canned(body.encode())
        with suppress(SyncError):
            told = await carrier.create(REFERENCE, carrier.prepare(ASK))
            assert told.waybill_no == str(value).strip()
        with suppress(SyncError):
            assert await carrier.routes(("1",), "") == ()
