"""The orders: views at the left, the board, one order's panel, and what is done with them."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent

from app.commands.wire import Changed
from app.desk.actions import ACTIONS
from app.desk.doing import Doer
from app.desk.parts import column, row
from app.desk.prints import PrintCard
from app.desk.scan import ScanStrip
from app.desk.screen import Act, Screen
from app.desk.screens.board import EXPORT_KEY, IMPORT_KEY, BoardScreen
from app.desk.screens.panel import PanelScreen
from app.desk.screens.views import ViewsColumn
from app.desk.seat import Seat
from app.reads.board import View


class OrdersScreen(Screen):
    """Where an agent lives: find an order, read it, act."""

    emptied = Signal()
    """The search was left: its box is to be cleared."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._panel_alone = self._narrow = self._tight = False
        self.views, self.board, self.panel = ViewsColumn(seat), BoardScreen(seat), PanelScreen(seat)
        self.scan = ScanStrip(seat)
        parts = row(self.views, self.board, self.panel, gap=0)
        parts.setStretch(1, 1)
        whole = column(self.scan, gap=0)
        whole.addLayout(parts, 1)
        self.setLayout(whole)
        self.prints = PrintCard(seat, self)
        self.doer = Doer(seat, self)
        self._wire()

    def _wire(self) -> None:
        self.views.chosen.connect(self.show_view)
        self.board.opened.connect(self.panel.open)
        self.board.table.opened.connect(lambda _id: self.show_panel(True))
        self.panel.closed.connect(lambda: self.show_panel(False))
        self.board.do.connect(self.doer.run)
        self.board.scan_wanted.connect(self.scan.open)
        self.board.left.connect(self.emptied)
        self.board.model.settled.connect(self._first_order)
        self.panel.do.connect(self.doer.run)
        self.doer.printing.connect(self.prints.begin)
        self.prints.doubtful.connect(self._settle_print)

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read the board and the counts of the views."""
        self.board.reload()
        self._seat.spawn(self.views.read())

    def heard(self, changed: Changed) -> None:
        """Let every part read what it shows again."""
        for part in (self.views, self.board, self.panel, self.prints):
            part.heard(changed)

    def tick(self) -> None:
        """Draw ages and deadlines again."""
        self.board.tick()
        self.panel.tick()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Fold and narrow; where board and panel have no room side by side, one is shown."""
        self._narrow, self._tight = narrow, tight
        alone = tight and self._panel_alone
        self.views.fold(narrow)
        self.panel.narrow(narrow, alone=alone)
        self.panel.setVisible(alone or not tight)
        for part in (self.views, self.board):
            part.setVisible(not alone)

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.board.table.setFocus()

    def open_at(self, what: str) -> None:
        """Show an order beside the board."""
        if what.isdecimal():
            self.board.table.go_to(int(what))
            self.panel.open(int(what))
            self.show_panel(True)

    def put_away(self) -> None:
        """Forget the order that was open."""
        self.panel.forget()
        self.board.model.clear()
        self.prints.hide()

    def shortcuts(self) -> Mapping[str, Act]:
        """Every action's key, copying the answer, taking back, and the export."""
        keys: dict[str, Callable[[], None]] = {
            action.key: partial(self.board.press, action) for action in ACTIONS
        }
        own = {"C": self.panel.copy, "Ctrl+Z": self.doer.undo, EXPORT_KEY: self.board.export}
        own |= {IMPORT_KEY: self.board.take_in}
        return keys | own

    def show_panel(self, wanted: bool) -> None:
        """On a very small screen show the order instead of the board, or the board again."""
        self._panel_alone = wanted
        self.narrow(self._narrow, tight=self._tight)

    # --- inside --------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """Narrow the board to a view."""
        self.emptied.emit()
        self.views.show_view(view)
        self.board.show_view(view)
        self.board.table.setFocus()

    def read_law(self) -> None:
        """The shop's rules changed: steps and proofs are shown anew."""
        self.scan.choose(self._seat.law.policy.ship_trigger)
        self.panel.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Keep the print card in its corner."""
        super().resizeEvent(event)
        self.prints.place()

    def _first_order(self) -> None:
        if not self.panel.order_id:
            first = self.board.model.row(0)
            if first is not None:
                self.board.table.go_to(first.id)
                self.panel.open(first.id)

    def _settle_print(self, print_id: int, number: str) -> None:
        self._seat.spawn(self.doer.settle_print(print_id, number))
