"""A form on a screen: what is asked for as rows of data, each with its caption and a hint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QCompleter,
    QGridLayout,
    QLineEdit,
    QWidget,
)

from app.desk.files import offer_file
from app.desk.parts import Button, Flow, clear, column, row
from app.desk.speech import Speech
from app.desk.text import TextLabel

COLUMNS = 6
HEIGHT = 34


class Kind(Enum):
    """How an answer is given."""

    TEXT = auto()
    SECRET = auto()
    CHOICE = auto()  # one of many, found by typing
    CHIPS = auto()  # one of few
    FILE = auto()  # a file of this computer: its path, typed or chosen
    SET = auto()  # any of few; the answer is their values joined


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked for.

    Attributes:
        word: the key of its caption; the words themselves where `said` is set.
        hint: the key of the sentence under it.
        options: (value, word to show).
        span: of six columns, how many it takes.
    """

    name: str
    word: str = ""
    kind: Kind = Kind.TEXT
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    needed: bool = False
    hint: str = ""
    example: str = ""
    span: int = COLUMNS
    said: str = ""


class AskForm(QWidget):
    """The form. `changed` comes with every change, `entered` when Enter is pressed in a line."""

    changed = Signal()
    entered = Signal()

    def __init__(self, speech: Speech, asks: tuple[Ask, ...] = ()) -> None:
        super().__init__()
        self._speech = speech
        self._asks: tuple[Ask, ...] = ()
        self._inputs: dict[str, QLineEdit | QComboBox | QButtonGroup] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(12)
        self.show_asks(asks)

    def show_asks(self, asks: tuple[Ask, ...], values: Mapping[str, str] | None = None) -> None:
        """Ask for these; what was typed before under the same name stays."""
        kept = self.values() | dict(values or {})
        clear(self._grid)
        self._asks, self._inputs = asks, {}
        line = place = 0
        for ask in asks:
            if place + ask.span > COLUMNS:
                line, place = line + 1, 0
            value = kept.get(ask.name) or ask.value
            self._grid.addWidget(self._cell(ask, value), line, place, 1, ask.span)
            place += ask.span
        for at in range(COLUMNS):
            self._grid.setColumnStretch(at, 1)
        self.changed.emit()

    def values(self) -> dict[str, str]:
        """What was answered; secrets as they stand, the rest without blanks around it."""
        return {ask.name: self._value(ask) for ask in self._asks}

    def lacking(self) -> tuple[str, ...]:
        """The names of what must be answered and is not."""
        found = self.values()
        return tuple(ask.name for ask in self._asks if ask.needed and not found[ask.name])

    def fill(self, name: str, value: str) -> None:
        """Give an answer, as typing it would."""
        self._put(self._inputs[name], value)

    def input_of(self, name: str) -> QWidget:
        """The widget that takes an answer (the first of several buttons)."""
        found = self._inputs[name]
        return found.buttons()[0] if isinstance(found, QButtonGroup) else found

    def watch(self, name: str, heard: Callable[[], None]) -> None:
        """Call `heard` when one of few is chosen by the person."""
        asked = self._inputs[name]
        if isinstance(asked, QButtonGroup):
            asked.buttonClicked.connect(lambda _chip: heard())

    def focus_on(self, name: str) -> None:
        """Put the keyboard on the answer that stands: of several buttons, on the one chosen."""
        asked = self._inputs[name]
        chosen = asked.checkedButton() if isinstance(asked, QButtonGroup) else None
        (chosen or self.input_of(name)).setFocus(Qt.FocusReason.TabFocusReason)

    def take_focus(self) -> None:
        """Put the keyboard where the first answer is missing, else at the first."""
        lacking = self.lacking()
        name = lacking[0] if lacking else next(iter(self._inputs), "")
        if name:
            self.input_of(name).setFocus(Qt.FocusReason.TabFocusReason)

    def forget_secrets(self) -> None:
        """Empty what was typed without an echo."""
        for ask in self._asks:
            if ask.kind is Kind.SECRET:
                self.fill(ask.name, "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Enter goes on, wherever in the form it is pressed."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            listing = isinstance(watched, QComboBox) and watched.view().isVisible()
            if enter and not listing:
                self.entered.emit()
                return True
        return False

    # --- inside --------------------------------------------------------------------------------

    def _cell(self, ask: Ask, value: str) -> QWidget:
        say = self._speech.say
        caption = ask.said or say(ask.word)
        needed = "" if ask.needed else f"  {say('form.optional')}"
        asked = self._input(ask, value)
        asked.setAccessibleName(caption)
        cell = QWidget()
        layout = column(TextLabel(caption + needed, face="caption", ink="second"), asked, gap=4)
        if ask.hint:
            hint = ask.hint if ask.said else say(ask.hint)
            # What is said of a choice decides it; what is said of a field helps to fill it in.
            chosen = ask.kind is Kind.CHIPS
            face, ink = ("caption", "second") if chosen else ("small", "third")
            layout.addWidget(TextLabel(hint, face=face, ink=ink).wrapped())
        layout.addStretch(1)
        cell.setLayout(layout)
        return cell

    def _input(self, ask: Ask, value: str) -> QWidget:
        if ask.kind in {Kind.CHIPS, Kind.SET}:
            return self._chips(ask, value)
        if ask.kind is Kind.CHOICE:
            return self._choice(ask, value)
        line = QLineEdit(value)
        line.setMinimumHeight(HEIGHT)
        line.setPlaceholderText(ask.example)
        if ask.kind is Kind.SECRET:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.textChanged.connect(lambda _text: self.changed.emit())
        line.installEventFilter(self)
        self._inputs[ask.name] = line
        return self._with_choice(ask, line) if ask.kind is Kind.FILE else line

    def _with_choice(self, ask: Ask, line: QLineEdit) -> QWidget:
        """A line for a path with a button that chooses one."""

        def choose() -> None:
            kinds = self._speech.say("form.any_file")
            offer_file(self.window(), ask.said or self._speech.say(ask.word), kinds, line.setText)

        button = Button("ghost", choose)
        button.say(self._speech.say("form.choose_file"))
        line.setAccessibleName(ask.said or self._speech.say(ask.word))
        holder = QWidget()
        layout = row(line, button, gap=8)
        layout.setStretchFactor(line, 1)
        holder.setLayout(layout)
        holder.setFocusProxy(line)
        return holder

    def _choice(self, ask: Ask, value: str) -> QComboBox:
        box = QComboBox()
        box.setMinimumHeight(HEIGHT)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for code, word in ask.options:
            box.addItem(word, code)
        found = QCompleter(box.model(), box)
        found.setFilterMode(Qt.MatchFlag.MatchContains)
        found.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        found.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        box.setCompleter(found)
        self._put(box, value)
        box.currentTextChanged.connect(lambda _text: self.changed.emit())
        box.installEventFilter(self)
        self._inputs[ask.name] = box
        return box

    def _chips(self, ask: Ask, value: str) -> QWidget:
        group, holder, flow = QButtonGroup(self), QWidget(), Flow(6)
        group.setExclusive(ask.kind is Kind.CHIPS)
        for code, word in ask.options:
            chip = Button("chip")
            chip.setCheckable(True)
            chip.setMinimumHeight(30)
            chip.say(word)
            chip.setProperty("value", code)
            chip.installEventFilter(self)
            group.addButton(chip)
            flow.addWidget(chip)
        self._put(group, value)
        group.buttonToggled.connect(lambda _chip, _on: self.changed.emit())
        holder.setLayout(flow)
        self._inputs[ask.name] = group
        return holder

    def _put(self, asked: QLineEdit | QComboBox | QButtonGroup, value: str) -> None:
        if isinstance(asked, QLineEdit):
            asked.setText(value)
        elif isinstance(asked, QComboBox):
            asked.setCurrentIndex(asked.findData(value))
        else:
            for chip in asked.buttons():
                code = str(chip.property("value"))
                chip.setChecked(code == value if asked.exclusive() else code in value)

    def _value(self, ask: Ask) -> str:
        asked = self._inputs[ask.name]
        if isinstance(asked, QLineEdit):
            return asked.text() if ask.kind is Kind.SECRET else asked.text().strip()
        if isinstance(asked, QComboBox):
            at = asked.findText(asked.currentText())
            return str(asked.itemData(at)) if at >= 0 else ""
        return "".join(str(c.property("value")) for c in asked.buttons() if c.isChecked())
