"""One sentence says what is wrong with a shop's key or address."""

import itertools
import random

import pytest

from sync.channels.woocommerce_sign import WooKey, basic
from sync.errors import PermissionMissing, TokenExpired
from sync.ports import Answer
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from sync.transport import Transport
from tests.sync.conftest import KEYS
from tests.sync.sync_tls import certificate
from tests.sync.sync_world import Straight, pull_all, seed, stocked, woo


async def code_of(channel) -> str:
    result = await channel.check()
    assert result.ok is (result.code == "")
    return result.code


async def test_a_good_key_changes_nothing_when_checked(box, channel) -> None:
    order = box.shop.place(seed())
    assert await code_of(channel) == ""
    assert box.shop.writes == {}
    assert order.status == "processing"


@pytest.mark.parametrize(
    ("key", "secret", "code"),
    [
        ("ck_shop", "cs_wrong", "woo_wrong_key"),
        ("ck_nobody", "cs_shop", "woo_wrong_key"),
        ("ck_read", "cs_read", "woo_right_missing"),
    ],
)
async def test_a_bad_key_over_http_is_named(box, clock, key, secret, code) -> None:
    nonce = map(str, itertools.count()).__next__
    channel = woo("http://shop.example", Straight(box), clock, nonce, key=key, secret=secret)
    assert await code_of(channel) == code


@pytest.mark.parametrize(
    ("key", "secret", "code"),
    [("ck_shop", "cs_wrong", "woo_wrong_key"), ("ck_nobody", "cs_shop", "woo_key_not_seen")],
)
async def test_a_bad_key_over_https_is_named(clock, nonce, key, secret, code) -> None:
    box = stocked(WooSandbox(WooSetup(KEYS), clock.now_s, random.Random(7)))
    line = Straight(box, secure=True)
    assert await code_of(woo("https://shop.example", line, clock, nonce)) == ""
    channel = woo("https://shop.example", line, clock, nonce, key=key, secret=secret)
    assert await code_of(channel) == code


async def test_the_whole_way_over_https_with_basic(box, clock, nonce, tmp_path) -> None:
    context, ca_file = certificate(tmp_path)
    server = LocalServer(box.handle, context)
    line = Transport(ca_file=ca_file)
    channel = woo(await server.start(), line, clock, nonce)
    placed = box.shop.place(seed()).number
    assert await code_of(channel) == ""
    records, _, _ = await pull_all(channel)
    assert [int(record.external_id) for record in records] == [placed]
    await line.close()
    await server.stop()


async def test_https_that_the_server_takes_for_http_is_named(box, clock, nonce) -> None:
    behind_a_proxy = Straight(box, secure=False)
    channel = woo("https://shop.example", behind_a_proxy, clock, nonce)
    assert await code_of(channel) == "woo_key_not_seen"


@pytest.mark.parametrize("off_s", [901, -901])
async def test_a_clock_that_is_off_is_named(box, http, clock, nonce, off_s) -> None:
    running = box.server()
    await running.start()
    ours = type(clock)(clock.ms + off_s * 1000)
    assert await code_of(woo(running.url, http, ours, nonce)) == "woo_clock_off"
    await running.stop()


async def test_a_nonce_used_twice_is_refused_by_the_shop_and_signed_anew_by_us(
    server, http, clock
) -> None:
    channel = woo(server.url, http, clock, lambda: "same-nonce")
    assert await code_of(channel) == "woo_nonce_used"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<html>Not found</html>"),
        Reply(200, b"<html>A blog</html>"),
        Reply(404, b'{"code":"rest_no_route","message":"No route"}'),
    ],
)
async def test_a_site_without_woocommerce_is_named(http, clock, nonce, reply) -> None:
    with_server = LocalServer(lambda call: reply)
    await with_server.start()
    assert await code_of(woo(with_server.url, http, clock, nonce)) == "woo_not_woocommerce"
    await with_server.stop()


async def test_a_site_that_is_away_is_named(http, clock, nonce) -> None:
    assert await code_of(woo("http://127.0.0.1:9", http, clock, nonce)) == "sync_unreachable"


async def test_a_moved_site_is_named_and_the_key_goes_nowhere_else(http, clock, nonce) -> None:
    calls: list[Call] = []

    def moved(call: Call) -> Reply:
        calls.append(call)
        return Reply(301, b"", {"Location": "https://elsewhere.example/"})

    running = LocalServer(moved)
    await running.start()
    result = await woo(running.url, http, clock, nonce).check()
    assert (result.code, result.details["to"]) == ("sync_redirected", "https://elsewhere.example/")
    assert len(calls) == 1
    await running.stop()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, b'{"code":"woocommerce_rest_cannot_edit"}', PermissionMissing),
        (401, b'{"code":"woocommerce_rest_cannot_view"}', TokenExpired),
    ],
)
async def test_a_lost_right_stops_the_channel_for_a_person(
    clock, nonce, status, body, kind
) -> None:
    class Refusing:
        async def send(self, request) -> Answer:
            return Answer(status, {}, body)

    with pytest.raises(kind):
        await woo("http://shop.example", Refusing(), clock, nonce).pull("")


async def test_a_list_without_its_page_count_is_not_believed(clock, nonce) -> None:
    class Stripped:
        async def send(self, request) -> Answer:
            return Answer(200, {}, b"[]")

    channel = woo("http://shop.example", Stripped(), clock, nonce)
    with pytest.raises(Exception, match="woo_no_totals"):
        await channel.pull("")


def test_a_basic_header_is_only_for_https() -> None:
    assert basic(WooKey("k", "s", str)).startswith("Basic ")
