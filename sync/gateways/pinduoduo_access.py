"""A token that is good now: the typed one until it wears out, then renewed ones.

pdd.pop.auth.token.refresh gives a new access token for a refresh token. How long either lives is
not fixed, so `expires_in` is trusted. Whoever finds the token old renews it, once, while the
others wait; what came is on the shelf, whole, before it is used.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sync.errors import Malformed, Rejected, TokenExpired
from sync.gateways.pinduoduo_sign import PinduoduoKeys
from sync.ports import Clock, TokenShelf
from sync.reading import text
from sync.tokens import TOKEN, UNTIL, Tokens

# Renewed this long before the end, so that no request sets out with a token about to die.
MARGIN_MS = 300_000
REFRESH = "refresh_token"


class PinduoduoAccess:
    """Gives the token of one shop, and a new one when the old is worn out."""

    def __init__(
        self,
        keys: PinduoduoKeys,
        shelf: TokenShelf,
        clock: Clock,
        ask: Callable[[str], Awaitable[Mapping[str, Any]]],
    ) -> None:
        """Take what was typed, the shelf, and `ask`, which sends a refresh token."""
        self._keys, self._clock, self._ask = keys, clock, ask
        self._tokens = Tokens(shelf, clock, MARGIN_MS, patience_ms=0)

    async def token(self) -> str:
        """A token that is good for the next minutes, as far as anybody knows.

        Raises:
            TokenExpired: Pinduoduo gives no new one; a person must look.
            SyncError: the way to a new one is cut for now.
        """
        standing = await self._tokens.standing()
        if standing and self._tokens.is_due():
            return await self.renew(standing) or standing
        return standing or self._keys.access_token

    async def renew(self, refused: str) -> str:
        """A token other than the `refused` one; one caller renews, the others wait.

        "" where there is nothing to renew it with.
        """
        return await self._tokens.renew(refused, self._fresh)

    async def another(self, refused: str) -> str:
        """What stands on the shelf in place of the `refused` one; "" where nothing else does."""
        return await self._tokens.another(refused)

    async def renewed_before(self) -> bool:
        """Whether the shelf holds a token: a trial's is empty, and its tokens are forgotten."""
        return await self._tokens.has_renewed()

    async def _fresh(self, standing: Mapping[str, str]) -> dict[str, str] | None:
        refresh = standing.get(REFRESH) or self._keys.refresh_token
        if not refresh:
            return None
        began = self._clock.now()
        try:
            told = await self._ask(refresh)
        except (Rejected, TokenExpired) as refused:
            code = refused.details.get("foreign_code", "")
            raise TokenExpired("pdd_refresh_refused", foreign_code=code) from refused
        token, seconds = text(told.get("access_token")), told.get("expires_in")
        if not token or isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
            raise Malformed("pdd_odd_token")
        # Where no new refresh token comes with it, the old one stays good.
        renewed = text(told.get("refresh_token")) or refresh
        return {TOKEN: token, UNTIL: str(began + seconds * 1000), REFRESH: renewed}
