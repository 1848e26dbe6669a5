"""Who may speak to the sandbox shop: WooCommerce's own checks, written from the rule, not from us.

channels.md 2.1 and traps 5 and 6: OAuth 1.0a one-legged over plain HTTP (HMAC-SHA256 or SHA1 with
the key `secret&`), a timestamp within 15 minutes, each nonce once; Basic over HTTPS only. Basic
over plain HTTP is not refused, it is not seen at all.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote_plus

from sync.sandbox.http import Call, Reply
from sync.sandbox.woo_json import problem

WINDOW_S = 900


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A consumer key with its rights: read, write or read_write."""

    key: str
    secret: str
    rights: str = "read_write"


class Doorman:
    """Checks every call; remembers the nonces of the last 15 minutes."""

    def __init__(self, keys: tuple[ApiKey, ...], now_s: Callable[[], int]) -> None:
        """Take the keys the shop gave out."""
        self._keys = {each.key: each for each in keys}
        self._now_s = now_s
        self._nonces: dict[str, int] = {}

    def refuse(self, call: Call) -> Reply | None:
        """The refusal, or None where the call may go on."""
        key = self._basic(call) if call.secure else self._oauth(call)
        if isinstance(key, Reply):
            return key
        if key is None:
            words = "Sorry, you cannot list resources."
            return problem(401, "woocommerce_rest_cannot_view", words)
        return _lacks_right(key, call.method)

    def _basic(self, call: Call) -> ApiKey | Reply | None:
        kind, _, packed = call.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            user, _, secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        key = self._keys.get(user)
        if key is not None and key.secret != secret:
            return _not_believed("Consumer secret is invalid.")
        return key

    def _oauth(self, call: Call) -> ApiKey | Reply | None:
        told = dict(_pairs(call.query))
        needed = ("consumer_key", "timestamp", "nonce", "signature", "signature_method")
        if "oauth_consumer_key" not in told:
            return None
        missing = [f"oauth_{name}" for name in needed if f"oauth_{name}" not in told]
        if missing:
            return _not_believed(f"Missing OAuth parameter {', '.join(missing)}")
        key = self._keys.get(told["oauth_consumer_key"])
        if key is None:
            return _not_believed("Consumer key is invalid.")
        if not _signed(call, told, key.secret):
            return _not_believed("Invalid signature - provided signature does not match.")
        return self._fresh(told) or key

    def _fresh(self, told: dict[str, str]) -> Reply | None:
        now = self._now_s()
        stamp = told["oauth_timestamp"]
        if not stamp.isdigit() or abs(int(stamp) - now) > WINDOW_S:
            return _not_believed("Invalid timestamp.")
        if told["oauth_nonce"] in self._nonces:
            return _not_believed("Invalid nonce - nonce has already been used.")
        if len(self._nonces) > 50_000:
            self._nonces = {n: at for n, at in self._nonces.items() if now - at <= WINDOW_S}
        self._nonces[told["oauth_nonce"]] = now
        return None


def _not_believed(words: str) -> Reply:
    return problem(401, "woocommerce_rest_authentication_error", words)


def _lacks_right(key: ApiKey, method: str) -> Reply | None:
    needed = "read" if method in ("GET", "HEAD", "OPTIONS") else "write"
    if needed in key.rights:
        return None
    return _not_believed(f"The API key provided does not have {needed} permissions.")


def _pairs(query: str) -> list[tuple[str, str]]:
    pieces = (piece.partition("=") for piece in query.split("&") if piece)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pieces]


def _signed(call: Call, told: dict[str, str], secret: str) -> bool:
    digests = {"HMAC-SHA256": hashlib.sha256, "HMAC-SHA1": hashlib.sha1}
    digest = digests.get(told["oauth_signature_method"])
    if digest is None:
        return False
    rows = [f"{_raw(n)}={_raw(v)}" for n, v in told.items() if n != "oauth_signature"]
    address = f"http://{call.headers.get('host', '')}{call.path}"
    base = f"{call.method}&{_raw(address)}&{_raw('&'.join(sorted(rows)))}"
    made = hmac.new((secret + "&").encode(), base.encode(), digest).digest()
    return hmac.compare_digest(base64.b64encode(made).decode(), told["oauth_signature"])


def _raw(text: str) -> str:
    """PHP's rawurlencode."""
    return quote_plus(text).replace("+", "%20").replace("%7E", "~")
