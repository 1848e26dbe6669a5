"""Parcels and stock reach Weidian once in effect; its tokens, refusals and messages."""

import asyncio
import json
import logging
from urllib.parse import urlencode

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
from sync.ports import Acknowledges
from sync.records import PushHint, StockAsk
from sync.sandbox.faults import Fault
from sync.sandbox.weidian import LIFE_S, App, Refusal
from tests.sync.platform_world import Canned
from tests.sync.shopify_world import Shelf
from tests.sync.weidian_world import (
    KEY,
    LIST,
    SECRET,
    channel_for,
    parcel,
    sandbox,
    seed,
    straight,
)

DELIVER, SPLIT = "vdian.order.deliver", "vdian.order.deliver.split"


@pytest.fixture
def box(clock):
    return sandbox(clock)


@pytest.fixture
def shop(box, clock):
    return straight(box, clock)


@pytest.fixture
def order(box):
    return box.shop.place(seed())


def asked(box, name):
    return [params for method, params in box.heard if method == name]


# --- parcels ---


@pytest.mark.parametrize("named", [{}, {"cup": 2, "pot": 1}])
async def test_a_whole_order_is_shipped_with_the_platforms_number_of_its_carrier(
    box, shop, order, named
) -> None:
    done = await shop.ship(parcel(order, **named))
    assert (done.external_ref, done.already) == (order.number, False)
    assert (order.status, order.numbers) == ("ship", ["SF1000000000001"])
    assert asked(box, DELIVER) == [
        {
            "order_id": order.number,
            "express_type": "1",
            "express_no": "SF1000000000001",
            "express_custom": "",
        }
    ]
    assert (await shop.ship(parcel(order, **named))).already
    assert box.shop.writes == {"deliver": 1}


@pytest.mark.parametrize("kind", ["late", "reset_after", "cut", "inner", "garbage"])
@pytest.mark.parametrize("named", [{}, {"cup": 2}])
async def test_a_lost_answer_leaves_one_shipment(box, clock, hasty, kind, named) -> None:
    order, running = box.shop.place(seed()), box.server()
    shop = channel_for(box, hasty, clock, await running.start())
    box.faults.plan(Fault(kind, part=SPLIT if named else DELIVER))
    with pytest.raises(Ambiguous):
        await shop.ship(parcel(order, **named))
    assert (await shop.ship(parcel(order, **named))).already
    assert (sum(box.shop.writes.values()), order.numbers) == (1, ["SF1000000000001"])
    await running.stop()


@pytest.mark.parametrize("kind", ["throttle", "reset_before", "unavailable"])
async def test_a_refused_try_does_nothing_and_may_be_repeated(
    box, clock, http, order, kind
) -> None:
    running = box.server()
    shop = channel_for(box, http, clock, await running.start())
    box.faults.plan(Fault(kind, part=DELIVER))
    with pytest.raises((Throttled, Ambiguous)):
        await shop.ship(parcel(order))
    assert box.shop.writes == {}
    assert not (await shop.ship(parcel(order))).already
    await running.stop()


async def test_an_order_leaves_item_by_item_and_units_of_one_only_together(
    box, shop, order
) -> None:
    with pytest.raises(Rejected, match="weidian_units_together"):
        await shop.ship(parcel(order, "SF1", cup=1))
    await shop.ship(parcel(order, "SF1", cup=2))
    assert asked(box, SPLIT)[0]["item"] == [{"sub_order_id": order.items[0].sub}]
    record = await shop.detail(order.number)
    assert [x.quantity_shipped for x in record.lines] == [2, 0]
    await shop.ship(parcel(order, "SF2"))  # whatever is left
    assert (order.status, order.numbers) == ("ship", ["SF1", "SF2"])


async def test_what_was_given_back_before_it_left_is_not_in_the_parcel(box, shop, order) -> None:
    box.shop.ask_back(order, order.items[0])
    with pytest.raises(Rejected, match="weidian_refund_asked"):
        await shop.ship(parcel(order))
    box.shop.settle(order, order.items[0], paid=True)
    await shop.ship(parcel(order))
    assert [item.number for item in order.items] == ["", "SF1000000000001"]
    assert order.status == "ship"


async def test_a_changed_number_takes_the_place_of_the_one_told_before(box, shop, order) -> None:
    await shop.ship(parcel(order, "SF1"))
    await shop.ship(parcel(order, "SF2", replaces="SF1"))
    assert (await shop.ship(parcel(order, "SF2", replaces="SF1"))).already
    assert (order.numbers, box.shop.writes) == (["SF2"], {"deliver": 1, "modify": 1})


async def test_which_of_several_parcels_a_number_is_of_is_not_guessed(box, shop, order) -> None:
    await shop.ship(parcel(order, "SF1", cup=2))
    await shop.ship(parcel(order, "SF2", pot=1))
    with pytest.raises(Rejected, match="weidian_change_there"):
        await shop.ship(parcel(order, "SF9", replaces="SF1"))
    assert order.numbers == ["SF1", "SF2"]


