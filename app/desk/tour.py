"""The first tour: seven things of the real window, each with one sentence and the key to press."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from app.desk.cover import Cover
from app.desk.orders import OrdersScreen
from app.desk.parts import Button, boxed, column, row
from app.desk.rail import Rail
from app.desk.seat import Seat
from app.desk.statusbar import StatusBar
from app.desk.text import TextLabel
from app.desk.topbar import TopBar

WIDTH, EDGE, GAP, ROUND = 330, 10, 14, 10
ROWS_HIGH = 150
"""Pixels of the board that are shown: its head and the first orders."""
SHADE = QColor(10, 14, 22, 150)
TAKEN = "toured_"
NEXT = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right, Qt.Key.Key_Space})
BACK = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Backspace})


class Shown(Protocol):
    """The parts of the window that are pointed at."""

    rail: Rail
    top: TopBar
    bar: StatusBar
    orders: OrdersScreen

    def go(self, target: str) -> None:
        """Show a place."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing shown.

    Attributes:
        find: the widget that is pointed at.
        key: what to press there, empty where only the mouse goes.
        alone: on a very small screen it stands where the board stands.
    """

    name: str
    find: Callable[[Shown], QWidget]
    key: str = ""
    alone: bool = False


STOPS = (
    Stop("rail", lambda w: w.rail, "Ctrl+1"),
    Stop("search", lambda w: w.top.search, "/"),
    Stop("views", lambda w: w.orders.views),
    Stop("board", lambda w: w.orders.board.table, "↑ ↓"),
    Stop("order", lambda w: w.orders.panel, "C", alone=True),
    Stop("cases", lambda w: w.rail.places["cases"], "Ctrl+2"),
    Stop("bar", lambda w: w.bar, "Ctrl+Shift+P"),
)


class Tour(Cover):
    """A shade over the window with one place left open, and a card beside it. `over` ends it."""

    over = Signal()

    def __init__(self, seat: Seat, host: QWidget, shown: Shown) -> None:
        super().__init__(host)
        self._seat, self._shown, self.at = seat, shown, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title, self._text = TextLabel(face="title").wrapped(), TextLabel().wrapped()
        self._key, self._count = TextLabel(tag="key"), TextLabel(face="caption", ink="third")
        self._back = Button("ghost", partial(self.turn, -1))
        self._next, self._end = Button("primary", partial(self.turn, 1)), Button("link", self._over)
        for button in (self._back, self._next, self._end):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.card = self._laid_out()
        self.stops = tuple(stop for stop in STOPS if not stop.find(shown).isHidden() or stop.alone)
        for changed in (seat.speech.changed, seat.look.changed):
            changed.connect(self._say)

    @property
    def target(self) -> QWidget:
        """The widget that is pointed at now."""
        return self.stops[self.at].find(self._shown)

    def begin(self) -> None:
        """Show the first stop and take the keyboard."""
        self.show()
        self.raise_()
        self.setFocus()
        self.turn(0)

    def turn(self, by: int) -> None:
        """Go on or back; behind the last stop the tour is over."""
        self.at = max(0, self.at + by)
        if self.at >= len(self.stops):
            self._over()
            return
        self._shown.orders.show_panel(self.stops[self.at].alone)
        self._say()

    def hole(self) -> QRect:
        """The part of the window left open, in the tour's own pixels."""
        target = self.target
        rect = QRect(self.mapFromGlobal(target.mapToGlobal(QPoint(0, 0))), target.size())
        if self.stops[self.at].name == "board":
            rect.setHeight(min(rect.height(), ROWS_HIGH))
        return rect.adjusted(-3, -3, 3, 3).intersected(self.rect().adjusted(2, 2, -2, -2))

    def put_away(self) -> None:
        """End it: the person left."""
        self._over()

    # --- Qt's events --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Enter and Right go on, Left goes back, Escape ends; no other key does anything."""
        key = Qt.Key(event.key())
        if key in NEXT:
            self.turn(1)
        elif key in BACK:
            self.turn(-1)
        elif key == Qt.Key.Key_Escape:
            self._over()
        event.accept()

    def focusNextPrevChild(self, _next: bool) -> bool:  # noqa: N802 - Qt's
        """Keep the keyboard."""
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's
        """Nothing behind the shade is clicked."""
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's
        """Point at the same thing in its new place."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's
        """The shade, with the place left open and a line around it."""
        painter, path = QPainter(self), QPainterPath()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path.addRect(self.rect())
        path.addRoundedRect(self.hole(), ROUND, ROUND)
        painter.fillPath(path, SHADE)
        painter.setPen(QPen(self._seat.look.color("accent"), 2))
        painter.drawRoundedRect(self.hole(), ROUND, ROUND)
        painter.end()

    # --- inside --------------------------------------------------------------------------------

    def _laid_out(self) -> QWidget:
        whole = column(gap=8, margins=(18, 14, 18, 14))
        whole.addLayout(row(self._count, 1, self._key))
        whole.addWidget(self._title)
        whole.addWidget(self._text)
        whole.addLayout(row(self._end, 1, self._back, self._next))
        card = boxed(whole, kind="sheet")
        card.setParent(self)
        card.setFixedWidth(WIDTH)
        return card

    def _say(self) -> None:
        if self.at >= len(self.stops):
            return
        say, stop = self._seat.speech.say, self.stops[self.at]
        self._title.setText(say(f"tour.{stop.name}"))
        self._text.setText(say(f"tour.text_{stop.name}"))
        self._key.setText(stop.key)
        self._key.setVisible(bool(stop.key))
        self._count.setText(say("tour.count", n=self.at + 1, all=len(self.stops)))
        last = self.at == len(self.stops) - 1
        self._next.say(say("tour.done" if last else "tour.next"))
        self._back.say(say("first.back"))
        self._back.setVisible(self.at > 0)
        self._end.say(say("tour.end"))
        self._place()

    def _place(self) -> None:
        """Beside what is pointed at, where the card covers least of it."""
        hole, room = self.hole(), self.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        inner = WIDTH - 38
        for label in (self._title, self._text):
            label.setFixedHeight(max(0, label.heightForWidth(inner)))
        self.card.adjustSize()
        wide, high = self.card.width(), self.card.height()
        corners = (
            QPoint(hole.right() + GAP, hole.top()),
            QPoint(hole.left(), hole.bottom() + GAP),
            QPoint(hole.left() - GAP - wide, hole.top()),
            QPoint(hole.left(), hole.top() - GAP - high),
            QPoint(room.right() - wide, room.bottom() - high),
        )
        spots = [_within(QRect(at, self.card.size()), room) for at in corners]
        self.card.move(min(spots, key=lambda spot: _area(spot & hole)).topLeft())
        self.update()

    def _over(self) -> None:
        if self.isVisible():
            self._host.removeEventFilter(self)
            self.hide()
            self._shown.orders.show_panel(False)
            self.deleteLater()
            self.over.emit()


class Tours:
    """Offers the tour once to each person at this computer, and again whenever it is asked for."""

    def __init__(self, seat: Seat, host: QWidget, shown: Shown) -> None:
        self._seat, self._host, self._shown = seat, host, shown
        shown.top.tour_wanted.connect(self.begin)

    def offer(self) -> None:
        """Show it to somebody who has not seen it at this computer."""
        if self._seat.memory.recall(TAKEN + self._seat.signed_login, "") != "yes":
            self.begin()

    def begin(self) -> None:
        """Show it now, over the board; from then on it is not offered again."""
        self._seat.memory.keep(TAKEN + self._seat.signed_login, "yes")
        self._shown.go("orders")
        tour = Tour(self._seat, self._host, self._shown)
        tour.over.connect(self._shown.orders.take_focus)
        tour.begin()


def _within(rect: QRect, room: QRect) -> QRect:
    """Moved so far that all of it stands in the room."""
    left = max(room.left(), min(rect.left(), room.right() - rect.width()))
    top = max(room.top(), min(rect.top(), room.bottom() - rect.height()))
    return QRect(QPoint(left, top), rect.size())


def _area(rect: QRect) -> int:
    return max(0, rect.width()) * max(0, rect.height())
