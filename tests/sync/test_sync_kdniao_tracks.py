"""Traces through Kdniao come out once, oldest first, in UTC, from a query and from a push."""

import json
import tomllib
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.kdniao_sign import sign
from sync.carriers.kdniao_tracks import read_track_push, scans_of, track_push_ack
from sync.errors import Malformed, Rejected, SyncError, Throttled
from sync.sandbox.kdniao_tracks import journey
from tests.sync.kdniao_world import KEY, RECEIVER, REFERENCE, ask_for, kdniao_world
from tests.sync.sf_world import START_MS

HOUR_MS = 3_600_000
RULES = Path(__file__).resolve().parents[2] / "resources" / "rules" / "status_kdniao.toml"
STATES = {row["raw"]: row["to"] for row in tomllib.loads(RULES.read_text("utf-8"))["logistics"]}
# Kdniao's own numbering of State, StateEx and Action.
TOLD = (
    *(f"{state}" for state in (1, 2, 3, 4, 5, 6, 10)),
    *("201", "202", "204", "205", "206", "211", "301", "302", "304", "311"),
    *(f"{state}" for state in (*range(401, 408), *range(412, 424))),
    *("601", "602", "603", "604"),
)


def trace(time="2019-05-11 21:20:13", station="已揽收", **more) -> dict:
    return {"AcceptTime": time, "AcceptStation": station, **more}


def pushed(*entries, key=KEY, kind="101", count=1) -> bytes:
    data = json.dumps({"Count": str(count), "Data": list(entries)}, ensure_ascii=False)
    form = {"RequestData": data, "DataSign": sign(data, key), "RequestType": kind}
    return "&".join(f"{name}={quote(value)}" for name, value in form.items()).encode()


def test_every_state_of_kdniaos_list_has_its_meaning_and_no_other_stands_there():
    assert set(STATES) == {f"state.{code}" for code in TOLD} | {"trace"}
    assert STATES["state.301"] == STATES["state.311"] == "delivered"
    assert STATES["state.211"] == "delivering"
    assert STATES["state.404"] == "returning"
    assert STATES["state.406"] == "returned"
    # None of these is a scan by the courier, so none may count as its acceptance.
    assert STATES["state.10"] == STATES["state.401"] == STATES["state.415"] == "waybilled"
    assert {to for raw, to in STATES.items() if raw.startswith("state.42")} == {"trouble"}


def test_every_scan_of_the_local_kdniao_is_explained():
    told = {step.action for number in range(20) for step in journey(f"{number:04}")}
    assert {f"state.{action}" for action in told} <= set(STATES)


def test_a_stalled_parcel_as_it_was_captured_keeps_both_scans_of_the_same_words():
    # The shape of a real answer of 2019: no actions, State 2, one scan repeated a day later.
    words = "汕头市【汕头转运中心】，正发往【无锡转运中心】"
    told = scans_of(
        {
            "State": "2",
            "Traces": [
                trace(),
                trace("2019-05-12 03:18:18", words),
                trace("2019-05-13 03:54:56", words),
            ],
        },
        "71581824088968",
    )
    assert [one.code for one in told] == ["trace", "trace", "trace", "state.2"]
    assert len({one.dedupe_key for one in told}) == 4
    assert told[0].at.utc_ms == 1_557_580_813_000
    assert told[-1].at == told[-2].at


@pytest.mark.req("F085")
def test_times_mean_plus_eight_and_what_is_no_time_keeps_the_scan():
    good, bad = scans_of({"Traces": [trace("yesterday"), trace()]}, "1")
    assert (good.at.utc_ms, good.at.zone) == (1_557_580_813_000, "Asia/Shanghai")
    assert (bad.at.utc_ms, bad.at.raw) == (None, "yesterday")


def test_state_that_the_newest_scan_says_already_is_not_told_twice():
    traces = [trace(Action="1"), trace("2019-05-12 00:00:00", "签收", Action="301")]
    told = scans_of({"State": "3", "StateEx": "301", "Traces": traces}, "1")
    assert [one.code for one in told] == ["state.1", "state.301"]


def test_state_without_a_scan_of_its_own_is_told_beside_the_newest():
    told = scans_of({"State": "4", "StateEx": "402", "Traces": [trace(Action="202")]}, "1")
    assert [one.code for one in told] == ["state.202", "state.402"]


def test_the_same_scan_told_with_and_without_an_action_is_one():
    (bare,) = scans_of({"Traces": [trace()]}, "1")
    (finer,) = scans_of({"Traces": [trace(Action="1")]}, "1")
    assert bare.dedupe_key == finer.dedupe_key


@pytest.mark.parametrize("entry", [{}, {"State": "0"}, {"State": "2"}, {"Traces": []}])
def test_a_parcel_nothing_is_known_of_has_no_scans(entry):
    assert scans_of(entry, "1") == ()


