"""A card that shows what a file would bring, before it is taken in, and how far the work is."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.commands.wire import Progress
from app.desk.columns import AnyColumn
from app.desk.parts import Button, boxed, column, row
from app.desk.rows import RowsModel, fixed
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.desk.view import RowsView

WIDE, HIGH, NARROW, LOW = 860, 560, 560, 300
FLAT = 190
"""How high the card is where it shows no list."""


class PreviewCard(QWidget):
    """A title, a sentence, how far it is, a list, and two buttons: do it, put it away."""

    wanted = Signal()
    """What was looked at is to be done."""
    left = Signal()
    """The card is to be put away; what runs is to stop."""

    def __init__(self, seat: Seat, host: QWidget, columns: tuple[AnyColumn, ...]) -> None:
        super().__init__(host)
        self.setObjectName("scrim")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self._host = seat, host
        self._busy = False
        self.title, self.note = TextLabel(face="title"), TextLabel(ink="second").wrapped()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.model = RowsModel(columns, seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self.more = TextLabel(ink="third")
        self.take, self.away = Button("primary", self.wanted.emit), Button("ghost", self.left.emit)
        self._lay_out()
        host.installEventFilter(self)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Escape puts it away, Enter takes in."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.wanted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Cover the host whatever its size becomes."""
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

    def moved(self, progress: Progress) -> None:
        """Say how far it is."""
        say = self._seat.speech.say
        what = say(progress.text_key)
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.bar.show()
        if progress.total:
            count = self._seat.speech.count
            done, total = count(progress.done), count(progress.total)
            self.note.setText(say("importing.busy", what=what, done=done, total=total))
        else:
            self.note.setText(say("importing.begin", what=what))

    # --- inside -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.more.hide()
        inner = column(self.title, self.note, self.bar, gap=8, margins=(20, 18, 20, 16))
        inner.addWidget(self.table, 1)
        inner.addWidget(self.more)
        self._foot = row(1, self.away, self.take)
        inner.addLayout(self._foot)
        card = self._card = boxed(inner, kind="sheet")
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        middle = row(gap=0, margins=(24, 16, 24, 16))
        middle.addStretch(1)
        middle.addWidget(card, 20)
        middle.addStretch(1)
        whole.addLayout(middle, 20)
        whole.addStretch(1)

    def _open(self, title: str, take: str) -> None:
        """Show the card empty, reading; ``title`` and ``take`` are keys of words."""
        say = self._seat.speech.say
        self.setGeometry(self._host.rect())
        self.title.setText(say(title))
        self.take.say(say(take))
        self.away.say(say("importing.close"))
        self.take.setEnabled(False)
        for part in (self.table, self.take):
            part.show()
        self._card.setMaximumSize(WIDE, HIGH)
        self._card.setMinimumSize(NARROW, LOW)
        self._list(())
        self.more.hide()
        self.moved(Progress(0, 0, 0, "import.reading"))
        self.show()
        self.raise_()
        self.setFocus()

    def _list(self, rows: tuple[Any, ...]) -> None:
        self.model.show(fixed(rows))

    def _flat(self) -> None:
        """Be as low as a card without a list."""
        self.table.hide()
        self._card.setMinimumSize(NARROW, FLAT)
        self._card.setMaximumSize(NARROW, FLAT)
