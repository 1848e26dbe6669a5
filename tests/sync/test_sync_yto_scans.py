"""YTO's scans come out once, oldest first, in UTC; its sandbox refuses what YTO refuses."""

import json
import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.yto_read import scans_of, told_of
from sync.carriers.yto_sign import sign
from sync.errors import Malformed, Rejected, SyncError
from sync.sandbox.faults import Faults
from sync.sandbox.http import Call
from sync.sandbox.yto import YtoSandbox, YtoSetup
from sync.sandbox.yto_orders import YtoRules, journey
from tests.sync.sf_world import START_MS, TurnedClock
from tests.sync.yto_world import CREATE, REFERENCE, SECRETS, TRACK, yto_world

HOUR_MS = 3_600_000
RULES = Path(__file__).resolve().parents[2] / "resources" / "rules" / "status_yto.toml"
STATES = {row["raw"]: row["to"] for row in tomllib.loads(RULES.read_text("utf-8"))["logistics"]}
# YTO's own list of infoContent.
CONTENTS = "ACCEPT ORDER_BOOKING GOT NOT_SEND ARRIVAL DEPARTURE SENT_SCAN INBOUND SIGNED FAILED "
CONTENTS += "TMS_RETURN FORWARDING AIRSEND AIRPICK"
# The answers of YTO's own example: scans, and a number nothing is known of.
SCANS = [
    {
        "waybill_No": "YT9093718083088",
        "upload_Time": "2021-06-19 17:48:10",
        "infoContent": "ARRIVAL",
        "processInfo": "【义乌转运中心直营公司】 已收入",
    },
    {
        "waybill_No": "YT9093718083088",
        "upload_Time": "2021-06-19 17:19:42",
        "infoContent": "GOT",
        "processInfo": "【浙江省金华市义乌市北苑春晗公司】 已揽收 取件人: 张**)",
    },
]
EMPTY = {"code": "1001", "map": {"YT1": []}, "message": "查询结果为空。", "success": True}


def read(told) -> tuple:
    return scans_of(told_of(told, b""), "YT1")


def test_every_content_of_ytos_list_has_its_meaning():
    assert set(STATES) == {f"scan.{content}" for content in CONTENTS.split()}
    assert (STATES["scan.INBOUND"], STATES["scan.TMS_RETURN"]) == ("delivering", "returning")
    # A failed pickup is no scan of a parcel the courier has.
    assert STATES["scan.NOT_SEND"] == STATES["scan.ACCEPT"] == "waybilled"


def test_every_scan_of_the_local_yto_is_explained():
    told = {step[1] for number in range(20) for step in journey(f"{number:04}")}
    assert {f"scan.{content}" for content in told} <= set(STATES)


@pytest.mark.req("F085")
def test_ytos_own_example_is_read_oldest_first_in_utc():
    first, second = read(SCANS)
    assert (first.code, first.at.utc_ms) == ("scan.GOT", 1_624_094_382_000)
    assert (second.code, second.at.zone) == ("scan.ARRIVAL", "Asia/Shanghai")
    assert read(SCANS + SCANS) == (first, second)


@pytest.mark.parametrize("told", [[], EMPTY, {"data": []}, [3, "x"]])
def test_nothing_known_is_no_scan(told):
    assert read(told) == ()


def test_a_no_is_told_and_another_shape_is_malformed():
    with pytest.raises(Rejected):
        read({"success": False, "code": "B4", "message": "运单号不能为空"})
    for odd in ({}, {"data": {}}, None, "x", 3):
        with pytest.raises(Malformed):
            read(odd)


def test_time_that_is_none_keeps_the_scan():
    (scan,) = read([SCANS[0] | {"upload_Time": "yesterday"}])
    assert (scan.at.utc_ms, scan.at.raw) == (None, "yesterday")


