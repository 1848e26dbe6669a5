"""A token that is good now: made from the app's key, or the typed one.

Community SDKs of Weidian's open platform agree: GET /token with grant_type=client_credential,
appkey and secret gives `access_token` and `expire_in`, its seconds (25 hours as told); how often it
may be asked for is limited. A service app's token is typed and not renewed here: how is told
nowhere. Whoever finds the token old renews it, once, while the others wait; what came is on the
shelf before it is used.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.channels.weidian_refuse import EXPIRED
from sync.errors import Malformed, TokenExpired
from sync.ports import Clock, TokenShelf
from sync.reading import minor, text

MARGIN_MS = 1_800_000
PATIENCE_MS = 60_000
TOKEN, UNTIL = "token", "token_until"
_MOST_S = 10_000_000


@dataclass(frozen=True, slots=True)
class WeidianKeys:
    """What a person typed: the app's key and secret, or a token that was given."""

    app_key: str = ""
    secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)


class WeidianAccess:
    """Gives the token of one shop, and a new one when the old is worn out."""

    def __init__(
        self,
        keys: WeidianKeys,
        shelf: TokenShelf,
        clock: Clock,
        ask: Callable[[], Awaitable[Mapping[str, Any]]],
    ) -> None:
        """Take what was typed, the shelf, and `ask`, which asks for a token."""
        self._keys, self._shelf, self._clock, self._ask = keys, shelf, clock, ask
        self._tokens: Mapping[str, str] | None = None
        self._turn = asyncio.Lock()
        self._tried_ms = 0

    async def token(self) -> str:
        """A token that is good for the next minutes, as far as anybody knows.

        Raises:
            TokenExpired: Weidian gives none; a person must look.
            SyncError: the way to a new one is cut for now.
        """
        if not self._keys.app_key:
            return self._keys.access_token
        if self._tokens is None:
            self._tokens = await self._shelf.read()
        standing = self._tokens.get(TOKEN, "")
        just_tried = self._clock.now() - self._tried_ms < PATIENCE_MS
        if standing and (just_tried or not self._wearing_out(self._tokens)):
            return standing
        return await self.renew(standing)

    async def renew(self, refused: str) -> str:
        """The token to use in place of the `refused` one; one caller renews, the others wait.

        Raises:
            TokenExpired: there is nothing to make one with.
        """
        if not self._keys.app_key:
            raise TokenExpired(EXPIRED, foreign_code="")
        async with self._turn:
            standing = await self._shelf.read()
            if standing.get(TOKEN, refused) != refused and not self._wearing_out(standing):
                self._tokens = standing
                return standing[TOKEN]
            self._tried_ms = began = self._clock.now()
            told = await self._ask()
            token, seconds = text(told.get("access_token")), minor(told.get("expire_in"), 0)
            if not token or seconds is None or not 0 < seconds < _MOST_S:
                raise Malformed("weidian_odd_token")
            fresh = {TOKEN: token, UNTIL: str(began + seconds * 1000)}
            # Stored first: how many may be asked for in a day is limited.
            self._tokens = await self._shelf.keep(standing, fresh)
            return self._tokens[TOKEN]

    def _wearing_out(self, tokens: Mapping[str, str]) -> bool:
        until = tokens.get(UNTIL, "")
        return not until.isdigit() or int(until) - MARGIN_MS <= self._clock.now()
