"""What Pinduoduo's e-waybill answers, read without believing it (open.pinduoduo.com)."""

import json
from collections.abc import Mapping
from typing import Any

from sync.carriers.cloudprint import label_of, subscribed_sender
from sync.carriers.ewaybill import COURIERS, DIRECT, number_of
from sync.errors import Ambiguous, Malformed
from sync.reading import mapping, rows, text
from sync.waybill_records import OutletRecord, PrintData, WaybillAnswer

COMPONENT = "pdd"


def answer_of(told: Mapping[str, Any], reference: str, wp_code: str) -> WaybillAnswer:
    """The number of our reference among the answers.

    Raises:
        Ambiguous: a yes in which it is not, or without a number.
    """
    mine = [one for one in rows(told.get("modules")) if text(one.get("object_id")) == reference]
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
        courier=COURIERS.get(wp_code, ""),
        print_data=label_of(COMPONENT, content) if content else None,
    )


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
