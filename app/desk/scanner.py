"""A scanner that types like a keyboard, wherever the keyboard's focus stands.

Where a screen takes scans, every bare key belongs to the scanner: no letter, digit, Enter or Tab
acts or reaches a field, and whole codes come out. Elsewhere only our own typed codes (badges,
orders, parcels) are picked out of what is typed, by their prefix and their speed; what turns out
to be typing is given back untouched. While a card lies over a scan screen, whatever comes at a
scanner's speed is kept out of its fields.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from app.desk.memory import Memory
from app.domain.ports import Clock
from app.domain.scan_codes import LONGEST, MARK, SIGNS, CodeKind

GAP_MS = 60
"""Between two keys of one of our codes, where keys are also typed by people."""
SLOWEST_MS = 150
"""Between two keys of a scanner on a scan screen, radio ones included."""
TWICE_S = 0.1
"""The same code again so soon was read once and sent twice."""
SHORTEST = 3
CHOSEN, PREFIX, ENDS_BY, BY_KEY, BY_PAUSE = (
    *("scanner", "scanner_prefix", "scanner_ends"),
    *("key", "pause"),
)
"""What a computer remembers of its scanner; ``CHOSEN`` says that it was changed."""
ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
SILENT = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock})
KINDS = frozenset(kind.value for kind in CodeKind if kind.value.isalpha())
HEAD = len(MARK) + 2


class Aim(Enum):
    """Who gets what is typed: the focus, a scan screen, or a card over one."""

    FOCUS = "focus"
    SCREEN = "screen"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a scanner sends around a code: a sign before it ("" for none), and what ends it.

    With ``by_pause`` a scanner that sends no Enter or Tab is believed to be done when it rests.
    """

    prefix: str = ""
    by_pause: bool = False


def frame_of(memory: Memory) -> Frame:
    """What this computer's scanner sends, as somebody said at its station."""
    pause = memory.recall(ENDS_BY, BY_KEY) == BY_PAUSE
    return Frame(memory.recall(PREFIX, "")[:1], pause)


class Scanner(QObject):
    """Tells which code was scanned; `window` is whose shortcuts a held key may still be.

    `disturbed` tells of a scan that came while a card was open: it did nothing.
    """

    scanned = Signal(str)
    disturbed = Signal(str)

    def __init__(self, window: QWidget, clock: Clock, aim: Callable[[], Aim]) -> None:
        super().__init__(window)
        self._window, self._clock, self._aim = window, clock, aim
        self.frame = Frame()
        self._held: list[QKeyEvent] = []
        self._text, self._last_key = "", 0.0
        self._last_code, self._last_at = "", -TWICE_S
        self._giving_back = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._rested)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Take what the scanner types before it is a letter in a field or a shortcut."""
        if isinstance(event, QInputMethodEvent):
            return self._aim() is Aim.SCREEN  # an input method composes nothing on a scan screen
        if self._giving_back or not isinstance(event, QKeyEvent):
            return False
        if watched is not (QApplication.focusWidget() or self._window):
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            return self._overrides(event)
        return event.type() is QEvent.Type.KeyPress and self._pressed(event)

    # --- inside --------------------------------------------------------------------------------

    def _overrides(self, event: QKeyEvent) -> bool:
        if not self._wants(event):
            return False
        event.accept()
        return True

    def _wants(self, event: QKeyEvent) -> bool:
        """Whether this key is, or may be, the scanner's."""
        aim = self._aim()
        if aim is Aim.SCREEN:
            return self._is_bare(event) or event.text() == self.frame.prefix != ""
        return self._fits(event) if aim is Aim.FOCUS else self._is_fast(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        aim = self._aim()
        if aim is Aim.SCREEN:
            return self._on_screen(event)
        if event.key() in SILENT and self._text:
            return True  # a scanner presses Shift between its capitals
        fits = self._fits(event) if aim is Aim.FOCUS else self._is_fast(event)
        if not fits:
            self._give_back()
            return False
        if event.key() in ENDS:
            self._rested()
            return True
        self._text += event.text().upper() if aim is Aim.FOCUS else event.text()
        self._held.append(event.clone())
        self._pause.start(GAP_MS)
        return True

    # --- on a scan screen ----------------------------------------------------------------------

    def _on_screen(self, event: QKeyEvent) -> bool:
        if not self._wants(event):
            return False
        now = self._clock.mono()
        rested = (now - self._last_key) * 1000 > SLOWEST_MS
        self._last_key = now
        if event.isAutoRepeat() or event.key() in SILENT:
            return True
        if rested or event.text() == self.frame.prefix != "":
            self._text = ""
        if event.key() in ENDS:
            self._take()
        elif event.text() != self.frame.prefix and len(self._text) <= LONGEST:
            self._text += event.text()
            self._pause.start(SLOWEST_MS)
        return True

    @staticmethod
    def _is_bare(event: QKeyEvent) -> bool:
        """Whether a key is a letter, a sign, Enter or Tab, and no function key or command."""
        held = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if held & ~Qt.KeyboardModifier.GroupSwitchModifier:
            return False
        printable = len(event.text()) == 1 and event.text().isprintable()
        return printable or event.key() in ENDS | SILENT | {Qt.Key.Key_Backtab}

    def _take(self) -> None:
        text, self._text = self._text.strip(), ""
        self._pause.stop()
        now = self._clock.mono()
        again = text == self._last_code and now - self._last_at < TWICE_S
        if len(text) < SHORTEST or again:
            return
        self._last_code, self._last_at = text, now
        self.scanned.emit(text)

    # --- where people type too -----------------------------------------------------------------

    def _fits(self, event: QKeyEvent) -> bool:
        """Whether this sign goes on with what may be one of our codes."""
        if event.key() in ENDS:
            return self._is_code()
        sign = event.text().upper()
        at = len(self._text)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if len(sign) != 1 or not plain or event.isAutoRepeat():
            return False
        if at < len(MARK):
            return sign == MARK[at]
        if at < HEAD:
            return sign == ":" if at == HEAD - 1 else sign in KINDS
        return sign in SIGNS and at < LONGEST

    def _is_code(self) -> bool:
        return len(self._text) >= HEAD

    def _is_fast(self, event: QKeyEvent) -> bool:
        """Whether this key may belong to a scan that runs into an open card."""
        if event.key() in ENDS:
            return len(self._text) > SHORTEST
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        printable = len(event.text()) == 1 and event.text().isprintable()
        return plain and printable and not event.isAutoRepeat() and len(self._text) <= LONGEST

    def _rested(self) -> None:
        """The scanner stopped: a code it was, or typing after all."""
        aim = self._aim()
        if aim is Aim.SCREEN:
            if self.frame.by_pause:
                self._take()
            return
        text = self._text
        if aim is Aim.FOCUS and self._is_code():
            self._forget()
            self.scanned.emit(text)
        elif aim is Aim.CARD and self._ended_by_key():
            self._forget()
            self.disturbed.emit(text)
        else:
            self._give_back()

    def _ended_by_key(self) -> bool:
        """Whether an Enter ended a run of keys; a rest alone is how people type."""
        return self._pause.isActive() and len(self._text) > SHORTEST

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
