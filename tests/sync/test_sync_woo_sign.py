"""A shop's key proves itself by WooCommerce's rules, and a push is believed only when signed."""

import base64
import hashlib
import hmac

import pytest

from sync.channels.woocommerce_sign import WooKey, basic, oauth_signature, oauth_url
from sync.errors import Malformed, Rejected
from sync.ports import Request
from tests.sync.sync_world import seed

ADDRESS = "http://shop.example/wp-json/wc/v3/orders"
PARAMS = {
    "oauth_consumer_key": "ck_test_key",
    "oauth_timestamp": "1700000000",
    "oauth_nonce": "abcdef0123456789abcdef0123456789abcdef01",
    "oauth_signature_method": "HMAC-SHA256",
}
PUSH_BODY = b'{"id":727,"status":"processing","number":"727"}'
PUSH_SIGNATURE = "8Mpc46MJG6T5zu3AHV5R3KHrT5gJ4EuVnqWLba5gvGw="


def test_the_first_signing_vector_of_the_sheet() -> None:
    signature = oauth_signature("GET", ADDRESS, PARAMS, "cs_test_secret")
    assert signature == "sZAzV/FZ94Imr/lYisnlAVCI14hLSXp5Tw+QfJ4eES8="


def test_the_second_signing_vector_with_a_query() -> None:
    query = {
        "modified_after": "2026-11-20T00:00:00",
        "dates_are_gmt": "true",
        "per_page": "100",
        "page": "1",
        "orderby": "id",
        "order": "asc",
    }
    signature = oauth_signature("GET", ADDRESS, {**PARAMS, **query}, "cs_test_secret")
    assert signature == "u1AvVKFl6r7SoYdIOG4F7pCEgPmwiK+6iqzqCNdY6Sg="


def test_a_signed_address_carries_no_secret() -> None:
    key = WooKey("ck_test_key", "cs_test_secret", lambda: PARAMS["oauth_nonce"])
    url = oauth_url(Request("GET", ADDRESS), key, 1700000000)
    assert "cs_test_secret" not in url
    assert "oauth_signature=sZAzV%2FFZ94Imr%2FlYisnlAVCI14hLSXp5Tw%2BQfJ4eES8%3D" in url


def test_a_key_never_shows_in_a_log() -> None:
    key = WooKey("ck_test_key", "cs_test_secret", lambda: "n")
    assert "cs_test" not in repr(key)
    assert "ck_test" not in repr(key)
    assert basic(key) == "Basic Y2tfdGVzdF9rZXk6Y3NfdGVzdF9zZWNyZXQ="


def test_a_push_is_a_hint_to_read_the_order_again(channel) -> None:
    headers = {
        "X-WC-Webhook-Signature": PUSH_SIGNATURE,
        "X-WC-Webhook-Topic": "order.updated",
        "X-WC-Webhook-Delivery-ID": "d-1",
    }
    hint = channel.read_push(headers, PUSH_BODY)
    assert (hint.kind, hint.external_id, hint.event_id) == ("order", "727", "d-1")


def test_header_names_may_come_in_any_case(channel) -> None:
    headers = {
        "x-wc-webhook-signature": PUSH_SIGNATURE,
        "x-wc-webhook-topic": "order.created",
    }
    assert channel.read_push(headers, PUSH_BODY).external_id == "727"


@pytest.mark.parametrize(
    ("signature", "code"),
    [("", "push_unsigned"), ("AAAA", "push_not_ours"), ("é", "push_not_ours")],
)
def test_a_push_signed_by_nobody_we_know_is_not_believed(channel, signature, code) -> None:
    with pytest.raises(Rejected) as refused:
        channel.read_push({"X-WC-Webhook-Signature": signature}, PUSH_BODY)
    assert refused.value.code == code


def test_a_push_whose_body_was_changed_is_not_believed(channel) -> None:
    with pytest.raises(Rejected):
        channel.read_push(
            {"X-WC-Webhook-Signature": PUSH_SIGNATURE}, PUSH_BODY.replace(b"727", b"728")
        )


def test_a_push_of_another_thing_names_no_order(box, channel) -> None:
    box.hooks.make("order.created", "new-secret")
    box.shop.place(seed())
    (delivery,) = box.hooks.flush()
    told = {**delivery.headers, "X-WC-Webhook-Topic": "product.updated"}
    assert channel.read_push(told, delivery.body).kind == "other"


def test_a_signed_push_that_is_no_json_is_malformed(channel) -> None:
    body = b"{"
    made = base64.b64encode(hmac.new(b"new-secret", body, hashlib.sha256).digest()).decode()
    with pytest.raises(Malformed):
        channel.read_push({"X-WC-Webhook-Signature": made}, body)


def test_trap_9_the_unsigned_ping_is_known_and_one_delivery_stands_for_several_changes(
    box, channel
) -> None:
    box.hooks.make("order.updated", "new-secret")
    ping = box.hooks.delivered[0]
    assert ping.body == b"webhook_id=1"
    assert channel.read_push(ping.headers, ping.body).kind == "ping"
    order = box.shop.place(seed())
    box.shop.touch(order)
    box.shop.touch(order)
    (delivery,) = box.hooks.flush()
    hint = channel.read_push(delivery.headers, delivery.body)
    assert hint.external_id == str(order.number)
    assert hint.event_id
