"""A badge scanned by a keyboard scanner, wherever the keyboard's focus stands.

A scanner types faster than people do. The signs of a badge's prefix are held back as long as they
come at that speed; what turns out to be typing is given back untouched, a badge never reaches a
field or a shortcut.
"""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from app.domain.badge import DRAWN, PREFIX
from app.domain.scan_codes import SIGNS

GAP_MS = 60
WHOLE = len(PREFIX) + DRAWN + 1
ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})


class BadgeReader(QObject):
    """Tells which badge was scanned; `window` is whose shortcuts a held key may still be."""

    scanned = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._held: list[QKeyEvent] = []
        self._text = ""
        self._giving_back = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(GAP_MS)
        self._pause.timeout.connect(self._over)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Hold back what may be a badge, before it is a letter or a shortcut."""
        if self._giving_back or not isinstance(event, QKeyEvent):
            return False
        if watched is not (QApplication.focusWidget() or self._window):
            return False
        if event.type() is QEvent.Type.ShortcutOverride and self._fits(event):
            event.accept()
            return True
        return event.type() is QEvent.Type.KeyPress and self._pressed(event)

    # --- inside --------------------------------------------------------------------------------

    def _fits(self, event: QKeyEvent) -> bool:
        """Whether this sign goes on with what may be a badge."""
        if event.key() in ENDS:
            return self._is_badge()
        sign = event.text().upper()
        at = len(self._text)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if len(sign) != 1 or not plain or event.isAutoRepeat():
            return False
        return sign == PREFIX[at] if at < len(PREFIX) else sign in SIGNS and at < WHOLE

    def _is_badge(self) -> bool:
        return len(self._text) >= len(PREFIX)

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Shift, Qt.Key.Key_CapsLock} and self._text:
            return True  # a scanner presses Shift between its capitals
        if not self._fits(event):
            self._give_back()
            return False
        if event.key() in ENDS:
            self._over()
            return True
        self._text += event.text().upper()
        self._held.append(event.clone())
        self._pause.start()
        return True

    def _over(self) -> None:
        """The scanner stopped: a badge it was, or typing after all."""
        if self._is_badge():
            text = self._text
            self._forget()
            self.scanned.emit(text)
        else:
            self._give_back()

    def _forget(self) -> None:
        self._pause.stop()
        self._held, self._text = [], ""

    def _give_back(self) -> None:
        held = self._held
        self._forget()
        self._giving_back = True
        try:
            for event in held:
                self._give(event)
        finally:
            self._giving_back = False

    def _give(self, event: QKeyEvent) -> None:
        focus = QApplication.focusWidget() or self._window
        if not isinstance(focus, QLineEdit | QPlainTextEdit):
            key = QKeySequence(event.keyCombination())
            for shortcut in self._window.findChildren(QShortcut):
                if shortcut.key() == key and shortcut.isEnabled():
                    shortcut.activated.emit()
                    return
        QApplication.sendEvent(focus, event)
