"""How Waydesk gets in: the shop's address, and a token that is good now (channels.md 1.1).

Three ways. A token that does not expire is used as it is. An expiring one (an hour) is renewed
with its refresh token, which changes each time. An app of the shop's own organisation gets a
day's token for its client id and secret. Whoever finds the token old renews it, once, while the
others wait; both new tokens are on the shelf before either is used, and Shopify takes the old
refresh token again until then, so a crash in between loses nothing.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sync.channels.shopify_refuse import not_let_in
from sync.connector import Connector
from sync.errors import Malformed, Rejected
from sync.ports import Clock, Request, TokenShelf
from sync.reading import mapping, text

DOMAIN = ".myshopify.com"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# Renewed this long before the end, so that no request sets out with a token about to die.
MARGIN_MS = 300_000
TOKEN, UNTIL, REFRESH = "token", "token_until", "refresh_token"


@dataclass(frozen=True, slots=True)
class ShopifyKeys:
    """What a person typed: an app's id and secret, a token, or both; never shown in a log."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)

    @property
    def renews(self) -> bool:
        """Whether a new token can be had without a person."""
        return bool(self.client_id and self.client_secret)


def site_of(address: str) -> str:
    """The shop's address as it is called, https://name.myshopify.com.

    Raises:
        Rejected: plain http, or a name that is not Shopify's own: a token would go astray.
    """
    told = address.strip().rstrip("/")
    parts = urlsplit(told if "://" in told else f"https://{told}")
    host = (parts.hostname or "").lower()
    if host in LOOPBACK:
        return f"{parts.scheme}://{parts.netloc}"
    if parts.scheme != "https":
        raise Rejected("shopify_plain_http", site=told[:80])
    name = host if "." in host else f"{host}{DOMAIN}"
    if parts.path or parts.port or not _is_name(name):
        raise Rejected("shopify_bad_address", site=told[:80])
    return f"https://{name}"


def _is_name(host: str) -> bool:
    name = host.removesuffix(DOMAIN)
    return name.isascii() and name.replace("-", "").isalnum() and not name.startswith("-")


class ShopifyAccess:
    """Gives the token of one shop, and a new one when the old is worn out."""

    def __init__(
        self, keys: ShopifyKeys, shelf: TokenShelf, connector: Connector, clock: Clock
    ) -> None:
        """Take what was typed, the shelf with what was renewed since, and the way out."""
        self._keys, self._shelf = keys, shelf
        self._connector, self._clock = connector, clock
        self._tokens: Mapping[str, str] | None = None
        self._turn = asyncio.Lock()

    async def token(self, site: str) -> str:
        """A token that is good for the next minutes.

        Raises:
            TokenExpired: Shopify gives no new one; a person must look.
            SyncError: the way to a new one is cut for now.
        """
        if not self._keys.renews:
            return self._keys.token
        if self._tokens is None or not self._good(self._tokens):
            return await self.renew(site, "")
        return self._tokens[TOKEN]

    async def renew(self, site: str, refused: str) -> str:
        """A token other than the one Shopify `refused`; one caller renews, the others wait."""
        async with self._turn:
            standing = await self._shelf.read()
            if self._good(standing) and standing[TOKEN] != refused:
                self._tokens = standing
                return standing[TOKEN]
            fresh = await self._ask(site, standing.get(REFRESH) or self._keys.refresh_token)
            # Stored first: a token that is used and then forgotten cannot be had again.
            self._tokens = await self._shelf.keep(standing, fresh)
            return self._tokens[TOKEN]

    @property
    def renews(self) -> bool:
        """Whether a refused token can be replaced without a person."""
        return self._keys.renews

    def _good(self, tokens: Mapping[str, str]) -> bool:
        until = tokens.get(UNTIL, "")
        return (
            bool(tokens.get(TOKEN))
            and until.isdigit()
            and (int(until) - MARGIN_MS > self._clock.now())
        )

    async def _ask(self, site: str, refresh_token: str) -> dict[str, str]:
        asked = {"client_id": self._keys.client_id, "client_secret": self._keys.client_secret}
        if refresh_token:
            asked |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
        else:
            asked |= {"grant_type": "client_credentials"}
        # Asked again, Shopify gives the same or a newer pair: sending it twice does no harm.
        request = Request(
            "POST",
            f"{site}/admin/oauth/access_token",
            {"Content-Type": "application/json", "Accept": "application/json"},
            json.dumps(asked).encode(),
        )
        began = self._clock.now()
        try:
            told, _ = await self._connector.json(request)
        except Rejected as refused:
            raise not_let_in(refused, site, renewing=bool(refresh_token)) from refused
        return _pair(mapping(told), refresh_token, began)


def _pair(told: Mapping[str, Any], refresh_token: str, began: int) -> dict[str, str]:
    """What to keep of an answer; an app without refresh tokens has only the first two."""
    token, seconds = text(told.get("access_token")), told.get("expires_in")
    if not token or not isinstance(seconds, int) or seconds <= 0:
        raise Malformed("shopify_odd_token")
    pair = {TOKEN: token, UNTIL: str(began + seconds * 1000)}
    if refresh_token:
        renewed = text(told.get("refresh_token"))
        if not renewed:
            raise Malformed("shopify_odd_token")
        pair[REFRESH] = renewed
    return pair
