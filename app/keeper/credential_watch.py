"""Watches how old the keys of shops and carriers are, and notes when shops last accepted theirs."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import credentials as operations
from app.store import credentials
from app.store.work import Work
from sync.engine import Health

LOOK_S = 600.0


@dataclass(frozen=True, slots=True)
class CredentialWatch:
    """Looks every ten minutes; carriers' uses are noted where a waybill is asked for.

    Attributes:
        health: how each shop is doing now, by channel id.
    """

    room: Room
    health: Callable[[], Mapping[int, Health]]

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.round()

    async def round(self) -> None:
        """Note the uses, and open an exception for each key that has grown old."""
        await self.room.write(self._look, Turn.INTAKE)

    def _look(self, work: Work) -> None:
        for pk, health in self.health().items():
            credentials.served(work, pk, good=health.up and health.last_success_ms is not None)
        if operations.watch(work, self.room.laws.now):
            work.tell("keys_old", "channel")
        elif work.marked:
            work.tell("keys_used", "channel")
