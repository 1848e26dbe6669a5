"""What Pinduoduo's refusals mean: `error_response` of an answer, and a write's own "no".

Codes and their sense are the table of main error codes on the platform's API pages
(open.pinduoduo.com). A code below 50000 stands before the business: nothing was done. 50000 to
52002 come from behind it, so a write that ends so may have happened, unless the business itself
said no (50001 with a sub code).
"""

from collections.abc import Mapping
from typing import Any

from sync.errors import (
    Ambiguous,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.reading import text

EXPIRED, WRONG_TOKEN = "pdd_token_expired", "pdd_wrong_token"
_TOKEN = {
    "10019": EXPIRED,
    "10035": EXPIRED,
    "10014": "pdd_grant_withdrawn",
    "20032": WRONG_TOKEN,
    "10010": "pdd_wrong_client",
    "10016": "pdd_wrong_client",
    "10018": "pdd_wrong_client",
    "20004": "pdd_wrong_secret",
}
_RIGHT = {
    "20031": "pdd_right_missing",
    "30000": "pdd_right_missing",
    "20005": "pdd_ip_not_listed",
    "10011": "pdd_app_refused",
    "70034": "pdd_at_risk",
    "20034": "pdd_interface_gone",
    "20035": "pdd_interface_gone",
    "50012": "pdd_interface_gone",
}
_TOO_FAST = frozenset({"52101", "70031", "70032"})
_RESTING = frozenset({"52102", "52103", "70033"})
_UNCLEAR = frozenset({"50000", "50002", "52001", "52002"})
# The windows are ten seconds to a minute long; the platform says of none when it opens again.
TOO_FAST_MS = 10_000
RESTING_MS = 60_000
PUBLIC_PARAMETERS, BUSINESS = "10001", "50001"
_SAYS_RETRY = "service-error"


def error_of(told: Mapping[str, Any], interface: str) -> SyncError:
    """The error an `error_response` stands for."""
    code, sub = text(told.get("error_code")), text(told.get("sub_code"))
    words = text(told.get("sub_msg")) or text(told.get("error_msg"))
    turned_away = _at_the_door(code, interface)
    if turned_away is not None:
        return turned_away
    if code == PUBLIC_PARAMETERS and _of_the_time(f"{words} {text(told.get('error_msg'))}"):
        return TokenExpired("pdd_clock_off", foreign_code=code)
    if code in _UNCLEAR or (code == BUSINESS and (not sub or _SAYS_RETRY in sub)):
        return Ambiguous("sync_server_error", status=200, foreign_code=code)
    return Rejected(foreign_code="/".join(dict.fromkeys(filter(None, (code, sub)))), text=words)


def _at_the_door(code: str, interface: str) -> SyncError | None:
    """Too fast, at rest, a token or a right: what says no before anything was looked at."""
    if code in _TOO_FAST:
        return Throttled(retry_after_ms=TOO_FAST_MS, status=200)
    if code in _RESTING:
        return Throttled("pdd_resting", retry_after_ms=RESTING_MS, interface=interface)
    if code in _TOKEN:
        return TokenExpired(_TOKEN[code], foreign_code=code)
    if code in _RIGHT:
        return PermissionMissing(_RIGHT[code], foreign_code=code, interface=interface)
    return None


def _of_the_time(words: str) -> bool:
    return "timestamp" in words.lower() or "时间戳" in words


def said_no(told: Mapping[str, Any], interface: str) -> Rejected:
    """A write's answer that is well-formed and says that it was not done."""
    code, words = text(told.get("error_code")), text(told.get("error_msg"))
    return Rejected(foreign_code=code or "is_success false", text=words or interface)
