"""Asks for a file of this computer, awaited: the dialog opens and never runs a loop of its own."""

import asyncio
from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QWidget

SHEETS = "CSV XLSX (*.csv *.xlsx *.xlsm *.txt)"


async def pick_file(host: QWidget, title: str, kinds: str) -> str:
    """The path of a file the person chose, "" when they put the dialog away."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def give(path: str) -> None:
        if not answer.done():
            answer.set_result(path)

    dialog = offer_file(host, title, kinds, give)
    dialog.rejected.connect(lambda: give(""))
    try:
        return await answer
    except asyncio.CancelledError:
        dialog.reject()
        raise


def offer_file(host: QWidget, title: str, kinds: str, chosen: Callable[[str], None]) -> QFileDialog:
    """Open the dialog and call `chosen` with a path; it goes away once it is answered."""
    dialog = QFileDialog(host, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(lambda _how: dialog.deleteLater())
    dialog.open()
    return dialog
