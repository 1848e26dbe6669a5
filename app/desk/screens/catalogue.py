"""The catalogue: products and bundles, listings to map, and what was imported."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedLayout,
    QWidget,
)

from app.commands.wire import Changed
from app.desk.catalogue_cells import CatalogueCells
from app.desk.catalogue_doing import CatalogueDoer
from app.desk.catalogue_lists import OF_PRODUCTS, TABS, feed_of
from app.desk.catalogue_side import EDITS, CatalogueSide
from app.desk.importing import ImportCard
from app.desk.parts import Button, boxed, clear, column, empty_state, row
from app.desk.rows import RowsModel
from app.desk.screen import Act, Screen
from app.desk.seat import News, Seat
from app.desk.stock_card import stock_card
from app.desk.text import TextLabel, plain_tip
from app.desk.view import RowsView
from app.reads import catalogue, listings, shop_stock
from app.reads.catalogue import ProductRow
from app.reads.listings import ListingRow, SuggestionRow

HEARD = frozenset({"products", "listings", "stock", "shop_stock", "imports", "orders"})
SIDE, NARROW_SIDE = 400, 340
TYPING_MS = 160
KEYS = ("E", "C", "P", "B", "R", "O", "U", "Return")


class CatalogueScreen(Screen):
    """Lists at the left, the thing under the cursor at the right."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("cases")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self.tab, self._tight = seat, "products", False
        cells = CatalogueCells(seat)
        columns = dict.fromkeys(OF_PRODUCTS, cells.products)
        columns |= {"to_map": cells.to_map, "mapped": cells.mapped, "imports": cells.imports}
        self.models = {t: RowsModel(columns[t](), seat.speech, seat.spawn) for t in TABS}
        self.tables = {tab: RowsView(model, seat.look) for tab, model in self.models.items()}
        self.search, self._total = QLineEdit(), TextLabel(ink="second")
        self.add, self.bring = Button("chip", self.add_product), Button("chip", self.import_some)
        self._tabs, self._chips = QButtonGroup(self), dict[str, Button]()
        self._side = column(gap=12, margins=(18, 18, 18, 18))
        self._area = QScrollArea()
        self._stack = QStackedLayout()
        self._empty: QWidget | None = None
        self._cards, self.doer = CatalogueSide(seat), CatalogueDoer(seat, self)
        self.importing = ImportCard(seat, self)
        self.found: tuple[SuggestionRow, ...] = ()
        self.picked, self._waiting, self._turn = 0, 0, 0
        self._typing = QTimer(self)
        self._lay_out()
        self._wire()
        self._say()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list from its beginning."""
        feed = feed_of(self._seat, self.tab, self.search.text().strip())
        self.models[self.tab].show(feed)
        self._seat.spawn(self._count())

    def heard(self, changed: Changed) -> None:
        """Read again when something of it changed."""
        if not HEARD & changed.rows.keys():
            return
        self.models[self.tab].refresh()
        self._seat.spawn(self._count())
        if changed.rows.keys() & {"products", "listings", "imports"}:
            self._show_side()

    def tick(self) -> None:
        """The time moved on."""
        self.table.viewport().update()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the list on a small screen; on a very small one it stands alone."""
        self._tight = tight
        self._area.setFixedWidth(NARROW_SIDE if narrow else SIDE)
        self.search.setFixedWidth(150 if narrow else 190)
        self._total.setVisible(not narrow)
        self._area.setVisible(not tight and self.current() is not None)

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.table.setFocus()

    def open_at(self, what: str) -> None:
        """Show one of its lists."""
        if what in TABS:
            self.show_tab(what)

    def put_away(self) -> None:
        """The person left: nothing stays open."""
        self.importing.hide()

    def shortcuts(self) -> Mapping[str, Act]:
        """Add, import, and what can be done with the thing under the cursor."""
        keys: dict[str, Act] = {"N": self.add_product, "I": self.import_some, "F": self.to_search}
        keys |= {str(at + 1): partial(self.pick, at) for at in range(9)}
        return keys | {key: partial(self._press, key) for key in KEYS}

    @property
    def table(self) -> RowsView:
        """The list in sight."""
        return self.tables[self.tab]

    def current(self) -> Any | None:
        """The thing under the cursor."""
        found = self.models[self.tab].at_hand({self.table.current_id})
        return found[0] if found else None

    # --- what a person does -----------------------------------------------------------------------

    def show_tab(self, tab: str) -> None:
        """Show another list."""
        self.tab = tab
        self._chips[tab].setChecked(True)
        self._stack.setCurrentWidget(self.table)
        self.search.setVisible(tab not in {"to_map", "imports"})
        self._say_add()
        self.reload()
        self.table.setFocus()
        self._show_side()

    def to_search(self) -> None:
        """Go to the search of this list."""
        self.search.setFocus()

    def add_product(self) -> None:
        """Name a new product, or a bundle where bundles are in sight."""
        if self._seat.may(EDITS):
            self._seat.spawn(self._add())

    def import_some(self) -> None:
        """Take products in from a file or a shop."""
        if self._seat.may(EDITS):
            self._seat.spawn(self._import())

    def pick(self, at: int) -> None:
        """Choose one of the suggestions."""
        if self.tab == "to_map" and at < len(self.found):
            self.picked = at
            self._show_side()

    def acts(self) -> dict[str, tuple[str, Act]]:
        """What can be done with the thing under the cursor: key → word and doing."""
        shown, do = self.current(), self.doer
        if shown is None:
            return {}
        spawn = self._seat.spawn
        if self.tab in OF_PRODUCTS:
            back = "catalogue.restore" if shown.state == "retired" else "catalogue.retire"
            return {
                "E": ("catalogue.edit", lambda: spawn(do.edit(shown))),
                "B": ("catalogue.set_bundle", lambda: spawn(self._components(shown))),
                "C": ("catalogue.customs", lambda: spawn(do.customs(shown))),
                "P": ("catalogue.picture", lambda: spawn(do.picture(shown))),
                "R": (back, lambda: spawn(do.retire(shown))),
            }
        if self.tab == "imports":
            stops = {"R": ("catalogue.stop", lambda: spawn(do.stop_import(shown)))}
            undoes = {"U": ("catalogue.undo", lambda: self.importing.take_back(shown.id))}
            goes_on = {"U": ("catalogue.undo_on", undoes["U"][1])}
            fits = {"running": stops, "done": undoes, "stopped": undoes, "part_undone": goes_on}
            return (fits | {"undoing": stops | goes_on}).get(shown.state, {})
        other = {"O": ("catalogue.map_other", lambda: spawn(do.map_other(shown)))}
        if self.tab == "mapped":
            return other | {"U": ("catalogue.unmap", lambda: spawn(do.unmap(shown)))}
        return ({"Return": ("catalogue.map", self._map)} if self.found else {}) | other

    # --- inside -----------------------------------------------------------------------------------

    def _press(self, key: str) -> None:
        if self.importing.isVisible():
            if key == "Return":
                self.importing.take_in()
            return
        acts = self.acts()
        act = acts.get(key) or (acts.get("E") if key == "Return" else None)
        if act is not None and self._seat.may(EDITS):
            act[1]()

    def _map(self) -> None:
        shown = self.current()
        if shown is not None and self.picked < len(self.found):
            self._seat.spawn(self.doer.map(shown, self.found[self.picked].sku))

    async def _add(self) -> None:
        made = await self.doer.add(bundle=self.tab == "bundles")
        if made:
            self.table.go_to(made)
            self.reload()

    async def _components(self, shown: ProductRow) -> None:
        whole = await self._seat.see(catalogue.product, shown.id)
        if whole is not None:
            await self.doer.components(whole)

    async def _import(self) -> None:
        command = await self.doer.what_to_import()
        if command is not None:
            self.importing.look(command)

    def _taken(self, import_id: int) -> None:
        self.reload()
        self._seat.spawn(self._tell_taken(import_id))

    async def _tell_taken(self, import_id: int) -> None:
        rows = await self._seat.see(catalogue.imports)
        found = next((one for one in rows if one.id == import_id), None)
        if found is not None:
            n = self._seat.speech.count(found.added + found.changed)
            said = self._seat.speech.say("done.imported", n=n)

            def undo() -> None:
                self.importing.take_back(import_id)

            self._seat.news.emit(News(said, "", "good", undo))

    async def _count(self) -> None:
        self._waiting = await self._seat.see(listings.waiting)
        self._say_tabs()

    def _show_side(self) -> None:
        self._turn += 1
        self._seat.spawn(self._read_side(self._turn))

    async def _read_side(self, turn: int) -> None:
        shown, cards = self.current(), list[QWidget]()
        found: tuple[SuggestionRow, ...] = ()
        see = self._seat.see
        if shown is not None and self.tab in OF_PRODUCTS:
            whole = await see(catalogue.product, shown.id)
            picture = await see(catalogue.picture, shown.id)
            sold = await self._sold(shown.sku)
            if whole is not None and turn == self._turn:
                cards = self._cards.product(whole, picture, sold)
        elif shown is not None and self.tab == "to_map":
            found = await see(listings.suggestions, shown.id)
        if turn != self._turn:
            return
        if found != self.found:
            self.found, self.picked = found, 0
        self._put_side(shown, cards)

    async def _sold(self, sku: str) -> QWidget | tuple[ListingRow, ...]:
        """Its stock here and in each shop; its listings alone for who may not see stock."""
        see = self._seat.see
        places = await see(shop_stock.places, sku)
        figures = await see(shop_stock.figures, sku)
        if places or figures:
            return stock_card(self._seat, places, figures)
        return await see(listings.of_product, sku)

    def _put_side(self, shown: Any | None, cards: list[QWidget]) -> None:
        clear(self._side)
        self._area.setVisible(shown is not None and not self._tight)
        if shown is None:
            return
        if self.tab == "imports":
            cards = self._cards.imported(shown)
        elif self.tab in {"to_map", "mapped"}:
            cards = self._cards.listing(shown)
            if self.tab == "to_map":
                cards.append(self._cards.suggestions(self.found, self.picked, self.pick))
        for card in cards:
            self._side.addWidget(card)
        acts = [(word, key, act) for key, (word, act) in self.acts().items()]
        self._side.addWidget(self._cards.buttons(acts, "catalogue.map"))
        self._side.addStretch(1)

    def _lay_out(self) -> None:
        strip = boxed(self._head(), "headstrip")
        strip.setFixedHeight(46)
        left = column(strip, gap=0)
        left.addLayout(self._stack, 1)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(boxed(self._side, "panel"))
        self._area.setFixedWidth(SIDE)
        self._area.hide()
        whole = row(gap=0)
        whole.addLayout(left, 1)
        whole.addWidget(self._area)
        self.setLayout(whole)
        for table in self.tables.values():  # before it stands on the screen it would be a window
            self._stack.addWidget(table)

    def _head(self) -> QHBoxLayout:
        head = row(gap=6, margins=(14, 0, 12, 0))
        for tab in TABS:
            chip = Button("chip", partial(self.show_tab, tab))
            chip.setCheckable(True)
            chip.setChecked(tab == self.tab)
            self._tabs.addButton(chip)
            self._chips[tab] = chip
            head.addWidget(chip)
        head.addStretch(1)
        head.addWidget(self._total)
        self.search.setFixedWidth(190)
        self.search.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        for part in (self.search, self.bring, self.add):
            head.addWidget(part)
        for each in (*self._chips.values(), self.search, self.bring, self.add):
            each.setFixedHeight(28)
        return head

    def _wire(self) -> None:
        self._typing.setSingleShot(True)
        self._typing.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda _text: self._typing.start(TYPING_MS))
        self.search.returnPressed.connect(self.take_focus)
        self.importing.taken.connect(self._taken)
        for table in self.tables.values():
            table.moved.connect(lambda _id: self._show_side())
            table.opened.connect(lambda _id: self._show_side())
            table.rows.settled.connect(self._settled)
        for changed in (self._seat.speech.changed, self._seat.look.changed):
            changed.connect(self._say)

    def _settled(self) -> None:
        model, table = self.models[self.tab], self.table
        if model.rowCount() and model.place_of(table.current_id) < 0:
            first = model.row(0)
            if first is not None:
                table.go_to(first.id)
        self._say_tabs()
        self._show_state()
        self._show_side()

    def _show_state(self) -> None:
        if self._empty is not None:
            self._stack.removeWidget(self._empty)
            self._empty.deleteLater()
            self._empty = None
            if self.isVisible() and not self.search.hasFocus():
                self.table.setFocus()
        model = self.models[self.tab]
        if model.rowCount() or model.loading:
            self._stack.setCurrentWidget(self.table)
            return
        kind = self.tab if self.tab in {"to_map", "imports"} else "products"
        say = self._seat.speech.say
        words = {
            "products": (say("empty.products"), say("empty.products_text")),
            "to_map": (say("empty.to_map"), say("empty.to_map_text")),
            "imports": (say("empty.imports"), say("empty.imports_text")),
        }
        nothing = empty_state(self._seat.look, "catalogue", *words[kind])
        self._stack.addWidget(nothing)
        self._stack.setCurrentWidget(nothing)
        self._empty = nothing

    def _say(self) -> None:
        say = self._seat.speech.say
        self._say_add()
        self.bring.say(say("catalogue.import"))
        plain_tip(self.add, "N")
        plain_tip(self.bring, "I")
        with QSignalBlocker(self.search):
            self.search.setPlaceholderText(say("catalogue.search"))
        for chip in (self.add, self.bring):
            chip.setVisible(self._seat.may(EDITS))
        self._say_tabs()
        for model in self.models.values():
            model.repaint_all()
        self._show_state()
        self._show_side()

    def _say_add(self) -> None:
        word = "catalogue.add_bundle" if self.tab == "bundles" else "catalogue.add"
        self.add.say(self._seat.speech.say(word))

    def _say_tabs(self) -> None:
        speech = self._seat.speech
        for tab, chip in self._chips.items():
            chip.say(speech.say(f"catalogue.{tab}"))
        if self._waiting:
            n = speech.count(self._waiting)
            self._chips["to_map"].say(speech.say("catalogue.to_map_n", n=n))
        rows = speech.count(self.models[self.tab].rowCount())
        self._total.setText(speech.say("catalogue.total", n=rows))
