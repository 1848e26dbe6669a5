"""Diagnostics: gathered, read file by file, and only then saved where the person says."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.commands import running as asks
from app.desk.parts import Button
from app.desk.screens.settings.page import SettingsPage
from app.desk.screens.settings.reading import FilesPane
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.domain.times import local

Files = Sequence[tuple[str, str]]


def write_bundle(path: Path, files: Files) -> None:
    """Write exactly the files that were shown. Raises OSError."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files:
            bundle.writestr(zipfile.ZipInfo(name), text.encode())


class HealthPage(SettingsPage):
    """Nothing leaves this computer by itself: what is saved is what was read here."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "health")
        self.files: Files = ()
        self.gather = Button("primary", lambda: self.seat.spawn(self._gather()))
        self.save = Button("", self._choose)
        for button in (self.gather, self.save):
            self.head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._none = TextLabel(ink="second").wrapped()
        self.pane = FilesPane(seat.look.faces.mono(12))
        self.body.addWidget(self._none)
        self.body.addWidget(self.pane)
        self._show()
        self.say()

    def take_focus(self) -> None:
        """Begin with gathering."""
        self.gather.setFocus()

    def put_away(self) -> None:
        """Let go of what was gathered."""
        self.files = ()
        self._show()

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        say = self.seat.speech.say
        self.gather.say(say("health.gather"))
        self.save.say(say("health.save"))
        self._none.setText(say("health.none"))

    def save_to(self, path: Path) -> None:
        """Save what is shown, and say where it lies."""
        say = self.seat.speech.say
        try:
            write_bundle(path, self.files)
        except OSError as problem:
            self.seat.news.emit(News(say("health.not_saved"), problem.strerror or ""))
            return
        told = say("health.saved", n=len(self.files), path=str(path))
        self.seat.news.emit(News(told, say("health.saved_do"), "good"))

    # --- inside --------------------------------------------------------------------------------

    async def _gather(self) -> None:
        self.gather.setEnabled(False)
        found = await self.seat.ask(asks.GatherDiagnostics(), asks.Diagnostics)
        self.gather.setEnabled(True)
        if found is not None:
            self.files = found.files
            self._show()

    def _show(self) -> None:
        self._none.setVisible(not self.files)
        self.pane.setVisible(bool(self.files))
        self.save.setEnabled(bool(self.files))
        self.pane.show_files([(name, name.removesuffix(".txt"), text) for name, text in self.files])

    def _choose(self) -> None:
        day = local(self.seat.clock.now(), self.seat.speech.zone)
        dialog = QFileDialog(self, self.seat.speech.say("health.save"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"waydesk-diagnostics-{day:%Y%m%d-%H%M}.zip")
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.open()
