"""What a line does to one exchange: cut at any byte, answered by strangers, led astray, shut off.

Each is provoked on real sockets or with the platform's place taken; none may be read as a yes or a
no. WAYDESK_FAULT_EVERY=1 cuts at every byte of the answer.
"""

import asyncio
import os
import socket
import struct

import pytest

from app.compose.clock import Snowflakes
from app.compose.connectors import CARRIERS, CHANNELS
from app.compose.makers.tools import Account, Shop, Tools
from sync.connector import Connector, Signed, refusal, retry_after_ms
from sync.errors import Ambiguous, Malformed, SyncError, Unreachable
from sync.limits import Breaker, Unlimited
from sync.ports import Answer, Request
from sync.records import MemoAsk
from sync.sandbox.http import LocalServer, Reply
from sync.transport import Transport, TransportLimits
from tests.sync.own_world import TEA_AT, TEA_FILE
from tests.sync.sync_world import NOON, HandClock
from tests.sync.test_sync_transport import raw_server, saying, told
from tests.worlds import SeededRng

EVERY = int(os.environ.get("WAYDESK_FAULT_EVERY", "97"))
SOON = TransportLimits(connect_s=2, read_s=2, total_s=5)
BODY = b'{"made": "' + b"x" * 2030 + b'"}'
ORIGIN = "https://shop.myshopify.com"
KEYS = {
    "address": ORIGIN,
    "gateway": f"{ORIGIN}/api",
    "renewal": f"{ORIGIN}/token",
    "url": f"{ORIGIN}/api",
    "orders_url": f"{ORIGIN}/api",
    "tracks_url": f"{ORIGIN}/api",
    "shop_id": "1",
    "token": "shpat_token",
    "access_token": "the access token",
    "store_file": TEA_FILE.replace(TEA_AT, f"{ORIGIN}/api"),
}
NEEDED = {"marketplaces": "A1F83G8C2ARO7P", "seller": "S1", "shipper": "SF"}


class Fields(dict[str, str]):
    """A shop's keys: whatever is asked for is there."""

    def __missing__(self, name: str) -> str:
        return KEYS.get(name) or NEEDED.get(name) or f"the {name}"

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        return KEYS.get(name, default)


