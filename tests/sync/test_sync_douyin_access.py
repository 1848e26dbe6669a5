"""A token that is good, renewed once, stored before use; what is wrong with the keys; messages."""

import asyncio
import json

import pytest

from sync.channels.douyin_push import event_sign
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.gateways.douyin_sign import DouyinKeys
from sync.records import MemoAsk, PushHint
from sync.sandbox.dy_gate import HOUR_S, App, Refusal
from sync.sandbox.faults import Fault
from tests.sync.douyin_world import KEY, SECRET, channel_for, sandbox, seed, straight
from tests.sync.platform_world import DAY
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


def heard(box, method: str) -> int:
    return [name for name, _ in box.heard].count(method)


# --- tokens ---


@pytest.mark.parametrize("tells_seconds", [True, False])
async def test_an_app_of_the_shops_own_makes_its_token_by_the_shops_number(
    box, clock, tells_seconds
) -> None:
    """The end of a token is told as an epoch second, or as a number of seconds: both are read."""
    box.gate.tells_seconds = tells_seconds
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf)
    await shop.pull("")
    await shop.pull("")
    assert (heard(box, "token.create"), heard(box, "token.refresh")) == (1, 0)
    assert int(shelf.tokens["token_until"]) == clock.ms + 7 * DAY * 1000


async def test_the_typed_token_is_used_until_it_is_refused_and_then_renewed(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf, tool=True)
    await shop.pull("")
    assert (box.gate.made, shelf.tokens) == (1, {})
    clock.turn(7 * DAY + 1)
    await shop.pull("")
    assert box.gate.made == 2
    assert set(shelf.tokens) == {"token", "token_until", "refresh_token"}


@pytest.mark.parametrize("tool", [True, False])
async def test_a_token_is_renewed_within_its_last_hour_and_never_refused(box, clock, tool) -> None:
    shop = straight(box, clock, tool=tool)
    if tool:
        clock.turn(7 * DAY + 1)
    await shop.pull("")
    made = box.gate.made
    box.refused.clear()
    for _ in range(2):
        clock.turn(7 * DAY - 2 * HOUR_S)
        for _ in range(8):
            await shop.check()
            clock.turn(900)
    assert (box.refused, box.gate.made - made) == ([], 2)
    # Once for each new pair: never before the last hour, when the same pair would come back.
    assert heard(box, "token.refresh") == 2 + tool


async def test_twenty_who_find_the_token_old_renew_it_once(box, clock) -> None:
    shop = straight(box, clock, tool=True)
    order = box.shop.place(seed())
    clock.turn(7 * DAY + 1)
    asks = [MemoAsk(order.number, f"m{n}", "", f"k{n}") for n in range(20)]
    await asyncio.gather(*(shop.write_memo(ask) for ask in asks))
    assert heard(box, "token.refresh") == 1


async def test_new_tokens_are_on_the_shelf_before_they_are_used(box, clock) -> None:
    shelf = Shelf()
    shelf.fails = True
    shop = straight(box, clock, shelf=shelf)
    order = box.shop.place(seed())
    with pytest.raises(OSError, match="full"):
        await shop.detail(order.number)
    assert [method for method, _ in box.heard] == ["token.create"]
    await shop.detail(order.number)
    assert len(shelf.kept) == 1


