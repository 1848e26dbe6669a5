"""The card over the catalogue while products come in, or go back: preview and progress."""

from dataclasses import dataclass
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.commands.catalogue_import import (
    Brought,
    FetchProducts,
    ImportProducts,
    StopImport,
    TakenBack,
    UndoImport,
)
from app.commands.wire import Progress
from app.desk.catalogue_cells import CatalogueCells, brought_lines
from app.desk.preview_card import PreviewCard
from app.desk.seat import News, Seat
from app.domain.errors import WaydeskError
from app.reads import catalogue

Ask = ImportProducts | FetchProducts


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused row among those that come in."""

    id: int
    row: int
    sku: str
    title: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row that comes in, with an id for the list."""

    id: int
    row: int
    sku: str
    title: str
    verdict: str
    changes: tuple[Any, ...]
    stock: int
    kept: bool


class ImportCard(PreviewCard):
    """Shows what an import would do, and does it when asked; shows how far a taking back is."""

    taken = Signal(int)
    """An import ended; its id."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__(seat, host, CatalogueCells(seat).foreseen())
        self._command: Ask | None = None
        self._undoing = 0
        self.wanted.connect(self.take_in)
        self.left.connect(self.close_card)

    def look(self, command: Ask) -> None:
        """Read and judge everything, and show what would happen."""
        if self._undoing:
            self.show()
            return
        self._command = command
        self._open("importing.title", "importing.take")
        self._seat.spawn(self._look(command))

    def take_back(self, import_id: int) -> None:
        """Take an import back, or go on with it."""
        if self._busy:
            self.show()
            return
        self._command, self._undoing = None, import_id
        say = self._seat.speech.say
        self._open("importing.undo_title", "importing.take")
        self.more.setText(say("importing.undo_text"))
        self.away.say(say("importing.stop"))
        self.more.show()
        self.take.hide()
        self._flat()
        self.moved(Progress(0, 0, 0, "import.looking"))
        self._seat.spawn(self._take_back(import_id))

    def take_in(self) -> None:
        """Take in what was looked at."""
        if self._command is not None and not self._busy and self.take.isEnabled():
            self._seat.spawn(self._take(self._command))

    def close_card(self) -> None:
        """Put the card away; what runs is stopped, whole pieces stay."""
        if self._undoing:
            self._seat.spawn(self._seat.do(StopImport(self._undoing)))
            return
        if self._busy and self._command is not None and not self._command.preview:
            self._seat.spawn(self._stop())
        self.hide()

    # --- inside -----------------------------------------------------------------------------------

    async def _run(self, command: Ask) -> Brought | None:
        self._busy = True
        try:
            return await self._seat.link.ask(command, Brought, self.moved)
        except WaydeskError as error:
            self._seat.tell(error)
            self.hide()
            return None
        finally:
            self._busy = False

    async def _look(self, command: Ask) -> None:
        brought = await self._run(msgspec.structs.replace(command, preview=True))
        if brought is None:
            return
        self.bar.hide()
        first, second = brought_lines(self._seat, brought)
        refused = self._seat.speech.say("importing.refused") if brought.refused else ""
        self.note.setText(" · ".join(part for part in (first, second, refused) if part))
        self.take.setEnabled(bool(brought.added or brought.changed or brought.stocked))
        rows = self._rows(brought)
        self._list(rows)
        changing = brought.added + brought.changed + brought.refused
        left = max(0, changing - len(rows))
        self.more.setText(self._seat.speech.say("importing.more", n=left))
        self.more.setVisible(bool(left))

    def _rows(self, brought: Brought) -> tuple[Any, ...]:
        """Refused rows first, then what changes: the list is read from its top."""
        say, rows = self._seat.speech.say, list[Any]()
        for one in brought.refusals:
            column = self._seat.speech.word("field", one.column)
            why = say(f"import.{one.code}", row=one.row, column=column, stood=one.stood)
            rows.append(Refused(len(rows) + 1, one.row, "", one.stood, "refused", why))
        for told in brought.lines:
            values = msgspec.structs.asdict(told)
            rows.append(Line(id=len(rows) + 1, **values))
        return tuple(rows)

    async def _take(self, command: Ask) -> None:
        self.take.setEnabled(False)
        self._command = command = msgspec.structs.replace(command, preview=False)
        brought = await self._run(command)
        if brought is None:
            return
        self.hide()
        self.taken.emit(brought.import_id)

    async def _take_back(self, import_id: int) -> None:
        self._busy = True
        try:
            told = await self._seat.ask(UndoImport(import_id), TakenBack, self.moved)
        finally:
            self._busy, self._undoing = False, 0
            self.hide()
        if told is not None:
            self._seat.news.emit(self._came_of(told))

    def _came_of(self, told: TakenBack) -> News:
        say, count = self._seat.speech.say, self._seat.speech.count
        if told.left:
            left = say("done.undo_left", n=count(told.left), skus=told.skus)
            return News(left, say("done.undo_left_text"), "warning")
        if told.state == "undone":
            return News(say("done.import_undone"), "", "good")
        return News(say("done.undo_stopped", n=count(told.undone)), "", "warning")

    async def _stop(self) -> None:
        running = [r for r in await self._seat.see(catalogue.imports) if r.state == "running"]
        if running and await self._seat.do(StopImport(running[0].id)):
            said = self._seat.speech.say("done.import_stopped")
            self._seat.news.emit(News(said, "", "warning"))
