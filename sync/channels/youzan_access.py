"""A token that is good now: made from the shop's number, or the typed one, and then renewed ones.

doc.youzanyun.com, guide on tokens: POST /auth/token. `silent` (an app of the shop's own) with
`refresh` false gives the token that stands, and a new one only where it has ended; with true a new
one, and whether the old one lives an hour more is told both ways. So it is asked without first:
another computer's new token is taken over and never killed. `refresh_token` gives a new pair and
ends the old one. A token lives 7 days, a refresh token 28; `expires` is an epoch millisecond.
Whoever finds the token old renews it, once, while the others wait; what came is on the shelf,
whole, before it is used.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sync.channels.youzan_keys import Value, YouzanKeys
from sync.channels.youzan_refuse import EXPIRED
from sync.errors import Malformed, Rejected, TokenExpired
from sync.ports import Clock, TokenShelf
from sync.reading import minor, text
from sync.tokens import TOKEN, UNTIL, Tokens

# Renewed this long before the end, so that a computer that is off at night finds a good one.
MARGIN_MS = 43_200_000
RENEWS = "refresh_token"
_AN_EPOCH_MS, _MOST_MS = 10**12, 10**13

Ask = Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Any]]]


class YouzanAccess:
    """Gives the token of one shop, and a new one when the old is worn out."""

    def __init__(self, keys: YouzanKeys, shelf: TokenShelf, clock: Clock, ask: Ask) -> None:
        """Take what was typed, the shelf, and `ask`, which sends one request for a token."""
        self._keys, self._ask = keys, ask
        self._tokens = Tokens(shelf, clock, MARGIN_MS)

    async def token(self) -> str:
        """A token that is good for the next minutes, as far as anybody knows.

        Raises:
            TokenExpired: Youzan gives no new one; a person must look.
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

        "" where there is nothing to renew it with.
        """

        async def make(standing: Mapping[str, str]) -> dict[str, str] | None:
            return await self._fresh(standing, refused)

        return await self._tokens.renew(refused, make)

    async def may_renew(self) -> bool:
        """Whether to renew: a trial forgets its tokens, so only where new ones can be made."""
        return bool(self._keys.kdt_id) or await self._tokens.has_renewed()

    async def _fresh(self, standing: Mapping[str, str], refused: str) -> dict[str, str] | None:
        """New tokens by the shop's number or a refresh token; None where there is neither."""
        if self._keys.kdt_id:
            made = await self._silent(new=False)
            good = made[TOKEN] != refused and not self._tokens.wears_out(made)
            return made if good else await self._silent(new=True)
        refresh = standing.get(RENEWS) or self._keys.refresh_token
        if not refresh:
            return None
        try:
            told = await self._ask({"authorize_type": "refresh_token", "refresh_token": refresh})
        except (Rejected, TokenExpired) as no:
            code = no.details.get("foreign_code", "")
            raise TokenExpired("youzan_refresh_refused", foreign_code=code) from no
        return {**_read(told), RENEWS: text(told.get("refresh_token")) or refresh}

    async def _silent(self, *, new: bool) -> dict[str, str]:
        grant = self._keys.kdt_id
        return _read(
            await self._ask({"authorize_type": "silent", "grant_id": grant, "refresh": new})
        )


def _read(told: Mapping[str, Any]) -> dict[str, str]:
    token, until_ms = text(told.get("access_token")), minor(told.get("expires"), 0)
    if not token or until_ms is None or not _AN_EPOCH_MS < until_ms < _MOST_MS:
        raise Malformed("youzan_odd_token")
    return {TOKEN: token, UNTIL: str(until_ms)}
