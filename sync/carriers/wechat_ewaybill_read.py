"""What the WeChat shop's e-waybill answers: numbers, labels, agreements, and what its noes mean.

Codes and fields are those of the platform's pages (developers.weixin.qq.com, "电子面单取号",
"查询面单详情", "查询开通的电子面单网点/账号信息"). A courier's no is known by its words.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.ewaybill import COURIERS, number_of, refused
from sync.carriers.wechat_ewaybill_account import Agreement
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.reading import mapping, rows, text
from sync.waybill_records import OutletRecord, PartyRecord, PrintData, WaybillAnswer

COMPONENT = "wechat"
UNKNOWN, THERE = "10025010", "10025019"
GIVEN_BACK = 2
BOUND = 3
_FRANCHISE = 1
_SUB = 2
_NOT_TAKEN, _NOT_CANCELLED = "10025005", "10025006"
_UNCLEAR = frozenset({"10025011", "10025030"})
_MEANINGS = {
    "10025012": "ewaybill_not_subscribed",
    "10025013": "ewaybill_not_subscribed",
    "10025014": "ewaybill_not_subscribed",
    "10025017": "ewaybill_foreign_order",
    "10025106": "wechat_ewaybill_no_form",
}
# The platform's own sentence, where the courier said nothing; and words that promise nothing.
_SAID_NOTHING = re.compile("delivery_error_msg|系统|超时|繁忙|稍后|重试|其他原因")


def refusal_of(no: Rejected) -> SyncError:
    """What a no of the business means: a lasting no, one that leaves it unknown, or "you have it".

    `no` is what the interface said, under its own code.
    """
    code, words = no.foreign_code, no.text
    if code == THERE:
        return AlreadyThere(foreign_code=code)
    vague = code in {_NOT_TAKEN, _NOT_CANCELLED} and (not words or _SAID_NOTHING.search(words))
    if code in _UNCLEAR or vague:
        return Ambiguous("wechat_ewaybill_away", foreign_code=code, text=words or "-")
    if code in _MEANINGS:
        return Rejected(_MEANINGS[code], foreign_code=code, text=words)
    return refused(no)


def answer_of(told: Mapping[str, Any], reference: str, delivery_id: str) -> WaybillAnswer:
    """The number a yes names; raises Ambiguous where it names none."""
    number = text(told.get("waybill_id"))
    if not number:
        raise Ambiguous("wechat_ewaybill_no_number", reference=reference)
    listed = rows(told.get("waybill_id_list"))
    subs = [text(one.get("waybill_id")) for one in listed if _kind(one) == _SUB]
    label = told.get("print_info")
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=tuple(one for one in dict.fromkeys(subs) if one and one != number),
        routing_mark="",
        sort_code="",
        dest_code="",
        two_dimension_code="",
        product_name="",
        receiver_digest=None,
        raw=json.dumps(dict(told), ensure_ascii=False, default=str).encode("utf-8", "replace"),
        courier=COURIERS.get(delivery_id, ""),
        print_data=PrintData(COMPONENT, label) if isinstance(label, str) and label else None,
    )


def kept_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What WeChat keeps of one of our numbers; raises Malformed where the answer names none."""
    kept = mapping(told.get("order_info"))
    if not text(kept.get("waybill_id")):
        raise Malformed("sync_unread_answer", why="order_info")
    return kept


def is_given_back(kept: Mapping[str, Any]) -> bool:
    """Whether a number was given back."""
    return number_of(kept.get("status")) == GIVEN_BACK


def orders_of(kept: Mapping[str, Any]) -> tuple[str, ...]:
    """The platform's orders a number is for."""
    return tuple(text(one.get("ec_order_id")) for one in rows(kept.get("ec_order_list")))


def label_in(told: Mapping[str, Any]) -> PrintData:
    """The label as it is handed to WeChat's print component; raises Malformed for none."""
    label = told.get("print_info")
    if not isinstance(label, str) or not label:
        raise Malformed("sync_unread_answer", why="print_info")
    return PrintData(COMPONENT, label)


def accounts_of(told: Mapping[str, Any], delivery_id: str) -> list[dict[str, Any]]:
    """A courier's agreements on one page that stand; raises Malformed where there is no list."""
    if not isinstance(told.get("account_list"), list):
        raise Malformed("sync_unread_answer", why="account_list")
    listed = [
        one for one in rows(told["account_list"]) if text(one.get("delivery_id")) == delivery_id
    ]
    return [one for one in listed if number_of(one.get("status")) == BOUND]


def agreement_of(account: Mapping[str, Any]) -> Agreement:
    """The ids of one agreement."""
    site = mapping(account.get("site_info"))
    ids = (text(account.get("shop_id")), text(account.get("acct_id")), text(site.get("site_code")))
    return Agreement(*ids)


def outlet_of(account: Mapping[str, Any]) -> OutletRecord:
    """One branch; `left` only where its numbers are bought ahead and the courier told them."""
    site = mapping(account.get("site_info"))
    told = number_of(account.get("balance_retcode")) in (None, 0)
    counted = told and number_of(account.get("company_type")) == _FRANCHISE
    return OutletRecord(
        courier=text(account.get("delivery_id")),
        code=text(site.get("site_code")) or text(account.get("acct_id")),
        name=text(site.get("site_name")) or text(account.get("monthly_card")),
        left=number_of(account.get("available")) if counted else None,
        senders=_senders(account),
    )


def _senders(account: Mapping[str, Any]) -> tuple[PartyRecord, ...]:
    place = mapping(account.get("sender_address"))
    names = ("province", "city", "county", "address")
    province, city, county, address = (text(place.get(name)) for name in names)
    if not address:
        return ()
    return (PartyRecord("", "", province=province, city=city, district=county, address=address),)


def _kind(waybill: Mapping[str, Any]) -> int | None:
    return number_of(waybill.get("waybill_type"))
