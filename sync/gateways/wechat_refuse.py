"""What the WeChat shop's refusals mean: `errcode` and `errmsg` of an answer.

Codes are the platform's table of common codes (developers.weixin.qq.com, "公共错误码") and those of
getStableAccessToken. What stands before the business (tokens, rights, limits) did nothing; "system
busy" (-1) may have come after the deed. A carrier's own words come in `delivery_error_msg` and say
more than the platform's.
"""

from collections.abc import Mapping
from typing import Any

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired
from sync.reading import text

GOOD = "0"
STALE = "wechat_token_stale"
SAID_BY_CARRIER = "delivery_error_msg"
_BUSY = "-1"
_TOKEN = {
    "40001": STALE,
    "40014": STALE,
    "41001": STALE,
    "42001": STALE,
    "40013": "wechat_wrong_app",
    "41002": "wechat_wrong_app",
    "40125": "wechat_wrong_secret",
    "41004": "wechat_wrong_secret",
    "40243": "wechat_secret_frozen",
}
_RIGHT = {
    "40164": "wechat_ip_not_listed",
    "45035": "wechat_ip_not_listed",
    "61004": "wechat_ip_not_listed",
    "50001": "wechat_right_missing",
    "48001": "wechat_right_missing",
    "48004": "wechat_right_missing",
    "50002": "wechat_shop_limited",
}
# A day's calls are used up, or a minute's.
_TOO_FAST_MS = {"45009": 3_600_000, "45011": 60_000}


def error_of(told: Mapping[str, Any], interface: str) -> SyncError:
    """The error an answer stands for whose `errcode` is not 0."""
    code = text(told.get("errcode"))
    if code in _TOO_FAST_MS:
        return Throttled(retry_after_ms=_TOO_FAST_MS[code], status=200)
    if code in _TOKEN:
        return TokenExpired(_TOKEN[code], foreign_code=code)
    if code in _RIGHT:
        return PermissionMissing(_RIGHT[code], foreign_code=code, interface=interface)
    if code == _BUSY:
        return Ambiguous("sync_server_error", status=200, foreign_code=code)
    words = text(told.get(SAID_BY_CARRIER)) or text(told.get("errmsg"))
    return Rejected(foreign_code=code, text=words)
