"""Reads one order again on its platform while somebody waits for the answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from app.commands.shippable import AskShippable, Shippable
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import SyncLoop
from app.operations.shippable import answer_of
from app.store.seal import Row
from app.store.tables import orders
from sync.engine import note
from sync.errors import SyncError, Throttled
from sync.records import Batch

LONGEST_S = 5.0
"""A packer does not wait longer; the answer then is what the book holds, with its age."""
AWAY = "sync_unreachable"


@dataclass(frozen=True, slots=True)
class FreshDesk:
    """Answers `AskShippable` once the door has let it in."""

    room: Room
    shops: SyncLoop

    @property
    def outlets(self) -> Mapping[int, Outlet]:
        """The shops that are connected now."""
        return self.shops.outlets

    async def answer(self, ask: AskShippable, known: bytes) -> Shippable:
        """The order as its platform tells it now, or as the book holds it and since when."""
        told = msgspec.msgpack.decode(known, type=Shippable)
        row = await self.room.write(lambda work: work.row(orders, ask.order_id))
        code = await self._read(row)
        if code:
            return msgspec.structs.replace(told, code=code)
        now = self.room.clock.now()
        return await self.room.write(lambda work: answer_of(work, ask.order_id, now, fresh=True))

    async def _read(self, row: Row) -> str:
        """Take the order in as it is now; the code of why not, "" when it was."""
        outlet = self.outlets.get(row["channel_id"])
        if outlet is None:
            return AWAY
        if outlet.gear.breaker.left_s():
            return Throttled.code
        try:
            async with asyncio.timeout(LONGEST_S):
                record = await outlet.channel.detail(row["external_id"])
        except TimeoutError:
            return "sync_timeout"
        except SyncError as error:
            note(outlet.gear.breaker, error)
            return error.code
        book = self.shops.book_of(row["channel_id"])
        taken = await book.take_piece(Batch((record,), (), "", False))
        return "" if taken.understood else "unreadable"
