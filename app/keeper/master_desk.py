"""Reads another business system's masters beside the writer, and takes them in piece by piece."""

import asyncio
from dataclasses import dataclass, replace

from app.commands import wire
from app.commands.channels import LetIn
from app.commands.masters import MastersRead, ReadMasters
from app.domain.actor import Actor
from app.domain.pieces import PieceSize
from app.keeper.reading import read_only
from app.keeper.room import Room
from app.keeper.server import Ask
from app.operations import masters
from app.operations.masters import Masters
from app.store.work import Work

READING, TAKING = "import.reading", "import.taking"


@dataclass(frozen=True, slots=True)
class MasterDesk:
    """Takes masters in; a kill leaves whole pieces, and the same file again goes on."""

    room: Room

    async def answer(self, ask: Ask, let_in: bytes) -> MastersRead:
        """Read a file, say what differs, and write it unless it is only looked at."""
        who = wire.unpack(let_in, LetIn)
        room = replace(self.room, actor=Actor(who.by, who.operator_id))
        ask.progress(0, 0, READING)
        read = await asyncio.to_thread(masters.read_masters, ask.command)
        told = await asyncio.to_thread(_compared, room, read)
        command: ReadMasters = ask.command
        if not command.preview:
            await self._take(room, ask, read)
        return told

    async def _take(self, room: Room, ask: Ask, read: Masters) -> None:
        codes = await asyncio.to_thread(_differing, room, read)
        taking, size = _Taking(read, codes), PieceSize()
        while taking.done < len(codes):
            ask.progress(taking.done, len(codes), TAKING)
            await room.piece(taking.step, size)
        ask.progress(taking.done, len(codes), TAKING)


@dataclass(slots=True)
class _Taking:
    """How far a file of masters was written."""

    read: Masters
    codes: list[str]
    done: int = 0

    def step(self, work: Work, most: int) -> int:
        """Write the next few in this transaction; how many were written."""
        piece = self.codes[self.done : self.done + most]
        masters.take(work, self.read, piece)
        work.tell("masters_taken", n=len(piece), kind=self.read.kind, system=self.read.system)
        self.done += len(piece)
        return len(piece)


def _compared(room: Room, read: Masters) -> MastersRead:
    with read_only(room.book) as plain, plain.work(room.actor) as work:
        return masters.compare(work, read)


def _differing(room: Room, read: Masters) -> list[str]:
    with read_only(room.book) as plain, plain.work(room.actor) as work:
        return masters.differing(work, read)
