"""A JD token that is good now, and what is wrong with a key, in one sentence."""

import asyncio
import json

import pytest

from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    Throttled,
    TokenExpired,
)
from sync.gateways.jd_access import AGAIN_MS
from sync.gateways.jd_refuse import refused
from sync.ports import Answer
from sync.sandbox.jd import RENEWAL
from tests.sync.jd_world import DAY_MS, Canned, Straight, sandbox, sold, straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock, pull_all

DAY_S = DAY_MS // 1000


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


# --- tokens ---


async def test_a_token_is_renewed_in_the_day_before_it_ends_and_kept_before_it_is_used(
    box, clock
) -> None:
    """Once it ended JD renews it no more: nobody waits for it to be turned away."""
    shelf = Shelf()
    pair = box.gate.pair(2 * DAY_S)
    channel = straight(box, clock, pair=pair, shelf=shelf, ends_ms=clock.ms + 2 * DAY_MS)
    await channel.pull("")
    assert box.gate.renewed == 0
    clock.turn(DAY_S + 120)
    await channel.pull("")
    assert box.gate.renewed == 1
    assert set(shelf.kept[0]) == {"token", "token_until", "refresh_token"}
    clock.turn(20 * DAY_S)
    await channel.pull("")
    assert (box.gate.renewed, box.refused) == (1, [])
    clock.turn(9 * DAY_S + 7200)
    await channel.pull("")
    assert box.gate.renewed == 2


async def test_many_calls_at_once_renew_once(box, clock) -> None:
    order = sold(box)
    channel = straight(box, clock, pair=box.gate.pair(DAY_S // 2), ends_ms=clock.ms + DAY_MS // 2)
    found = await asyncio.gather(*(channel.detail(str(order.number)) for _ in range(8)))
    assert (len(found), box.gate.renewed) == (8, 1)


async def test_a_token_another_computer_renewed_is_used_as_it_is(box, clock) -> None:
    token, refresh = box.gate.pair()
    shelf = Shelf(token=token, token_until=str(clock.ms + 30 * DAY_MS), refresh_token=refresh)
    channel = straight(box, clock, pair=("old", "older"), shelf=shelf)
    await channel.pull("")
    assert (box.gate.renewed, box.refused) == (0, [])


async def test_a_token_turned_away_is_renewed_and_the_call_goes_on(box, clock) -> None:
    """Nobody said when the typed one ends: it is tried, and another is asked for."""
    _, refresh = box.gate.pair()
    order = sold(box)
    channel = straight(box, clock, pair=("worn-out", refresh))
    assert (await channel.detail(str(order.number))).external_id == str(order.number)
    assert (box.refused, box.gate.renewed) == (["19"], 1)


async def test_a_token_that_ended_cannot_be_renewed_and_a_person_is_asked(box, clock) -> None:
    channel = straight(box, clock, pair=box.gate.pair(60))
    clock.turn(120)
    with pytest.raises(TokenExpired, match="jd_refresh_refused"):
        await channel.pull("")
    with pytest.raises(TokenExpired, match="jd_token_over"):
        await straight(box, clock, pair=("worn-out", "")).pull("")


async def test_a_renewal_that_fails_stops_nothing_while_the_token_is_good(box, clock) -> None:
    """And is tried again an hour later, not with every call: JD counts them by the month."""
    token, _ = box.gate.pair(DAY_S // 2)
    channel = straight(box, clock, pair=(token, "odd"), ends_ms=clock.ms + DAY_MS // 2)
    for _ in range(3):
        await channel.pull("")
    assert box.calls[RENEWAL] == 1
    clock.turn(AGAIN_MS / 1000)
    await channel.pull("")
    assert box.calls[RENEWAL] == 2


async def test_a_token_that_could_not_be_stored_is_not_used(box, clock) -> None:
    shelf = Shelf()
    shelf.fails = True
    http = Straight(box)
    channel = straight(
        box, clock, http=http, shelf=shelf, pair=box.gate.pair(60), ends_ms=clock.ms + 60_000
    )
    with pytest.raises(OSError, match="disk"):
        await channel.pull("")
    assert [request.method for request in http.sent] == ["GET"]


class Answers(Straight):
    """The renewal answers what it is told to; the rest is the sandbox."""

    def __init__(self, box, body: bytes) -> None:
        super().__init__(box)
        self.body = body

    async def send(self, request):
        if RENEWAL in request.url:
            return Answer(200, {}, self.body)
        return await super().send(request)


@pytest.mark.parametrize(
    "told",
    [{}, {"access_token": "x"}, {"access_token": "x", "expires_in": "soon"}, {"expires_in": 60}],
)
async def test_an_odd_renewal_is_not_kept(box, clock, told) -> None:
    shelf = Shelf()
    http = Answers(box, json.dumps(told).encode())
    channel = straight(box, clock, http=http, shelf=shelf, pair=("worn-out", "r"))
    with pytest.raises(Malformed, match="jd_odd_token"):
        await channel.pull("")
    assert shelf.kept == []


async def test_a_trial_renews_nothing(box, clock) -> None:
    """What it renewed would be forgotten with it, and the old one be worth nothing."""
    pair = box.gate.pair(DAY_S // 2)
    channel = straight(box, clock, pair=pair, ends_ms=clock.ms + DAY_MS // 2)
    assert await code_of(channel) == ""
    assert box.gate.renewed == 0


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


@pytest.mark.parametrize(
    "method", ["jingdong.pop.order.enSearch", "jingdong.fce.alpha.getVenderCarrier"]
)
async def test_a_right_that_is_missing_is_named(box, clock, method) -> None:
    box.gate.app.lacks.add(method)
    result = await straight(box, clock).check()
    assert (result.code, result.details["method"]) == ("jd_right_missing", method)


@pytest.mark.parametrize("off_s", [-400, 400, -330, 330])
async def test_a_clock_that_is_off_is_named_before_the_platform_refuses_it(clock, off_s) -> None:
    box = sandbox(HandClock(clock.ms + off_s * 1000))
    assert await code_of(straight(box, clock)) == "jd_clock_off"


@pytest.mark.parametrize("body", [b"<html>wifi</html>", b"{}", b'{"error":1}'])
async def test_something_else_in_jds_place_is_named(box, clock, body) -> None:
    assert await code_of(straight(box, clock, http=Canned(body))) == "jd_not_jd"


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
        ("10400010", Rejected, "sync_rejected"),
        ("", Rejected, "sync_rejected"),
    ],
)
def test_every_code_of_the_gateway_means_one_thing_here(code, kind, name) -> None:
    error = refused({"code": code, "zh_desc": "不"}, "m")
    assert (type(error), error.code) == (kind, name)


async def test_called_too_often_waits_and_nothing_was_done(box, clock) -> None:
    sold(box)
    clock.turn(60)
    box.gate.app.a_minute = 1
    channel = straight(box, clock)
    await channel.pull("")
    with pytest.raises(Throttled) as slow:
        await channel.pull("")
    assert slow.value.retry_after_ms == 60_000
    clock.turn(60)
    records, _, _ = await pull_all(channel)
    assert len(records) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(503, Throttled), (500, Ambiguous), (403, PermissionMissing)]
)
async def test_what_stands_before_the_gateway_is_told_apart(box, clock, status, kind) -> None:
    with pytest.raises(kind):
        await straight(box, clock, http=Canned(b"", status)).pull("")
