"""Products and opening stock: from the shop just connected or from a file, looked at first."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from app.commands.catalogue_import import Brought, FetchProducts, ImportProducts
from app.commands.founding import KeepStep
from app.desk.forms import Ask, AskForm, Kind
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.screens.first_day.page import Draft, Page
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors import BadValue
from app.reads import first_day, house

FILE = "file"
SHOWN = 5
"""So many refused rows are named on the page; the catalogue lists them all."""


class StockPage(Page):
    """Going on first shows what would come in, and takes it in the second time."""

    def __init__(self, seat: Seat, draft: Draft) -> None:
        super().__init__(seat, draft)
        self._shops: tuple[tuple[str, str], ...] = ()
        self._location, self._chosen = 0, ""
        self._looked: tuple[dict[str, str], Brought] | None = None
        self.form = AskForm(seat.speech)
        self.form.changed.connect(self._typed)
        self.form.entered.connect(self.entered)
        self._browse = Button("", self._pick)
        self._found = QVBoxLayout()
        self._box = boxed(self._found, kind="quiet")
        self._found.setContentsMargins(14, 12, 14, 12)
        self._box.hide()
        self.setLayout(column(self.form, boxed(row(self._browse, 1)), self._box, 1, gap=14))
        self.say()

    def begin(self) -> None:
        """Look which shops there are to fetch from."""
        self.seat.spawn(self._read())

    def say(self) -> None:
        """Ask in the language of now."""
        say = self.seat.speech.say
        options = (*self._shops, (FILE, say("first.stock_file")))
        source = self._chosen or options[0][0]
        asks = [Ask("source", "first.stock_source", Kind.CHIPS, source, options, True)]
        if source == FILE:
            hint = "first.stock_path_hint"
            asks.append(Ask("path", "first.stock_path", needed=True, hint=hint))
        self.form.show_asks(tuple(asks), {"source": source})
        self.form.watch("source", self._choose)
        self._browse.say(say("first.stock_browse"))
        self._browse.setVisible(source == FILE)
        self._show()

    def ready(self) -> bool:
        """Whether a source is chosen, and for a file its place."""
        return not self.form.lacking()

    def take_focus(self) -> None:
        """The keyboard goes to what is missing."""
        self.form.take_focus()

    async def finish(self) -> bool:
        """Look first; what was looked at is taken in. Raises BadValue for no whole path."""
        values = self.form.values()
        if self._looked is None or self._looked[0] != values:
            found = await self._bring(values, preview=True)
            self._looked = (values, found) if found is not None else None
            self._show()
            return False
        done = await self._bring(values, preview=False)
        return done is not None and await self.seat.do(KeepStep("stock", "done"))

    # --- inside --------------------------------------------------------------------------------

    async def _bring(self, values: dict[str, str], *, preview: bool) -> Brought | None:
        if values["source"] != FILE:
            fetch = FetchProducts(int(values["source"]), self._location, preview)
            return await self.seat.ask(fetch, Brought)
        path = Path(values["path"])
        if not path.is_absolute():
            raise BadValue(field="path", value=values["path"])
        take = ImportProducts(str(path), "", self._location, preview)
        return await self.seat.ask(take, Brought)

    async def _read(self) -> None:
        shops = await self.seat.see(house.shops_seen)
        self._location = (await self.seat.see(first_day.standing)).warehouse
        self._shops = tuple(
            (str(shop.id), shop.name) for shop in shops if not shop.platform.startswith("file:")
        )
        self.say()
        self.take_focus()

    def _choose(self) -> None:
        self._chosen = self.form.values()["source"]
        self.say()
        self.take_focus()

    def _typed(self) -> None:
        if self._looked is not None and self._looked[0] != self.form.values():
            self._looked = None
            self._show()
        self.changed.emit()

    def _pick(self) -> None:
        dialog = QFileDialog(self.window(), "", "", "CSV, XLSX (*.csv *.xlsx)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.form.fill("path", path))
        dialog.open()

    def _show(self) -> None:
        clear(self._found)
        self._box.setVisible(self._looked is not None)
        if self._looked is None:
            return
        say, found = self.seat.speech.say, self._looked[1]
        counts = {"rows": found.rows, "added": found.added, "stocked": found.stocked}
        self._found.addWidget(TextLabel(say("first.stock_found", **counts), weight="medium"))
        if found.refused:
            self._found.addWidget(TextLabel(say("first.stock_refused", n=found.refused), ink="bad"))
        for no in found.refusals[:SHOWN]:
            line = say("first.stock_row", n=no.row, column=no.column, stood=no.stood[:60])
            self._found.addWidget(TextLabel(line, ink="second").wrapped())
        self._found.addWidget(TextLabel(say("first.stock_again"), ink="second").wrapped())
