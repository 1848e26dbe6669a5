"""The keys of shops and carriers: how old they are, and new ones put in or unused ones dropped."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.desk.connection_keys import Deed, KeyDeeds, Keyed
from app.desk.parts import Button, boxed, clear, column, row, rule
from app.desk.screens.settings.page import SettingsPage
from app.desk.text import TextLabel
from app.reads.credentials import CredentialRow


class ConnectionsCard(QFrame):
    """One line a connection, oldest keys first."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._page, self._seat = page, page.seat
        self._keys = KeyDeeds(page.seat, page)
        self.rows: tuple[CredentialRow, ...] = ()
        self._about = TextLabel(ink="second").wrapped()
        self._list = column(gap=0)
        layout = column(self._about, gap=6, margins=(16, 12, 16, 10))
        layout.addLayout(self._list)
        self.setLayout(layout)

    def show_rows(self, rows: tuple[CredentialRow, ...]) -> None:
        """Show these connections."""
        self.rows = rows
        self.say()

    def say(self) -> None:
        """Put its words; ages grow."""
        say = self._seat.speech.say
        key = "privacy.connections_about" if self.rows else "privacy.connections_none"
        self._about.setText(say(key, days=self._seat.law.policy.key_days))
        clear(self._list)
        for at, one in enumerate(self.rows):
            if at:
                self._list.addWidget(rule())
            self._list.addWidget(self._line(one))

    # --- inside --------------------------------------------------------------------------------

    def _line(self, one: CredentialRow) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        name = TextLabel(f"{one.name} · {self._called(one)}", weight="medium")
        used = speech.moment(one.used_at, now) if one.used_at else speech.say("privacy.never")
        good = speech.moment(one.good_at, now) if one.good_at else speech.say("privacy.never")
        told = speech.say("privacy.used", days=one.days_old(now), used=used, good=good)
        line = row(boxed(column(name, TextLabel(told, ink="second"), gap=2)), 1, gap=10)
        line.setContentsMargins(0, 8, 0, 8)
        for word, tone in self._marks(one, now):
            mark = TextLabel(speech.say(word), tag=tone)
            line.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        renew = Button("ghost", partial(self._begin, self._keys.renew, one))
        renew.say(speech.say("privacy.renew"))
        line.addWidget(renew)
        if one.state != "off":
            retire = Button("ghost", partial(self._begin, self._keys.retire, one))
            retire.say(speech.say("privacy.retire"))
            line.addWidget(retire)
        widget = QWidget()
        widget.setLayout(line)
        return widget

    def _marks(self, one: CredentialRow, now: int) -> list[tuple[str, str]]:
        if one.state == "off":
            return [("privacy.mark_off", "plain")]
        marks = []
        if one.days_old(now) >= self._seat.law.policy.key_days:
            marks.append(("privacy.mark_old", "warning"))
        if one.is_idle(now):
            marks.append(("privacy.mark_idle", "info"))
        return marks

    def _called(self, one: CredentialRow) -> str:
        key = f"connection.{one.platform}"
        words = self._seat.speech.words
        return self._seat.speech.say(key) if words.has(key) else one.platform

    def _begin(self, deed: Deed, one: CredentialRow) -> None:
        self._seat.spawn(self._do(deed, one))

    async def _do(self, deed: Deed, one: CredentialRow) -> None:
        if await deed(Keyed(one.kind, one.owner_id, one.platform, one.name)):
            self._page.reload()
