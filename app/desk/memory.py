"""What this desk remembers of its user's choices: language, colours, row height, last login."""

from pathlib import Path

from PySide6.QtCore import QSettings

FILE = "window.ini"


class Memory:
    """A small file in the data folder; nothing in it is secret, and losing it costs nothing."""

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        """With `fresh` nothing is recalled: the screen stands as it came."""
        self._fresh = fresh
        self._kept = QSettings(str(folder / FILE), QSettings.Format.IniFormat)

    def recall(self, name: str, default: str) -> str:
        """What was chosen last, or the default."""
        return default if self._fresh else str(self._kept.value(name, default))

    def keep(self, name: str, value: str) -> None:
        """Remember a choice."""
        self._kept.setValue(name, value)
        self._kept.sync()
