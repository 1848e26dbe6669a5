"""How Waydesk gets in: the Admin API's address, and what proves who we are.

Two ways (Vendure's documentation, "Auth"). An API key goes out in the header `vendure-api-key` and
does not expire. A login gives a session token in the header `vendure-auth-token`, which goes out as
Bearer; it ends when the server's `sessionDuration` is over, or the session is closed there, and the
server does not say when. Whoever finds it old logs in again, once, while the others wait; the new
token is on the shelf before it is used.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sync.channels.vendure_documents import LOGIN
from sync.channels.vendure_refuse import NotLetIn, error_result, refused_whole
from sync.connector import Connector
from sync.errors import Malformed, PermissionMissing, Rejected, TokenExpired
from sync.json_text import read_json
from sync.ports import Answer, Request, TokenShelf
from sync.reading import mapping, rows, text

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PATH = "/admin-api"
TOKEN_HEADER, KEY_HEADER, CHANNEL_HEADER = "vendure-auth-token", "vendure-api-key", "vendure-token"
TOKEN, WHO = "token", "who"


@dataclass(frozen=True, slots=True)
class VendureKeys:
    """What a person typed: an API key, or a name and a password; never shown in a log."""

    api_key: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)


def endpoint_of(address: str) -> str:
    """The Admin API's address; a bare host means its usual path, /admin-api.

    Raises:
        Rejected: plain http to another computer, which would show the password to everyone.
    """
    told = address.strip().rstrip("/")
    parts = urlsplit(told if "://" in told else f"https://{told}")
    host = (parts.hostname or "").lower()
    if not host or parts.query or parts.fragment:
        raise Rejected("vendure_bad_address", site=told[:80])
    if parts.scheme != "https" and host not in LOOPBACK:
        raise Rejected("vendure_plain_http", site=told[:80])
    return f"{parts.scheme}://{parts.netloc}{parts.path or PATH}"


class VendureAccess:
    """Gives what proves who we are, and a new token when the old is worn out."""

    def __init__(
        self, keys: VendureKeys, address: str, shelf: TokenShelf, connector: Connector
    ) -> None:
        """Take what was typed, the shelf with the session's token, and the way out."""
        self._keys, self._address = keys, address
        self._shelf, self._connector = shelf, connector
        self._token = ""
        self._turn = asyncio.Lock()

    @property
    def renews(self) -> bool:
        """Whether a refused token can be replaced without a person."""
        return not self._keys.api_key

    async def proof(self) -> dict[str, str]:
        """The header that proves who we are now.

        Raises:
            TokenExpired: name and password are refused; a person must look.
        """
        if self._keys.api_key:
            return {KEY_HEADER: self._keys.api_key}
        return _bearer(self._token or await self._fresh(""))

    async def renew(self, refused: Mapping[str, str]) -> dict[str, str]:
        """Another proof than the `refused` one; one caller logs in, the others wait."""
        return _bearer(await self._fresh(refused.get("Authorization", "").removeprefix("Bearer ")))

    async def _fresh(self, refused: str) -> str:
        async with self._turn:
            standing = await self._shelf.read()
            token = standing.get(TOKEN, "")
            if not token or token == refused or standing.get(WHO) != self._who:
                told = {TOKEN: await self._login(), WHO: self._who}
                token = (await self._shelf.keep(standing, told)).get(TOKEN, "")
            self._token = token
            return token

    @property
    def _who(self) -> str:
        """Whose token it is: one of another login or server is of no use."""
        return f"{self._keys.username}@{endpoint_of(self._address)}"

    async def _login(self) -> str:
        site = endpoint_of(self._address)
        asked = {"username": self._keys.username, "password": self._keys.password}
        body = json.dumps({"query": LOGIN, "variables": asked}, ensure_ascii=False)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        answer = await self._connector.request(Request("POST", site, headers, body.encode()))
        _judge(answer, site)
        token = answer.headers.get(TOKEN_HEADER, "").strip()
        if not token:
            raise Rejected("vendure_no_bearer", site=site)
        return token


def _judge(answer: Answer, site: str) -> None:
    told = mapping(read_json(answer.body))
    errors = rows(told.get("errors"))
    if errors:
        error = refused_whole(errors, site)
        if isinstance(error, NotLetIn):
            raise PermissionMissing("vendure_right_missing", rights="login", site=site)
        raise error
    payload = mapping(mapping(told.get("data")).get("login"))
    refused = error_result(payload)
    if refused is not None:
        code = refused.foreign_code
        raise TokenExpired("vendure_wrong_login", site=site, foreign_code=code)
    if text(payload.get("__typename")) != "CurrentUser":
        raise Malformed("sync_not_json", why="no login")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
