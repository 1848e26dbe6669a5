"""What Kuaishou's shop gateway says no with: `result` and `error_msg` of an answer.

Published are the codes of authorisation (open.kwaixiaodian.com, "APP授权说明": 100200100 to
100200500), 24 for a grant that was withdrawn (K0006) and 1017 for a quota (K1008). Everything else
is known by the words of the platform's help pages: 限流, 鉴权, 验签, scope.
"""

import re
from collections.abc import Mapping
from typing import Any

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired
from sync.reading import text

GOOD = "1"
STALE = "kuaishou_token_stale"
_STALE_CODES = frozenset({"24", "100200102"})
_APP_CODES = frozenset({"100200100", "100200101", "100200104"})
_RIGHT_CODES = frozenset({"100200106"})
_AWAY_CODES = frozenset({"100200500"})
_TOO_FAST = re.compile(r"(?i)exceed (qps|quota) limit|限流|频繁")
_A_DAY = re.compile(r"(?i)exceed quota limit")
_WORDS = (
    (re.compile(r"验签失败|签名校验失败|签名错误"), TokenExpired, "kuaishou_wrong_secret"),
    (re.compile(r"scope"), PermissionMissing, "kuaishou_right_missing"),
    (re.compile(r"(?i)鉴权失败|token\s*过期|AUTHORIZATION_REVOKED"), TokenExpired, STALE),
)
_BUSY = re.compile("系统|服务(异常|繁忙)|超时|稍后|重试")
# The platform says of no limit when it opens again; a day's quota opens with the day.
TOO_FAST_MS, QUOTA_MS = 5_000, 3_600_000


def error_of(told: Mapping[str, Any], method: str) -> SyncError:
    """The error an answer stands for whose `result` is not 1."""
    code, words = text(told.get("result")), text(told.get("error_msg")) or text(told.get("msg"))
    if code == "1017" or _TOO_FAST.search(words):
        return Throttled(retry_after_ms=QUOTA_MS if _A_DAY.search(words) else TOO_FAST_MS)
    turned_away = _at_the_door(code, words, method)
    if turned_away is not None:
        return turned_away
    if code in _AWAY_CODES or not words or _BUSY.search(words):
        return Ambiguous("sync_server_error", status=200, foreign_code=code or "-")
    return Rejected(foreign_code=code, text=words)


def _at_the_door(code: str, words: str, method: str) -> SyncError | None:
    """A token, a key or a right: what says no before anything was looked at."""
    if code in _STALE_CODES:
        return TokenExpired(STALE, foreign_code=code)
    if code in _APP_CODES:
        return TokenExpired("kuaishou_wrong_app", foreign_code=code)
    if code in _RIGHT_CODES:
        return PermissionMissing("kuaishou_right_missing", foreign_code=code, interface=method)
    for said, kind, ours in _WORDS:
        if said.search(words):
            return kind(ours, foreign_code=code or "-", interface=method)
    return None
