"""From a `WaybillAsk` to the exact text Kuaidi100 is sent, and what it cannot be asked.

Pure: no clock, no network. The text is made once, stored, and sent byte for byte on every try.
Field names are those of the vendor's own SDKs for label/order (method order).
"""

import re
from collections.abc import Iterator
from typing import Any

from sync.carriers.kuaidi100_account import Kuaidi100Account
from sync.carriers.kuaidi100_couriers import COMPANIES
from sync.carriers.phones import mobile_and_other
from sync.carriers.prepared import exact_text
from sync.errors import Rejected
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk

OUR_FIELD = "orderId"
MOST_PARCELS = 300
# Kuaidi100 publishes no length of these; what a label has room for.
MOST_CARGO = 50
MOST_REMARK = 100
MOST_SERVICE = 20
STANDARD = "标准快递"
_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,29}")
_NEEDS = ("name", "phone", "province", "city", "address")


def order_text(ask: WaybillAsk, account: Kuaidi100Account) -> bytes:
    """The param of an order; raises Rejected naming the field that would be refused."""
    for place, why in _faults(ask, account):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")
    order = {
        OUR_FIELD: ask.reference,
        # The same orderId brings the first answer again for 48 hours, and buys nothing twice.
        "reorder": False,
        "kuaidicom": account.company,
        **outlet_account(account, ask.monthly_account),
        "recMan": _party(ask.receiver),
        "sendMan": _party(ask.sender),
        "cargo": shortened(" ".join(good.name for good in ask.goods), MOST_CARGO),
        "count": ask.parcels,
        "weight": ask.weight_g / 1000,
        "payType": "MONTHLY",
        "expType": ask.service or STANDARD,
        "remark": shortened(ask.remark, MOST_REMARK),
        "needChild": "1" if ask.parcels > 1 else "",
        # Waydesk draws its own labels.
        "printType": "NON",
    }
    return exact_text({key: value for key, value in order.items() if value != ""})


def outlet_account(account: Kuaidi100Account, partner: str = "") -> dict[str, str]:
    """What the courier's outlet gave, as an order and a cancel carry it."""
    told = {
        "partnerId": partner or account.partner_id,
        "partnerKey": account.partner_key,
        "partnerSecret": account.partner_secret,
        "partnerName": account.partner_name,
        "net": account.net,
        "code": account.code,
        "checkMan": account.check_man,
    }
    return {name: value for name, value in told.items() if value}


def shortened(text: str, most: int) -> str:
    """At most so many characters on one line; a mark shows that more was said."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _party(party: PartyRecord) -> dict[str, str]:
    mobile, other = mobile_and_other(party.phone)
    places = (party.province, party.city, party.district, party.address)
    shown = {
        "name": shortened(party.name, len(party.name)),
        "mobile": mobile,
        "tel": other,
        "printAddr": " ".join("".join(places).split()),
        "company": party.company,
    }
    return {key: value for key, value in shown.items() if value}


def _faults(ask: WaybillAsk, account: Kuaidi100Account) -> Iterator[tuple[str, str]]:
    """(field, why) for everything Kuaidi100 would refuse for its shape, the first one first."""
    if account.company not in COMPANIES:
        yield "company", f"{account.company[:20]} – {', '.join(COMPANIES)}"
    if not (ask.monthly_account or account.partner_id):
        yield "partner_id", "missing"
    yield from _party_faults("sender", ask.sender)
    yield from _party_faults("receiver", ask.receiver)
    yield from _goods_faults(ask.goods)
    yield from _order_faults(ask)


def _order_faults(ask: WaybillAsk) -> Iterator[tuple[str, str]]:
    if not _REFERENCE.fullmatch(ask.reference):
        yield "reference", "1–30 of A–Z, 0–9 and -"
    if not 1 <= ask.parcels <= MOST_PARCELS:
        yield "parcels", f"1–{MOST_PARCELS}"
    if ask.weight_g < 0:
        yield "weight_g", "≥ 0"
    if len(ask.service) > MOST_SERVICE:
        yield "service", f"≤ {MOST_SERVICE}"


def _party_faults(who: str, party: PartyRecord) -> Iterator[tuple[str, str]]:
    for name in _NEEDS:
        if not str(getattr(party, name)).strip():
            yield f"{who}.{name}", "missing"


def _goods_faults(goods: tuple[GoodsRecord, ...]) -> Iterator[tuple[str, str]]:
    if not any(good.name.strip() for good in goods):
        yield "goods", "missing"


def query_text(company: str, number: str, phone: str) -> dict[str, Any]:
    """The param of an instant query; `resultv2` 4 asks for the finer states."""
    return {
        "com": company,
        "num": number,
        "phone": phone,
        "from": "",
        "to": "",
        "resultv2": "4",
        "show": "0",
        "order": "desc",
    }


def follow_text(account: Kuaidi100Account, number: str, phone: str) -> dict[str, Any]:
    """The param of a subscription: call `push_url`, signed with our salt, with finer states."""
    return {
        "company": account.company,
        "number": number,
        "from": "",
        "to": "",
        "key": account.key,
        "parameters": {
            "callbackurl": account.push_url,
            "salt": account.salt,
            "resultv2": "4",
            "phone": phone,
        },
    }
