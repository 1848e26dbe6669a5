"""The request for numbers of a cloud label, as Cainiao drew it up and Pinduoduo took it over.

Pure. A text is made once, stored, and sent as it stands on every try; the label's form alone is put
in by the connector where the shop named none, for it must be asked for first.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sync.carriers.ewaybill import COURIERS, package_id, short
from sync.carriers.phones import mobile_and_other
from sync.carriers.prepared import exact_text
from sync.errors import Ambiguous, Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping, text
from sync.waybill_records import PartyRecord, PrintData, WaybillAnswer, WaybillAsk

APPLY = "param_waybill_cloud_print_apply_new_request"
MOST_GOODS = 100
MOST_GOODS_NAME = 100
ORDERS, FORM = "trade_order_info_dtos", "template_url"
_NEEDS = ("name", "phone", "province", "city", "district", "address")


def order_of(ask: WaybillAsk, channel: str, user_id: str, form: str) -> dict[str, Any]:
    """One order of a call, without its receiver; `channel` is the platform's code of its market."""
    order: dict[str, Any] = {
        "object_id": ask.reference,
        "order_info": {"order_channels_type": channel, "trade_order_list": [ask.order_id]},
        "package_info": {
            "id": package_id(ask.reference),
            "items": [
                {"count": good.quantity, "name": short(good.name, MOST_GOODS_NAME)}
                for good in ask.goods[:MOST_GOODS]
            ],
            "weight": ask.weight_g,
        },
        "user_id": user_id,
    }
    return order | ({FORM: form} if form else {})


def party(told: PartyRecord) -> dict[str, Any]:
    """A person and where they are; a phone that is no mobile (a masked one too) is told as such."""
    mobile, other = mobile_and_other(told.phone)
    # A ciphertext or a masked number stands for a mobile.
    if other and not other.replace("-", "").isdigit():
        mobile, other = other, ""
    phones = {"mobile": mobile, "phone": other}
    return {
        "name": told.name,
        **{name: phone for name, phone in phones.items() if phone},
        "address": {
            "province": told.province,
            "city": told.city,
            "district": told.district,
            "detail": told.address,
        },
    }


def refuse_gaps(sender: PartyRecord, receiver: PartyRecord, *, hidden: bool) -> None:
    """Raises Rejected for what must not be empty, and for stars where nothing `hidden` came."""
    for place, why in _gaps(sender, receiver, hidden):
        raise Rejected("waybill_ask_refused", field=place, text=f"{place}: {why}")


def with_form(prepared: bytes, url: str) -> str:
    """The text with the label's form in it, where the shop named none; else as it stands."""
    told = json.loads(prepared)
    orders = told[ORDERS]
    if all(FORM in order for order in orders):
        return prepared.decode()
    told[ORDERS] = [{**order, FORM: url} for order in orders]
    return exact_text(told).decode()


def reference_of(prepared: bytes) -> str:
    """Our reference in a prepared text, or "" where the text cannot be read."""
    try:
        return str(json.loads(prepared)[ORDERS][0]["object_id"])
    except (ValueError, KeyError, TypeError, IndexError):
        return ""


def label_of(component: str, content: str) -> PrintData:
    """A label as it came; its form's address stands in it, under one of two spellings."""
    try:
        told: Mapping[str, Any] = mapping(read_json(content.encode("utf-8", "replace")))
    except Malformed:
        told = {}
    return PrintData(component, content, text(told.get("templateURL") or told.get("templateUrl")))


def answer_in(
    listed: list[dict[str, Any]], reference: str, component: str, courier: str
) -> WaybillAnswer:
    """The number of our reference among the answers of one call.

    Raises:
        Ambiguous: a yes in which it is not, or without a number.
    """
    mine = [one for one in listed if text(one.get("object_id")) == reference]
    number = text(mine[0].get("waybill_code")) if len(mine) == 1 else ""
    if not number:
        raise Ambiguous("ewaybill_no_number", reference=reference)
    content = text(mine[0].get("print_data"))
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
        raw=json.dumps(mine[0], ensure_ascii=False).encode("utf-8", "replace"),
        courier=COURIERS.get(courier, ""),
        print_data=label_of(component, content) if content else None,
    )


def subscribed_sender(told: Mapping[str, Any]) -> PartyRecord:
    """An address parcels may come from; nobody's name stands with it."""
    names = ("province", "city", "district", "detail")
    province, city, district, detail = (text(told.get(name)) for name in names)
    return PartyRecord("", "", province=province, city=city, district=district, address=detail)


def _gaps(sender: PartyRecord, receiver: PartyRecord, hidden: bool) -> Iterator[tuple[str, str]]:
    for who, one in (("sender", sender), ("receiver", receiver)):
        for name in _NEEDS:
            if not getattr(one, name).strip():
                yield f"{who}.{name}", "missing"
    for name in ("name", "phone"):
        if not hidden and "*" in getattr(receiver, name):
            yield f"receiver.{name}", "masked, and what the platform knows it by did not come"
