"""What Kuaishou's e-waybill answers, read without believing it.

The names of an answer's fields come from public programs that use the platform's own SDK: a row of
`data` has our `requestId` and a list of numbers, each with its sealed label. How a row says no is
published nowhere, so one without a number leaves it unknown.
"""

import json
from collections.abc import Mapping
from typing import Any

from sync.carriers.ewaybill import COURIERS, number_of
from sync.carriers.kuaishou_ewaybill_account import KuaishouLabelAccount
from sync.errors import Ambiguous, Malformed
from sync.reading import mapping, rows, text
from sync.waybill_records import OutletRecord, PartyRecord, PrintData, WaybillAnswer

COMPONENT = "kuaishou"
# Under which names the print component takes what the platform sealed.
_SEALED = {
    "encryptedData": "printData",
    "signature": "signature",
    "key": "key",
    "ver": "version",
}


def answer_of(told: Any, reference: str, account: KuaishouLabelAccount) -> WaybillAnswer:
    """The number of our reference; raises Ambiguous where the answer names none."""
    mine = [one for one in rows(told) if text(one.get("requestId")) == reference]
    found = [one for row in mine for one in rows(row.get("data")) if text(one.get("waybillCode"))]
    if len(mine) != 1 or not found:
        raise Ambiguous("kuaishou_ewaybill_no_number", reference=reference)
    number = text(found[0].get("waybillCode"))
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
        print_data=_label_of(found[0], account.template_url),
    )


def order_of(told: Any) -> Mapping[str, Any]:
    """An order as open.order.detail tells it; raises Malformed where it is none."""
    order = mapping(told)
    if not mapping(order.get("orderBaseInfo")):
        raise Malformed("sync_unread_answer", why="orderBaseInfo")
    return order


def outlets_of(told: Any, account: KuaishouLabelAccount) -> tuple[OutletRecord, ...]:
    """The branches of a courier; numbers are counted where the account has a branch."""
    if not isinstance(told, list):
        raise Malformed("sync_unread_answer", why="subscribe")
    return tuple(_outlet(one, account) for one in rows(told))


def _outlet(told: Mapping[str, Any], account: KuaishouLabelAccount) -> OutletRecord:
    counted = not account.settle_account
    return OutletRecord(
        courier=text(told.get("expressCompanyCode")) or account.courier,
        code=text(told.get("netSiteCode")),
        name=text(told.get("netSiteName")),
        left=number_of(told.get("availableQuantity")) if counted else None,
        senders=tuple(_sender(place) for place in rows(told.get("senderAddress"))),
    )


def _sender(place: Mapping[str, Any]) -> PartyRecord:
    names = ("provinceName", "cityName", "districtName", "streetName", "detailAddress")
    province, city, district, street, detail = (text(place.get(name)) for name in names)
    address = detail if detail.startswith(street) else f"{street}{detail}"
    return PartyRecord("", "", province=province, city=city, district=district, address=address)


def _label_of(told: Mapping[str, Any], form: str) -> PrintData | None:
    """A number's sealed label; None where it did not come with it."""
    sealed = {ours: text(told.get(theirs)) for ours, theirs in _SEALED.items()}
    if not sealed["encryptedData"]:
        return None
    return PrintData(COMPONENT, json.dumps(sealed, separators=(",", ":")), form)
