"""A token that is good, renewed once, stored before use; what is wrong with the keys; messages."""

import asyncio
import json
import logging
from urllib.parse import quote, quote_plus

import pytest

from sync.channels.youzan_keys import YouzanKeys
from sync.channels.youzan_push import WAIT_MS, event_sign
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.records import MemoAsk, PushHint
from sync.sandbox.faults import Fault
from sync.sandbox.yz_gate import DAY_S, App, Refusal
from tests.sync.shopify_world import Shelf
from tests.sync.youzan_world import KEY, SECRET, channel_for, sandbox, seed, straight

KEYS = YouzanKeys(KEY, SECRET, "42583152")


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


def asked(box) -> list:
    """How tokens were asked for."""
    return [p.get("refresh", "again") for name, p in box.heard if name == "auth/token"]


# --- tokens ---


async def test_an_app_of_the_shops_own_takes_the_token_that_stands(box, clock) -> None:
    """Asked for a new one, another computer's would end."""
    standing = box.gate.token()
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf)
    await shop.pull("")
    await shop.pull("")
    assert (asked(box), box.gate.made) == ([False], 1)
    assert shelf.tokens["token"] == standing.token
    assert int(shelf.tokens["token_until"]) == clock.ms + 7 * DAY_S * 1000


async def test_the_typed_token_is_used_until_it_is_refused_and_then_renewed(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf, tool=True)
    await shop.pull("")
    assert (box.gate.made, shelf.tokens) == (1, {})
    clock.turn(7 * DAY_S + 1)
    await shop.pull("")
    assert (box.gate.made, asked(box)) == (2, ["again"])
    assert set(shelf.tokens) == {"token", "token_until", "refresh_token"}


@pytest.mark.parametrize("tool", [True, False])
async def test_a_token_is_renewed_before_its_end_and_never_refused(box, clock, tool) -> None:
    shop = straight(box, clock, tool=tool)
    if tool:
        clock.turn(7 * DAY_S + 1)
    await shop.pull("")
    made = box.gate.made
    box.refused.clear()
    for _ in range(14):
        clock.turn(DAY_S)
        await shop.check()
    assert (box.refused, box.gate.made - made) == ([], 2)


async def test_a_token_that_ends_at_once_when_it_is_renewed_is_refused_to_nobody(
    box, clock
) -> None:
    """The guides tell it both ways: an hour more, or none."""
    box.gate.old_lives_s = 0
    shop = straight(box, clock)
    await shop.pull("")
    clock.turn(6.6 * DAY_S)
    await shop.pull("")
    assert (box.refused, box.gate.made) == ([], 2)


async def test_twenty_who_find_the_token_old_renew_it_once(box, clock) -> None:
    shop = straight(box, clock, tool=True)
    order = box.shop.place(seed())
    clock.turn(7 * DAY_S + 1)
    asks = [MemoAsk(order.tid, f"m{n}", "", f"k{n}") for n in range(20)]
    await asyncio.gather(*(shop.write_memo(ask) for ask in asks))
    assert asked(box) == ["again"]


async def test_new_tokens_are_on_the_shelf_before_they_are_used(box, clock) -> None:
    shelf = Shelf()
    shelf.fails = True
    shop = straight(box, clock, shelf=shelf)
    order = box.shop.place(seed())
    with pytest.raises(OSError, match="full"):
        await shop.detail(order.tid)
    assert {name for name, _ in box.heard} == {"auth/token"}
    await shop.detail(order.tid)
    assert len(shelf.kept) == 1


async def test_what_another_computer_renewed_is_taken_over(box, clock) -> None:
    box.gate.old_lives_s = 0
    here, there = (straight(box, clock, shelf=Shelf()) for _ in range(2))
    await here.pull("")
    await there.pull("")
    clock.turn(6.6 * DAY_S)
    await there.pull("")
    await here.pull("")
    assert box.gate.made == 2  # one of the two made a new one, the other asked for what stands


async def test_a_refused_renewal_stops_the_shop_and_asks_for_a_person(box, clock) -> None:
    shop = straight(box, clock, tool=True)
    clock.turn(30 * DAY_S)
    with pytest.raises(TokenExpired, match="youzan_refresh_refused"):
        await shop.pull("")
    with pytest.raises(TokenExpired, match="youzan_token_expired"):
        await straight(box, clock, kdt_id="").pull("")


async def test_a_token_that_is_refused_however_often_it_is_renewed_is_not_tried_for_ever(
    box, clock
) -> None:
    shop = straight(box, clock)

    def refuse(_params):
        raise Refusal(4202, way="gateway")

    box.routes["youzan.trades.sold.get/4.0.4"] = refuse
    with pytest.raises(TokenExpired, match="youzan_token_expired"):
        await shop.pull("")
    assert [name for name, _ in box.heard].count("youzan.trades.sold.get") == 2


