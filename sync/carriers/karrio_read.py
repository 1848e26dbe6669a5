"""What a Karrio server's answers mean (Karrio's OpenAPI: Shipment, ErrorResponse, ErrorMessages).

A shipment is bought when it has a tracking number and is no draft and not cancelled. The server's
own no stands under `errors`, the carrier's no under `messages` with status 424.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from sync.connector import refusal
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, TokenExpired
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import mapping, rows, text
from sync.waybill_records import WaybillAnswer

CANCELLED = "cancelled"
_NO_LABEL = frozenset({"draft", CANCELLED})
_LARGEST_LABEL = 500_000
# What the server says where it broke while the carrier was asked: the carrier may have sold.
_BROKE = "SHIPPING_SDK_INTERNAL_ERROR"
# Karrio's names of carriers, and ours (resources/rules/couriers.toml).
_COURIERS: Mapping[str, str] = {
    "usps": "usps",
    "usps_international": "usps",
    "ups": "ups",
    "fedex": "fedex",
    "dhl_express": "dhl",
    "dhl_universal": "dhl",
    "dhl_parcel_de": "dhl",
    "dhl_poland": "dhl",
    "mydhl": "dhl",
    "canadapost": "canada_post",
    "royalmail": "royal_mail",
    "australiapost": "australia_post",
}


def refused(answer: Answer, wait_ms: int | None) -> SyncError:
    """The refusal of one answer outside 2xx."""
    code, words = _told(answer.body)
    if answer.status == 401:
        return TokenExpired("karrio_wrong_key", foreign_code=code, text=words)
    if answer.status == 424 and code == _BROKE:
        return Ambiguous("karrio_broke", foreign_code=code, text=words)
    if answer.status == 500 and (code or words):
        return Ambiguous("karrio_broke", foreign_code=code or "500", text=words)
    if answer.status in (400, 404, 409, 422, 424):
        code = code or str(answer.status)
        return Rejected("karrio_refused", foreign_code=code, text=words, status=answer.status)
    return refusal(answer, wait_ms, words, code)


def is_bought(shipment: Mapping[str, Any]) -> bool:
    """Whether a shipment stands for a label that can be used."""
    return bool(text(shipment.get("tracking_number"))) and (
        text(shipment.get("status")) not in _NO_LABEL
    )


def waybill_answer(reference: str, told: Any, raw: bytes) -> WaybillAnswer:
    """The waybill of a shipment that was bought.

    Raises Ambiguous where it is no shipment of ours, or is not bought.
    """
    shipment = mapping(told)
    if not is_bought(shipment) or text(shipment.get("reference")) != reference:
        raise Ambiguous("karrio_no_number", reference=reference)
    return WaybillAnswer(
        reference=reference,
        waybill_no=text(shipment.get("tracking_number")),
        sub_nos=(),
        routing_mark="",
        sort_code="",
        dest_code="",
        two_dimension_code="",
        product_name=text(shipment.get("service")),
        receiver_digest=None,
        raw=raw,
        courier=_courier(shipment),
    )


def kept(shipment: Mapping[str, Any]) -> bytes:
    """One shipment of a list as it is kept: the others on its page are other parcels'."""
    return json.dumps(shipment, ensure_ascii=False, default=float).encode("utf-8", "replace")


def zpl_label(told: Any) -> str:
    """The label of a ShippingDocument; raises Malformed where no ZPL printer understands it."""
    document = mapping(told)
    try:
        label = base64.b64decode(text(document.get("base64")), validate=True).strip()
    except (ValueError, binascii.Error) as broken:
        raise Malformed("karrio_odd_label", text="base64") from broken
    if not label.startswith(b"^XA") or len(label) > _LARGEST_LABEL:
        raise Malformed("karrio_odd_label", text=text(document.get("format"))[:20] or "-")
    return label.decode("utf-8", "replace")


def _courier(shipment: Mapping[str, Any]) -> str:
    """Who moves the parcel: behind a hub it is the one the hub names."""
    name = text(shipment.get("carrier_name"))
    behind = text(mapping(shipment.get("meta")).get("carrier"))
    known = _COURIERS.get(behind) or _COURIERS.get(name)
    return known or re.sub(r"[^a-z0-9]+", "_", name.lower())[:40]


def _told(body: bytes) -> tuple[str, str]:
    """The code and the words of a refusal, cut short; empty where it gave none."""
    try:
        answer = mapping(read_json(body))
    except Malformed:
        return "", ""
    found = [*rows(answer.get("errors")), *rows(answer.get("messages"))]
    said = [text(row.get("message")) for row in found]
    codes = [text(row.get("code")) for row in found]
    first = _BROKE if _BROKE in codes else next((code for code in codes if code), "")
    return first[:80], " ".join(each for each in said if each)[:300]
