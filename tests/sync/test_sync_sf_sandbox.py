"""The local SF refuses what SF refuses, by its own reading of the rules."""

import json
import random
from urllib.parse import urlencode

import pytest

from sync.carriers.sf_sign import sign
from sync.errors import Throttled
from sync.ports import Request
from sync.sandbox.faults import Faults
from sync.sandbox.http import Call
from sync.sandbox.sf import PATH, SfSandbox, SfSetup
from sync.sandbox.sf_gate import digest_of
from sync.sandbox.sf_orders import SfRules
from tests.sync.sf_world import ASK, START_MS, WORD, TurnedClock, sf_world

FORM = "application/x-www-form-urlencoded"


def local_sf(clock: TurnedClock, **setup) -> SfSandbox:
    chance = random.Random(7)
    return SfSandbox(SfSetup({"WAYDESK1": WORD}, **setup), clock.now, chance, Faults(chance))


def post(sandbox: SfSandbox, changed=None, message="{}", content_type=FORM) -> dict:
    form = {
        "partnerID": "WAYDESK1",
        "requestID": f"request-{sandbox.answers.total()}",
        "serviceCode": "EXP_RECE_CREATE_ORDER",
        "timestamp": str(START_MS),
        "msgDigest": sign(message, str(START_MS), WORD),
        "msgData": message,
    }
    body = urlencode(form | (changed or {})).encode()
    call = Call("POST", PATH, "", {"content-type": content_type}, body, secure=False)
    return json.loads(sandbox(call).body)


def order(**changed) -> str:
    contact = {"contact": "a", "mobile": "13480155048", "country": "CN", "address": "b"}
    told = {
        "language": "zh-CN",
        "orderId": "WD1-1-1",
        "contactInfoList": [contact | {"contactType": 1}, contact | {"contactType": 2}],
        "cargoDetails": [{"name": "杯"}],
        "expressTypeId": 2,
        "isUnifiedWaybillNo": 1,
    }
    return json.dumps(told | changed, ensure_ascii=False)


def contacts(side: int, **changed) -> list[dict]:
    listed = json.loads(order())["contactInfoList"]
    listed[side - 1].update(changed)
    return listed


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"partnerID": ""}, "A1001"),
        ({"msgData": ""}, "A1001"),
        ({"requestID": "r" * 41}, "A1001"),
        ({"partnerID": "NOBODY"}, "A1004"),
        ({"msgDigest": "IIKJtuLVzoFTu4kHI8M8vA=="}, "A1006"),
        ({"msgData": "{ }"}, "A1006"),
        ({"timestamp": str(START_MS + 1)}, "A1006"),
        ({"serviceCode": "EXP_RECE_NOTHING"}, "A1004"),
    ],
)
def test_gateway_refuses(changed, code):
    assert post(local_sf(TurnedClock()), changed)["apiResultCode"] == code


def test_gateway_refuses_json_bodies_old_stamps_and_repeated_requests():
    clock = TurnedClock()
    sf = local_sf(clock)
    assert post(sf, content_type="application/json")["apiResultCode"] == "A1001"
    assert post(sf, {"requestID": "same"}, order())["apiResultCode"] == "A1000"
    assert post(sf, {"requestID": "same"}, order())["apiResultCode"] == "A1007"
    clock.ms += 400_000
    assert post(sf)["apiResultCode"] == "A1002"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "S0000"),
        ({"orderId": ""}, "S0002"),
        ({"orderId": "W" * 65}, "S0004"),
        ({"language": ""}, "S0002"),
        ({"contactInfoList": contacts(1, address="")}, "1010"),
        ({"contactInfoList": contacts(1, contact="")}, "1011"),
        ({"contactInfoList": contacts(1, mobile="")}, "1012"),
        ({"contactInfoList": contacts(2, address="")}, "1014"),
        ({"contactInfoList": contacts(2, contact="")}, "1015"),
        ({"contactInfoList": contacts(2, mobile="")}, "1016"),
        ({"contactInfoList": contacts(2, mobile="abc")}, "8196"),
        ({"contactInfoList": contacts(2, address="路" * 201)}, "S0004"),
        ({"contactInfoList": []}, "1010"),
        ({"cargoDetails": []}, "1023"),
        ({"cargoDetails": [{"name": "烟花"}]}, "20035"),
        ({"parcelQty": 308}, "8117"),
        ({"parcelQty": True}, "8117"),
        ({"expressTypeId": None}, "8057"),
        ({"monthlyCard": "123"}, "6126"),
        ({"monthlyCard": "0000000000"}, "8119"),
        ({"monthlyCard": "7551234567"}, "S0000"),
    ],
)
def test_orders_are_refused_with_sfs_codes(changed, code):
    sf = local_sf(TurnedClock(), rules=SfRules(cards=frozenset({"7551234567"})))
    told = post(sf, message=order(**changed))
    result = json.loads(told["apiResultData"])
    assert told["apiResultCode"] == "A1000"
    assert result["errorCode"] == code
    assert result["success"] == (code == "S0000")


def test_message_that_is_no_json_is_refused_inside():
    told = post(local_sf(TurnedClock()), message="no json")
    assert json.loads(told["apiResultData"])["errorCode"] == "S0001"


def test_numbers_are_of_the_form_asked_for_and_never_given_twice():
    sf = local_sf(TurnedClock())
    given = []
    for at in range(30):
        message = order(orderId=f"WD1-{at}-1", isUnifiedWaybillNo=at % 2, parcelQty=3)
        data = json.loads(post(sf, message=message)["apiResultData"])["msgData"]
        numbers = [one["waybillNo"] for one in data["waybillNoInfoList"]]
        assert all(len(number) == (15 if at % 2 else 12) for number in numbers)
        given += numbers
    assert len(set(given)) == 90


def test_its_own_encoder_knows_the_official_sample():
    message = '{"language":"zh-CN","orderId":"QIAO-20200618-004"}'
    word = "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci"
    assert digest_of(message, "12312334453453", word) == "IIKJtuLVzoFTu4kHI8M8vA=="


async def test_truth_is_told_only_to_who_has_the_token():
    async with sf_world() as world:
        await world.buy()
        base = world.url.removesuffix("/std/service") + "/__sandbox/truth"
        refused = await world.http.send(Request("GET", base))
        assert refused.status == 403
        headers = {"X-Sandbox-Token": "letmesee"}
        told = json.loads((await world.http.send(Request("GET", base, headers))).body)
        assert (told["orders"], told["live"]) == (1, 1)
        assert list(told["by_reference"]) == [ASK.reference]


async def test_faults_can_be_asked_for_from_outside():
    async with sf_world() as world:
        base = world.url.removesuffix("/std/service") + "/__sandbox/faults"
        plan = json.dumps([{"kind": "throttle", "part": "CREATE"}]).encode()
        headers = {"X-Sandbox-Token": "letmesee"}
        assert (await world.http.send(Request("POST", base, headers, b"[3]"))).status == 400
        await world.http.send(Request("POST", base, headers, plan))
        with pytest.raises(Throttled):
            await world.buy()


async def test_other_paths_and_methods_are_not_the_gateway():
    async with sf_world() as world:
        assert (await world.http.send(Request("GET", world.url))).status == 405
        assert (await world.http.send(Request("POST", world.url + "x"))).status == 404
