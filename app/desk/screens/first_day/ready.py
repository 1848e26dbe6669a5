"""The end of the first day: what stands, what was left for later, and what happens now."""

from PySide6.QtWidgets import QVBoxLayout

from app.commands.founding import KeepStep
from app.desk.parts import Dot, boxed, clear, column, row
from app.desk.screens.first_day.page import Draft, Page
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads import first_day
from app.reads.first_day import Standing

TOLD = ("kit", "warehouse", "sender", "printer", "shop", "stock", "carrier")


class ReadyPage(Page):
    """A list of what was done, and that nothing leaves until the owner says go."""

    def __init__(self, seat: Seat, draft: Draft) -> None:
        super().__init__(seat, draft)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._watching = TextLabel().wrapped()
        self._next = TextLabel(ink="second").wrapped()
        quiet = column(self._watching, self._next, gap=6, margins=(14, 12, 14, 12))
        whole = column(gap=16)
        whole.addLayout(self._list)
        whole.addWidget(boxed(quiet, kind="quiet"))
        whole.addStretch(1)
        self.setLayout(whole)
        self._standing = Standing()
        self.say()

    def begin(self) -> None:
        """Read how far the shop is."""
        self.seat.spawn(self._read())

    def say(self) -> None:
        """Write the list."""
        say = self.seat.speech.say
        clear(self._list)
        for step in TOLD:
            done = getattr(self._standing, step)
            dot = Dot(self.seat.look, "good" if done else "warning")
            word = say("first.done" if done else "first.later_word")
            self._list.addLayout(
                row(dot, TextLabel(say(f"first.step_{step}")), 1, TextLabel(word, ink="second"))
            )
        for note in self.draft.notes:
            title, remedy = self.seat.speech.refusal(note, {})
            self._list.addWidget(TextLabel(f"{title} {remedy}", ink="warning").wrapped())
        self._watching.setText(say("first.watching"))
        self._next.setText(say("first.next"))

    async def finish(self) -> bool:
        """The first day is over; what was left for later stands on the board's strip."""
        return await self.seat.do(KeepStep("end", "done"))

    async def _read(self) -> None:
        self._standing = await self.seat.see(first_day.standing)
        self.say()
