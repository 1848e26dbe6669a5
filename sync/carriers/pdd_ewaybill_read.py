"""What Pinduoduo's e-waybill answers, read without believing it (open.pinduoduo.com)."""

from collections.abc import Mapping
from typing import Any

from sync.carriers.cloudprint import answer_in, label_of, subscribed_sender
from sync.carriers.ewaybill import DIRECT, number_of
from sync.errors import Malformed
from sync.reading import mapping, rows, text
from sync.waybill_records import OutletRecord, PrintData, WaybillAnswer

COMPONENT = "pdd"


def answer_of(told: Mapping[str, Any], reference: str, wp_code: str) -> WaybillAnswer:
    """The number of our reference among the answers; raises Ambiguous where it is not there."""
    listed = rows(told.get("modules"))
    return answer_in(listed, reference, COMPONENT, wp_code)


def label_in(told: Mapping[str, Any], waybill_no: str) -> PrintData:
    """The label of one number; raises Malformed where it is not there."""
    for one in rows(told.get("modules")):
        found = mapping(one.get("waybill_cloud_print_response"))
        if text(found.get("waybill_code")) == waybill_no and text(found.get("print_data")):
            return label_of(COMPONENT, text(found.get("print_data")))
    raise Malformed("sync_unread_answer", why="print_data")


def outlets_of(told: Mapping[str, Any]) -> tuple[OutletRecord, ...]:
    """Every branch the shop subscribed to, with what is left and where parcels may come from."""
    found = []
    for courier in rows(told.get("waybill_apply_subscription_cols")):
        counted = number_of(courier.get("wp_type")) != DIRECT
        for branch in rows(courier.get("branch_account_cols")):
            left = number_of(branch.get("quantity")) if counted else None
            found.append(
                OutletRecord(
                    text(courier.get("wp_code")),
                    text(branch.get("branch_code")),
                    text(branch.get("branch_name")),
                    left,
                    tuple(subscribed_sender(one) for one in rows(branch.get("shipp_address_cols"))),
                )
            )
    return tuple(found)


def form_of(told: Mapping[str, Any], wp_code: str) -> str:
    """The address of a courier's first standard form, "" where it has none."""
    result = mapping(told.get("result"))
    for courier in rows(result.get("datas")):
        if text(courier.get("wp_code")) == wp_code:
            forms = (
                text(r.get("standard_template_url"))
                for r in rows(courier.get("standard_templates"))
            )
            return next(filter(None, forms), "")
    return ""
