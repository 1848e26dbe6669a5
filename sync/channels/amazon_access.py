"""How Waydesk gets in: an hour's token from Login with Amazon, for the app and the seller's grant.

POST /auth/o2/token with grant_type=refresh_token (developer-docs.amazon.com/sp-api, "Connect to the
SP-API"). Nothing is signed since Amazon dropped its request signing. Whoever finds the token old
asks for a new one, once, while the others wait; it is on the shelf before it is used. None of the
operations we call is a restricted one, so no Restricted Data Token is asked for: addresses come by
the app's roles (Orders API 2026-01-01), and confirmShipment takes the ordinary token.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sync.connector import Connector
from sync.errors import Malformed, PermissionMissing, Rejected, SyncError, TokenExpired
from sync.ports import Clock, Request, TokenShelf
from sync.reading import mapping, text

# Renewed this long before the end, so that no request sets out with a token about to die.
MARGIN_MS = 120_000
TOKEN, UNTIL, REFRESH = "token", "token_until", "refresh_token"
_APP = frozenset({"invalid_client", "unauthorized_client"})


@dataclass(frozen=True, slots=True)
class AmazonKeys:
    """What a person typed: the app's id and secret, the seller's grant; never shown in a log."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


class AmazonAccess:
    """Gives the token of one seller, and a new one when the old is worn out."""

    def __init__(
        self, keys: AmazonKeys, shelf: TokenShelf, connector: Connector, clock: Clock
    ) -> None:
        """Take what was typed, the shelf with what was given since, and the way out."""
        self._keys, self._shelf = keys, shelf
        self._connector, self._clock = connector, clock
        self._tokens: Mapping[str, str] | None = None
        self._turn = asyncio.Lock()

    async def token(self, login: str) -> str:
        """A token that is good for the next minutes.

        Raises:
            TokenExpired: Amazon gives no new one; a person must look.
            SyncError: the way to a new one is cut for now.
        """
        if self._tokens is None or not self._good(self._tokens):
            return await self.renew(login, "")
        return self._tokens[TOKEN]

    async def renew(self, login: str, refused: str) -> str:
        """A token other than the `refused` one; one caller renews, the others wait for it."""
        async with self._turn:
            standing = await self._shelf.read()
            if self._good(standing) and standing[TOKEN] != refused:
                self._tokens = standing
                return standing[TOKEN]
            fresh = await self._ask(login, standing.get(REFRESH) or self._keys.refresh_token)
            self._tokens = await self._shelf.keep(standing, fresh)
            return self._tokens[TOKEN]

    async def grantless(self, login: str) -> str:
        """A token for what belongs to the app and to no seller; asked anew each time.

        Raises as `token` does.
        """
        form = {"grant_type": "client_credentials", "scope": "sellingpartnerapi::notifications"}
        return (await self._given(login, form, ""))[TOKEN]

    def _good(self, tokens: Mapping[str, str]) -> bool:
        until = tokens.get(UNTIL, "")
        alive = until.isdigit() and int(until) - MARGIN_MS > self._clock.now()
        return bool(tokens.get(TOKEN)) and alive

    async def _ask(self, login: str, refresh_token: str) -> dict[str, str]:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._given(login, form, refresh_token)

    async def _given(self, login: str, form: dict[str, str], refresh_token: str) -> dict[str, str]:
        form |= {"client_id": self._keys.client_id, "client_secret": self._keys.client_secret}
        # Asked twice, Amazon gives two good tokens: sending it again does no harm.
        request = Request(
            "POST",
            f"{login}/auth/o2/token",
            {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
            urlencode(form).encode(),
        )
        began = self._clock.now()
        try:
            told, _ = await self._connector.json(request)
        except (Rejected, TokenExpired, PermissionMissing) as refused:
            raise _not_let_in(refused) from refused
        return _kept(mapping(told), refresh_token, began)


def _not_let_in(refused: SyncError) -> SyncError:
    """What it means that no token was given: the app is not known, or the grant has ended."""
    code = text(refused.details.get("foreign_code"))
    name = "amazon_wrong_app" if code in _APP else "amazon_grant_over"
    return TokenExpired(name, foreign_code=code)


def _kept(told: Mapping[str, Any], refresh_token: str, began: int) -> dict[str, str]:
    token, seconds = text(told.get("access_token")), told.get("expires_in")
    if not token or type(seconds) is not int or not 0 < seconds < 10**9:
        raise Malformed("amazon_odd_token")
    renewed = text(told.get("refresh_token")) or refresh_token
    return {TOKEN: token, UNTIL: str(began + seconds * 1000), REFRESH: renewed}
