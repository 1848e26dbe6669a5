"""Who may speak to the sandbox shop, and how much: tokens, rights, versions and points.

shopify.dev: "About offline access tokens" (an hour, a refresh token of 90 days that changes each
time), "More resilient refreshes" (the old refresh token is good until its successor is used),
"Authenticate an app for stores in your organization" (client credentials, a day), "API versioning"
(an old version is answered by the oldest one still served), and the rate limit page (a bucket of
points; the asked-for cost must be in it, the actual cost is taken).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.http import Call, Reply

HOUR_S, DAY_S, REFRESH_S = 3600, 86_399, 90 * 86_400
READ_BY_WRITE = "write_"
# Which right a field needs (shopify.dev: the reference page of each).
RIGHTS = {
    ("QueryRoot", "orders"): "read_orders",
    ("QueryRoot", "order"): "read_orders",
    ("QueryRoot", "ordersCount"): "read_orders",
    ("QueryRoot", "nodes"): "read_orders",
    ("QueryRoot", "refund"): "read_orders",
    ("QueryRoot", "fulfillment"): "read_orders",
    ("QueryRoot", "fulfillmentOrder"): "read_merchant_managed_fulfillment_orders",
    ("Order", "fulfillmentOrders"): "read_merchant_managed_fulfillment_orders",
    ("QueryRoot", "location"): "read_locations",
    ("QueryRoot", "productVariant"): "read_products",
    ("QueryRoot", "productVariants"): "read_products",
    ("QueryRoot", "productVariantsCount"): "read_products",
    ("ProductVariant", "inventoryItem"): "read_inventory",
    ("Mutation", "fulfillmentCreate"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "fulfillmentTrackingInfoUpdate"): "write_merchant_managed_fulfillment_orders",
    ("Mutation", "orderUpdate"): "write_orders",
    ("Mutation", "tagsAdd"): "write_orders",
    ("Mutation", "tagsRemove"): "write_orders",
    ("Mutation", "inventorySetQuantities"): "write_inventory",
}
# Protected customer data, level 2: names, addresses, phones and mail addresses.
LEVEL_2 = {("Order", "email"), ("Order", "phone")} | {
    ("MailingAddress", name)
    for name in ("name", "firstName", "lastName", "phone", "address1", "address2", "zip")
}
ALL_RIGHTS = frozenset(RIGHTS.values())
UNKNOWN = (
    '{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}'
)


@dataclass(slots=True)
class App:
    """One app: its id and secret, what it may do, and whether the shop has installed it."""

    client_id: str
    client_secret: str
    scopes: set[str] = field(default_factory=lambda: set(ALL_RIGHTS))
    level_2: bool = True
    installed: bool = True
    same_organisation: bool = True


@dataclass(slots=True)
class Points:
    """The bucket of one app at this shop."""

    most: float
    rate: float
    held: float
    at_s: float

    def now(self, now_s: float) -> float:
        """What it holds now."""
        self.held = min(self.most, self.held + (now_s - self.at_s) * self.rate)
        self.at_s = now_s
        return self.held


class Gate:
    """Gives tokens out and looks at them; counts the points."""

    def __init__(self, app: App, now_s: Callable[[], float], most: int, rate: int) -> None:
        """Take the one app, and the size and rate of its bucket."""
        self.app, self._now_s = app, now_s
        self.points = Points(most, rate, most, now_s())
        self._tokens: dict[str, float | None] = {}
        self._refresh: dict[str, float] = {}
        self._follows: dict[str, str] = {}
        self._made = 0
        self.given: list[str] = []

    def token(self, *, seconds: int | None = None) -> str:
        """A new access token; without seconds it does not expire."""
        self._made += 1
        made = f"shpat_{self._made:032x}"
        self._tokens[made] = None if seconds is None else self._now_s() + seconds
        return made

    def refresh_token(self) -> str:
        """A new refresh token."""
        self._made += 1
        made = f"shprt_{self._made:032x}"
        self._refresh[made] = self._now_s() + REFRESH_S
        return made

    def revoke(self) -> None:
        """The merchant removes the app, or its keys are changed: no token is good any more."""
        self._tokens.clear()
        self._refresh.clear()

    def refuse(self, call: Call) -> Reply | None:
        """The refusal of a call without a good token."""
        token = call.headers.get("x-shopify-access-token", "")
        until = self._tokens.get(token, 0)
        if token in self._tokens and (until is None or until > self._now_s()):
            return None
        return Reply(401, UNKNOWN.encode())

    def denied(self, type_: str, name: str) -> str:
        """The right a field lacks, in Shopify's words; "" where it may be seen."""
        if (type_, name) in LEVEL_2 and not self.app.level_2:
            return "protected customer data approval"
        right = RIGHTS.get((type_, name), "")
        held = self.app.scopes
        wider = right.replace("read_", READ_BY_WRITE, 1)
        return "" if not right or right in held or wider in held else f"`{right}` access scope."

    def oauth(self, call: Call) -> Reply:
        """Exchange a refresh token, or an app's own id and secret, for an access token."""
        try:
            told = json.loads(call.body or b"{}")
        except ValueError:
            told = {}
        wrong = self._wrong_grant(told)
        if wrong:
            return _oauth_no(wrong)
        if told["grant_type"] == "refresh_token":
            return self._renewed(str(told.get("refresh_token", "")))
        return self._gives({"access_token": self.token(seconds=DAY_S), "expires_in": DAY_S})

    def _wrong_grant(self, told: dict[str, Any]) -> str:
        app, grant = self.app, told.get("grant_type")
        own = grant == "client_credentials"
        rules = (
            (told.get("client_id") != app.client_id, "application_cannot_be_found"),
            (told.get("client_secret") != app.client_secret, "invalid_client"),
            (grant not in ("refresh_token", "client_credentials"), "unsupported_grant_type"),
            (own and not app.installed, "app_not_installed"),
            (own and not app.same_organisation, "shop_not_permitted"),
        )
        return next((code for broken, code in rules if broken), "")

    def _renewed(self, old: str) -> Reply:
        if self._refresh.get(old, 0) <= self._now_s():
            return _oauth_no("invalid_grant")
        for before, after in list(self._follows.items()):
            if after == old:  # the successor is used: what came before is retired
                self._refresh.pop(before, None)
                del self._follows[before]
        new = self._follows.get(old) or self.refresh_token()
        self._follows[old] = new
        told = {"access_token": self.token(seconds=HOUR_S), "expires_in": HOUR_S}
        return self._gives({**told, "refresh_token": new, "refresh_token_expires_in": REFRESH_S})

    def _gives(self, told: dict[str, Any]) -> Reply:
        self.given.append(str(told["access_token"]))
        told["scope"] = ",".join(sorted(self.app.scopes))
        return Reply(200, json.dumps(told).encode())

    def cost_told(self, asked: int, actual: int | None) -> dict[str, Any]:
        """`extensions.cost` of an answer; the actual cost is taken from the bucket."""
        held = self.points.now(self._now_s())
        if actual is not None:
            self.points.held = held = max(0.0, held - actual)
        return {
            "requestedQueryCost": asked,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": float(self.points.most),
                "currentlyAvailable": int(held),
                "restoreRate": float(self.points.rate),
            },
        }

    def fits(self, asked: int) -> bool:
        """Whether the bucket holds the asked-for cost."""
        return self.points.now(self._now_s()) >= asked


def _oauth_no(code: str) -> Reply:
    return Reply(400, json.dumps({"error": code, "error_description": code}).encode())
