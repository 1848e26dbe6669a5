"""The faces of the screen: the system's own where it can write Chinese, else the bundled ones.

On a bare Linux nothing is installed that writes Chinese; the label fonts shipped with Waydesk are
loaded then, so that no screen ever shows an empty box for a character.
"""

import sys
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

BODY = 13
"""Pixels of body text."""

SYSTEM = {
    "win32": ("Segoe UI", "Microsoft YaHei UI"),
    "darwin": (".AppleSystemUIFont", "PingFang SC"),
    "linux": ("Noto Sans", "Noto Sans CJK SC"),
}
FIXED = {
    "win32": ("Cascadia Mono", "Consolas"),
    "darwin": ("SF Mono", "Menlo"),
    "linux": ("Noto Sans Mono", "DejaVu Sans Mono"),
}
# The bold Chinese face holds the words of labels alone; a character it lacks would show as a box,
# so bold Chinese (a weight of 700 and more) is drawn from the regular face, which is full.
FILES = ("WaydeskLabelLatin-Regular", "WaydeskLabelLatin-Bold", "WaydeskLabelHan-Regular")
BUNDLED = ("Waydesk Label Latin", "Waydesk Label Han")


class Faces:
    """Which families are used on this computer."""

    def __init__(self, folder: Path) -> None:
        there = set(QFontDatabase.families())
        system = SYSTEM.get(sys.platform, SYSTEM["linux"])
        self.bundled = sys.platform not in {"win32", "darwin"} and not set(system) <= there
        if self.bundled:
            for file in FILES:
                QFontDatabase.addApplicationFont(str(folder / f"{file}.ttf"))
        self.families = BUNDLED if self.bundled else system
        fixed = FIXED.get(sys.platform, FIXED["linux"])
        self.fixed = tuple(name for name in fixed if name in there)

    def ui(self, pixels: int = BODY, weight: int = 400) -> QFont:
        """The face people read, with figures of one width."""
        return _font(self.families, pixels, weight)

    def mono(self, pixels: int = BODY, weight: int = 400) -> QFont:
        """The face of numbers that are compared digit by digit."""
        return _font((*self.fixed, *self.families), pixels, weight)


def _font(families: tuple[str, ...], pixels: int, weight: int) -> QFont:
    font = QFont()
    font.setFamilies(list(families))
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font
