"""A WooCommerce webhook: verified, then a hint (channels.md 2.3, trap 9).

There is no retry and one delivery may stand for several changes, so polling stays the truth and a
push only says which order to read again now.
"""

from collections.abc import Mapping

from sync.channels.woocommerce_sign import push_signature_fits
from sync.errors import Malformed, Rejected
from sync.json_text import read_json
from sync.reading import mapping, text
from sync.records import PushHint

_BODY_CAP = 1024 * 1024
_PING = b"webhook_id="


def read_push(secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> PushHint:
    """The hint of one delivery.

    Raises:
        Rejected: unsigned, signed with another secret, or over 1 MB.
        Malformed: rightly signed, but no JSON object.
    """
    told = {name.lower(): value for name, value in headers.items()}
    signature = told.get("x-wc-webhook-signature", "")
    if not signature and body.startswith(_PING) and len(body) < 64:
        # Sent unsigned the moment the webhook is made; it says nothing about any order.
        return PushHint("ping", "", body[len(_PING) :].decode("ascii", "replace"))
    if len(body) > _BODY_CAP:
        raise Rejected("push_too_big", size=len(body))
    if not push_signature_fits(secrets, body, signature):
        raise Rejected("push_not_ours" if signature else "push_unsigned")
    topic = told.get("x-wc-webhook-topic", "")
    event = told.get("x-wc-webhook-delivery-id", "")
    order = mapping(read_json(body)).get("id")
    if not topic.startswith("order."):
        return PushHint("other", "", event, topic)
    if not isinstance(order, int):
        raise Malformed("sync_not_an_order", external_id="")
    return PushHint("order", text(order), event, topic)