async def test_parcel_travels_from_pickup_to_the_end_by_the_clock():
    async with kdniao_world() as world:
        number = (await world.buy()).waybill_no
        assert await world.carrier.routes((number,), "1148") == ()
        world.clock.ms += 9 * HOUR_MS
        early = await world.carrier.routes((number,), "1148")
        assert [one.code for one in early] == ["state.1", "state.206", "state.204"]
        assert early[0].at.utc_ms == START_MS + 2 * HOUR_MS
        world.clock.ms += 100 * HOUR_MS
        whole = await world.carrier.routes((number,), "1148")
        assert whole[: len(early)] == early
        assert whole[-1].code == "state.301"
        assert {one.code for one in whole} <= set(STATES)


async def test_free_account_knows_the_end_though_no_scan_names_it():
    async with kdniao_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 100 * HOUR_MS
        told = await world.as_account(track="1002").routes((number,), "")
        assert {one.code for one in told[:-1]} == {"trace"}
        assert told[-1].code == "state.3"


async def test_sf_through_kdniao_is_told_the_phones_last_four():
    async with kdniao_world() as world:
        sf = world.as_account(shipper="SF")
        prepared = sf.prepare(ask_for("WD1-5-1"))
        number = (await sf.create("WD1-5-1", prepared)).waybill_no
        world.clock.ms += 3 * HOUR_MS
        assert await sf.routes((number,), RECEIVER.phone) != ()
        with pytest.raises(Rejected):
            await sf.routes((number,), "0000")


async def test_one_number_the_courier_refuses_keeps_no_other_from_being_read():
    async with kdniao_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 3 * HOUR_MS
        told = await world.carrier.routes(("73-bad", number, "7399"), "")
        assert {one.waybill_no for one in told} == {number}
        with pytest.raises(Rejected):
            await world.carrier.routes(("73-bad",), "")
        assert await world.carrier.routes((), "") == ()


async def test_used_up_queries_of_a_day_are_a_wait():
    async with kdniao_world() as world:
        world.fail_next("throttle", "8001")
        with pytest.raises(Throttled):
            await world.carrier.routes(("7311",), "")


async def test_pushes_tell_the_same_story_as_the_query():
    async with kdniao_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 100 * HOUR_MS
        told = await world.carrier.routes((number,), "")
        push = read_track_push(world.sandbox.push_form("1237100", (number,)), KEY)
        assert push.records == told
        assert push.kept_aside == ()


@pytest.mark.parametrize("kind", ["101", "102"])
def test_both_kinds_of_push_are_read(kind):
    told = read_track_push(pushed({"LogisticCode": "1", "Traces": [trace()]}, kind=kind), KEY)
    assert [one.waybill_no for one in told.records] == ["1"]


def test_push_signed_with_another_key_is_refused():
    body = pushed({"LogisticCode": "1"}, key=KEY[::-1])
    for wrong in (body, body.replace(b"DataSign", b"Other"), b"", b"RequestData={}"):
        with pytest.raises(Rejected) as told:
            read_track_push(wrong, KEY)
        assert told.value.code == "kdniao_push_unsigned"


def test_push_entry_without_a_number_is_kept_aside_and_the_others_go_on():
    told = read_track_push(pushed({"Traces": [trace()]}, 3, {"LogisticCode": "1"}), KEY)
    assert len(told.kept_aside) == 2
    assert json.loads(told.kept_aside[1].raw) == 3


@pytest.mark.parametrize("data", ["[]", "{}", '{"Data":{}}', "no json", '{"Data":[1],"Data":[2]}'])
def test_body_that_is_no_push_is_told_so(data):
    form = {"RequestData": data, "DataSign": sign(data, KEY), "RequestType": "101"}
    with pytest.raises(Malformed):
        read_track_push("&".join(f"{n}={quote(v)}" for n, v in form.items()).encode(), KEY)
    with pytest.raises(Malformed):
        read_track_push(pushed(kind="1007"), KEY)


def test_ack_names_the_moment_in_china_and_says_taken_or_not():
    told = json.loads(track_push_ack("1237100", 1_777_954_137_000, True))
    assert told == {
        "EBusinessID": "1237100",
        "UpdateTime": "2026-05-05 12:08:57",
        "Success": True,
        "Reason": "",
    }
    assert json.loads(track_push_ack("1", 0, False, "later"))["Success"] is False


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Traces", "LogisticCode", "State"]), inner, max_size=3
            )
        ),
    )
)
def test_odd_json_in_a_signed_push_is_kept_aside_or_told_never_a_crash(value):
    try:
        told = read_track_push(pushed(value, {"LogisticCode": "7", "Traces": value}), KEY)
    except SyncError:
        return
    assert all(one.waybill_no for one in told.records)
    assert len(told.kept_aside) <= 1


async def test_cancelled_waybill_has_no_scans():
    async with kdniao_world() as world:
        number = (await world.buy()).waybill_no
        await world.carrier.void(REFERENCE, number)
        world.clock.ms += 30 * HOUR_MS
        assert await world.carrier.routes((number,), "") == ()
