"""What Kuaidi100's answers mean (api.kuaidi100.com/document, the tables of return codes).

Three interfaces, three shapes. A label order says success, code, message, data; 200 is a yes, and
30011 is the first yes given again under the same orderId. A query and a subscription say a no as
result, returnCode, message. What is neither leaves a label order unknown, never rejected.
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

DONE = frozenset({"200", "30011"})
# "No result yet" and, from older accounts, the same in the field of a yes.
UNTOLD = frozenset({"500", "201"})
DAY_MS = 24 * 3_600_000
_BUSY = re.compile("繁忙|超时|异常|稍后|重试|系统错误|网络|服务器")
_LOCKED = re.compile("锁|频繁|次数")
_CANCELLED = re.compile("已(经)?取消|重复取消|已销单")
_OWN_NO = re.compile(r"30[0-9]{3}")

Meaning = tuple[type[SyncError], str]
_ORDER: Mapping[str, Meaning] = {
    "-1": (Ambiguous, "kuaidi100_backend_away"),
    "30002": (TokenExpired, "kuaidi100_bad_signature"),
    "30003": (PermissionMissing, "kuaidi100_account_refused"),
    "30004": (PermissionMissing, "kuaidi100_no_balance"),
    # The older family of codes, which some answers still carry.
    "501": (AlreadyThere, ""),
    "503": (TokenExpired, "kuaidi100_bad_signature"),
    "600": (TokenExpired, "kuaidi100_bad_signature"),
    "601": (PermissionMissing, "kuaidi100_no_balance"),
}
_QUERY: Mapping[str, Meaning] = {
    "400": (Rejected, "kuaidi100_refused"),
    "408": (Rejected, "kuaidi100_phone_wrong"),
    "501": (Ambiguous, "kuaidi100_backend_away"),
    "502": (Ambiguous, "kuaidi100_backend_away"),
    "503": (TokenExpired, "kuaidi100_bad_signature"),
    "504": (Throttled, "kuaidi100_busy"),
    "601": (PermissionMissing, "kuaidi100_no_balance"),
}
_FOLLOW: Mapping[str, Meaning] = {
    "500": (Ambiguous, "kuaidi100_backend_away"),
    "600": (TokenExpired, "kuaidi100_bad_signature"),
    "601": (PermissionMissing, "kuaidi100_no_balance"),
    "700": (Rejected, "kuaidi100_refused"),
    "701": (Rejected, "kuaidi100_refused"),
    "702": (Rejected, "kuaidi100_refused"),
}
# A subscription made twice is the first one still.
_FOLLOWED = frozenset({"200", "501"})


@dataclass(frozen=True, slots=True)
class Told:
    """One answer to a label order: whether it is a yes, its code, its words, its content."""

    good: bool
    code: str
    reason: str
    content: dict[str, Any]
    raw: bytes


def told_of(answer: Any, raw: bytes) -> Told:
    """Read a label order's frame; raises Malformed where it has none or contradicts itself."""
    frame = mapping(answer)
    code, success = text(frame.get("code")), frame.get("success")
    if not code:
        raise Malformed("sync_unread_answer", why="code")
    good = code in DONE
    if isinstance(success, bool) and success != good:
        raise Malformed("sync_unread_answer", why="success")
    return Told(good, code, text(frame.get("message")), mapping(frame.get("data")), raw)


def refusal_of(told: Told) -> SyncError:
    """What a no to a label order means; one nobody told us about leaves all open."""
    known = {"foreign_code": told.code, "text": told.reason[:500]}
    kind, ours = _ORDER.get(told.code, (SyncError, ""))
    if kind is not SyncError:
        return kind(ours, **known)
    if _BUSY.search(told.reason):
        return Ambiguous("kuaidi100_backend_away", **known)
    if _OWN_NO.fullmatch(told.code) and told.reason:
        return Rejected("kuaidi100_refused", **known)
    return Ambiguous("kuaidi100_backend_away", **known)


def is_cancelled(told: Told) -> bool:
    """Whether a refused void was refused because it is void already."""
    return _CANCELLED.search(told.reason) is not None


def waybill_answer(reference: str, told: Told, courier: str) -> WaybillAnswer:
    """The waybill in the yes to an order; Ambiguous where it has no number.

    The answer does not repeat our orderId, so it is believed as the answer to what was asked.
    """
    data = told.content
    number = text(data.get("kuaidinum"))
    if not number:
        raise Ambiguous("kuaidi100_no_number", foreign_code=told.code)
    subs = (one.strip() for one in text(data.get("childNum")).split(","))
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=tuple(one for one in dict.fromkeys(subs) if one and one != number),
        routing_mark=text(data.get("bulkpen")),
        sort_code=_first(data, "destSortingCode", "pkgName", "pkgCode"),
        dest_code=text(data.get("destCode")),
        two_dimension_code=_first(data, "twoDimensionCode", "qrCode"),
        product_name=_first(data, "expressName", "proName"),
        receiver_digest=None,
        raw=told.raw,
        courier=courier,
    )


def track_of(answer: Any) -> dict[str, Any]:
    """The parcel in the answer to a query; {} where nothing is known of it yet.

    Raises the error that stands for Kuaidi100's no.
    """
    frame = mapping(answer)
    code = text(frame.get("returnCode")) or text(frame.get("status"))
    if not code:
        raise Malformed("sync_unread_answer", why="status")
    if code in UNTOLD:
        return {}
    if code == "200":
        if not isinstance(frame.get("data"), list):
            raise Malformed("sync_unread_answer", why="data")
        return frame
    raise _no(_QUERY, code, text(frame.get("message")))


def followed(answer: Any) -> None:
    """Whether a subscription stands; raises the error that stands for Kuaidi100's no."""
    frame = mapping(answer)
    code = text(frame.get("returnCode"))
    if not code:
        raise Malformed("sync_unread_answer", why="returnCode")
    if code not in _FOLLOWED:
        raise _no(_FOLLOW, code, text(frame.get("message")))


def _no(meanings: Mapping[str, Meaning], code: str, reason: str) -> SyncError:
    known = {"foreign_code": code, "text": reason[:500]}
    kind, ours = meanings.get(code, (Ambiguous, "kuaidi100_backend_away"))
    of_the_number = kind in (Rejected, Ambiguous) and not _BUSY.search(reason)
    if of_the_number and _LOCKED.search(reason):
        return Throttled("kuaidi100_number_locked", retry_after_ms=DAY_MS, **known)
    return kind(ours, **known)


def _first(data: Mapping[str, Any], *names: str) -> str:
    return next((told for told in (text(data.get(name)) for name in names) if told), "")
