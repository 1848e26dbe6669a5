"""What EasyPost's answers mean (docs.easypost.com: Shipment, Tracker, Errors).

A shipment is bought when it has a tracking code; one without was made and not bought, which costs
nothing. Errors stand under `error` with a code and a message; 402 is an empty purse, 422 a field.
"""

import re
from collections.abc import Mapping
from typing import Any

from sync.connector import refusal
from sync.errors import Ambiguous, Malformed, PermissionMissing, Rejected, SyncError, TokenExpired
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import mapping, rows, text
from sync.waybill_records import WaybillAnswer

# A refund that runs or ended: the label must not be used any more.
REFUNDED = frozenset({"submitted", "refunded"})
_GONE = "NOT_FOUND"
# EasyPost's names of carriers, and ours (resources/rules/couriers.toml).
_COURIERS: Mapping[str, str] = {
    "USPS": "usps",
    "UPS": "ups",
    "UPSDAP": "ups",
    "FedEx": "fedex",
    "FedExDefault": "fedex",
    "DHLExpress": "dhl",
    "CanadaPost": "canada_post",
    "RoyalMail": "royal_mail",
    "AustraliaPost": "australia_post",
}


def refused(answer: Answer, wait_ms: int | None) -> SyncError:
    """The refusal of one answer outside 2xx."""
    code, words = _told(answer.body)
    if answer.status == 401:
        return TokenExpired("easypost_wrong_key", foreign_code=code, text=words)
    if answer.status == 402:
        return PermissionMissing("easypost_no_money", foreign_code=code, text=words)
    if answer.status == 404:
        return Rejected(foreign_code=_GONE, text=words, status=404)
    if answer.status in (400, 422):
        return Rejected("easypost_refused", foreign_code=code, text=words, status=answer.status)
    return refusal(answer, wait_ms, words, code)


def is_unknown(no: Rejected) -> bool:
    """Whether a refusal says that EasyPost has nothing under that id."""
    return no.foreign_code == _GONE


def waybill_answer(reference: str, told: Any, raw: bytes) -> WaybillAnswer:
    """The waybill of a shipment that was bought.

    Raises Ambiguous where it is no shipment of ours, or has no tracking code.
    """
    shipment = mapping(told)
    number = text(shipment.get("tracking_code"))
    if not number or text(shipment.get("reference")) != reference:
        raise Ambiguous("easypost_no_number", reference=reference)
    rate = mapping(shipment.get("selected_rate"))
    carrier = text(rate.get("carrier"))
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=(),
        routing_mark="",
        sort_code="",
        dest_code="",
        two_dimension_code="",
        product_name=text(rate.get("service")),
        receiver_digest=None,
        raw=raw,
        courier=_COURIERS.get(carrier, re.sub(r"[^a-z0-9]+", "_", carrier.lower())[:40]),
    )


def label_address(told: Any) -> str:
    """Where the label lies that a printer understands; "" where it is not made yet."""
    return text(mapping(mapping(told).get("postage_label")).get("label_zpl_url"))


def _told(body: bytes) -> tuple[str, str]:
    """The code and the words of a refusal, cut short; empty where it gave none."""
    try:
        error = mapping(mapping(read_json(body)).get("error"))
    except Malformed:
        return "", ""
    said = [text(error.get("message"))]
    found = error.get("errors")
    said += [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
    said += [f"{text(row.get('field'))} {text(row.get('message'))}" for row in rows(found)]
    return text(error.get("code"))[:80], " ".join(each for each in said if each)[:300]
