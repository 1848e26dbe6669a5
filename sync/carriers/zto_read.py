"""What ZTO's answers mean (open.zto.com, "error codes").

`status` says yes or no; codes of a yes differ from service to service ("0000", "SYS000") and are
not looked at. A no of the gateway has a code of the S family; any other no is the service's own.
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
from sync.reading import mapping, text
from sync.waybill_records import WaybillAnswer

# The gateway's noes. S200, S202 and S203 say that the service behind it did not answer well.
_GATEWAY: Mapping[str, tuple[type[SyncError], str]] = {
    "S200": (Ambiguous, "zto_backend_away"),
    "S202": (Ambiguous, "zto_backend_away"),
    "S203": (Ambiguous, "zto_backend_away"),
    "S206": (Throttled, "zto_busy"),
    "S221": (Throttled, "zto_busy"),
    "S207": (PermissionMissing, "zto_no_permission"),
    "S210": (PermissionMissing, "zto_no_permission"),
    "S212": (PermissionMissing, "zto_address_refused"),
    "S211": (TokenExpired, "zto_bad_signature"),
    "S214": (TokenExpired, "zto_clock_off"),
    "E404": (PermissionMissing, "zto_account_unbound"),
    "E418": (PermissionMissing, "zto_account_unbound"),
    "E409": (Rejected, "zto_phone_needed"),
    "E413": (Rejected, "zto_phone_needed"),
}
_THERE = re.compile("已存在|重复")
_THEIR_SIDE = re.compile("繁忙|超时|稍后|重试|系统异常|系统错误")
_CANCELLED = re.compile("已(经)?取消|重复取消")


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: whether it is a yes, its code, its words, what it carries."""

    good: bool
    code: str
    message: str
    result: Any
    raw: bytes


def told_of(answer: Any, raw: bytes) -> Told:
    """Read an answer's frame; raises Malformed where it has none."""
    content = mapping(answer)
    status = content.get("status")
    if isinstance(status, str) and status.lower() in {"true", "false"}:
        status = status.lower() == "true"
    if not isinstance(status, bool):
        raise Malformed("sync_unread_answer", why="status")
    code = text(content.get("statusCode"))
    return Told(status, code, text(content.get("message")), content.get("result"), raw)


def refusal_of(told: Told) -> SyncError:
    """What a no means, by its code, then by its words; a wordless one leaves all open."""
    known = {"foreign_code": told.code or "-", "text": told.message[:500]}
    if told.code in _GATEWAY:
        kind, ours = _GATEWAY[told.code]
        return kind(ours, **known)
    if _THERE.search(told.message):
        return AlreadyThere(foreign_code=told.code)
    if _THEIR_SIDE.search(told.message) or not told.message:
        return Ambiguous("zto_backend_away", **known)
    return Rejected("zto_refused", foreign_code=told.code or "-", text=told.message)


def is_cancelled(told: Told) -> bool:
    """Whether a refused void was refused because it is void already."""
    return _CANCELLED.search(told.message) is not None


def waybill_answer(reference: str, told: Told) -> WaybillAnswer:
    """The waybill in the answer to a create.

    Raises:
        Ambiguous: a yes without a number, or about another order.
    """
    result = mapping(told.result)
    number, ours = text(result.get("billCode")), text(result.get("partnerOrderCode"))
    if ours not in {"", reference}:
        raise Ambiguous("zto_foreign_answer", reference=reference)
    if not number:
        raise Ambiguous("zto_no_number", foreign_code=told.code)
    mark = mapping(result.get("bigMarkInfo"))
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=(),
        routing_mark=text(mark.get("mark")),
        sort_code=text(mark.get("bagAddr")),
        dest_code="",
        two_dimension_code="",
        product_name="",
        receiver_digest=None,
        raw=told.raw,
    )
