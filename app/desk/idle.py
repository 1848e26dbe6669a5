"""When a desk has been left alone: no key and no click for some minutes, or the computer slept."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.domain.ports import Clock

LOOK_MS = 5_000
SLEPT_MS = 60_000
"""A look that comes this late was slept through: on every system, without asking it."""
MINUTE_MS = 60_000
TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class IdleWatch(QObject):
    """Tells once when nobody touched the desk for as long as `minutes` says."""

    left_alone = Signal()

    def __init__(self, clock: Clock, minutes: Callable[[], int]) -> None:
        super().__init__()
        self._clock, self._minutes = clock, minutes
        self._touched = self._looked = clock.now()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Somebody sat down: count from now."""
        self._touched = self._looked = self._clock.now()
        self._timer.start()
        _application().installEventFilter(self)

    def end(self) -> None:
        """Nobody sits here: nothing to watch."""
        self._timer.stop()
        _application().removeEventFilter(self)

    def look(self) -> None:
        """Look at the clock; a clock that was set back counts from there."""
        now = self._clock.now()
        slept = now - self._looked > SLEPT_MS
        alone = now - self._touched >= self._minutes() * MINUTE_MS
        self._touched = min(self._touched, now)
        self._looked = now
        if slept or alone:
            self.end()
            self.left_alone.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Notice hands; never take anything away."""
        del watched
        if event.type() in TOUCHES:
            self._touched = self._clock.now()
        return False


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101 - a window stands in one
    return application
