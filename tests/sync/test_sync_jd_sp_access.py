"""A good token for JD's newer gateway, and what is wrong with a key, in one sentence."""

import asyncio
import json

import pytest

from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.gateways.jd_sp_refuse import errors_of, sp_error
from sync.ports import Answer
from sync.sandbox.faults import Fault
from sync.sandbox.jd_sp_answers import CARRIER_LIST, LIST, SHIP
from sync.transport import Transport
from tests.sync.jd_sp_world import asked, channel_for, parcel, sandbox, sold, straight
from tests.sync.platform_world import Canned
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock, pull_all

DAY_S = 86_400


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


# --- tokens ---


async def test_many_calls_at_once_renew_once_and_what_came_is_kept_first(box, clock) -> None:
    order, shelf = sold(box), Shelf()
    pair = box.tokens.pair(DAY_S // 2)
    channel = straight(box, clock, pair=pair, shelf=shelf, ends_ms=clock.ms + DAY_S * 500)
    found = await asyncio.gather(*(channel.detail(str(order.number)) for _ in range(8)))
    assert (len(found), box.tokens.renewed) == (8, 1)
    assert set(shelf.kept[0]) == {"token", "token_until", "refresh_token"}


async def test_a_token_turned_away_is_renewed_and_the_call_goes_on(box, clock) -> None:
    _, refresh = box.tokens.pair()
    order = sold(box)
    channel = straight(box, clock, pair=("worn-out", refresh))
    assert (await channel.detail(str(order.number))).external_id == str(order.number)
    assert (box.refused, box.tokens.renewed) == (["19"], 1)


async def test_a_token_that_ended_stops_the_shop_and_a_person_is_asked(box, clock) -> None:
    channel = straight(box, clock, pair=box.tokens.pair(60))
    clock.turn(120)
    with pytest.raises(TokenExpired, match="jd_refresh_refused"):
        await channel.pull("")
    with pytest.raises(TokenExpired, match="jd_token_over"):
        await straight(box, clock, pair=("worn-out", "")).pull("")


async def test_a_trial_renews_nothing(box, clock) -> None:
    channel = straight(box, clock, pair=box.tokens.pair(DAY_S // 2), ends_ms=clock.ms + DAY_S * 500)
    assert await code_of(channel) == ""
    assert box.tokens.renewed == 0


# --- what is wrong ---


async def test_a_good_key_passes_and_says_that_receivers_are_masked(box, clock) -> None:
    result = await straight(box, clock).check()
    assert (result.ok, result.notes) == (True, ("jd_masked",))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"app_key": "other"}, "jd_wrong_key"),
        ({"app_secret": "other"}, "jd_wrong_key"),
        ({"pair": ("other", "")}, "jd_token_over"),
    ],
)
async def test_a_wrong_key_secret_or_token_is_named(box, clock, more, code) -> None:
    assert await code_of(straight(box, clock, **more)) == code


@pytest.mark.parametrize("name", [LIST, CARRIER_LIST])
async def test_a_right_that_is_missing_is_named(box, clock, name) -> None:
    box.gate.app.lacks.add(name)
    result = await straight(box, clock).check()
    assert (result.code, result.details["method"]) == ("jd_right_missing", name)


async def test_an_app_that_must_call_from_jds_cloud_is_told_so(box, clock) -> None:
    box.gate.cloud_only = True
    assert await code_of(straight(box, clock)) == "jd_sp_cloud_only"


@pytest.mark.parametrize("off_s", [-400, 400, -330, 330])
async def test_a_clock_that_is_off_is_named_before_the_platform_refuses_it(clock, off_s) -> None:
    box = sandbox(HandClock(clock.ms + off_s * 1000))
    assert await code_of(straight(box, clock)) == "jd_clock_off"


@pytest.mark.parametrize("body", [b"<html>wifi</html>", b"{}", b'{"error":1}'])
async def test_something_else_in_jds_place_is_named(box, clock, body) -> None:
    assert await code_of(straight(box, clock, http=Canned(body))) == "jd_not_jd"


async def test_a_list_that_goes_by_placing_is_found_out_by_an_order_that_changed(
    box, clock
) -> None:
    """Changes would be missed without a word; JD does not say by which time its list goes."""
    box.answers.by_placing = True
    order = sold(box)
    clock.turn(600)
    assert await code_of(straight(box, clock)) == ""  # nothing has changed yet: nobody can tell
    box.shop.touch(order)
    assert await code_of(straight(box, clock)) == "jd_sp_by_placing"
    box.answers.by_placing = False
    assert await code_of(straight(box, clock)) == ""


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"types": "1"}, "jd_sp_odd_types"),
        ({"types": "whole part"}, "jd_sp_odd_types"),
        ({"types": " 1，2 "}, ""),
        ({"types": ""}, ""),
        ({"list_order": "modifiedTime"}, "jd_sp_odd_order"),
        ({"list_order": "createdTime desc"}, ""),
    ],
)
async def test_what_was_typed_and_cannot_be_read_is_said_and_nothing_guessed_from_it(
    box, clock, more, code
) -> None:
    assert await code_of(straight(box, clock, **more)) == code


