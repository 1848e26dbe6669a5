"""Orders taken in from a file in the window: chosen, looked at, taken in, stopped.

A shop without API access exports its orders in the platform's back office; its file is one more
shop here. The refused rows can be saved, each with its reason.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from app.commands.channels import Imported, ImportOrders, RowRefused, StopOrderImport
from app.desk.columns import AnyColumn, Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.erp_export import ErpExport
from app.desk.exporting import EXPORT, OrderExport
from app.desk.files import SHEETS, pick_file
from app.desk.masters import EDIT, MasterCard
from app.desk.number_card import TYPES, LazyCard
from app.desk.parts import Button
from app.desk.preview_card import HIGH, LOW, NARROW, WIDE, PreviewCard
from app.desk.seat import News, Seat
from app.desk.ship_files import AGAIN, SHIP, UPLOADED, ShipFiles
from app.domain.errors import BadValue, WaydeskError
from app.domain.times import local

RIGHT = "permission.import.orders"
IMPORT = RIGHT.removeprefix("permission.")
NUMBERS, PASTE, DOCUMENTS, MASTERS = "numbers", "paste", "documents", "masters"
ACTS = ("import", NUMBERS, PASTE, SHIP, AGAIN, UPLOADED, DOCUMENTS, MASTERS)
RIGHTS = {NUMBERS: TYPES, PASTE: TYPES, DOCUMENTS: EXPORT, MASTERS: EDIT}
"""What another right than that of order files opens."""
NAMED = 10
"""Missing orders that are named in a sentence; the exception and the answer name more."""
MOST_DIGITS = 7
PRESETS = ("taobao", "pinduoduo", "douyin", "orders", "olist")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused row, with an id for the list."""

    id: int
    told: RowRefused


def stated_in(text: str) -> int | None:
    """How many orders a person says there are: 0 for nothing said, None for what is no number."""
    plain = text.replace(",", "").replace("，", "").strip()
    if not plain:
        return 0
    return int(plain) if plain.isdecimal() and len(plain) <= MOST_DIGITS else None


def refused_columns(seat: Seat) -> tuple[AnyColumn, ...]:
    """A refused row of a file: where it stands, and why."""

    def why(one: RefusedRow) -> Cell:
        told, say = one.told, seat.speech.say
        said = say(f"import.{told.code}", row=told.row, column=told.column, stood=told.stood)
        return Cell(said, tone="bad")

    return (
        Column("row", "order_files.col_row", lambda one: Cell(str(one.told.row), mono=True), 64),
        Column("why", "order_files.col_why", why, 420, Kind.DOT, grow=4),
    )


