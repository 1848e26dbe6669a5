"""Pulls every shop's orders into the book, in pieces small enough that no command waits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.commands import wire
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import intake
from app.store import intake_rows
from app.store.work import Work
from sync.engine import Gear, Health, Source
from sync.ports import Channel
from sync.records import Batch

PIECE = 25  # records in one transaction: about ten milliseconds of the writer's time
EVERY_S = 15.0


@dataclass(frozen=True, slots=True)
class Till:
    """The app's side of one shop's pull: cursor and records through the writer."""

    room: Room
    channel_id: int
    taken: Callable[[], None]

    async def cursor(self) -> str:
        """How far the shop has been read."""

        def read(work: Work) -> str:
            return intake_rows.cursor_of(work, self.channel_id)

        return await self.room.write(read, Turn.INTAKE)

    async def take(self, batch: Batch) -> None:
        """Take a page in, piece by piece; the cursor moves with the last piece."""
        for part in intake.split(batch, PIECE):
            way = intake.Way(self.room.book, self.room.laws.now, self.channel_id)
            taken = await self.room.writer.do(Turn.INTAKE, partial(intake.take_part, way, part))
            if taken.rows:
                self.room.announce(wire.Changed(taken.rows))
        self.taken()


class Shops:
    """Runs one source for each shop that is on, and knows how each is doing."""

    def __init__(self, room: Room, taken: Callable[[], None], every_s: float = EVERY_S) -> None:
        """``taken`` is called after every page: orders may wait for allocation."""
        self._room, self._taken, self._every_s = room, taken, every_s
        self._sources: dict[int, Source] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def open(self, channel_id: int, channel: Channel, gear: Gear, spread_s: float) -> None:
        """Begin to pull a shop; its first round is spread over ``spread_s`` seconds."""
        till = Till(self._room, channel_id, self._taken)
        source = Source(str(channel_id), channel, till, gear, self._told)
        self._sources[channel_id] = source
        self._tasks[channel_id] = asyncio.create_task(source.run(self._every_s, spread_s))

    def wake(self, channel_id: int) -> None:
        """Pull a shop now."""
        if channel_id in self._sources:
            self._sources[channel_id].wake()

    def is_open(self, channel_id: int) -> bool:
        """Whether the shop is pulled; one whose task died is opened again by the caller."""
        task = self._tasks.get(channel_id)
        return task is not None and not task.done()

    def health(self) -> dict[int, Health]:
        """How each shop is doing."""
        return {channel_id: source.health for channel_id, source in self._sources.items()}

    async def close(self) -> None:
        """End all pulls; a page in hand is taken whole or not at all."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _told(self, health: Health) -> None:
        self._room.announce(wire.Changed({"health": (int(health.source),)}))
