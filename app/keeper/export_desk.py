"""Writes orders to a file beside the writer: with progress, and a stop that leaves no file.

The door has let it in and reserved the rows. They are read here through a connection that holds
nobody up; the file is put beside its place when all of it is made, told to the record, and given
its name last. Whatever ends it before that takes the part away and closes the row as stopped.
"""

import asyncio
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.commands import wire
from app.commands.cases import Exported, ExportOrders, Reserved, StopExport, Stopping
from app.domain.actor import Actor
from app.domain.errors import BadValue, DecryptFailed, RowChanged, WaydeskError
from app.domain.masks import mask_note
from app.keeper.reading import Stopped, Watch, read_only, reporter, stoppable
from app.keeper.room import Room
from app.keeper.server import Ask
from app.operations import erp_sheet, exports, tampered
from app.operations.export_sheet import Made, make, part, put
from app.store.work import Work

ASKS = (ExportOrders, StopExport)
"""What this desk answers once the door has let it in."""
WRITING = "exporting.writing"


@dataclass(slots=True)
class _Job:
    """One export under way."""

    stop: threading.Event = field(default_factory=threading.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class ExportDesk:
    """Writes the board's files of orders."""

    room: Room
    _jobs: dict[int, _Job] = field(default_factory=dict)

    async def begin(self) -> None:
        """Close what was left when the keeper before this one was killed."""
        await self.room.write(lambda work: exports.close_left(work, self.room.laws.now))

    async def answer(self, ask: Ask, let_in: bytes) -> Exported | None:
        """Do one of `ASKS`; what the door answered says which file, and in whose name."""
        if isinstance(ask.command, StopExport):
            for file_id in wire.unpack(let_in, Stopping).file_ids:
                if file_id in self._jobs:
                    self._jobs[file_id].stop.set()
            return None
        held = wire.unpack(let_in, Reserved)
        job = self._jobs[held.file_id] = _Job()
        try:
            return await self._export(ask, held, job)
        finally:
            del self._jobs[held.file_id]
            job.ended.set()

    async def close(self) -> None:
        """Stop what is under way and wait until it is closed: the keeper ends."""
        jobs = tuple(self._jobs.values())
        for job in jobs:
            job.stop.set()
        for job in jobs:
            await job.ended.wait()

    # --- inside ---------------------------------------------------------------------------------

    async def _export(self, ask: Ask, held: Reserved, job: _Job) -> Exported:
        over = await self.room.write(lambda work: exports.ended(work, held.file_id))
        if over is not None:  # asked again after a kill
            return over
        room = replace(self.room, actor=Actor(held.by, held.operator_id))
        path, reason = Path(ask.command.path), mask_note(ask.command.reason)
        try:
            made = await self._made(room, ask, held, job)
        except Stopped:
            await self._undone(room, held, path)
            return Exported(0, stopped=True)
        except Exception as problem:
            await self._undone(room, held, path, problem)
            if isinstance(problem, OSError):
                raise BadValue(field="path", value=ask.command.path) from problem
            raise
        told = {"name": path.name, "reason": reason}
        if ask.command.template:
            told["document"] = Path(ask.command.template).name
        await room.write(lambda work: exports.written(work, held.file_id, **told))
        return Exported(made.rows)

    async def _made(self, room: Room, ask: Ask, held: Reserved, job: _Job) -> Made:
        """Read, write and name the file. Raises `Stopped`, OSError, or what a row was found to be.

        Once it is told to the record that it is whole, it is too late to stop it.
        """
        path = Path(ask.command.path)
        half = part(path.parent, held.file_id)
        look = stoppable(job.stop, reporter(ask, WRITING))
        made = await asyncio.to_thread(self._read, room, ask.command, held, look)
        await asyncio.to_thread(put, half, made.content)
        look(made.rows, held.rows)
        await room.write(lambda work: exports.ready(work, held.file_id, made))
        await asyncio.to_thread(half.replace, path)
        return made

    def _read(self, room: Room, command: ExportOrders, held: Reserved, look: Watch) -> Made:
        zone = room.laws.now.policy.zone
        with read_only(room.book) as plain, plain.work(room.actor) as work:
            write = erp_sheet.make if command.template else make
            return write(work, command, held, zone, look)

    async def _undone(
        self, room: Room, held: Reserved, path: Path, problem: Exception | None = None
    ) -> None:
        """Take the part away and close the row; what a row was found to be, a person is told."""
        half = part(path.parent, held.file_id)
        why = {}
        if problem is not None:
            code = problem.code if isinstance(problem, WaydeskError) else type(problem).__name__
            why = {"result": "failed", "code": code}

        def close(work: Work) -> None:
            if isinstance(problem, RowChanged | DecryptFailed):
                tampered.open_case(work, room.laws.now, problem)
            exports.stopped(work, held.file_id, **why)

        await asyncio.to_thread(_take_away, half)
        await room.write(close)


def _take_away(half: Path) -> None:
    """Remove the part, where its folder is still there."""
    if half.parent.is_dir():
        half.unlink(missing_ok=True)