class OrderFileCard(PreviewCard):
    """Asks for a file, shows what it would bring, and takes it in."""

    def __init__(self, seat: Seat, host: QWidget, export: OrderExport) -> None:
        super().__init__(seat, host, refused_columns(seat))
        self._documents, self._masters = ErpExport(seat, host, export), MasterCard(seat, host)
        self.save = Button("ghost", self.save_refused)
        self._foot.insertWidget(self._foot.count() - 1, self.save)
        self._command: ImportOrders | None = None
        self._ships, self._numbers = ShipFiles(seat, host), LazyCard(seat, host)
        self.wanted.connect(self.take_in)
        self.left.connect(self.close_card)

    async def ask(self) -> None:
        """Ask which kind of file and which shop, then for the file, and look at it."""
        if self._busy:
            self.show()
            return
        speech = self._seat.speech
        kinds = [("", speech.say("order_files.auto"))]
        kinds += [(name, speech.word("order_map", name)) for name in PRESETS]
        may = [one for one in ACTS if self._seat.may_ask(RIGHTS.get(one, IMPORT))]
        acts = tuple((one, speech.say(f"order_files.act_{one}")) for one in may)
        fields: tuple[Field, ...] = (Field("what", "order_files.what", may[0], acts, needed=True),)
        if ACTS[0] in may:
            fields += (
                Field("mapping", "order_files.mapping", "", tuple(kinds)),
                Field("shop", "order_files.shop"),
                Field("stated", "order_files.stated"),
            )
        form = Form("order_files.title", "order_files.text", fields, "order_files.look")
        answer = await ask(self._host.window(), speech, form)
        if answer is None:
            return
        if answer["what"] != ACTS[0]:
            await self._other(answer["what"])
            return
        stated = stated_in(answer["stated"])
        if stated is None:
            self._seat.tell(BadValue(field="stated", value=answer["stated"].strip()[:20]))
            return
        title = speech.say("order_files.title")
        path = await pick_file(self._host.window(), title, SHEETS)
        if path:
            shop = answer["shop"]
            await self.look(ImportOrders(path, answer["mapping"], shop, stated=stated))

    async def _other(self, what: str) -> None:
        """Whatever else comes in from a file, or goes out to one."""
        if what == DOCUMENTS:
            await self._documents.ask()
        elif what == MASTERS:
            await self._masters.ask()
        elif what in {NUMBERS, PASTE}:
            await self._numbers.card.ask(paste=what == PASTE)
        else:
            await self._ships.ask(what)

    async def look(self, command: ImportOrders) -> None:
        """Read and judge the whole file, and show what would happen."""
        self._command = command
        self._open("order_files.preview", "importing.take")
        self.save.hide()
        told = await self._run(msgspec.structs.replace(command, preview=True))
        if told is not None:
            self._show(told)

    def take_in(self) -> None:
        """Take in what was looked at."""
        if self._command is not None and not self._busy and self.take.isEnabled():
            self._seat.spawn(self._take(self._command))

    def close_card(self) -> None:
        """Put the card away; what is being taken in is stopped, whole orders stay."""
        if self._busy:
            self._seat.spawn(self._seat.do(StopOrderImport()))
        self.hide()

    def save_refused(self) -> None:
        """Have the refused rows written to a file beside the others of this person."""
        if self._command is not None and not self._busy:
            self._seat.spawn(self._save(self._command))

    # --- inside -----------------------------------------------------------------------------------

    async def _run(self, command: ImportOrders) -> Imported | None:
        self._busy = True
        try:
            return await self._seat.link.ask(command, Imported, self.moved)
        except WaydeskError as error:
            self._seat.tell(error)
            self.hide()
            return None
        finally:
            self._busy = False

    def _show(self, told: Imported) -> None:
        speech, say = self._seat.speech, self._seat.speech.say
        self.bar.hide()
        kind = say("order_files.kind", kind=speech.word("order_map", told.mapping), shop=told.shop)
        parts = [kind, self._brought(told)]
        if told.refused:
            parts.append(say("order_files.whole"))
        elif not told.new + told.changed:
            parts.append(say("order_files.nothing"))
        if told.stated:
            word = "order_files.differs" if told.differs else "order_files.agrees"
            parts.insert(1, " ".join((self._counts(word, told), *self._missing(told))))
        self.note.setText("\n".join(parts))
        self.take.say(say("order_files.take", n=speech.count(told.new + told.changed)))
        self.take.setEnabled(bool(told.new + told.changed))
        self._list(tuple(RefusedRow(at, one) for at, one in enumerate(told.rejected, 1)))
        self.save.say(say("order_files.save"))
        self.save.setVisible(bool(told.refused))
        left = told.refused - len(told.rejected)
        self.more.setText(say("importing.more", n=left))
        self.more.setVisible(left > 0)
        if told.refused:
            self._card.setMaximumSize(WIDE, HIGH)
            self._card.setMinimumSize(NARROW, LOW)
        else:
            self._flat()

    def _counts(self, word: str, told: Imported) -> str:
        count = self._seat.speech.count
        return self._seat.speech.say(word, stated=count(told.stated), here=count(told.here))

    def _missing(self, told: Imported) -> list[str]:
        """What of a stated count is not here: by its numbers, and what no number is known of."""
        say, count, found = self._seat.speech.say, self._seat.speech.count, []
        if told.lacking:
            more = " …" if told.not_here > NAMED else ""
            found.append(say("order_files.lacking", ids=", ".join(told.lacking[:NAMED]) + more))
        if told.unnamed:
            word = "unnamed" if told.unnamed > 0 else "surplus"
            found.append(say(f"order_files.{word}", n=count(abs(told.unnamed))))
        return found

    def _brought(self, told: Imported) -> str:
        names = ("rows", "orders", "new", "changed", "same", "refused")
        counts = {name: self._seat.speech.count(getattr(told, name)) for name in names}
        return self._seat.speech.say("order_files.brought", **counts)

    async def _take(self, command: ImportOrders) -> None:
        say, count = self._seat.speech.say, self._seat.speech.count
        self.take.setEnabled(False)
        self.save.hide()
        self.away.say(say("order_files.stop"))
        told = await self._run(command)
        self.hide()
        if told is None:
            return
        if told.stopped:
            n = count(told.new + told.changed + told.same)
            self._seat.news.emit(News(say("order_files.stopped", n=n), "", "warning"))
            return
        if told.differs:
            title = self._counts("order_files.differ", told)
            self._seat.news.emit(News(title, " ".join(self._missing(told)), "bad"))
            return
        title = say("order_files.done", new=count(told.new), changed=count(told.changed))
        args = {"same": count(told.same), "refused": count(told.refused)}
        text = say("order_files.done_text", file=Path(command.path).name, **args)
        self._seat.news.emit(News(title, text, "warning" if told.refused else "good"))

    async def _save(self, command: ImportOrders) -> None:
        path = await asyncio.to_thread(self._usual, Path(command.path).stem)
        asked = msgspec.structs.replace(command, preview=True, rejects=str(path))
        told = await self._run(asked)
        if told is None:
            return
        self._show(told)
        say, count = self._seat.speech.say, self._seat.speech.count
        title = say("order_files.saved", n=count(told.refused), file=path.name)
        where = say("exporting.done_text", folder=str(path.parent))
        self._seat.news.emit(News(title, where, "good"))

    def _usual(self, stem: str) -> Path:
        """A file of today in the person's documents that is not there yet."""
        place = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(place))
        today = local(self._seat.clock.now(), self._seat.speech.zone)
        first = path = folder / f"{stem}-refused-{today:%Y-%m-%d}.csv"
        n = 1
        while path.exists():
            n += 1
            path = first.with_name(f"{first.stem}-{n}.csv")
        return path
