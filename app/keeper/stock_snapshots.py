"""Reads every hour what each shop's platform says is there, where it lists its products."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

from app.domain.listings import key_of
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import SyncLoop
from app.keeper.writer import Turn
from app.store import shop_stock
from app.store.work import Work
from sync.engine import note
from sync.errors import SyncError
from sync.ports import ProductList
from sync.records import ListingRecord

LOG = logging.getLogger(__name__)

FIRST_S, LOOK_S = 120.0, 3600.0
MOST_PAGES = 2_000


@dataclass(slots=True)
class StockSnapshots:
    """Walks each shop's list, a page at a time; a shop that fails is asked the next time."""

    room: Room
    shops: SyncLoop

    async def run(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            await self.round()
            await asyncio.sleep(LOOK_S)

    async def round(self) -> None:
        """Ask every shop once."""
        for pk, reading in self.shops.readings():
            outlet = reading.outlet
            if not isinstance(outlet.channel, ProductList) or outlet.gear.breaker.left_s():
                continue
            try:
                await self._walk(pk, outlet, outlet.channel)
            except SyncError as error:
                note(outlet.gear.breaker, error)
                LOG.warning("no stock of a shop", extra={"channel": pk, "why": error.code})

    async def _walk(self, pk: int, outlet: Outlet, channel: ProductList) -> None:
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await channel.listings(cursor)
            outlet.gear.breaker.worked()
            told = {_key(one): one.quantity for one in page.listings}
            await self.room.write(partial(self._keep, pk, told), Turn.INTAKE)
            cursor = page.next_cursor
            if not page.more:
                return

    @staticmethod
    def _keep(pk: int, told: dict[str, int | None], work: Work) -> None:
        n = shop_stock.put(work, pk, told)
        if n:
            work.tell("shop_stock_read", "channel", pk, n=n)


def _key(one: ListingRecord) -> str:
    return key_of(one.ref, one.sku, one.title, one.variant)