async def test_what_another_computer_renewed_is_taken_over(box, clock) -> None:
    shelf = Shelf()
    here, there = (straight(box, clock, shelf=shelf) for _ in range(2))
    await here.pull("")
    await there.pull("")
    old = shelf.tokens["token"]
    clock.turn(7 * DAY - HOUR_S // 4)
    await there.pull("")
    box.gate.pairs = [pair for pair in box.gate.pairs if pair.token != old]
    await here.pull("")
    assert box.gate.made == 2


async def test_an_own_app_whose_refresh_token_ended_makes_a_new_pair(box, clock) -> None:
    shop = straight(box, clock)
    await shop.pull("")
    clock.turn(30 * DAY)
    await shop.pull("")
    assert (heard(box, "token.create"), box.gate.made) == (2, 2)


async def test_a_refused_renewal_stops_the_shop_and_asks_for_a_person(box, clock) -> None:
    shop = straight(box, clock, tool=True)
    clock.turn(30 * DAY)
    with pytest.raises(TokenExpired, match="douyin_refresh_refused"):
        await shop.pull("")
    bare = straight(box, clock, shop_id="")
    with pytest.raises(TokenExpired, match="douyin_token_expired"):
        await bare.pull("")


async def test_a_token_that_is_refused_and_renews_to_itself_is_not_tried_for_ever(
    box, clock
) -> None:
    shop = straight(box, clock, tool=True)

    def refuse(_params):
        raise Refusal(40003, "isv.access-token-expired")

    box.routes["order.searchList"] = refuse
    with pytest.raises(TokenExpired, match="douyin_token_expired"):
        await shop.pull("")
    assert (box.calls, box.gate.made) == (2, 1)


@pytest.mark.parametrize(
    "told", [{}, {"access_token": "x"}, {"access_token": "x", "expires_in": True}]
)
async def test_an_answer_without_a_usable_token_keeps_nothing(box, clock, told) -> None:
    shelf = Shelf()
    box.routes["token.create"] = lambda _: told
    with pytest.raises(Malformed, match="douyin_odd_token"):
        await straight(box, clock, shelf=shelf).pull("")
    assert shelf.tokens == {}


async def test_no_key_is_shown_in_a_log_or_an_error(box, clock) -> None:
    shop = straight(box, clock, tool=True, app_secret="top-secret")
    with pytest.raises(SyncError) as wrong:
        await shop.pull("")
    keys = shop._shop.keys
    for secret in (keys.app_secret, keys.access_token, keys.refresh_token):
        assert secret not in repr(keys) + str(wrong.value) + repr(wrong.value.details)


# --- the test of a connection ---


@pytest.mark.parametrize("tool", [True, False])
async def test_a_good_connection_is_found_good_and_nothing_is_written(box, clock, tool) -> None:
    box.shop.place(seed())
    assert await code_of(straight(box, clock, tool=tool)) == ""
    assert box.shop.writes == {}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"app_key": "nobody"}, "douyin_wrong_app"),
        ({"app_secret": "nothing"}, "douyin_wrong_secret"),
        ({"shop_id": "1"}, "douyin_grant_ended"),
        ({"tool": True, "access_token": "nothing"}, "douyin_token_expired"),
    ],
)
async def test_a_wrong_key_is_named(box, clock, wrong, code) -> None:
    assert await code_of(straight(box, clock, **wrong)) == code


@pytest.mark.parametrize(
    ("app", "code"),
    [
        (App(KEY, SECRET, lacks={"order.logisticsCompanyList"}), "douyin_right_missing"),
        (App(KEY, SECRET, listed=False), "douyin_ip_not_listed"),
        (App(KEY, SECRET, is_own=False), "douyin_not_own_app"),
    ],
)
async def test_a_missing_right_is_named(clock, app, code) -> None:
    assert await code_of(straight(sandbox(clock, app), clock)) == code


@pytest.mark.parametrize("minutes", [-60, 11, 600])
async def test_a_clock_that_is_off_is_named(clock, minutes) -> None:
    box, here = sandbox(clock), HandClock(clock.ms + minutes * 60_000)
    assert await code_of(straight(box, here)) == "douyin_clock_off"


async def test_a_trial_renews_no_token_it_would_forget(box, clock) -> None:
    shop = straight(box, clock, tool=True)
    clock.turn(7 * DAY + 1)
    assert (await code_of(shop), box.gate.made) == ("douyin_token_expired", 1)
    await shop.pull("")
    clock.turn(7 * DAY + 1)
    assert await code_of(shop) == ""


async def test_what_answers_in_place_of_douyin_is_named(box, clock) -> None:
    box.faults.plan(Fault("garbage"))
    assert await code_of(straight(box, clock, tool=True)) == "douyin_not_douyin"


async def test_plain_http_to_the_world_sends_nothing(box, clock, http) -> None:
    shop = channel_for(box, http, clock, "http://gateway.test")
    assert await code_of(shop) == "sync_not_encrypted"
    assert box.calls == 0


# --- every refusal of the platform's table ---

