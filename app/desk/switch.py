"""A switch: on or off at a glance, by mouse, space or enter."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from app.desk.theme import Look

WIDTH, HEIGHT, KNOB = 40, 22, 16


class Switch(QAbstractButton):
    """Checked is on."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(self.sizeHint())
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """As large as its track."""
        return QSize(WIDTH, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Enter works as space does."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's
        """A track, and the knob at one of its ends."""
        tokens, painter = self._look.color, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, free = self.isChecked(), self.isEnabled()
        ground = "accent" if on else "third"
        painter.setOpacity(1.0 if free else 0.45)
        painter.setPen(QPen(tokens("ink"), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(tokens(ground))
        painter.drawRoundedRect(QRectF(1, 1, WIDTH - 2, HEIGHT - 2), HEIGHT / 2, HEIGHT / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens("panel"))
        left = WIDTH - KNOB - 3 if on else 3
        painter.drawEllipse(QRectF(left, (HEIGHT - KNOB) / 2, KNOB, KNOB))
        painter.end()
