"""A raw printer's label has one of four fates, told truly, and is never sent twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from printing.printers_raw import (
    HostStatus,
    RawPrinter,
    Sending,
    ask_status,
    read_status,
    send_label,
)

LABEL = b"^XA" + b"^FO0,0" * 20_000 + b"^XZ"


def status(
    paper_out: int = 0, paused: int = 0, formats: int = 0, head_open: int = 0, left: int = 0
) -> bytes:
    first = f"030,{paper_out},{paused},1245,{formats:03d},0,0,0,000,0,0,0"
    second = f"001,0,{head_open},0,1,2,6,0,{left:08d},1,000"
    return f"\x02{first}\x03\r\n\x02{second}\x03\r\n\x021234,0\x03\r\n".encode()


@dataclass
class FakePrinter:
    """Takes connections as a printer does; `answers` are its `~HS` answers in turn."""

    answers: list[bytes] = field(default_factory=list)
    take: int = 1 << 30
    hang_up: bool = False
    taken: bytes = b""
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while len(self.taken) < self.take and (part := await reader.read(4096)):
            asked = part.count(b"~HS\r\n")
            self.taken += part.replace(b"~HS\r\n", b"")
            for _ in range(asked):
                if self.answers:
                    writer.write(self.answers.pop(0))
            if self.hang_up:
                break
        writer.transport.abort() if len(self.taken) >= self.take else writer.close()


@asynccontextmanager
async def listening(fake: FakePrinter) -> AsyncIterator[int]:
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


Setup = Callable[[int], RawPrinter]


def zebra(port: int) -> RawPrinter:
    return RawPrinter("127.0.0.1", port, reply_ms=300, settle_ms=600)


def silent(port: int) -> RawPrinter:
    return RawPrinter("127.0.0.1", port, answers=False, reply_ms=200)


@pytest.mark.parametrize(
    ("fake", "setup", "result", "detail"),
    [
        (FakePrinter([status(), status()]), zebra, Sending.SENT, "printer_idle"),
        (FakePrinter([status(), status(formats=1), status()]), zebra, Sending.SENT, "printer_idle"),
        (FakePrinter([status()] + [status(left=1)] * 20), zebra, Sending.SENT, "still_printing"),
        (FakePrinter([status(), status(paper_out=1)]), zebra, Sending.UNKNOWN, "paper_out"),
        (FakePrinter([status()]), zebra, Sending.UNKNOWN, "no_answer_after"),
        (FakePrinter([]), zebra, Sending.SENT, "no_status"),
        (FakePrinter(), silent, Sending.SENT, "no_status"),
        (FakePrinter(hang_up=True), silent, Sending.UNKNOWN, None),
        (FakePrinter([status()], take=5000), zebra, Sending.UNKNOWN, "connection_lost"),
    ],
)
async def test_what_became_of_a_label_is_told_and_it_leaves_once(
    fake: FakePrinter, setup: Setup, result: Sending, detail: str | None
) -> None:
    async with listening(fake) as port:
        outcome = await send_label(setup(port), LABEL)
    assert outcome.result is result
    assert detail in {None, outcome.detail}
    assert fake.connections == 1
    if result is Sending.SENT:
        assert fake.taken == LABEL


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (status(paper_out=1), "paper_out"),
        (status(head_open=1), "head_open"),
        (status(paused=1), "paused"),
    ],
)
async def test_a_printer_in_trouble_gets_no_byte_of_the_label(answer: bytes, detail: str) -> None:
    fake = FakePrinter([answer])
    async with listening(fake) as port:
        outcome = await send_label(zebra(port), LABEL)
        assert await ask_status(zebra(port)) is None
    assert (outcome.result, outcome.detail) == (Sending.NOT_READY, detail)
    assert fake.taken == b""


async def test_no_connection_means_nothing_was_printed() -> None:
    async with listening(FakePrinter()) as port:
        pass
    outcome = await send_label(zebra(port), LABEL)
    assert (outcome.result, outcome.detail) == (Sending.UNREACHABLE, "no_connection")
    assert await ask_status(zebra(port)) is None


async def test_a_printer_that_hangs_up_before_the_label_is_unreachable() -> None:
    fake = FakePrinter(hang_up=True)
    async with listening(fake) as port:
        outcome = await send_label(zebra(port), LABEL)
    assert (outcome.result, outcome.detail) == (Sending.UNREACHABLE, "closed_before_sending")
    assert fake.taken == b""


async def test_a_printer_can_be_asked_without_printing() -> None:
    fake = FakePrinter([status(left=3)])
    async with listening(fake) as port:
        assert await ask_status(zebra(port)) == HostStatus("", 3)


def test_an_answer_that_is_no_status_is_not_read_as_one() -> None:
    assert read_status(b"hello") is None
    assert read_status(b"\x02a,b\x03\x02c\x03\x02d\x03") is None
    assert read_status(status(paper_out=1, formats=2)) == HostStatus("paper_out", 2)
