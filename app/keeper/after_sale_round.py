"""Asks each platform that tells them which after-sales changed, and reads answered ones again."""

import asyncio
import logging
from collections.abc import Mapping

from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import after_sales
from app.store import after_sale_rows, intake_rows
from app.store.seal import Row
from app.store.work import Work
from sync.engine import note
from sync.errors import SyncError
from sync.ports import AfterSales
from sync.records import AfterSaleBatch, AfterSaleRecord

LOG = logging.getLogger(__name__)

EVERY_S = 120.0
MOST_PAGES = 50


class AfterSaleRound:
    """Goes round the shops whose buyers' refunds and returns can be listed."""

    def __init__(self, room: Room, outlets: Mapping[int, Outlet]) -> None:
        """Take the shops that are connected now; the mapping may grow."""
        self._room, self._outlets = room, outlets

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(EVERY_S)

    async def round(self) -> int:
        """Ask each once; how many after-sales were new or changed."""
        fresh = 0
        for pk, outlet in list(self._outlets.items()):
            channel = outlet.channel
            if not isinstance(channel, AfterSales) or outlet.gear.breaker.wait_s() > 0:
                continue
            try:
                fresh += await self._walk(pk, channel) + await self._again(pk, channel)
                outlet.gear.breaker.worked()
            except SyncError as error:
                note(outlet.gear.breaker, error)
                LOG.warning("no after-sales", extra={"channel": pk, "why": error.code})
            except BaseException:
                outlet.gear.breaker.released()
                raise
        return fresh

    async def _walk(self, pk: int, channel: AfterSales) -> int:
        fresh = 0
        for _ in range(MOST_PAGES):
            cursor = await self._room.write(
                lambda work: intake_rows.cursor_of(work, pk, after_sales.STREAM), Turn.INTAKE
            )
            batch = await channel.after_sales(cursor)
            fresh += await self._take(pk, batch)
            if not batch.more:
                break
        return fresh

    async def _take(self, pk: int, batch: AfterSaleBatch) -> int:
        rules = self._room.laws.now
        return await self._room.write(
            lambda work: after_sales.take(work, rules, pk, batch), Turn.INTAKE
        )

    async def _again(self, pk: int, channel: AfterSales) -> int:
        """Read those again that were answered: what came of it is the platform's to say."""
        rows = await self._room.write(lambda work: after_sale_rows.unsettled(work, (pk,)))
        fresh = 0
        for row in rows:
            fresh += await self._read(row, await channel.after_sale(row["external_id"]))
        return fresh

    async def _read(self, row: Row, record: AfterSaleRecord) -> bool:
        rules = self._room.laws.now

        def act(work: Work) -> bool:
            changed = after_sales.take_one(work, rules, row, record)
            if changed:
                work.tell("after_sales_taken", "channel", row["channel_id"], n=1)
            return changed

        return await self._room.write(act, Turn.INTAKE)
