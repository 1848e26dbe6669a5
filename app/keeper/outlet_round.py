"""Reads the balance of every account that has one: slowly by itself, at once when asked."""

import asyncio
import logging
from collections.abc import Mapping

from app.keeper.bell import Bell
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import outlets as operations
from app.store import outlets
from app.store.seal import Row
from app.store.work import Work
from sync.errors import SyncError
from sync.ports import Carrier, Outlets

LOG = logging.getLogger(__name__)

LOOK_S = 60.0
EVERY_MS = 3_600_000


class OutletRound:
    """Each account is read once an hour, and whenever somebody wants to know."""

    def __init__(self, room: Room, carriers: Mapping[int, Carrier]) -> None:
        """Take the carriers by account id; the mapping may grow."""
        self._room, self._carriers = room, carriers
        self._bell = Bell(LOOK_S)

    def wake(self) -> None:
        """Look now: somebody asked."""
        self._bell.ring()

    async def run(self) -> None:
        """Look until cancelled; it writes no carrier anything, so it looks before "go" too."""
        while True:
            await self.round()
            await self._bell.rest()

    async def round(self) -> int:
        """Read every account whose time has come; returns how many were asked."""
        able = self._able()
        if not able:
            return 0
        was = await self._room.write(outlets.readings, Turn.INTAKE)
        due = [pk for pk in able if self._is_due(was.get(pk))]
        await asyncio.gather(*(self._read(pk, able[pk]) for pk in due))
        return len(due)

    def _able(self) -> dict[int, Outlets]:
        found: dict[int, Outlets] = {}
        for pk, carrier in self._carriers.items():
            one: object = carrier
            if carrier.caps.outlets and isinstance(one, Outlets):
                found[pk] = one
        return found

    def _is_due(self, row: Row | None) -> bool:
        if row is None or row["read_at"] is None:
            return True
        wanted = (row["asked_at"] or 0) > row["read_at"]
        return bool(wanted or row["read_at"] <= self._room.clock.now() - EVERY_MS)

    async def _read(self, account_id: int, carrier: Outlets) -> None:
        error = ""
        try:
            told = await carrier.outlets()
        except SyncError as failed:
            LOG.warning("no outlets", extra={"carrier": account_id, "why": failed.code})
            error = failed.code

        def act(work: Work) -> None:
            if error:
                outlets.could_not(work, account_id, error)
            else:
                operations.taken(work, account_id, told)
            work.tell("outlets_read", "carrier", account_id, code=error)

        await self._room.write(act, Turn.INTAKE)
