"""A token that is good now, renewed once, stored before use; and what is wrong with the keys."""

import asyncio

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
from sync.records import MemoAsk
from sync.sandbox.faults import Fault
from sync.sandbox.pdd_gate import App, Refusal
from tests.sync.pinduoduo_world import channel_for, sandbox, seed, straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

DAY = 86_400


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


# --- tokens ---


async def test_the_typed_token_is_used_until_it_is_refused_and_then_renewed(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf)
    await shop.pull("")
    assert (box.gate.renewed, shelf.tokens) == (0, {})
    clock.turn(DAY + 1)
    await shop.pull("")
    assert box.gate.renewed == 1
    assert set(shelf.tokens) == {"token", "token_until", "refresh_token"}


async def test_a_renewed_token_is_renewed_before_it_ends(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf)
    clock.turn(DAY + 1)
    await shop.pull("")
    box.refused.clear()
    for _ in range(30):
        clock.turn(12 * 3600)
        await shop.pull("")
    assert (box.refused, box.gate.renewed) == ([], 16)


async def test_twenty_who_find_the_token_old_renew_it_once(box, clock) -> None:
    shop = straight(box, clock)
    order = box.shop.place(seed())
    clock.turn(DAY + 1)
    asks = [MemoAsk(order.sn, f"m{n}", "", f"k{n}") for n in range(20)]
    await asyncio.gather(*(shop.write_memo(ask) for ask in asks))
    assert box.gate.renewed == 1


async def test_new_tokens_are_on_the_shelf_before_they_are_used(box, clock) -> None:
    box.gate.refresh_once = False
    shelf = Shelf()
    shelf.fails = True
    shop = straight(box, clock, shelf=shelf)
    clock.turn(DAY + 1)
    order = box.shop.place(seed())
    with pytest.raises(OSError, match="full"):
        await shop.detail(order.sn)
    assert [params["type"] for params in box.heard] == ["pdd.pop.auth.token.refresh"]
    await shop.detail(order.sn)
    assert len(shelf.kept) == 1


async def test_what_another_computer_renewed_is_taken_over(box, clock) -> None:
    shelf = Shelf()
    token, refresh = box.gate.token(), box.gate.refresh_token()
    here, there = (
        straight(box, clock, shelf=shelf, access_token=token, refresh_token=refresh)
        for _ in range(2)
    )
    await here.pull("")
    clock.turn(DAY + 1)
    await there.pull("")
    box.gate._tokens.pop(token)  # the old one is not even known any more
    await here.pull("")
    assert box.gate.renewed == 1


async def test_without_a_refresh_token_a_worn_out_one_asks_for_a_person(box, clock) -> None:
    shop = straight(box, clock, refresh_token="")
    clock.turn(DAY + 1)
    with pytest.raises(TokenExpired, match="pdd_token_expired"):
        await shop.pull("")


async def test_a_refused_renewal_stops_the_shop_and_asks_for_a_person(box, clock) -> None:
    shop = straight(box, clock, refresh_token="rt-of-nobody")
    clock.turn(DAY + 1)
    with pytest.raises(TokenExpired, match="pdd_refresh_refused"):
        await shop.pull("")


@pytest.mark.parametrize(
    "told", [{}, {"access_token": "x"}, {"access_token": "x", "expires_in": True}]
)
async def test_an_answer_without_a_usable_token_keeps_nothing(box, clock, told) -> None:
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf)
    clock.turn(DAY + 1)
    box.routes["pdd.pop.auth.token.refresh"] = ("r", lambda _: told)
    with pytest.raises(Malformed, match="pdd_odd_token"):
        await shop.pull("")
    assert shelf.tokens == {}


async def test_no_key_is_shown_in_a_log_or_an_error(box, clock) -> None:
    shop = straight(box, clock, client_secret="top-secret")
    with pytest.raises(SyncError) as wrong:
        await shop.pull("")
    keys = shop._shop.keys
    for secret in (keys.client_secret, keys.access_token, keys.refresh_token):
        assert secret not in repr(keys) + str(wrong.value) + repr(wrong.value.details)


# --- the test of a connection ---


