"""How the desk looks: colours as data, one style sheet, and a switch while it runs.

Tokens are those of the design: colour stands only where it means something, and never alone.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.desk.fonts import Faces

ICON_SCALE = 3
"""Icons are drawn this much larger, so that they stay sharp on dense screens."""


class Shade(StrEnum):
    """What a person may choose; the system's own choice is followed by default."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour on the screen; `*_soft` lies under text of the same name."""

    background: str
    panel: str
    line: str
    soft: str
    ink: str
    second: str
    third: str
    accent: str
    accent_strong: str
    accent_soft: str
    on_accent: str
    good: str
    good_soft: str
    warning: str
    warning_soft: str
    bad: str
    bad_soft: str
    bad_strong: str
    on_bad: str
    selection: str
    scrim: str
    flag_red: str = "#d64541"
    flag_yellow: str = "#d9a514"
    flag_green: str = "#2f9e58"
    flag_blue: str = "#3b78e7"
    flag_purple: str = "#8b5bd6"
    flag_pink: str = "#e0679c"
    flag_grey: str = "#8a94a6"

    def tone(self, tone: str) -> str:
        """The ink of a tone: info, good, warning or bad."""
        return {"good": self.good, "warning": self.warning, "bad": self.bad}.get(tone, self.accent)

    def tone_soft(self, tone: str) -> str:
        """What lies under text of that tone."""
        under = {"good": self.good_soft, "warning": self.warning_soft, "bad": self.bad_soft}
        return under.get(tone, self.accent_soft)

    def flag(self, flag: str) -> str:
        """The colour of a seller's flag; the words beside it name the colour too."""
        flags = {
            "red": self.flag_red,
            "yellow": self.flag_yellow,
            "green": self.flag_green,
            "blue": self.flag_blue,
            "purple": self.flag_purple,
            "pink": self.flag_pink,
        }
        return flags.get(flag, self.flag_grey)


LIGHT = Tokens(
    background="#f6f7f9",
    panel="#ffffff",
    line="#e4e7ec",
    soft="#eef0f3",
    ink="#1b2330",
    second="#566173",
    third="#8a94a6",
    accent="#2f5fde",
    accent_strong="#2450c4",
    accent_soft="#e9effd",
    on_accent="#ffffff",
    good="#1a7f4b",
    good_soft="#e4f4eb",
    warning="#a65f00",
    warning_soft="#fdf0dc",
    bad="#c2312f",
    bad_soft="#fce8e6",
    bad_strong="#c2312f",
    on_bad="#ffffff",
    selection="#eef3fe",
    scrim="rgba(27, 35, 48, 90)",
)

DARK = Tokens(
    background="#14181f",
    panel="#1b212a",
    line="#2b3340",
    soft="#242b36",
    ink="#e7ebf2",
    second="#a7b1c2",
    third="#76829a",
    accent="#7fa2ff",
    accent_strong="#9bb6ff",
    accent_soft="#22304f",
    on_accent="#10182b",
    good="#5fcf95",
    good_soft="#17352a",
    warning="#f0b35a",
    warning_soft="#3a2c16",
    bad="#ff8a80",
    bad_soft="#43211f",
    bad_strong="#ff8a80",
    on_bad="#2b0f0d",
    selection="#222d44",
    scrim="rgba(0, 0, 0, 140)",
)


class Look(QObject):
    """The look in force; `changed` tells painters to paint again."""

    changed = Signal()

    def __init__(self, application: QApplication, resources: Path, shade: str) -> None:
        super().__init__()
        self._application, self._resources = application, resources
        self._sheet = Template((resources / "style" / "desk.qss").read_text("utf-8"))
        self._icons: dict[tuple[str, str, int], QPixmap] = {}
        self.faces = Faces(resources / "fonts")
        application.setFont(self.faces.ui())
        application.setStyle("Fusion")
        self.shade = Shade(shade)
        self.tokens = LIGHT
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        self.choose(self.shade)

    @property
    def dark(self) -> bool:
        """Whether the dark colours are shown."""
        return self.tokens is DARK

    def choose(self, shade: Shade) -> None:
        """Show light or dark colours, or what the system asks for."""
        self.shade = shade
        wanted = shade is Shade.DARK or (shade is Shade.SYSTEM and _system_is_dark())
        self.tokens = DARK if wanted else LIGHT
        self._application.setPalette(_palette(self.tokens))
        # A style sheet takes pictures as files alone, so this icon has its colour in the file.
        down = self._resources / "icons" / f"down_{'dark' if wanted else 'light'}.svg"
        sheet = self._sheet.substitute(asdict(self.tokens), down_icon=down.as_posix())
        self._application.setStyleSheet(sheet)
        self.changed.emit()

    def color(self, token: str) -> QColor:
        """One token as a colour to paint with."""
        return QColor(getattr(self.tokens, token))

    def pixmap(self, name: str, color: str, size: int = 18) -> QPixmap:
        """An icon of resources/icons in one colour (as #rrggbb), `size` pixels square."""
        key = (name, color, size)
        if key not in self._icons:
            self._icons[key] = self._drawn(name, color, size)
        return self._icons[key]

    def icon(self, name: str, ink: str = "second", size: int = 18) -> QIcon:
        """The same for buttons, in the colour of a token."""
        return QIcon(self.pixmap(name, getattr(self.tokens, ink), size))

    def _drawn(self, name: str, color: str, size: int) -> QPixmap:
        text = (self._resources / "icons" / f"{name}.svg").read_text("utf-8")
        renderer = QSvgRenderer(QByteArray(text.replace("#000", color).encode()))
        pixmap = QPixmap(QSize(size, size) * ICON_SCALE)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        pixmap.setDevicePixelRatio(ICON_SCALE)
        return pixmap

    def _system_changed(self) -> None:
        if self.shade is Shade.SYSTEM:
            self.choose(Shade.SYSTEM)


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _palette(tokens: Tokens) -> QPalette:
    """What the style sheet does not reach: the caret, the placeholder, the system's own parts."""
    palette, role = QPalette(), QPalette.ColorRole
    colors = {
        role.Window: tokens.background,
        role.Base: tokens.panel,
        role.AlternateBase: tokens.background,
        role.Button: tokens.panel,
        role.Text: tokens.ink,
        role.WindowText: tokens.ink,
        role.ButtonText: tokens.ink,
        role.PlaceholderText: tokens.third,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.ToolTipBase: tokens.ink,
        role.ToolTipText: tokens.panel,
    }
    for where, color in colors.items():
        palette.setColor(where, QColor(color))
    return palette
