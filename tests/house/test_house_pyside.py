"""The Qt that is installed does not eat `None` (PySide6 6.12.0 did, on CPython 3.11)."""

import sys

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

CALLS = 1_000
NOISE = 50  # other parts of the interpreter take and give back a few references meanwhile


def test_calls_that_return_nothing_leave_none_alone(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        field.setText("a")
    assert abs(sys.getrefcount(None) - before) < NOISE
