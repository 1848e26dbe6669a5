"""The local Kdniao refuses what Kdniao refuses, by its own reading of the examples."""

import json
import random
from urllib.parse import urlencode

import pytest

from sync.carriers.kdniao_sign import sign
from sync.sandbox.faults import Faults
from sync.sandbox.http import Call
from sync.sandbox.kdniao import ORDERS, TRACKS, KdniaoSandbox, KdniaoSetup
from sync.sandbox.kdniao_orders import KdniaoRules
from tests.sync.kdniao_world import KEY
from tests.sync.sf_world import TurnedClock

PARTY = {
    "Name": "a",
    "Mobile": "13480155048",
    "ProvinceName": "广东省",
    "CityName": "深圳市",
    "ExpAreaName": "南山区",
    "Address": "b",
}


def local(**setup) -> KdniaoSandbox:
    chance = random.Random(7)
    return KdniaoSandbox(
        KdniaoSetup({"1": KEY}, **setup), TurnedClock().now, chance, Faults(chance)
    )


def post(one: KdniaoSandbox, data="{}", path=ORDERS, **changed) -> dict:
    form = {
        "RequestData": data,
        "EBusinessID": "1",
        "RequestType": "1007",
        "DataSign": sign(data, KEY),
        "DataType": "2",
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    call = Call("POST", path, "", headers, urlencode(form | changed).encode(), secure=False)
    return json.loads(one(call).body)


def order(**changed) -> str:
    told = {
        "OrderCode": "WD1-1-1",
        "ShipperCode": "ZTO",
        "CustomerName": "c",
        "CustomerPwd": "p",
        "PayType": 1,
        "ExpType": "1",
        "Quantity": 1,
        "Sender": PARTY,
        "Receiver": PARTY,
        "Commodity": [{"GoodsName": "杯"}],
    }
    return json.dumps(told | changed, ensure_ascii=False)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"EBusinessID": "2"}, "104"),
        ({"DataSign": sign("{ }", KEY)}, "102"),
        ({"DataSign": ""}, "101"),
        ({"RequestType": "8001"}, "104"),
        ({"RequestType": "1127", "path": TRACKS}, "104"),
    ],
)
def test_a_stranger_or_a_wrong_door_is_refused(changed, code):
    assert post(local(), **changed)["ResultCode"] == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "100"),
        ({"OrderCode": ""}, "101"),
        ({"OrderCode": "W" * 31}, "103"),
        ({"CustomerPwd": ""}, "101"),
        ({"Receiver": PARTY | {"Mobile": ""}}, "101"),
        ({"Receiver": PARTY | {"ExpAreaName": ""}}, "101"),
        ({"Receiver": PARTY | {"Address": "路" * 101}}, "103"),
        ({"Receiver": PARTY | {"Address": "A&B"}}, "103"),
        ({"Sender": None}, "101"),
        ({"Quantity": 301}, "103"),
        ({"Remark": "慢" * 61}, "103"),
        ({"ShipperCode": "EMS"}, "101"),
        ({"ShipperCode": "YTO"}, "101"),
        ({"Commodity": []}, None),
    ],
)
def test_orders_are_refused_with_kdniaos_codes(changed, code):
    told = post(local(), order(**changed))
    assert told.get("ResultCode") == code
    assert told["Success"] == (code == "100")


def test_a_used_number_brings_the_first_waybill_or_only_a_no():
    for repeats, code, numbered in (("106", "106", True), ("106-bare", "106", False)):
        one = local(rules=KdniaoRules(repeats=repeats))
        first, again = post(one, order()), post(one, order())
        assert again["ResultCode"] == code
        assert ("Order" in again) == numbered
        assert not numbered or again["Order"] == first["Order"]
    old = local(rules=KdniaoRules(repeats="105"))
    assert [post(old, order())["ResultCode"] for _ in range(2)] == ["100", "105"]
    assert old.truth()["numbers_given"] == 1


def test_an_outlet_without_numbers_left_gives_none():
    one = local(rules=KdniaoRules(left=0))
    assert "余额不足" in post(one, order())["Reason"]
    assert one.truth()["orders"] == 0


def test_other_paths_methods_and_bodies_are_not_kdniao():
    one = local()
    assert one(Call("POST", "/x", "", {}, b"", secure=False)).status == 404
    assert one(Call("GET", ORDERS, "", {}, b"", secure=False)).status == 405
    told = one(Call("POST", ORDERS, "", {"content-type": "application/json"}, b"{}", secure=False))
    assert json.loads(told.body)["ResultCode"] == "103"
    assert post(one, "no json")["ResultCode"] == "103"
