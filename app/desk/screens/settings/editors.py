"""The right editor for each kind of choice: a switch, a bounded number, a list of words, a text."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSignalBlocker
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.desk.parts import row
from app.desk.seat import Seat
from app.desk.switch import Switch
from app.desk.text import TextLabel
from app.domain.choices import Rule
from app.domain.policy import Choice

WIDTH = 240
Chosen = Callable[[str], None]


class Editor(QWidget):
    """Shows one choice and tells, as text, what a person makes of it."""

    def __init__(self, seat: Seat, rule: Rule, chosen: Chosen) -> None:
        super().__init__()
        self.seat, self.rule, self.chosen = seat, rule, chosen
        self.setFixedWidth(WIDTH)

    def show_value(self, value: Choice) -> None:
        """Show what stands."""
        raise AssertionError(value)

    def say(self) -> None:
        """Put its words in the language chosen."""


class SwitchEditor(Editor):
    """On or off."""

    def __init__(self, seat: Seat, rule: Rule, chosen: Chosen) -> None:
        super().__init__(seat, rule, chosen)
        self.switch, self._word = Switch(seat.look), TextLabel(ink="second")
        self.setLayout(row(1, self._word, self.switch, gap=10))
        self.setFocusProxy(self.switch)
        self.switch.clicked.connect(lambda on: chosen("true" if on else "false"))

    def show_value(self, value: Choice) -> None:
        """Show what stands."""
        self.switch.setChecked(value is True)
        self.say()

    def say(self) -> None:
        """The word beside it: colour alone says nothing."""
        on = self.switch.isChecked()
        self._word.setText(self.seat.speech.say("prefs.on" if on else "prefs.off"))


class TextEditor(Editor):
    """A line of text, or a number with its bounds in sight; kept when the keyboard leaves it."""

    def __init__(self, seat: Seat, rule: Rule, chosen: Chosen) -> None:
        super().__init__(seat, rule, chosen)
        self.line, self._bounds = QLineEdit(), TextLabel(face="small", ink="third")
        self._shown = ""
        layout = row(self.line, gap=8)
        if rule.kind == "number":
            self.line.setValidator(QIntValidator(0, 10**9, self.line))
            self.line.setFixedWidth(96)
            layout = row(1, self._bounds, self.line, gap=8)
            self._bounds.setText(f"{rule.low:,} – {rule.high:,}")
        self.setLayout(layout)
        self.setFocusProxy(self.line)
        self.line.editingFinished.connect(self._done)

    def show_value(self, value: Choice) -> None:
        """Show what stands."""
        self._shown = str(value)
        self.line.setText(self._shown)
        self.line.setCursorPosition(0)

    def say(self) -> None:
        """What an empty line means."""
        self.line.setPlaceholderText(self.seat.speech.say("prefs.empty"))

    def _done(self) -> None:
        text = self.line.text().strip()
        if text != self._shown:
            self._shown = text
            self.chosen(text)


class WordEditor(Editor):
    """One of a few words."""

    def __init__(self, seat: Seat, rule: Rule, chosen: Chosen) -> None:
        super().__init__(seat, rule, chosen)
        self.box = QComboBox()
        self.box.installEventFilter(self)
        for word in rule.words:
            self.box.addItem(word, word)
        self.setLayout(row(self.box, gap=0))
        self.setFocusProxy(self.box)
        self.box.activated.connect(lambda at: chosen(str(self.box.itemData(at))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Scrolling the page must not change a choice under the mouse."""
        if watched is self.box and event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return False

    def show_value(self, value: Choice) -> None:
        """Show what stands."""
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(max(0, self.box.findData(str(value))))

    def say(self) -> None:
        """Put the words of the choices."""
        for at, word in enumerate(self.rule.words):
            self.box.setItemText(at, self.seat.speech.word("choice", word))


KINDS = {"switch": SwitchEditor, "number": TextEditor, "text": TextEditor, "word": WordEditor}


def editor_of(seat: Seat, rule: Rule, chosen: Chosen) -> Editor:
    """Give the editor that fits a choice."""
    return KINDS[rule.kind](seat, rule, chosen)
