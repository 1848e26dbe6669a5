"""Closing the last window may leave Waydesk in the tray: the person's choice, said once."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.desk.memory import Memory
from app.desk.tray import TOLD, Tray

# The pixel-less platform of the tests has neither tray nor window stacking, and says so.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support raise")


class Speech(QObject):
    changed = Signal()

    def say(self, key: str) -> str:
        return key


class Look:
    def icon(self, name: str, ink: str, size: int) -> QIcon:
        picture = QPixmap(size, size)
        picture.fill()
        return QIcon(picture)


class Seat(QObject):
    chosen = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.memory, self.speech, self.look = Memory(folder), Speech(), Look()


@pytest.fixture
def left() -> list[str]:
    return []


def tray_of(qtbot: QtBot, folder: Path, left: list[str]) -> Tray:
    window = QWidget()
    qtbot.addWidget(window)
    return Tray(Seat(folder), window, lambda: left.append("left"))


def test_a_closed_window_stays_in_the_tray_and_says_so_once(
    qtbot: QtBot, tmp_path: Path, left: list[str]
) -> None:
    tray = tray_of(qtbot, tmp_path, left)
    tray.window_closed()
    assert left == []
    assert Memory(tmp_path).recall(TOLD, "") == "yes"


def test_who_chose_to_leave_leaves_with_the_window(
    qtbot: QtBot, tmp_path: Path, left: list[str]
) -> None:
    tray = tray_of(qtbot, tmp_path, left)
    tray._stay.setChecked(False)
    tray.window_closed()
    assert left == ["left"]
    again = tray_of(qtbot, tmp_path, left)
    again.window_closed()
    assert left == ["left", "left"], "the choice is remembered"


def test_the_menu_brings_the_window_back_and_ends_the_day(
    qtbot: QtBot, tmp_path: Path, left: list[str]
) -> None:
    tray = tray_of(qtbot, tmp_path, left)
    tray._open.trigger()
    assert tray._window.isVisible()
    tray._quit.trigger()
    assert left == ["left"]
