"""From a `WaybillAsk` to the one request of open.express.ebill.get, and what it cannot be asked.

Pure. The text is made once, stored, and sent with the same ids on every try. Who gets the parcel is
put in by the connector: Kuaishou takes the receiver of an order of its own in its ciphertexts
alone, and an export holds stars. Field names are those of the platform's page as public SDKs carry
them (open.kwaixiaodian.com, open.express.ebill.get, open.order.detail).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sync.carriers.ewaybill import package_id, refuse_foreign, short
from sync.carriers.kuaishou_ewaybill_account import KuaishouLabelAccount
from sync.carriers.phones import mobile_and_other
from sync.carriers.prepared import exact_text, reference_in
from sync.errors import Rejected
from sync.reading import mapping, text
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

# Its orders come from the shop's own export: there is no line to the shop itself here.
PLATFORMS = frozenset({"file:kuaishou"})
CHANNEL = "KUAI_SHOU"
SENT_BY_SENDER = 1
MOST_GOODS, MOST_TITLE = 100, 100
POST_PARCEL = "POSTB"
_ORDER = re.compile(r"[1-9][0-9]{5,19}")
_NEEDS = ("name", "phone", "province", "city", "district", "address")
_CIPHERS = {"name": "encryptedConsignee", "mobile": "encryptedMobile"}


def order_text(ask: WaybillAsk, account: KuaishouLabelAccount) -> bytes:
    """One request without its receiver; raises Rejected naming what Kuaishou would refuse."""
    refuse_foreign(ask, PLATFORMS)
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    asked: dict[str, Any] = {
        "requestId": ask.reference,
        "packageCode": package_id(ask.reference),
        "tradeOrderCode": ask.order_id,
        "orderChannel": CHANNEL,
        "expressCompanyCode": account.courier,
        "payMethod": SENT_BY_SENDER,
        "totalPackageQuantity": 1,
        "totalPackageWeight": ask.weight_g,
        "itemList": [_item(good) for good in ask.goods[:MOST_GOODS]],
        "senderContract": _contact(ask.sender),
        "senderAddress": _address(ask.sender),
    }
    return exact_text(asked | _agreed(account))


def order_in(prepared: bytes) -> int:
    """The platform's number of the order a prepared text is about."""
    return int(json.loads(prepared)["tradeOrderCode"])


def is_for(prepared: bytes, reference: str) -> bool:
    """Whether a prepared text is the one of this reference."""
    return reference_in(prepared, "requestId") == reference


def with_buyer(prepared: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """The request with its receiver, none of them opened, and the shop the order is of.

    `order` is what open.order.detail told of it.

    Raises:
        Rejected: the platform told no ciphertexts, so nobody could be put on the label.
    """
    told: dict[str, Any] = json.loads(prepared)
    base, to = mapping(order.get("orderBaseInfo")), mapping(order.get("orderAddress"))
    contact = {ours: text(to.get(theirs)) for ours, theirs in _CIPHERS.items()}
    street = text(to.get("encryptedAddress"))
    if not street or not all(contact.values()):
        raise Rejected("kuaishou_ewaybill_no_receiver", text=told["tradeOrderCode"])
    place = {f"{one}Name": text(to.get(one)) for one in ("province", "city", "district")}
    return told | {
        "merchantCode": text(base.get("sellerOpenId")),
        "merchantName": text(base.get("sellerNick")),
        "receiverContract": contact,
        "receiverAddress": {**place, "detailAddress": street},
    }


def _agreed(account: KuaishouLabelAccount) -> dict[str, Any]:
    """What the shop agreed with the courier; what it did not is left out."""
    extra: dict[str, Any] = {}
    if account.isv_client_code:
        extra["isvClientCode"] = account.isv_client_code
    if account.courier == POST_PARCEL:
        extra["oneBillFeeType"] = 1
    named = {
        "netSiteCode": account.site_code,
        "netSiteName": account.site_name,
        "settleAccount": account.settle_account,
        "expressProductCode": account.product,
        "templateUrl": account.template_url,
        "extData": json.dumps(extra, separators=(",", ":")) if extra else "",
    }
    return {name: value for name, value in named.items() if value}


def _contact(party: PartyRecord) -> dict[str, str]:
    mobile, other = mobile_and_other(party.phone)
    return {"name": party.name, **({"mobile": mobile} if mobile else {"telephone": other})}


def _address(party: PartyRecord) -> dict[str, str]:
    return {
        "provinceName": party.province,
        "cityName": party.city,
        "districtName": party.district,
        "detailAddress": party.address,
    }


def _item(good: GoodsRecord) -> dict[str, Any]:
    return {"itemTitle": short(good.name, MOST_TITLE), "itemQuantity": good.quantity}


def _faults(ask: WaybillAsk, account: KuaishouLabelAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything Kuaishou would refuse for its shape, the first one first."""
    if not _ORDER.fullmatch(ask.order_id):
        yield "order_id", "6–20 × 0–9"
    if not account.courier:
        yield "courier", "missing"
    if not account.site_code and not account.settle_account:
        yield "site_code", "missing"
    if ask.parcels != 1:
        yield "parcels", "1"
    for name in _NEEDS:
        if not getattr(ask.sender, name).strip():
            yield f"sender.{name}", "missing"
    if not any(good.name.strip() and good.quantity > 0 for good in ask.goods):
        yield "goods", "missing"
