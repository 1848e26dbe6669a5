"""Reads the whole record beside the writer: verifies it, writes it to a file, draws the sheet.

Commands go on meanwhile. A reading tells how far it has come and can be stopped; what it found is
written down by the writer when it ends.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from app.commands.record import (
    ExportRecord,
    MakeSheet,
    RecordWritten,
    SheetMade,
    StopRecordWork,
    Verified,
    VerifyRecord,
)
from app.domain.errors import BadValue
from app.keeper.day_sheets import DaySheets
from app.keeper.press_link import PressLink
from app.keeper.reading import Stopped, Watch, read_only, reporter, stoppable
from app.keeper.room import Room
from app.keeper.server import Ask
from app.operations import record_work
from app.store import record_file, witnesses
from app.store.record_file import Span
from app.store.verify import Report, verify
from app.store.witnesses import Seen
from app.store.work import Work

T = TypeVar("T")
LOOK_S = 600.0
ASKS = (VerifyRecord, ExportRecord, StopRecordWork, MakeSheet)
"""What this desk answers once the door has let it in."""
Answered = Verified | RecordWritten | SheetMade | None


@dataclass(slots=True)
class RecordDesk:
    """Answers what is asked of the record as a whole.

    Attributes:
        folder: the data folder; its backups and files of heads are witnesses.
    """

    room: Room
    press: PressLink
    folder: Path
    _jobs: dict[int, threading.Event] = field(default_factory=dict)

    async def answer(self, ask: Ask) -> Answered:
        """Do one of `ASKS`, which the door has let in."""
        command = ask.command
        if isinstance(command, VerifyRecord):
            return await self._verify(ask, command)
        if isinstance(command, ExportRecord):
            return await self._export(ask, command)
        if isinstance(command, MakeSheet):
            return await self.sheets().make(command.printer)
        if command.job in self._jobs:
            self._jobs[command.job].set()
        return None

    def close(self) -> None:
        """Stop every reading: the keeper ends."""
        for job in self._jobs.values():
            job.set()

    async def nightly(self) -> None:
        """Verify the book every night, and when a night was missed, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            if await self.room.write(self._is_due):
                await self._read({}, 0, lambda _done, _of: None)

    def _is_due(self, work: Work) -> bool:
        return record_work.is_due(work, self.room.laws.now)

    def sheets(self) -> DaySheets:
        """Who makes the end-of-day sheets."""
        return DaySheets(self.room, self.press, self.folder)

    # --- verifying ------------------------------------------------------------------------------

    async def _verify(self, ask: Ask, command: VerifyRecord) -> Verified:
        seen = record_work.seen_on(command.sheets, self.room.laws.now)
        return await self._read(seen, command.job, reporter(ask, "record.verifying"))

    async def _read(self, seen: Seen, job: int, watch: Watch) -> Verified:
        rules, book = self.room.laws.now, self.room.book

        def read(stop: threading.Event) -> Report:
            more = (book.keys, self.room.rng, rules.policy.heads_folder)
            witnesses.join(seen, witnesses.all_seen(self.folder, *more))
            with read_only(book) as plain:
                return verify(plain, seen, stoppable(stop, watch))

        report = await self._beside(job, read)
        if report is None:
            return Verified(stopped=True)
        found = await self.room.write(lambda work: record_work.verified(work, rules, report))
        told = (report.entries, report.rows, report.found, found)
        return Verified(*told, witnesses=witnesses.count(seen))

    # --- writing to a file ----------------------------------------------------------------------

    async def _export(self, ask: Ask, command: ExportRecord) -> RecordWritten:
        span, now = Span(command.since, command.until), self.room.clock.now()
        watch = reporter(ask, "record.writing")

        def read(stop: threading.Event) -> int:
            with read_only(self.room.book) as plain, plain.engine.connect() as conn:
                return record_file.write(
                    conn, Path(command.path), span, now, stoppable(stop, watch)
                )

        try:
            entries = await self._beside(command.job, read)
        except OSError as error:
            raise BadValue(field="path", value=command.path) from error
        return RecordWritten(entries or 0, stopped=entries is None)

    async def _beside(self, job: int, read: Callable[[threading.Event], T]) -> T | None:
        """Read on a thread of its own; None when somebody stopped it."""
        stop = threading.Event()
        self._jobs[job] = stop
        try:
            return await asyncio.to_thread(read, stop)
        except Stopped:
            return None
        finally:
            del self._jobs[job]
