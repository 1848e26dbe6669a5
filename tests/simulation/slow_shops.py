"""Five platforms behind lines that can be made slow, in a process of their own.

Told by its standard input, a word a line: fair | drip (answers come one byte a second) | crawl
(300 ms each way, one piece in twenty sent again after a second or more, 2 kB a second) | sell |
held. It says on its standard output how the shops are connected, and for ``held`` how long each
exchange lasted on a dripping line until somebody hung up, in seconds.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from app.compose.clock import SystemClock
from tests.simulation.five_shops import FiveShops, Served

PIECE = 16_384
A_SECOND = 2_000
DELAY_S, LOSS = 0.3, 0.05


@dataclass
class SlowLine:
    """What lies between the keeper and one platform."""

    origin: str
    way: str = "fair"
    held: list[float] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(21))
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> str:
        """Listen; gives the address to call instead of the platform's own."""
        server = await asyncio.start_server(self._met, "127.0.0.1", 0)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port())
        answers = asyncio.create_task(self._answers(far_reader, writer))
        self._open.add(answers)
        answers.add_done_callback(self._open.discard)
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(PIECE):
                await self._crawl(len(piece))
                far_writer.write(piece)
                await far_writer.drain()
        answers.cancel()
        far_writer.close()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began = 0.0
        try:
            while piece := await reader.read(PIECE):
                if self.way != "drip":
                    await self._crawl(len(piece))
                    writer.write(piece)
                    await writer.drain()
                    continue
                began = began or time.monotonic()
                for at in range(len(piece)):
                    writer.write(piece[at : at + 1])
                    await writer.drain()
                    await asyncio.sleep(1)
        except ConnectionError:
            return
        finally:
            if began:
                self.held.append(round(time.monotonic() - began, 1))
            writer.close()

    async def _crawl(self, size: int) -> None:
        if self.way == "crawl":
            again = self.chance.uniform(1, 3) if self.chance.random() < LOSS else 0.0
            await asyncio.sleep(DELAY_S + size / A_SECOND + again)

    def _port(self) -> int:
        return urlsplit(self.origin).port or 0


def tell(said: object) -> None:
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    sys.stdout.flush()


async def serve() -> None:
    clock = SystemClock()
    five = FiveShops(clock.now)
    served = Served(five, clock.mono)
    await served.start()
    lines = {name: SlowLine(origin) for name, origin in served.origins.items()}
    asks = []
    for name, line in lines.items():
        ask = five.shops[name].connection(await line.start())
        asks.append(msgspec.to_builtins(ask))
    tell(asks)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while word := (await reader.readline()).decode().strip():
        if word == "sell":
            for name in five.shops:
                five.sell(name)
        elif word == "held":
            tell([each for line in lines.values() for each in line.held])
        else:
            for line in lines.values():
                line.way = word
    await served.stop()


def main() -> int:
    asyncio.run(serve())
    return 0
