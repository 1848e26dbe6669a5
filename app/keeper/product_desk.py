"""Takes product files and shops' product lists in, and back, between other work.

The door has let the command in and noted it in the book; here the file is read beside the writer,
and its rows are judged and written in small pieces, as many rows as fill about ten milliseconds. A
kill leaves whole pieces; the desk asks again under the same id, and what was taken in already
counts as known, what was taken back is not taken back again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from app.commands.catalogue_import import (
    Begun,
    Brought,
    FetchProducts,
    ImportProducts,
    TakenBack,
    UndoImport,
)
from app.domain.actor import Actor
from app.domain.errors import WaydeskError
from app.domain.errors_catalogue import NoProductList
from app.domain.pieces import PieceSize
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.server import Ask
from app.keeper.writer import Turn
from app.operations.product_import import failed
from app.operations.product_sheet import from_listings, read_sheet
from app.operations.product_undo import Undo
from app.operations.product_walk import Plan, Walk
from app.store.tables import channel
from sync.errors import SyncError
from sync.ports import ProductList
from sync.records import KeptAside, ListingRecord

ASKS = (ImportProducts, FetchProducts, UndoImport)
"""What this desk answers once the door has let it in."""
MOST_LISTINGS = 200_000
READING, TAKING = "import.reading", "import.taking"
LOOKING, UNDOING = "import.looking", "import.undoing"


@dataclass(frozen=True, slots=True)
class ProductDesk:
    """Takes products in; ``outlets`` are the shops that are connected now."""

    room: Room
    outlets: Mapping[int, Outlet]

    async def answer(self, ask: Ask, begun: bytes) -> Brought | TakenBack:
        """Do one of `ASKS`; what the door answered says in whose name."""
        started = msgspec.msgpack.decode(begun, type=Begun)
        actor = Actor(started.by, started.operator_id) if started.import_id else self.room.actor
        room = replace(self.room, actor=actor)
        if isinstance(ask.command, UndoImport):
            return await self._take_back(room, ask, Undo(started.import_id))
        try:
            plan = await self._plan(ask, started, actor)
            return await self._walk(room, ask, Walk(plan))
        except WaydeskError:
            if started.import_id:
                await room.write(lambda work: failed(work, started.import_id))
            raise

    async def _plan(self, ask: Ask, begun: Begun, actor: Actor) -> Plan:
        command = ask.command
        if isinstance(command, ImportProducts):
            ask.progress(0, 0, READING)
            sheet = await asyncio.to_thread(read_sheet, Path(command.path), command.mapping)
            return Plan(sheet, command.stock_at, begun.import_id, actor=actor)
        records, aside = await self._listings(ask, command.channel_id)
        place = (command.stock_at, begun.import_id, command.channel_id)
        return Plan(from_listings(records, aside), *place, actor, records)

    async def _walk(self, room: Room, ask: Ask, walk: Walk) -> Brought:
        rules, size = self.room.laws.now, PieceSize()
        while not walk.over:
            ask.progress(walk.done, walk.total, TAKING)
            await room.piece(lambda work, rows: walk.step(work, rules, rows), size)
        ask.progress(walk.done, walk.total, TAKING)
        await room.write(walk.finish, Turn.INTAKE)
        return walk.tally.brought()

    async def _take_back(self, room: Room, ask: Ask, undo: Undo) -> TakenBack:
        """Look at all of it, then take it back. Raises :class:`UndoRefused`."""
        await room.write(undo.begin, Turn.INTAKE)
        size = PieceSize()
        while await room.piece(undo.look, size):
            ask.progress(undo.looked, undo.total, LOOKING)
        await room.write(undo.settle, Turn.INTAKE)
        undo.refuse()
        size = PieceSize()
        while await room.piece(undo.step, size):
            ask.progress(undo.done, undo.total, UNDOING)
        return await room.write(undo.finish, Turn.INTAKE)

    async def _listings(
        self, ask: Ask, channel_id: int
    ) -> tuple[tuple[ListingRecord, ...], tuple[KeptAside, ...]]:
        """Everything a shop sells, page by page. Raises :class:`NoProductList`, or its refusal."""
        outlet = self.outlets.get(channel_id)
        if outlet is None or not isinstance(outlet.channel, ProductList):
            raise NoProductList(shop=await self._name(channel_id))
        found: list[ListingRecord] = []
        aside: list[KeptAside] = []
        cursor, more = "", True
        while more and len(found) < MOST_LISTINGS:
            try:
                page = await outlet.channel.listings(cursor)
            except SyncError as error:
                raise NoProductList(shop=await self._name(channel_id)) from error
            found += page.listings
            aside += page.kept_aside
            cursor, more = page.next_cursor, page.more
            ask.progress(len(found), max(page.total, len(found)), READING)
        return tuple(found), tuple(aside)

    async def _name(self, channel_id: int) -> str:
        return await self.room.write(lambda work: str(work.row(channel, channel_id)["name"]))
