"""The self-check: four signs that a shop needs its systems joined, from what the book knows."""

from PySide6.QtWidgets import QFrame, QWidget

from app.desk.parts import Dot, clear, column, row
from app.desk.screens.settings.page import SettingsPage, card
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.errors import WaydeskError
from app.reads import needs
from app.reads.needs import Sign

TONES = {True: "warning", False: "good", None: "quiet"}
WORDS = {True: "yes", False: "no", None: "unknown"}


class NeedsPage(SettingsPage):
    """Each sign with its figure, what it is held against, and what cannot be known here."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "needs")
        self.signs: tuple[Sign, ...] = ()
        self._sum = TextLabel(weight="medium").wrapped()
        self._cards = column(gap=12)
        self.body.addWidget(self._sum)
        self.body.addLayout(self._cards)
        self.say()

    def reload(self) -> None:
        """Count anew each time the page is gone to."""
        self.seat.spawn(self._count())

    def put_away(self) -> None:
        """Let go of the figures."""
        self.signs = ()
        self._show()

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        self._show()

    # --- inside --------------------------------------------------------------------------------

    async def _count(self) -> None:
        try:
            self.signs = await self.seat.see(needs.signs, self.seat.clock.now())
        except WaydeskError as error:
            self.seat.tell(error)
            return
        self._show()

    def _show(self) -> None:
        say = self.seat.speech.say
        clear(self._cards)
        shown = sum(one.shows is True for one in self.signs)
        known = sum(one.shows is not None for one in self.signs)
        total = say("needs.sum", n=shown, known=known) if self.signs else say("needs.none")
        self._sum.setText(total)
        for one in self.signs:
            self._cards.addWidget(self._card(one))

    def _card(self, one: Sign) -> QFrame:
        speech, say = self.seat.speech, self.seat.speech.say
        head = row(
            Dot(self.seat.look, TONES[one.shows]),
            TextLabel(say(f"needs.{one.name}"), weight="medium"),
            1,
            TextLabel(say(f"needs.{WORDS[one.shows]}"), ink="second"),
            gap=10,
        )
        facts = {"n": speech.count(one.n), "of": speech.count(one.of)}
        told = TextLabel(say(f"needs_told.{one.name}", **facts)).wrapped()
        why = TextLabel(say(f"needs_why.{one.name}"), face="caption", ink="second").wrapped()
        names = TextLabel(" · ".join(one.names), ink="second").wrapped()
        names.setVisible(bool(one.names))
        top = QWidget()
        top.setLayout(head)
        return card(top, told, names, why, gap=4)