KINDS = {
    TokenExpired: """
        40003/isv.access-token-expired 40003/isv.access-token-no-existed 40003/isv.signature-invalid
        40003/isv.app-id-invalid 40003/isv.timestamp-invalid 30001/dop.authorization-no-existed
        30001/dop.authorization-closed 50001/dop.token-generate-failed:token-expired
        50001/dop.token-generate-failed:code-invalid 40003/isv.authorization-type-invalid
    """,
    PermissionMissing: """
        30001/isv.app-permissions-insufficient 30001/dop.app-forbidden 30002/ 80000/
        70000/isp.api-service-off
    """,
    Throttled: "60000/isp.traffic-limited",
    Ambiguous: "20000/dop.service-error 20001/ 90000/dop.unknown-error 10001/ 50001/",
    Rejected: "50002/isv.business-failed:60021 40001/ 40002/ 40003/ 40004/isv.parameter-invalid:5",
}


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in KINDS.items() for code in codes.split()]
)
async def test_every_refusal_is_one_of_ours(box, clock, code, kind) -> None:
    number, _, sub = code.partition("/")
    shop = straight(box, clock, shop_id="", access_token=box.gate.pair().token)

    def refuse(_params):
        raise Refusal(int(number), sub)

    box.routes["order.searchList"] = refuse
    with pytest.raises(SyncError) as wrong:
        await shop.pull("")
    assert type(wrong.value) is kind
    if kind is not Throttled:
        assert wrong.value.details["foreign_code"] == code.rstrip("/")


async def test_a_business_that_is_busy_may_have_done_it(box, clock) -> None:
    def busy(_params):
        raise Refusal(50002, "isv.business-failed:60106", "系统繁忙,请稍后重试。")

    box.routes["order.searchList"] = busy
    with pytest.raises(Ambiguous):
        await straight(box, clock).pull("")


# --- messages ---


async def test_a_message_says_which_orders_to_read_again(box, clock) -> None:
    shop = straight(box, clock)
    order, other = box.shop.place(seed()), box.shop.place(seed())
    box.shop.touch(order, "105")
    hint = shop.read_push(*box.deliver())
    told = [(each.kind, each.external_id, each.topic) for each in (hint, *hint.others)]
    assert told == [
        ("order", order.number, "101"),
        ("order", other.number, "101"),
        ("order", order.number, "105"),
    ]
    assert len({each.event_id for each in (hint, *hint.others)}) == 3


async def test_a_message_that_is_not_ours_is_refused(box, clock) -> None:
    shop = straight(box, clock)
    box.shop.place(seed())
    headers, body = box.deliver()
    assert shop.read_push({"Event-Sign": headers["event-sign"].upper()}, body).kind == "order"
    for told, sent, code in (
        ({}, body, "push_unsigned"),
        ({"event-sign": "0" * 32}, body, "push_not_ours"),
        (headers, body + b" ", "push_not_ours"),
        ({**headers, "app-id": "1"}, body, "push_not_ours"),
        ({"event-sign": "é"}, body, "push_not_ours"),
        (headers, b"[" + b" " * 1024 * 1024 + b"]", "push_too_big"),
    ):
        with pytest.raises(Rejected, match=code):
            shop.read_push(told, sent)


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ({"tag": "0", "msg_id": "1", "data": "test"}, PushHint("ping", "", "1", "0")),
        ({"tag": "101", "msg_id": 2, "data": {"p_id": 47}}, PushHint("order", "47", "2", "101")),
        ({"tag": "101", "msg_id": "3", "data": "{"}, PushHint("other", "", "3", "101")),
        ({"tag": None, "data": '{"p_id":"a"}'}, PushHint("other", "", "", "")),
    ],
)
async def test_a_message_without_an_order_is_no_hint_to_one(box, clock, message, hint) -> None:
    body = json.dumps([message]).encode()
    sign = event_sign(DouyinKeys(KEY, SECRET), body)
    assert straight(box, clock).read_push({"event-sign": sign}, body) == hint


@pytest.mark.parametrize("body", [b"[]", b"{}", b"no", b'[{"tag":"1"}'])
async def test_a_signed_body_that_is_no_list_of_messages_is_malformed(box, clock, body) -> None:
    sign = event_sign(DouyinKeys(KEY, SECRET), body)
    with pytest.raises(Malformed):
        straight(box, clock).read_push({"event-sign": sign}, body)
