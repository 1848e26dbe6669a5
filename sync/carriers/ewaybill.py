"""What platforms' own e-waybills have in common: whose orders they take, and what their noes mean.

No platform publishes the finer codes its e-waybill refuses with, so a no is known by the words the
platform answers in; one that is not known keeps the platform's own words and nothing is guessed.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from sync.errors import Rejected
from sync.waybill_records import WaybillAsk

# Our word for a courier by the code platforms write (their lists of couriers).
COURIERS: Mapping[str, str] = {
    "SF": "sf",
    "ZTO": "zto",
    "YTO": "yto",
    "STO": "sto",
    "YUNDA": "yunda",
    "YD": "yunda",
    "JTSD": "jt",
    "HTKY": "best",
    "EMS": "ems",
    "EYB": "ems",
    "POSTB": "china_post",
    "YZXB": "china_post",
    "JD": "jd",
    "DBKD": "deppon",
    "DB": "deppon",
    "DBL": "deppon",
    "ZJS": "zjs",
    "UC": "uc",
}
# How a platform counts its couriers: the first kind runs its branches itself and is paid later.
DIRECT = 1
_GIVEN_BACK = re.compile("已(经)?(取消|回收|作废)|重复取消")
_MEANINGS = (
    ("余额不足|余额为(0|零)|可用单(号|数)不足", "ewaybill_none_left"),
    ("发货地址|发件地址|寄件地址", "ewaybill_wrong_sender"),
    ("不属于|非本(店|商家)|订单与商家|店铺不匹配|渠道.*不(符|匹配|支持)", "ewaybill_foreign_order"),
    ("多个网点|其他网点|已在.*取号", "ewaybill_other_outlet"),
    ("取消.*(比例|上限|超过)", "ewaybill_too_many_back"),
    ("未(开通|订购|签约)", "ewaybill_not_subscribed"),
    ("(密文|oaid|OAID|收件人).*(不匹配|不合法|无效|失效|过期)", "ewaybill_receiver_stale"),
)


def refuse_foreign(ask: WaybillAsk, platforms: frozenset[str]) -> None:
    """Raises Rejected, before anything is sent, for an order that is not of these platforms."""
    if ask.platform not in platforms or not ask.order_id:
        said = ask.platform or "-"
        raise Rejected("ewaybill_foreign_order", text=f"{said} {ask.order_id}".strip())


def kept_cipher(ask: WaybillAsk) -> dict[str, str]:
    """The ciphertexts the channel kept, by the platform's own field names; {} where it kept none.

    Raises:
        Rejected: what was kept is no such table, such as the masked words of a back-office file.
    """
    if not ask.receiver_cipher:
        return {}
    try:
        told = json.loads(ask.receiver_cipher)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(one, str) for one in told.values()):
        raise Rejected("ewaybill_receiver_unknown", text=ask.order_id)
    return told


def refused(no: Rejected) -> Rejected:
    """The same no under our word for it, where its words are known; its code and words stay."""
    for words, ours in _MEANINGS:
        if no.code == Rejected.code and re.search(words, no.text):
            return Rejected(ours, foreign_code=no.foreign_code, text=no.text)
    return no


def is_given_back(no: Rejected) -> bool:
    """Whether a number was not given back because it is given back already."""
    return _GIVEN_BACK.search(no.text) is not None


def package_id(reference: str) -> str:
    """Our reference in the letters a package's id may have: letters, figures and underscores."""
    return reference.replace("-", "_")


def short(name: str, most: int) -> str:
    """At most so many characters of a thing's name; a mark shows that more was said."""
    flat = " ".join(name.split()) or "-"
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def number_of(value: Any) -> int | None:
    """A whole number that a platform writes as one, or as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**12 else None
    told = value if isinstance(value, str) else ""
    return int(told) if re.fullmatch(r"-?[0-9]{1,12}", told, re.ASCII) else None
