"""Waydesk in the system's tray: the last window closed, the shop still read, labels still printed.

Where the system has no tray, closing the window ends the day. The person decides once, in the
tray's own menu, whether closing means leaving; the choice is remembered.
"""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from app.desk.seat import Seat

STAY = "stay_in_tray"
TOLD = "told_of_tray"
Act = Callable[[], None]


class Tray:
    """The icon that stays when the window goes.

    Attributes:
        icon: the system's own; its menu opens the window, changes the choice, or ends Waydesk.
    """

    def __init__(self, seat: Seat, window: QWidget, leave: Act) -> None:
        self._seat, self._window, self._leave = seat, window, leave
        self.icon = QSystemTrayIcon(seat.look.icon("orders", "accent", 32), window)
        self._menu = QMenu()
        self._open, self._stay, self._quit = QAction(), QAction(), QAction()
        self._stay.setCheckable(True)
        self._stay.setChecked(seat.memory.recall(STAY, "yes") == "yes")
        self._menu.addActions([self._open, self._stay, self._quit])
        self._open.triggered.connect(self.show_window)
        self._stay.toggled.connect(lambda on: seat.memory.keep(STAY, "yes" if on else "no"))
        self._quit.triggered.connect(leave)
        self.icon.activated.connect(self._clicked)
        self.icon.setContextMenu(self._menu)
        seat.speech.changed.connect(self.say)
        seat.chosen.connect(self._chosen_elsewhere)
        self.say()
        self.icon.show()

    @staticmethod
    def is_there() -> bool:
        """Whether the system shows tray icons at all."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def say(self) -> None:
        """Say the menu's words in the language chosen."""
        speech = self._seat.speech
        self._open.setText(speech.say("tray.open"))
        self._stay.setText(speech.say("tray.stay"))
        self._quit.setText(speech.say("tray.leave"))
        self.icon.setToolTip("Waydesk")

    def window_closed(self) -> None:
        """Stay, and say so the first time, or end the day."""
        if not self._stay.isChecked():
            self._leave()
        elif self._seat.memory.recall(TOLD, "") != "yes":
            self._seat.memory.keep(TOLD, "yes")
            speech = self._seat.speech
            self.icon.showMessage(speech.say("tray.name"), speech.say("tray.still_here"))

    def show_window(self) -> None:
        """Bring the window back as it was."""
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def let_go(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    def _chosen_elsewhere(self, name: str) -> None:
        if name == STAY:
            self._stay.setChecked(self._seat.memory.recall(STAY, "yes") == "yes")

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_window()
