"""What SF's answers mean: two layers of result, one outcome (carriers_labels.md A1).

The outer `apiResultCode` A1000 only says that the gateway let the request through; the business
result stands inside, as JSON in a text. An answer that is neither a clear yes nor one of SF's own
clear noes leaves a write unknown, never rejected (consistency.md 2.2).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.carriers.duplicate import AlreadyThere
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.json_text import read_json
from sync.waybill_records import WaybillAnswer

NOT_FOUND = frozenset({"6150", "8018", "8024"})
ALREADY_CANCELLED = "8037"
DUPLICATE = "8016"
CAPACITY_PEAK = "8177"
# SF says "later", not when; ten minutes is ours.
CAPACITY_WAIT_MS = 600_000

# Business noes are numbers. Of the S-codes only these speak of the request; S0003 is "our side
# failed", after which anything may have happened. Unconfirmed by a live account.
_CLEAR_NO = re.compile(r"[0-9]{4,5}|S000[124567]")
_GATEWAY: Mapping[str, tuple[type[SyncError], str]] = {
    "A1002": (TokenExpired, "sf_token_expired"),
    "A1011": (TokenExpired, "sf_token_expired"),
    "A1006": (TokenExpired, "sf_bad_signature"),
    "A1003": (PermissionMissing, "sf_address_refused"),
    "A1004": (PermissionMissing, "sf_no_permission"),
    "A1010": (PermissionMissing, "sf_no_permission"),
    "A1005": (Throttled, "sf_busy"),
    "A1007": (AlreadyThere, ""),
}
_GATEWAY_NO = frozenset({"A1001", "A1008"})


@dataclass(frozen=True, slots=True)
class Inner:
    """The business result: `code` S0000 is a yes, `data` is what it carries."""

    code: str
    text: str
    data: Any
    raw: bytes

    @property
    def good(self) -> bool:
        """Whether SF did what was asked."""
        return self.code == "S0000"


def inner_result(outer: Any, raw: bytes) -> Inner:
    """The business result inside a gateway answer; raises where there is none.

    Raises:
        SyncError: the gateway's no, by its code; Malformed where the answer has no such shape.
    """
    if not isinstance(outer, dict) or not isinstance(outer.get("apiResultCode"), str):
        raise Malformed("sync_unread_answer", why="apiResultCode")
    if outer["apiResultCode"] != "A1000":
        raise gateway_error(outer["apiResultCode"], _text(outer.get("apiErrorMsg")))
    told = outer.get("apiResultData")
    result = read_json(told.encode("utf-8", "replace")) if isinstance(told, str) else told
    if not isinstance(result, dict) or not isinstance(result.get("errorCode"), str):
        raise Malformed("sync_unread_answer", why="apiResultData")
    inner = Inner(
        result["errorCode"], _text(result.get("errorMsg")), _unpacked(result.get("msgData")), raw
    )
    if inner.good != (_text(result.get("success")).lower() == "true"):
        raise Malformed("sync_unread_answer", why="success")
    return inner


def gateway_error(code: str, text: str) -> SyncError:
    """What the gateway's own code means; one it never told us about leaves all open."""
    if code in _GATEWAY_NO:
        return Rejected("sf_refused", foreign_code=code, text=text)
    if code in _GATEWAY:
        kind, ours = _GATEWAY[code]
        return kind(ours, foreign_code=code)
    return Ambiguous("sf_backend_away", foreign_code=code)


def business_error(inner: Inner) -> SyncError:
    """What a business result other than S0000 means."""
    if inner.code == DUPLICATE:
        return AlreadyThere(foreign_code=inner.code)
    if inner.code == CAPACITY_PEAK:
        return Throttled("sf_capacity_peak", retry_after_ms=CAPACITY_WAIT_MS, text=inner.text[:200])
    if _CLEAR_NO.fullmatch(inner.code):
        return Rejected("sf_refused", foreign_code=inner.code, text=inner.text)
    return Ambiguous("sf_backend_away", foreign_code=inner.code)


def waybill_answer(reference: str, inner: Inner) -> WaybillAnswer:
    """The waybill in the answer to a create or a lookup.

    Raises:
        Ambiguous: SF has the order and no waybill yet, or answered about another order.
        Rejected: SF does not serve the address and gave no waybill.
    """
    data = inner.data if isinstance(inner.data, dict) else {}
    if _text(data.get("orderId")) != reference:
        raise Ambiguous("sf_foreign_answer", reference=reference)
    mains, subs = _numbers(data.get("waybillNoInfoList"))
    if len(mains) != 1:
        raise _no_waybill(data, len(mains))
    label = _label(data.get("routeLabelInfo"), mains[0])
    return WaybillAnswer(
        reference=reference,
        waybill_no=mains[0],
        sub_nos=subs,
        routing_mark=_text(label.get("destRouteLabel")),
        sort_code=_text(label.get("codingMapping")),
        dest_code=_text(data.get("destCode")) or _text(label.get("destCityCode")),
        two_dimension_code=_text(label.get("twoDimensionCode")),
        product_name=_text(label.get("proName")),
        receiver_digest=None,
        raw=inner.raw,
    )


def _no_waybill(data: Mapping[str, Any], mains: int) -> SyncError:
    if mains == 0 and _text(data.get("filterResult")) == "3":
        return Rejected("sf_not_deliverable", foreign_code="3", text=_text(data.get("remark")))
    return Ambiguous("sf_no_waybill_yet", mains=mains)


def _numbers(listed: Any) -> tuple[list[str], tuple[str, ...]]:
    """(main numbers, sub numbers); a number for the signed receipt (type 3) is neither."""
    found: dict[str, list[str]] = {"1": [], "2": []}
    for entry in listed if isinstance(listed, list) else []:
        number = _text(entry.get("waybillNo")) if isinstance(entry, dict) else ""
        if number:
            found.get(_text(entry.get("waybillType")), []).append(number)
    return found["1"], tuple(found["2"])


def _label(listed: Any, waybill_no: str) -> Mapping[str, Any]:
    """The route label of this waybill; empty where SF could not make one (code other than 1000)."""
    for entry in listed if isinstance(listed, list) else []:
        data = entry.get("routeLabelData") if isinstance(entry, dict) else None
        if not isinstance(data, dict) or _text(entry.get("code")) != "1000":
            continue
        if _text(data.get("waybillNo")) in ("", waybill_no):
            return data
    return {}


def _unpacked(data: Any) -> Any:
    """The object in msgData; some services write it as JSON in a text once more."""
    if isinstance(data, str) and data[:1] in ("{", "["):
        return read_json(data.encode("utf-8", "replace"))
    return data


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
