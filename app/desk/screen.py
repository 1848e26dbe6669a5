"""What a screen of the rail is, so that the window can hold any of them."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.commands.wire import Changed

Act = Callable[[], None]


class Screen(QWidget):
    """One screen. The window makes it when it is first shown and keeps it until it closes.

    `wanted` asks the window to go somewhere else: a place's name (``"cases"``), one thing of it
    (``"order/123"``, ``"case/77"``) or a page of it (``"settings/backup"``).
    """

    wanted = Signal(str)
    takes_scans = False
    """While it is in front every scan comes to `scanned`, and no bare key acts (F232)."""
    fills = False
    """It has the whole window: rail, search and status bar step aside while it is shown."""

    def scanned(self, code: str) -> None:
        """A scanner read this code while the screen was in front."""

    def disturbed(self) -> None:
        """A scan came while a card was open over the screen: it did nothing, and is told."""

    def reload(self) -> None:
        """Read everything from its beginning: somebody came in, or the screen is new."""

    def heard(self, changed: Changed) -> None:
        """Read again what these changed rows show; called whether or not it is in sight."""

    def tick(self) -> None:
        """The time moved on by some seconds: ages and deadlines are drawn again."""

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Fit a small screen (`narrow`), or one where two parts have no room beside each other."""

    def take_focus(self) -> None:
        """Take the keyboard: the screen was gone to."""
        self.setFocus()

    def open_at(self, what: str) -> None:
        """Show one thing of it: what stood behind the slash of a `wanted` or of a deep link."""

    def put_away(self) -> None:
        """The person left or locked the desk: let go of everything that was shown."""

    def shortcuts(self) -> Mapping[str, Act]:
        """Its keys, as Qt writes them; they act only while it is shown and no field is typed in."""
        return {}
