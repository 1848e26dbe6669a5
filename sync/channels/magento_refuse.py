"""What a Magento shop's refusals mean: {message, parameters} and OAuth's words, into our tree.

Adobe's REST documentation, "OAuth error codes" and "Status codes and responses". A right that the
integration lacks is told by status 401 as a wrong key is; the names of the resources tell the two
apart. A bare token on a shop that takes none is told the same way, without us being anybody.
"""

from collections.abc import Callable
from typing import Any

from sync.connector import refusal
from sync.errors import Malformed, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import mapping, text

NO_ROUTE = "Request does not match any route"
_NOBODY = frozenset({"self", ""})
_FOREIGN = (
    ("timestamp", "magento_clock_off"),
    ("version", "magento_wrong_key"),
    ("signature", "magento_wrong_secret"),
    ("consumer", "magento_wrong_key"),
    ("token", "magento_wrong_token"),
    ("parameter", "magento_wrong_key"),
)


def refusal_of(site: str, *, bare: bool) -> Callable[[Answer, int | None], SyncError]:
    """How to read the refusals of the shop at `site`; `bare` says that only a token is sent."""

    def refuse(answer: Answer, wait_ms: int | None) -> SyncError:
        told = _told(answer)
        words = message_of(told)
        if answer.status in (400, 401, 403) and told:
            found = _grant(answer.status, told, words, site, bare=bare)
            if found is not None:
                return found
        if answer.status == 404 and not told:
            return Rejected("magento_not_magento", foreign_code="404", site=site)
        if answer.status == 404 and words.startswith(NO_ROUTE):
            return Rejected("magento_no_route", foreign_code="404", site=site)
        if answer.status == 404:
            return Rejected("magento_no_such", foreign_code="404", text=words, site=site)
        return refusal(answer, wait_ms, words)

    return refuse


def is_no_route(refused: Rejected) -> bool:
    """Whether the shop has no such call at all: its module is not there."""
    return refused.code == "magento_no_route"


def message_of(told: dict[str, Any]) -> str:
    """The platform's sentence with its placeholders filled: %resources, %1."""
    words = text(told.get("message")) or text(told.get("oauth_problem"))
    parameters = told.get("parameters")
    pairs = parameters.items() if isinstance(parameters, dict) else _numbered(parameters)
    for name, value in pairs:
        words = words.replace(f"%{name}", text(value))
    return words[:300]


def _numbered(parameters: Any) -> list[tuple[int, Any]]:
    # From the highest: %12 must not be filled as %1.
    listed = parameters if isinstance(parameters, list) else []
    return list(enumerate(listed, 1))[::-1]


def _grant(
    status: int, told: dict[str, Any], words: str, site: str, *, bare: bool
) -> SyncError | None:
    """A refusal of who we are or of what we may; None for any other."""
    lowered = words.lower()
    if "authorized to access" in lowered or status == 403:
        rights = text(mapping(told.get("parameters")).get("resources"))
        if status == 401 and not bare and rights in _NOBODY:
            return TokenExpired("magento_wrong_token", foreign_code="401", site=site)
        code = "magento_token_unseen" if bare and status == 401 else "magento_right_missing"
        return PermissionMissing(code, right=rights or words, site=site)
    if status == 400 and "oauth" not in lowered:
        return None
    return _oauth(lowered, site)


def _oauth(words: str, site: str) -> SyncError | None:
    if "nonce" in words:
        # Somebody on the way sent our request twice; this one did nothing and is signed anew.
        return Throttled("magento_nonce_used", retry_after_ms=1000, site=site)
    code = next((code for part, code in _FOREIGN if part in words), "")
    return TokenExpired(code, foreign_code=words[:80], site=site) if code else None


def _told(answer: Answer) -> dict[str, Any]:
    try:
        return mapping(read_json(answer.body))
    except Malformed:
        pass
    # OAuth's own endpoints answer in a form: oauth_problem=signature_invalid&message=...
    problem, _, rest = answer.body[:300].decode("ascii", "replace").partition("&")
    name, _, word = problem.partition("=")
    return {"oauth_problem": f"oauth {word} {rest}"} if name == "oauth_problem" else {}
