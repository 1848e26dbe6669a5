"""Counts each shop's orders there against here: the last hour often, the last day every hour.

What is missing is named in a case and read again at once, one by one, whatever the walk of the
changed orders had to say about it.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import Reading, SyncLoop
from app.keeper.writer import Turn
from app.operations import sync_watch
from app.operations.sync_watch import Alarm
from app.store import sync_history
from app.store.sync_history import Counted
from app.store.work import Work
from sync.engine import note
from sync.errors import Rejected, SyncError
from sync.ports import OrderIds
from sync.records import Batch

LOG = logging.getLogger(__name__)

LOOK_S = 900.0
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
GRACE_MS = 120_000  # an order this young may still be on its way by itself
MOST_READ = 200  # missing orders read again at one look
NAMED = 5


@dataclass(slots=True)
class GapRadar:
    """Looks at every shop whose platform can list its orders by when they were placed."""

    room: Room
    shops: SyncLoop
    _day_at: dict[int, int] = field(default_factory=dict)
    _not_ours: dict[int, set[str]] = field(default_factory=dict)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.round()

    async def round(self) -> None:
        """Look at every shop once; one that does not answer is looked at the next time."""
        for pk, reading in self.shops.readings():
            now = self.room.clock.now()
            spans = [("hour", HOUR_MS)]
            if now - self._day_at.get(pk, 0) >= HOUR_MS:
                spans.append(("day", DAY_MS))
            for span, length in spans:
                if await self._look(pk, reading, span, length) and span == "day":
                    self._day_at[pk] = now

    async def _look(self, pk: int, reading: Reading, span: str, length_ms: int) -> bool:
        outlet, until = reading.outlet, self.room.clock.now() - self._grace_ms(reading)
        channel = outlet.channel
        if not isinstance(channel, OrderIds) or outlet.gear.breaker.left_s():
            return False
        try:
            told = await channel.placed_between(until - length_ms, until)
        except SyncError as error:
            note(outlet.gear.breaker, error)
            LOG.warning("no count of a shop's orders", extra={"channel": pk, "why": error.code})
            return False
        ids = tuple(each for each in told if each not in self._not_ours.get(pk, ()))
        missing = await self.room.write(
            lambda work: sync_history.missing_of(work, pk, ids), Turn.INTAKE
        )
        counted = Counted(pk, span, len(ids), missing)
        await self.room.write(lambda work: self._keep(work, reading, counted), Turn.INTAKE)
        for external_id in missing[:MOST_READ]:
            await self._read(pk, outlet, external_id)
        return True

    @staticmethod
    def _grace_ms(reading: Reading) -> int:
        return max(GRACE_MS, round(2000 * reading.every_s))

    def _keep(self, work: Work, reading: Reading, counted: Counted) -> None:
        sync_history.put_count(work, counted)
        lack = len(counted.missing)
        if lack:
            ids = ", ".join(counted.missing[:NAMED]) + (" …" if lack > NAMED else "")
            args: dict[str, str | int] = {"n": lack, "ids": ids, "there": counted.there}
            alarm = Alarm(sync_watch.GAP, counted.channel_id, reading.name, args)
            sync_watch.alarm(work, self.room.laws.now, alarm)
        elif counted.span == "day":
            sync_watch.settle(work, counted.channel_id, sync_watch.GAP)
        work.tell("orders_counted", "channel", counted.channel_id, n=counted.there, missing=lack)

    async def _read(self, pk: int, outlet: Outlet, external_id: str) -> None:
        """Take one missing order in; what is no order of ours is not counted again."""
        try:
            record = await outlet.channel.detail(external_id)
        except Rejected:
            return  # gone since it was listed
        except SyncError as error:
            note(outlet.gear.breaker, error)
            return
        taken = await self.shops.book_of(pk).take_piece(Batch((record,), (), "", False))
        if taken.skipped:
            self._not_ours.setdefault(pk, set()).add(external_id)
