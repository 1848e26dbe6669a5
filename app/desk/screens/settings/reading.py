"""Text to be read before anything is done with it: names at the left, the text beside them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QButtonGroup, QPlainTextEdit, QWidget

from app.desk.parts import Button, boxed, clear, column, row

WIDTH = 210
HEIGHT = 420


class TextPane(QPlainTextEdit):
    """Text that is read and copied, never changed and never taken for markup."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFont(font)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setMinimumHeight(HEIGHT)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )


class FilesPane(QWidget):
    """Files by name; the one chosen is shown."""

    def __init__(self, font: QFont, chosen: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self._files: dict[str, str] = {}
        self._chosen = chosen
        self.text = TextPane(font)
        self.group = QButtonGroup(self)
        self._names = column(gap=2)
        side = column(gap=0)
        side.addLayout(self._names)
        side.addStretch(1)
        box = boxed(side)
        box.setFixedWidth(WIDTH)
        whole = row(box, self.text, gap=14)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.group.buttonClicked.connect(lambda one: self.open(str(one.property("name"))))

    def show_files(self, files: Sequence[tuple[str, str, str]]) -> None:
        """Show (name, word, text) of each, and open the first."""
        clear(self._names)
        self._files = {name: text for name, _word, text in files}
        for name, word, _text in files:
            button = Button("page")
            button.setCheckable(True)
            button.setProperty("name", name)
            button.say(word)
            button.setFixedHeight(30)
            self.group.addButton(button)
            self._names.addWidget(button)
        self.text.clear()
        if files:
            self.open(files[0][0])

    def open(self, name: str) -> None:
        """Show one file."""
        for button in self.group.buttons():
            button.setChecked(button.property("name") == name)
        self.text.setPlainText(self._files.get(name, ""))
        if self._chosen is not None:
            self._chosen(name)
