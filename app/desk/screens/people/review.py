"""The review of who may do what: everybody with what they hold, when seen, and what lies unused."""

from PySide6.QtWidgets import QScrollArea

from app.commands.staff import ReadUnused, RecordReview, Unused
from app.commands.wire import Changed
from app.desk.columns import Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.parts import Button, boxed, clear, column, row
from app.desk.rows import RowsModel, fixed
from app.desk.screen import Screen
from app.desk.screens.people.cells import StaffCells
from app.desk.seat import News, Seat
from app.desk.speech import DAY
from app.desk.text import TextLabel
from app.desk.view import RowsView
from app.reads import people
from app.reads.people import ReviewRow, StaffRow

SIDE, NARROW_SIDE = 400, 340
MANY = 0.5
"""A person who leaves more than this share of their rights unused is marked."""


class ReviewPage(Screen):
    """One line a person; beside it every right of theirs that nobody used for a quarter."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._tight = seat, False
        self._cells = StaffCells(seat)
        self.unused = Unused(0, {})
        self.past: tuple[ReviewRow, ...] = ()
        plain = self._cells.columns()
        columns = (*plain, Column("unused", "people.unused_col", self._unused, 150, Kind.PILL))
        self.model = RowsModel(columns, seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self._last, self._due = TextLabel(ink="second"), TextLabel(tag="plain")
        self.record = Button("primary", lambda: seat.spawn(self._record()))
        self._side = column(gap=10, margins=(18, 18, 18, 18))
        self._box = QScrollArea()
        self._box.setObjectName("panel")
        self._box.setWidgetResizable(True)
        self._box.setWidget(boxed(self._side, "panel"))
        self._lay_out()
        self.table.moved.connect(lambda _id: self._show_side())
        self.model.settled.connect(self._settled)

    def reload(self) -> None:
        """Read everybody, what they left unused, and when it was last looked over."""
        self._seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """Read again when somebody's account or roles changed, while it is in sight."""
        if "people" in changed.rows and self.isVisible():
            self.reload()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the list on a small screen."""
        self._tight = tight
        self._box.setFixedWidth(NARROW_SIDE if narrow else SIDE)
        self._show_side()

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.table.setFocus()

    def put_away(self) -> None:
        """Let go of every name."""
        self.unused, self.past = Unused(0, {}), ()
        self.model.clear()
        self._show_side()

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
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._show_side()

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        strip = row(self._last, self._due, 1, self.record, gap=10, margins=(14, 8, 12, 8))
        left = column(boxed(strip, "headstrip"), self.table, gap=0)
        left.setStretch(1, 1)
        self._box.setFixedWidth(SIDE)
        whole = row(gap=0)
        whole.addLayout(left, 1)
        whole.addWidget(self._box)
        self.setLayout(whole)
        self._box.hide()

    async def _read(self) -> None:
        rows = await self._seat.see(people.staff, self._seat.clock.now())
        self.past = await self._seat.see(people.reviews)
        found = await self._seat.ask(ReadUnused(), Unused)
        self.unused = found or Unused(0, {})
        self.model.show(fixed([row for row in rows if row.state == "active"]))
        self.say()

    async def _record(self) -> None:
        asked = Field("note", "people.review_note", lines=3)
        form = Form("people.review_record", "people.review_text", (asked,), "people.review_record")
        answer = await ask(self.window(), self._seat.speech, form)
        if answer is not None and await self._seat.do(RecordReview(answer["note"])):
            said = self._seat.speech.say("people.review_done")
            self._seat.news.emit(News(said, "", "good"))
            self.reload()

    def _settled(self) -> None:
        if self.model.rowCount() and self.model.place_of(self.table.current_id) < 0:
            first = self.model.row(0)
            if first is not None:
                self.table.go_to(first.id)
        self._show_side()

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

    def _show_side(self) -> None:
        clear(self._side)
        found = self.model.at_hand({self.table.current_id})
        self._box.setVisible(bool(found) and not self._tight)
        if not found:
            return
        speech, person = self._seat.speech, found[0]
        self._side.addWidget(TextLabel(person.name, face="headline").wrapped())
        for grant in person.grants:
            self._side.addWidget(TextLabel(self._cells.grant(grant), ink="second").wrapped())
        caption = speech.say("people.unused", days=self.unused.days)
        inner = column(TextLabel(caption, face="caption", ink="third"), gap=5)
        inner.setContentsMargins(12, 10, 12, 12)
        idle = self.unused.rights.get(person.id, ())
        for right in idle:
            inner.addWidget(TextLabel(speech.word("permission", right)).wrapped())
        if not idle:
            inner.addWidget(TextLabel(speech.say("people.unused_none"), ink="second").wrapped())
        self._side.addWidget(boxed(inner, kind="card"))
        self._side.addStretch(1)
