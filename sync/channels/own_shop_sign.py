"""Who we are to a home-made store, and whether a webhook is its own, by the file's recipes.

A call is signed at the last moment, over the exact text that leaves: the query in the order it is
sent, the body byte for byte.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sync.channels.own_shop_fill import filled_text, with_query
from sync.channels.own_shop_plan import Auth, HmacRecipe
from sync.errors import Malformed, TokenExpired
from sync.ports import Clock, Request

Sign = Callable[[Request], Request]
PushParts = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """A store's key and secret (user and password for basic), and its webhooks' secrets.

    `nonce` gives a text nobody gave before, for each signed call.
    """

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    push_secrets: tuple[str, ...] = field(default=(), repr=False)
    nonce: Callable[[], str] = field(default=lambda: "", repr=False)


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a call must never leave. Raises ValueError for no address."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or usual


def signer(address: str, auth: Auth, keys: OwnKeys, clock: Clock) -> Sign:
    """What signs each call; one that would leave the store's own address is not signed or sent."""

    def sign(request: Request) -> Request:
        if not within(address, request.url):
            raise Malformed("own_shop_elsewhere", to=request.url[:200])
        return _signed(request, auth, keys, clock.now())

    return sign


def within(address: str, url: str) -> bool:
    """Whether an address is the store's own: the same scheme, host and port."""
    try:
        return origin_of(url) == origin_of(address) and "@" not in urlsplit(url).netloc
    except ValueError:
        return False


def _signed(request: Request, auth: Auth, keys: OwnKeys, now_ms: int) -> Request:
    if auth.recipe is not None:
        return _by_recipe(request, auth, auth.recipe, (keys, now_ms))
    if auth.kind == "query":
        return replace(request, url=with_query(request.url, {auth.name: keys.key}))
    pair = base64.b64encode(f"{keys.key}:{keys.secret}".encode()).decode()
    told = {
        "basic": {"Authorization": f"Basic {pair}"},
        "bearer": {"Authorization": f"Bearer {keys.key}"},
        "header": {auth.name: keys.key},
    }
    return _with(request, told.get(auth.kind, {}))


def _by_recipe(
    request: Request, auth: Auth, recipe: HmacRecipe, by: tuple[OwnKeys, int]
) -> Request:
    keys, now_ms = by
    sent = {"key": keys.key, "time": _time(auth.time, now_ms), "nonce": keys.nonce()}
    parts = urlsplit(request.url)
    body = request.body.decode("utf-8", "replace")
    signed = {
        **sent,
        "method": request.method,
        "path": parts.path,
        "query": parts.query,
        "body": body,
        "body_sha256": hashlib.sha256(request.body).hexdigest(),
        "body_md5": hashlib.md5(request.body, usedforsecurity=False).hexdigest(),
        "secret": keys.secret,
    }
    sent["signature"] = signature(recipe, keys.secret, filled_text(recipe.text, signed).encode())
    query = {name: filled_text(value, sent) for name, value in auth.query.items()}
    headers = {name: filled_text(value, sent) for name, value in auth.headers.items()}
    return replace(_with(request, headers), url=with_query(request.url, query))


def signature(recipe: HmacRecipe, secret: str, signed: bytes) -> str:
    """The HMAC of these bytes under the secret, spelt as the recipe says."""
    digest = hmac.new(secret.encode(), signed, recipe.algorithm).digest()
    if recipe.spelling == "base64":
        return base64.b64encode(digest).decode()
    return digest.hex().upper() if recipe.spelling == "hex_upper" else digest.hex()


def push_fits(recipe: HmacRecipe, secrets: tuple[str, ...], told: str, parts: PushParts) -> bool:
    """Whether a webhook's signature is ours, under one of the live secrets (two in rotation).

    `parts` are its raw body and the time it tells; the body is never decoded for it.
    """
    body, time = parts
    text = recipe.text.encode().replace(b"{time}", time.encode())
    before, _, after = text.partition(b"{body}")
    fits = False
    for secret in secrets:
        ours = signature(recipe, secret, before + body + after)
        fits |= hmac.compare_digest(ours.encode(), told.encode("utf-8", "replace"))
    return fits and bool(told)


def _time(spelling: str, now_ms: int) -> str:
    if spelling == "iso_utc":
        return datetime.fromtimestamp(now_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(now_ms if spelling == "unix_ms" else now_ms // 1000)


def _with(request: Request, headers: Mapping[str, str]) -> Request:
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        # A key with a line's end or a foreign letter in it can be none, and is never sent.
        raise TokenExpired("own_shop_wrong_key", site=urlsplit(request.url).netloc, foreign_code="")
    return replace(request, headers={**request.headers, **headers})
