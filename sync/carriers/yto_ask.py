"""From a `WaybillAsk` to the exact text YTO is sent, and what it cannot be asked.

Pure: no clock, no network. The text is made once, stored, and sent and signed as it stands on
every try. Field names: open.yto.net.cn, privacy_create_adapter.
"""

import re
from collections.abc import Iterator
from typing import Any

from sync.carriers.prepared import exact_text
from sync.errors import Rejected
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

MOST_GOODS = 20
PRODUCTS = ("PK", "YZD")
# YTO wants at least seven characters.
OUR_FIELD = "logisticsNo"
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{6,39}")
_NEEDS = ("name", "phone", "province", "city", "district", "address")


def order_text(ask: WaybillAsk) -> bytes:
    """The param of privacy_create_adapter; raises Rejected naming the field YTO would refuse."""
    for place, why in _faults(ask):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    order: dict[str, Any] = {
        OUR_FIELD: ask.reference,
        **_party(ask.sender, "sender"),
        **_party(ask.receiver, "recipient"),
        "goods": [_goods(good) for good in _within(ask.goods)],
        "weight": ask.weight_g / 1000,
        "productCode": ask.service or PRODUCTS[0],
    }
    if ask.remark:
        order["remark"] = ask.remark
    return exact_text(order)


def _within(goods: tuple[GoodsRecord, ...]) -> tuple[GoodsRecord, ...]:
    """At most twenty: what is beyond is declared as one, with how many pieces it stands for."""
    if len(goods) <= MOST_GOODS:
        return goods
    rest = goods[MOST_GOODS - 1 :]
    pieces = sum(good.quantity for good in rest)
    return (*goods[: MOST_GOODS - 1], GoodsRecord(f"… +{len(rest)}", pieces))


def _party(party: PartyRecord, role: str) -> dict[str, str]:
    return {
        f"{role}Name": party.name,
        # One field for every phone.
        f"{role}Mobile": party.phone.replace(" ", ""),
        f"{role}ProvinceName": party.province,
        f"{role}CityName": party.city,
        f"{role}CountyName": party.district,
        f"{role}Address": party.address,
    }


def _goods(good: GoodsRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": good.name, "quantity": good.quantity}
    if good.weight_g:
        shown["weight"] = good.weight_g / 1000
    return shown


def _faults(ask: WaybillAsk) -> Iterator[tuple[str, str]]:
    """(field, why) for everything YTO would refuse for its shape, the first one first."""
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "7–40 of A–Z, 0–9 and -"
    if ask.service and ask.service not in PRODUCTS:
        yield "service", ", ".join(PRODUCTS)
    if ask.parcels != 1:
        yield "parcels", "1"
    if ask.weight_g < 0:
        yield "weight_g", "≥ 0"
    for who, party in (("sender", ask.sender), ("receiver", ask.receiver)):
        missing = (name for name in _NEEDS if not str(getattr(party, name)).strip())
        yield from ((f"{who}.{name}", "missing") for name in missing)
    if not ask.goods or not all(good.name.strip() and good.quantity > 0 for good in ask.goods):
        yield "goods", "missing"
