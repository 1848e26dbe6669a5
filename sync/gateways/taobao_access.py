"""The seller's session: typed once, or renewed before and when it runs out.

Only apps of the service market may renew a session (taobao.top.auth.token.refresh); any other app
holds one of fixed length, and a person must authorise anew when it ends. Both new tokens are on
the shelf before either is used; whoever finds the session old renews it, once, while others wait.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.errors import Malformed, PermissionMissing, Rejected, TokenExpired
from sync.gateways.taobao_calls import Method, TopGate
from sync.json_text import read_json
from sync.ports import Clock, TokenShelf
from sync.reading import mapping, text

REFRESH = Method("taobao.top.auth.token.refresh")
MARGIN_MS = 300_000
SESSION, UNTIL, RENEWS_BY = "session", "session_until", "refresh_token"


@dataclass(frozen=True, slots=True)
class SellerKeys:
    """What a person typed: the seller's session, and what renews it; never shown in a log."""

    session: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)


class TaobaoAccess:
    """Gives the session of one seller, and a new one when the old is worn out."""

    def __init__(self, keys: SellerKeys, shelf: TokenShelf, gate: TopGate, clock: Clock) -> None:
        """Take what was typed, the shelf with what was renewed since, and the way out."""
        self._keys, self._shelf, self._gate, self._clock = keys, shelf, gate, clock
        self._tokens: Mapping[str, str] | None = None
        self._turn = asyncio.Lock()

    async def session(self) -> str:
        """The session that stands now; one about to end is renewed first.

        Raises:
            TokenExpired: the platform gives no new one; a person must authorise again.
        """
        if not self._keys.refresh_token:
            return self._keys.session
        if self._tokens is None:
            self._tokens = await self._shelf.read()
        standing = self._tokens.get(SESSION) or self._keys.session
        return await self.renew(standing) if self._ends(self._tokens) else standing

    async def renew(self, refused_one: str) -> str:
        """A session other than the refused one; one caller renews, the others wait for it."""
        if not self._keys.refresh_token:
            raise TokenExpired("taobao_session_over", foreign_code="27")
        async with self._turn:
            standing = await self._shelf.read()
            held = standing.get(SESSION, "")
            if held and held != refused_one and not self._ends(standing):
                self._tokens = standing
                return held
            fresh = await self._ask(standing.get(RENEWS_BY) or self._keys.refresh_token)
            # Stored first: a token that is used and then forgotten cannot be had again.
            self._tokens = await self._shelf.keep(standing, fresh)
            return self._tokens[SESSION]

    def _ends(self, tokens: Mapping[str, str]) -> bool:
        """Whether these run out within minutes; nobody knows it of a session that was typed."""
        until = tokens.get(UNTIL, "")
        return until.isdigit() and int(until) - MARGIN_MS <= self._clock.now()

    async def _ask(self, refresh_token: str) -> dict[str, str]:
        began = self._clock.now()
        try:
            told = await self._gate.ask(REFRESH, {"refresh_token": refresh_token})
        except (Rejected, PermissionMissing, TokenExpired) as no:
            if no.code in ("taobao_wrong_key", "taobao_clock_off"):
                raise
            code = text(no.details.get("foreign_code"))
            raise TokenExpired("taobao_refresh_refused", foreign_code=code) from no
        result = mapping(read_json(text(told.data.get("token_result")).encode()))
        return _pair(result, refresh_token, began)


def _pair(told: Mapping[str, Any], refresh_token: str, began: int) -> dict[str, str]:
    """What to keep of `token_result`; a refresh token that is not told anew goes on being good."""
    session, seconds = text(told.get("access_token")), text(told.get("expires_in"))
    if not session or not (seconds.isascii() and seconds.isdigit()) or int(seconds[:12]) == 0:
        raise Malformed("taobao_odd_token")
    renewed = text(told.get("refresh_token")) or refresh_token
    return {SESSION: session, UNTIL: str(began + int(seconds[:12]) * 1000), RENEWS_BY: renewed}