@pytest.mark.parametrize(
    "told", [{}, {"access_token": "x"}, {"access_token": "x", "expires": 604_800}]
)
async def test_an_answer_without_a_usable_token_keeps_nothing(
    box, clock, told, monkeypatch
) -> None:
    """A number of seconds is no moment: read as one it would be half a century ago."""
    shelf = Shelf()
    body = {"success": True, "code": 200, "data": told}
    monkeypatch.setattr(box.gate, "give", lambda _params, _headers: body)
    with pytest.raises(Malformed, match="youzan_odd_token"):
        await straight(box, clock, shelf=shelf).pull("")
    assert shelf.tokens == {}


async def test_no_key_is_shown_in_a_log_or_an_error(box, clock, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("youzan.trades.sold.get/4.0.4", "youzan.trade.get/4.0.2"):
        box.routes.pop(name)
    shop = straight(box, clock, tool=True, client_secret="top-secret")
    for act in (shop.pull(""), shop.detail("E20251")):
        with pytest.raises(SyncError) as wrong:
            await act
        keys = shop._shop.keys
        for secret in (keys.client_secret, keys.access_token, keys.refresh_token):
            said = repr(keys) + str(wrong.value) + repr(wrong.value.details) + caplog.text
            assert secret not in said


async def test_the_token_stands_in_the_address_alone(box, clock) -> None:
    """In a header or in the body it counts for nothing (4201)."""
    order = box.shop.place(seed())
    shop = straight(box, clock)
    await shop.detail(order.tid)
    sent = shop._calls._hands.http.sent
    token = box.gate.tokens[0].token
    assert [f"access_token={token}" in each.url for each in sent] == [False, True]
    assert all(token.encode() not in each.body for each in sent)
    assert all(token not in str(each.headers) for each in sent)


# --- the test of a connection ---


@pytest.mark.parametrize("tool", [True, False])
async def test_a_good_connection_is_found_good_and_nothing_is_written(box, clock, tool) -> None:
    box.shop.place(seed())
    assert await code_of(straight(box, clock, tool=tool)) == ""
    assert box.shop.writes == {}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_id": "nobody"}, "youzan_wrong_app"),
        ({"client_secret": "nothing"}, "youzan_wrong_secret"),
        ({"kdt_id": "1"}, "youzan_grant_ended"),
        ({"tool": True, "access_token": "nothing"}, "youzan_wrong_token"),
    ],
)
async def test_a_wrong_key_is_named(box, clock, wrong, code) -> None:
    assert await code_of(straight(box, clock, **wrong)) == code


@pytest.mark.parametrize(
    ("app", "code"),
    [
        (App(KEY, SECRET, lacks={"youzan.trade.refund.search"}), "youzan_right_missing"),
        (App(KEY, SECRET, listed=False), "youzan_ip_not_listed"),
        (App(KEY, SECRET, is_own=False), "youzan_other_app_kind"),
        (App(KEY, SECRET, granted=False), "youzan_grant_ended"),
    ],
)
async def test_a_missing_right_is_named(clock, app, code) -> None:
    assert await code_of(straight(sandbox(clock, app), clock)) == code


async def test_a_trial_renews_no_token_it_would_forget(box, clock) -> None:
    shop = straight(box, clock, tool=True)
    clock.turn(7 * DAY_S + 1)
    assert (await code_of(shop), box.gate.made) == ("youzan_token_expired", 1)
    await shop.pull("")
    clock.turn(7 * DAY_S + 1)
    assert await code_of(shop) == ""


async def test_what_answers_in_place_of_youzan_is_named(box, clock) -> None:
    box.faults.plan(Fault("garbage", part="trades.sold"))
    assert await code_of(straight(box, clock)) == "youzan_not_youzan"


async def test_plain_http_to_the_world_sends_nothing(box, clock, http) -> None:
    shop = channel_for(box, http, clock, "http://gateway.test")
    assert await code_of(shop) == "sync_not_encrypted"
    assert box.calls == 0


# --- every refusal of the platform's tables ---

NOES = [
    *[(TokenExpired, "gateway", code) for code in (4201, 4202, 4203)],
    *[(PermissionMissing, "gateway", code) for code in (4005, 4204)],
    *[(Ambiguous, "gateway", code) for code in (5001, 5002, 5003)],
    *[(Rejected, "gateway", code) for code in (4001, 4004, 4007, 4008, 4009, 4010)],
    *[(Rejected, way, code) for way in ("business", "old") for code in (5000, 50000, 106100110)],
    *[(Throttled, "business", code) for code in (500100004, 123000042, 141500203, 102010003)],
    *[(Ambiguous, "business", code) for code in (106000001, 106100118, -100)],
    (Throttled, "gateway", 4101),
    (Throttled, "business", 102510001),
]


