"""Looks every quarter of an hour how orders flow: dwell of each state, and who waits for whom.

Paid orders that stand too long are one alert for each shop, by their numbers (F104).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from app.keeper.reading import read_only
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import sync_watch
from app.operations.sync_watch import STUCK, Alarm
from app.store import flow_figures, shops
from app.store.seal import Row
from app.store.work import Work

FIRST_S, LOOK_S = 60.0, 900.0
HOUR_MS = 3_600_000

Stuck = Mapping[int, tuple[str, ...]]
"""By shop, the platform's numbers of paid orders that stand too long, the oldest first."""


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
        states, locks, stuck = await asyncio.to_thread(self._read)
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
        await self.room.write(lambda work: self._ring(work, stuck), Turn.INTAKE)

    def _read(self) -> tuple[list[Row], Row, Stuck]:
        with read_only(self.room.book) as book, book.work(self.room.actor) as work:
            return flow_figures.dwells(work), flow_figures.contention(work), self._stuck(work)

    def _stuck(self, work: Work) -> Stuck:
        """By shop the orders that have stood too long; hours of days off are not counted."""
        policy = self.room.laws.now.policy
        calendar, hours = policy.calendar(), policy.stuck_hours
        found = {}
        for pk, standing in flow_figures.unshipped(work, work.now - HOUR_MS * hours).items():
            late = tuple(no for no, since in standing if calendar.ship_by(since, hours) <= work.now)
            if late:
                found[pk] = late
        return found

    def _ring(self, work: Work, stuck: Stuck) -> None:
        rules = self.room.laws.now
        names = shops.names(work)
        for pk in sync_watch.standing(work, STUCK) - stuck.keys():
            sync_watch.settle(work, pk, STUCK)
        for pk, numbers in stuck.items():
            args = {**sync_watch.named(numbers), "hours": rules.policy.stuck_hours}
            sync_watch.renew(work, rules, Alarm(STUCK, pk, names.get(pk, ""), args))
        if work.marked.get("cases"):
            work.tell("backlog_looked_at", "channel", n=sum(map(len, stuck.values())))

    @staticmethod
    def _keep(work: Work, states: list[Row], locks: Row) -> None:
        flow_figures.put(work, states, locks)
        work.tell("flow_measured", "order", n=sum(row["n"] for row in states))
