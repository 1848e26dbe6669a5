"""What Xiaohongshu's e-waybill answers: numbers, sealed labels, agreements, forms and noes.

Fields are those of the platform's pages (open.xiaohongshu.com, "批量取号", "查询面单",
"查询电子面单订购关系", "查询电子面单模板列表"); a no is known by the words of its help page.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from sync.carriers.ewaybill import DIRECT, number_of, refused
from sync.carriers.xhs_ewaybill_account import Agreement, Place, XhsLabelAccount
from sync.errors import Ambiguous, Malformed, Rejected
from sync.gateways.xhs_refuse import error_of
from sync.json_text import read_json
from sync.reading import mapping, rows, text
from sync.waybill_records import OutletRecord, PartyRecord, PrintData, WaybillAnswer

COMPONENT = "xiaohongshu"
COURIERS: Mapping[str, str] = {
    "zto": "zto",
    "yuantong": "yto",
    "yunda": "yunda",
    "jtexpress": "jt",
    "shentong": "sto",
    "youzhengguonei": "china_post",
    "youzhengbiaokuai": "china_post",
    "ems": "ems",
    "debangwuliu": "deppon",
    "shunfeng": "sf",
}
_STANDARD = 0
_MEANINGS = (
    ("用户信息处理失败", "ewaybill_receiver_stale"),
    ("模板", "xhs_ewaybill_no_form"),
    ("订购关系", "ewaybill_not_subscribed"),
)


def refusal_of(no: Rejected) -> Rejected:
    """The same no under our word for it, where its words are known."""
    for words, ours in _MEANINGS:
        if re.search(words, no.text):
            return Rejected(ours, foreign_code=no.foreign_code, text=no.text)
    return refused(no)


def answer_of(told: Mapping[str, Any], reference: str, account: XhsLabelAccount) -> WaybillAnswer:
    """The number of our reference.

    Raises:
        Rejected, Throttled, TokenExpired, PermissionMissing: the row says no.
        Ambiguous: the row leaves it open, or there is none.
    """
    mine = [row for row in rows(told.get("wayBillList")) if text(row.get("objectId")) == reference]
    if len(mine) == 1 and mine[0].get("success") is False:
        raise error_of(mine[0], "express.createEbillOrders")
    number = text(mine[0].get("waybillCode")) if len(mine) == 1 else ""
    if not number:
        raise Ambiguous("xhs_ewaybill_no_number", reference=reference)
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=(),
        routing_mark="",
        sort_code="",
        dest_code="",
        two_dimension_code="",
        product_name="",
        receiver_digest=None,
        raw=json.dumps(mine[0], ensure_ascii=False, default=str).encode("utf-8", "replace"),
        courier=COURIERS.get(account.courier, ""),
        print_data=label_of(mine[0]),
    )


def label_of(told: Mapping[str, Any]) -> PrintData | None:
    """The `contents` its print component takes: the sealed label, and the shop's own part of it."""
    sealed, own = (told.get(name) for name in ("printData", "customerPrintData"))
    form = _object(sealed)
    if form is None:
        return None
    several = [sealed] if _object(own) is None else [sealed, own]
    return PrintData(COMPONENT, f"[{','.join(map(str, several))}]", text(form.get("templateURL")))


def label_in(told: Mapping[str, Any], waybill_no: str) -> PrintData:
    """The label of a number; raises Malformed where the answer is of another, or holds none."""
    label = label_of(told)
    if label is None or text(told.get("waybillCode")) != waybill_no:
        raise Malformed("sync_unread_answer", why="printData")
    return label


def order_of(told: Mapping[str, Any], order_id: str) -> Mapping[str, Any]:
    """An order as order.getOrderDetail tells it; raises Malformed for another or none."""
    if text(told.get("orderId")) != order_id:
        raise Malformed("sync_unread_answer", why="orderId")
    return told


def subscribed(told: Mapping[str, Any], account: XhsLabelAccount) -> list[dict[str, Any]]:
    """What the shop agreed with this courier; raises Malformed where there is no list."""
    if not isinstance(told.get("subscribeList"), list):
        raise Malformed("sync_unread_answer", why="subscribeList")
    listed = rows(told["subscribeList"])
    return [one for one in listed if text(one.get("cpCode")) == account.courier]


def is_meant(told: Mapping[str, Any], account: XhsLabelAccount) -> bool:
    """Whether an agreement is with the branch and brand this account names."""
    named = (("branchCode", account.branch), ("brandCode", account.brand))
    return all(wanted in ("", text(told.get(name))) for name, wanted in named)


def agreement_of(told: Mapping[str, Any]) -> Agreement:
    """One agreement: what it is asked by, and from where."""
    return Agreement(
        direct=number_of(told.get("cpType")) == DIRECT,
        branch=text(told.get("branchCode")),
        brand=text(told.get("brandCode")),
        customer=text(told.get("customerCode")),
        places=tuple(_place(one) for one in rows(told.get("senderAddressList"))),
    )


def outlet_of(told: Mapping[str, Any]) -> OutletRecord:
    """One branch; `left` only where its numbers are bought ahead."""
    agreed, used = agreement_of(told), mapping(told.get("usage"))
    return OutletRecord(
        courier=text(told.get("cpCode")),
        code=agreed.branch or agreed.customer,
        name=text(told.get("branchName")) or text(told.get("cpName")),
        left=None if agreed.direct else number_of(used.get("quantity")),
        senders=tuple(_sender(one) for one in agreed.places),
    )


def forms_of(told: Mapping[str, Any], account: XhsLabelAccount) -> dict[int, str]:
    """Ids of the courier's standard forms of the size this account wants, with their names."""
    found: dict[int, str] = {}
    for one in rows(told.get("templateList")):
        number = number_of(one.get("id"))
        standard = number_of(one.get("templateCustomerType")) in (None, _STANDARD)
        sized = text(one.get("templateType")) == account.form
        branded = text(one.get("brandCode")) in ("", account.brand)
        if number is not None and standard and sized and branded:
            found[number] = text(one.get("templateName"))
    return found


def _object(told: Any) -> dict[str, Any] | None:
    """What a text of JSON holds, where it is an object."""
    if not isinstance(told, str):
        return None
    try:
        return mapping(read_json(told.encode("utf-8", "replace"))) or None
    except Malformed:
        return None


def _place(told: Mapping[str, Any]) -> Place:
    where = mapping(told.get("address"))
    names = ("province", "city", "district", "town", "detail")
    return Place(*(text(where.get(name)) for name in names))


def _sender(place: Place) -> PartyRecord:
    street = f"{place.town}{place.detail}"
    return PartyRecord(
        *("", ""), province=place.province, city=place.city, district=place.district, address=street
    )
