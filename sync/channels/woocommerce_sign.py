"""Who we are to a WooCommerce shop: Basic over HTTPS, OAuth 1.0a one-legged over plain HTTP.

Over plain HTTP the server refuses Basic with the same answer as no key (channels.md 2, trap 5),
so the scheme of the address decides. The OAuth signature is HMAC-SHA256 with the key `secret&`,
over method, address and the sorted parameters; the body is not signed (channels.md 2.1).
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, urlsplit

from sync.connector import with_headers
from sync.ports import Clock, Request


@dataclass(frozen=True, slots=True)
class WooKey:
    """A consumer key and secret; never shown in a log.

    `nonce` gives a text nobody gave before, for each OAuth request.
    """

    key: str = field(repr=False)
    secret: str = field(repr=False)
    nonce: Callable[[], str] = field(repr=False)


def signer(key: WooKey, clock: Clock) -> Callable[[Request], Request]:
    """What signs each request at the moment it leaves."""

    def sign(request: Request) -> Request:
        if request.url.startswith("https://"):
            return with_headers(request, Authorization=basic(key))
        stamp = clock.now() // 1000
        return replace(request, url=oauth_url(request, key, stamp))

    return sign


def basic(key: WooKey) -> str:
    """The Authorization header for HTTPS."""
    pair = f"{key.key}:{key.secret}".encode()
    return "Basic " + base64.b64encode(pair).decode()


def oauth_url(request: Request, key: WooKey, stamp: int) -> str:
    """The request's address with the OAuth parameters and their signature in its query."""
    parts = urlsplit(request.url)
    params = dict(parse_qsl(parts.query, keep_blank_values=True))
    params |= {
        "oauth_consumer_key": key.key,
        "oauth_timestamp": str(stamp),
        "oauth_nonce": key.nonce(),
        "oauth_signature_method": "HMAC-SHA256",
    }
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    params["oauth_signature"] = oauth_signature(request.method, address, params, key.secret)
    query = "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in params.items())
    return f"{address}?{query}"


def oauth_signature(method: str, address: str, params: Mapping[str, str], secret: str) -> str:
    """Base64 HMAC-SHA256 over the OAuth 1.0a base string."""
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in params.items())
    normal = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method.upper(), _escaped(address), _escaped(normal)))
    digest = hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def push_signature_fits(secrets: tuple[str, ...], body: bytes, told: str) -> bool:
    """Whether a webhook's signature is ours, under one of the live secrets (two in rotation)."""
    fits = False
    for secret in secrets:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        fits |= hmac.compare_digest(base64.b64encode(digest), told.encode())
    return fits


def _escaped(text: str) -> str:
    return quote(text, safe="~")
