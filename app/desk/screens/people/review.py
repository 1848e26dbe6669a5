"""The review of who may do what: everybody with what they hold, when seen, and what lies unused."""

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from app.commands.staff import ReadUnused, RecordReview, Unused
from app.commands.wire import Changed
from app.desk.columns import Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.paged import ListPage
from app.desk.parts import Button, boxed, column, row
from app.desk.rows import Rows
from app.desk.screens.people.cells import StaffCells
from app.desk.seat import News, Seat
from app.desk.speech import DAY
from app.desk.text import TextLabel
from app.reads import people
from app.reads.people import ReviewRow, StaffRow

SIDES = (400, 340)
MANY = 0.5
"""A person who leaves more than this share of their rights unused is marked."""


class ReviewPage(ListPage):
    """One line a person; beside it every right of theirs that nobody used for a quarter."""

    def __init__(self, seat: Seat) -> None:
        self._cells = StaffCells(seat)
        self.unused = Unused(0, {})
        self.past: tuple[ReviewRow, ...] = ()
        plain = self._cells.columns()
        columns = (*plain, Column("unused", "people.unused_col", self._unused, 150, Kind.PILL))
        super().__init__(seat, columns, SIDES)
        self._last, self._due = TextLabel(ink="second"), TextLabel(tag="plain")
        self.record = Button("primary", lambda: seat.spawn(self._record()))
        strip = row(self._last, self._due, 1, self.record, gap=10, margins=(14, 8, 12, 8))
        self._left.insertWidget(0, boxed(strip, "headstrip"))

    async def rows(self) -> Rows:
        """Everybody who is in, what they left unused, and when it was last looked over."""
        rows = await self._seat.see(people.staff, self._seat.clock.now())
        self.past = await self._seat.see(people.reviews)
        self.unused = await self._seat.ask(ReadUnused(), Unused) or Unused(0, {})
        return tuple(row for row in rows if row.state == "active")

    def heard(self, changed: Changed) -> None:
        """Read again when somebody's account or roles changed, while it is in sight."""
        if "people" in changed.rows and self.isVisible():
            self.reload()

    def put_away(self) -> None:
        """Let go of every name."""
        self.unused, self.past = Unused(0, {}), ()
        super().put_away()

    def say(self) -> None:
        """Put the words again."""
        speech, now = self._seat.speech, self._seat.clock.now()
        self.record.say(speech.say("people.review_record"))
        every = self._seat.law.policy.review_every_days * DAY
        last = self.past[0] if self.past else None
        words = {"name": last.name, "at": speech.moment(last.at, now)} if last else {}
        self._last.setText(speech.say(f"people.review_{'last' if last else 'never'}", **words))
        due_at = last.at + every if last else now
        late = due_at <= now
        key = "people.review_overdue" if late else "people.review_due"
        self._due.setText(speech.say(key, at=speech.day(due_at, now)))
        self._due.restyle(tag="warning" if late else "plain")
        self._due.setVisible(bool(every) and last is not None)
        super().say()

    def settled(self) -> None:
        """Rows came or went: the strip above says when it was last looked over."""
        super().settled()
        self.say()

    def nothing(self) -> tuple[str, str, str]:
        """There is always somebody, once it was read."""
        say = self._seat.speech.say
        return "people", say("people.empty"), say("people.empty_text")

    def beside(self, shown: StaffRow) -> Iterable[QWidget]:
        """What a person may do, and what of it nobody used."""
        yield TextLabel(shown.name, face="headline").wrapped()
        for grant in shown.grants:
            yield TextLabel(self._cells.grant(grant), ink="second").wrapped()
        yield self._idle(shown)

    # --- inside --------------------------------------------------------------------------------

    async def _record(self) -> None:
        asked = Field("note", "people.review_note", lines=3)
        form = Form("people.review_record", "people.review_text", (asked,), "people.review_record")
        answer = await ask(self.window(), self._seat.speech, form)
        if answer is not None and await self._seat.do(RecordReview(answer["note"])):
            said = self._seat.speech.say("people.review_done")
            self._seat.news.emit(News(said, "", "good"))
            self.reload()

    def _unused(self, person: StaffRow) -> Cell:
        idle, held = len(self.unused.rights.get(person.id, ())), len(self._held(person))
        if not idle:
            return Cell("–", quiet=True)
        said = self._seat.speech.say("people.unused_n", n=idle, all=held)
        return Cell(said, tone="warning" if idle > MANY * held else "")

    def _held(self, person: StaffRow) -> set[str]:
        """The rights of a person that leave a line in the record."""
        roles = self._seat.law.roles
        names = {grant.role for grant in person.grants}
        return {name for role in names & set(roles.roles) for name in roles.roles[role].levels}

    def _idle(self, person: StaffRow) -> QWidget:
        speech = self._seat.speech
        caption = speech.say("people.unused", days=self.unused.days)
        inner = column(TextLabel(caption, face="caption", ink="third"), gap=5)
        inner.setContentsMargins(12, 10, 12, 12)
        idle = self.unused.rights.get(person.id, ())
        for right in idle:
            inner.addWidget(TextLabel(speech.word("permission", right)).wrapped())
        if not idle:
            inner.addWidget(TextLabel(speech.say("people.unused_none"), ink="second").wrapped())
        return boxed(inner, kind="card")
