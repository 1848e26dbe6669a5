"""A table, and what stands in its place while it has no rows."""

from collections.abc import Callable

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.desk.parts import empty_state
from app.desk.seat import Seat
from app.desk.view import RowsView

Words = Callable[[], tuple[str, str, str]]


class Listing(QWidget):
    """Shows a table, or says in words that nothing is there."""

    def __init__(self, seat: Seat, table: RowsView, words: Words) -> None:
        """`words` gives icon, title and advice of an empty list, in the language of now."""
        super().__init__()
        self._seat, self._table, self._words = seat, table, words
        self._empty: QWidget | None = None
        self._stack = QStackedLayout(self)
        self._stack.addWidget(table)

    def settle(self) -> None:
        """Rows came or went: a row stays current where there is one, and what there is shows."""
        rows = self._table.rows
        if rows.rowCount() and rows.place_of(self._table.current_id) < 0:
            first = rows.row(0)
            if first is not None:
                self._table.go_to(first.id)
        self.say()

    def say(self) -> None:
        """Show the table, or the words of an empty list."""
        if self._empty is not None:
            self._stack.removeWidget(self._empty)
            self._empty.deleteLater()
            self._empty = None
        rows = self._table.rows
        if not rows.rowCount() and not rows.loading:
            self._empty = empty_state(self._seat.look, *self._words())
            self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty or self._table)
