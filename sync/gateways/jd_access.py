"""A JD token that is good now: the typed one, or renewed ones.

JD renews a token in the last day before it ends and no more afterwards, so nobody may wait for the
platform to turn the old one away: whoever first finds less than a day left renews it, once, while
the others wait; what came is on the shelf, whole, before it is used (open.jd.com, OAuth 2.0).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sync.errors import Malformed, Rejected, SyncError, TokenExpired
from sync.gateways.jd_sign import JdKeys
from sync.ports import Clock, Sleep, TokenShelf
from sync.reading import text
from sync.tokens import taken_over

RENEWED_WITHIN_MS = 86_400_000 - 60_000
# A renewal that failed is tried again this much later: JD counts them by the month.
AGAIN_MS = 3_600_000
TOKEN, UNTIL, REFRESH = "token", "token_until", "refresh_token"


class JdAccess:
    """Gives the token of one shop, and a new one before the old one ends."""

    def __init__(
        self,
        keys: JdKeys,
        shelf: TokenShelf,
        clock: Clock,
        ask: Callable[[str], Awaitable[Mapping[str, Any]]],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take what was typed, the shelf, and `ask`, which sends a refresh token."""
        self._sleep = sleep
        self._keys, self._shelf, self._clock, self._ask = keys, shelf, clock, ask
        self._tokens: Mapping[str, str] | None = None
        self._turn = asyncio.Lock()
        self._not_before_ms = 0

    async def token(self) -> str:
        """A token that is good now, as far as anybody knows.

        Raises:
            TokenExpired: it ended, or is about to and JD gives no new one; a person must look.
        """
        if self._tokens is None:
            self._tokens = await self._shelf.read()
        standing = self._tokens.get(TOKEN) or self._keys.access_token
        left = self._left_ms(self._tokens)
        if left is None or left > RENEWED_WITHIN_MS or not self._refresh(self._tokens):
            return standing
        if left > 0 and self._clock.now() < self._not_before_ms:
            return standing
        try:
            return await self.renew(standing)
        except SyncError:
            # There is a day for it: what is good still is used meanwhile.
            self._not_before_ms = self._clock.now() + AGAIN_MS
            if left > 0:
                return standing
            raise

    async def renew(self, refused: str) -> str:
        """A token other than the `refused` one; one caller renews, the others wait.

        Raises:
            TokenExpired: JD gives no new one, or there is nothing to renew it with.
        """
        async with self._turn:
            standing = await self._shelf.read()
            held, left = standing.get(TOKEN, ""), self._left_ms(standing)
            if held and held != refused and (left is None or left > 0):
                self._tokens = standing
                return held
            refresh = self._refresh(standing)
            if not refresh:
                raise TokenExpired("jd_token_over", foreign_code="19")
            try:
                fresh = await self._fresh(refresh)
            except TokenExpired:
                taken = await taken_over(self._shelf, standing, self._sleep)
                if taken is None:
                    raise
                self._tokens = taken
                return taken[TOKEN]
            # Stored first: a token that is used and then forgotten cannot be had again.
            self._tokens = await self._shelf.keep(standing, fresh)
            return self._tokens[TOKEN]

    def _refresh(self, tokens: Mapping[str, str]) -> str:
        return tokens.get(REFRESH, "") or self._keys.refresh_token

    def _left_ms(self, tokens: Mapping[str, str]) -> int | None:
        """How long the token is good still; None where nobody knows it."""
        until = tokens.get(UNTIL, "")
        if tokens.get(TOKEN):
            return int(until) - self._clock.now() if until.isdigit() else None
        ends = self._keys.ends_ms
        return None if ends is None else ends - self._clock.now()

    async def _fresh(self, refresh: str) -> dict[str, str]:
        began = self._clock.now()
        try:
            told = await self._ask(refresh)
        except Rejected as no:
            raise TokenExpired("jd_refresh_refused", foreign_code=no.foreign_code[:40]) from no
        token, seconds = text(told.get("access_token")), text(told.get("expires_in"))
        if not token and told.get("code") is not None:
            raise TokenExpired("jd_refresh_refused", foreign_code=text(told.get("code"))[:40])
        lasts = int(seconds[:12]) if seconds.isascii() and seconds.isdigit() else 0
        if not token or not lasts:
            raise Malformed("jd_odd_token")
        # Where no new refresh token comes with it, the old one stays good.
        renewed = text(told.get("refresh_token")) or refresh
        return {TOKEN: token, UNTIL: str(began + lasts * 1000), REFRESH: renewed}
