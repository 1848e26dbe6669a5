"""A token that is good now: made from the app's key, or the typed one.

Community SDKs of Weidian's open platform agree: GET /token with grant_type=client_credential,
appkey and secret gives `access_token` and `expire_in`, its seconds (25 hours as told); how often it
may be asked for is limited. A service app's token is typed and not renewed here: how is told
nowhere. Whoever finds the token old renews it, once, while the others wait; what came is on the
shelf before it is used.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.channels.weidian_refuse import EXPIRED
from sync.errors import Malformed, TokenExpired
from sync.ports import Clock, TokenShelf
from sync.reading import minor, text
from sync.tokens import TOKEN, UNTIL, Tokens

MARGIN_MS = 1_800_000
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
        self._keys, self._clock, self._ask = keys, clock, ask
        self._tokens = Tokens(shelf, clock, MARGIN_MS)

    async def token(self) -> str:
        """A token that is good for the next minutes, as far as anybody knows.

        Raises:
            TokenExpired: Weidian gives none; a person must look.
            SyncError: the way to a new one is cut for now.
        """
        if not self._keys.app_key:
            return self._keys.access_token
        standing = await self._tokens.standing()
        if standing and not self._tokens.is_due():
            return standing
        return await self.renew(standing)

    async def renew(self, refused: str) -> str:
        """The token to use in place of the `refused` one; one caller renews, the others wait.

        Raises:
            TokenExpired: there is nothing to make one with.
        """
        if not self._keys.app_key:
            raise TokenExpired(EXPIRED, foreign_code="")
        return await self._tokens.renew(refused, self._fresh)

    async def _fresh(self, standing: Mapping[str, str]) -> dict[str, str]:
        """A token by the app's key; how many may be asked for in a day is limited."""
        del standing
        began = self._clock.now()
        told = await self._ask()
        token, seconds = text(told.get("access_token")), minor(told.get("expire_in"), 0)
        if not token or seconds is None or not 0 < seconds < _MOST_S:
            raise Malformed("weidian_odd_token")
        return {TOKEN: token, UNTIL: str(began + seconds * 1000)}
