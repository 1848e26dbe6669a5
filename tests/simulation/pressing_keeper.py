"""A real keeper with a real press: it counts as the counting keeper does, and draws each page."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.commands import wire
from app.compose.clock import Snowflakes, SystemClock
from app.keeper.life import Announce, serve_desk
from app.keeper.press_link import PressLink
from app.keeper.server import Answer, Ask, Surface
from app.process.child import Child, Hearing
from tests.keeper.counting_keeper import Commands, Count, CountingBook, Nothing
from tests.keeper.processes import program


def main() -> int:
    folder = Path(sys.argv[1])

    @asynccontextmanager
    async def open_house(announce: Announce) -> AsyncIterator[Surface]:
        def start(hearing: Hearing) -> Child:
            return Child(program("tests.keeper.drawing_press", str(folder)), hearing)

        book, clock = CountingBook(folder / "counts.db", announce), SystemClock()
        press = PressLink(start, Snowflakes(clock, desk=5), clock)
        press.warm()

        async def handle(ask: Ask) -> Answer:
            if isinstance(ask.command, Nothing):
                return Answer(press.pid)
            answer = await book.handle(ask)
            if isinstance(ask.command, Count):
                await press.run("line", str(ask.call_id).encode())
            return answer

        try:
            yield Surface(wire.decoder(Commands), handle)
        finally:
            await press.close()

    return serve_desk(folder, open_house)
