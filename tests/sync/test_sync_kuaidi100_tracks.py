"""Traces through Kuaidi100 come out once, oldest first, in UTC, from a query and from a push."""

import hashlib
import json
import tomllib
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.kuaidi100_patience import MOST_A_DAY, Patience
from sync.carriers.kuaidi100_read import track_of
from sync.carriers.kuaidi100_tracks import read_track_push, scans_of, track_push_ack
from sync.errors import Ambiguous, Malformed, PermissionMissing, Rejected, SyncError, Throttled
from sync.errors import TokenExpired as Expired
from sync.sandbox.kuaidi100_tracks import journey
from tests.sync.kuaidi100_world import PUSH_URL, RECEIVER, ask_for, kuaidi100_world
from tests.sync.sf_world import START_MS

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
RULES = Path(__file__).resolve().parents[2] / "resources" / "rules" / "status_kuaidi100.toml"
STATES = {row["raw"]: row["to"] for row in tomllib.loads(RULES.read_text("utf-8"))["logistics"]}
# Kuaidi100's list of states (api.kuaidi100.com/document, instant query): the short and the long.
SHORT = (*range(9), *range(10, 15))
LONG = (101, 102, 103, 1001, 1002, 1003, 501, *range(301, 305), 401, *range(201, 211))
SALT = "0123456789abcdef0123456789abcdef"


def trace(time="2014-01-11 15:21:24", said="进行揽件扫描", **more) -> dict:
    return {"time": time, "ftime": time, "context": said, **more}


def pushed(*, salt=SALT, status="polling", **last) -> bytes:
    told = {"status": status, "message": "", "lastResult": {"nu": "1", **last}}
    param = json.dumps(told, ensure_ascii=False)
    sign = hashlib.md5((param + salt).encode(), usedforsecurity=False).hexdigest().upper()
    return f"sign={sign}&param={quote(param)}".encode()


def test_every_state_of_kuaidi100s_list_has_its_meaning_and_no_other_stands_there():
    assert set(STATES) == {f"state.{code}" for code in (*SHORT, *LONG)} | {"trace"}
    assert {STATES[f"state.{code}"] for code in (3, 301, 302, 303, 304)} == {"delivered"}
    assert STATES["state.501"] == "delivering"
    # 4 is a return signed for by the sender, never a delivery.
    assert (STATES["state.4"], STATES["state.6"], STATES["state.14"]) == (
        "returned",
        "returning",
        "returning",
    )
    # None of these is a scan by the courier, so none may count as its acceptance.
    assert {STATES[f"state.{code}"] for code in (101, 102, 401, 210)} == {"waybilled"}


def test_every_scan_of_the_local_kuaidi100_is_explained():
    told = {step.code for number in range(20) for step in journey(f"{number:04}")}
    assert {f"state.{code}" for code in told} <= set(STATES)


def test_a_delivered_parcel_as_it_was_captured_is_read_whole_and_in_order():
    # The shape of a real answer of 2014: newest first, no finer states, "state" 3.
    times = ("01-14 20:43:19", "01-14 20:20:36", "01-13 10:22:45", "01-11 15:21:24")
    answer = {
        "message": "ok",
        "nu": "1201088260402",
        "ischeck": "1",
        "com": "yunda",
        "updatetime": "2014-03-17 10:29:40",
        "status": "200",
        "condition": "F00",
        "data": [trace(f"2014-{at}", f"第{n}") for n, at in enumerate(times)],
        "state": "3",
    }
    told = scans_of(track_of(answer), "1201088260402")
    assert [one.code for one in told] == ["trace"] * 4 + ["state.3"]
    assert [one.text for one in told] == ["第3", "第2", "第1", "第0", ""]
    assert told[0].at.utc_ms == 1_389_424_884_000
    assert told[-1].at == told[-2].at


@pytest.mark.parametrize(
    ("newest", "state", "codes"),
    [
        ("304", "3", ["state.304"]),
        ("1002", "0", ["state.1002"]),
        ("103", "1", ["state.103"]),
        ("12", "8", ["state.12"]),
        ("14", "4", ["state.14"]),
        ("301", "301", ["state.301"]),
        ("1002", "2", ["state.1002", "state.2"]),
        ("0", "3", ["state.0", "state.3"]),
        ("501", "304", ["state.501", "state.304"]),
    ],
)
def test_state_is_told_beside_the_newest_scan_only_where_that_says_another(newest, state, codes):
    told = scans_of({"state": state, "data": [trace(statusCode=newest)]}, "1")
    assert [one.code for one in told] == codes


def test_the_same_scan_told_with_and_without_a_state_is_one():
    (bare,) = scans_of({"data": [trace()]}, "1")
    (finer,) = scans_of({"data": [trace(statusCode="103")]}, "1")
    assert bare.dedupe_key == finer.dedupe_key


@pytest.mark.req("F085")
def test_times_mean_plus_eight_and_what_is_no_time_keeps_the_scan():
    good, bad = scans_of({"data": [trace("yesterday"), trace()]}, "1")
    assert (good.at.utc_ms, good.at.zone) == (1_389_424_884_000, "Asia/Shanghai")
    assert (bad.at.utc_ms, bad.at.raw) == (None, "yesterday")


