"""A seller's session that is good now, what is wrong with a key, and how long a ban lasts."""

import asyncio

import pytest

from sync.connector import RETRY_AFTER_CAP_MS
from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    Throttled,
    TokenExpired,
)
from sync.gateways.taobao_access import SellerKeys
from sync.gateways.taobao_refuse import ban_ms, refused
from sync.gateways.taobao_sign import TaobaoApp
from sync.sandbox.faults import Fault
from sync.sandbox.taobao import LIST, TaobaoSandbox
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock, pull_all
from tests.sync.taobao_world import Canned, channel_for, sandbox, sold, straight


@pytest.fixture
def box(clock: HandClock) -> TaobaoSandbox:
    return sandbox(clock)


def renewing(box: TaobaoSandbox, seconds: int = 60) -> SellerKeys:
    return SellerKeys(box.gate.session(seconds), box.gate.refresh_token())


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


# --- sessions ---


async def test_a_session_of_fixed_length_is_used_until_it_ends_and_then_a_person_is_asked(
    box, clock
) -> None:
    channel = straight(box, clock, keys=SellerKeys(box.gate.session(60)))
    await channel.pull("")
    clock.turn(61)
    with pytest.raises(TokenExpired, match="taobao_session_over"):
        await channel.pull("")
    assert "renewed" not in box.shop.writes


async def test_a_session_that_ended_is_renewed_once_for_all_who_wait(box, clock) -> None:
    sold(box)
    shelf = Shelf()
    channel = straight(box, clock, keys=renewing(box), shelf=shelf)
    clock.turn(120)
    await asyncio.gather(*(channel.pull("") for _ in range(8)))
    assert box.shop.writes["renewed"] == 1
    assert set(shelf.tokens) == {"session", "session_until", "refresh_token"}


async def test_a_session_about_to_end_is_renewed_before_it_is_used(box, clock) -> None:
    channel = straight(box, clock, keys=renewing(box))
    clock.turn(120)
    await channel.pull("")
    clock.turn(86_400 - 200)
    await channel.pull("")
    assert box.shop.writes["renewed"] == 2


async def test_months_of_renewals_never_lose_the_chain(box, clock) -> None:
    shelf, keys = Shelf(), renewing(box)
    for _ in range(60):
        clock.turn(2 * 86_400)
        await straight(box, clock, keys=keys, shelf=shelf).pull("")
    assert box.shop.writes["renewed"] == 60


async def test_new_tokens_are_stored_before_they_are_used(box, clock) -> None:
    shelf = Shelf()
    shelf.fails = True
    channel = straight(box, clock, keys=renewing(box), shelf=shelf)
    clock.turn(120)
    with pytest.raises(OSError, match="disk"):
        await channel.pull("")
    assert box.calls[LIST] == 0


async def test_what_another_computer_renewed_is_taken_from_the_shelf(box, clock) -> None:
    shelf, keys = Shelf(), renewing(box)
    first = straight(box, clock, keys=keys, shelf=shelf)
    second = straight(box, clock, keys=keys, shelf=shelf)
    clock.turn(120)
    await first.pull("")
    await second.pull("")
    assert box.shop.writes["renewed"] == 1


async def test_a_renewal_that_is_refused_stops_the_channel_and_asks_a_person(box, clock) -> None:
    keys = renewing(box)
    box.gate.refresh.clear()
    channel = straight(box, clock, keys=keys)
    clock.turn(120)
    with pytest.raises(TokenExpired, match="taobao_refresh_refused"):
        await channel.pull("")


async def test_an_app_that_may_not_renew_is_told_so(clock) -> None:
    box = sandbox(clock, renews=False)
    channel = straight(box, clock, keys=renewing(box))
    clock.turn(120)
    assert await code_of(channel) == "taobao_refresh_refused"


async def test_a_renewal_the_platform_is_too_busy_for_is_not_a_refusal(box, clock) -> None:
    channel = straight(box, clock, keys=renewing(box))
    clock.turn(120)
    box.faults.plan(Fault("throttle", part="refresh"))
    with pytest.raises(Throttled):
        await channel.pull("")
    await channel.pull("")
    assert box.shop.writes["renewed"] == 1


# --- what is wrong, in one sentence ---


async def test_a_shop_that_works_says_that_receivers_come_masked(box, clock) -> None:
    result = await straight(box, clock).check()
    assert (result.ok, result.notes) == (True, ("taobao_masked",))


@pytest.mark.parametrize(
    ("app", "code"),
    [
        (TaobaoApp("87654321", "helloworld"), "taobao_wrong_key"),
        (TaobaoApp("12345678", "goodbye"), "taobao_wrong_key"),
    ],
)
async def test_a_wrong_key_or_secret_is_named(box, clock, app, code) -> None:
    assert await code_of(straight(box, clock, app=app)) == code


