"""Bringing a shop back on a new computer: a backup, the recovery kit off its paper, and no more.

Also where the data can no longer be opened. Reusable: the set-up links here, and the safe start.
"""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from app.desk import errand
from app.desk.choices import Choices
from app.desk.parts import Button, boxed, column, row
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors import BadValue, WaydeskError
from app.domain.recovery_kit import open_with_kit
from app.process.errand import Answers

WIDTH = 560
LEAST = 8


class RestoreScreen(QWidget):
    """Asks for the backup, the kit and a new passphrase; says what is wrong while it is typed."""

    left = Signal()
    """The person went back, or the shop is there again and somebody may sign in."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self._busy = seat, False
        self._words: dict[str, TextLabel] = {
            name: TextLabel(face="caption", ink="second") for name in ("file", "kit", "pass")
        }
        self._title, self._text = TextLabel(face="display"), TextLabel(ink="second").wrapped()
        self.file, self.browse = QLineEdit(), Button("", self._browse)
        self.kit, self.kit_state = QPlainTextEdit(), TextLabel(face="caption", ink="third")
        self.passphrase = QLineEdit()
        self._hint = TextLabel(face="caption", ink="third").wrapped()
        self.told, self.remedy = TextLabel(weight="medium").wrapped(), TextLabel().wrapped()
        self.go = Button("primary", self._restore)
        self.back = Button("ghost", self.left.emit)
        self._lay_out()
        self.file.textChanged.connect(lambda _text: self._judge())
        self.passphrase.textChanged.connect(lambda _text: self._judge())
        self.kit.textChanged.connect(self._judge)
        seat.speech.changed.connect(self._say)
        self._tell("", "", "")
        self._say()

    def take_focus(self) -> None:
        """Begin with the backup."""
        self.file.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape and not self._busy:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.kit.setFixedHeight(64)
        self.kit.setTabChangesFocus(True)
        self.kit.setFont(self._seat.look.faces.mono(14))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        for line in (self.file, self.passphrase, self.go, self.browse):
            line.setMinimumHeight(34)
        card = column(self._title, self._text, gap=8, margins=(28, 24, 28, 22))
        card.addSpacing(6)
        card.addWidget(self._words["file"])
        card.addLayout(row(self.file, self.browse))
        kit: tuple[QWidget, ...] = (self._words["kit"], self.kit, self.kit_state)
        for part in kit:
            card.addWidget(part)
        rest = (self._words["pass"], self.passphrase, self._hint, self.told, self.remedy)
        for part in rest:
            card.addWidget(part)
        card.addSpacing(4)
        card.addLayout(row(self.back, 1, self.go))
        self._center(boxed(card, kind="sheet"))

    def _center(self, frame: QWidget) -> None:
        frame.setFixedWidth(WIDTH)
        whole = column(margins=(24, 12, 24, 12))
        whole.addLayout(row(1, Choices(self._seat)))
        whole.addStretch(2)
        whole.addLayout(row(1, frame, 1))
        whole.addStretch(3)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(boxed(whole))
        self.setLayout(column(area, gap=0))

    def _say(self) -> None:
        say = self._seat.speech.say
        self._title.setText(say("restore.title"))
        self._text.setText(say("restore.text"))
        for name, label in self._words.items():
            label.setText(say(f"restore.word_{name}"))
        self.browse.say(say("restore.browse"))
        self._hint.setText(say("restore.hint_pass"))
        self.go.say(say("restore.go"))
        self.back.say(say("restore.back"))
        self._judge()

    def _judge(self) -> None:
        """Say which group of the kit is wrong before anything is tried."""
        kit, say = self.kit.toPlainText(), self._seat.speech.say
        state, ink, whole = "", "third", False
        if kit.strip():
            try:
                open_with_kit(kit)
            except BadValue as no:
                found = str(no.details.get("value", ""))
                slip = found.startswith("#")
                args = {"n": found[1:]} if slip else {"found": found}
                state = say("restore.kit_slip" if slip else "restore.kit_short", **args)
                ink = "bad" if slip or found == "kit" else "third"
            else:
                state, ink, whole = say("restore.kit_whole"), "good", True
        self.kit_state.setText(state)
        self.kit_state.restyle(ink=ink)
        typed = self.passphrase.text()
        fit = whole and bool(self.file.text().strip()) and (not typed or len(typed) >= LEAST)
        self.go.setEnabled(fit and not self._busy)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._seat.speech.say("restore.word_file"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("book-*.db")
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()

    def _restore(self) -> None:
        self._busy = True
        self._judge()
        self._tell(self._seat.speech.say("restore.busy"), "", "info")
        self._seat.spawn(self._bring_back())

    async def _bring_back(self) -> None:
        seat = self._seat
        backup = Path(self.file.text().strip())
        answers = Answers(self.kit.toPlainText(), self.passphrase.text())
        try:
            await seat.link.pause()
            await errand.restore(seat.folder, backup, answers)
        except WaydeskError as no:
            title, remedy = seat.speech.error(no)
            self._tell(title, remedy, "bad")
        else:
            self.kit.clear()
            self._tell(seat.speech.say("restore.done_here"), "", "good")
            self.back.say(seat.speech.say("restore.sign_in"))
            self.back.setFocus()
        finally:
            self._busy = False
            await seat.reader.reopen()
            seat.link.resume()
            self._judge()

    def _tell(self, title: str, remedy: str, ink: str) -> None:
        self.told.setText(title)
        self.told.restyle(ink=ink)
        self.remedy.setText(remedy)
        self.told.setVisible(bool(title))
        self.remedy.setVisible(bool(remedy))