async def test_the_list_is_asked_for_in_the_order_that_was_typed(box, clock) -> None:
    await straight(box, clock, list_order="modifiedTime desc").pull("")
    (params,) = asked(box, LIST)
    assert (params["sortBy"], params["sortOrder"]) == ("modifiedTime", "desc")


# --- errors ---


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        ("2", Throttled, "sync_throttled"),
        ("7", TokenExpired, "jd_clock_off"),
        ("8", TokenExpired, "jd_clock_off"),
        ("11", TokenExpired, "jd_wrong_key"),
        ("12", TokenExpired, "jd_wrong_key"),
        ("14", PermissionMissing, "jd_method_gone"),
        ("15", PermissionMissing, "jd_method_gone"),
        ("19", TokenExpired, "jd_token_over"),
        ("2001", PermissionMissing, "jd_right_missing"),
        ("99904030005", PermissionMissing, "jd_sp_cloud_only"),
        ("99904030001", PermissionMissing, "jd_right_missing"),
        ("99904010001", TokenExpired, "sync_token_expired"),
        ("99904290001", Throttled, "sync_throttled"),
        ("10201009999", Ambiguous, "sync_server_error"),
        ("10202011004", Rejected, "sync_rejected"),
        ("", Rejected, "sync_rejected"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_every_code_of_the_gateway_means_one_thing_here(code, kind, name, status) -> None:
    error = sp_error({"code": code, "message": "不"}, "GET /x", Answer(status, {}, b""))
    assert (type(error), error.code) == (kind, name)


@pytest.mark.parametrize(
    "told",
    [
        {"errorList": [{"code": "19"}]},
        {"errorList": {"code": "19"}},
        {"error_response": {"code": "19"}},
    ],
)
def test_an_error_is_found_in_a_list_alone_or_as_the_classic_gateway_tells_it(told) -> None:
    assert errors_of(told) == [{"code": "19"}]
    assert errors_of({"errorList": None}) == errors_of({"errorList": []}) == errors_of({}) == []


class Refusing(Canned):
    """Answers with a status of its own."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(body)
        self.status = status

    async def send(self, request):
        del request
        return Answer(self.status, {}, self.bodies[0])


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (503, "", Throttled),
        (500, "", Ambiguous),
        (403, "", PermissionMissing),
        (401, "19", TokenExpired),
        (403, "99904030005", PermissionMissing),
        (400, "10201001001", Rejected),
    ],
)
async def test_a_no_with_a_status_of_its_own_is_read_as_well(
    box, clock, status, code, kind
) -> None:
    told = {"success": False, "errorList": [{"code": code, "message": "x"}]} if code else {}
    channel = straight(
        box, clock, http=Refusing(status, json.dumps(told).encode()), pair=("token", "")
    )
    with pytest.raises(kind):
        await channel.pull("")


async def test_called_too_often_waits_and_nothing_was_done(box, clock) -> None:
    sold(box)
    clock.turn(60)
    box.gate.app.a_minute = 1
    channel = straight(box, clock, start_ms=clock.ms - 3_600_000)
    await channel.pull("")
    with pytest.raises(Throttled) as slow:
        await channel.pull("")
    assert slow.value.retry_after_ms == 60_000
    clock.turn(60)
    records, _, _ = await pull_all(channel)
    assert len(records) == 1


async def test_an_odd_renewal_is_not_kept(box, clock) -> None:
    shelf = Shelf()
    odd = Canned(json.dumps({"success": False, "errorList": [{"code": "19"}]}).encode(), b"{}")
    channel = straight(box, clock, http=odd, shelf=shelf, pair=("worn-out", "r"))
    with pytest.raises(Malformed, match="jd_odd_token"):
        await channel.pull("")
    assert shelf.kept == []


# --- over real HTTP ---


async def test_a_whole_day_over_real_http_against_a_gateway_that_misbehaves(
    box, clock, http: Transport
) -> None:
    """Read, ship a part with the answer lost, ship the rest, and read again: once in effect."""
    server = box.server()
    origin = await server.start()
    try:
        channel = channel_for(box, http, clock, origin, start_ms=clock.ms - 3_600_000)
        order = sold(box)
        clock.turn(60)
        box.faults.plan(*(Fault(kind, part=LIST) for kind in ("throttle", "unavailable", "cut")))
        box.faults.plan(Fault("reset_after", part=SHIP))
        cursor = ""
        for _ in range(3):
            with pytest.raises(SyncError):
                await channel.pull(cursor)
        records, _, cursor = await pull_all(channel, cursor)
        assert [record.raw_status for record in records] == ["WAIT_SELLER_STOCK_OUT"]
        with pytest.raises(Ambiguous):
            await channel.ship(parcel(order, "SF1", cup=1))
        assert (await channel.ship(parcel(order, "SF1", cup=1))).already
        assert not (await channel.ship(parcel(order, "SF2"))).already
        clock.turn(60)
        records, _, _ = await pull_all(channel, cursor)
        assert [record.raw_status for record in records] == ["WAIT_GOODS_RECEIVE_CONFIRM"]
        assert box.truth()["writes"] == {"ship": 2}
        assert box.truth()["shipped"] == {str(order.number): ["SF1", "SF2"]}
        assert len(asked(box, SHIP)) == 2
    finally:
        await server.stop()
