"""The sandbox refuses what JD refuses, and every name we ask with stands in JD's own lists."""

import json
from urllib.parse import urlencode

import pytest

from sync.carriers import jd_ewaybill
from sync.channels import jd_orders, jd_refunds, jd_ship, jd_write
from sync.channels.jd_read import FIELDS, LISTED
from sync.gateways.jd_calls import Method
from sync.sandbox.http import Call
from sync.sandbox.jd import PATH, SEARCH
from sync.sandbox.jd_answers import NAMED
from sync.sandbox.jd_answers import PARAMETERS as IN_SANDBOX
from sync.sandbox.jd_shop import RECEIVER, clock_text, order_view, request_view
from sync.wrapped_md5 import wrapped_md5
from tests.sync import jd_names as names
from tests.sync.jd_world import DAY_MS, sandbox, sold

MODULES = (jd_orders, jd_refunds, jd_ship, jd_write, jd_ewaybill)


@pytest.fixture
def box(clock):
    return sandbox(clock)


def known(blob: str) -> set[str]:
    return set(blob.split())


# --- names ---


def test_every_name_we_ask_with_or_for_is_the_platforms_own() -> None:
    found = [each for m in MODULES for each in vars(m).values() if isinstance(each, Method)]
    assert {method.name for method in found} == set(names.PARAMETERS) == set(IN_SANDBOX)
    assert set(FIELDS) <= known(names.ORDER)
    assert set(LISTED) == known(names.STATES) == NAMED


@pytest.mark.parametrize("name", sorted(IN_SANDBOX))
def test_the_sandbox_takes_the_parameters_the_platform_takes(name) -> None:
    """It refuses any other, so that what the connector sends is held against the same list."""
    needed, optional = IN_SANDBOX[name]
    assert known(needed) | known(optional) == known(names.PARAMETERS[name])


def test_the_sandbox_tells_orders_in_the_platforms_names(box) -> None:
    order = sold(box)
    told = order_view(box.shop, order)
    assert set(told) <= known(names.ORDER)
    assert set(told["itemInfoList"][0]) <= known(names.ITEM)
    assert set(RECEIVER) <= known(names.CONSIGNEE)
    assert set(request_view(box.shop.ask_back(order, 1))) <= known(names.REQUEST)


# --- the door ---


def call(box, method: str, params: dict[str, object], /, **more: str) -> dict[str, object]:
    """A call signed as the rule says, with some of it put wrong."""
    sent = {
        "method": method,
        "app_key": "appkey",
        "access_token": box.gate.pair()[0],
        "timestamp": clock_text(box.shop.now_ms()),
        "v": "2.0",
        "360buy_param_json": json.dumps(params),
        **more,
    }
    sent = {name: value for name, value in sent.items() if value}
    sent.setdefault("sign", wrapped_md5("appsecret", sent))
    reply = box.handle(Call("POST", PATH, "", {}, urlencode(sent).encode(), True))
    told: dict[str, object] = json.loads(reply.body)
    return told


def search(box, **more: object) -> dict[str, object]:
    now = box.shop.now_ms()
    return {
        "start_date": clock_text(now - DAY_MS),
        "end_date": clock_text(now),
        "order_state": "LOCKED",
        "optional_fields": "orderId",
        "page": "1",
        "page_size": "100",
        **more,
    }


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"timestamp": ""}, "7"),
        ({"timestamp": "1763985600000"}, "8"),
        ({"timestamp": "2025-11-24 20:06:01"}, "8"),
        ({"timestamp": "2025-11-24 19:53:59.000+0800"}, "8"),
        ({"app_key": "other"}, "21"),
        ({"sign": "0" * 32}, "12"),
        ({"method": ""}, "14"),
        ({"method": "jingdong.no.such"}, "15"),
        ({"v": "1.0"}, "15"),
        ({"access_token": "other"}, "19"),
        ({"start_date": "flat"}, "10"),
        ({"360buy_param_json": "[]"}, "10"),
    ],
)
def test_a_call_that_breaks_a_rule_is_refused_with_the_platforms_code(box, more, code) -> None:
    told = call(box, SEARCH, search(box), **more)
    assert told["error_response"]["code"] == code


@pytest.mark.parametrize(
    "time", ["2025-11-24 20:05:59", "2025-11-24 20:00:00.123+0800", "2025-11-24 19:54:01"]
)
def test_a_time_within_six_minutes_is_taken_in_either_form(box, time) -> None:
    assert "error_response" not in call(box, SEARCH, search(box), timestamp=time)


@pytest.mark.parametrize(
    "more",
    [
        {"page_size": "101"},
        {"page": "0"},
        {"order_state": "ANY"},
        {"optional_fields": ""},
        {"start_date": "2025-10-20 00:00:00"},
        {"start_date": "2025-08-01 00:00:00", "end_date": "2025-08-02 00:00:00"},
        {"start_date": "yesterday"},
    ],
)
def test_a_search_that_breaks_a_rule_is_refused_in_its_result(box, more) -> None:
    told = call(box, SEARCH, search(box, **more))
    result = told["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]
    assert result["apiResult"]["success"] is False


def test_nothing_is_told_past_the_hundredth_page(box) -> None:
    for _ in range(101):
        sold(box, state="LOCKED")
    told = call(box, SEARCH, search(box, page="101", page_size="1"))
    result = told["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]
    assert (result["orderTotal"], result["orderInfoList"]) == (101, [])


def test_an_order_that_left_is_not_shipped_again(box) -> None:
    order = sold(box, state="WAIT_GOODS_RECEIVE_CONFIRM")
    params = {"orderId": order.number, "logiCoprId": "467", "logiNo": "SF1"}
    told = call(box, "jingdong.pop.order.shipment", params)
    result = told["jingdong_pop_order_shipment_responce"]["sopjosshipment_result"]
    assert (result["success"], result["errorCode"]) == (False, "10400014")
