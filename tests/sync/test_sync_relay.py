"""The door platforms call at: a delivery is handed on whole or not at all; nobody may dawdle."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from sync.errors import Malformed, Rejected, Throttled, Unreachable
from sync.ports import Acknowledgement

WORD = "0123456789abcdef0123456789abcdef"


class Owner:
    """Whoever opened the door, and what was handed on."""

    def __init__(self) -> None:
        self.told: list[tuple[Mapping[str, str], bytes]] = []
        self.answer: Acknowledgement | Exception = Acknowledgement()

    def find(self, word: str):
        return self.take if word == WORD else None

    async def take(self, headers: Mapping[str, str], body: bytes) -> Acknowledgement:
        self.told.append((headers, body))
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Caller:
    """One connection that says exactly what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def hear(self) -> tuple[int, dict[str, str], bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return int(head[0].split(" ")[1]), headers, body

    async def post(self, body: bytes = b"{}", word: str = WORD, **headers: str):
        await self.say(head(word, {"Content-Length": str(len(body)), **headers}), body)
        return await self.hear()


def head(word: str, headers: Mapping[str, str], method: str = "POST") -> bytes:
    rows = {"Host": "push.shop.example", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in rows.items())
    return f"{method} /push/{word} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


@asynccontextmanager
async def opened(owner: Owner, **bounds) -> AsyncIterator[int]:
    from sync.relay import Bounds, Relay  # noqa: PLC0415 - the web server is loaded where it is used

    relay = Relay(owner.find, Bounds(**bounds))
    yield await relay.open("127.0.0.1", 0)
    await relay.close()


@asynccontextmanager
async def calling(port: int) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Caller(reader, writer)
    writer.close()


async def test_a_delivery_is_handed_on_byte_for_byte_and_answered_with_the_senders_words() -> None:
    owner = Owner()
    body = '{"note":"加急"} \n'.encode()
    async with opened(owner) as port, calling(port) as caller:
        status, headers, said = await caller.post(body, X_Shopify_Hmac_SHA256="AbC=")
        assert (status, said) == (200, b'{"code":0,"msg":"success"}')
        assert headers["content-type"] == "application/json"
        assert "server" not in headers
        ((told, handed),) = owner.told
        assert (handed, told["x-shopify-hmac-sha256"]) == (body, "AbC=")
        owner.answer = Acknowledgement("成功".encode(), "text/plain")
        assert (await caller.post(b"again"))[2].decode() == "成功"
        assert len(owner.told) == 2


async def test_a_path_that_leads_nowhere_is_not_read() -> None:
    owner = Owner()
    async with opened(owner) as port:
        for word, method in (("f" * 32, "POST"), (WORD[:-1], "POST"), (f"{WORD}/x", "POST")):
            async with calling(port) as caller:
                # The body never comes, and is not waited for.
                await caller.say(head(word, {"Content-Length": "9000000"}, method))
                assert (await caller.hear())[0] == 404
        async with calling(port) as caller:
            await caller.say(head(WORD, {}, "GET"))
            assert (await caller.hear())[0] == 405
    assert owner.told == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Rejected("push_not_ours"), 401),
        (Malformed(), 400),
        (Unreachable("push_shop_away"), 503),
        (Throttled(), 503),
        (RuntimeError("disk full: book.db"), 503),
    ],
)
async def test_a_no_is_a_bare_number_and_tells_nobody_why(error: Exception, status: int) -> None:
    owner = Owner()
    owner.answer = error
    async with opened(owner) as port, calling(port) as caller:
        told, headers, body = await caller.post()
        assert (told, body) == (status, b"")
        assert "disk" not in str(headers)
        owner.answer = Acknowledgement()
        assert (await caller.post())[0] == 200


async def test_more_than_20_mb_is_refused_before_it_is_sent() -> None:
    owner = Owner()
    async with opened(owner) as port:
        for told in (str(20 * 1024 * 1024 + 1), "9" * 15):
            async with calling(port) as caller:
                await caller.say(head(WORD, {"Content-Length": told}))
                assert (await caller.hear())[0] == 413
    assert owner.told == []


async def test_a_body_that_does_not_say_its_length_is_cut_off_at_the_bound() -> None:
    owner = Owner()
    chunk = b"400\r\n" + b"x" * 1024 + b"\r\n"
    async with opened(owner, body=4096) as port:
        async with calling(port) as caller:
            await caller.say(head(WORD, {"Transfer-Encoding": "chunked"}), *[chunk] * 5)
            assert (await caller.hear())[0] == 413
        assert owner.told == []
        async with calling(port) as caller:
            await caller.say(
                head(WORD, {"Transfer-Encoding": "chunked"}), *[chunk] * 4, b"0\r\n\r\n"
            )
            assert (await caller.hear())[0] == 200
    assert [len(body) for _, body in owner.told] == [4096]


async def test_who_does_not_finish_the_head_is_hung_up_on_although_bytes_trickle() -> None:
    owner = Owner()
    async with opened(owner, head_s=0.2) as port, calling(port) as slow, calling(port) as quick:
        await slow.say(b"POST /push/")
        trickling = asyncio.create_task(trickle(slow))
        assert (await quick.post())[0] == 200
        await quick.say(b"POST /pu")  # a second request of the same connection, not finished
        assert await hung_up(slow)
        assert await hung_up(quick)
        await trickling
    assert len(owner.told) == 1


async def trickle(caller: Caller) -> None:
    """A byte at a time, never a whole line, until nobody listens."""
    try:
        for _ in range(1000):
            await caller.say(b"a")
            await asyncio.sleep(0.01)
    except ConnectionError:
        return


async def hung_up(caller: Caller) -> bool:
    """Whether the other side ended it; False where it is still there after far too long."""
    try:
        async with asyncio.timeout(5):
            return await caller.reader.read() == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    owner = Owner()
    async with opened(owner, body_s=0.1) as port, calling(port) as caller:
        await caller.say(head(WORD, {"Content-Length": "10"}), b"12345")
        assert (await caller.hear())[0] == 408
    assert owner.told == []


async def test_a_crowd_does_not_get_in_and_those_inside_are_served() -> None:
    owner = Owner()
    async with opened(owner, callers=3) as port, calling(port) as one, calling(port) as two:
        assert (await one.post())[0] == (await two.post())[0] == 200
        inside = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        refused = [await hung_up(Caller(*each)) for each in inside[1:]]
        assert refused == [True] * 3
        for _, writer in inside:
            writer.close()


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",  # TLS on a plain port
        b"HELLO\r\n\r\n",
        b"POST /push/x HTTP/1.1\r\nContent-Length: -5\r\nHost: x\r\n\r\n",
        b"POST /push/x HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000,
    ],
)
async def test_what_is_no_request_is_a_400_and_the_door_stays_open(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    owner = Owner()
    caplog.set_level(logging.CRITICAL, "uvicorn.error")
    async with opened(owner) as port:
        async with calling(port) as rude:
            await rude.say(said)
            assert b" 400 " in (await rude.reader.read()).split(b"\r\n")[0]
        async with calling(port) as caller:
            assert (await caller.post())[0] == 200
