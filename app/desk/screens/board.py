"""The board: tabs, orders two lines a row, totals, a selection and what can be done with it."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.commands.people import Tokenise, Tokens
from app.commands.wire import Changed
from app.desk.actions import ACTIONS, Action, standing
from app.desk.board_cells import BoardCells
from app.desk.exporting import EXPORT, OrderExport
from app.desk.link import LinkState
from app.desk.listing import Listing
from app.desk.number_card import TYPES
from app.desk.order_files import IMPORT, OrderFileCard
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.rows import Feed, Rows, RowsModel, fixed
from app.desk.seat import Seat
from app.desk.text import TextLabel, plain_tip
from app.desk.view import RowsView
from app.domain.errors import WaydeskError
from app.reads import board, search
from app.reads.board import BoardRow, Gap, TabCount, View

MOST_CHOSEN = 2000
EXPORT_KEY, IMPORT_KEY = "E", "I"
ROOM = 760
"""Pixels of width from which a selection's actions stand beside everything else."""
FIRST_WAY = {"placed_at": True, "promise_at": False, "updated_at": True, "total_minor": True}


class BoardScreen(QWidget):
    """Orders of a view, or what a search found."""

    opened = Signal(object)  # an id of 64 bits; Qt's own int has 32
    do = Signal(object, object)
    left = Signal()
    scan_wanted = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("board")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self.view = View(tab="to_print", sort="promise_at", descending=False)
        self._typed = ""
        self._found: tuple[BoardRow, ...] | None = None
        self._unsearched = False
        self._tabs: tuple[TabCount, ...] = ()
        self._gap = Gap(0, 0, 0)
        self._turn = 0
        self.model = RowsModel(BoardCells(seat).columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self.title, self._totals = TextLabel(face="title"), TextLabel(ink="second")
        self._density = Button("chip", self._other_density)
        self._export, self._exporting = Button("chip", self.export), OrderExport(seat, self)
        self._import, self._files = (
            Button("chip", self.take_in),
            OrderFileCard(seat, self, self._exporting),
        )
        self._scan = Button("chip", self.scan_wanted.emit)
        self._bulk = row(gap=6)
        self._listing = Listing(seat, self.table, self._nothing)
        self._lay_out()
        self._wire()
        self._recall_density()
        seat.chosen.connect(self._recall_density)
        self._say()

    # --- what the window asks ---------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """Show another tab or filter, in the order chosen before."""
        self.view = replace(view, sort=self.view.sort, descending=self.view.descending)
        self._typed, self._found, self._unsearched = "", None, False
        self.model.choose(set())
        self.reload()

    def reload(self) -> None:
        """Read the view from its beginning."""
        self._turn += 1
        self.table.arrow("" if self._found is not None else self.view.sort, self.view.descending)
        self.model.show(self._feed())
        self._seat.spawn(self._count())

    def search(self, typed: str) -> None:
        """Show what a text finds; nothing typed goes back to the view."""
        self._typed = typed.strip()
        self._turn += 1
        if self._typed:
            self._seat.spawn(self._search(self._typed, self._turn))
        elif self._found is not None:
            self._found, self._unsearched = None, False
            self.reload()

    def heard(self, changed: Changed) -> None:
        """Read again what is on screen when orders changed."""
        if "orders" not in changed.rows:
            return
        self._seat.spawn(self._count())
        if self._found is None:
            self.model.refresh()
        else:
            self._seat.spawn(self._search(self._typed, self._turn))

    def tick(self) -> None:
        """The time moved on: deadlines are drawn again."""
        self.table.viewport().update()

    def chosen(self) -> tuple[BoardRow, ...]:
        """The orders ticked, or the one under the cursor."""
        ids = self.model.chosen or {self.table.current_id}
        return self.model.at_hand(ids)

    def press(self, action: Action) -> None:
        """Do an action with what is chosen, wherever those rows stand."""
        self._seat.spawn(self._press(action))

    def export(self) -> None:
        """Ask how the orders of the tab are to be written to a file, where the person may."""
        if self._seat.may_ask(EXPORT):
            self._seat.spawn(self._exporting.ask(self.view.tab))

    def take_in(self) -> None:
        """Take orders in from a file, where the person may."""
        if self._may_bring():
            self._seat.spawn(self._files.ask())

    # --- inside --------------------------------------------------------------------------------

    def _may_bring(self) -> bool:
        """Whether any kind of file is for this person: of orders, numbers, documents."""
        return self._seat.may(IMPORT) or any(map(self._seat.may_ask, (TYPES, EXPORT)))

    def _lay_out(self) -> None:
        head = row(self.title, self._totals, 1, gap=10, margins=(14, 0, 12, 0))
        head.addLayout(self._bulk)
        head.addWidget(self._scan)
        head.addWidget(self._import)
        head.addWidget(self._export)
        head.addWidget(self._density)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(46)
        for chip in (self._scan, self._import, self._export, self._density):
            chip.setFixedHeight(28)
        whole = column(strip, self._exporting.work.frame, gap=0)
        whole.addWidget(self._listing, 1)
        self.setLayout(whole)

    def _wire(self) -> None:
        table = self.table
        table.opened.connect(self.opened)
        table.moved.connect(self.opened)
        table.sorted_by.connect(self._sort)
        table.every_wanted.connect(lambda: self._seat.spawn(self._choose_all()))
        table.left.connect(self._let_go)
        self.model.settled.connect(self._show_state)
        self.model.choice_changed.connect(self._show_bulk)
        self._seat.speech.changed.connect(self._say)
        self._seat.look.changed.connect(self._say)
        self._seat.viewer_changed.connect(self._open_chips)

    def _feed(self) -> Feed:
        if self._found is not None:
            return fixed(self._found)
        seat, view = self._seat, self.view

        async def count() -> int:
            return await seat.see(board.count, view)

        async def page(offset: int, limit: int, before: BoardRow | None) -> Rows:
            if before is not None or offset == 0:
                return await seat.see(board.page, view, before, limit)
            return await seat.see(board.jump, view, offset, limit)

        return Feed(count, page)

    async def _count(self) -> None:
        self._tabs = await self._seat.see(board.tabs, self.view.channel_id)
        if self.view.apart:
            now = self._seat.clock.now()
            self._gap = await self._seat.see(board.gap, now, self.view.channel_id)
        self._say_totals()

    async def _search(self, typed: str, turn: int) -> None:
        pasted = await self._seat.see(search.pasted, typed)
        plain = pasted or await self._seat.see(search.plain, typed)
        self._unsearched = False
        self._show_found(plain, turn)
        if pasted:
            return
        try:
            tokens = await self._tokens(typed)
        except WaydeskError:
            self._unsearched = True
            self._say_totals()
            return
        before = (tokens.names_before, tokens.phones_before)
        keys = search.Keys(tokens.names, tokens.phone, *before)
        keyed = await self._seat.see(search.keyed, keys)
        known = {found.id for found in plain}
        more = tuple(found for found in keyed if found.id not in known)
        if more:
            self._show_found((*plain, *more), turn)

    async def _tokens(self, typed: str) -> Tokens:
        if self._seat.link.state is not LinkState.READY:
            raise WaydeskError
        return await self._seat.link.ask(Tokenise(typed), Tokens)

    def _show_found(self, found: tuple[BoardRow, ...], turn: int) -> None:
        if turn != self._turn:
            return
        again = self._found is not None
        self._found = found
        self.table.arrow("", False)
        self.model.show(fixed(found))
        if not again:
            self.table.scrollToTop()
        if len(found) == 1:
            self.table.current_id = found[0].id
            self.opened.emit(found[0].id)
        self._say_totals()

    def _sort(self, sort: str) -> None:
        if self._found is not None:
            return
        same = sort == self.view.sort
        way = not self.view.descending if same else FIRST_WAY.get(sort, False)
        self.view = replace(self.view, sort=sort, descending=way)
        self.reload()

    async def _choose_all(self) -> None:
        if self.model.chosen:
            self.model.choose(set())
            return
        if self._found is not None:
            ids = {found.id for found in self._found}
        else:
            ids = set(await self._seat.see(board.ids, self.view, MOST_CHOSEN))
        self.model.choose(ids)

    def _let_go(self) -> None:
        if self.model.chosen:
            self.model.choose(set())
        else:
            self.left.emit()

    async def _press(self, action: Action) -> None:
        ids = tuple(self.model.chosen or {self.table.current_id} - {0})
        if ids:
            self.do.emit(action, await self._seat.see(board.some, ids))

    # --- words -----------------------------------------------------------------------------------

    def _say(self) -> None:
        say = self._seat.speech.say
        self._scan.say(say("board.scan"))
        plain_tip(self._scan, "F9")
        self._density.say(say("board.density"))
        self._import.say(say("board.import"))
        self._export.say(say("board.export"))
        self._open_chips()
        self._exporting.work.say()
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._say_totals()
        self._show_bulk()
        self._show_state()

    def _say_totals(self) -> None:
        speech, view = self._seat.speech, self.view
        if self._found is not None:
            self.title.setText(speech.say("board.found", n=len(self._found)))
            note = speech.say("board.unsearched") if self._unsearched else ""
            self._totals.setText(note)
            self._totals.restyle(ink="warning")
            return
        self._totals.restyle(ink="second")
        self.title.setText(self._view_name())
        mine = [t for t in self._tabs if view.tab in {"", t.tab}]
        parts = [speech.say("act.orders", n=self.model.rowCount())]
        if view.apart and self._gap.pending:
            lag = speech.span(self._gap.lag_ms)
            parts.append(speech.say("views.apart_lag", n=self._gap.pending, span=lag))
        if not (view.held or view.kind or view.apart):
            sums: dict[str, int] = {}
            for currency, minor in (pair for tab in mine for pair in tab.sums):
                sums[currency] = sums.get(currency, 0) + minor
            parts += [speech.money(minor, currency) for currency, minor in sums.items()]
        self._totals.setText(" · ".join(parts))

    def _view_name(self) -> str:
        speech, view = self._seat.speech, self.view
        if view.held:
            return speech.say("views.held")
        if view.apart:
            return speech.say("views.apart")
        if view.kind:
            return speech.word("kind", view.kind)
        return speech.word("tab", view.tab) if view.tab else speech.say("views.all")

    def _show_bulk(self) -> None:
        clear(self._bulk)
        speech, chosen = self._seat.speech, len(self.model.chosen)
        self._totals.setVisible(not chosen)
        for part in (self.title, self._scan, self._import, self._export, self._density):
            part.setVisible(not chosen or self.width() > ROOM)
        if not chosen:
            return
        self._bulk.addWidget(TextLabel(speech.say("board.chosen", n=chosen), ink="accent"))
        rows = self.model.at_hand(self.model.chosen)
        law, may = self._seat.law.lifecycle, self._seat.may
        for action in ACTIONS:
            fits = sum(standing(action, found, law, may).allowed for found in rows)
            if action.many and fits:
                self._bulk.addWidget(self._bulk_button(action))

    def _bulk_button(self, action: Action) -> Button:
        button = Button("chip", lambda: self.press(action))
        button.say(self._seat.speech.say(action.word))
        button.setFixedHeight(28)
        plain_tip(button, action.key)
        return button

    def _show_state(self) -> None:
        self._say_totals()
        self._listing.say()

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        if self._found is not None:
            return "search", say("empty.search"), say("empty.search_text")
        return "inbox", say("empty.board"), say("empty.board_text")

    def _open_chips(self) -> None:
        """Whoever may not even ask for one finds it locked, with the reason."""
        self._open_chip(self._export, EXPORT, EXPORT_KEY, may=self._seat.may_ask(EXPORT))
        self._open_chip(self._import, IMPORT, IMPORT_KEY, may=self._may_bring())

    def _open_chip(self, chip: Button, right: str, key: str, *, may: bool) -> None:
        say = self._seat.speech.say
        chip.setEnabled(may)
        reason = say("act.no_right", right=say(f"permission.{right}"))
        plain_tip(chip, key if may else reason)
        chip.setAccessibleDescription("" if may else reason)

    def _recall_density(self, _name: str = "") -> None:
        self._dense(self._seat.memory.recall("density", "roomy") == "compact")

    def _other_density(self) -> None:
        compact = not self.table.painter_of_rows.compact
        self._seat.memory.keep("density", "compact" if compact else "roomy")
        self._dense(compact)

    def _dense(self, compact: bool) -> None:
        self.table.compact(compact)
