"""A Shopify webhook: verified, then a hint (channels.md 1.3).

Deliveries repeat and may come late or never, so polling stays the truth and a push only says which
order to read again now.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping, text
from sync.records import PushHint

_BODY_CAP = 1024 * 1024
_ORDER_IN = {"orders": "id", "refunds": "order_id", "returns": "order", "fulfillments": "order_id"}


def read_push(secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> PushHint:
    """The hint of one delivery; after a secret is changed the old one is good for an hour.

    Raises:
        Rejected: unsigned, signed with another secret, or over 1 MB.
        Malformed: rightly signed, but no JSON object with an order.
    """
    told = {name.lower(): value for name, value in headers.items()}
    signature = told.get("x-shopify-hmac-sha256", "")
    if len(body) > _BODY_CAP:
        raise Rejected("push_too_big", size=len(body))
    if not _fits(secrets, body, signature):
        raise Rejected("push_not_ours" if signature else "push_unsigned")
    topic = told.get("x-shopify-topic", "")
    # The event's id is the same over several subscriptions, a delivery's only over its repeats.
    event = told.get("x-shopify-event-id", "") or told.get("x-shopify-webhook-id", "")
    field = _ORDER_IN.get(topic.partition("/")[0])
    if field is None:
        return PushHint("other", "", event, topic)
    order = _number(mapping(read_json(body)).get(field))
    if not order:
        raise Malformed("sync_not_an_order", external_id="")
    return PushHint("order", order, event, topic)


def _number(told: Any) -> str:
    """An order's number: plain, or inside the order of a return."""
    found = text(mapping(told).get("id")) if isinstance(told, dict) else text(told)
    return found if found.isascii() and found.isdigit() else ""


def _fits(secrets: tuple[str, ...], body: bytes, told: str) -> bool:
    fits = False
    for secret in secrets:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        fits |= hmac.compare_digest(base64.b64encode(digest), told.encode())
    return fits