async def test_a_good_connection_is_found_good_and_nothing_is_written(box, clock) -> None:
    box.shop.place(seed())
    assert await code_of(straight(box, clock)) == ""
    assert box.shop.writes == {}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_id": "nobody"}, "pdd_wrong_client"),
        ({"client_secret": "nothing"}, "pdd_wrong_secret"),
        ({"access_token": "nothing"}, "pdd_wrong_token"),
    ],
)
async def test_a_wrong_key_is_named(box, clock, wrong, code) -> None:
    assert await code_of(straight(box, clock, **wrong)) == code


@pytest.mark.parametrize(
    ("app", "code"),
    [
        (App("client", "secret", lacks={"pdd.logistics.companies.get"}), "pdd_right_missing"),
        (App("client", "secret", listed=False), "pdd_ip_not_listed"),
    ],
)
async def test_a_missing_right_is_named(clock, app, code) -> None:
    box = sandbox(clock, app)
    result = await straight(box, clock).check()
    assert result.code == code


@pytest.mark.parametrize("minutes", [-60, 11, 600])
async def test_a_clock_that_is_off_is_named(clock, minutes) -> None:
    box, here = sandbox(clock), HandClock(clock.ms + minutes * 60_000)
    assert await code_of(straight(box, here)) == "pdd_clock_off"


async def test_a_trial_renews_no_token_and_names_a_worn_out_one(box, clock) -> None:
    """A trial forgets what it renews, and a refresh token may be good only once."""
    shop = straight(box, clock)
    clock.turn(DAY + 1)
    assert (await code_of(shop), box.gate.renewed) == ("pdd_token_expired", 0)
    box.gate.withdraw()
    assert await code_of(shop) == "pdd_wrong_token"


async def test_a_connected_shop_renews_in_its_check_too(box, clock) -> None:
    shop = straight(box, clock)
    clock.turn(DAY + 1)
    await shop.pull("")
    clock.turn(2 * DAY)
    assert await code_of(shop) == ""


async def test_what_answers_in_place_of_pinduoduo_is_named(box, clock) -> None:
    box.faults.plan(Fault("garbage"))
    assert await code_of(straight(box, clock)) == "pdd_not_pinduoduo"


async def test_plain_http_to_the_world_sends_nothing(box, clock, http) -> None:
    shop = channel_for(box, http, clock, "http://gateway.test/api/router")
    assert await code_of(shop) == "sync_not_encrypted"
    assert box.calls == 0


# --- every refusal of the platform's table ---

KINDS = {
    TokenExpired: "10010 10014 10016 10018 10019 10035 20004 20032",
    PermissionMissing: "10011 20005 20031 20034 20035 30000 50012 70034",
    Throttled: "52101 52102 52103 70031 70032 70033",
    Ambiguous: "50000 50001 50002 52001 52002",
    Rejected: "10000 10001 10002 10017 20007 21001 21002 30001 52004 99999",
}


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in KINDS.items() for code in codes.split()]
)
async def test_every_refusal_is_one_of_ours(box, clock, code, kind) -> None:
    shop = straight(box, clock, refresh_token="")

    def refuse(_params):
        raise Refusal(int(code), "words")

    box.routes["pdd.time.get"] = ("r", refuse)
    with pytest.raises(SyncError) as wrong:
        await shop.pull("")
    assert type(wrong.value) is kind
    if kind is not Throttled:
        assert wrong.value.details["foreign_code"] == code


async def test_the_business_says_a_definite_no_with_a_sub_code(box, clock) -> None:
    def refuse(_params):
        raise Refusal(50001, "业务服务错误", "ORDER_LOCKED", "订单已锁定")

    box.routes["pdd.time.get"] = ("r", refuse)
    with pytest.raises(Rejected) as wrong:
        await straight(box, clock).pull("")
    assert (wrong.value.foreign_code, wrong.value.text) == ("50001/ORDER_LOCKED", "订单已锁定")


async def test_pinduoduo_calls_nobody(box, clock) -> None:
    with pytest.raises(Rejected, match="push_unsigned"):
        straight(box, clock).read_push({}, b"{}")