@pytest.mark.parametrize(("kind", "way", "code"), NOES)
async def test_every_refusal_is_one_of_ours(box, clock, kind, way, code) -> None:
    shop = straight(box, clock, kdt_id="", access_token=box.gate.token().token)

    def refuse(_params):
        raise Refusal(code, "x", way)

    box.routes["youzan.trades.sold.get/4.0.4"] = refuse
    with pytest.raises(SyncError) as wrong:
        await shop.pull("")
    assert type(wrong.value) is kind
    if kind is not Throttled:
        assert wrong.value.details["foreign_code"] == str(code)


# --- messages ---


async def test_the_sign_of_a_message_is_the_md5_of_id_body_and_secret() -> None:
    body = b"%7B%22tid%22%3A%22E20261121000000000000001%22%2C%22status%22%3A%22WAIT_SELLER_SEND"
    body += b"_GOODS%22%7D"
    assert event_sign(KEYS, body) == "567955b6b186ecce27355ca24e5e5a59"


@pytest.mark.req("F223")
async def test_messages_of_new_orders_and_of_changes_say_which_order_to_read_again(
    box, clock
) -> None:
    shop = straight(box, clock)
    order = box.shop.place(seed())
    box.shop.move(order, detail="江南大道 1 号")
    box.shop.ask_back(order, order.items)
    hints = [shop.read_push(*each) for each in box.deliver()]
    assert [(each.kind, each.external_id, each.topic) for each in hints] == [
        ("order", order.tid, "trade_TradeBuyerPay"),
        ("order", order.tid, "youzan_trade_MessagesTheChangeAddressesByBuyer"),
        ("order", order.tid, "youzan_trade_RefundCreated"),
    ]
    assert len({each.event_id for each in hints}) == 3
    assert {each.wait_ms for each in hints} == {WAIT_MS}  # the interfaces are that late


async def test_a_message_that_is_not_ours_is_refused(box, clock) -> None:
    shop = straight(box, clock)
    box.shop.place(seed())
    ((headers, body),) = box.deliver()
    assert shop.read_push({"event-sign": headers["Event-Sign"].upper()}, body).kind == "order"
    for told, sent, code in (
        ({}, body, "push_unsigned"),
        ({"Event-Sign": "0" * 32}, body, "push_not_ours"),
        (headers, body + b" ", "push_not_ours"),
        ({**headers, "Client-Id": "1"}, body, "push_not_ours"),
        ({"Event-Sign": "é"}, body, "push_not_ours"),
        (headers, b"[" + b" " * 1024 * 1024 + b"]", "push_too_big"),
    ):
        with pytest.raises(Rejected, match=code):
            shop.read_push(told, sent)


def told(**fields) -> PushHint:
    kind = "order" if fields.get("external_id") else "other"
    return PushHint(kind, **fields, wait_ms=WAIT_MS if kind == "order" else 0)


SAID = '{"tid":"E20251 x"}'
NEW = {"full_order_info": {"order_info": {"tid": "E20252"}}}


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ({"test": True, "id": "E20251"}, PushHint("ping", "", "", "t")),
        ({"id": "E20251", "msg_id": "m", "msg": ""}, ("E20251", "m")),
        ({"msg": quote(json.dumps({"tid": "E20253"})), "msg_id": "m"}, ("E20253", "m")),
        ({"msg": quote_plus('{ "tid": "E20254" }'), "msg_id": "m"}, ("E20254", "m")),
        ({"msg": NEW, "id": "9", "version": 4}, ("E20252", "t:9:4")),
        ({"msg": quote(SAID), "id": "E20255", "version": 1}, ("E20255", "t:E20255:1")),
        ({"id": "E20251"}, ("E20251", "")),  # known by its bytes alone
        ({"kdt_id": 7, "id": "E20251", "msg_id": "m"}, ("", "m")),  # another shop of the app
        ({"kdt_id": 42583152, "id": "E20251", "msg_id": "m"}, ("E20251", "m")),
        ({"id": 123, "msg_id": "m", "msg": "%ZZ"}, ("", "m")),
        ({"id": "CUSTOMER", "msg_id": "m", "msg": [1]}, ("", "m")),
    ],
)
async def test_what_a_message_is_about_is_found_in_both_its_forms(
    box, clock, message, hint
) -> None:
    body = json.dumps({"type": "t", **message}).encode()
    found = straight(box, clock).read_push({"event-sign": event_sign(KEYS, body)}, body)
    if isinstance(hint, tuple):
        hint = told(external_id=hint[0], event_id=hint[1], topic="t")
    assert found == hint


@pytest.mark.parametrize("body", [b"[]", b"1", b"no", b'{"id":"1","id":"2"}'])
async def test_a_signed_body_that_is_no_message_is_malformed(box, clock, body) -> None:
    with pytest.raises(Malformed):
        straight(box, clock).read_push({"event-sign": event_sign(KEYS, body)}, body)
