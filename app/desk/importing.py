"""The card over the catalogue while products come in, or go back: preview and progress."""

from dataclasses import dataclass
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

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
from app.desk.parts import Button, boxed, column, row
from app.desk.rows import RowsModel, fixed
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.desk.view import RowsView
from app.domain.errors import WaydeskError
from app.reads import catalogue

WIDE, HIGH, NARROW, LOW = 860, 560, 560, 300
FLAT = 190
"""How high the card is where it shows no list."""
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


class ImportCard(QWidget):
    """Shows what an import would do, and does it when asked; shows how far a taking back is."""

    taken = Signal(int)
    """An import ended; its id."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("scrim")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self._host = seat, host
        self._command: Ask | None = None
        self._busy, self._undoing = False, 0
        self.title, self.note = TextLabel(face="title"), TextLabel(ink="second").wrapped()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.model = RowsModel(CatalogueCells(seat).foreseen(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self.more = TextLabel(ink="third")
        self.take, self.away = Button("primary", self.take_in), Button("ghost", self.close_card)
        self._lay_out()
        host.installEventFilter(self)
        self.hide()

    def look(self, command: Ask) -> None:
        """Read and judge everything, and show what would happen."""
        if self._undoing:
            self.show()
            return
        self._command = command
        self._open()
        self._seat.spawn(self._look(command))

    def take_back(self, import_id: int) -> None:
        """Take an import back, or go on with it."""
        if self._busy:
            self.show()
            return
        self._command, self._undoing = None, import_id
        say = self._seat.speech.say
        self._open()
        self.title.setText(say("importing.undo_title"))
        self.more.setText(say("importing.undo_text"))
        self.away.say(say("importing.stop"))
        for part, shown in ((self.more, True), (self.table, False), (self.take, False)):
            part.setVisible(shown)
        self._card.setMinimumSize(NARROW, FLAT)
        self._card.setMaximumSize(NARROW, FLAT)
        self._moved(Progress(0, 0, 0, "import.looking"))
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

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Escape puts it away, Enter takes in."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.take_in()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Cover the host whatever its size becomes."""
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

    # --- inside -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.more.hide()
        inner = column(self.title, self.note, self.bar, gap=8, margins=(20, 18, 20, 16))
        inner.addWidget(self.table, 1)
        inner.addWidget(self.more)
        inner.addLayout(row(1, self.away, self.take))
        card = self._card = boxed(inner, kind="sheet")
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        middle = row(gap=0, margins=(24, 16, 24, 16))
        middle.addStretch(1)
        middle.addWidget(card, 20)
        middle.addStretch(1)
        whole.addLayout(middle, 20)
        whole.addStretch(1)

    def _open(self) -> None:
        say = self._seat.speech.say
        self.setGeometry(self._host.rect())
        self.title.setText(say("importing.title"))
        self.take.say(say("importing.take"))
        self.away.say(say("importing.close"))
        self.take.setEnabled(False)
        for part in (self.table, self.take):
            part.show()
        self._card.setMaximumSize(WIDE, HIGH)
        self._card.setMinimumSize(NARROW, LOW)
        self.model.show(fixed(()))
        self.more.hide()
        self._moved(Progress(0, 0, 0, "import.reading"))
        self.show()
        self.raise_()
        self.setFocus()

    def _moved(self, progress: Progress) -> None:
        say = self._seat.speech.say
        what = say(progress.text_key)
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.bar.show()
        if progress.total:
            count = self._seat.speech.count
            done, total = count(progress.done), count(progress.total)
            self.note.setText(say("importing.busy", what=what, done=done, total=total))
        else:
            self.note.setText(say("importing.begin", what=what))

    async def _run(self, command: Ask) -> Brought | None:
        self._busy = True
        try:
            return await self._seat.link.ask(command, Brought, self._moved)
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
        self.model.show(fixed(rows))
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
            told = await self._seat.ask(UndoImport(import_id), TakenBack, self._moved)
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
