"""A keeper that really crashes at every start, unless it begins carefully."""

import ctypes
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.commands import wire
from app.compose.watch import Watch
from app.keeper.life import Announce, serve_desk
from app.keeper.server import Answer, Ask, Surface
from tests.keeper.counting_keeper import Nothing


def main() -> int:
    folder, safe = Path(sys.argv[1]), "--safe" in sys.argv
    watch = Watch(folder, "keeper")

    async def handle(_ask: Ask) -> Answer:
        return Answer()

    @asynccontextmanager
    async def open_house(_announce: Announce) -> AsyncIterator[Surface]:
        watch.begin(safe=safe)
        if not safe:
            ctypes.string_at(0)
        yield Surface(wire.decoder(Nothing), handle)

    code = serve_desk(folder, open_house)
    watch.end(well=code == 0)
    return code
