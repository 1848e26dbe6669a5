"""An export from the door to its file, as the keeper does it, on whichever engine the test runs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.commands.cases import Exported, ExportOrders, Reserved, StopExport
from app.keeper.export_desk import ExportDesk
from app.keeper.room import Room
from app.keeper.server import Ask
from tests.operations.outbound_world import Shop
from tests.operations.press_world import AtOnce
from tests.worlds import SeededRng


def export_desk(shop: Shop) -> ExportDesk:
    """The keeper's desk for exports over this shop's book."""
    room = Room(
        *(shop.book, AtOnce(), shop.door.laws, shop.book.clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
    )
    return ExportDesk(room)


@dataclass
class Exports:
    """Asks the door and then the desk; ``heard`` may do something while a file is written."""

    shop: Shop
    desk: ExportDesk
    told: list[tuple[int, int, str]] = field(default_factory=list)
    heard: Callable[[int, int], Any] = lambda _done, _of: None

    def begin(self, who: str, ask: ExportOrders, command_id: int = 0) -> bytes:
        """What the door answers: the rows are reserved, nothing is written."""
        self.shop.commands += 1
        number, session = command_id or self.shop.commands, self.shop.sessions[who]
        return self.shop.door.do(number, ask, session).result

    async def write(self, ask: ExportOrders, let_in: bytes) -> Exported:
        """Have a file written that the door let in."""

        def hear(done: int, of: int, key: str) -> None:
            self.told.append((done, of, key))
            self.heard(done, of)

        told = await self.desk.answer(Ask(1, "", ask, hear), let_in)
        assert isinstance(told, Exported)
        return told

    async def do(self, who: str, ask: ExportOrders, command_id: int = 0) -> Exported:
        return await self.write(ask, self.begin(who, ask, command_id))

    async def stop(self, who: str) -> None:
        self.shop.commands += 1
        session = self.shop.sessions[who]
        let_in = self.shop.door.do(self.shop.commands, StopExport(), session).result
        await self.desk.answer(Ask(2, "", StopExport(), lambda *_: None), let_in)


def exported(shop: Shop, who: str, ask: ExportOrders) -> Exported:
    """Do an export in somebody's name, to its end."""
    return asyncio.run(Exports(shop, export_desk(shop)).do(who, ask))


def reserved(let_in: bytes) -> Reserved:
    return msgspec.msgpack.decode(let_in, type=Reserved)
