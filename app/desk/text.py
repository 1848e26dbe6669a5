"""The only label with data on it: its text is never read as markup.

A buyer's name may be `<img src=file://…>`; it shows as exactly those characters.
"""

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget


class TextLabel(QLabel):
    """Plain text. `ink`, `face`, `weight` and `tag` name rows of the style sheet."""

    def __init__(self, text: str = "", parent: QWidget | None = None, /, **style: str) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        for name, value in style.items():
            self.setProperty(name, value)
        self.setText(text)

    def restyle(self, **style: str) -> None:
        """Change its rows of the style sheet."""
        for name, value in style.items():
            self.setProperty(name, value)
        repolish(self)

    def wrapped(self) -> "TextLabel":
        """Break long text into lines instead of cutting it."""
        self.setWordWrap(True)
        return self

    def copyable(self) -> "TextLabel":
        """Let people mark and copy the text."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self

    def faced(self, font: QFont) -> "TextLabel":
        """Write in another face."""
        self.setFont(font)
        return self


def repolish(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def plain_tip(widget: QWidget, text: str) -> None:
    """Give a widget a tip whose text is never read as markup."""
    widget.setToolTip(f"<qt>{html.escape(text)}</qt>" if text else "")


def button_text(text: str) -> str:
    """A button's text as it stands: an ampersand is no shortcut."""
    return text.replace("&", "&&")
