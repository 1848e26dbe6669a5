"""What Shopify's refusals mean: statuses, GraphQL errors and userErrors into our tree.

A status tells of the shop or the token, `errors[].extensions.code` of the request as a whole, and
userErrors are a definite no to a mutation (channels.md 1.5).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.connector import RETRY_AFTER_CAP_MS, refusal
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import mapping, rows, text

THROTTLED, DENIED, TOO_DEAR = "THROTTLED", "ACCESS_DENIED", "MAX_COST_EXCEEDED"
_LATER = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT"})
_SCOPE = re.compile(r"`?((?:read|write)_[a-z_]+)`?")
_CLIENT = frozenset({"invalid_client", "application_cannot_be_found", "invalid_request"})
_ABSENT = frozenset({"shop_not_permitted", "app_not_installed"})


def refusal_of(site: str) -> Callable[[Answer, int | None], SyncError]:
    """How to read the refusals of the shop at `site` that come as a status."""

    def refuse(answer: Answer, wait_ms: int | None) -> SyncError:
        code, message = _told(answer)
        kinds: dict[int, SyncError] = {
            401: TokenExpired("shopify_wrong_token", site=site),
            402: PermissionMissing("shopify_frozen", site=site),
            403: PermissionMissing("shopify_forbidden", site=site, text=message),
            404: Rejected("shopify_no_such_shop", foreign_code="404", site=site),
            423: PermissionMissing("shopify_locked", site=site),
        }
        return kinds.get(answer.status) or refusal(answer, wait_ms, message, code)

    return refuse


def _told(answer: Answer) -> tuple[str, str]:
    """The code and the words of a refusal; OAuth says `error`, the API `errors`."""
    try:
        told = mapping(read_json(answer.body))
    except Malformed:
        return "", ""
    words = text(told.get("error_description")) or text(told.get("errors"))
    return text(told.get("error"))[:80], words[:300]


def not_let_in(refused: Rejected, site: str, *, renewing: bool) -> SyncError:
    """What it means that no token was given for id and secret, or for a refresh token."""
    code = refused.foreign_code
    if refused.code == "shopify_no_such_shop":
        return refused
    if code in _ABSENT:
        return PermissionMissing("shopify_app_absent", site=site, foreign_code=code)
    if code in _CLIENT:
        return TokenExpired("shopify_wrong_app", site=site, foreign_code=code)
    name = "shopify_refresh_refused" if renewing else "shopify_wrong_app"
    return TokenExpired(name, site=site, foreign_code=code)


def refused_whole(errors: Iterable[Mapping[str, Any]], site: str, wait_ms: int) -> SyncError:
    """What the errors of an answer without usable data mean; the gravest is told."""
    listed = list(errors)
    codes = [code_of(error) for error in listed]
    message = " ".join(text(error.get("message")) for error in listed)[:300]
    if THROTTLED in codes:
        return Throttled(retry_after_ms=min(max(wait_ms, 0), RETRY_AFTER_CAP_MS), status=200)
    if DENIED in codes:
        scopes = ", ".join(dict.fromkeys(_SCOPE.findall(message)))
        return PermissionMissing("shopify_scope_missing", scopes=scopes, site=site)
    if "SHOP_INACTIVE" in codes:
        return PermissionMissing("shopify_frozen", site=site)
    if _LATER.intersection(codes):
        return Ambiguous("sync_server_error", status=200)
    code = next((each for each in codes if each), "")
    return Rejected(foreign_code=code or "graphql", text=message)


def code_of(error: Mapping[str, Any]) -> str:
    """The code of one error; an old throttling error has only its word."""
    code = text(mapping(error.get("extensions")).get("code"))
    return code or (THROTTLED if text(error.get("message")) == "Throttled" else "")


def user_errors(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(code, words) of each userError of a mutation's payload; a code is not always given."""
    return [
        (text(error.get("code")), text(error.get("message")))
        for error in rows(told.get("userErrors"))
    ]


def no_to(errors: list[tuple[str, str]]) -> Rejected:
    """The userErrors of a mutation as our definite no, in Shopify's words."""
    code = next((code for code, _ in errors if code), "userErrors")
    return Rejected(foreign_code=code, text=" ".join(words for _, words in errors))
