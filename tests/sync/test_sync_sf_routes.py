"""Scans come out once, oldest first, in UTC, however badly the feed tells them."""

import json
import random
import tomllib
from pathlib import Path

import pytest

from sync.carriers.scans import china_moment as moment
from sync.carriers.sf_routes import query_scans, read_route_push, route_push_ack, scan
from sync.errors import Malformed, Rejected
from sync.sandbox.sf_orders import SfRules
from tests.sync.sf_world import ASK, sf_world

HOUR_MS = 3_600_000
RULES = Path(__file__).resolve().parents[2] / "resources" / "rules" / "status_sf.toml"


def row(**changed) -> dict:
    told = {
        "acceptTime": "2026-05-05 12:08:57",
        "acceptAddress": "深圳市",
        "remark": "已揽收",
        "opCode": "50",
        "firstStatusCode": "1",
        "secondaryStatusCode": "101",
    }
    return told | changed


def pushed(*rows) -> bytes:
    return json.dumps({"Body": {"WaybillRoute": list(rows)}}).encode()


@pytest.mark.req("F085")
def test_times_of_sf_mean_plus_eight():
    at = moment("2026-05-05 12:08:57")
    assert at.utc_ms == 1_777_954_137_000
    assert at.raw == "2026-05-05 12:08:57"
    assert at.zone == "Asia/Shanghai"


def test_time_that_names_its_zone_is_read_in_it():
    assert moment("2026-05-05T04:08:57+00:00").utc_ms == 1_777_954_137_000


@pytest.mark.req("F086")
@pytest.mark.parametrize("raw", ["", "yesterday", "2026-02-30 10:00:00", "0001-01-01 00:00:00"])
def test_time_that_is_none_keeps_the_scan(raw):
    told = scan(row(acceptTime=raw), "SF1")
    assert told.at.utc_ms is None
    assert told.at.raw == raw
    assert told.code == "first.1"


def test_scan_in_the_future_is_kept_as_it_is():
    assert moment("2049-12-31 23:59:59").utc_ms is not None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "first.1"),
        ({"firstStatusCode": ""}, "op.50"),
        ({"firstStatusCode": None}, "op.50"),
        ({"firstStatusCode": "-", "secondaryStatusCode": "-", "opCode": "99"}, "op.99"),
        ({"firstStatusCode": 4, "opCode": 80}, "first.4"),
        ({"firstStatusCode": "4", "opCode": "8000", "reasonCode": "6"}, "op.8000.6"),
        ({"firstStatusCode": "4", "opCode": "8000", "reasonCode": "1"}, "first.4"),
        ({"firstStatusCode": "", "opCode": "70", "reasonCode": "46"}, "op.70.46"),
        ({"firstStatusCode": "", "opCode": "44", "reasonCode": "9"}, "op.44"),
    ],
)
def test_first_status_speaks_and_the_operation_stands_in_for_it(changed, code):
    assert scan(row(**changed), "SF1").code == code


def test_repeat_has_the_same_key_and_a_different_scan_another():
    key = scan(row(), "SF1").dedupe_key
    assert scan(row(acceptAddress="elsewhere", firstStatusCode=""), "SF1").dedupe_key == key
    for changed in ({"opCode": "30"}, {"acceptTime": "2026-05-05 12:08:58"}, {"remark": "x"}):
        assert scan(row(**changed), "SF1").dedupe_key != key
    assert scan(row(), "SF2").dedupe_key != key


def test_push_is_read_like_a_query_and_knows_its_repeat_in_one():
    told = read_route_push(pushed(row(mailno="SF1", id="1"), row(mailno="SF1", id="2")))
    assert [record.waybill_no for record in told.records] == ["SF1"]
    query = query_scans({"routeResps": [{"mailNo": "SF1", "routes": [row()]}]})
    assert query == told.records


