"""Who may do what at the sandbox server: logins, sessions, API keys, channels and rights.

As seen at 3.7.3: a login answers with a token in the header `vendure-auth-token`; a token it does
not know makes every guarded field FORBIDDEN, exactly as a missing right does; while a server has
one channel it answers for that one whatever channel token is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.vendure_run import Refused

RIGHTS = frozenset({"Authenticated", "ReadOrder", "UpdateOrder", "ReadCatalog", "UpdateCatalog"})
YEAR_MS = 365 * 86_400_000
# The rights that let each field be asked for; any of them will do. Login is anybody's.
NEEDS = {
    "orders": ("ReadOrder",),
    "order": ("ReadOrder",),
    "addFulfillmentToOrder": ("UpdateOrder",),
    "transitionFulfillmentToState": ("UpdateOrder",),
    "addNoteToOrder": ("UpdateOrder",),
    "updateOrderNote": ("UpdateOrder",),
    "productVariant": ("ReadCatalog", "ReadProduct"),
    "productVariants": ("ReadCatalog", "ReadProduct"),
    "stockLocations": ("ReadCatalog", "ReadProduct", "ReadStockLocation"),
    "updateProductVariants": ("UpdateCatalog", "UpdateProduct"),
    "globalSettings": ("Authenticated",),
    "activeChannel": ("Authenticated",),
}
FORBIDDEN = "You are not currently authorized to perform this action"


@dataclass(slots=True)
class Account:
    """Who may come in: by name and password, or by an API key."""

    username: str = "desk"
    password: str = "open sesame"  # noqa: S105 - the sandbox's own
    api_key: str = ""
    rights: frozenset[str] = RIGHTS


@dataclass(slots=True)
class Gate:
    """The server's door. `channels` are (token, code), the default one first."""

    account: Account
    now_ms: Callable[[], int]
    channels: list[tuple[str, str]] = field(
        default_factory=lambda: [("default-token", "__default_channel__")]
    )
    bearer: bool = True
    session_ms: int = YEAR_MS
    sessions: dict[str, int] = field(default_factory=dict)
    logins: int = 0

    def login(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """The login mutation's result; a good one opens a session."""
        self.logins += 1
        if (args["username"], args["password"]) != (self.account.username, self.account.password):
            words = "The provided credentials are invalid"
            return {
                "__typename": "InvalidCredentialsError",
                "errorCode": "INVALID_CREDENTIALS_ERROR",
                "message": words,
            }
        return {"__typename": "CurrentUser", "id": "2", "identifier": self.account.username}

    def open(self) -> str:
        """A new session's token."""
        token = f"{self.logins:064x}"
        self.sessions[token] = self.now_ms() + self.session_ms
        return token

    def known(self, headers: Mapping[str, str]) -> bool:
        """Whether the request proves who it is from."""
        key = headers.get("vendure-api-key", "")
        if key and key == self.account.api_key:
            return True
        told = headers.get("authorization", "")
        until = self.sessions.get(told.removeprefix("Bearer "), 0)
        return self.bearer and told.startswith("Bearer ") and until > self.now_ms()

    def let(self, headers: Mapping[str, str], asked: list[str]) -> None:
        """Refuse what may not be asked for."""
        held = self.account.rights if self.known(headers) else frozenset()
        for name in asked:
            needed = NEEDS.get(name, ())
            if needed and "SuperAdmin" not in held and not held & set(needed):
                raise Refused(FORBIDDEN, "FORBIDDEN")

    def channel(self, headers: Mapping[str, str]) -> tuple[str, str]:
        """The channel a request is for."""
        told = headers.get("vendure-token", "")
        if not told or len(self.channels) == 1:
            return self.channels[0]
        for each in self.channels:
            if each[0] == told:
                return each
        raise Refused(f"No Channel with the token {told} could be found", "CHANNEL_NOT_FOUND")
