"""What Douyin shop's refusals mean: `code` and `sub_code` of an answer.

Codes and sub codes are the platform's table of base errors (op.jinritemai.com, guide 212/1427).
What stands before the business (tokens, rights, limits) did nothing. Errors of the platform itself
may have come after the deed, and so may the business's own "busy".
"""

from collections.abc import Mapping
from typing import Any

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired
from sync.reading import text

GOOD = "10000"
EXPIRED, WRONG_TOKEN = "douyin_token_expired", "douyin_wrong_token"
_GENERATING = "dop.token-generate-failed:"
_TOKEN = {
    "isv.access-token-expired": EXPIRED,
    "isv.access-token-no-existed": EXPIRED,
    "isv.access-token-missing": EXPIRED,
    "isv.access-token-invalid": WRONG_TOKEN,
    "isv.signature-invalid": "douyin_wrong_secret",
    "isv.signature-missing": "douyin_wrong_secret",
    "isv.app-id-invalid": "douyin_wrong_app",
    "isv.app-id-missing": "douyin_wrong_app",
    "isv.app-id-expired": "douyin_app_closed",
    "isv.timestamp-invalid": "douyin_clock_off",
    "isv.timestamp-format-error": "douyin_clock_off",
    "isv.authorization-type-invalid": "douyin_grant_ended",
    "dop.authorization-no-existed": "douyin_grant_ended",
    "dop.authorization-closed": "douyin_grant_ended",
    f"{_GENERATING}app-secret-invalid": "douyin_wrong_secret",
    f"{_GENERATING}grant-type-invalid": "douyin_not_own_app",
    f"{_GENERATING}app-forbidden": "douyin_app_closed",
    f"{_GENERATING}token-expired": EXPIRED,
    f"{_GENERATING}token-invalid": EXPIRED,
}
_RIGHT = {
    "30001": "douyin_right_missing",
    "30002": "douyin_ip_not_listed",
    "70000": "douyin_interface_gone",
    "80000": "douyin_at_risk",
}
_UNCLEAR = frozenset({"10001", "20000", "20001", "50001", "90000"})
_BUSY = "系统繁忙"
# The platform says of no limit when it opens again.
TOO_FAST_MS = 5_000


def error_of(told: Mapping[str, Any], method: str) -> SyncError:
    """The error an answer stands for whose code is not 10000."""
    code, sub = text(told.get("code")), text(told.get("sub_code")).replace(" ", "")
    words = text(told.get("sub_msg")) or text(told.get("msg"))
    foreign = "/".join(filter(None, (code, sub)))
    turned_away = _at_the_door(code, sub, foreign, method)
    if turned_away is not None:
        return turned_away
    if code in _UNCLEAR or _BUSY in words:
        return Ambiguous("sync_server_error", status=200, foreign_code=foreign)
    return Rejected(foreign_code=foreign, text=words)


def _at_the_door(code: str, sub: str, foreign: str, method: str) -> SyncError | None:
    """Too fast, a token or a right: what says no before anything was looked at."""
    if code == "60000":
        return Throttled(retry_after_ms=TOO_FAST_MS, status=200)
    if sub in _TOKEN or sub.startswith(_GENERATING):
        return TokenExpired(_TOKEN.get(sub, "douyin_grant_ended"), foreign_code=foreign)
    right = "douyin_app_closed" if sub == "dop.app-forbidden" else _RIGHT.get(code)
    if right is not None:
        return PermissionMissing(right, foreign_code=foreign, interface=method)
    return None
