"""The keeper's offices: one for each shop and carrier in the book, opened as they are connected."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import EVERY_S, Shops
from app.keeper.tracking_round import TrackingRound
from app.keeper.waybill_pump import WaybillPump
from app.store import accounts
from app.store.seal import Row
from app.store.tables import channel
from app.store.work import Work
from sync.engine import Gear
from sync.ports import Carrier, Channel

LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Makers:
    """How a row becomes a connector; handed in, so that the keeper names no platform."""

    channel: Callable[[Row, Mapping[str, str]], Channel]
    carrier: Callable[[Row, Mapping[str, str]], Carrier]
    gear: Callable[[], Gear]


@dataclass(slots=True)
class Known:
    """The connectors at work, by the id of their row."""

    outlets: dict[int, Outlet] = field(default_factory=dict)
    carriers: dict[int, Carrier] = field(default_factory=dict)


class Offices:
    """Opens an office for every new row, and wakes those who may have work."""

    def __init__(self, room: Room, makers: Makers, every_s: float = EVERY_S) -> None:
        self._room, self._makers = room, makers
        self._known = Known()
        self._woken = asyncio.Event()
        self.wakers: list[Callable[[], None]] = []
        self.shops = Shops(room, self.wake, every_s)
        self.waybills = WaybillPump(room, self._known.carriers)
        self.effects = EffectPump(room, self._known.outlets)
        self.tracking = TrackingRound(room, self._known.carriers)

    def wake(self) -> None:
        """Something changed: whoever may have work looks now."""
        self._woken.set()
        self.waybills.wake()
        self.effects.wake()
        for waker in self.wakers:
            waker()

    async def run(self) -> None:
        """Look for new rows until cancelled."""
        try:
            while True:
                await self._look()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK_S)
                self._woken.clear()
        finally:
            await self.shops.close()

    async def _look(self) -> None:
        shops, carriers = await self._room.write(self._read)
        for row, fields in shops:
            if not self.shops.is_open(row["id"]):
                made, gear = self._makers.channel(row, fields), self._makers.gear()
                self._known.outlets[row["id"]] = Outlet(made, gear)
                self.shops.open(row["id"], made, gear, float(fields.get("spread_s", "5")))
        for row, fields in carriers:
            if row["id"] not in self._known.carriers:
                self._known.carriers[row["id"]] = self._makers.carrier(row, fields)

    def _read(self, work: Work) -> tuple[list[tuple[Row, dict[str, str]]], ...]:
        found = work.rows(select(channel).where(channel.c.state == "on"))
        mine = [work.checked(channel, row) for row in found]
        live = [(row, accounts.channel_fields(work, row)) for row in mine]
        bought = [(row, accounts.credentials_of(work, row)) for row in accounts.carriers(work)]
        return [pair for pair in live if pair[1]], bought
