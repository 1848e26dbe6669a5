"""The strip above the screens: a demonstration, a shop that only watches, a set-up unfinished."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.commands.orders import SetPolicy
from app.desk.dialogs import Form, ask
from app.desk.parts import Button, Dot, row
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.reads import first_day

HEIGHT = 36
GO = "Ctrl+G"


class Strip(QWidget):
    """Stands there only when there is something to know. `resume` goes on with the set-up."""

    resume = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._seat = seat
        self._demo = self._unfinished = False
        self._dot, self.text = Dot(seat.look, "warning"), TextLabel(weight="medium")
        self.go, self.on = Button("link", self.ask_go), Button("link", self.resume.emit)
        self.setLayout(
            row(self._dot, self.text, 1, self.on, self.go, gap=10, margins=(16, 0, 16, 0))
        )
        seat.speech.changed.connect(self.say)
        self.hide()

    async def read(self) -> None:
        """Look what the shop is and how far its set-up came."""
        self._demo = await self._seat.reader.read(first_day.is_demo)
        standing = await self._seat.see(first_day.standing)
        left = standing.begun and not standing.end
        self._unfinished = self._seat.may("settings.edit") and left
        self.say()

    def say(self) -> None:
        """Write what is to be known; the most important of it."""
        say, watching = self._seat.speech.say, self._seat.law.policy.read_only
        self.setVisible(self._demo or watching or self._unfinished)
        key = "strip.watching" if watching else "strip.unfinished"
        self.text.setText(say("strip.demo" if self._demo else key))
        self._dot.turn("info" if self._demo else "warning")
        self.go.say(f"{say('strip.go')} ({GO})")
        self.go.setVisible(watching and self._seat.may("shop.go_live"))
        self.on.say(say("strip.resume"))
        self.on.setVisible(self._unfinished)

    def ask_go(self) -> None:
        """Ask whether the shop may go live, where this person may say so."""
        if self._seat.law.policy.read_only and self._seat.may("shop.go_live"):
            self._seat.spawn(self._go())

    async def _go(self) -> None:
        form = Form("strip.go_title", "strip.go_text", done="strip.go_done")
        answer = await ask(self.window(), self._seat.speech, form)
        if answer is not None and await self._seat.do(SetPolicy("read_only", "false")):
            self._seat.news.emit(News(self._seat.speech.say("strip.live"), "", "good"))
