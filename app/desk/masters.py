"""Another business system's masters in the window: which list, its file, what differs, taken in."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtWidgets import QWidget

from app.commands.masters import MasterChange, MastersRead, ReadMasters
from app.desk.columns import AnyColumn, Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.files import SHEETS, pick_file
from app.desk.preview_card import HIGH, LOW, NARROW, WIDE, PreviewCard
from app.desk.seat import News, Seat
from app.domain.errors import WaydeskError

SYSTEM = "kingdee_k3"
KINDS = ("customers", "materials", "prices")
RIGHT = "permission.catalogue.edit"
EDIT = RIGHT.removeprefix("permission.")
TONES = {"new": "good", "changed": "warning", "gone": "bad"}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One master that differs, with an id for the list."""

    id: int
    told: MasterChange


def change_columns(seat: Seat) -> tuple[AnyColumn, ...]:
    """A master that differs: its code, what became of it, and which facts."""

    def what(line: ChangeLine) -> Cell:
        word = seat.speech.word("master_change", line.told.verdict)
        return Cell(word, tone=TONES[line.told.verdict])

    def facts(line: ChangeLine) -> Cell:
        was, now = line.told.before, line.told.after
        if not was or not now:
            return Cell(" · ".join(filter(None, (now or was).values())))
        parts = [
            f"{was.get(name, '')} → {now.get(name, '')}"
            for name in sorted(was.keys() | now.keys())
            if was.get(name, "") != now.get(name, "")
        ]
        return Cell(" · ".join(parts))

    return (
        Column("code", "masters.col_code", lambda line: Cell(line.told.code, mono=True), 180),
        Column("what", "masters.col_what", what, 110, Kind.DOT),
        Column("facts", "masters.col_facts", facts, 300, grow=4),
    )


class MasterCard(PreviewCard):
    """Asks which list and for its file, shows what differs, and takes it in."""

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__(seat, host, change_columns(seat))
        self._command: ReadMasters | None = None
        self.wanted.connect(self.take_in)
        self.left.connect(self.hide)

    async def ask(self) -> None:
        """Ask which list and for its file, and look at it."""
        if self._busy:
            self.show()
            return
        speech = self._seat.speech
        kinds = tuple((kind, speech.word("master_kind", kind)) for kind in KINDS)
        field = Field("kind", "masters.kind", KINDS[0], kinds, needed=True)
        form = Form("masters.title", "masters.text", (field,), "order_files.look")
        answer = await ask(self._host.window(), speech, form)
        if answer is None:
            return
        path = await pick_file(self._host.window(), speech.say("masters.title"), SHEETS)
        if path:
            await self.look(ReadMasters(path, SYSTEM, answer["kind"], preview=True))

    async def look(self, command: ReadMasters) -> None:
        """Read the whole file, and show what differs."""
        self._command = command
        self._open("masters.preview", "importing.take")
        told = await self._run(command)
        if told is not None:
            self._show(told)

    def take_in(self) -> None:
        """Take in what was looked at."""
        if self._command is not None and not self._busy and self.take.isEnabled():
            self._seat.spawn(self._take(self._command))

    # --- inside -----------------------------------------------------------------------------------

    async def _run(self, command: ReadMasters) -> MastersRead | None:
        self._busy = True
        try:
            return await self._seat.link.ask(command, MastersRead, self.moved)
        except WaydeskError as error:
            self._seat.tell(error)
            self.hide()
            return None
        finally:
            self._busy = False

    def _show(self, told: MastersRead) -> None:
        say, count = self._seat.speech.say, self._seat.speech.count
        self.bar.hide()
        names = ("rows", "new", "changed", "gone", "same", "rejected")
        counts = {name: count(getattr(told, name)) for name in names}
        parts = [say("masters.brought", **counts)]
        for note in told.notes:
            parts.append(
                say(f"master_note.{note.code}", n=count(note.n), first=", ".join(note.first))
            )
        self.note.setText("\n".join(parts))
        differs = told.new + told.changed + told.gone
        self.take.say(say("masters.take"))
        self.take.setEnabled(bool(differs))
        self._list(tuple(ChangeLine(at, one) for at, one in enumerate(told.changes, 1)))
        left = differs - len(told.changes)
        self.more.setText(say("importing.more", n=left))
        self.more.setVisible(left > 0)
        self._card.setMaximumSize(WIDE, HIGH)
        self._card.setMinimumSize(NARROW, LOW)

    async def _take(self, command: ReadMasters) -> None:
        self.take.setEnabled(False)
        told = await self._run(msgspec.structs.replace(command, preview=False))
        self.hide()
        if told is not None:
            say, count = self._seat.speech.say, self._seat.speech.count
            title = say("masters.done", n=count(told.rows), file=Path(command.path).name)
            self._seat.news.emit(News(title, say("masters.done_text"), "good"))
