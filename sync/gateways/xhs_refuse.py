"""What Xiaohongshu's shop gateway says no with: a code and words, under either of two names each.

What failed at the door is to be known by its words, not by its code, says the platform; the codes
302, 402, 501 and 504 of the e-waybill leave it open whether something was done
(open.xiaohongshu.com, "电子面单常见问题（新）" 22 and 23).
"""

import re
from collections.abc import Mapping
from typing import Any

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired
from sync.reading import text

STALE = "xhs_token_stale"
_OPEN = frozenset({"302", "402", "501", "504"})
_WORDS = (
    (re.compile("无权限"), PermissionMissing, "xhs_right_missing"),
    (re.compile(r"(?i)mercuryUser|access_?token"), TokenExpired, STALE),
    (re.compile(r"(?i)签名|\bsign\b"), TokenExpired, "xhs_wrong_secret"),
    (re.compile(r"(?i)app_?id"), TokenExpired, "xhs_wrong_app"),
)
_TOO_FAST = re.compile("限流|频繁")
_BUSY = re.compile("(?i)internal server error|系统|网络|未知异常|服务(异常|繁忙)|超时|稍后|重试")
# The platform says of no limit when it opens again.
TOO_FAST_MS = 5_000


def error_of(told: Mapping[str, Any], method: str) -> SyncError:
    """The error an answer, or one row of it, stands for that is not a yes."""
    code = _first(told, "error_code", "errorCode", "code")
    words = _first(told, "error_msg", "errorMsg", "msg")
    if _TOO_FAST.search(words):
        return Throttled(retry_after_ms=TOO_FAST_MS)
    for said, kind, ours in _WORDS:
        if said.search(words):
            return kind(ours, foreign_code=code or "-", interface=method)
    if code in _OPEN or not words or _BUSY.search(words):
        return Ambiguous("sync_server_error", status=200, foreign_code=code or "-")
    return Rejected(foreign_code=code, text=words)


def _first(told: Mapping[str, Any], *names: str) -> str:
    return next((text(told.get(name)) for name in names if text(told.get(name))), "")
