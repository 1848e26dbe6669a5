"""Who we are to a Magento shop: OAuth 1.0a with the four keys of an integration, or its bare token.

Adobe's REST documentation, "OAuth-based authentication": HMAC-SHA256 is the only method; the key is
both secrets, each escaped, with & between; signed are method, address and the sorted parameters of
the query and of the header, never a JSON body. "Token-based authentication": since 2.4.4 the access
token of an integration is no Bearer of its own unless the shop's owner turns that on.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit

from sync.connector import with_headers
from sync.ports import Clock, Request


@dataclass(frozen=True, slots=True)
class MagentoKeys:
    """What an integration was given; never shown in a log.

    With the access token alone it is sent as a Bearer. `nonce` gives a text nobody gave before.
    """

    token: str = field(repr=False)
    nonce: Callable[[], str] = field(repr=False)
    token_secret: str = field(default="", repr=False)
    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)

    @property
    def bare(self) -> bool:
        """Whether only the access token is known."""
        return not self.consumer_key


def signer(keys: MagentoKeys, clock: Clock) -> Callable[[Request], Request]:
    """What signs each request at the moment it leaves."""

    def sign(request: Request) -> Request:
        if keys.bare:
            return with_headers(request, Authorization=f"Bearer {keys.token}")
        header = oauth_header(request, keys, clock.now() // 1000, keys.nonce())
        return with_headers(request, Authorization=header)

    return sign


def oauth_header(request: Request, keys: MagentoKeys, stamp: int, nonce: str) -> str:
    """The Authorization header of one request, at epoch second `stamp`."""
    told = {
        "oauth_consumer_key": keys.consumer_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(stamp),
        "oauth_token": keys.token,
        "oauth_version": "1.0",
    }
    told["oauth_signature"] = _signature(request, told, keys)
    return "OAuth " + ", ".join(f'{name}="{_escaped(each)}"' for name, each in told.items())


def _signature(request: Request, told: dict[str, str], keys: MagentoKeys) -> str:
    parts = urlsplit(request.url)
    params = [*parse_qsl(parts.query, keep_blank_values=True), *told.items()]
    pairs = sorted((_escaped(name), _escaped(each)) for name, each in params)
    normal = "&".join(f"{name}={each}" for name, each in pairs)
    address = f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path}"
    base = "&".join((request.method.upper(), _escaped(address), _escaped(normal)))
    key = f"{_escaped(keys.consumer_secret)}&{_escaped(keys.token_secret)}"
    digest = hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _escaped(text: str) -> str:
    return quote(text, safe="~")
