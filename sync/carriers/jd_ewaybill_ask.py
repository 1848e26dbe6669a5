"""From a `WaybillAsk` to the exact content of jingdong.ldop.alpha.waybill.receive.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte. Field names, and
which are needed, are those of the platform's page for the interface and its Java SDK. A receiver
JD hides goes back as its `oaid` beside the masked words, or as the ciphertexts that came
(open.jd.com, e-waybill of POP shops).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sync.carriers.ewaybill import refuse_foreign, short
from sync.carriers.jd_ewaybill_account import JdLabelAccount
from sync.carriers.phones import mobile_and_other
from sync.carriers.prepared import exact_text
from sync.errors import Rejected
from sync.waybill_records import PartyRecord, WaybillAsk

PLATFORM = "jd"
# JD's word for its own shop among the platforms a parcel may come from.
SALE_PLATFORM = "0010001"
OUR_FIELD = "vendorOrderCode"
ORDER_FIELD = "platformOrderNo"
MOST_GOODS = 100
MOST_REMARK = 100
SF = "SF"
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_ORDER = re.compile(r"[0-9]{1,32}")
_NEEDS = ("name", "phone", "province", "city", "district", "address")


def content_text(ask: WaybillAsk, account: JdLabelAccount) -> bytes:
    """The content of one order's number; raises Rejected naming what JD would refuse."""
    refuse_foreign(ask, frozenset({PLATFORM}))
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    content = {
        "waybillType": 1,
        "waybillCount": 1,
        "providerCode": account.provider,
        "branchCode": account.branch,
        "settlementCode": account.settlement,
        "salePlatform": SALE_PLATFORM,
        ORDER_FIELD: ask.order_id,
        "vendorCode": account.vendor,
        "vendorName": account.vendor_name,
        OUR_FIELD: ask.reference,
        "weight": f"{ask.weight_g / 1000:.2f}",
        "volume": "0.00",
        "goodsName": short(" ".join(good.name for good in ask.goods), MOST_GOODS),
        "promiseTimeType": 0,
        "payType": 0,
        "goodsMoney": "0.00",
        "shouldPayMoney": "0.00",
        "needGuarantee": False,
        "guaranteeMoney": "0.00",
        "receiveTimeType": 0,
        "remark": short(ask.remark, MOST_REMARK) if ask.remark.strip() else "",
        **_of_sf(ask, account),
        "fromAddress": _address(ask.sender, ask.sender.name, ask.sender.phone, ask.sender.address),
        "toAddress": _receiver(ask),
    }
    return exact_text({key: value for key, value in content.items() if value != ""})


def order_in(prepared: bytes) -> str:
    """JD's order of a prepared text, or "" where the text cannot be read."""
    try:
        return str(json.loads(prepared)[ORDER_FIELD])
    except (ValueError, KeyError, TypeError):
        return ""


def _of_sf(ask: WaybillAsk, account: JdLabelAccount) -> dict[str, str]:
    """What SF wants beside the rest: how it is paid, and which of its products."""
    if account.provider != SF:
        return {}
    return {"expressPayMethod": account.pay_method, "expressType": ask.service or "1"}


def _receiver(ask: WaybillAsk) -> dict[str, str]:
    to, sealed = ask.receiver, _sealed(ask.receiver_cipher)
    name, phone = to.name or sealed.get("fullname", ""), to.phone
    phone = phone or sealed.get("mobile", "") or sealed.get("telephone", "")
    told = _address(to, name, phone, to.address or sealed.get("fullAddress", ""))
    return told | ({"oaid": sealed["oaid"]} if "oaid" in sealed else {})


def _address(party: PartyRecord, name: str, phone: str, detail: str) -> dict[str, str]:
    mobile, other = mobile_and_other(phone)
    return {
        "provinceName": party.province,
        "cityName": party.city,
        # JD spells the county so.
        "countryName": party.district,
        "address": detail,
        "contact": name,
        # JD wants both; whoever has one phone has it in either.
        "phone": other or mobile,
        "mobile": mobile or other,
    }


def _sealed(cipher: str) -> Mapping[str, str]:
    try:
        told: Any = json.loads(cipher) if cipher else {}
    except ValueError:
        return {}
    found = told if isinstance(told, dict) else {}
    return {str(name): one for name, one in found.items() if isinstance(one, str) and one}


def _faults(ask: WaybillAsk, account: JdLabelAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything JD would refuse for its shape, the first one first."""
    yield from _account_faults(account)
    yield from _order_faults(ask)
    for name in _NEEDS:
        if not str(getattr(ask.sender, name)).strip():
            yield f"sender.{name}", "missing"
    yield from _receiver_faults(ask)


def _account_faults(account: JdLabelAccount) -> Iterator[tuple[str, str]]:
    for name in ("vendor", "vendor_name", "provider"):
        if not getattr(account, name):
            yield name, "missing"
    if bool(account.branch) == bool(account.settlement):
        yield "branch", "branch or settlement"


def _order_faults(ask: WaybillAsk) -> Iterator[tuple[str, str]]:
    if not _ORDER.fullmatch(ask.order_id):
        yield "order_id", "0–9"
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "1–40 of A–Z, 0–9 and -"
    if ask.parcels != 1:
        yield "parcels", "1"
    if ask.weight_g < 0:
        yield "weight_g", "≥ 0"
    if not any(good.name.strip() for good in ask.goods):
        yield "goods", "missing"


def _receiver_faults(ask: WaybillAsk) -> Iterator[tuple[str, str]]:
    told = _receiver(ask)
    for name in ("provinceName", "cityName", "contact", "mobile", "address"):
        if not told[name].strip():
            yield f"receiver.{name}", "missing"
    if "*" in told["contact"] + told["mobile"] and "oaid" not in told:
        yield "receiver.cipher", "oaid"
