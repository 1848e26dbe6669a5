"""Small pieces the screens are put together from."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.desk.text import TextLabel, button_text, repolish
from app.desk.theme import Look

B = TypeVar("B", bound=QBoxLayout)
Margins = tuple[int, int, int, int]
DOT = 8
NO_MARGINS: Margins = (0, 0, 0, 0)


def row(*parts: QWidget | int, gap: int = 8, margins: Margins = NO_MARGINS) -> QHBoxLayout:
    """Parts side by side; a number stands for a stretch of that weight."""
    layout = QHBoxLayout()
    return _filled(layout, parts, gap, margins)


def column(*parts: QWidget | int, gap: int = 8, margins: Margins = NO_MARGINS) -> QVBoxLayout:
    """Parts below each other."""
    layout = QVBoxLayout()
    return _filled(layout, parts, gap, margins)


def _filled(layout: B, parts: tuple[QWidget | int, ...], gap: int, margins: Margins) -> B:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        else:
            layout.addWidget(part)
    return layout


def boxed(layout: QLayout, name: str = "", kind: str = "") -> QFrame:
    """A layout as a frame, named for the style sheet."""
    frame = QFrame()
    frame.setLayout(layout)
    if name:
        frame.setObjectName(name)
    if kind:
        frame.setProperty("kind", kind)
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return frame


def rule() -> QFrame:
    """A soft line between two parts."""
    frame = QFrame()
    frame.setProperty("kind", "rule")
    return frame


class Button(QPushButton):
    """A button whose text is plain; `kind` names its row of the style sheet."""

    def __init__(self, kind: str = "", pressed: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if pressed is not None:
            self.clicked.connect(lambda _checked=False: pressed())

    def say(self, text: str) -> None:
        """Set its text as it stands."""
        self.setText(button_text(text))
        self.setAccessibleName(text)

    def restyle(self, kind: str) -> None:
        """Give it another row of the style sheet."""
        self.setProperty("kind", kind)
        repolish(self)


class LaidButton(Button):
    """A button with parts of its own inside; it is as large as they need."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """As large as its parts."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's


class KeyedButton(LaidButton):
    """A button with its shortcut beside the word."""

    def __init__(self, kind: str, text: str, key: str, pressed: Callable[[], None] | None) -> None:
        super().__init__(kind, pressed)
        self.setAccessibleName(text)
        self._label = TextLabel(text, self)
        self._key = TextLabel(key, self, face="small")
        ink = {"primary": "", "danger": "bad", "locked": "third"}.get(kind, "")
        self._label.restyle(ink=ink, weight="medium" if kind == "primary" else "")
        self._key.restyle(ink="" if kind == "primary" else "third")
        if kind == "primary":
            for label in (self._label, self._key):
                label.setObjectName("on_accent")
        for label in (self._label, self._key):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(row(self._label, self._key, gap=6, margins=(12, 0, 10, 0)))
        self._key.setVisible(bool(key))
        self.setFixedHeight(30)


class Flow(QLayout):
    """Parts in lines that break where the width ends."""

    def __init__(self, gap: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(gap)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's
        """Take one more part."""
        self._items.append(item)

    def count(self) -> int:
        """How many parts there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """One part, None behind the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Give one part away."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's
        """How high the lines are at a width."""
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 - Qt's
        """Put every part in its place."""
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """As wide as the widest part."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's
        """No narrower than the widest part."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        x, y, line = rect.left(), rect.top(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.left() and x + hint.width() > rect.right() + 1:
                x, y, line = rect.left(), y + line + self.spacing(), 0
            if place:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x, line = x + hint.width() + self.spacing(), max(line, hint.height())
        return y + line - rect.top()


class Dot(QWidget):
    """A dot in a tone; the word always stands beside it."""

    def __init__(self, look: Look, tone: str = "good", drop: int = 0) -> None:
        """`drop` pixels below the top: level with the first line of a text beside it."""
        super().__init__()
        self._look, self._tone = look, tone
        self.setFixedSize(DOT, DOT + drop)
        self._label = TextLabel("", self)
        self._label.setGeometry(0, drop, DOT, DOT)
        look.changed.connect(self._draw)
        self._draw()

    def turn(self, tone: str) -> None:
        """Change its tone."""
        self._tone = tone
        self._draw()

    def _draw(self) -> None:
        color = {"quiet": self._look.tokens.third}.get(
            self._tone, self._look.tokens.tone(self._tone)
        )
        self._label.setStyleSheet(f"background: {color}; border-radius: {DOT // 2}px;")


def empty_state(look: Look, icon: str, title: str, text: str, width: int = 420) -> QWidget:
    """What stands where nothing is: a quiet picture, what it means, what to do in `width`."""
    picture = TextLabel("")
    picture.setPixmap(look.pixmap(icon, look.tokens.third, 40))
    heading = TextLabel(title, face="title", ink="second")
    advice = TextLabel(text, ink="third").wrapped()
    advice.setFixedSize(width, advice.heightForWidth(width) + 4)
    for label in (picture, heading, advice):
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    widget = QWidget()
    layout = column(2, picture, heading, advice, 3, gap=10, margins=(24, 24, 24, 24))
    for label in (picture, heading, advice):
        layout.setAlignment(label, Qt.AlignmentFlag.AlignHCenter)
    widget.setLayout(layout)
    return widget


def in_lines(*parts: QWidget, gap: int = 8) -> QWidget:
    """Parts in lines that break where the width ends, such as the buttons of one thing."""
    flow, holder = Flow(gap), QWidget()
    for part in parts:
        flow.addWidget(part)
    holder.setLayout(flow)
    return holder


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def is_writing() -> bool:
    """Whether a field that is typed in has the keyboard."""
    return isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit)
