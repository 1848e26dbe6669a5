"""The sandbox shop is no yes-man: it checks what a real one checks and tells only the truth."""

import json
import random

import pytest

from sync.channels.woocommerce_sign import oauth_signature
from sync.ports import Request
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from tests.sync.conftest import KEYS
from tests.sync.sync_world import seed

ORDERS = "/wp-json/wc/v3/orders"


def signed(url: str, clock, **changed: str) -> str:
    """A signed address; `changed` parameters are put in after signing."""
    params = {
        "oauth_consumer_key": "ck_shop",
        "oauth_timestamp": str(clock.now_s()),
        "oauth_nonce": changed.pop("nonce", "n1"),
        "oauth_signature_method": "HMAC-SHA256",
    } | changed.pop("first", {})
    params["oauth_signature"] = oauth_signature("GET", url, params, "cs_shop")
    params |= changed
    query = "&".join(f"{name}={escaped(value)}" for name, value in params.items())
    return f"{url}?{query}"


def escaped(text: str) -> str:
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


async def status_of(http, url: str) -> tuple[int, str]:
    answer = await http.send(Request("GET", url))
    told = json.loads(answer.body)
    return answer.status, "" if isinstance(told, list) else told["message"]


async def test_a_well_signed_call_is_answered_once(server, http, clock) -> None:
    url = signed(server.url + ORDERS, clock)
    assert await status_of(http, url) == (200, "")
    status, words = await status_of(http, url)
    assert (status, words) == (401, "Invalid nonce - nonce has already been used.")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"oauth_signature": "AAAA"}, "Invalid signature - provided signature does not match."),
        ({"per_page": "5"}, "Invalid signature - provided signature does not match."),
        ({"oauth_consumer_key": "ck_else"}, "Consumer key is invalid."),
        ({"first": {"oauth_timestamp": "1763985600000"}}, "Invalid timestamp."),
        ({"first": {"oauth_timestamp": "1763984699"}}, "Invalid timestamp."),
        ({"first": {"oauth_timestamp": "1763984700"}}, ""),
    ],
)
async def test_a_badly_signed_call_is_refused_with_its_reason(
    server, http, clock, changed, words
) -> None:
    status, told = await status_of(http, signed(server.url + ORDERS, clock, **changed))
    assert (status, told) == (401 if words else 200, words)


async def test_no_key_at_all_sees_nothing(server, http) -> None:
    status, _ = await status_of(http, server.url + ORDERS)
    assert status == 401


async def test_another_plugins_route_is_not_woocommerce(server, http, clock) -> None:
    status, words = await status_of(http, signed(f"{server.url}/wp-json/wp/v2/posts", clock))
    assert (status, words) == (404, "No route was found matching the URL and request method.")


async def test_the_truth_can_be_asked_and_orders_loaded_only_with_the_token(http, clock) -> None:
    setup = WooSetup(KEYS, admin_token="let-me-in")
    box = WooSandbox(setup, clock.now_s, random.Random(1))
    server = box.server()
    url = await server.start()
    token = {"X-Sandbox-Token": "let-me-in"}
    products = json.dumps([{"sku": "A", "name": "A", "stock": 9}]).encode()
    loads = (("products", products), ("orders", json.dumps([seed(), seed()]).encode()))
    for what, body in loads:
        shut = await http.send(Request("POST", f"{url}/__sandbox/{what}", {}, body))
        assert shut.status == 403
        done = await http.send(Request("POST", f"{url}/__sandbox/{what}", token, body))
        assert done.status == 201
    answer = await http.send(Request("GET", f"{url}/__sandbox/truth", token))
    told = json.loads(answer.body)
    assert (told["orders"], told["stock"], told["shipped"]) == (2, {"A": 9}, {})
    assert told["calls"] == 0
    await server.stop()


async def test_without_a_token_the_sandboxs_own_door_is_shut(server, http) -> None:
    request = Request("GET", f"{server.url}/__sandbox/truth", {"X-Sandbox-Token": ""})
    assert (await http.send(request)).status == 403


def test_the_same_chance_gives_the_same_day() -> None:
    days = []
    for _ in range(2):
        faults = Faults(random.Random(5), {"throttle": 0.2, "shift": 0.2})
        faults.plan(Fault("late", "PUT", "/orders"))
        calls = [("PUT" if at % 3 else "GET", f"/orders/{at}", at % 2 == 0) for at in range(60)]
        drawn = [faults.draw(method, path, lists=lists) for method, path, lists in calls]
        days.append([fault and fault.kind for fault in drawn])
    assert days[0] == days[1]
    assert {"late", "throttle", "shift"} <= set(days[0])


async def test_creating_an_order_over_the_api_takes_stock_when_paid(box, channel) -> None:
    body = json.dumps({**seed(), "set_paid": True}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request("POST", channel.url("orders"), headers, body, writes=True)
    told, answer = await channel._connector.json(request)
    assert (answer.status, told["status"]) == (201, "processing")
    assert box.shop.by_sku("CUP-1").stock == 98
    url = channel.url(f"orders/{told['id']}")
    await channel._connector.request(Request("DELETE", url, writes=True))
    assert box.shop.orders[told["id"]].status == "trash"
    assert box.shop.by_sku("CUP-1").stock == 100
    await channel._connector.request(Request("DELETE", f"{url}?force=true", writes=True))
    assert told["id"] not in box.shop.orders