@pytest.mark.parametrize(
    "answer",
    [
        {"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"},
        {"status": "201", "message": "查询无结果", "data": []},
        {"status": "200", "state": "0", "data": []},
    ],
)
def test_a_parcel_nothing_is_known_of_has_no_scans(answer):
    assert scans_of(track_of(answer), "1") == ()


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("400", "找不到对应公司", Rejected),
        ("408", "快递公司参数异常：验证码错误", Rejected),
        ("501", "服务器错误", Ambiguous),
        ("502", "服务器繁忙", Ambiguous),
        ("503", "验证签名失败", Expired),
        ("504", "查询太频繁，请稍后再试", Throttled),
        ("601", "查询次数已用完", PermissionMissing),
        ("400", "该单号已锁定", Throttled),
        ("777", "什么", Ambiguous),
    ],
)
def test_each_no_to_a_query_has_its_meaning(code, message, kind):
    with pytest.raises(SyncError) as told:
        track_of({"result": False, "returnCode": code, "message": message})
    assert type(told.value) is kind


@pytest.mark.parametrize("answer", [None, [], {}, {"status": "200"}, {"status": "200", "data": {}}])
def test_an_answer_that_is_none_is_malformed(answer):
    with pytest.raises(Malformed):
        track_of(answer)


async def test_parcel_travels_from_pickup_to_the_end_by_the_clock():
    async with kuaidi100_world() as world:
        number = (await world.buy()).waybill_no
        assert await world.carrier.routes((number,), "1148") == ()
        world.clock.ms += 9 * HOUR_MS
        early = await world.carrier.routes((number,), "1148")
        assert [one.code for one in early] == ["state.103", "state.1002"]
        assert early[0].at.utc_ms == START_MS + 2 * HOUR_MS
        world.clock.ms += 100 * HOUR_MS
        whole = await world.carrier.routes((number,), "1148")
        assert whole[: len(early)] == early
        assert whole[-1].code == "state.301"
        assert {one.code for one in whole} <= set(STATES)


@pytest.mark.parametrize("company", ["shunfeng", "zhongtong"])
async def test_couriers_that_want_a_phone_are_told_its_last_four(company):
    async with kuaidi100_world() as world:
        one = world.as_account(company=company)
        number = (await world.buy(carrier=one)).waybill_no
        world.clock.ms += 3 * HOUR_MS
        assert await one.routes((number,), RECEIVER.phone) != ()
        with pytest.raises(Rejected) as told:
            await one.routes((number,), "0000")
        assert told.value.code == "kuaidi100_phone_wrong"
        before = world.sandbox.asked["query"]
        with pytest.raises(Rejected) as told:
            await one.routes((number,), "")
        assert told.value.code == "kuaidi100_phone_wrong"
        assert world.sandbox.asked["query"] == before


async def test_one_number_that_is_refused_keeps_no_other_from_being_read():
    async with kuaidi100_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 3 * HOUR_MS
        world.fail_next("throttle", "query")
        told = await world.carrier.routes(("YT1", number), "")
        assert {one.waybill_no for one in told} == {number}
        assert await world.carrier.routes((), "") == ()


async def test_a_number_is_never_asked_about_so_often_that_kuaidi100_locks_it():
    async with kuaidi100_world() as world:
        number = (await world.buy()).waybill_no
        world.clock.ms += 3 * HOUR_MS
        for _ in range(MOST_A_DAY):
            await world.carrier.routes((number,), "")
            world.clock.ms += 60_000
        for _ in range(20):
            with pytest.raises(Rejected) as enough:
                await world.carrier.routes((number,), "")
            assert enough.value.code == "kuaidi100_asked_enough"
        assert world.sandbox.asked["query"] == MOST_A_DAY
        assert world.sandbox.counters.locked == {}
        world.clock.ms += DAY_MS
        assert await world.carrier.routes((number,), "") != ()


async def test_a_number_others_got_locked_is_left_alone_for_a_day():
    async with kuaidi100_world() as world:
        number = (await world.buy()).waybill_no
        world.sandbox.counters.locked[number] = world.clock.ms + DAY_MS
        with pytest.raises(Throttled) as told:
            await world.carrier.routes((number,), "")
        assert told.value.code == "kuaidi100_number_locked"
        assert told.value.retry_after_ms == DAY_MS
        with pytest.raises(Rejected):
            await world.carrier.routes((number,), "")
        assert world.sandbox.asked["query"] == 1
        world.clock.ms += DAY_MS
        assert await world.carrier.routes((number,), "") != ()


