"""A token of one Xiaohongshu shop that is good now: the typed one, then renewed ones.

An access token lives seven days, a refresh token fourteen and is good once. Only in its last half
hour, or after its end, is a token changed for another; earlier the same pair comes back
(open.xiaohongshu.com, "授权流程"). Whoever finds the token old renews it, once, while the others
wait; the pair is on the shelf before it is used.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sync.errors import Malformed, Rejected, TokenExpired
from sync.gateways.xhs_sign import XhsKeys
from sync.ports import Clock, TokenShelf
from sync.reading import text
from sync.tokens import TOKEN, UNTIL, Tokens

MARGIN_MS = 25 * 60_000
REFRESH = "refresh_token"


class XhsAccess:
    """Gives the token of one shop, and a new one when the old is worn out."""

    def __init__(
        self,
        keys: XhsKeys,
        shelf: TokenShelf,
        clock: Clock,
        ask: Callable[[str], Awaitable[Mapping[str, Any]]],
    ) -> None:
        """Take what was typed, the shelf, and `ask`, which sends a refresh token."""
        self._keys, self._ask = keys, ask
        self._tokens = Tokens(shelf, clock, MARGIN_MS)

    async def token(self) -> str:
        """A token that is good for the next minutes, as far as anybody knows.

        Raises:
            TokenExpired: Xiaohongshu gives no new one; the owner must authorise again.
        """
        standing = await self._tokens.standing()
        if standing and self._tokens.is_due():
            return await self.renew(standing) or standing
        return standing or self._keys.access_token

    async def renew(self, refused: str) -> str:
        """A token other than the `refused` one; "" where there is nothing to renew it with."""
        return await self._tokens.renew(refused, self._fresh)

    async def may_renew(self) -> bool:
        """Whether a trial may renew: it forgets what it renews, so only where others keep it."""
        return await self._tokens.has_renewed()

    async def _fresh(self, standing: Mapping[str, str]) -> dict[str, str] | None:
        refresh = standing.get(REFRESH) or self._keys.refresh_token
        if not refresh:
            return None
        try:
            told = await self._ask(refresh)
        except (Rejected, TokenExpired) as no:
            code = no.details.get("foreign_code", "")
            raise TokenExpired("xhs_refresh_refused", foreign_code=code) from no
        token, until = text(told.get("accessToken")), text(told.get("accessTokenExpiresAt"))
        renewed = text(told.get("refreshToken"))
        if not token or not renewed or not (until.isascii() and until.isdigit()):
            raise Malformed("xhs_odd_token")
        return {TOKEN: token, UNTIL: until[:14], REFRESH: renewed}
