"""From a `WaybillAsk` to the exact parameters of logistics.newCreateOrder.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte on every try.
Field names are those of the platform's own SDK; the receiver goes back as the ciphertext it came
in, and Douyin alone opens it (op.jinritemai.com, logistics/newCreateOrder).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sync.carriers.douyin_ewaybill_account import DouyinLabelAccount
from sync.carriers.ewaybill import refuse_foreign, short
from sync.carriers.phones import mobile_and_other
from sync.errors import Rejected
from sync.gateways.douyin_sign import Value, written
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

PLATFORM = "douyin"
MOST_PARCELS = 300
MOST_REMARK = 100
MOST_ITEM = 100
MOST_ITEMS = 20
MOST_PACK = 15
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_ORDER = re.compile(r"[0-9]{6,32}A?")
_NEEDS = ("name", "phone", "province", "city", "district", "address")


def order_text(ask: WaybillAsk, account: DouyinLabelAccount) -> bytes:
    """The parameters of one order's number; raises Rejected naming what Douyin would refuse."""
    refuse_foreign(ask, frozenset({PLATFORM}))
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    info: dict[str, Value] = {
        "order_id": platform_order(ask.order_id),
        "pack_id": pack_id(ask.reference),
        "receiver_info": _receiver(ask),
        "items": [_item(good) for good in ask.goods[:MOST_ITEMS]],
    }
    if account.product or ask.service:
        info["product_type"] = ask.service or account.product
    if ask.remark.strip():
        info["remark"] = short(ask.remark, MOST_REMARK)
    if ask.parcels > 1:
        info["total_pack_count"] = ask.parcels
    asked: dict[str, Value] = {
        "logistics_code": account.company,
        "sender_info": _sender(ask.sender),
        "order_infos": [info],
    }
    return written(asked).encode("utf-8", "replace")


def platform_order(order_id: str) -> str:
    """An order's number as the e-waybill wants it: older exports put an A behind it."""
    return order_id.removesuffix("A")


def pack_id(reference: str) -> str:
    """Our reference as Douyin's parcel id: at most 15 figures, letters and underscores.

    An order and a parcel id name one number for ever. Where the reference is longer its end
    stands for it: that is the parcel and how often it was asked for.
    """
    return reference.replace("-", "_")[-MOST_PACK:]


def asked_for(prepared: bytes) -> tuple[str, str]:
    """(order, parcel id) of a prepared text; two empty words where it cannot be read."""
    try:
        info = json.loads(prepared)["order_infos"][0]
        return str(info["order_id"]), str(info["pack_id"])
    except (ValueError, KeyError, TypeError, IndexError):
        return "", ""


def ciphers_of(sealed: str) -> Mapping[str, str]:
    """The ciphertexts a channel kept, by their names there; none where they cannot be read."""
    try:
        told: Any = json.loads(sealed) if sealed else {}
    except ValueError:
        return {}
    found = told if isinstance(told, dict) else {}
    return {str(name): one for name, one in found.items() if isinstance(one, str) and one}


def _receiver(ask: WaybillAsk) -> dict[str, Value]:
    """Name, phone and street as ciphertext where the platform hides them, else as they are."""
    to, sealed = ask.receiver, ciphers_of(ask.receiver_cipher)
    if not sealed:
        return {"address": _address(to, to.address), "contact": _contact(to)}
    contact: dict[str, Value] = {
        "name": sealed.get("encrypt_post_receiver", ""),
        "mobile": sealed.get("encrypt_post_tel", ""),
    }
    return {"address": _address(to, sealed.get("encrypt_detail", "")), "contact": contact}


def _sender(party: PartyRecord) -> dict[str, Value]:
    return {"address": _address(party, party.address), "contact": _contact(party)}


def _address(party: PartyRecord, detail: str) -> dict[str, Value]:
    return {
        "country_code": "CHN",
        "province_name": party.province,
        "city_name": party.city,
        "district_name": party.district,
        "detail_address": detail,
    }


def _contact(party: PartyRecord) -> dict[str, Value]:
    mobile, other = mobile_and_other(party.phone)
    return {"name": party.name, **({"mobile": mobile} if mobile else {"phone": other})}


def _item(good: GoodsRecord) -> dict[str, Value]:
    return {"item_name": short(good.name, MOST_ITEM), "item_count": good.quantity}


def _faults(ask: WaybillAsk, account: DouyinLabelAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything Douyin would refuse for its shape, the first one first."""
    if not _ORDER.fullmatch(ask.order_id):
        yield "order_id", "0–9"
    if not account.company:
        yield "company", "missing"
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "1–40 of A–Z, 0–9 and -"
    if not 1 <= ask.parcels <= MOST_PARCELS:
        yield "parcels", f"1–{MOST_PARCELS}"
    yield from _party_faults("sender", ask.sender, _NEEDS)
    yield from _receiver_faults(ask)
    if not any(good.name.strip() and good.quantity > 0 for good in ask.goods):
        yield "goods", "missing"


def _receiver_faults(ask: WaybillAsk) -> Iterator[tuple[str, str]]:
    if not ask.receiver_cipher:
        yield from _party_faults("receiver", ask.receiver, _NEEDS)
        return
    yield from _party_faults("receiver", ask.receiver, ("province", "city", "district"))
    sealed = ciphers_of(ask.receiver_cipher)
    for name in ("encrypt_post_receiver", "encrypt_post_tel", "encrypt_detail"):
        if not sealed.get(name):
            yield "receiver.cipher", name


def _party_faults(
    who: str, party: PartyRecord, needs: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for name in needs:
        if not str(getattr(party, name)).strip():
            yield f"{who}.{name}", "missing"
