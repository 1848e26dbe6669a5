"""The Youzan sandbox refuses what the platform refuses, so that no test passes by its kindness."""

import json

import pytest

from sync.ports import Request
from tests.sync.platform_world import Straight
from tests.sync.youzan_world import HOST, KEY, LIST, SECRET, App, sandbox, seed

JSON = {"Content-Type": "application/json"}
DAY = {"start_update": "2025-11-24 00:00:00", "end_update": "2025-11-25 00:00:00"}


@pytest.fixture
def box(clock):
    return sandbox(clock)


async def sent(box, path, params, headers=JSON, method="POST"):
    request = Request(method, HOST + path, headers, json.dumps(params).encode())
    return json.loads((await Straight(box).send(request)).body)


async def told(box, name, params, version="3.0.0", token=None):
    """The answer to a call with a good token."""
    token = token or box.gate.token().token
    return await sent(box, f"/api/{name}/{version}?access_token={token}", params)


def gateway(code):
    return lambda answer: answer["gw_err_resp"]["err_code"] == code


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        (f"/api/{LIST}?access_token=x", JSON, 4001),
        (f"/api/{LIST}/9.9.9?access_token=x", JSON, 4005),
        (f"/api/{LIST}/4.0.4?access_token=x", {"Content-Type": "text/plain"}, 4007),
        (f"/api/{LIST}/4.0.4", JSON, 4201),
        (f"/api/{LIST}/4.0.4", {**JSON, "Authorization": "Bearer x"}, 4201),
        (f"/api/{LIST}/4.0.4?access_token=x", JSON, 4203),
    ],
)
async def test_a_call_that_breaks_a_rule_gets_the_gateways_code(box, path, headers, code) -> None:
    answer = await sent(box, path, {"access_token": "x"}, headers)
    assert answer["gw_err_resp"]["err_code"] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"page_size": 101}, 5000),
        ({"page_no": 101}, 5000),
        ({"end_update": "2025-11-24 00:00:00"}, 5000),
        ({"start_update": "2025-08-01 00:00:00"}, 5000),
        ({"end_update": "2025-12-24 00:00:00"}, 106000003),
        ({"status": "PAID"}, 5000),
        ({"start_update": "2025-11-24"}, 5001),
        ({"page_no": "1"}, 5001),
    ],
)
async def test_a_window_or_page_it_does_not_give_is_refused(box, change, code) -> None:
    answer = await told(box, LIST, {**DAY, **change}, "4.0.4")
    assert code in (answer.get("code"), answer.get("gw_err_resp", {}).get("err_code"))


async def test_a_time_that_stands_alone_is_not_heeded(box, clock) -> None:
    box.shop.place(seed(created_s=clock.now_s() - 40 * 86_400))
    one = {"start_update": DAY["start_update"]}
    assert (await told(box, LIST, one, "4.0.4"))["data"]["total_results"] == 1
    assert (await told(box, LIST, DAY, "4.0.4"))["data"]["total_results"] == 0


async def test_what_changed_lately_is_not_shown_yet(clock) -> None:
    box = sandbox(clock, detail_lag_s=25)
    order = box.shop.place(seed())
    answer = await told(box, "youzan.trade.get", {"tid": order.tid}, "4.0.2")
    assert answer["message"] == "trade not found"
    clock.turn(30)
    box.shop.change(order, status="TRADE_CLOSED")
    answer = await told(box, "youzan.trade.get", {"tid": order.tid}, "4.0.2")
    head = answer["data"]["full_order_info"]["order_info"]
    assert head["status"] == "WAIT_SELLER_SEND_GOODS"


async def test_refunds_are_listed_by_seconds_and_three_thousand_deep(box) -> None:
    search = "youzan.trade.refund.search"
    deep = {"page_no": 61, "page_size": 50}
    assert (await told(box, search, deep, "3.0.1"))["code"] == 5000
    text = {"update_time_start": "2025-11-24 00:00:00"}
    assert gateway(5001)(await told(box, search, text, "3.0.1"))


