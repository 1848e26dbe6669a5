"""Crash reports: kept on this computer, read here, deleted here, sent nowhere."""

from PySide6.QtCore import Qt

from app.commands import running as asks
from app.desk.parts import Button
from app.desk.screens.settings.page import SettingsPage
from app.desk.screens.settings.reading import FilesPane
from app.desk.seat import Seat
from app.desk.text import TextLabel


class CrashesPage(SettingsPage):
    """The reports, newest first, and the text of the one chosen."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "crashes")
        self.reports: tuple[asks.CrashSeen, ...] = ()
        self._chosen = ""
        self.drop = Button("danger", lambda: self.seat.spawn(self._drop()))
        self.head.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignTop)
        self._none = TextLabel(ink="second").wrapped()
        self.pane = FilesPane(seat.look.faces.mono(12), self._choose)
        self.body.addWidget(self._none)
        self.body.addWidget(self.pane)
        self._show()
        self.say()

    def reload(self) -> None:
        """Read which reports there are."""
        self.seat.spawn(self._read())

    def put_away(self) -> None:
        """Let go of the reports."""
        self.reports = ()
        self._show()

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        self.drop.say(self.seat.speech.say("crashes.drop"))
        self._none.setText(self.seat.speech.say("crashes.none"))
        self._show()

    def _choose(self, name: str) -> None:
        self._chosen = name

    def _show(self) -> None:
        speech = self.seat.speech
        self._none.setVisible(not self.reports)
        self.pane.setVisible(bool(self.reports))
        self.drop.setEnabled(bool(self.reports))
        files = [
            (one.name, f"{speech.stamp(one.at)} {speech.word('part', one.part)}", one.text)
            for one in self.reports
        ]
        self.pane.show_files(files)

    async def _read(self) -> None:
        seen = await self.seat.ask(asks.ReadCrashes(), asks.CrashesSeen)
        if seen is not None:
            self.reports = seen.reports
            self._show()

    async def _drop(self) -> None:
        if self._chosen and await self.seat.do(asks.DropCrash(self._chosen)):
            await self._read()
