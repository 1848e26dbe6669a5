"""No answer of SF is taken for more, or for less, than it says."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.sf import CREATE, SfCarrier, SfHands
from sync.carriers.sf_account import SfAccount
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.ports import Answer, Request
from sync.waybill_records import NotFound
from tests.sync.sf_world import ASK, NoWait, TurnedClock

GOOD = {
    "orderId": ASK.reference,
    "destCode": "571",
    "filterResult": 2,
    "waybillNoInfoList": [{"waybillType": 1, "waybillNo": "SF7444400043266"}],
    "routeLabelInfo": [
        {
            "code": "1000",
            "routeLabelData": {
                "waybillNo": "SF7444400043266",
                "destRouteLabel": "571W-AB-012",
                "codingMapping": "S10",
                "twoDimensionCode": "MMM={'k1':'571W'}",
                "proName": "顺丰标快",
            },
        }
    ],
}


class SaysThis:
    def __init__(self, status: int, body: bytes, headers=None) -> None:
        self.answer = Answer(status, headers or {}, body)
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        return self.answer


def carrier(status: int, body: bytes, headers=None) -> SfCarrier:
    hands = SfHands(SaysThis(status, body, headers), TurnedClock(), lambda: 7, lambda _: NoWait())
    return SfCarrier(SfAccount("P", "w", "7551234567"), hands)


def outer(code: str, data=None, text: str = "") -> bytes:
    told = {"apiResultCode": code, "apiErrorMsg": text, "apiResultData": data}
    return json.dumps(told, ensure_ascii=False).encode()


def inner(code: str, data=None, *, success=None, text: str = "") -> bytes:
    result = {
        "success": code == "S0000" if success is None else success,
        "errorCode": code,
        "errorMsg": text,
        "msgData": data,
    }
    return outer("A1000", json.dumps(result, ensure_ascii=False))


async def outcome(body: bytes, status: int = 200, headers=None) -> object:
    sf = carrier(status, body, headers)
    try:
        return await sf.create(ASK.reference, sf.prepare(ASK))
    except SyncError as told:
        return told


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (outer("A1001"), Rejected),
        (outer("A1008"), Rejected),
        (outer("A1002"), TokenExpired),
        (outer("A1011"), TokenExpired),
        (outer("A1006"), TokenExpired),
        (outer("A1003"), PermissionMissing),
        (outer("A1004"), PermissionMissing),
        (outer("A1005"), Throttled),
        (outer("A1007"), AlreadyThere),
        (outer("A1009"), Ambiguous),
        (outer("A1099"), Ambiguous),
        (outer("A4711"), Ambiguous),
        (inner("8016"), AlreadyThere),
        (inner("8177"), Throttled),
        (inner("8114", text="卡号"), Rejected),
        (inner("1010"), Rejected),
        (inner("20035"), Rejected),
        (inner("S0002"), Rejected),
        (inner("S0003"), Ambiguous),
        (inner("S9999"), Ambiguous),
        (inner("E1"), Ambiguous),
    ],
)
async def test_each_code_has_one_outcome(body, kind):
    told = await outcome(body)
    assert type(told) is kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>login</html>",
        b"null",
        b"[]",
        b"{}",
        outer("A1000"),
        outer("A1000", "no json"),
        outer("A1000", "[]"),
        outer("A1000", "{}"),
        json.dumps({"apiResultCode": 1000}).encode(),
        inner("S0000", GOOD)[:-10],
        inner("S0000", GOOD, success=False),
        inner("8114", success=True),
        inner("S0000"),
        inner("S0000", {"orderId": ASK.reference}),
        inner("S0000", GOOD | {"orderId": "WD1-2-1"}),
        inner("S0000", GOOD | {"waybillNoInfoList": GOOD["waybillNoInfoList"] * 2}),
        inner("S0000", GOOD | {"waybillNoInfoList": "SF7444400043266"}),
        inner("S0000", GOOD | {"waybillNoInfoList": [{"waybillType": 3, "waybillNo": "SF1"}]}),
    ],
)
async def test_answer_that_is_no_clear_yes_or_no_leaves_the_waybill_unknown(body):
    assert type(await outcome(body)) is Ambiguous


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 408, 500, 502, 503, 504])
async def test_whatever_stands_between_us_and_sf_says_nothing_about_the_waybill(status):
    assert type(await outcome(b"go away", status)) is Ambiguous


async def test_too_many_requests_of_a_proxy_is_a_wait():
    told = await outcome(b"", 429, {"retry-after": "7"})
    assert isinstance(told, Throttled)
    assert told.retry_after_ms == 7000


async def test_answer_as_an_object_and_as_text_in_text_are_both_read():
    result = {"success": "true", "errorCode": "S0000", "errorMsg": None, "msgData": GOOD}
    as_object = await outcome(outer("A1000", result))
    as_text = await outcome(outer("A1000", json.dumps(result | {"msgData": json.dumps(GOOD)})))
    assert as_object.waybill_no == as_text.waybill_no == "SF7444400043266"
    assert (as_object.routing_mark, as_object.sort_code) == ("571W-AB-012", "S10")


async def test_waybill_without_a_route_label_is_still_a_waybill():
    told = await outcome(inner("S0000", GOOD | {"routeLabelInfo": [{"code": "1001"}]}))
    assert (told.waybill_no, told.routing_mark) == ("SF7444400043266", "")


async def test_label_of_another_waybill_is_not_ours():
    label = {"code": "1000", "routeLabelData": {"waybillNo": "SF1", "destRouteLabel": "010W"}}
    told = await outcome(inner("S0000", GOOD | {"routeLabelInfo": [label]}))
    assert told.routing_mark == ""


async def test_order_waiting_for_a_person_at_sf_is_unknown_and_an_unserved_one_is_a_no():
    waiting = await outcome(inner("S0000", {"orderId": ASK.reference, "filterResult": 1}))
    unserved = await outcome(inner("S0000", {"orderId": ASK.reference, "filterResult": 3}))
    assert type(waiting) is Ambiguous
    assert waiting.code == "sf_no_waybill_yet"
    assert type(unserved) is Rejected


@pytest.mark.parametrize("code", ["6150", "8018", "8024"])
async def test_three_codes_say_not_found(code):
    assert await carrier(200, inner(code)).lookup(ASK.reference) == NotFound(ASK.reference)


@pytest.mark.parametrize("body", [inner("8013"), outer("A1005"), outer("A1099"), b"<html>", b"{}"])
async def test_lookup_that_failed_is_never_not_found(body):
    with pytest.raises(SyncError) as told:
        await carrier(200, body).lookup(ASK.reference)
    assert isinstance(told.value, Rejected | Throttled | Ambiguous | Malformed)


async def test_void_of_a_cancelled_order_is_done_and_of_a_mismatched_one_refused():
    await carrier(200, inner("8037")).void(ASK.reference, "SF1")
    await carrier(200, inner("S0000", {"resStatus": 2})).void(ASK.reference, "SF1")
    for body in (inner("8017"), inner("8252"), inner("S0000", {"resStatus": 1})):
        with pytest.raises(Rejected):
            await carrier(200, body).void(ASK.reference, "SF1")


async def test_every_send_is_signed_anew_over_the_same_text():
    sf = carrier(200, inner("S0000", GOOD))
    prepared = sf.prepare(ASK)
    await sf.create(ASK.reference, prepared)
    await sf.create(ASK.reference, prepared)
    first, second = sf._hands.http.sent
    assert first.body.split(b"msgData=")[1] == second.body.split(b"msgData=")[1]
    assert first.writes
    assert first.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert f"serviceCode={CREATE}".encode() in first.body


@settings(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_odd_json_never_becomes_a_waybill_or_a_crash(value):
    for body in (
        json.dumps(value).encode(),
        outer("A1000", value),
        inner("S0000", value),
        inner("S0000", GOOD | {"waybillNoInfoList": value, "routeLabelInfo": value}),
    ):
        assert isinstance(await outcome(body), SyncError)
