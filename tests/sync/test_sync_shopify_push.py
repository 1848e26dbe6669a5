"""A webhook is believed only when Shopify's own signature is on it."""

import base64
import hashlib
import hmac

import pytest

from sync.channels.shopify_push import read_push
from sync.errors import Malformed, Rejected
from tests.sync.shopify_world import sandbox, seed, straight
from tests.sync.sync_world import HandClock

BODY = '{"id":820982911946154508,"email":"jon@example.com","note":"加急"}'.encode()
# Computed by npm @shopify/shopify-api 13.1.0 with the secret "hush".
SIGNATURE = "LjbL/SUvaLCDY9igH5zf2TlqtuhliDwrJb+1AM9ZppM="


def headers(topic: str = "orders/create", signature: str = SIGNATURE) -> dict[str, str]:
    return {"X-Shopify-Topic": topic, "X-Shopify-Hmac-SHA256": signature}


def test_the_vector_of_shopifys_own_library_is_ours() -> None:
    hint = read_push(("hush",), headers(), BODY)
    assert (hint.kind, hint.external_id) == ("order", "820982911946154508")


def test_during_a_change_of_secret_both_are_good() -> None:
    assert read_push(("new", "hush"), headers(), BODY).kind == "order"


@pytest.mark.parametrize(
    ("secrets", "told", "body", "code"),
    [
        (("hush",), headers(signature=""), BODY, "push_unsigned"),
        (("hush",), headers(), BODY + b" ", "push_not_ours"),
        (("other",), headers(), BODY, "push_not_ours"),
        ((), headers(), BODY, "push_not_ours"),
        (("",), headers(), BODY, "push_not_ours"),
        (("hush",), headers(), b"x" * (1024 * 1024 + 1), "push_too_big"),
    ],
)
def test_what_is_not_signed_by_shopify_is_not_believed(secrets, told, body, code) -> None:
    with pytest.raises(Rejected) as refused:
        read_push(secrets, told, body)
    assert refused.value.code == code


def deliveries(topic: str):
    clock = HandClock()
    box = sandbox(clock)
    box.hooks.topics.add(topic)
    order = box.shop.place(seed())
    box.shop.touch(order)
    channel = straight(box, clock, push_secrets=("secret",))
    return order, channel, box.hooks.flush()


@pytest.mark.parametrize("topic", ["orders/create", "orders/updated"])
def test_a_delivery_of_the_shop_names_its_order_and_its_event(topic) -> None:
    order, channel, made = deliveries(topic)
    hint = channel.read_push(made[0].headers, made[0].body)
    assert (hint.external_id, hint.topic) == (str(order.number), topic)
    assert hint.event_id == made[0].headers["X-Shopify-Event-Id"]


def signed(body: bytes, topic: str) -> dict[str, str]:
    digest = hmac.new(b"hush", body, hashlib.sha256).digest()
    return headers(topic, base64.b64encode(digest).decode())


@pytest.mark.parametrize(
    ("topic", "body", "kind", "order"),
    [
        ("refunds/create", b'{"id":7,"order_id":42}', "order", "42"),
        ("returns/approve", b'{"id":7,"order":{"id":42}}', "order", "42"),
        ("products/update", b'{"id":7}', "other", ""),
    ],
)
def test_a_refund_or_return_names_the_order_it_is_of(topic, body, kind, order) -> None:
    hint = read_push(("hush",), signed(body, topic), body)
    assert (hint.kind, hint.external_id) == (kind, order)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"not json", b'{"id":"x"}', b'{"id":true}'])
def test_a_signed_push_without_an_order_is_not_used(body) -> None:
    with pytest.raises(Malformed):
        read_push(("hush",), signed(body, "orders/updated"), body)
