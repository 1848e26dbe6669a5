"""What lies over the window while the person is asked or shown something."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class Cover(QWidget):
    """Covers its host whatever its size becomes; while it is shown nothing behind it acts."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._host = host
        host.installEventFilter(self)
        self.setGeometry(host.rect())

    def put_away(self) -> None:
        """Take it away; a kind that waits for an answer says that none was given."""
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Follow the host's size."""
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False
