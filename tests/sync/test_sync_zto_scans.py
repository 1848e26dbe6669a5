"""ZTO's scans come out once, oldest first, in UTC, from a query and from a push alike."""

import json
import tomllib
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.zto_scans import query_scans, read_trace_push, trace_push_ack
from sync.carriers.zto_sign import sign
from sync.errors import Malformed, Rejected, SyncError
from sync.sandbox.zto_scans import journey
from tests.sync.sf_world import RECEIVER, START_MS
from tests.sync.zto_world import SECRET, zto_world

HOUR_MS = 3_600_000
RULES = Path(__file__).resolve().parents[2] / "resources" / "rules" / "status_zto.toml"
STATES = {row["raw"]: row["to"] for row in tomllib.loads(RULES.read_text("utf-8"))["logistics"]}
# The test app whose pushes are published with their digests (a public record of tests, 2025).
APP = "72089d3deb0ae445cdd35"
APP_SECRET = "11109419708e0cc91fd0a1b9369d64c4"
PUSHED = (
    (
        "dyCx2odSAY4Y7dGu6mDmSQ==",
        '{"billCode":"73100196611386","facilityCode":"37131","actionTime":"2025-05-22 15:07:46",'
        '"city":"郑州市","action":"ARRIVAL","facilityName":"郑州高新区",'
        '"desc":"【郑州市】快件已到达【郑州高新区】"}',
    ),
    (
        "HQqH3P3pLmbJssrh3tSyoQ==",
        '{"billCode":"73100196611386","facilityCode":"02191","nextNodeCode":"37131",'
        '"nextCity":"郑州市","actionTime":"2025-05-22 15:07:42","city":"上海市",'
        '"nextNodeName":"郑州高新区","action":"DEPARTURE","facilityName":"青浦华新",'
        '"desc":"【上海市】快件离开【青浦华新】发往郑州高新区"}',
    ),
)


def form(data: str, digest: str = "", **changed) -> bytes:
    fields = {
        "data": data,
        "data_digest": digest or sign(data.encode(), SECRET),
        "company_id": "app",
        "msg_type": "Traces",
    }
    return "&".join(f"{n}={quote(v, safe='')}" for n, v in (fields | changed).items()).encode()


def row(**changed) -> dict:
    told = {
        "billCode": "73111392234604",
        "scanType": "收件",
        "scanDate": 1_777_954_137_000,
        "desc": "已揽收",
        "scanSite": {"city": "上海市", "name": "青浦华新"},
    }
    return told | changed


@pytest.mark.parametrize(("digest", "data"), PUSHED)
def test_pushes_that_zto_itself_signed_are_accepted_and_read(digest, data):
    assert sign(data.encode(), APP_SECRET) == digest
    body = form(data, digest, company_id=APP)
    (told,) = read_trace_push(body, APP, APP_SECRET).records
    assert told.waybill_no == "73100196611386"
    assert told.code in {"push.ARRIVAL", "push.DEPARTURE"}
    assert told.at.utc_ms in {1_747_897_666_000, 1_747_897_662_000}
    with pytest.raises(Rejected):
        read_trace_push(
            form(data.replace("15:07", "15:08"), digest, company_id=APP), APP, APP_SECRET
        )


def test_every_scan_that_zto_names_has_its_meaning():
    actions = {"GOT", "DEPARTURE", "ARRIVAL", "DISPATCH", "RETURN_SCAN", "RETURN_SIGNED", "INBOUND"}
    actions |= {"HANDOVERSCAN_SIGNED", "DEPARTURE_SIGNED", "SIGNED", "PROBLEM"}
    asked = {
        "收件",
        "发件",
        "到件",
        "派件",
        "签收",
        "退件",
        "退件签收",
        "问题件",
        "ARRIVAL",
        "SIGNED",
    }
    assert set(STATES) == {f"push.{one}" for one in actions} | {f"scan.{one}" for one in asked}
    assert STATES["push.HANDOVERSCAN_SIGNED"] == "delivering"
    assert STATES["push.DEPARTURE_SIGNED"] == "delivered"


def test_arrival_means_a_hub_in_a_push_and_a_station_in_a_query():
    assert (STATES["push.ARRIVAL"], STATES["scan.ARRIVAL"]) == ("in_transit", "delivering")
    (asked,) = query_scans([row(scanType="ARRIVAL")], "1")
    assert asked.code == "scan.ARRIVAL"


def test_every_scan_of_the_local_zto_is_explained():
    told = {step for number in range(20) for step in journey(f"{number:04}")}
    assert {f"scan.{step.scan_type}" for step in told} <= set(STATES)
    assert {f"push.{step.action}" for step in told} <= set(STATES)


