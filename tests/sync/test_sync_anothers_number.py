"""A carrier that answers about another parcel: its number is never taken for ours.

What each carrier repeats of the request is the proof there is: none of them says for whom a parcel
is. Kuaidi100 and WeChat repeat nothing; there the book alone sees that a number stands elsewhere.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from app.compose.connectors import CARRIERS
from sync.carriers import (
    cloudprint,
    douyin_ewaybill_read,
    easypost_read,
    jd_ewaybill_read,
    karrio_read,
    kdniao_read,
    kuaishou_ewaybill_read,
    sf_read,
    xhs_ewaybill_read,
    yto_read,
    zto_read,
)
from sync.errors import Ambiguous

OURS, NUMBER = "WD2S-5F1-1", "7550205279896"


def _sf(told: str) -> str:
    info = [{"waybillType": 1, "waybillNo": NUMBER}]
    inner = sf_read.Inner("S0000", "", {"orderId": told, "waybillNoInfoList": info}, b"")
    return sf_read.waybill_answer(OURS, inner).waybill_no


def _zto(told: str) -> str:
    result = {"billCode": NUMBER, "partnerOrderCode": told}
    answer = zto_read.told_of({"status": True, "statusCode": "SYS000", "result": result}, b"")
    return zto_read.waybill_answer(OURS, answer).waybill_no


def _yto(told: str) -> str:
    answer = yto_read.told_of({"mailNo": NUMBER, "logisticsNo": told}, b"")
    return yto_read.waybill_answer(OURS, answer).waybill_no


def _kdniao(told: str) -> str:
    order = {"LogisticCode": NUMBER, "OrderCode": told}
    answer = kdniao_read.told_of({"Success": True, "ResultCode": "100", "Order": order}, b"")
    return kdniao_read.waybill_answer(OURS, answer, "zto").waybill_no


def _cloudprint(told: str) -> str:
    listed = [{"object_id": told, "waybill_code": NUMBER}]
    return cloudprint.answer_in(listed, OURS, "pdd", "ZTO").waybill_no


def _douyin(told: str) -> str:
    infos: Any = {"ebill_infos": [{"order_id": told, "pack_id": "", "track_no": NUMBER}]}
    return douyin_ewaybill_read.answer_of(infos, OURS, (OURS, ""), "zto").waybill_no


def _jd(told: str) -> str:
    listed = {"platformOrderNo": told, "waybillCodeList": [NUMBER]}
    return jd_ewaybill_read.number_of(listed, OURS)


def _easypost(told: str) -> str:
    shipment = {"tracking_code": NUMBER, "reference": told}
    return easypost_read.waybill_answer(OURS, shipment, b"").waybill_no


def _karrio(told: str) -> str:
    shipment = {"tracking_number": NUMBER, "reference": told, "status": "purchased"}
    return karrio_read.waybill_answer(OURS, shipment, b"").waybill_no


def _xhs(told: str) -> str:
    listed = {"wayBillList": [{"objectId": told, "waybillCode": NUMBER, "success": True}]}
    return xhs_ewaybill_read.answer_of(listed, OURS, SimpleNamespace(courier="zto")).waybill_no


def _kuaishou(told: str) -> str:
    listed = [{"requestId": told, "data": [{"waybillCode": NUMBER}]}]
    account: Any = SimpleNamespace(courier="ZTO", template_url="")
    return kuaishou_ewaybill_read.answer_of(listed, OURS, account).waybill_no


READ = {
    "sf": _sf,
    "zto": _zto,
    "yto": _yto,
    "kdniao": _kdniao,
    "pdd_ewaybill": _cloudprint,
    "cainiao": _cloudprint,
    "douyin_ewaybill": _douyin,
    "jd_ewaybill": _jd,
    "xhs_ewaybill": _xhs,
    "kuaishou_ewaybill": _kuaishou,
    "easypost": _easypost,
    "karrio": _karrio,
}
REPEATS_NOTHING = {"kuaidi100", "wechat_ewaybill"}


def test_every_carrier_is_looked_at() -> None:
    assert set(READ) | REPEATS_NOTHING == set(CARRIERS)


@pytest.mark.parametrize("carrier", READ)
def test_an_answer_about_another_parcel_gives_no_number(carrier: str) -> None:
    read = READ[carrier]
    assert read(OURS) == NUMBER
    for other in ("WD2S-5F2-1", "WD2S-5F1-2", OURS + "1", OURS[:-1]):
        with pytest.raises(Ambiguous):
            read(other)
