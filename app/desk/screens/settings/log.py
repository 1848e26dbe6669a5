"""The running log: the last lines of each part, by weight and by words. It names nobody."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QButtonGroup, QLineEdit

from app.commands import running as asks
from app.desk.parts import Button, row
from app.desk.screens.settings.page import SettingsPage
from app.desk.screens.settings.reading import TextPane
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.times import local

LEVELS = ("info", "warning", "error")
PARTS = ("keeper", "desk", "press")
LIMIT = 500


class LogPage(SettingsPage):
    """Reads again with every tick while it is in sight."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "log")
        self.part, self.level = PARTS[0], LEVELS[0]
        self.parts, self.levels = QButtonGroup(self), QButtonGroup(self)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.returnPressed.connect(self.reload)
        self.text = TextPane(seat.look.faces.mono(12))
        self._none = TextLabel(ink="second")
        line = row(gap=6)
        for group, words in ((self.parts, PARTS), (self.levels, LEVELS)):
            for word in words:
                chip = Button("chip")
                chip.setCheckable(True)
                chip.setFixedHeight(28)
                chip.setChecked(word == words[0])
                chip.setProperty("word", word)
                group.addButton(chip)
                line.addWidget(chip)
            line.addSpacing(14)
        line.addWidget(self.search, 1)
        self.parts.buttonClicked.connect(lambda chip: self._choose("part", chip))
        self.levels.buttonClicked.connect(lambda chip: self._choose("level", chip))
        self.body.addLayout(line)
        self.body.addWidget(self._none)
        self.body.addWidget(self.text)
        self.say()

    def reload(self) -> None:
        """Read the last lines."""
        self.seat.spawn(self._read())

    def tick(self) -> None:
        """Follow what is written."""
        self.reload()

    def take_focus(self) -> None:
        """Begin with the words looked for."""
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Let go of what was read."""
        self.text.clear()

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        say = self.seat.speech.say
        self.search.setPlaceholderText(say("logs.search"))
        self._none.setText(say("logs.none"))
        for chip in (*self.parts.buttons(), *self.levels.buttons()):
            assert isinstance(chip, Button)  # noqa: S101 - made above
            word = str(chip.property("word"))
            chip.say(say(f"logs.part_{word}" if word in PARTS else f"logs.level_{word}"))

    # --- inside --------------------------------------------------------------------------------

    def _choose(self, what: str, chip: Button) -> None:
        setattr(self, what, str(chip.property("word")))
        self.reload()

    async def _read(self) -> None:
        command = asks.ReadLog(self.part, self.level, self.search.text(), LIMIT)
        page = await self.seat.ask(command, asks.LogPage)
        if page is None:
            return
        self._none.setVisible(not page.lines)
        self.text.setVisible(bool(page.lines))
        text = "\n".join(self._line(line) for line in page.lines)
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
            self.text.moveCursor(QTextCursor.MoveOperation.End)
            self.text.horizontalScrollBar().setValue(0)

    def _line(self, line: asks.LogLine) -> str:
        at = local(line.at, self.seat.speech.zone)
        told = f"{at:%m-%d %H:%M:%S}  {line.level:<8} {line.where}: {line.says}"
        return f"{told}  {line.more}" if line.more else told
