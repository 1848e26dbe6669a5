"""What YTO's answers mean (open.yto.net.cn).

A yes carries what was asked for, at the top or under `data`; a no says `success` false with a code
and words under `message` or `reason`. The S family of codes is the one YTO shares with others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.carriers.duplicate import AlreadyThere
from sync.carriers.scans import china_moment, in_order, repeat_key
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.reading import mapping, rows, text
from sync.waybill_records import TrackingRecord, WaybillAnswer

EMPTY = "1001"
_BY_CODE: Mapping[str, tuple[type[SyncError], str]] = {
    "S02": (TokenExpired, "yto_bad_signature"),
    "S06": (Ambiguous, "yto_backend_away"),
    "S07": (Ambiguous, "yto_backend_away"),
    "S10": (AlreadyThere, ""),
    "S112": (Throttled, "yto_busy"),
}
# (words, what it is, our code), the first that fits.
_BY_WORDS: tuple[tuple[str, type[SyncError], str], ...] = (
    ("签名|验签|(?i:sign)", TokenExpired, "yto_bad_signature"),
    ("时间戳|过期", TokenExpired, "yto_clock_off"),
    ("白名单|(?<![A-Za-z])IP(?![A-Za-z])", PermissionMissing, "yto_address_refused"),
    ("权限|未授权|未开通", PermissionMissing, "yto_no_permission"),
    ("频繁|限流|流量控制", Throttled, "yto_busy"),
    ("重复|已存在", AlreadyThere, ""),
    ("繁忙|超时|稍后|重试|系统异常|系统错误", Ambiguous, "yto_backend_away"),
    (".", Rejected, "yto_refused"),
)
_CANCELLED = re.compile("已(经)?取消")


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: what it carries, and whether it says no, with its code and words."""

    content: Any
    refused: bool
    code: str
    message: str
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """What was asked for: under `data`, or at the top."""
        top = mapping(self.content)
        return mapping(top.get("data")) or top


def told_of(answer: Any, raw: bytes) -> Told:
    """Read an answer's frame; raises Malformed where it is neither an object nor a list."""
    if not isinstance(answer, dict | list):
        raise Malformed("sync_unread_answer", why="answer")
    top = mapping(answer)
    said = top.get("success")
    refused = said is False or (isinstance(said, str) and said.lower() == "false")
    words = text(top.get("message")) or text(top.get("reason")) or text(top.get("apiErrorMsg"))
    code = text(top.get("code")) or text(top.get("apiErrorCode"))
    return Told(answer, refused, code, words, raw)


def refusal_of(told: Told) -> SyncError:
    """What a no means, by its code, then by its words; a wordless one leaves all open."""
    known = {"foreign_code": told.code or "-", "text": told.message[:500]}
    if told.code in _BY_CODE:
        kind, ours = _BY_CODE[told.code]
        return kind(ours, **known)
    for words, kind, ours in _BY_WORDS:
        if re.search(words, told.message):
            return kind(ours, **known)
    return Ambiguous("yto_backend_away", **known)


def is_cancelled(told: Told) -> bool:
    """Whether a refused void was refused because it is void already."""
    return _CANCELLED.search(told.message) is not None


def waybill_answer(reference: str, told: Told) -> WaybillAnswer:
    """The waybill in the answer to a create.

    Raises:
        SyncError: YTO's no; Ambiguous: neither a number nor a no, or another order's.
    """
    number, ours = text(told.body.get("mailNo")), text(told.body.get("logisticsNo"))
    if number and ours != reference:
        raise Ambiguous("yto_foreign_answer", reference=reference)
    if told.refused and not number:
        raise refusal_of(told)
    if not number:
        raise Ambiguous("yto_no_number", foreign_code=told.code)
    return WaybillAnswer(
        reference=reference,
        waybill_no=number,
        sub_nos=(),
        # The three-part code that sorters read.
        routing_mark=text(told.body.get("shortAddress")),
        sort_code="",
        dest_code="",
        two_dimension_code="",
        product_name="",
        receiver_digest=None,
        raw=told.raw,
    )


def scans_of(told: Told, waybill_no: str) -> tuple[TrackingRecord, ...]:
    """The scans in the answer to a query, oldest first, repeats dropped.

    A list holds scans; an object says that there are none (1001) or why there is no answer.
    """
    if isinstance(told.content, list):
        return in_order(_scan(row, waybill_no) for row in rows(told.content))
    if told.code == EMPTY:
        return ()
    if told.refused:
        raise refusal_of(told)
    listed = mapping(told.content).get("data")
    if not isinstance(listed, list):
        raise Malformed("sync_unread_answer", why="scans")
    return in_order(_scan(row, waybill_no) for row in rows(listed))


def _scan(row: dict[str, Any], waybill_no: str) -> TrackingRecord:
    """One scan; `code` is a row of rules/status_yto.toml."""
    at, said = china_moment(text(row.get("upload_Time"))), text(row.get("processInfo"))
    return TrackingRecord(
        waybill_no=waybill_no,
        code=f"scan.{text(row.get('infoContent'))}",
        secondary="",
        at=at,
        place=text(row.get("city")) or text(row.get("district")),
        text=said,
        dedupe_key=repeat_key(waybill_no, at.raw, text(row.get("infoContent")), said),
    )
