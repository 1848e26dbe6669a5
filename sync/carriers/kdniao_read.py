"""What Kdniao's answers mean (kdniao.com/documents, "result codes").

100 is a yes. 106 says that this order number was bought before and gives the first waybill again:
as good as a yes. Older papers say 105 for a number that exists; the newer say "other error, see
Reason", so its words decide. A no without a code is a no too. What is neither leaves a write
unknown, never rejected.
"""

import re
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

DONE = frozenset({"100", "106"})
AGAIN = "106"
OVER_DAILY_LIMIT = "405"
# Codes that speak of the request; "" is the shape of a plain refusal, which carries none.
_CLEAR_NO = frozenset({"", "101", "102", "103", "104", "105", "401", "402", "403", "404"})
# The daily allowance comes back at midnight in China; an hour is how often that is tried.
DAY_WAIT_MS = 3_600_000
_CANCELLED = re.compile("已(经)?取消|重复取消")
# (codes, words, what it is, our code), the first that fits; no codes: any code.
_MEANINGS: tuple[tuple[frozenset[str], str, type[SyncError], str], ...] = (
    (frozenset(), "频繁|限流|超(过|出).*(次数|限制)", Throttled, "kdniao_busy"),
    (frozenset(), "签名|(?i:DataSign|ApiKey|API key)", TokenExpired, "kdniao_bad_signature"),
    (frozenset({"104"}), "", PermissionMissing, "kdniao_user_refused"),
    (frozenset({AGAIN}), "", AlreadyThere, ""),
    (frozenset({"105", ""}), "已存在|重复|已下单", AlreadyThere, ""),
    (frozenset(), "繁忙|超时|异常|稍后|重试|系统错误|网络", Ambiguous, "kdniao_backend_away"),
    (_CLEAR_NO - {""}, "", Rejected, "kdniao_refused"),
    (frozenset({""}), ".", Rejected, "kdniao_refused"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: whether it is a yes, its code ("" where it has none), its words, its content."""

    good: bool
    code: str
    reason: str
    content: dict[str, Any]
    raw: bytes


def told_of(answer: Any, raw: bytes) -> Told:
    """Read an answer's frame; raises Malformed where it has none or contradicts itself."""
    content = mapping(answer)
    success, code = content.get("Success"), text(content.get("ResultCode"))
    if isinstance(success, str) and success.lower() in {"true", "false"}:
        success = success.lower() == "true"
    if not isinstance(success, bool):
        raise Malformed("sync_unread_answer", why="Success")
    if code and success != (code in DONE) and not (code == AGAIN and not success):
        raise Malformed("sync_unread_answer", why="ResultCode")
    return Told(success, code, text(content.get("Reason")), content, raw)


def refusal_of(told: Told) -> SyncError:
    """What a no means, by its code and its words; one nobody told us about leaves all open."""
    if told.code == OVER_DAILY_LIMIT:
        return Throttled("kdniao_query_limit", retry_after_ms=DAY_WAIT_MS)
    known = {"foreign_code": told.code or "-", "text": told.reason[:500]}
    for codes, words, kind, ours in _MEANINGS:
        if (not codes or told.code in codes) and re.search(words, told.reason):
            return kind(ours, **known)
    return Ambiguous("kdniao_backend_away", **known)


def is_cancelled(told: Told) -> bool:
    """Whether a refused void was refused because it is void already."""
    return _CANCELLED.search(told.reason) is not None


def is_untold(told: Told) -> bool:
    """Whether a no to a query means that nothing is known yet: no code, no reason, no traces."""
    return not told.code and not told.reason and told.content.get("Traces") == []


def waybill_answer(reference: str, told: Told, courier: str) -> WaybillAnswer:
    """The waybill in the answer to a 1007.

    Raises:
        AlreadyThere: it was bought before, and the answer does not repeat its number.
        Ambiguous: a yes without a number, or about another order.
    """
    order = mapping(told.content.get("Order"))
    number = text(order.get("LogisticCode"))
    if number and text(order.get("OrderCode")) != reference:
        raise Ambiguous("kdniao_foreign_answer", reference=reference)
    if not number:
        if told.code == AGAIN:
            raise AlreadyThere(foreign_code=told.code)
        raise Ambiguous("kdniao_no_number", foreign_code=told.code)
    package = text(order.get("PackageName")) or text(order.get("PackageCode"))
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=_sub_numbers(told.content.get("SubOrders"), number),
        routing_mark=text(order.get("MarkDestination")),
        # Sorters read one of the two; not every courier gives a sorting code.
        sort_code=text(order.get("SortingCode")) or package,
        # "DestinatioCode" is how Kdniao spells it.
        dest_code=text(order.get("DestinatioCode")),
        two_dimension_code="",
        product_name="",
        receiver_digest=None,
        raw=told.raw,
        courier=courier,
    )


def _sub_numbers(listed: Any, main: str) -> tuple[str, ...]:
    """The other parcels' numbers: a list, or one text with commas."""
    members = listed.split(",") if isinstance(listed, str) else listed
    told = [text(one) for one in members] if isinstance(members, list) else []
    return tuple(number for number in dict.fromkeys(told) if number and number != main)
