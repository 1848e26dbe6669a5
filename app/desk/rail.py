"""The rail at the left: the mark, and one button for each place the person may go to."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QVBoxLayout, QWidget

from app.desk.parts import Button, boxed, column
from app.desk.places import PLACES, Place
from app.desk.seat import Seat
from app.desk.text import TextLabel, plain_tip

WIDTH = 74


class PlaceButton(Button):
    """A place's button: icon above its word, and how many wait there."""

    def __init__(self, seat: Seat, place: Place, key: str) -> None:
        super().__init__("rail")
        self._seat, self.place, self._key = seat, place, key
        self.setCheckable(True)
        self.setFixedSize(64, 50)
        self._picture, self._label = TextLabel(), TextLabel(face="small")
        self.badge = TextLabel("", self, tag="badge")
        for label in (self._picture, self._label, self.badge):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for label in (self._picture, self._label):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(self._picture, self._label, gap=2, margins=(0, 6, 0, 5)))
        self.badge.hide()
        self.toggled.connect(lambda _on: self.draw())
        self.draw()

    def draw(self) -> None:
        """Paint its icon and word."""
        look = self._seat.look
        color = look.tokens.accent if self.isChecked() else look.tokens.second
        ground = look.tokens.accent_soft if self.isChecked() else "transparent"
        self.setStyleSheet(f"QPushButton {{ background: {ground}; border-radius: 9px; }}")
        self._picture.setPixmap(look.pixmap(self.place.name, color, 20))
        text = self._seat.speech.say(self.place.word)
        self._label.setText(text)
        self._label.restyle(ink="accent" if self.isChecked() else "second")
        self.setAccessibleName(text)
        plain_tip(self, f"{text} ({self._key})" if self._key else text)

    def count(self, n: int) -> None:
        """Show how many wait, nothing when none do."""
        self.badge.setText(str(n) if n < 100 else "99+")
        self.badge.setVisible(n > 0)
        self.badge.adjustSize()
        self.badge.move(self.width() // 2 + 6, 3)


class Rail(QWidget):
    """Goes from place to place."""

    gone_to = Signal(str)

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self.places = {
            place.name: PlaceButton(seat, place, f"Ctrl+{number}" if number < 10 else "")
            for number, place in enumerate(PLACES, 1)
        }
        for name, button in self.places.items():
            self._group.addButton(button)
            button.clicked.connect(lambda _on=False, name=name: self.gone_to.emit(name))
        self._lay_out()
        self.places["orders"].setChecked(True)
        for signal in (seat.speech.changed, seat.look.changed):
            signal.connect(self._draw)

    def go(self, name: str) -> None:
        """Mark a place as the one shown."""
        self.places[name].setChecked(True)

    def open_to(self, may: Callable[[str], bool]) -> None:
        """Show the places this person may go to."""
        for button in self.places.values():
            button.setVisible(may(button.place.permission))

    def _lay_out(self) -> None:
        """The mark, the daily places, and at the foot the others; a low screen scrolls them."""
        mark = TextLabel("W")
        mark.setObjectName("mark")
        mark.setFixedSize(32, 32)
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = column(mark, gap=4, margins=(5, 10, 5, 10))
        inside.setAlignment(mark, Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(8)
        self._put(inside, low=False)
        inside.addStretch(1)
        self._put(inside, low=True)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(boxed(inside, "rail"))
        self.setLayout(column(area, gap=0))

    def _put(self, inside: QVBoxLayout, *, low: bool) -> None:
        for button in self.places.values():
            if button.place.low is low:
                inside.addWidget(button)

    def _draw(self) -> None:
        for button in self.places.values():
            button.draw()
