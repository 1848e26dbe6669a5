"""The expiring tokens of one account: one caller renews, the others wait, and none is forgotten.

How a new one is made is the platform's own; that it is made once, taken over where another computer
made it, and on the shelf before it is used, is the same for all and stands here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from sync.errors import TokenExpired
from sync.ports import Clock, Sleep, TokenShelf

TOKEN, UNTIL = "token", "token_until"
PATIENCE_MS = 60_000
LOOKS_S = (0.0, 0.2, 0.8, 2.0)
"""When the shelf is looked at after a refusal: what another computer was given may be under way."""

Make = Callable[[Mapping[str, str]], Awaitable[dict[str, str] | None]]
"""Makes new tokens, given those that stand; None where there is nothing to make them with."""


async def taken_over(
    shelf: TokenShelf, standing: Mapping[str, str], sleep: Sleep
) -> Mapping[str, str] | None:
    """What another computer renewed a moment before; None where nobody did.

    A refresh token is good once, so whoever comes second is refused though all is well.
    """
    for wait_s in LOOKS_S if standing.get(TOKEN) else LOOKS_S[:1]:
        await sleep(wait_s)
        now = await shelf.read()
        if now.get(TOKEN, "") not in {"", standing.get(TOKEN, "")}:
            return now
    return None


class Tokens:
    """What stands on the shelf of one account, and its renewal."""

    def __init__(
        self,
        shelf: TokenShelf,
        clock: Clock,
        margin_ms: int,
        patience_ms: int = PATIENCE_MS,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take the shelf; a token is old so long (`margin_ms`) before its end.

        `patience_ms` is how long after an attempt a token that still works is left alone.
        """
        self._shelf, self._clock, self._sleep = shelf, clock, sleep
        self._margin_ms, self._patience_ms = margin_ms, patience_ms
        self._known: Mapping[str, str] | None = None
        self._turn = asyncio.Lock()
        self._tried_ms = 0

    async def standing(self) -> str:
        """The token that stands, "" for none; read from the shelf once."""
        if self._known is None:
            self._known = await self._shelf.read()
        return self._known.get(TOKEN, "")

    def is_due(self) -> bool:
        """Whether what stands is to be renewed before it is used, and nobody just tried."""
        waited = self._clock.now() - self._tried_ms >= self._patience_ms
        return waited and self.wears_out(self._known or {})

    async def renew(self, refused: str, make: Make) -> str:
        """A token other than the `refused` one, where there is one; "" where none can be made.

        One caller makes it, the others wait and take it over. It is stored first: a token that is
        used and then forgotten may not be had again. Whoever is refused since another computer was
        faster waits for what that one was given.
        """
        async with self._turn:
            standing = await self._shelf.read()
            if standing.get(TOKEN, refused) != refused and not self.wears_out(standing):
                self._known = standing
                return standing[TOKEN]
            self._tried_ms = self._clock.now()
            try:
                fresh = await make(standing)
            except TokenExpired:
                taken = await taken_over(self._shelf, standing, self._sleep)
                if taken is None:
                    raise
                self._known = taken
                return taken[TOKEN]
            if fresh is None:
                return ""
            self._known = await self._shelf.keep(standing, fresh)
            return self._known[TOKEN]

    async def another(self, refused: str) -> str:
        """What stands on the shelf in place of the `refused` one; "" where nothing else does."""
        standing = await self._shelf.read()
        if standing.get(TOKEN, refused) == refused:
            return ""
        self._known = standing
        return standing[TOKEN]

    async def has_renewed(self) -> bool:
        """Whether the shelf holds a token: a trial's is empty, and its tokens are forgotten."""
        return bool((await self._shelf.read()).get(TOKEN))

    def wears_out(self, tokens: Mapping[str, str]) -> bool:
        """Whether tokens end within the margin, or nobody knows when."""
        until = tokens.get(UNTIL, "")
        return not until.isdigit() or int(until) - self._margin_ms <= self._clock.now()
