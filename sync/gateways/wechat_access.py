"""The access token of one WeChat shop, made from its app id and secret.

It is asked for in the normal mode of /cgi-bin/stable_token: while a token is good that mode gives
the same one to everybody who asks, so the shop's other programs keep theirs; in its last five
minutes there is a new one and both are good (developers.weixin.qq.com, getStableAccessToken). It is
never forced: that would end the token of every other program. Nothing is signed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.errors import Malformed, TokenExpired
from sync.gateways.wechat_refuse import STALE
from sync.ports import Clock, TokenShelf
from sync.reading import text
from sync.tokens import TOKEN, UNTIL, Tokens

# Inside the five minutes in which there is a new one.
MARGIN_MS = 120_000


@dataclass(frozen=True, slots=True)
class WechatKeys:
    """What a person typed: the shop's app, and its secret; never shown in a log."""

    app_id: str
    app_secret: str = field(repr=False)


class WechatAccess:
    """Gives the token of one shop, and a new one before the old one ends."""

    def __init__(
        self,
        keys: WechatKeys,
        shelf: TokenShelf,
        clock: Clock,
        ask: Callable[[Mapping[str, str]], Awaitable[Mapping[str, Any]]],
    ) -> None:
        """Take the keys, the shelf, and `ask`, which sends the request for a token."""
        self._keys, self._clock, self._ask = keys, clock, ask
        self._tokens = Tokens(shelf, clock, MARGIN_MS)

    async def token(self) -> str:
        """A token that is good for the next minutes, as far as anybody knows.

        Raises:
            TokenExpired: app id or secret are not accepted; a person must look.
            PermissionMissing: this office's network address is not on the shop's list.
        """
        standing = await self._tokens.standing()
        if standing and not self._tokens.is_due():
            return standing
        return await self.renew(standing) or standing

    async def renew(self, refused: str) -> str:
        """The token that stands now in place of the `refused` one; the same where it stands."""
        return await self._tokens.renew(refused, self._fresh)

    async def _fresh(self, standing: Mapping[str, str]) -> dict[str, str]:
        del standing
        keys, began = self._keys, self._clock.now()
        asked = {"grant_type": "client_credential", "appid": keys.app_id, "secret": keys.app_secret}
        try:
            told = await self._ask(asked)
        except TokenExpired as no:
            if no.code != STALE:
                raise
            # Here the same code speaks of the secret: no token was sent.
            raise TokenExpired("wechat_wrong_secret", **no.details) from no
        token, seconds = text(told.get("access_token")), text(told.get("expires_in"))
        lasts = int(seconds[:9]) if seconds.isascii() and seconds.isdigit() else 0
        if not token or not lasts:
            raise Malformed("wechat_odd_token")
        return {TOKEN: token, UNTIL: str(began + lasts * 1000)}