async def test_a_number_somebody_else_told_is_never_written_over(box, shop, order) -> None:
    await shop.ship(parcel(order, "YT9"))
    with pytest.raises(Rejected, match="weidian_other_number") as refused:
        await shop.ship(parcel(order, replaces="SF-of-another"))
    assert (refused.value.details["number"], order.numbers) == ("YT9", ["YT9"])


@pytest.mark.parametrize("status", ["unpay", "close"])
async def test_what_must_not_leave_is_refused_by_its_state(box, shop, order, status) -> None:
    box.shop.change(order, status=status)
    with pytest.raises(Rejected, match="weidian_not_shippable") as refused:
        await shop.ship(parcel(order))
    assert refused.value.foreign_code == f"status.{status}"
    assert box.shop.writes == {}


async def test_a_carrier_that_is_not_in_the_list_goes_by_its_name(box, shop, order) -> None:
    await shop.ship(parcel(order, code="nobody", name="无名快递"))
    params = asked(box, DELIVER)[0]
    assert (params["express_type"], params["express_custom"]) == ("0", "无名快递")


# --- stock ---


async def test_stock_is_set_whole_and_never_added_to(box, shop) -> None:
    for code in ("CUP-1", "POT-1"):
        sku = box.shop.skus[code]
        for _ in range(3):
            await shop.set_stock(StockAsk(f"{sku.item_id}:{sku.sku_id}", code, 7, "k"))
        assert sku.stock == 7
    told = asked(box, "vdian.item.stock.update")
    assert {each["type"] for each in told} == {"set"}
    assert told[-1]["items"][0]["item_sku_id"] == ""  # the pot has no SKUs


@pytest.mark.parametrize(
    ("ref", "quantity", "code"),
    [
        ("1:2", -1, "sync_bad_quantity"),
        ("", 1, "weidian_map_first"),
        ("1:x", 1, "sync_bad_number"),
        ("1:2", 1, "sync_rejected"),
    ],
)
async def test_stock_of_nothing_known_or_below_nothing_is_refused(
    box, shop, ref, quantity, code
) -> None:
    with pytest.raises(Rejected, match=code):
        await shop.set_stock(StockAsk(ref, "CUP-1", quantity, "k"))
    assert box.shop.writes == {}


# --- tokens ---


async def test_a_token_is_made_stored_and_used_until_it_wears_out(box, clock) -> None:
    shelf = Shelf()
    shop = straight(box, clock, shelf=shelf)
    await shop.pull("")
    await straight(box, clock, shelf=shelf).pull("")
    assert len(asked(box, "token")) == 1
    assert int(shelf.tokens["token_until"]) == clock.ms + LIFE_S * 1000
    for _ in range(50):
        clock.turn(3600)
        await shop.check()
    assert (box.refused, len(asked(box, "token"))) == ([], 3)


async def test_twenty_who_find_the_token_refused_renew_it_once(box, clock) -> None:
    shop = straight(box, clock)
    order = box.shop.place(seed())
    await shop.pull("")
    box.tokens.clear()
    await asyncio.gather(*(shop.detail(order.number) for _ in range(20)))
    assert len(asked(box, "token")) == 2


async def test_a_new_token_is_on_the_shelf_before_it_is_used(box, clock) -> None:
    shelf = Shelf()
    shelf.fails = True
    shop = straight(box, clock, shelf=shelf)
    with pytest.raises(OSError, match="full"):
        await shop.pull("")
    assert {name for name, _ in box.heard} == {"token"}


async def test_a_typed_token_that_ended_asks_for_a_person(box, clock) -> None:
    shop = straight(box, clock, tool=True)
    await shop.pull("")
    clock.turn(LIFE_S + 1)
    with pytest.raises(TokenExpired, match="weidian_token_expired"):
        await shop.pull("")


@pytest.mark.parametrize(
    "told", ["{}", '{"access_token":"x"}', '{"access_token":"x","expire_in":-1}']
)
async def test_an_answer_without_a_usable_token_keeps_nothing(box, clock, told) -> None:
    shelf = Shelf()
    body = f'{{"status":{{"status_code":0}},"result":{told}}}'.encode()
    with pytest.raises(Malformed, match="weidian_odd_token"):
        await straight(box, clock, shelf=shelf, http=Canned(body)).pull("")
    assert shelf.tokens == {}


