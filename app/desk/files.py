"""Asks for a file of this computer, awaited: the dialog opens and never runs a loop of its own."""

import asyncio

from PySide6.QtWidgets import QFileDialog, QWidget


async def pick_file(host: QWidget, title: str, kinds: str) -> str:
    """The path of a file the person chose, "" when they put the dialog away."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    dialog = QFileDialog(host, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)

    def give(path: str) -> None:
        if not answer.done():
            answer.set_result(path)

    dialog.fileSelected.connect(give)
    dialog.rejected.connect(lambda: give(""))
    dialog.open()
    try:
        return await answer
    finally:
        dialog.deleteLater()
