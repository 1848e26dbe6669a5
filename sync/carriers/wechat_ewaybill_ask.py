"""From a `WaybillAsk` to the exact text of ewaybill_createorder, and what it cannot be asked.

Pure. The text is made once, stored, and sent as it stands on every try; the ids of the shop's
agreement with the courier are put in by the connector, for they must be asked for first. The
receiver goes as the shop's order shows it, stars and all: WeChat knows the order and fills the rest
in itself (developers.weixin.qq.com, "电子面单取号").
"""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sync.carriers.ewaybill import refuse_foreign, short
from sync.carriers.prepared import exact_text, reference_in
from sync.carriers.wechat_ewaybill_account import Agreement, WechatLabelAccount
from sync.errors import Rejected
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

# Its orders come from the shop's own export: there is no line to the shop itself here.
PLATFORMS = frozenset({"file:wechat_shop"})
USUAL_FORM = "single"
MOST_PARCELS = 300
MOST_NAME = 100
MOST_GOODS = 100
# The couriers that give a master and sub numbers.
MASTERED = frozenset({"SF", "DBKD", "JD", "SXJD", "YDKY"})
_ORDER = re.compile(r"[1-9][0-9]{0,19}")
_MOST_ORDER = 2**64 - 1
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_NEEDS = ("name", "phone", "province", "city", "district", "address")
_FROM_HOUSE = "ewaybill_order_id"


def order_text(ask: WaybillAsk, account: WechatLabelAccount) -> bytes:
    """The body of ewaybill_createorder; raises Rejected naming what WeChat would refuse."""
    refuse_foreign(ask, PLATFORMS)
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    goods = [_good(one) for one in ask.goods[:MOST_GOODS]]
    asked: dict[str, Any] = {
        _FROM_HOUSE: house_id(ask.reference),
        "delivery_id": account.delivery_id,
        "sender": _party(ask.sender),
        "receiver": _party(ask.receiver),
        "ec_order_list": [{"ec_order_id": int(ask.order_id), "goods_list": goods}],
        "template_id": account.template_id or USUAL_FORM,
    }
    if account.order_type:
        asked["order_type"] = int(account.order_type)
    if ask.parcels > 1:
        asked["delivery_info"] = {"delivery_type": 0, "package_quantity": ask.parcels}
    return exact_text(asked)


def house_id(reference: str) -> str:
    """Our reference as WeChat wants an order of ours named: an unsigned number of 64 bits, as text.

    The first 63 bits of the reference's SHA-256: the same reference is the same number for ever,
    and two of ten million references are one number in two hundred thousand shops.
    """
    return str(int.from_bytes(sha256(reference.encode()).digest()[:8], "big") >> 1)


def with_agreement(prepared: bytes, found: Agreement) -> bytes:
    """The text with the shop's agreement in it."""
    told = json.loads(prepared)
    told |= {"shop_id": found.shop_id, "ewaybill_acct_id": found.acct_id}
    return exact_text(told | ({"site_code": found.site_code} if found.site_code else {}))


def is_for(prepared: bytes, reference: str) -> bool:
    """Whether a prepared text is the one of this reference."""
    return reference_in(prepared, _FROM_HOUSE) == house_id(reference)


def order_in(prepared: bytes) -> int:
    """The platform's number of the order a prepared text is about."""
    return int(json.loads(prepared)["ec_order_list"][0]["ec_order_id"])


def _party(told: PartyRecord) -> dict[str, str]:
    return {
        "name": told.name,
        "mobile": told.phone.replace(" ", ""),
        "province": told.province,
        "city": told.city,
        "county": told.district,
        "street": "",
        "address": told.address,
    }


def _good(good: GoodsRecord) -> dict[str, Any]:
    return {"good_name": short(good.name, MOST_NAME), "good_count": good.quantity}


def _faults(ask: WaybillAsk, account: WechatLabelAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything WeChat would refuse for its shape, the first one first."""
    yield from _shape_faults(ask, account)
    for who, one in (("sender", ask.sender), ("receiver", ask.receiver)):
        for name in _NEEDS:
            if not getattr(one, name).strip():
                yield f"{who}.{name}", "missing"
    if not any(good.name.strip() and good.quantity > 0 for good in ask.goods):
        yield "goods", "missing"


def _shape_faults(ask: WaybillAsk, account: WechatLabelAccount) -> Iterator[tuple[str, str]]:
    if not _ORDER.fullmatch(ask.order_id) or int(ask.order_id) > _MOST_ORDER:
        yield "order_id", "1–20 × 0–9"
    if not account.delivery_id:
        yield "delivery_id", "missing"
    if account.order_type and not account.order_type.isdecimal():
        yield "order_type", "0–9"
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "1–40 of A–Z, 0–9 and -"
    most = MOST_PARCELS if account.delivery_id in MASTERED else 1
    if not 1 <= ask.parcels <= most:
        yield "parcels", f"1–{most}"
