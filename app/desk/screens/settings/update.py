"""Versions: which one this is, and what a signed notice tells of the next. It installs nothing."""

from PySide6.QtCore import Qt

from app import __version__
from app.commands import running as asks
from app.commands.wire import Changed
from app.desk.parts import Button, boxed, clear, column
from app.desk.screens.settings.page import SettingsPage, facts
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.signed_notice import release_of
from app.reads import running
from app.reads.running import NoticeRow


class UpdatePage(SettingsPage):
    """What is known of a new version, and what should be done before it is installed."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "update")
        self.notice = NoticeRow()
        self.look = Button("", lambda: self.seat.spawn(self._look()))
        self.head.addWidget(self.look, 0, Qt.AlignmentFlag.AlignTop)
        self._card = column(gap=8, margins=(16, 12, 16, 14))
        self.body.addWidget(boxed(self._card, kind="card"))
        self.say()

    def reload(self) -> None:
        """Read what is known."""
        self.seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """Somebody looked, or labels were printed meanwhile."""
        if {"update", "settings", "prints"} & set(changed.rows):
            self.reload()

    def say(self) -> None:
        """Put every word of the page."""
        super().say()
        self.look.say(self.seat.speech.say("update.look"))
        self._show()

    def is_news(self) -> bool:
        """Whether the notice tells of a later version than this one."""
        known = self.notice.release
        return bool(known) and release_of(known) > release_of(__version__)

    # --- inside --------------------------------------------------------------------------------

    async def _look(self) -> None:
        await self.seat.do(asks.LookForUpdate())
        await self._read()

    async def _read(self) -> None:
        self.notice = await self.seat.see(running.notice)
        self._show()

    def _show(self) -> None:
        clear(self._card)
        speech, notice, now = self.seat.speech, self.notice, self.seat.clock.now()
        say, asked = speech.say, bool(self.seat.law.policy.update_url)
        self.look.setEnabled(asked and self.seat.may("settings.edit"))
        last = say("update.ago", span=speech.span(now - notice.looked_at))
        if notice.code not in {"", "ok"}:
            last = say("update.refused", span=speech.span(now - notice.looked_at), why=notice.code)
        lines = [(say("update.this"), __version__)]
        lines.append((say("update.looked"), last if notice.looked_at else say("update.never")))
        self._card.addLayout(facts(tuple(lines)))
        if not asked:
            self._card.addWidget(TextLabel(say("update.off"), ink="second").wrapped())
        elif self.is_news():
            self._tell_news()
        elif notice.looked_at:
            self._card.addWidget(TextLabel(say("update.newest"), ink="good"))

    def _tell_news(self) -> None:
        say, notice = self.seat.speech.say, self.notice
        title = TextLabel(say("update.news", release=notice.release), face="title")
        self._card.addWidget(title)
        for line in notice.changes.get(self.seat.speech.lang, ()):
            self._card.addWidget(TextLabel(f"•  {line}").wrapped())
        ready = notice.prints == 0
        key = "update.ready" if ready else "update.wait_prints"
        told = TextLabel(say(key, n=notice.prints), ink="second" if ready else "warning")
        self._card.addWidget(told.wrapped())
