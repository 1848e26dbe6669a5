"""Who may call Amazon's sandbox endpoint, and how often.

Login with Amazon (POST /auth/o2/token, form, grant_type=refresh_token) gives a token of an hour; a
token that is unknown, worn out, of another region, or whose app lacks the operation's role, gets
403 Unauthorized; each operation has a token bucket per app and seller and says its rate in
`x-amzn-RateLimit-Limit` (developer-docs.amazon.com/sp-api, "Usage Plans and Rate Limits").
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

HOUR_S = 3600
# (a second, at once), as each operation's page says.
RATES: Mapping[str, tuple[float, float]] = {
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2, 10),
    "getListingsItem": (5, 10),
    "patchListingsItem": (5, 5),
    "getSubscription": (1, 5),
    "createSubscription": (1, 5),
    "getDestinations": (1, 5),
    "createDestination": (1, 5),
}
# What belongs to the app and to no seller takes a token of its own kind.
_GRANTLESS = frozenset({"getDestinations", "createDestination"})
_SCOPE = "sellingpartnerapi::notifications"


class AmazonNo(Exception):  # noqa: N818 - Amazon says no; nothing is broken
    """A refusal: its status, and Amazon's code and words."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        """Keep what is told."""
        super().__init__(code)
        self.status, self.code, self.message, self.details = status, code, message, details

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        error = {"code": self.code, "message": self.message, "details": self.details}
        return {"errors": [error]}


@dataclass(slots=True)
class AmazonApp:
    """One app and the seller's grant: what Login with Amazon knows. `lacks` are operations."""

    client_id: str
    client_secret: str
    refresh_token: str
    seller: str = "A1SELLER"
    lacks: set[str] = field(default_factory=set)
    sees_addresses: bool = True
    granted: bool = True


class AmazonGate:
    """Gives tokens out, looks at every call's, and counts; `now_s` is Amazon's clock."""

    def __init__(self, app: AmazonApp, now_s: Callable[[], float]) -> None:
        """Take the one app."""
        self.app, self._now_s = app, now_s
        self._tokens: dict[str, float] = {}
        self._grantless: set[str] = set()
        self._buckets: dict[str, tuple[float, float]] = {}
        self.rates = dict(RATES)
        self.given = 0
        self.quota: Counter[str] = Counter()

    def login(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """A token for the app's id, its secret and the seller's grant."""
        if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise AmazonNo(400, "invalid_request", "The request has an invalid content type")
        form = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        own = (form.get("grant_type"), form.get("scope")) == ("client_credentials", _SCOPE)
        if not own and form.get("grant_type") != "refresh_token":
            raise AmazonNo(400, "unsupported_grant_type", "The grant type is not supported")
        app = (form.get("client_id"), form.get("client_secret"))
        if app != (self.app.client_id, self.app.client_secret):
            raise AmazonNo(401, "invalid_client", "Client authentication failed")
        if own:
            return self._token(grantless=True)
        if not self.app.granted or form.get("refresh_token") != self.app.refresh_token:
            raise AmazonNo(400, "invalid_grant", "The request has an invalid grant parameter")
        return {**self._token(grantless=False), "refresh_token": self.app.refresh_token}

    def _token(self, *, grantless: bool) -> dict[str, Any]:
        self.given += 1
        token = f"Atza|{self.given:032x}"
        self._tokens[token] = self._now_s() + HOUR_S
        if grantless:
            self._grantless.add(token)
        return {"access_token": token, "token_type": "bearer", "expires_in": HOUR_S}

    def forget(self) -> None:
        """Every token given so far is worth nothing more."""
        self._tokens.clear()

    def admit(self, operation: str, headers: Mapping[str, str]) -> None:
        """Raises AmazonNo for a token that is not good for this, and past the rate."""
        until = self._tokens.get(headers.get("x-amz-access-token", ""))
        if until is None:
            why = "The access token you provided is revoked, malformed or invalid."
            raise AmazonNo(403, "Unauthorized", "Access to requested resource is denied.", why)
        if until <= self._now_s():
            why = "The access token you provided has expired."
            raise AmazonNo(403, "Unauthorized", "Access to requested resource is denied.", why)
        own = headers["x-amz-access-token"] in self._grantless
        if operation in self.app.lacks or own != (operation in _GRANTLESS):
            raise AmazonNo(403, "Unauthorized", "Access to requested resource is denied.")
        self._count(operation)

    def _count(self, operation: str) -> None:
        rate, burst = self.rates[operation]
        now = self._now_s()
        tokens, at = self._buckets.get(operation, (burst, now))
        tokens = min(burst, tokens + (now - at) * rate)
        # Clocks count in milliseconds; a hair below one whole question is one.
        if tokens < 1 - 1e-3:
            self.quota[operation] += 1
            message = "You exceeded your quota for the requested resource."
            raise AmazonNo(429, "QuotaExceeded", message)
        self._buckets[operation] = (tokens - 1, now)
