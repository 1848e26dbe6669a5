"""Looks every quarter of an hour how orders flow: dwell of each state, and who waits for whom."""

import asyncio
from dataclasses import dataclass

from app.keeper.reading import read_only
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.store import flow_figures
from app.store.seal import Row
from app.store.work import Work

FIRST_S, LOOK_S = 60.0, 900.0


@dataclass(slots=True)
class FlowWatch:
    """Reads beside the writer, for a book may be long, and writes a few rows."""

    room: Room

    async def run(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            await self.round()
            await asyncio.sleep(LOOK_S)

    async def round(self) -> None:
        """Look once; the figures are kept for the history."""
        states, locks = await asyncio.to_thread(self._read)
        waits = self.room.writer.taken()
        row = {
            **locks,
            "span_ms": round(1000 * LOOK_S),
            "writes": waits.writes,
            "waited": waits.waited,
            "longest_ms": round(1000 * waits.longest_s),
            "conflicts": waits.conflicts,
        }
        await self.room.write(lambda work: self._keep(work, states, row), Turn.INTAKE)

    def _read(self) -> tuple[list[Row], Row]:
        with read_only(self.room.book) as book, book.work(self.room.actor) as work:
            return flow_figures.dwells(work), flow_figures.contention(work)

    @staticmethod
    def _keep(work: Work, states: list[Row], locks: Row) -> None:
        flow_figures.put(work, states, locks)
        work.tell("flow_measured", "order", n=sum(row["n"] for row in states))
