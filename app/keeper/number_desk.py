"""Looks at lists of tracking numbers, takes them in and back: beside the writer, in small pieces.

The door has let the command in, with whatever consent it needs. A list is read and judged on a
thread; numbers are written a few orders at a time, with progress and a stop. A kill leaves whole
orders, and the same request again finds them done.
"""

import asyncio
import threading
from dataclasses import dataclass, field, replace

from app.commands import wire
from app.commands.channels import LetIn
from app.commands.numbers import (
    LookAtNumbers,
    NumbersSeen,
    NumbersTaken,
    StopNumbers,
    TakeBackNumbers,
    TakeNumbers,
)
from app.domain.actor import Actor
from app.domain.pieces import PieceSize
from app.keeper.reading import Stopped, Watch, read_only, reporter, stoppable
from app.keeper.room import Room
from app.keeper.server import Ask
from app.operations.number_look import Look
from app.operations.number_rows import Table, read_table
from app.operations.numbers import Giving, TakingBack

ASKS = (LookAtNumbers, TakeNumbers, TakeBackNumbers, StopNumbers)
"""What this desk answers once the door has let it in."""
READING, TAKING, UNDOING = "numbers.looking", "numbers.taking", "numbers.undoing"


@dataclass(frozen=True, slots=True)
class NumberDesk:
    """Gives parcels the numbers of a list; each person ends their own work."""

    room: Room
    _stops: dict[str, threading.Event] = field(default_factory=dict)

    async def answer(self, ask: Ask, let_in: bytes) -> NumbersSeen | NumbersTaken | None:
        """Do one of `ASKS`; what the door answered says in whose name.

        Raises ImportUnreadable when the file as a whole cannot be read.
        """
        if isinstance(ask.command, StopNumbers):
            if ask.session in self._stops:
                self._stops[ask.session].set()
            return None
        who = wire.unpack(let_in, LetIn)
        room = replace(self.room, actor=Actor(who.by, who.operator_id))
        stop = self._stops[ask.session] = threading.Event()
        if isinstance(ask.command, LookAtNumbers):
            return await self._look(room, ask, stop)
        if isinstance(ask.command, TakeNumbers):
            return await self._work(room, ask, Giving(ask.command), stop, TAKING)
        return await self._work(room, ask, TakingBack(ask.command), stop, UNDOING)

    async def _look(self, room: Room, ask: Ask, stop: threading.Event) -> NumbersSeen:
        ask.progress(0, 0, READING)
        table = await asyncio.to_thread(read_table, ask.command)
        watch = stoppable(stop, reporter(ask, READING))
        try:
            return await asyncio.to_thread(_seen, room, ask.command, table, watch)
        except Stopped:
            return NumbersSeen(table.headings, {}, table.headed)

    async def _work(
        self, room: Room, ask: Ask, work: Giving | TakingBack, stop: threading.Event, words: str
    ) -> NumbersTaken:
        size = PieceSize()
        ask.progress(work.done, work.total, words)
        while work.done < work.total and not stop.is_set():
            await room.piece(lambda book, rows: work.step(book, room.laws.now, rows), size)
            ask.progress(work.done, work.total, words)
        return work.taken()


def _seen(room: Room, command: LookAtNumbers, table: Table, watch: Watch) -> NumbersSeen:
    with read_only(room.book) as plain, plain.work(room.actor) as work:
        return Look(work, room.laws.now, command).seen(table, watch)