async def test_no_key_is_shown_in_a_log_or_an_error(box, clock, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    shop = straight(box, clock, secret="top-secret")
    with pytest.raises(SyncError) as wrong:
        await shop.pull("")
    said = repr(shop._shop.keys) + str(wrong.value) + repr(wrong.value.details) + caplog.text
    assert "top-secret" not in said


# --- the test of a connection, and refusals ---


@pytest.mark.parametrize(
    ("app", "more", "code"),
    [
        (App(KEY, SECRET), {}, ""),
        (App(KEY, SECRET), {"tool": True}, ""),
        (App(KEY, SECRET), {"secret": "x"}, "weidian_wrong_keys"),
        (App(KEY, SECRET), {"tool": True, "access_token": "x"}, "weidian_token_expired"),
        (App(KEY, SECRET, lacks={"vdian.order.expresslist"}), {}, "weidian_right_missing"),
    ],
)
async def test_what_is_wrong_with_a_connection_is_named(clock, app, more, code) -> None:
    box = sandbox(clock, app)
    result = await straight(box, clock, **more).check()
    assert (result.ok, result.code, box.shop.writes) == (code == "", code, {})


async def test_what_answers_in_place_of_weidian_and_plain_http_are_named(box, clock, http) -> None:
    box.faults.plan(Fault("garbage", part=LIST))
    assert (await straight(box, clock).check()).code == "weidian_not_weidian"
    calls = box.calls
    plain = channel_for(box, http, clock, "http://gateway.test")
    assert (await plain.check()).code == "sync_not_encrypted"
    assert box.calls == calls


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        *[(TokenExpired, code, "") for code in (10013, 10016, 10026)],
        (Throttled, 1, "调用频率超限"),
        (PermissionMissing, 1, "未授权"),
        (Ambiguous, 1, "系统繁忙，请稍后"),
        (Rejected, 20010, "订单状态非法"),
    ],
)
async def test_a_refusal_is_told_apart_by_its_code_or_its_words(
    box, clock, kind, code, words
) -> None:
    def refuse(_params):
        raise Refusal(code, words)

    box.routes[LIST, "1.5"] = refuse
    with pytest.raises(SyncError) as wrong:
        await straight(box, clock, tool=True, app_key="").pull("")
    assert type(wrong.value) is kind


async def test_a_refusal_may_be_a_bare_number(box, clock) -> None:
    with pytest.raises(TokenExpired):
        await straight(box, clock, http=Canned(b'{"status":10013}'), tool=True).pull("")


# --- messages ---


@pytest.mark.req("F223")
async def test_messages_of_orders_and_wishes_are_heard_where_the_owner_says_so(box, clock) -> None:
    order = box.shop.place(seed())
    box.shop.ask_back(order, order.items[0])
    deliveries = box.deliver()
    with pytest.raises(Rejected, match="push_unsigned"):
        straight(box, clock).read_push(*deliveries[0])
    shop = straight(box, clock, hears=True)
    assert [shop.read_push(*each) for each in deliveries] == [
        PushHint("order", order.number, "", "weidian.order.already_payment"),
        PushHint("order", order.number, "", "weidian.order.buyers_apply_refund"),
    ]
    assert isinstance(shop, Acknowledges)
    assert json.loads(shop.acknowledge().body) == {"status": "success"}


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ({"type": "weidian.order.confirm_eceipt", "message": {"order_id": 12}}, "12"),
        ({"type": "weidian.order.close", "message": '{"order_id":"13"}'}, "13"),
        ({"type": "weidian.item.changed", "message": {"order_id": "14"}}, ""),
        ({"type": "weidian.order.close", "message": {"order_id": "1 OR 1"}}, ""),
        ({"type": "weidian.order.close", "message": "x"}, ""),
    ],
)
async def test_a_message_without_an_order_is_no_hint_to_one(box, clock, content, number) -> None:
    shop = straight(box, clock, hears=True)
    text = json.dumps(content)
    form = shop.read_push(FORM, urlencode({"content": text}).encode())
    assert form.external_id == number
    assert shop.read_push({"content-type": "application/json"}, text.encode()) == form


@pytest.mark.parametrize(
    "body", [b"", b"content=", b"content=no", b"content=[]", b"content={}", b"\xff=1", b"x=1"]
)
async def test_what_is_no_message_is_malformed_and_too_much_is_refused(box, clock, body) -> None:
    shop = straight(box, clock, hears=True)
    with pytest.raises(Malformed):
        shop.read_push(FORM, body)
    with pytest.raises(Rejected, match="push_too_big"):
        shop.read_push(FORM, b"content=" + b"x" * 1024 * 1024)


# --- the sandbox refuses what the platform refuses ---


@pytest.mark.parametrize(
    "params",
    [
        {"page_size": 51},
        {"page_num": 0},
        {"order_type": "paid"},
        {"update_start": "2025-11-24", "update_end": "2025-11-25"},
    ],
)
async def test_a_page_the_sandbox_does_not_give_is_refused(box, params) -> None:
    with pytest.raises(Refusal):
        box.routes[LIST, "1.5"](params)


async def test_without_a_time_the_list_shows_a_month(box, clock) -> None:
    for days in (30, 32):
        box.shop.place(seed(created_s=clock.now_s() - days * 86_400))
    assert box.routes[LIST, "1.5"]({})["total_num"] == 1
