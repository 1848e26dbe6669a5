"""From a `WaybillAsk` to the request of express.createEbillOrders, and what it cannot be asked.

Pure. The text is made once, stored, and sent with the same ids on every try: trade order and
package are what Xiaohongshu knows a repeat by, and both are our reference. Agreement, form and
receiver are put in by the connector: the receiver is the address key of the platform's own order,
as an export holds stars (open.xiaohongshu.com, "批量取号", "电子面单常见问题（新）" 3, 12, 37).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sync.carriers.ewaybill import package_id, refuse_foreign, short
from sync.carriers.phones import mobile_and_other
from sync.carriers.prepared import exact_text
from sync.carriers.xhs_ewaybill_account import Agreement, Place, XhsLabelAccount
from sync.errors import Rejected
from sync.reading import text
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

# Its orders come from the shop's own export: there is no line to the shop itself here.
PLATFORMS = frozenset({"file:xiaohongshu"})
CHANNEL = "XIAO_HONG_SHU"
BILL_VERSION = 2
MOST_GOODS, MOST_NAME = 100, 100
# Trade order, package and the account's number of 18 figures are 64 characters together.
MOST_REFERENCE = 23
# JD gives numbers of packages within a master alone, and takes back the master's.
NOT_SERVED = frozenset({"jd"})
_ORDER = re.compile(r"[A-Z]?[0-9]{6,31}")
_NEEDS = ("name", "phone", "province", "city", "address")
_KEY_LENGTH = 32


def order_text(ask: WaybillAsk, account: XhsLabelAccount) -> bytes:
    """One request without agreement, form and receiver; raises Rejected for what it is refused."""
    refuse_foreign(ask, PLATFORMS)
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    listed = {
        "objectId": ask.reference,
        "orderInfo": {
            "orderChannelsType": CHANNEL,
            "tradeOrderList": [ask.reference],
            "xhsOrderId": ask.order_id,
        },
        "packageInfo": {
            "id": package_id(ask.reference),
            "items": [_item(good) for good in ask.goods[:MOST_GOODS]],
            "weight": ask.weight_g,
        },
    }
    asked = {
        "billVersion": BILL_VERSION,
        "cpCode": account.courier,
        "sender": _contact(ask.sender) | {"address": _typed(ask.sender)},
        "tradeOrderInfoList": [listed],
    }
    return exact_text(asked | ({"productCode": account.product} if account.product else {}))


def is_for(prepared: bytes, reference: str) -> bool:
    """Whether a prepared text is the one of this reference."""
    try:
        return bool(_listed(json.loads(prepared))["objectId"] == reference)
    except (ValueError, KeyError, TypeError, IndexError):
        return False


def order_in(prepared: bytes) -> str:
    """The platform's number of the order a prepared text is about."""
    return str(_listed(json.loads(prepared))["orderInfo"]["xhsOrderId"])


def place_in(prepared: bytes, agreed: Agreement) -> Place | None:
    """The agreement's address the text sends from; None where it is none of its."""
    sent = Place(**json.loads(prepared)["sender"]["address"])
    return next((one for one in agreed.places if _is_at(sent, one)), None)


def typed_place(prepared: bytes) -> str:
    """The address the text sends from, in words."""
    return " ".join(one for one in json.loads(prepared)["sender"]["address"].values() if one)


def whole(
    prepared: bytes, agreed: Agreement, place: Place, form: int, order: Mapping[str, Any]
) -> dict[str, Any]:
    """The request as it is sent; `order` is what order.getOrderDetail told of it.

    Raises:
        Rejected: the platform told no address key, so nobody could be put on the label.
    """
    told: dict[str, Any] = json.loads(prepared)
    key = text(order.get("openAddressId"))
    if len(key) != _KEY_LENGTH:
        raise Rejected("xhs_ewaybill_no_receiver", text=order_in(prepared))
    # What is written here in plain would go before the key, wrong as it is.
    nobody = {"name": "", "mobile": "", "phone": "", "address": _address(Place("", "", "", "", ""))}
    _listed(told).update(templateId=form, recipient={**nobody, "openAddressId": key})
    told["sender"]["address"] = {name: value for name, value in _address(place).items() if value}
    told |= {"branchCode": "" if agreed.direct else agreed.branch}
    told |= {"customerCode": agreed.customer if agreed.direct else ""}
    told |= {"sellerName": text(order.get("shopName")) or "-"}
    return told | ({"brandCode": agreed.brand} if agreed.brand else {})


def _listed(told: dict[str, Any]) -> dict[str, Any]:
    listed: dict[str, Any] = told["tradeOrderInfoList"][0]
    return listed


def _is_at(sent: Place, one: Place) -> bool:
    area = (sent.province, sent.city, sent.district) == (one.province, one.city, one.district)
    street = "".join(sent.detail.split())
    told = ("".join(way.split()) for way in (one.detail, one.town + one.detail))
    return area and street in tuple(told)


def _contact(party: PartyRecord) -> dict[str, Any]:
    mobile, other = mobile_and_other(party.phone)
    return {"name": party.name, **({"mobile": mobile} if mobile else {"phone": other})}


def _typed(party: PartyRecord) -> dict[str, str]:
    return _address(Place(party.province, party.city, party.district, "", party.address))


def _address(place: Place) -> dict[str, str]:
    return {
        "province": place.province,
        "city": place.city,
        "district": place.district,
        "town": place.town,
        "detail": place.detail,
    }


def _item(good: GoodsRecord) -> dict[str, Any]:
    return {"name": short(good.name, MOST_NAME), "count": good.quantity}


def _faults(ask: WaybillAsk, account: XhsLabelAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything Xiaohongshu would refuse for its shape, the first one first."""
    if not _ORDER.fullmatch(ask.order_id):
        yield "order_id", "A–Z?, 6–31 × 0–9"
    if not account.courier or account.courier in NOT_SERVED:
        yield "courier", account.courier or "missing"
    if not 1 <= len(ask.reference) <= MOST_REFERENCE:
        yield "reference", f"1–{MOST_REFERENCE}"
    if ask.parcels != 1:
        yield "parcels", "1"
    for name in _NEEDS:
        if not getattr(ask.sender, name).strip():
            yield f"sender.{name}", "missing"
    if not any(good.name.strip() and good.quantity > 0 for good in ask.goods):
        yield "goods", "missing"