async def test_parcels_are_followed_once_and_called_about_with_the_same_story():
    async with kuaidi100_world() as world:
        mine = world.as_account(push_url=PUSH_URL)
        assert mine.caps.track_every_ms == 6 * HOUR_MS > world.carrier.caps.track_every_ms
        number = (await world.buy(carrier=mine)).waybill_no
        for _ in range(3):
            await mine.follow((number,), "1148")
        assert world.sandbox.asked["follow"] == 1
        assert world.sandbox.counters.watched[number]["callbackurl"] == PUSH_URL
        world.clock.ms += 100 * HOUR_MS
        told = await mine.routes((number,), "")
        assert mine.read_tracks({}, world.sandbox.push_form(number)) == told
        assert json.loads(mine.acknowledge().body) == {
            "result": True,
            "returnCode": "200",
            "message": "成功",
        }


async def test_nobody_is_followed_where_no_address_is_named():
    async with kuaidi100_world() as world:
        await world.carrier.follow(("YT1",), "")
        assert world.sandbox.asked["follow"] == 0


async def test_a_restart_subscribes_again_and_takes_the_repeat_for_a_yes():
    async with kuaidi100_world() as world:
        number = (await world.buy()).waybill_no
        for _ in range(2):
            await world.as_account(push_url=PUSH_URL).follow((number,), "1148")
        assert world.sandbox.asked["follow"] == 2
        assert world.sandbox.counters.follows == {number: 1}


async def test_a_subscription_that_was_given_up_is_made_again_after_half_an_hour_four_times():
    async with kuaidi100_world() as world:
        mine = world.as_account(push_url=PUSH_URL)
        number = (await world.buy(carrier=mine)).waybill_no
        for turn in range(6):
            await mine.follow((number,), "1148")
            if number in world.sandbox.counters.watched:
                assert mine.read_tracks({}, world.sandbox.push_form(number, "abort")) == ()
            await mine.follow((number,), "1148")
            assert world.sandbox.asked["follow"] == min(turn + 1, 4)
            world.clock.ms += 1_800_000


async def test_a_subscription_that_failed_is_tried_again_and_a_refused_one_is_not():
    async with kuaidi100_world() as world:
        mine = world.as_account(push_url=PUSH_URL)
        number = (await world.buy(carrier=mine)).waybill_no
        world.fail_next("throttle", "follow")
        with pytest.raises(Ambiguous):
            await mine.follow((number,), "1148")
        await mine.follow((number,), "1148")
        assert number in world.sandbox.counters.watched
        zto = world.as_account(push_url=PUSH_URL, company="zhongtong")
        for _ in range(2):
            await zto.follow(("73110000000000",), "")
        assert world.sandbox.asked["follow"] == 3
        with pytest.raises(Expired):
            await world.as_account(push_url=PUSH_URL, key="wrong").follow((number,), "")


def test_push_signed_with_another_salt_is_refused():
    body = pushed(data=[trace()], salt=SALT[::-1])
    for wrong in (body, body.replace(b"sign", b"seal"), b"", b"param={}"):
        with pytest.raises(Rejected) as told:
            read_track_push(wrong, SALT)
        assert told.value.code == "kuaidi100_push_unsigned"


def test_push_tells_what_happened_beyond_the_border_too():
    param = {
        "status": "shutdown",
        "lastResult": {"nu": "LX1", "state": "0", "data": [trace()]},
        "destResult": {"nu": "LX1", "data": [trace("2014-01-20 10:00:00", "Delivered")]},
    }
    text = json.dumps(param)
    sign = hashlib.md5((text + SALT).encode(), usedforsecurity=False).hexdigest()
    told = read_track_push(f"sign={sign}&param={quote(text)}".encode(), SALT)
    assert {one.text for one in told.records} == {"进行揽件扫描", "Delivered", ""}
    assert told.given_up == ""


@pytest.mark.parametrize("last", [{"nu": ""}, {"nu": None}, {"nu": {}}])
def test_push_that_names_no_waybill_is_told_so(last):
    with pytest.raises(Malformed):
        read_track_push(pushed(**last), SALT)


def test_ack_is_the_words_kuaidi100_waits_for():
    assert json.loads(track_push_ack())["returnCode"] == "200"


def test_numbers_nobody_spoke_of_for_a_month_are_forgotten():
    patience = Patience()
    for at in range(MOST_A_DAY):
        assert patience.may_ask("1", at)
    assert not patience.may_ask("1", MOST_A_DAY)
    patience.follows("1", MOST_A_DAY)
    patience.may_ask("2", 31 * DAY_MS)
    assert patience.wants_following("1", 31 * DAY_MS)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["data", "nu", "state", "time"]), inner, max_size=3)
        ),
    )
)
def test_odd_json_in_a_signed_push_is_told_or_left_out_never_a_crash(value):
    for last in ({"data": value}, {"data": [value], "state": value}):
        try:
            told = read_track_push(pushed(**last), SALT)
        except SyncError:
            continue
        assert all(one.waybill_no == "1" for one in told.records)


async def test_cancelled_waybill_has_no_scans():
    async with kuaidi100_world() as world:
        bought = await world.buy()
        await world.carrier.void(ask_for().reference, bought.waybill_no)
        world.clock.ms += 30 * HOUR_MS
        assert await world.carrier.routes((bought.waybill_no,), "") == ()