async def test_parcel_travels_from_pickup_to_the_end_by_the_clock():
    async with yto_world() as world:
        number = (await world.buy()).waybill_no
        assert await world.carrier.routes((number,), "") == ()
        world.clock.ms += 21 * HOUR_MS
        early = await world.carrier.routes((number,), "")
        assert [one.code for one in early] == ["scan.GOT", "scan.DEPARTURE", "scan.ARRIVAL"]
        assert early[0].at.utc_ms == START_MS + 2 * HOUR_MS
        world.clock.ms += 100 * HOUR_MS
        whole = await world.carrier.routes((number, "YT9999999999999"), "")
        assert whole[: len(early)] == early
        assert whole[-1].code == "scan.SIGNED"


async def test_one_number_yto_refuses_keeps_no_other_from_being_read():
    async with yto_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 3 * HOUR_MS
        told = await world.carrier.routes(("", number), "")
        assert {one.waybill_no for one in told} == {number}
        with pytest.raises(Rejected):
            await world.carrier.routes(("",), "")


async def test_cancelled_waybill_has_no_scans():
    async with yto_world() as world:
        number = (await world.buy()).waybill_no
        await world.carrier.void(REFERENCE, number)
        world.clock.ms += 30 * HOUR_MS
        assert await world.carrier.routes((number,), "") == ()


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["infoContent", "upload_Time"]), inner, max_size=2)
        ),
    )
)
def test_odd_json_is_scans_or_told_never_a_crash(value):
    try:
        found = read(value)
    except SyncError:
        return
    assert all(one.waybill_no == "YT1" for one in found)


def local(**rules) -> YtoSandbox:
    chance = random.Random(7)
    setup = YtoSetup(SECRETS, rules=YtoRules(**rules))
    return YtoSandbox(setup, TurnedClock().now, chance, Faults(chance))


def post(one: YtoSandbox, param="{}", adapter=CREATE, code="K21", user="05L9aS", **changed) -> dict:
    envelope = {
        "timestamp": str(START_MS),
        "param": param,
        "sign": sign(param, adapter, SECRETS[adapter, "K21" if adapter == CREATE else "TEST"]),
        "format": "JSON",
    }
    path = f"/open/{adapter}/v1/{user}/{code}"
    call = Call("POST", path, "", {}, json.dumps(envelope | changed).encode(), secure=False)
    return json.loads(one(call).body)


def order(**changed) -> str:
    told = {"logisticsNo": REFERENCE, "goods": []}
    for side in ("sender", "recipient"):
        for name in ("Name", "Mobile", "ProvinceName", "CityName", "CountyName", "Address"):
            told[f"{side}{name}"] = "a"
    return json.dumps(told | changed)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign": "AAAA"}, "S02"),
        ({"timestamp": "1"}, "S05"),
        ({"code": "K9"}, "403"),
        ({"user": "x"}, "403"),
        ({"param": "no json"}, "S01"),
        ({"param": order(logisticsNo="short")}, "B5"),
        ({"param": order(recipientMobile="")}, "B6"),
        ({"param": order(goods=[{}] * 21)}, "B7"),
        ({"param": "{}", "adapter": TRACK, "code": "TEST"}, "B4"),
    ],
)
def test_the_local_yto_refuses_with_a_code(changed, code):
    told = post(local(), **changed)
    assert (told["success"], told["code"]) == (False, code)


def test_a_used_number_is_refused_and_may_tell_the_first_waybill():
    for tells in (False, True):
        one = local(repeats_tell=tells)
        first, again = post(one, order()), post(one, order())
        assert again["code"] == "S10"
        assert again.get("mailNo") == (first["mailNo"] if tells else None)
        assert one.truth()["orders"] == 1


def test_other_paths_and_methods_are_not_yto():
    one = local()
    assert one(Call("POST", "/open/x/v1/u/k", "", {}, b"", secure=False)).status == 404
    assert one(Call("GET", f"/open/{CREATE}/v1/u/k", "", {}, b"", secure=False)).status == 405
