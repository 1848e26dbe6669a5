"""Takes order files in beside the writer: read on a thread, written in small pieces, stoppable.

The door has let the command in and noted it in the record. A kill leaves whole orders; the same
file again changes only what is still missing.
"""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import msgspec

from app.commands import wire
from app.commands.channels import Imported, ImportOrders, LetIn, StopOrderImport
from app.domain.actor import Actor
from app.keeper.room import Room
from app.keeper.server import Ask
from app.keeper.writer import Turn
from app.operations import import_count, import_orders, intake
from app.operations.import_count import Burst
from app.operations.import_map import FileMap
from app.operations.import_records import Judged
from app.operations.intake import Taken
from app.store.work import Work
from sync.records import Batch

ASKS = (ImportOrders, StopOrderImport)
"""What this desk answers once the door has let it in."""
PIECE = 20
READING, TAKING = "import.reading", "import.taking"


@dataclass(frozen=True, slots=True)
class OrderFileDesk:
    """Takes order files in; each person ends their own."""

    room: Room
    _stopped: set[str] = field(default_factory=set)

    async def answer(self, ask: Ask, let_in: bytes) -> Imported | None:
        """Do one of `ASKS`; what the door answered says in whose name.

        Raises ImportUnreadable when the file as a whole cannot be read; nothing was taken in then.
        """
        command = ask.command
        if not isinstance(command, ImportOrders):
            self._stopped.add(ask.session)
            return None
        self._stopped.discard(ask.session)
        who = msgspec.msgpack.decode(let_in, type=LetIn)
        room = replace(self.room, actor=Actor(who.by, who.operator_id))
        ask.progress(0, 0, READING)
        reading = (Path(command.path), command.mapping, command.shop)
        judged, file_map = await asyncio.to_thread(import_orders.read, *reading)
        if command.rejects:
            rejects = Path(command.rejects)
            await asyncio.to_thread(import_orders.write_rejects, rejects, judged.rejects)
        if command.preview:
            return await room.write(
                lambda work: _foreseen(work, command, judged, file_map), Turn.COMMAND
            )
        return await self._take(room, ask, judged, file_map)

    async def _take(self, room: Room, ask: Ask, judged: Judged, file_map: FileMap) -> Imported:
        channel_id = await room.write(lambda work: _opened(work, file_map))
        way = intake.Way(room.book, room.laws.now, channel_id, room.actor)
        batch = Batch(judged.records, judged.kept_aside, "", False)
        done, total, taken = 0, len(judged.records), Taken()
        for piece in intake.split(batch, PIECE):
            if ask.session in self._stopped:
                break
            ask.progress(done, total, TAKING)
            got = await room.writer.do(Turn.INTAKE, partial(intake.take_part, way, piece))
            if got.rows:
                room.announce(wire.Changed(dict(got.rows)))
            done, taken = done + len(piece.records), taken.plus(got)
        ask.progress(done, total, TAKING)
        told = import_orders.told(judged, taken, file_map)
        if done < total:
            return msgspec.structs.replace(told, stopped=True)
        return await self._count(room, ask, judged, (channel_id, told))

    @staticmethod
    async def _count(room: Room, ask: Ask, judged: Judged, took: tuple[int, Imported]) -> Imported:
        """Hold what stands in the book against the count the person typed, and keep what differs.

        A file that was stopped is not counted: it says itself that more is to come.
        """
        command: ImportOrders = ask.command
        channel_id, told = took
        if not command.stated:
            return told
        burst = Burst(channel_id, Path(command.path).name, command.stated)

        def count(work: Work) -> Imported:
            found = import_count.counted(work, burst, judged, told)
            import_count.keep(work, room.laws.now, burst, found)
            return found

        return await room.write(count, Turn.INTAKE)


def _foreseen(work: Work, command: ImportOrders, judged: Judged, file_map: FileMap) -> Imported:
    burst = Burst(import_orders.shop_of(work, file_map), Path(command.path).name, command.stated)
    told = import_orders.foreseen(work, judged, file_map)
    return import_count.foreseen(work, burst, judged, told)


def _opened(work: Work, file_map: FileMap) -> int:
    channel_id = import_orders.open_channel(work, file_map)
    if work.marked:
        work.tell("channel_connected", "channel", channel_id)
    return channel_id
