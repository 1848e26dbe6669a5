"""No answer, however rude, hangs Waydesk or fills its memory; each failure says what was sent."""

import asyncio
import gzip
import ssl
import warnings
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from sync.errors import Ambiguous, Malformed, SyncError, Unreachable
from sync.ports import Request
from sync.sandbox.http import Call, LocalServer, Reply
from sync.transport import Transport, TransportLimits, trusted
from tests.sync.sync_tls import certificate

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
SMALL = TransportLimits(connect_s=1, read_s=0.3, total_s=0.8, body_bytes=200_000)


@asynccontextmanager
async def raw_server(speak: Speak) -> AsyncIterator[str]:
    tasks = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        try:
            await speak(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def saying(*chunks: bytes, pause_s: float = 0) -> Speak:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return speak


def told(body: bytes, *headers: str) -> bytes:
    lines = (f"Content-Length: {len(body)}", *headers)
    return ("HTTP/1.1 200 OK\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode() + body


async def failure(speak: Speak) -> SyncError:
    transport = Transport(SMALL)
    async with raw_server(speak) as url:
        with pytest.raises(SyncError) as failed:
            await transport.send(Request("GET", url))
    await transport.close()
    return failed.value


async def test_a_good_answer_arrives_whole_and_unpacked() -> None:
    packed = gzip.compress(b'{"a": 1}')
    transport = Transport(SMALL)
    async with raw_server(saying(told(packed, "Content-Encoding: gzip", "X-A: b"))) as url:
        answer = await transport.send(Request("GET", url))
    assert (answer.status, answer.body, answer.headers["x-a"]) == (200, b'{"a": 1}', "b")
    await transport.close()


async def test_no_connection_means_nothing_was_sent() -> None:
    transport = Transport(SMALL)
    for url in ("http://127.0.0.1:9/", "https://no-such-host.invalid/", "ftp://127.0.0.1/"):
        with pytest.raises(Unreachable):
            await transport.send(Request("POST", url))
    with pytest.raises(Unreachable) as bad:
        await transport.send(Request("POST", "http://[::1/"))
    assert bad.value.code == "sync_bad_address"
    await transport.close()


@pytest.mark.parametrize(
    ("speak", "code"),
    [
        (saying(b"", pause_s=5), "sync_timeout"),
        (saying(), "sync_ambiguous"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"), "sync_ambiguous"),
        (saying(b"SSH-2.0-OpenSSH\r\n"), "sync_ambiguous"),
        (
            saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"x"] * 40, pause_s=0.1),
            "sync_timeout",
        ),
    ],
    ids=["silence", "hang-up", "cut", "no-http", "one-byte-at-a-time"],
)
async def test_once_bytes_left_every_break_is_ambiguous(speak, code) -> None:
    failed = await failure(speak)
    assert isinstance(failed, Ambiguous)
    assert failed.code == code


@pytest.mark.parametrize(
    ("body", "packing", "code"),
    [
        (b"x" * 300_000, "", "sync_answer_too_big"),
        (gzip.compress(b"0" * 150_000_000), "gzip", "sync_answer_too_big"),
        (gzip.compress(b"0" * 150_000), "gzip", "sync_answer_too_big"),
        (b"no gzip at all", "gzip", "sync_bad_packing"),
        (gzip.compress(b"whole")[:-6], "gzip", "sync_bad_packing"),
        (zlib.compress(b"{}"), "deflate", "sync_bad_packing"),
        (b"{}", "br", "sync_bad_packing"),
    ],
    ids=["long", "bomb", "ratio", "not-gzip", "cut-gzip", "deflate", "brotli"],
)
async def test_an_answer_that_would_fill_the_memory_is_dropped(body, packing, code) -> None:
    headers = [f"Content-Encoding: {packing}"] if packing else []
    failed = await failure(saying(told(body, *headers)))
    assert isinstance(failed, Malformed)
    assert failed.code == code


async def test_a_redirect_is_told_and_not_followed() -> None:
    seen: list[str] = []

    def handle(call: Call) -> Reply:
        seen.append(call.path)
        return Reply(302, b"", {"Location": "/elsewhere"})

    server = LocalServer(handle)
    transport = Transport(SMALL)
    answer = await transport.send(Request("GET", f"{await server.start()}/here"))
    assert (answer.status, seen) == (302, ["/here"])
    await transport.close()
    await server.stop()


@pytest.mark.req("F178")
async def test_a_certificate_is_always_verified(tmp_path) -> None:
    context, ca_file = certificate(tmp_path)
    server = LocalServer(lambda call: Reply(200, str(call.secure).encode()), context)
    url = await server.start()
    stranger, friend = Transport(SMALL), Transport(SMALL, ca_file=ca_file)
    with pytest.raises(Unreachable) as refused:
        await stranger.send(Request("GET", url))
    assert refused.value.code == "sync_tls_untrusted"
    assert (await friend.send(Request("GET", url))).body == b"True"
    for transport in (stranger, friend):
        await transport.close()
    await server.stop()


async def test_a_certificate_for_another_name_is_refused(tmp_path) -> None:
    context, ca_file = certificate(tmp_path, "127.0.0.2")
    server = LocalServer(lambda call: Reply(200, b""), context)
    transport = Transport(SMALL, ca_file=ca_file)
    with pytest.raises(Unreachable) as refused:
        await transport.send(Request("GET", await server.start()))
    assert refused.value.code == "sync_tls_untrusted"
    await transport.close()
    await server.stop()


@pytest.mark.req("F178")
async def test_a_certificate_that_has_ended_is_refused_though_its_maker_is_trusted(
    tmp_path,
) -> None:
    context, ca_file = certificate(tmp_path, good_days=-1)
    server = LocalServer(lambda call: Reply(200, b""), context)
    transport = Transport(SMALL, ca_file=ca_file)
    with pytest.raises(Unreachable) as refused:
        await transport.send(Request("GET", await server.start()))
    assert refused.value.code == "sync_tls_untrusted"
    await transport.close()
    await server.stop()


@pytest.mark.req("F178")
@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/wp-json/wc/v3/orders",
        "HTTP://shop.example/",
        "http://192.168.1.20:8080/",
        "http://127.0.0.1.shop.example/",
        "http://127.0.0.1@shop.example/",
        "http://localhost.shop.example/",
    ],
)
async def test_nothing_leaves_this_computer_unencrypted(url: str) -> None:
    transport = Transport(SMALL)
    with pytest.raises(Unreachable) as refused:
        await transport.send(Request("POST", url, {"Authorization": "Basic x"}, b"{}"))
    assert refused.value.code == "sync_not_encrypted"
    await transport.close()


@pytest.mark.req("F178")
async def test_a_server_that_speaks_only_an_old_tls_is_not_spoken_to(tmp_path) -> None:
    context, ca_file = certificate(tmp_path)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is out of date is the point
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    server = LocalServer(lambda call: Reply(200, b""), context)
    url = await server.start()
    lax = trusted(ca_file)
    lax.set_ciphers("ALL:@SECLEVEL=0")  # only the version is left to refuse it
    transport = Transport(SMALL, trust=lax)
    with pytest.raises(SyncError):
        await transport.send(Request("GET", url))
    await transport.close()
    await server.stop()
    assert trusted().minimum_version >= ssl.TLSVersion.TLSv1_2
    assert trusted().check_hostname
    assert trusted().verify_mode is ssl.CERT_REQUIRED
