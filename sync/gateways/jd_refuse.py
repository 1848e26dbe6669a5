"""What JD's refusals mean: `error_response` of an answer, and a business result that says no.

Codes of the gateway stand before the business: nothing was done. The platform publishes no list of
which other codes may be tried again, so any other is a no that a person reads (open.jd.com).
"""

from collections.abc import Mapping
from typing import Any

from sync.errors import (
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.reading import mapping, text

OVER = "jd_token_over"
LIMITED = "2"
# How long the platform will not listen it does not say.
LIMITED_MS = 60_000
_BY_CODE: dict[str, tuple[type[SyncError], str]] = {
    # A person must set the clock; what waits to be written goes on waiting.
    **dict.fromkeys(("7", "8"), (TokenExpired, "jd_clock_off")),
    **dict.fromkeys(("11", "12", "21"), (TokenExpired, "jd_wrong_key")),
    **dict.fromkeys(("14", "15"), (PermissionMissing, "jd_method_gone")),
    "19": (TokenExpired, OVER),
    "2001": (PermissionMissing, "jd_right_missing"),
}
KNOWN = frozenset(_BY_CODE) | {LIMITED}


def refused(error: Mapping[str, Any], method: str) -> SyncError:
    """The error an `error_response` stands for."""
    code = text(error.get("code"))
    words = text(error.get("zh_desc")) or text(error.get("en_desc"))
    if code == LIMITED:
        return Throttled(retry_after_ms=LIMITED_MS, foreign_code=code)
    kind = _BY_CODE.get(code)
    if kind is None:
        return Rejected(foreign_code=code[:120] or "error_response", text=words)
    error_class, name = kind
    return error_class(name, foreign_code=code, method=method)


def says_yes(value: object) -> bool:
    """Whether a `success` means yes: some interfaces write it as text."""
    return value is True or text(value).lower() == "true"


def said_no(result: Mapping[str, Any], method: str) -> Rejected:
    """A business result that is well-formed and says that it was not done."""
    codes = ("errorCode", "numberCode", "englishErrCode", "resultCode", "code")
    words = ("chineseErrCode", "errorMsg", "errorMessage", "resultMsg", "message", "englishErrCode")
    return Rejected(foreign_code=_first(result, codes) or method, text=_first(result, words))


def _first(result: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = (text(mapping(result).get(name)) for name in names)
    return next((each for each in found if each), "")[:300]
