"""Opens the owner's address to platforms that call, for as long as the keeper runs.

The keeper listens itself: a delivery may be acknowledged only once it is committed, and only the
keeper commits (docs/handbook/push.md).
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from app.keeper.push_doors import PushDoors
from sync.relay import PATH, Relay, Take

LOG = logging.getLogger(__name__)


async def listen(
    doors: PushDoors,
    address: tuple[str, int],
    paper: Path,
    heard: Callable[[int], object] = lambda _port: None,
) -> None:
    """Listen until cancelled; `paper` says which path is whose, `heard` is told the port.

    Raises OSError where it cannot listen.
    """

    def find(word: str) -> Take | None:
        door = doors.doors.get(word)
        return door.take if door else None

    relay = Relay(find)
    port = await relay.open(*address)
    heard(port)
    LOG.info("listening for pushes", extra={"port": port})
    try:
        while True:
            if await doors.look():
                await asyncio.to_thread(paper.write_text, told(doors), "utf-8")
            await doors.bell.rest()
    finally:
        await relay.close()


def told(doors: PushDoors) -> str:
    """One line for each shop and carrier that can call: its path, and whose it is."""
    rows = sorted((door.name, word) for word, door in doors.doors.items())
    return "".join(f"{PATH}{word}  {name}\n" for name, word in rows)
