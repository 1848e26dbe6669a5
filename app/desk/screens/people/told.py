"""Cards that show something once: a temporary passphrase, a badge to be printed or saved."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desk.dialogs import Form, Sheet
from app.desk.parts import Button, row
from app.desk.screen import Act
from app.desk.seat import Seat
from app.desk.symbol import picture_of
from app.desk.text import TextLabel

LARGE = 720


class ToldSheet(Sheet):
    """Shows a secret until the person is done with it; gone with the card, and when locked."""

    def __init__(self, host: QWidget, seat: Seat, form: Form, secret: str, login: str = "") -> None:
        self._seat, self._secret, self._login = seat, secret, login
        self._saved = TextLabel(face="caption", ink="second").wrapped()
        super().__init__(host, seat.speech, form)

    def _content(self, away: Button) -> QVBoxLayout:
        layout = super()._content(away)
        away.hide()
        speech, mono = self._seat.speech, self._seat.look.faces.mono(16)
        secret = TextLabel(self._secret).copyable().faced(mono)
        secret.setAlignment(Qt.AlignmentFlag.AlignCenter)
        at = layout.count() - 1
        if self._login:
            told = TextLabel(f"{speech.say('people.told_login')}: {self._login}", ink="second")
            told.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.insertWidget(at, told)
            layout.insertWidget(at + 1, secret)
            layout.insertLayout(at + 2, row(1, self._button("people.copy", self._copy), 1))
            return layout
        picture = TextLabel()
        picture.setPixmap(QPixmap.fromImage(picture_of(self._secret)))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.insertWidget(at, picture)
        layout.insertWidget(at + 1, secret)
        layout.insertLayout(at + 2, row(1, self._button("people.save_picture", self._save), 1))
        layout.insertWidget(at + 3, self._saved)
        return layout

    def _button(self, word: str, act: Act) -> Button:
        button = Button("", act)
        button.say(self._seat.speech.say(word))
        return button

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._secret)

    def _save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        path = Path(folder or ".") / f"badge-{self._secret[-6:]}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture_of(self._secret, LARGE).save(str(path))
        self._saved.setText(self._seat.speech.say("people.saved", path=path.name))
