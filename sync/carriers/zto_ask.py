"""From a `WaybillAsk` to the exact text ZTO is sent, and what it cannot be asked.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte on every try.
Field names: open.zto.com, zto.open.createOrder.
"""

import re
from collections.abc import Iterator
from typing import Any

from sync.carriers.phones import mobile_and_other
from sync.carriers.prepared import exact_text
from sync.carriers.zto_account import BOOKING, WHOLE_NETWORK, ZtoAccount
from sync.errors import Rejected
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

OUR_FIELD = "partnerOrderCode"
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_NEEDS = ("name", "phone", "province", "city", "district", "address")


def order_text(ask: WaybillAsk, account: ZtoAccount) -> bytes:
    """The body of zto.open.createOrder; raises Rejected naming the field ZTO would refuse."""
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    order: dict[str, Any] = {
        # 1: a group customer, 2: anybody else.
        "partnerType": "1" if account.customer_id else "2",
        "orderType": ask.service or account.order_type,
        OUR_FIELD: ask.reference,
        "accountInfo": _account(account),
        "senderInfo": _party(ask.sender, "sender"),
        "receiveInfo": _party(ask.receiver, "receiver"),
        "orderItems": [_goods(good) for good in ask.goods],
    }
    if ask.remark:
        order["remark"] = ask.remark
    return exact_text(order)


def _account(account: ZtoAccount) -> dict[str, Any]:
    if account.customer_id:
        return {"customerId": account.customer_id}
    # type 1: the ordinary e-waybill.
    return {
        "accountId": account.account_id,
        "accountPassword": account.account_password,
        "type": 1,
    }


def _party(party: PartyRecord, role: str) -> dict[str, str]:
    mobile, other = mobile_and_other(party.phone)
    shown = {
        "Name": party.name,
        "Mobile": mobile,
        "Phone": other,
        "Province": party.province,
        "City": party.city,
        "District": party.district,
        "Address": party.address,
    }
    return {f"{role}{name}": value for name, value in shown.items() if value}


def _goods(good: GoodsRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": good.name, "quantity": good.quantity}
    if good.weight_g:
        shown["weight"] = good.weight_g
    return shown


def _faults(ask: WaybillAsk, account: ZtoAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything ZTO would refuse for its shape, the first one first."""
    if not account.customer_id and not account.account_id:
        yield "account_id", "missing"
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "1–40 of A–Z, 0–9 and -"
    if (ask.service or account.order_type) not in {WHOLE_NETWORK, BOOKING}:
        yield "service", f"{WHOLE_NETWORK}, {BOOKING}"
    if ask.parcels != 1:
        yield "parcels", "1"
    for who, party in (("sender", ask.sender), ("receiver", ask.receiver)):
        missing = (name for name in _NEEDS if not str(getattr(party, name)).strip())
        yield from ((f"{who}.{name}", "missing") for name in missing)
    if not ask.goods or not all(good.name.strip() and good.quantity > 0 for good in ask.goods):
        yield "goods", "missing"
