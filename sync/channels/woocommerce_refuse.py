"""What a WooCommerce shop's refusals mean: {code, message, data.status} into our tree.

Several causes share one answer (channels.md 2.5, trap 5), so the words for people name them all.
"""

from collections.abc import Callable

from sync.connector import refusal
from sync.errors import (
    Malformed,
    NoSuchOrder,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
)
from sync.json_text import read_json
from sync.ports import Answer
from sync.reading import mapping, text
from sync.records import Problem

_NO_ORDER = "woocommerce_rest_shop_order_invalid_id"
_NO_ROUTE = ("rest_no_route", "rest_disabled", "")


def refusal_of(site: str) -> Callable[[Answer, int | None], SyncError]:
    """How to read the refusals of the shop at `site`."""

    def refuse(answer: Answer, wait_ms: int | None) -> SyncError:
        code, message = _told(answer)
        if answer.status == 401:
            return _unauthorised(code, message, site)
        if answer.status == 403 and code:
            return PermissionMissing("woo_role_missing", foreign_code=code, site=site)
        if answer.status == 404 and code in _NO_ROUTE:
            return Rejected("woo_not_woocommerce", foreign_code=code or "404", site=site)
        if answer.status == 404 and code == _NO_ORDER:
            return NoSuchOrder(foreign_code=code, text=message, status=404)
        return refusal(answer, wait_ms, message, code)

    return refuse


def _told(answer: Answer) -> tuple[str, str]:
    try:
        told = mapping(read_json(answer.body))
    except Malformed:
        return "", ""
    return text(told.get("code"))[:80], text(told.get("message"))[:300]


def _unauthorised(code: str, message: str, site: str) -> SyncError:
    lowered = message.lower()
    if "permission" in lowered:
        return PermissionMissing("woo_right_missing", foreign_code=code, text=message, site=site)
    if "timestamp" in lowered:
        return TokenExpired("woo_clock_off", foreign_code=code, site=site)
    if "nonce" in lowered:
        # Somebody on the way sent our request twice; this one did nothing and is signed anew.
        return Throttled("woo_nonce_used", retry_after_ms=1000, site=site)
    if code == "woocommerce_rest_authentication_error":
        return TokenExpired("woo_wrong_key", foreign_code=code, site=site)
    return TokenExpired("woo_key_not_seen", foreign_code=code, site=site)


def unread_refunds(refused: Rejected) -> Problem:
    """An order whose refunds the shop will not show is still an order; a person is told."""
    return Problem("unreadable", "refunds", refused.foreign_code)
