"""What Kdniao publishes of live tracking, held against the connector: what is sent, what is read.

The answers are those of Kdniao's own interface page (kdniao.com/documents, 1002) and one captured
from a live account: its fields, times, states and their order; the words and names are ours.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import pytest

from sync.carriers.kdniao import KdniaoCarrier, KdniaoHands
from sync.carriers.kdniao_account import TRACKS, KdniaoAccount
from sync.errors import Rejected, SyncError, Throttled, TokenExpired
from sync.ports import Answer, Request
from tests.sync.kdniao_world import KEY
from tests.sync.sf_world import NoWait, TurnedClock


def trace(at: str, said: str) -> dict[str, Any]:
    return {"AcceptTime": at, "AcceptStation": said, "Remark": None}


# The page's example of a delivered parcel: dates with slashes, State a number, scans in no order,
# the last two at the same second.
DELIVERED = {
    "EBusinessID": "1109259",
    "OrderCode": "",
    "ShipperCode": "SF",
    "LogisticCode": "118461988807",
    "Success": True,
    "State": 3,
    "Reason": None,
    "Traces": [
        trace("2014/06/25 08:05:37", "正在派件"),
        trace("2014/06/25 04:01:28", "在集散中心，准备送往下一站"),
        trace("2014/06/25 01:41:06", "在集散中心"),
        trace("2014/06/24 20:18:58", "已收件"),
        trace("2014/06/24 20:55:28", "准备送往集散中心"),
        trace("2014/06/25 10:23:03", "派件已签收"),
        trace("2014/06/25 10:23:03", "签收人是：已签收"),
    ],
}
# The page's example of a parcel nothing is known of: a no without a reason.
UNTOLD = {
    "EBusinessID": "1109259",
    "Traces": [],
    "OrderCode": "",
    "ShipperCode": "SF",
    "LogisticCode": "118461988807",
    "Success": False,
    "Reason": None,
}
# Captured: a parcel that stands still, told the same words a day later; no Location, no Remark.
STALLED = {
    "LogisticCode": "71581824088968",
    "ShipperCode": "HTKY",
    "Traces": [
        {"AcceptStation": "已揽收", "AcceptTime": "2019-05-11 21:20:13"},
        {"AcceptStation": "正发往中心", "AcceptTime": "2019-05-12 00:46:43"},
        {"AcceptStation": "到中心", "AcceptTime": "2019-05-12 03:09:02"},
        {"AcceptStation": "正发往下一中心", "AcceptTime": "2019-05-12 03:18:18"},
        {"AcceptStation": "正发往下一中心", "AcceptTime": "2019-05-13 03:54:56"},
    ],
    "State": "2",
    "EBusinessID": "1",
    "Success": True,
}
# The interface page's fields of a query.
FORM = {"RequestData", "EBusinessID", "RequestType", "DataSign", "DataType"}
ASKED = {"OrderCode", "ShipperCode", "LogisticCode", "CustomerName", "Sort"}


@dataclass
class Recorded:
    told: object
    sent: Request | None = None

    async def send(self, request: Request) -> Answer:
        self.sent = request
        return Answer(200, {}, json.dumps(self.told, ensure_ascii=False).encode())


async def followed(told: object, **account: str) -> tuple[Recorded, Any]:
    http = Recorded(told)
    whose = KdniaoAccount(**({"business_id": "1109259", "api_key": KEY, "shipper": "SF"} | account))
    carrier = KdniaoCarrier(whose, KdniaoHands(http, TurnedClock(), lambda _kind: NoWait()))
    try:
        return http, await carrier.routes(("118461988807",), "0048")
    except SyncError as no:
        return http, no


@pytest.mark.req("F116")
async def test_a_delivered_parcel_as_kdniao_publishes_it_is_read_whole_and_in_order():
    _, scans = await followed(DELIVERED)
    assert [one.code for one in scans] == [*["trace"] * 7, "state.3"]
    assert [one.at.utc_ms for one in scans[:2]] == [1_403_612_338_000, 1_403_614_528_000]
    assert [one.text for one in scans[5:7]] == ["派件已签收", "签收人是：已签收"]
    assert scans[-1].at.utc_ms == 1_403_662_983_000
    assert {one.waybill_no for one in scans} == {"118461988807"}


@pytest.mark.req("F116")
async def test_a_parcel_nothing_is_known_of_yet_is_no_failure():
    assert (await followed(UNTOLD))[1] == ()


@pytest.mark.req("F116")
async def test_a_parcel_that_stands_still_as_it_was_captured_keeps_every_scan():
    _, scans = await followed(STALLED, shipper="HTKY")
    assert [one.code for one in scans] == [*["trace"] * 5, "state.2"]
    assert len({one.dedupe_key for one in scans}) == 6


@pytest.mark.req("F116")
@pytest.mark.parametrize(("track", "paid"), [("8001", True), ("1002", False)])
async def test_what_is_asked_has_the_fields_of_the_interface_page_and_no_others(track, paid):
    http, _ = await followed(DELIVERED, track=track)
    assert http.sent is not None
    assert (http.sent.method, http.sent.url, http.sent.writes) == ("POST", TRACKS, False)
    form = {name: values[0] for name, values in parse_qs(http.sent.body.decode()).items()}
    assert set(form) == FORM
    assert (form["RequestType"] == "8001") == paid
    assert (form["EBusinessID"], form["DataType"]) == ("1109259", "2")
    asked = json.loads(form["RequestData"])
    assert set(asked) <= ASKED
    # SF tells only who knows the last four digits of a phone.
    assert asked == {"ShipperCode": "SF", "LogisticCode": "118461988807", "CustomerName": "0048"}


@pytest.mark.parametrize(
    ("no", "kind"),
    [
        ({"Success": False, "Reason": "签名错误"}, TokenExpired),
        ({"Success": False, "ResultCode": "405", "Reason": "超过当日限制"}, Throttled),
        ({"Success": False, "Reason": "没有可用套餐", "Traces": []}, Rejected),
    ],
)
async def test_a_no_with_a_reason_is_told_as_such_and_never_as_nothing_known(no, kind):
    _, told = await followed(UNTOLD | no)
    assert type(told) is kind
