"""From a `WaybillAsk` to the exact text SF is sent, and what SF cannot be asked.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte on every try, so
that a repeat can never differ from the first (consistency.md 2.2). Field names and limits:
carriers_labels.md A1, "Create request core".
"""

import re
from collections.abc import Iterator
from typing import Any

from sync.carriers import prepared
from sync.carriers.phones import mobile_and_other
from sync.carriers.sf_account import SfAccount, is_monthly_account
from sync.errors import Rejected
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

MOST_PARCELS = 307
MOST_REMARK = 100
OUR_FIELD = "orderId"
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,63}")
_PARTY_LIMITS = (
    ("name", 100),
    ("phone", 20),
    ("address", 200),
    ("province", 30),
    ("city", 100),
    ("district", 30),
    ("company", 100),
)
_PARTY_NEEDS = ("name", "phone", "address")


def order_text(ask: WaybillAsk, account: SfAccount) -> bytes:
    """The msgData of EXP_RECE_CREATE_ORDER; raises Rejected naming the field SF would refuse."""
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    monthly = ask.monthly_account or account.monthly_account
    order: dict[str, Any] = {
        "language": "zh-CN",
        OUR_FIELD: ask.reference,
        "contactInfoList": [_party(ask.sender, 1), _party(ask.receiver, 2)],
        "cargoDetails": [_goods(good) for good in ask.goods],
        "payMethod": account.pay_method,
        "expressTypeId": int(ask.service) if ask.service else account.product,
        "parcelQty": ask.parcels,
        "isReturnRoutelabel": 1,
        # 1 = the fifteen-character number "SF" + 13 digits; without it SF gives old 12-digit ones.
        "isUnifiedWaybillNo": 1,
    }
    if monthly:
        order["monthlyCard"] = monthly
    if ask.weight_g:
        order["totalWeight"] = ask.weight_g / 1000
    if ask.remark:
        order["remark"] = _shortened(ask.remark)
    return exact_text(order)


def exact_text(message: dict[str, Any]) -> bytes:
    """One JSON text, without spaces, as it is signed and sent.

    `~` is written as its JSON escape: form encoders disagree on it, and so would the signatures.
    """
    return prepared.exact_text(message).replace(b"~", b"\\u007e")


def _party(party: PartyRecord, contact_type: int) -> dict[str, Any]:
    mobile, other = mobile_and_other(party.phone)
    shown = {
        "contactType": contact_type,
        "contact": party.name,
        "mobile": mobile,
        "tel": other,
        "company": party.company,
        "country": party.country or "CN",
        "province": party.province,
        "city": party.city,
        "county": party.district,
        "address": party.address,
        "postCode": party.postcode,
    }
    return {key: value for key, value in shown.items() if value != ""}


def _goods(good: GoodsRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": good.name, "count": good.quantity}
    if good.unit:
        shown["unit"] = good.unit
    if good.weight_g:
        shown["weight"] = good.weight_g / 1000
    return shown


def _shortened(remark: str) -> str:
    """SF holds 100 characters of remark; a mark shows that more was said."""
    return remark if len(remark) <= MOST_REMARK else remark[: MOST_REMARK - 1] + "…"


def _faults(ask: WaybillAsk, account: SfAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything SF would refuse for its shape, the first one first."""
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "1–64 of A–Z, 0–9 and -"
    yield from _party_faults("sender", ask.sender)
    yield from _party_faults("receiver", ask.receiver)
    yield from _goods_faults(ask.goods)
    if not 1 <= ask.parcels <= MOST_PARCELS:
        yield "parcels", f"1–{MOST_PARCELS}"
    if ask.weight_g < 0:
        yield "weight_g", "≥ 0"
    if ask.service and not re.fullmatch(r"[0-9]{1,5}", ask.service):
        yield "service", "expressTypeId"
    monthly = ask.monthly_account or account.monthly_account
    if monthly and not is_monthly_account(monthly):
        yield "monthly_account", "10 digits"


def _party_faults(who: str, party: PartyRecord) -> Iterator[tuple[str, str]]:
    for name in _PARTY_NEEDS:
        if not str(getattr(party, name)).strip():
            yield f"{who}.{name}", "missing"
    for name, most in _PARTY_LIMITS:
        if len(getattr(party, name)) > most:
            yield f"{who}.{name}", f"≤ {most}"


def _goods_faults(goods: tuple[GoodsRecord, ...]) -> Iterator[tuple[str, str]]:
    if not goods:
        yield "goods", "missing"
    for good in goods:
        if not good.name.strip() or len(good.name) > 128:
            yield "goods.name", "1–128"
        if good.quantity < 1:
            yield "goods.quantity", "≥ 1"
