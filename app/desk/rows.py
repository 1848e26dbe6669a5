"""One model for every table: frozen rows, counted first and fetched in pages off the Qt thread.

No query ever runs inside `data()`: a row that is not there yet is drawn as a placeholder and its
page is asked for. When data changes, rows keep their place: pages on screen are read again and put
in at once, and the view is told where the row it showed on top has gone.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.desk.columns import AnyColumn, Cell
from app.desk.speech import Speech

PAGE = 100
KEPT_PAGES = 12
ROW = Qt.ItemDataRole.UserRole
CELL = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
Rows = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """Where a table's rows come from: how many there are, and those from an offset on.

    `page` is given the row just before the offset when it is known, so that a deep page costs no
    more than the first (keyset), and None after a jump.
    """

    count: Callable[[], Awaitable[int]]
    page: Callable[[int, int, Any], Awaitable[Rows]]


def fixed(rows: Sequence[Any]) -> Feed:
    """A feed of rows already at hand."""

    async def count() -> int:
        return len(rows)

    async def page(offset: int, limit: int, _before: Any) -> Rows:
        return tuple(rows[offset : offset + limit])

    return Feed(count, page)


def whole(read: Callable[[], Awaitable[Rows]]) -> Feed:
    """A feed of a list that is read whole, anew at each count."""
    kept: list[Rows] = [()]

    async def count() -> int:
        kept[0] = await read()
        return len(kept[0])

    async def page(offset: int, limit: int, _before: Any) -> Rows:
        return kept[0][offset : offset + limit]

    return Feed(count, page)


class RowsModel(QAbstractTableModel):
    """Rows with an `id`, as a table; `chosen` are the ids ticked by the person."""

    settled = Signal()
    about_to_settle = Signal()
    choice_changed = Signal()

    def __init__(
        self,
        columns: Sequence[AnyColumn],
        speech: Speech,
        spawn: Callable[[Coroutine[Any, Any, Any]], None],
    ) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.chosen: set[int] = set()
        self.visible: Callable[[], tuple[int, int]] = lambda: (0, PAGE)
        self.loading = True
        self.sorted_by = self.arrow = ""
        self._speech, self._spawn = speech, spawn
        self._feed = fixed(())
        self._count = 0
        self._pages: dict[int, Rows] = {}
        self._asked: set[int] = set()
        self._turn = 0
        self._reading = self._again = False

    # --- what Qt asks ----------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """How many rows there are."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 - Qt's
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """A column's heading."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            word = self._speech.say(column.word) if column.word else ""
            return f"{word} {self.arrow}" if column.sort and column.sort == self.sorted_by else word
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell, its text or its row; None while its page is on the way."""
        if role not in {ROW, CELL, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        row = self.row(index.row())
        if row is None or role == ROW:
            return row
        column = self.columns[index.column()]
        cell: Cell = column.cell(row)
        return cell if role == CELL else cell.text

    def row(self, at: int) -> Any | None:
        """The row at a place; when it is not here yet, its page is asked for."""
        page = self._pages.get(at // PAGE)
        if page is None:
            self._want(at // PAGE)
            return None
        inside = at % PAGE
        return page[inside] if inside < len(page) else None

    # --- what screens ask ------------------------------------------------------------------------

    def show(self, feed: Feed) -> None:
        """Show other rows; the old ones stay on screen until the new ones are there."""
        self._feed = feed
        self._turn += 1
        self._reading = self._again = False
        self._asked.clear()
        self._spawn(self._begin(self._turn))

    def clear(self) -> None:
        """Let go of every row: the person left the desk."""
        self._turn += 1
        self._reading = self._again = False
        self._asked.clear()
        self.beginResetModel()
        self._feed, self._count, self._pages, self.chosen = fixed(()), 0, {}, set()
        self.loading = True
        self.endResetModel()

    def refresh(self) -> None:
        """Read again what is on screen; further wishes meanwhile become one."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        self._spawn(self._read_again(self._turn))

    def place_of(self, row_id: int) -> int:
        """Where a row stands among those at hand, -1 when it is not."""
        for number, page in self._pages.items():
            for inside, row in enumerate(page):
                if row.id == row_id:
                    return number * PAGE + inside
        return -1

    def at_hand(self, ids: set[int]) -> Rows:
        """The rows with these ids that are at hand, in the order shown."""
        return tuple(row for n in sorted(self._pages) for row in self._pages[n] if row.id in ids)

    def choose(self, ids: set[int]) -> None:
        """Tick exactly these rows."""
        if ids != self.chosen:
            self.chosen = set(ids)
            self.repaint_all()
            self.choice_changed.emit()

    def repaint_all(self) -> None:
        """Draw every row again: a tick, the time or the language changed."""
        if self._count:
            last = self.index(self._count - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # --- fetching --------------------------------------------------------------------------------

    async def _begin(self, turn: int) -> None:
        count = await self._feed.count()
        first = await self._feed.page(0, PAGE, None)
        if turn != self._turn:
            return
        self.beginResetModel()
        self._count, self._pages, self.loading = count, {0: first}, False
        self.endResetModel()
        self.settled.emit()

    def _want(self, number: int) -> None:
        if number not in self._asked:
            self._asked.add(number)
            self._spawn(self._fetch(number, self._turn))

    async def _fetch(self, number: int, turn: int) -> None:
        try:
            rows = await self._feed.page(number * PAGE, PAGE, self._before(number))
        finally:
            self._asked.discard(number)
        if turn == self._turn:
            self._pages[number] = rows
            self._forget_far(number)
            first = self.index(number * PAGE, 0)
            last = self.index(min(self._count, (number + 1) * PAGE) - 1, len(self.columns) - 1)
            self.dataChanged.emit(first, last)

    def _before(self, number: int) -> Any | None:
        page = self._pages.get(number - 1)
        return page[-1] if page and len(page) == PAGE else None

    def _forget_far(self, number: int) -> None:
        while len(self._pages) > KEPT_PAGES:
            del self._pages[max(self._pages, key=lambda other: abs(other - number))]

    async def _read_again(self, turn: int) -> None:
        try:
            count = await self._feed.count()
            top, bottom = self.visible()
            numbers = range(max(0, top) // PAGE, max(0, min(bottom, count - 1)) // PAGE + 1)
            fresh = {n: await self._feed.page(n * PAGE, PAGE, None) for n in numbers}
            if turn == self._turn:
                self._put(count, fresh)
        finally:
            if turn == self._turn:
                self._reading = False
                if self._again:
                    self._again = False
                    self.refresh()

    def _put(self, count: int, fresh: dict[int, Rows]) -> None:
        if count == self._count and all(self._pages.get(n) == rows for n, rows in fresh.items()):
            return
        self.about_to_settle.emit()
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count, self._pages = count, fresh
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count, self._pages = count, fresh
            self.endRemoveRows()
        else:
            self._pages = fresh
        self.repaint_all()
        self.settled.emit()
