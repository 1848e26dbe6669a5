"""The local ZTO refuses what ZTO refuses, by its own reading of the tables."""

import json
import random

import pytest

from sync.carriers.zto_sign import sign
from sync.sandbox.faults import Faults
from sync.sandbox.http import Call
from sync.sandbox.zto import ZtoSandbox, ZtoSetup
from sync.sandbox.zto_orders import ZtoRules
from tests.sync.sf_world import TurnedClock

SECRET = "s3"
PARTY = ("Name", "Mobile", "Province", "City", "District", "Address")


def local(**setup) -> ZtoSandbox:
    chance = random.Random(7)
    return ZtoSandbox(ZtoSetup({"app": SECRET}, **setup), TurnedClock().now, chance, Faults(chance))


def post(one: ZtoSandbox, body="{}", service="zto.open.createOrder", **changed) -> dict:
    headers = {
        "content-type": "application/json",
        "x-appkey": "app",
        "x-datadigest": sign(body.encode(), SECRET),
    }
    call = Call("POST", f"/{service}", "", headers | changed, body.encode(), secure=False)
    return json.loads(one(call).body)


def order(**changed) -> str:
    told = {
        "partnerType": "2",
        "orderType": "1",
        "partnerOrderCode": "WD1-1-1",
        "accountInfo": {"accountId": "test", "accountPassword": "ZTO123"},
        "senderInfo": {f"sender{name}": "a" for name in PARTY},
        "receiveInfo": {f"receiver{name}": "b" for name in PARTY},
    }
    return json.dumps(told | changed)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"x-appkey": "nobody"}, "S210"),
        ({"x-datadigest": "AAAA"}, "S211"),
        ({"content-type": "text/plain"}, "PARAM_ERROR"),
        ({"service": "zto.open.nothing"}, "S207"),
        ({"body": "no json"}, "PARAM_ERROR"),
        ({"body": "{}"}, "S208"),
    ],
)
def test_gateway_refuses_with_ztos_codes(changed, code):
    told = post(local(), **changed)
    assert (told["status"], told["statusCode"]) == (False, code)


@pytest.mark.parametrize(
    ("changed", "good"),
    [
        ({}, True),
        ({"partnerOrderCode": ""}, False),
        ({"accountInfo": {"accountId": "test", "accountPassword": "no"}}, False),
        ({"accountInfo": None}, False),
        ({"partnerType": "1"}, False),
        ({"partnerType": "1", "accountInfo": {"customerId": "G"}}, True),
        ({"senderInfo": {"senderName": "a"}}, False),
        ({"receiveInfo": {f"receiver{name}": "b" for name in PARTY if name != "Mobile"}}, False),
    ],
)
def test_orders_without_what_is_needed_are_refused(changed, good):
    one = local()
    assert post(one, order(**changed))["status"] is good
    assert one.truth()["orders"] == int(good)


def test_repeats_are_refused_or_doubled_as_the_rules_have_it():
    refusing, doubling = local(), local(rules=ZtoRules(repeats_refused=False))
    assert [post(refusing, order())["status"] for _ in range(2)] == [True, False]
    assert [post(doubling, order())["status"] for _ in range(2)] == [True, True]
    assert len({number for _, number in doubling.truth()["numbers"]}) == 2


def test_an_account_without_numbers_gives_none_and_calls_are_counted():
    assert "不足" in post(local(rules=ZtoRules(left=0)), order())["message"]
    one = local(per_second=1)
    assert post(one, order())["status"]
    assert post(one, order(partnerOrderCode="WD1-2-1"))["statusCode"] == "S221"


def test_only_bookings_are_cancelled():
    one = local()
    usual = post(one, order())["result"]["billCode"]
    booked = post(one, order(partnerOrderCode="WD1-2-1", orderType="2"))["result"]["billCode"]
    for number, good in ((usual, False), (booked, True), (booked, False), ("7", False)):
        body = json.dumps({"cancelType": "1", "billCode": number})
        assert post(one, body, "zto.open.cancelPreOrder")["status"] is good
