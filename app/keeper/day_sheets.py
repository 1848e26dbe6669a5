"""Makes the end-of-day sheet, in a file or on paper: when somebody asks, and at the day's end."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from app.commands.record import SheetMade
from app.domain.errors import WaydeskError
from app.keeper import press_jobs
from app.keeper.press_jobs import SheetJob, SheetPrint
from app.keeper.press_link import PressLink
from app.keeper.print_pump import PDF
from app.keeper.room import Room
from app.operations import day_sheet
from app.operations.day_sheet import DaySheet, Making
from app.process.errors import Refused
from app.store.work import Work

SHEETS = "sheets"


@dataclass(frozen=True, slots=True)
class DaySheets:
    """Draws sheets by the press; each making and how it ended stand in the record.

    Attributes:
        folder: the data folder, where a sheet goes for which no place was named.
    """

    room: Room
    press: PressLink
    folder: Path

    async def make(self, printer: str = "") -> SheetMade:
        """Make today's sheet; in one folder a later one of the same day takes its place.

        Raises the press's refusal or fault, or Refused `pdf_not_written`.
        """
        return await self._make(Making(printer))

    async def by_itself(self, due: int) -> SheetMade:
        """Make the sheet that was due at this moment, UTC ms; where it cannot, an exception tells.

        One that was missed tells of the day it was due on, with the head as it stands now.
        """
        return await self._make(Making(self.room.laws.now.policy.sheet_to, due))

    async def _make(self, making: Making) -> SheetMade:
        rules = self.room.laws.now
        sheet = await self.room.write(lambda work: day_sheet.day_sheet(work, rules, making))
        try:
            path = await self._put(sheet, making.printer)
        except WaydeskError as no:
            await self._settle(sheet, making, no.code)
            raise
        await self._settle(sheet, making, "")
        said, head = sheet.said, sheet.head
        return SheetMade(path, sheet.chain, head.seq, said["en"], said["zh"], making.printer)

    async def _put(self, sheet: DaySheet, printer: str) -> str:
        """Hand the sheet over; give the file it became, "" when it went to a printer."""
        if printer and not printer.startswith(PDF):
            job = SheetPrint(sheet.document, printer, self.room.book.ids.next())
            await self.press.run(press_jobs.SHEET_PRINT, press_jobs.written(job))
            return ""
        folder = Path(printer.removeprefix(PDF)) if printer else self.folder / SHEETS
        path = folder / f"{sheet.day}.pdf"
        try:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        except OSError as problem:
            raise Refused("pdf_not_written", file=str(path)) from problem
        await self.press.run(
            press_jobs.SHEET, press_jobs.written(SheetJob(sheet.document, str(path)))
        )
        return str(path)

    async def _settle(self, sheet: DaySheet, making: Making, code: str) -> None:
        def act(work: Work) -> None:
            day_sheet.settle(work, self.room.laws.now, (sheet, making), code)

        await self.room.write(act)
