"""What Youzan's refusals mean: of the gateway, of the token's door, and of the business.

doc.youzanyun.com, guide on errors; all come in 200. The gateway says `gw_err_resp` {err_code,
err_msg} before anything was looked at; 5001 and 5003 are errors of the platform itself, and may
have come after the deed. The business says {code, message}, old interfaces `error_response`. One
number may mean several things, so its words are looked at where they tell them apart.
"""

from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired

EXPIRED, UNKNOWN = "youzan_token_expired", "youzan_wrong_token"
_TOKEN = {"4201": "youzan_grant_ended", "4202": EXPIRED, "4203": UNKNOWN}
_RIGHT = {"4005": "youzan_interface_gone", "4204": "youzan_right_missing"}
_TOO_FAST = frozenset({"4101", "500100004", "123000042", "141500203", "102010003"})
_UNCLEAR = frozenset({"5001", "5002", "5003"})
_TIMED_OUT = frozenset({"106000001", "106100118", "106000003", "-100"})
# A twin of this request is under way, or one of the same order went less than ten seconds ago.
AT_ONCE = "102510001"
# The guide's first step back; the engine doubles it.
TOO_FAST_MS, AT_ONCE_MS = 3_000, 11_000
NO_TRADE, NO_TRADE_WORDS = "5000", "trade not found"
_DOOR = {
    "1000": "youzan_wrong_secret",
    "1004": "youzan_grant_ended",
    "1005": "youzan_grant_ended",
    "1103": "youzan_grant_ended",
    "1105": "youzan_other_app_kind",
}
_NO_CLIENT, _OTHER_APP = "Client", "应用不匹配"


def gateway_error(code: str, words: str, method: str) -> SyncError:
    """The error a `gw_err_resp` stands for."""
    if code in _TOKEN:
        return TokenExpired(_TOKEN[code], foreign_code=code)
    not_listed = "youzan_ip_not_listed" if code == "4007" and "IP" in words.upper() else ""
    right = _RIGHT.get(code, not_listed)
    if right:
        return PermissionMissing(right, foreign_code=code, interface=method)
    if code in _UNCLEAR:
        return Ambiguous("sync_server_error", status=200, foreign_code=code)
    return business_error(code, words)


def business_error(code: str, words: str) -> SyncError:
    """The error the code of an answer stands for."""
    if code in _TOO_FAST:
        return Throttled(retry_after_ms=TOO_FAST_MS, status=200)
    if code == AT_ONCE:
        return Throttled(retry_after_ms=AT_ONCE_MS, status=200)
    if code in _TIMED_OUT:
        return Ambiguous("sync_server_error", status=200, foreign_code=code)
    return Rejected(foreign_code=code, text=words)


def door_error(code: str, words: str) -> SyncError:
    """The error of a request for a token; 1103 says three things in words alone."""
    if code == "1103" and (_NO_CLIENT in words or _OTHER_APP in words):
        return TokenExpired("youzan_wrong_app", foreign_code=code)
    if code in _DOOR:
        return TokenExpired(_DOOR[code], foreign_code=code)
    return gateway_error(code, words, "auth/token")