def test_push_row_without_a_number_is_kept_aside_and_the_others_go_on():
    told = read_route_push(pushed(row(mailno="SF1"), row(mailno=""), "odd"))
    assert len(told.records) == 1
    assert len(told.kept_aside) == 2
    assert json.loads(told.kept_aside[1].raw) == "odd"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"Body":{}}', b"<xml/>", b'{"Body":[]}'])
def test_body_that_is_no_push_is_told_so(body):
    with pytest.raises(Malformed):
        read_route_push(body)


def test_ack_says_taken_or_send_again():
    assert json.loads(route_push_ack(True))["return_code"] == "0000"
    refused = json.loads(route_push_ack(False, "later"))
    assert refused["return_code"] != "0000"
    assert refused["return_msg"] == "later"


@pytest.mark.parametrize("data", [None, [], {}, {"routeResps": "x"}, {"routeResps": [3]}])
def test_route_answer_of_another_shape_is_malformed(data):
    with pytest.raises(Malformed):
        query_scans(data)


async def test_parcel_travels_from_pickup_to_the_end_by_the_clock():
    async with sf_world() as world:
        number = (await world.buy()).waybill_no
        assert await world.carrier.routes((number,), "1148") == ()
        world.clock.ms += 7 * HOUR_MS
        early = await world.carrier.routes((number,), "1148")
        assert [record.code for record in early] == ["op.50", "op.30", "op.31"]
        world.clock.ms += 200 * HOUR_MS
        whole = await world.carrier.routes((number,), "1148")
        assert whole[: len(early)] == early
        assert len({record.dedupe_key for record in whole}) == len(whole)
        assert [r.at.utc_ms for r in whole] == sorted(r.at.utc_ms for r in whole)


async def test_clean_feed_names_sfs_own_status():
    async with sf_world(rules=SfRules(rough_routes=False)) as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 200 * HOUR_MS
        told = await world.carrier.routes((number,), "")
        known = {one["raw"] for one in tomllib.loads(RULES.read_text("utf-8"))["logistics"]}
        assert {record.code for record in told} <= known
        assert told[0].code == "first.1"


async def test_more_than_ten_numbers_are_asked_in_tens():
    async with sf_world(per_second=None) as world:
        numbers = [(await world.buy(f"WD1-{at}-1")).waybill_no for at in range(23)]
        world.clock.ms += 3 * HOUR_MS
        told = await world.carrier.routes(tuple(numbers), "1148")
        assert {record.waybill_no for record in told} == set(numbers)
        assert world.sandbox.answers["8003"] == 0


async def test_another_customers_waybill_needs_the_phones_last_four():
    async with sf_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 3 * HOUR_MS
        other = world.as_account(
            partner_id="OTHER", checkword="mlkjihgfedcba9876543210drowkcehc"[-32:]
        )
        assert await other.routes((number,), "0000") == ()
        assert await other.routes((number,), "13925211148") != ()


async def test_cancelled_waybill_has_no_scans_and_unknown_numbers_none():
    async with sf_world() as world:
        number = (await world.buy()).waybill_no
        await world.carrier.void(ASK.reference, number)
        world.clock.ms += 30 * HOUR_MS
        assert await world.carrier.routes((number, "SF0000000000000"), "") == ()
        assert await world.carrier.routes((), "") == ()


async def test_refused_route_query_is_told_with_its_code():
    async with sf_world() as world:
        world.fail_next("inner", "SEARCH_ROUTES")
        with pytest.raises(Rejected):
            await world.carrier.routes(("SF1",), "")


async def test_pushes_in_any_order_and_number_tell_the_same_story_as_the_query():
    async with sf_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 200 * HOUR_MS
        told = await world.carrier.routes((number,), "1148")
        bodies = world.sandbox.push_bodies(ASK.reference)
        random.Random(5).shuffle(bodies)
        found = {r.dedupe_key: r for body in bodies for r in read_route_push(body).records}
        assert len(bodies) == 4 * len(told)
        assert set(found) == {record.dedupe_key for record in told}
        assert all(r.at.raw and r.at.zone == "Asia/Shanghai" for r in found.values())
