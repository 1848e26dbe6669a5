"""What Cainiao's e-waybill answers, read without believing it (open.taobao.com)."""

from collections.abc import Mapping
from typing import Any

from sync.carriers.cloudprint import answer_in, label_of, subscribed_sender
from sync.carriers.ewaybill import number_of
from sync.errors import Malformed, Rejected
from sync.reading import mapping, rows, text
from sync.waybill_records import OutletRecord, PrintData, WaybillAnswer

COMPONENT = "cainiao"
# Couriers of these kinds run their branches themselves: 1 without, 4 with branches to choose from.
PAID_LATER = (1, 4)


def answer_of(told: Mapping[str, Any], reference: str, cp_code: str) -> WaybillAnswer:
    """The number of our reference among the answers; raises Ambiguous where it is not there."""
    listed = rows(_within(told, "modules", "waybill_cloud_print_response"))
    return answer_in(listed, reference, COMPONENT, cp_code)


def label_in(told: Mapping[str, Any], waybill_no: str) -> PrintData:
    """The label of one number.

    Raises:
        Rejected: the platform says why it gives none.
        Malformed: it is not there.
    """
    listed = rows(_within(told, "modules", "waybill_cloud_print_with_result_desc_response"))
    for one in listed:
        found = mapping(one.get("waybill_cloud_print_response"))
        if text(found.get("waybill_code")) == waybill_no and text(found.get("print_data")):
            return label_of(COMPONENT, text(found.get("print_data")))
        if one.get("success") is False:
            why = text(one.get("error_message"))
            raise Rejected(foreign_code=text(one.get("error_code"))[:120], text=why)
    raise Malformed("sync_unread_answer", why="print_data")


def outlets_of(told: Mapping[str, Any]) -> tuple[OutletRecord, ...]:
    """Every branch the seller subscribed to, with what is left and where parcels may come from."""
    found = []
    subscribed = _within(told, "waybill_apply_subscription_cols", "waybill_apply_subscription_info")
    for courier in rows(subscribed):
        counted = number_of(courier.get("cp_type")) not in PAID_LATER
        for branch in rows(_within(courier, "branch_account_cols", "waybill_branch_account")):
            senders = rows(_within(branch, "shipp_address_cols", "address_dto"))
            found.append(
                OutletRecord(
                    text(courier.get("cp_code")),
                    text(branch.get("branch_code")),
                    text(branch.get("branch_name")),
                    number_of(branch.get("quantity")) if counted else None,
                    tuple(subscribed_sender(one) for one in senders),
                )
            )
    return tuple(found)


def form_of(told: Mapping[str, Any], cp_code: str) -> str:
    """The address of a courier's first standard form, "" where it has none."""
    listed = _within(mapping(told.get("result")), "datas", "standard_template_result")
    for courier in rows(listed):
        if text(courier.get("cp_code")) == cp_code:
            forms = rows(_within(courier, "standard_templates", "standard_template_do"))
            urls = (text(form.get("standard_template_url")) for form in forms)
            return next(filter(None, urls), "")
    return ""


def _within(told: Mapping[str, Any], name: str, element: str) -> Any:
    """A list as the platform writes one: an object around it that names its elements."""
    return mapping(told.get(name)).get(element)