async def test_a_wrong_session_is_named(box, clock) -> None:
    assert await code_of(straight(box, clock, keys=SellerKeys("6100nobody"))) == (
        "taobao_session_over"
    )


async def test_a_missing_right_is_named(clock) -> None:
    box = sandbox(clock, may=frozenset({"taobao.trade.fullinfo.get"}))
    assert await code_of(straight(box, clock)) == "taobao_right_missing"


@pytest.mark.parametrize("minutes", [-11, 11])
async def test_a_clock_that_is_off_by_more_than_ten_minutes_is_named(clock, minutes) -> None:
    platform = HandClock(clock.ms + minutes * 60_000)
    box = sandbox(platform)
    assert await code_of(straight(box, clock)) == "taobao_clock_off"


@pytest.mark.parametrize(("minutes", "code"), [(4, ""), (6, "taobao_clock_off")])
async def test_a_clock_on_its_way_to_be_off_is_named_before_it_hurts(clock, minutes, code) -> None:
    platform = HandClock(clock.ms + minutes * 60_000)
    assert await code_of(straight(sandbox(platform), clock)) == code


async def test_a_page_in_the_platforms_place_is_named(clock) -> None:
    channel = channel_for(Canned(b"<html>wifi</html>"), clock, SellerKeys("s"))
    assert await code_of(channel) == "taobao_not_taobao"


async def test_a_plain_http_gateway_is_refused_before_a_key_leaves(http, clock) -> None:
    gateway = "http://gw.api.taobao.com/router/rest"
    channel = channel_for(http, clock, SellerKeys("s"), gateway=gateway)
    assert await code_of(channel) == "sync_not_encrypted"


# --- what a no means ---


def told(code: int, sub: str = "", words: str = "") -> dict:
    return {"code": code, "msg": "m", "sub_code": sub, "sub_msg": words}


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (told(7, "accesscontrol.limited-by-app-access-count"), Throttled, "sync_throttled"),
        (told(7, "accesscontrol.limited-by-dynamic-access-count"), Throttled, "sync_throttled"),
        (told(15, "isp.remote-service-timeout"), Ambiguous, "taobao_away"),
        (told(15, "isp.trade-service-unavailable"), Ambiguous, "taobao_away"),
        (told(10), Ambiguous, "taobao_away"),
        (told(15), Ambiguous, "taobao_away"),
        (told(15, "isv.trade-not-exist"), Rejected, "sync_rejected"),
        (told(40, "isv.missing-parameter:tid"), Rejected, "sync_rejected"),
        (told(41, "isv.invalid-parameter:tid"), Rejected, "sync_rejected"),
        (told(50, "isv.invalid-permission"), PermissionMissing, "taobao_right_missing"),
        (told(11), PermissionMissing, "taobao_right_missing"),
        (told(12), PermissionMissing, "taobao_right_missing"),
        (told(53), PermissionMissing, "taobao_right_missing"),
        (told(26), TokenExpired, "taobao_session_over"),
        (told(27, "invalid-sessionkey"), TokenExpired, "taobao_session_over"),
        (told(25), TokenExpired, "taobao_wrong_key"),
        (told(29), TokenExpired, "taobao_wrong_key"),
        (told(31), TokenExpired, "taobao_clock_off"),
        (told(999), Rejected, "sync_rejected"),
    ],
)
def test_each_code_of_the_platform_means_one_thing_here(error, kind, code) -> None:
    assert type(refused(error)) is kind
    assert refused(error).code == code


@pytest.mark.parametrize(
    ("words", "ms"),
    [
        ("This ban will last for 1 more seconds", 1000),
        ("This ban will last for 45 more seconds", 45_000),
        ("请 30 秒后重试", 30_000),
        ("This ban will last for 86399 more seconds", RETRY_AFTER_CAP_MS),
        ("busy", None),
        ("", None),
    ],
)
def test_a_ban_is_waited_for_as_long_as_the_platform_says(words, ms) -> None:
    assert ban_ms(words) == ms


async def test_a_throttled_question_says_how_long_and_did_nothing(box, clock) -> None:
    channel = straight(box, clock)
    box.faults.plan(Fault("throttle", seconds=9))
    with pytest.raises(Throttled) as no:
        await channel.pull("")
    assert no.value.retry_after_ms == 9000


async def test_a_push_by_address_is_not_believed(box, clock) -> None:
    with pytest.raises(Rejected, match="push_not_ours"):
        straight(box, clock).read_push({}, b"{}")


async def test_the_whole_round_survives_a_session_that_ends_in_the_middle(box, clock) -> None:
    for _ in range(3):
        sold(box)
    channel = straight(box, clock, keys=renewing(box, 61))
    clock.turn(60)
    batch = await channel.pull("")
    clock.turn(2)
    records, _, _ = await pull_all(channel, batch.next_cursor)
    assert len({r.external_id for r in (*batch.records, *records)}) == 3
