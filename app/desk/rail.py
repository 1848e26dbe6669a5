"""The rail at the left: the mark, and one place for each screen there is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from app.desk.parts import Button, column
from app.desk.seat import Seat
from app.desk.text import TextLabel

WIDTH = 74
PLACES = (("orders", "nav.orders"), ("cases", "nav.cases"))


class Place(Button):
    """A screen's button: icon above its word."""

    def __init__(self, seat: Seat, name: str, word: str) -> None:
        super().__init__("rail")
        self._seat, self.name, self._word = seat, name, word
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
        self._picture.setPixmap(look.pixmap(self.name, color, 20))
        text = self._seat.speech.say(self._word)
        self._label.setText(text)
        self._label.restyle(ink="accent" if self.isChecked() else "second")
        self.setAccessibleName(text)

    def count(self, n: int) -> None:
        """Show how many wait, nothing when none do."""
        self.badge.setText(str(n) if n < 100 else "99+")
        self.badge.setVisible(n > 0)
        self.badge.adjustSize()
        self.badge.move(self.width() // 2 + 6, 3)


class Rail(QWidget):
    """Goes from screen to screen."""

    gone_to = Signal(str)

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        mark = TextLabel("W")
        mark.setObjectName("mark")
        mark.setFixedSize(32, 32)
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = column(mark, gap=4, margins=(5, 10, 5, 10))
        layout.setAlignment(mark, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        self._group = QButtonGroup(self)
        self.places: dict[str, Place] = {}
        for name, word in PLACES:
            place = Place(seat, name, word)
            self.places[name] = place
            self._group.addButton(place)
            layout.addWidget(place)
            place.clicked.connect(lambda _on=False, name=name: self.gone_to.emit(name))
        layout.addStretch(1)
        self.setLayout(layout)
        self.places["orders"].setChecked(True)
        for signal in (seat.speech.changed, seat.look.changed):
            signal.connect(self._draw)

    def go(self, name: str) -> None:
        """Mark a screen as the one shown."""
        self.places[name].setChecked(True)

    def _draw(self) -> None:
        for place in self.places.values():
            place.draw()