class Stranger:
    """Somebody in the platform's place, who gives everybody one answer; hears who is asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, []

    async def send(self, request: Request) -> Answer:
        self.asked.append(request.url)
        await asyncio.sleep(0)
        return self.answer


def tools(answer: Answer) -> Tools:
    clock = HandClock()
    return Tools(Stranger(answer), clock, Snowflakes(clock, 1), SeededRng())  # type: ignore[arg-type]


def cut_after(count: int):
    """A server that says so many bytes of its answer and then resets the line."""
    whole = told(BODY)

    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(whole[:count])
        await writer.drain()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return speak


async def test_a_write_whose_answer_is_cut_at_any_byte_is_unknown_and_never_a_yes_or_a_no() -> None:
    whole, yes = len(told(BODY)), 0
    assert len(BODY) > 2000
    transport = Transport(SOON)
    connector = Connector(transport, HandClock(), Signed(lambda r: r, refusal), Unlimited())
    for count in [*range(0, whole, EVERY), whole - 1, whole]:
        async with raw_server(cut_after(count)) as url:
            try:
                yes += (await connector.json(Request("PUT", url, writes=True))) is not None
            except Ambiguous:
                assert count < whole or yes == 0
    await transport.close()
    assert yes <= 1, "only the whole answer may be a yes"


def strange_bodies() -> list[bytes]:
    """A hundred bodies that come with 200 where an answer should: portals, halves, noise."""
    portal = "<html><head><title>Sign in to the Wi-Fi</title></head><body>登录</body></html>"
    good = b'{"orders": [{"id": 1, "status": "processing", "total": "12.00"}], "total": 1}'
    odd = [b"", b" ", b"null", b"true", b"0", b"-1", b'"yes"', b"NaN", b"[1", b"{", b"[[]", b'{"a"']
    odd += [b"\xff\xfe\x00", b"\x00", b"OK", b"success", b"<?xml version='1.0'?><ok/>", b"%PDF-1.7"]
    odd += [b'{"a": 1e999}', b'{"a": 1, "a": 2}', b"[" * 5000, b'{"a": ' * 3000, b"\x1f\x8b\x08"]
    odd += [portal.encode(), portal.encode("gbk"), portal.encode("utf-16")]
    cuts = [good[:at] for at in range(2, len(good) - 1, 2)]
    noise = [SeededRng(n).random_bytes(200) for n in range(100 - len(odd) - len(cuts))]
    return odd + cuts + noise


def test_there_are_a_hundred_strange_bodies() -> None:
    assert len(set(strange_bodies())) == 100


def channel(platform: str, answer: Answer):
    made = tools(answer)
    return CHANNELS[platform].make(Shop(platform, "Asia/Shanghai", Fields()), made), made.http


@pytest.mark.parametrize("platform", sorted(CHANNELS))
async def test_what_a_stranger_answers_in_a_platforms_place_brings_no_order_and_moves_nothing(
    platform: str,
) -> None:
    for body in strange_bodies():
        shop, _ = channel(platform, Answer(200, {"content-type": "text/html"}, body))
        with pytest.raises(SyncError) as refused:
            await shop.pull("")
        assert isinstance(refused.value, Malformed | Ambiguous), (platform, body[:40], refused)


async def test_a_strangers_answer_to_what_we_tell_a_home_made_store_is_no_yes_and_no_no() -> None:
    for body in strange_bodies():
        store, _ = channel("own_shop", Answer(200, {}, body))
        with pytest.raises(Ambiguous):
            await store.write_memo(MemoAsk("T1", "call first", "", "memo-1"))


@pytest.mark.parametrize("whose", sorted(CHANNELS))
@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest/meta-data/", "https://evil.example/"]
)
async def test_nobody_is_followed_to_another_host(whose: str, to: str) -> None:
    for status in (301, 302, 303, 307, 308):
        shop, stranger = channel(whose, Answer(status, {"location": to}, b""))
        with pytest.raises(SyncError):
            await shop.pull("")
        assert stranger.asked
        assert not [url for url in stranger.asked if to.split("/")[2] in url]


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_carrier_whose_place_is_taken_is_followed_nowhere(carrier: str) -> None:
    made = tools(Answer(302, {"location": "http://169.254.169.254/"}, b""))
    found = await CARRIERS[carrier].make(Account(Fields(courier="zto")), made).check()
    assert not found.ok
    assert not [url for url in made.http.asked if "169.254" in url]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "said",
    [
        "0",
        "-1",
        "1000000000",
        "Mon, 24 Nov 2025 11:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "x",
    ],
)
def test_a_pause_is_at_least_a_second_and_at_most_an_hour_whatever_they_say(said: str) -> None:
    clock = HandClock()
    breaker = Breaker(clock, SeededRng())
    breaker.throttled(retry_after_ms(Answer(429, {"retry-after": said}, b""), NOON))
    assert 1 <= breaker.left_s() <= 3600


async def test_a_proxy_that_wants_a_password_and_a_name_nobody_knows_mean_nothing_was_sent() -> (
    None
):
    refusing = saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    async with raw_server(refusing) as proxy:
        transport = Transport(SOON, proxy=proxy.removesuffix("/x"))
        with pytest.raises(Unreachable):
            await transport.send(Request("POST", "https://shop.example/orders", body=b"{}"))
        await transport.close()
    transport = Transport(SOON)
    with pytest.raises(Unreachable):
        await transport.send(Request("POST", "https://no-such-shop.invalid/", body=b"{}"))
    await transport.close()


async def test_a_host_whose_ipv6_is_broken_is_reached_over_ipv4() -> None:
    server = LocalServer(lambda _call: Reply(200, b"{}"))
    port = (await server.start()).rpartition(":")[2]
    transport = Transport(SOON)
    names = {
        info[4][0] for info in socket.getaddrinfo("localhost", int(port), type=socket.SOCK_STREAM)
    }
    answer = await transport.send(Request("GET", f"http://localhost:{port}/"))
    assert (answer.status, "127.0.0.1" in names) == (200, True)
    await transport.close()
    await server.stop()
