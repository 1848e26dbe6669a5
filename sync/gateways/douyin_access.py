"""A token that is good now: made from the shop's number, or the typed one, and then renewed ones.

op.jinritemai.com, token.create and token.refresh: refreshed earlier than an hour before its end a
token stays the same pair; within that hour there is a new pair, and the old token lives an hour
more. A refresh token lives 14 days. `expires_in` is told as an epoch second on the interface's page
and as a number of seconds in community SDKs: both are read. Whoever finds the token old renews it,
once, while the others wait; what came is on the shelf, whole, before it is used.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sync.errors import Malformed, Rejected, TokenExpired
from sync.gateways.douyin_refuse import EXPIRED
from sync.gateways.douyin_sign import DouyinKeys, Value
from sync.ports import Clock, TokenShelf
from sync.reading import minor, text
from sync.tokens import TOKEN, UNTIL, Tokens

CREATE, REFRESH = "token.create", "token.refresh"
# Inside the hour in which there is a new pair, and before the last request with the old one.
MARGIN_MS = 1_800_000
RENEWS = "refresh_token"
_AN_EPOCH_S, _MOST_S = 1_000_000_000, 10_000_000_000

Ask = Callable[[str, Mapping[str, Value]], Awaitable[Mapping[str, Any]]]


class DouyinAccess:
    """Gives the token of one shop, and a new one when the old is worn out."""

    def __init__(self, keys: DouyinKeys, shelf: TokenShelf, clock: Clock, ask: Ask) -> None:
        """Take what was typed, the shelf, and `ask`, which calls an interface without a token."""
        self._keys, self._clock, self._ask = keys, clock, ask
        self._tokens = Tokens(shelf, clock, MARGIN_MS)

    async def token(self) -> str:
        """A token that is good for the next minutes, as far as anybody knows.

        Raises:
            TokenExpired: Douyin gives no new one; a person must look.
            SyncError: the way to a new one is cut for now.
        """
        standing = await self._tokens.standing()
        if not standing:
            return self._keys.access_token or await self._first()
        if self._tokens.is_due():
            return await self.renew(standing) or standing
        return standing

    async def _first(self) -> str:
        made = await self.renew("")
        if not made:
            raise TokenExpired(EXPIRED, foreign_code="")
        return made

    async def renew(self, refused: str) -> str:
        """The token to use in place of the `refused` one; one caller renews, the others wait.

        "" where there is nothing to renew it with; the same one where Douyin holds it good still.
        """
        return await self._tokens.renew(refused, self._fresh)

    async def may_renew(self) -> bool:
        """Whether to renew: a trial forgets its tokens, so only where new ones can be made."""
        return bool(self._keys.shop_id) or await self._tokens.has_renewed()

    async def _fresh(self, standing: Mapping[str, str]) -> dict[str, str] | None:
        """A pair by the refresh token, else by the shop's number; None where there is neither."""
        refresh = standing.get(RENEWS) or self._keys.refresh_token
        began = self._clock.now()
        if refresh:
            try:
                asked: dict[str, Value] = {"refresh_token": refresh, "grant_type": "refresh_token"}
                return _pair(await self._ask(REFRESH, asked), began, refresh)
            except (Rejected, TokenExpired) as refused:
                if not self._keys.shop_id:
                    code = refused.details.get("foreign_code", "")
                    raise TokenExpired("douyin_refresh_refused", foreign_code=code) from refused
        if not self._keys.shop_id:
            return None
        made: dict[str, Value] = {
            "code": "",
            "grant_type": "authorization_self",
            "shop_id": self._keys.shop_id,
        }
        return _pair(await self._ask(CREATE, made), began, "")


def _pair(told: Mapping[str, Any], began_ms: int, refresh: str) -> dict[str, str]:
    token, until_s = text(told.get("access_token")), minor(told.get("expires_in"), 0)
    if not token or until_s is None or not 0 < until_s < _MOST_S:
        raise Malformed("douyin_odd_token")
    ms = until_s * 1000 if until_s > _AN_EPOCH_S else began_ms + until_s * 1000
    return {TOKEN: token, UNTIL: str(ms), RENEWS: text(told.get("refresh_token")) or refresh}