async def test_tokens_are_given_by_the_rules_of_their_door(box, clock) -> None:
    good = {"client_id": KEY, "client_secret": SECRET, "authorize_type": "silent"}
    good |= {"grant_id": box.setup.app.kdt_id, "refresh": False}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await sent(box, "/auth/token", good, form))["code"] == 1000
    for change, code in (
        ({"client_id": "x"}, 1103),
        ({"client_secret": "x"}, 1000),
        ({"grant_id": "1"}, 1103),
        ({"refresh": "false"}, 1000),
        ({"authorize_type": "password"}, 1105),
        ({"authorize_type": "refresh_token", "refresh_token": "x"}, 1004),
    ):
        assert (await sent(box, "/auth/token", {**good, **change}))["code"] == code
    first = await sent(box, "/auth/token", good)
    assert (await sent(box, "/auth/token", good))["data"] == first["data"]
    new = await sent(box, "/auth/token", {**good, "refresh": True})
    assert new["data"]["access_token"] != first["data"]["access_token"]


async def test_who_calls_too_often_is_slowed_down(clock) -> None:
    box = sandbox(clock, App(KEY, SECRET, a_second=2))
    token = box.gate.token().token
    answers = [await told(box, LIST, DAY, "4.0.4", token) for _ in range(3)]
    assert gateway(4101)(answers[2])
    clock.turn(1.1)
    assert (await told(box, LIST, DAY, "4.0.4", token))["code"] == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tid": "E9"}, 105000016),
        ({"out_sid": "SF 1"}, 105000003),
        ({"oids": ["1"]}, 102599996),
        ({"out_stype": "顺丰"}, 105000002),
    ],
)
async def test_a_parcel_that_breaks_a_rule_is_refused(box, change, code) -> None:
    order = box.shop.place(seed())
    params = {"tid": order.tid, "out_stype": "7", "out_sid": "SF1", **change}
    assert (await told(box, "youzan.logistics.online.confirm", params))["code"] == code
    assert order.parcels == []


async def test_what_left_is_not_taken_again_and_units_not_twice_in_ten_seconds(box, clock) -> None:
    order = box.shop.place(seed())
    params = {"tid": order.tid, "out_stype": "7", "out_sid": "SF1", "oids": order.items[1].oid}
    confirm = "youzan.logistics.online.confirm"
    assert (await told(box, confirm, params))["code"] == 200
    assert (await told(box, confirm, params))["code"] == 102570007
    express = {"express_id": 7, "express_no": "SF2"}
    units = {"tid": order.tid, "oid": int(order.items[0].oid), "total_num": 2, "request_id": "r1"}
    units["ex_packages"] = [{"express": express, "num": 1}]
    single = "youzan.trade.dc.delivery.ordersingleitemsend"
    assert (await told(box, single, units, "3.0.1"))["code"] == 200
    assert (await told(box, single, units, "3.0.1"))["code"] == 200  # the same request
    assert order.items[0].sent == 1
    again = {**units, "request_id": "r2"}
    assert (await told(box, single, again, "3.0.1"))["code"] == 102510001
    clock.turn(11)
    many = {**again, "ex_packages": [{"express": express, "num": 2}]}
    assert (await told(box, single, many, "3.0.1"))["code"] == 102570059


async def test_a_refund_is_answered_by_its_version_and_state(box) -> None:
    order = box.shop.place(seed())
    refund = box.shop.ask_back(order, order.items, demand=2)
    params = {"refund_id": refund.refund_id, "version": refund.version - 1}
    agree = "youzan.trade.refund.agree"
    assert (await told(box, agree, params, "3.0.1"))["code"] == 103010039
    # Goods to be sent back first are not paid for yet.
    right = {**params, "version": refund.version}
    assert (await told(box, agree, right, "3.0.1"))["code"] == 102010002
    assert (await told(box, agree, {"refund_id": "1"}, "3.0.1"))["code"] == 103011024


async def test_a_memo_is_of_the_old_kind_in_both_its_answers(box) -> None:
    memo = "youzan.trade.memo.update"
    assert (await told(box, memo, {"tid": "E9", "memo": "x"}))["error_response"]["code"] == 50000
    order = box.shop.place(seed(star=3))
    before = order.updated_s
    assert (await told(box, memo, {"tid": order.tid, "memo": "x"}))["response"]["is_success"]
    assert (order.memo, order.star, order.updated_s) == ("x", 3, before)
