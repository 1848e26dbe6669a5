"""The table on screen: keys, clicks, and rows that keep their place while data changes."""

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from app.desk.columns import Kind
from app.desk.paint import RowPainter
from app.desk.rows import ROW, Index, RowsModel
from app.desk.theme import Look

ROOMY, COMPACT = 42, 28
HEADING = 32


class RowsView(QTableView):
    """Shows a RowsModel. `opened` names the row to show beside, `sorted_by` a column's order."""

    opened = Signal(object)  # an id of 64 bits; Qt's own int has 32
    moved = Signal(object)
    sorted_by = Signal(str)
    every_wanted = Signal()
    left = Signal()

    def __init__(self, model: RowsModel, look: Look) -> None:
        super().__init__()
        self.rows = model
        self.painter_of_rows = RowPainter(look, model)
        self.setModel(model)
        self.setItemDelegate(self.painter_of_rows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self._dress()
        self._top_id = self._top_gap = self.current_id = 0
        model.visible = self.seen
        model.about_to_settle.connect(self._remember)
        model.settled.connect(self._restore)
        look.changed.connect(self._repaint)

    def _dress(self) -> None:
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setMinimumSectionSize(COMPACT)
        side.setDefaultSectionSize(ROOMY)
        head = self.horizontalHeader()
        head.setFixedHeight(HEADING)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setMinimumSectionSize(24)
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.sectionClicked.connect(self._heading_clicked)

    def compact(self, wanted: bool) -> None:
        """One line a row, or two."""
        self.painter_of_rows.compact = wanted
        self.verticalHeader().setDefaultSectionSize(COMPACT if wanted else ROOMY)
        self._repaint()

    def arrow(self, sort: str, descending: bool) -> None:
        """Show which column orders the rows."""
        self.rows.sorted_by, self.rows.arrow = sort, "↓" if descending else "↑"
        self.horizontalHeader().viewport().update()

    def seen(self) -> tuple[int, int]:
        """The first and last row on screen."""
        first = max(0, self.rowAt(1))
        last = self.rowAt(self.viewport().height() - 1)
        return first, (last if last >= 0 else first + 40)

    def go_to(self, row_id: int) -> None:
        """Make a row the current one, wherever it stands."""
        self.current_id = row_id
        place = self.rows.place_of(row_id)
        if place < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.selectRow(place)

    def fit(self) -> None:
        """Share the width out: each column what it needs, the rest to those that grow."""
        columns, width = self.rows.columns, self.viewport().width()
        shown = sorted(columns, key=lambda column: column.drop)
        while shown[-1].drop and sum(column.width for column in shown) > width:
            shown.pop()
        room = max(0, width - sum(column.width for column in shown))
        grows = sum(column.grow for column in shown) or 1
        for at, column in enumerate(columns):
            self.setColumnHidden(at, column not in shown)
            self.setColumnWidth(at, column.width + room * column.grow // grows)

    # --- Qt's events --------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Keep the columns filling the width."""
        super().resizeEvent(event)
        self.fit()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's
        """Tell which row the person came to."""
        super().currentChanged(current, previous)
        row = self.rows.row(current.row()) if current.isValid() else None
        if row is not None and row.id != self.current_id:
            self.current_id = row.id
            self.moved.emit(row.id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        """A click on the box ticks the row, a click elsewhere opens it."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROW) if index.isValid() else None
        if row is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if self.rows.columns[index.column()].kind is Kind.CHECK:
            self._tick(row.id)
        else:
            self.opened.emit(row.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Space ticks, Enter opens, Ctrl+A takes all, Escape lets go."""
        key = event.key()
        every = key == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Space and self.current_id:
            self._tick(self.current_id)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.current_id:
            self.opened.emit(self.current_id)
        elif every:
            self.every_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _text: str) -> None:  # noqa: N802 - Qt's
        """Letters are shortcuts here, never a search along the rows."""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's
        """Fit again when fonts or style change."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self.fit()

    # --- inside -------------------------------------------------------------------------------

    def _tick(self, row_id: int) -> None:
        self.rows.choose(self.rows.chosen ^ {row_id})

    def _heading_clicked(self, section: int) -> None:
        column = self.rows.columns[section]
        if column.kind is Kind.CHECK:
            self.every_wanted.emit()
        elif column.sort:
            self.sorted_by.emit(column.sort)

    def _remember(self) -> None:
        top = self.rowAt(1)
        row = self.rows.row(top) if top >= 0 else None
        at_top = self.verticalScrollBar().value() == 0
        self._top_id = row.id if row is not None and not at_top else 0
        self._top_gap = self.rowViewportPosition(top) if top >= 0 else 0

    def _restore(self) -> None:
        place = self.rows.place_of(self._top_id) if self._top_id else -1
        if place >= 0:
            moved = self.rowViewportPosition(place) - self._top_gap
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + moved)
        self._top_id = 0
        if self.current_id and self.rows.place_of(self.current_id) >= 0:
            self.setAutoScroll(False)  # the row stays current; the screen does not move to it
            self.go_to(self.current_id)
            self.setAutoScroll(True)

    def _repaint(self) -> None:
        self.viewport().update()
