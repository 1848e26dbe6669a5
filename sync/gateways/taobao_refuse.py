"""What the open platform's refusals mean: error_response{code, msg, sub_code, sub_msg} to our tree.

They come with status 200. A code below 100 is the platform's own; `sub_code` is finer: `isv.` is
the caller's mistake and final, `isp.` a failure behind the platform, which may have done what was
asked (developer.alibaba.com, "Troubleshooting and Error Codes").
"""

import re
from collections.abc import Mapping
from typing import Any

from sync.connector import RETRY_AFTER_CAP_MS, refusal
from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.ports import Answer
from sync.reading import text

LIMITED = frozenset({"4", "5", "6", "7", "8"})
AWAY = frozenset({"10", "15"})
_BY_CODE: dict[str, tuple[type[SyncError], str]] = {
    **dict.fromkeys(("26", "27"), (TokenExpired, "taobao_session_over")),
    # App key and secret: 24 and 25 are the signature, 28 and 29 the key.
    **dict.fromkeys(("24", "25", "28", "29"), (TokenExpired, "taobao_wrong_key")),
    # A person must set the clock; what waits to be written goes on waiting.
    **dict.fromkeys(("30", "31"), (TokenExpired, "taobao_clock_off")),
    **dict.fromkeys(("11", "12", "13", "42", "53"), (PermissionMissing, "taobao_right_missing")),
}
_NO_RIGHT = ("isv.permission", "isv.invalid-permission")
_BAN = re.compile(r"(\d{1,9})\s*(?:more\s+)?(?:seconds?|秒)", re.IGNORECASE)


def refused_status(answer: Answer, wait_ms: int | None) -> SyncError:
    """What a status outside 2xx means: the platform itself never uses one to say no."""
    return refusal(answer, wait_ms)


def refused(error: Mapping[str, Any]) -> SyncError:
    """The error of an answer, by its sub_code where it has one that says more."""
    code, sub = text(error.get("code")), text(error.get("sub_code"))
    words = text(error.get("sub_msg")) or text(error.get("msg"))
    told = (sub or code)[:120]
    if code in LIMITED or sub.startswith("accesscontrol.limited-by-"):
        return Throttled(retry_after_ms=ban_ms(words), foreign_code=told)
    kind = _kind(code, sub)
    if kind is None:
        return Rejected(foreign_code=told, text=words)
    error_class, name = kind
    return error_class(name, foreign_code=told, text=words[:300])


def _kind(code: str, sub: str) -> tuple[type[SyncError], str] | None:
    """What it is, where it is not just a no to this one request."""
    if sub.startswith(_NO_RIGHT):
        return _BY_CODE["11"]
    if sub.startswith("isp.") or (code in AWAY and not sub.startswith("isv.")):
        return Ambiguous, "taobao_away"
    return _BY_CODE.get(code)


def ban_ms(words: str) -> int | None:
    """How long the platform says it will not listen; None where it names no seconds."""
    found = _BAN.search(words)
    return None if found is None else min(int(found.group(1)) * 1000, RETRY_AFTER_CAP_MS)