@pytest.mark.req("F085")
@pytest.mark.parametrize(
    "told", [1_777_954_137_000, "1777954137000", 1_777_954_137, "2026-05-05 12:08:57"]
)
def test_times_are_read_as_milliseconds_seconds_and_local_time(told):
    (scan,) = query_scans([row(scanDate=told)], "1")
    assert scan.at.utc_ms == 1_777_954_137_000


@pytest.mark.parametrize("told", [None, "", "yesterday", 12, True, "99999999999999999"])
def test_time_that_is_none_keeps_the_scan(told):
    (scan,) = query_scans([row(scanDate=told)], "1")
    assert scan.at.utc_ms is None
    assert scan.code == "scan.收件"


@pytest.mark.parametrize("result", [None, [], [3, "x"]])
def test_nothing_known_is_no_scan_and_another_shape_is_malformed(result):
    assert query_scans(result, "1") == ()
    with pytest.raises(Malformed):
        query_scans({"a": 1}, "1")


async def test_parcel_travels_from_pickup_to_the_end_by_the_clock():
    async with zto_world() as world:
        number = (await world.buy()).waybill_no
        assert await world.carrier.routes((number,), "") == ()
        world.clock.ms += 21 * HOUR_MS
        early = await world.carrier.routes((number,), "")
        assert [one.code for one in early] == ["scan.收件", "scan.收件", "scan.发件", "scan.到件"]
        assert early[0].at.utc_ms == START_MS + 2 * HOUR_MS
        world.clock.ms += 100 * HOUR_MS
        whole = await world.carrier.routes((number,), "")
        assert whole[: len(early)] == early
        assert whole[-1].code == "scan.签收"
        assert len({one.dedupe_key for one in whole}) == len(whole)


async def test_pushes_in_any_order_are_the_same_scans_as_the_query():
    async with zto_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 100 * HOUR_MS
        told = await world.carrier.routes((number,), "")
        bodies = world.sandbox.push_forms("app", number)
        found = [one for body in bodies for one in read_trace_push(body, "app", SECRET).records]
        assert {one.dedupe_key for one in found} == {one.dedupe_key for one in told}


async def test_another_apps_waybill_needs_the_phones_last_four():
    async with zto_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 3 * HOUR_MS
        other = world.as_account(app_key="other", app_secret=SECRET[::-1])
        for tail in ("", "0000"):
            with pytest.raises(Rejected) as told:
                await other.routes((number,), tail)
            assert told.value.code == "zto_phone_needed"
        assert await other.routes((number,), RECEIVER.phone) != ()


async def test_one_number_zto_refuses_keeps_no_other_from_being_read():
    async with zto_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 3 * HOUR_MS
        told = await world.carrier.routes(("bad", number), "")
        assert {one.waybill_no for one in told} == {number}
        with pytest.raises(Rejected):
            await world.carrier.routes(("bad",), "")


def test_push_of_another_app_or_signature_is_refused():
    good = '{"billCode":"1"}'
    for wrong in (form(good, company_id="x"), form(good, "AAAA"), b"", form(good)[5:]):
        with pytest.raises(Rejected) as told:
            read_trace_push(wrong, "app", SECRET)
        assert told.value.code == "zto_push_unsigned"
    with pytest.raises(Malformed):
        read_trace_push(form(good, msg_type="Other"), "app", SECRET)


def test_plus_of_a_digest_sent_bare_is_still_a_plus():
    data = next(d for d in (f'{{"billCode":"{n}"}}' for n in range(99)) if "+" in _digest(d))
    body = form(data).replace(b"%2B", b"+")
    assert read_trace_push(body, "app", SECRET).records


def _digest(data: str) -> str:
    return sign(data.encode(), SECRET)


def test_push_without_a_number_is_kept_aside():
    told = read_trace_push(form('{"action":"GOT"}'), "app", SECRET)
    assert told.records == ()
    assert json.loads(told.kept_aside[0].raw) == {"action": "GOT"}


def test_ack_says_taken_or_send_again():
    assert json.loads(trace_push_ack(True))["status"] is True
    assert json.loads(trace_push_ack(False, "later"))["status"] is False


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["billCode", "action", "desc"]), inner, max_size=3)
        ),
    )
)
def test_odd_json_is_kept_aside_or_told_never_a_crash(value):
    try:
        told = read_trace_push(form(json.dumps(value)), "app", SECRET)
    except SyncError:
        pass
    else:
        assert len(told.records) + len(told.kept_aside) == 1
    try:
        found = query_scans(value, "1")
    except Malformed:
        return
    assert all(one.waybill_no == "1" for one in found)
