"""What Douyin's e-waybill answers (op.jinritemai.com, logistics.*): numbers, labels, branches.

An answer says of each order what became of it: `ebill_infos` or `err_infos`. A no that asks to try
again, and one that is neither, leaves the order's number unknown, never refused.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from sync.carriers.douyin_ewaybill_couriers import COURIERS
from sync.carriers.ewaybill import refused
from sync.errors import Ambiguous, Malformed, Rejected, SyncError
from sync.reading import mapping, minor, rows, text
from sync.waybill_records import OutletRecord, PartyRecord, PrintData, WaybillAnswer

COMPONENT = "douyin"
# The platform's own noes that say "try again" (4007, 4029, 15001), and its words for it.
_AGAIN_CODES = re.compile(r"(^|[:/])(4007|4029|15001|-?10006)$")
_AGAIN_WORDS = re.compile("重试|系统|繁忙|超时|开了小差")
_FOREIGN = re.compile(r"(^|[:/])15000$")
# Kinds of courier whose numbers are bought ahead: 2 franchise, 4 own branches with accounts.
_COUNTED = frozenset({2, 4})
_ONE_SHEET = 1


def answer_of(told: Any, reference: str, asked: tuple[str, str], company: str) -> WaybillAnswer:
    """The number of one order.

    Raises:
        Rejected: Douyin's no to this order.
        Ambiguous: it may have a number: asked again, or an answer that does not say.
    """
    content = mapping(told)
    for info in rows(content.get("ebill_infos")):
        if _is_for(info, asked) and text(info.get("track_no")):
            return _answer(info, reference, company)
    for no in rows(content.get("err_infos")):
        if _is_for(no, asked):
            raise refusal_of(text(no.get("err_code")), text(no.get("err_msg")))
    raise Ambiguous("douyin_ewaybill_no_number", foreign_code=asked[0])


def refusal_of(code: str, words: str) -> SyncError:
    """What a no means, by its code and its words."""
    if _AGAIN_CODES.search(code) or _AGAIN_WORDS.search(words) or not words:
        return Ambiguous("douyin_ewaybill_away", foreign_code=code or "-", text=words[:500])
    if _FOREIGN.search(code):
        return Rejected("ewaybill_foreign_order", foreign_code=code, text=words)
    return refused(Rejected(foreign_code=code or "-", text=words))


def voided(told: Any) -> None:
    """Whether a cancel was done; raises Rejected where Douyin says no, Ambiguous where nothing."""
    done = mapping(mapping(told).get("cancel_result")).get("success")
    if done is False:
        raise Rejected("douyin_ewaybill_kept", foreign_code="cancel_result", text="false")
    if done is not True:
        raise Ambiguous("sync_unread_answer", why="cancel_result")


def form_of(told: Any, company: str) -> str:
    """The address of a courier's label form, of one sheet before two; "" where it has none."""
    listed = rows(mapping(told).get("template_data"))
    mine = next((row for row in listed if text(row.get("logistics_code")) == company), {})
    forms = [form for form in rows(mine.get("template_infos")) if text(form.get("template_url"))]
    forms.sort(key=lambda form: minor(form.get("template_type"), 0) != _ONE_SHEET)
    return text(forms[0]["template_url"]) if forms else ""


def label_of(told: Any, number: str, form: str) -> PrintData:
    """The sealed label of a number; raises Rejected for a no, Malformed where there is none."""
    content = mapping(told)
    for info in rows(content.get("waybill_infos")):
        data, sign = text(info.get("print_data")), text(info.get("sign"))
        if text(info.get("track_no")) == number and data:
            sealed = {"encryptedData": data, "signature": sign}
            return PrintData(COMPONENT, json.dumps(sealed, separators=(",", ":")), form)
    for no in rows(content.get("err_infos")):
        if text(no.get("track_no")) in {"", number}:
            raise refusal_of(text(no.get("err_code")), text(no.get("err_msg")))
    raise Malformed("sync_unread_answer", why="waybill_infos")


def outlets_of(told: Any, company: str) -> tuple[OutletRecord, ...]:
    """The branches a shop may take numbers of; `left` only where numbers are bought ahead."""
    content = mapping(told)
    if not isinstance(content.get("netsites"), list):
        raise Malformed("sync_unread_answer", why="netsites")
    kind = minor(content.get("company_type"), 0)
    return tuple(_outlet(site, company, kind) for site in rows(content["netsites"]))


def _outlet(site: Mapping[str, Any], company: str, kind: int | None) -> OutletRecord:
    own = minor(site.get("company_type"), 0) or kind
    amount = minor(site.get("amount"), 0)
    counted = own in _COUNTED and amount is not None and amount >= 0
    return OutletRecord(
        courier=text(site.get("company")) or company,
        code=text(site.get("netsite_code")),
        name=text(site.get("netsite_name")),
        left=amount if counted else None,
        senders=tuple(_sender(place) for place in rows(site.get("sender_address"))),
    )


def _sender(place: Mapping[str, Any]) -> PartyRecord:
    return PartyRecord(
        name="",
        phone="",
        province=text(place.get("province_name")),
        city=text(place.get("city_name")),
        district=text(place.get("district_name")),
        address=f"{text(place.get('street_name'))}{text(place.get('detail_address'))}",
    )


def _is_for(info: Mapping[str, Any], asked: tuple[str, str]) -> bool:
    """Whether a row speaks of this order and parcel; Douyin may leave the parcel out."""
    order, pack = asked
    return text(info.get("order_id")) == order and text(info.get("pack_id")) in {"", pack}


def _answer(info: Mapping[str, Any], reference: str, company: str) -> WaybillAnswer:
    number = text(info.get("track_no"))
    subs = (one.strip() for one in text(info.get("sub_waybill_codes")).split(","))
    centre = text(info.get("package_center_name")) or text(info.get("package_center_code"))
    told = text(info.get("company")) or company
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=tuple(one for one in dict.fromkeys(subs) if one and one != number),
        routing_mark=text(info.get("short_address_name")) or text(info.get("short_address_code")),
        sort_code=text(info.get("sort_code")) or centre,
        dest_code=text(info.get("package_center_code")),
        two_dimension_code="",
        product_name="",
        receiver_digest=None,
        raw=json.dumps(dict(info), ensure_ascii=False, default=str).encode("utf-8", "replace"),
        courier=COURIERS.get(told, told),
    )
