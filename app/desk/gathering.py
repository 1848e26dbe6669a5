"""What changed, gathered for a moment: a thousand rows in a second are read once."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.commands.wire import Changed
from app.desk.link import Hooks

GATHER_MS = 120


class Gathering(QObject):
    """Hears every change and hands them on together."""

    def __init__(
        self, parent: QObject, changes: Hooks[Changed], spread: Callable[[Changed], None]
    ) -> None:
        super().__init__(parent)
        self._spread = spread
        self._changed: dict[str, set[int] | None] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(GATHER_MS)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pass_on)
        self._forget = changes.add(self._hear)

    @property
    def waits(self) -> bool:
        """Whether something was heard that was not handed on yet."""
        return self._timer.isActive()

    def let_go(self) -> None:
        """Hear no more; to be called once."""
        self._timer.stop()
        self._forget()

    def _hear(self, changed: Changed) -> None:
        for kind, ids in changed.rows.items():
            known = self._changed.setdefault(kind, set())
            if not ids:
                self._changed[kind] = None
            elif known is not None:
                known.update(ids)
        if not self._timer.isActive():
            self._timer.start()

    def _pass_on(self) -> None:
        gathered = {kind: tuple(ids) if ids else () for kind, ids in self._changed.items()}
        self._changed = {}
        if gathered:
            self._spread(Changed(gathered))
