"""Makes the daily report of syncing, once for each night."""

from dataclasses import dataclass

from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import sync_report
from app.operations.sync_report import Reported


@dataclass(frozen=True, slots=True)
class SyncReporter:
    """Writes what the shop's last whole day was like."""

    room: Room

    async def do(self, slot: int) -> Reported:
        """Make the report that was due at this moment (UTC ms)."""
        rules = self.room.laws.now
        return await self.room.write(lambda work: sync_report.make(work, rules, slot), Turn.INTAKE)
