"""The sandbox shop's webhooks: what would be delivered, kept for whoever plays the receiver.

channels.md 2.3 and trap 9: making one sends an unsigned form ping at once; a delivery carries the
base64 HMAC-SHA256 of its raw body, may stand for several changes, and is never repeated.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sync.sandbox.shop import Shop
from sync.sandbox.woo_json import order_json


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery: headers and raw body."""

    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Hooks:
    """All webhooks of a shop; one secret for each topic."""

    shop: Shop
    zone: ZoneInfo
    secrets: dict[str, str] = field(default_factory=dict)
    delivered: list[Delivery] = field(default_factory=list)

    def make(self, topic: str, secret: str) -> int:
        """Make a webhook for a topic; the ping is delivered at once, unsigned."""
        self.secrets[topic] = secret
        number = len(self.secrets)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.delivered.append(Delivery(form, f"webhook_id={number}".encode()))
        return number

    def flush(self) -> tuple[Delivery, ...]:
        """Deliver what changed since; several changes of one order make one delivery."""
        changes = dict.fromkeys(self.shop.changed)
        self.shop.changed.clear()
        made = []
        for topic, number in changes:
            if topic in self.secrets:
                made.append(self._delivery(topic, number))
        self.delivered.extend(made)
        return tuple(made)

    def _delivery(self, topic: str, number: int) -> Delivery:
        order = self.shop.orders.get(number)
        gone = f'{{"id":{number}}}'.encode()
        body = gone if order is None else order_json(self.shop, self.zone, order)
        digest = hmac.new(self.secrets[topic].encode(), body, hashlib.sha256).digest()
        resource, _, event = topic.partition(".")
        headers = {
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
            "X-WC-Webhook-ID": "1",
            "X-WC-Webhook-Delivery-ID": f"{len(self.delivered):032x}",
        }
        return Delivery(headers, body)
