"""What Weidian's refusals mean: `status` {status_code, status_reason} of an answer, 0 for good.

No table of codes is published. Community SDKs know 10013, 10016 and 10026 as a token that is no
longer good; the rest is told apart by the words, and where they say nothing it is a plain no.
"""

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired

GOOD = "0"
EXPIRED = "weidian_token_expired"
_TOKEN = frozenset({"10013", "10016", "10026"})
_TOO_FAST = ("频繁", "频率", "限流")
_RIGHT = ("权限", "未授权", "没有授权")
_UNCLEAR = ("系统异常", "系统错误", "系统繁忙", "超时", "稍后")
# The platform says of no limit when it opens again.
TOO_FAST_MS = 5_000


def error_of(code: str, words: str, method: str) -> SyncError:
    """The error an answer stands for whose code is not 0."""
    if code in _TOKEN:
        return TokenExpired(EXPIRED, foreign_code=code)
    if any(word in words for word in _TOO_FAST):
        return Throttled(retry_after_ms=TOO_FAST_MS, status=200)
    if any(word in words for word in _RIGHT):
        return PermissionMissing("weidian_right_missing", foreign_code=code, interface=method)
    if any(word in words for word in _UNCLEAR):
        return Ambiguous("sync_server_error", status=200, foreign_code=code)
    return Rejected(foreign_code=code, text=words)
