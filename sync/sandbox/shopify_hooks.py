"""The sandbox shop's webhooks: what would be delivered, kept for whoever plays the receiver.

shopify.dev, "HTTPS webhooks": base64 HMAC-SHA256 of the raw body under the app's secret; a repeat
carries the same webhook id, one event over two subscriptions the same event id.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from sync.sandbox.shopify_shop import ShopifyTruth


@dataclass(frozen=True, slots=True)
class ShopifyDelivery:
    """One delivery: headers and raw body."""

    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class ShopifyHooks:
    """All subscriptions of a shop."""

    shop: ShopifyTruth
    secret: str
    topics: set[str] = field(default_factory=set)
    delivered: list[ShopifyDelivery] = field(default_factory=list)

    def flush(self) -> tuple[ShopifyDelivery, ...]:
        """Deliver what changed since."""
        made: list[ShopifyDelivery] = []
        for topic, number in self.shop.changed:
            if topic in self.topics:
                made.append(self._delivery(topic, number, len(self.delivered) + len(made)))
        self.shop.changed.clear()
        self.delivered.extend(made)
        return tuple(made)

    def _delivery(self, topic: str, number: int, at: int) -> ShopifyDelivery:
        body = json.dumps({"id": number, "admin_graphql_api_id": f"gid://shopify/Order/{number}"})
        digest = hmac.new(self.secret.encode(), body.encode(), hashlib.sha256).digest()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-SHA256": base64.b64encode(digest).decode(),
            "X-Shopify-Webhook-Id": f"w{at:031x}",
            "X-Shopify-Event-Id": f"e{at:031x}",
            "X-Shopify-API-Version": "2026-07",
        }
        return ShopifyDelivery(headers, body.encode())
