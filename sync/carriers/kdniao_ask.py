"""From a `WaybillAsk` to the exact text Kdniao is sent, and what it cannot be asked.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte on every try.
Field names and lengths are those of Kdniao's own e-order example (kdniao.com/documents, 1007).
"""

import re
from collections.abc import Iterator
from typing import Any

from sync.carriers.kdniao_account import KdniaoAccount
from sync.carriers.kdniao_shippers import SHIPPERS, Shipper
from sync.carriers.phones import mobile_and_other
from sync.carriers.prepared import exact_text
from sync.errors import Rejected
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

MOST_PARCELS = 300
MOST_REMARK = 60
MOST_GOODS_NAME = 100
OUR_FIELD = "OrderCode"
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,29}")
_LIMITS = (
    ("name", 30),
    ("phone", 20),
    ("province", 20),
    ("city", 20),
    ("district", 20),
    ("address", 100),
    ("company", 30),
    ("postcode", 10),
)
_NEEDS = ("name", "phone", "province", "city", "district", "address")
# Kdniao refuses a request with one of these inside a value; the wide forms read the same.
REFUSED = frozenset("'\"#&+<>%\\")
_WIDE = str.maketrans("'\"#&+<>%\\", "＇＂＃＆＋＜＞％＼")


def order_text(ask: WaybillAsk, account: KdniaoAccount) -> bytes:
    """The RequestData of a 1007; raises Rejected naming the field that would be refused."""
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    order = {
        OUR_FIELD: ask.reference,
        "ShipperCode": account.shipper,
        "CustomerName": account.customer,
        "CustomerPwd": account.password,
        "MonthCode": ask.monthly_account or account.month_code,
        "SendSite": account.site,
        # 3: on the monthly bill; 1: paid by the sender on the spot.
        "PayType": 3 if account.customer or ask.monthly_account or account.month_code else 1,
        "ExpType": ask.service or "1",
        # 1: the courier is not called to the door; the shop has its own hand-over.
        "IsNotice": 1,
        "IsReturnPrintTemplate": "0",
        "Sender": _party(ask.sender),
        "Receiver": _party(ask.receiver),
        "Commodity": [_goods(good) for good in ask.goods],
        "Weight": ask.weight_g / 1000,
        "Quantity": ask.parcels,
        "Remark": shortened(ask.remark, MOST_REMARK),
    }
    return exact_text({key: value for key, value in order.items() if value != ""})


def shortened(text: str, most: int) -> str:
    """At most so many characters, in the wide forms; a mark shows that more was said."""
    wide = widened(text)
    return wide if len(wide) <= most else wide[: most - 1] + "…"


def widened(text: str) -> str:
    """The text with what Kdniao refuses in its wide form, and on one line."""
    return " ".join(text.translate(_WIDE).split())


def _party(party: PartyRecord) -> dict[str, str]:
    mobile, other = mobile_and_other(party.phone)
    shown = {
        "Company": widened(party.company),
        "Name": widened(party.name),
        "Mobile": mobile,
        "Tel": widened(other),
        "PostCode": party.postcode,
        "ProvinceName": widened(party.province),
        "CityName": widened(party.city),
        "ExpAreaName": widened(party.district),
        "Address": widened(party.address),
    }
    return {key: value for key, value in shown.items() if value}


def _goods(good: GoodsRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "GoodsName": shortened(good.name, MOST_GOODS_NAME),
        "Goodsquantity": good.quantity,
    }
    if good.weight_g:
        shown["GoodsWeight"] = good.weight_g / 1000
    return shown


def _faults(ask: WaybillAsk, account: KdniaoAccount) -> Iterator[tuple[str, str]]:
    """(field, why) for everything Kdniao would refuse for its shape, the first one first."""
    shipper = SHIPPERS.get(account.shipper)
    if shipper is None:
        yield "shipper", f"{account.shipper[:10]} – {', '.join(SHIPPERS)}"
        return
    missing = (name for name in shipper.needs if not getattr(account, name))
    yield from ((name, f"missing for {account.shipper}") for name in missing)
    # What an outlet gave must not be rewritten as a street may be.
    given = ("customer", "password", "month_code", "site")
    unfit = (name for name in given if REFUSED & set(getattr(account, name)))
    yield from ((name, " ".join(sorted(REFUSED))) for name in unfit)
    yield from _party_faults("sender", ask.sender, shipper)
    yield from _party_faults("receiver", ask.receiver, shipper)
    yield from _goods_faults(ask.goods)
    yield from _order_faults(ask)


def _order_faults(ask: WaybillAsk) -> Iterator[tuple[str, str]]:
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "1–30 of A–Z, 0–9 and -"
    if not 1 <= ask.parcels <= MOST_PARCELS:
        yield "parcels", f"1–{MOST_PARCELS}"
    if ask.weight_g < 0:
        yield "weight_g", "≥ 0"
    if ask.service and not re.fullmatch(r"[0-9]{1,2}", ask.service):
        yield "service", "ExpType"


def _party_faults(who: str, party: PartyRecord, shipper: Shipper) -> Iterator[tuple[str, str]]:
    needs = (*_NEEDS, "postcode") if shipper.postcode else _NEEDS
    for name in needs:
        if not str(getattr(party, name)).strip():
            yield f"{who}.{name}", "missing"
    for name, most in _LIMITS:
        if len(getattr(party, name)) > most:
            yield f"{who}.{name}", f"≤ {most}"


def _goods_faults(goods: tuple[GoodsRecord, ...]) -> Iterator[tuple[str, str]]:
    if not goods:
        yield "goods", "missing"
    for good in goods:
        if not good.name.strip():
            yield "goods.name", "missing"
        if good.quantity < 1:
            yield "goods.quantity", "≥ 1"
