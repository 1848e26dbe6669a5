"""Compares what was cancelled with what the stock says, and makes the daily report of differences.

Read beside the writer every quarter of an hour; written only when an exception opens or is over.
"""

import asyncio
from dataclasses import dataclass

from app.keeper.reading import read_only
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import stock_truth
from app.operations.stock_truth import Mismatch

FIRST_S, LOOK_S = 90.0, 900.0


@dataclass(frozen=True, slots=True)
class StockAudit:
    """Looks by itself, and reports once for each day."""

    room: Room

    async def run(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            await self.round()
            await asyncio.sleep(LOOK_S)

    async def round(self) -> int:
        """Look once; how many exceptions opened or are over."""
        found, moved = await asyncio.to_thread(self._read)
        if not moved:
            return 0
        rules = self.room.laws.now
        return await self.room.write(
            lambda work: stock_truth.match(work, rules, found), Turn.INTAKE
        )

    async def report(self, slot: int) -> tuple[str, ...]:
        """Make the reports due at this moment (UTC ms); the days they are of."""
        rules = self.room.laws.now
        return await self.room.write(
            lambda work: stock_truth.report(work, rules, slot), Turn.INTAKE
        )

    def _read(self) -> tuple[tuple[Mismatch, ...], bool]:
        with read_only(self.room.book) as book, book.work(self.room.actor) as work:
            found = stock_truth.mismatches(work)
            return found, stock_truth.differs(work, found)
