"""The record: who did what, from where and why, what stood before, and whether it is true."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt

from app.commands.record import AuditPage, Place, ReadAudit
from app.desk.listing import Listing
from app.desk.parts import Button, KeyedButton, boxed, column, row
from app.desk.record_checks import RecordChecks
from app.desk.record_filters import RecordFilters, going_on
from app.desk.record_side import RecordSide
from app.desk.record_words import Entry, RecordCells, entry_of, exact_moment
from app.desk.rows import Feed, Rows, RowsModel
from app.desk.screen import Act, Screen
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.desk.view import RowsView

SIDE, NARROW_SIDE = 420, 350
PAGE = 100
NEAR = 20
"""Rows before the end of the list at which the next page is asked for."""


class RecordScreen(Screen):
    """The entries, newest first; beside them one entry, or what a verification found."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("record")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat, self._tight = seat, False
        self._entries: list[Entry] = []
        self._next: Place | None = None
        self._turn, self._searching = 0, False
        self.model = RowsModel(RecordCells(seat).columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self.filters = RecordFilters(seat, self.search)
        self.side = RecordSide(seat, self._go_to_order)
        self.checks = RecordChecks(seat, self, self.side)
        self._title, self._state = TextLabel(face="title"), TextLabel(ink="second")
        self._stop = Button("ghost", self._stop_search)
        self._listing = Listing(seat, self.table, self._nothing)
        self._buttons = row(gap=8)
        self._lay_out()
        self._wire()
        self._say()

    # --- what the window asks -----------------------------------------------------------------

    def reload(self) -> None:
        """Search again from the newest entry; another person may do other things here."""
        self._say()
        self.search()

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.table.setFocus()

    def open_at(self, what: str) -> None:
        """Search for the entries of one order, by the number people know."""
        self.filters.fill(about=what)
        self.search()

    def shortcuts(self) -> Mapping[str, Act]:
        """Verify, check a sheet, end the day, export; open the entry's order; search."""
        acts = {key: partial(self._press, right, act) for _word, key, right, act in self._acts()}
        return {**acts, "O": self.open_order, "F": self.filters.fields["who"].setFocus}

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the list on a small screen; on a very small one it stands alone."""
        self._tight = tight
        self.side.setFixedWidth(NARROW_SIDE if narrow else SIDE)
        self.side.setVisible(not tight and self.side.holds)

    def put_away(self) -> None:
        """Let go of what was read."""
        self._turn += 1
        self._entries, self._next = [], None
        self.side.clear()
        self.checks.put_away()
        self.model.show(self._feed())

    # --- what people do -----------------------------------------------------------------------

    def search(self) -> None:
        """Look for what the fields ask, from the newest entry on."""
        self._turn += 1
        self._entries, self._next, self._searching = [], None, False
        self.side.clear()
        asked = self.filters.asked()
        if asked.nothing:
            self._shown(self._turn)
            return
        self._seat.spawn(self._look(self._turn, asked.command, first=True))

    def current(self) -> Entry | None:
        """The entry under the cursor."""
        found = self.model.at_hand({self.table.current_id})
        return found[0] if found else None

    def open_order(self) -> None:
        """Go to the order of the entry under the cursor."""
        entry = self.current()
        if entry is not None and entry.line.order_id:
            self._go_to_order(entry.line.order_id)

    # --- searching ----------------------------------------------------------------------------

    async def _look(self, turn: int, question: ReadAudit, *, first: bool) -> None:
        """Look until a page is full, the beginning is reached, or somebody asks for something else.

        One question looks through so many entries; a rare word takes several.
        """
        self._searching = True
        wanted = len(self._entries) + PAGE
        while turn == self._turn and self._searching:
            page = await self._seat.ask(going_on(question, self._next), AuditPage)
            if page is None or turn != self._turn:
                break
            self._entries += [entry_of(line) for line in page.lines]
            self._next = page.next
            self._state.setText(self._told(page.looked_to))
            self._stop.setVisible(page.next is not None)
            if page.next is None or len(self._entries) >= wanted:
                break
        if turn == self._turn:
            self._searching = False
            self._shown(turn, first=first)

    def _shown(self, turn: int, *, first: bool = True) -> None:
        if turn != self._turn:
            return
        self._stop.hide()
        if first:
            self.model.show(self._feed())
        else:
            self.model.refresh()
        self._say_state()

    def _feed(self) -> Feed:
        entries = self._entries

        async def count() -> int:
            return len(entries)

        async def page(offset: int, limit: int, _before: Entry | None) -> Rows:
            return tuple(entries[offset : offset + limit])

        return Feed(count, page)

    def _near_end(self) -> None:
        """Read on when the end of the list comes into sight."""
        _first, last = self.table.seen()
        more = self._next is not None and not self._searching and self._entries
        if more and last >= len(self._entries) - NEAR:
            question = self.filters.asked().command
            self._seat.spawn(self._look(self._turn, question, first=False))

    def _stop_search(self) -> None:
        self._searching = False

    def _told(self, looked_to: int) -> str:
        day = exact_moment(self._seat.speech, looked_to)[:10] if looked_to else ""
        return self._seat.speech.say("record.looking", day=day)

    def _go_to_order(self, order_id: int) -> None:
        self.wanted.emit(f"order/{order_id}")

    # --- what is shown ------------------------------------------------------------------------

    def _acts(self) -> tuple[tuple[str, str, str, Callable[[], None]], ...]:
        return (
            ("record.verify", "V", "permission.audit.verify", self.checks.verify),
            ("record.check_sheet", "K", "permission.audit.verify", self.checks.check_sheet),
            ("record.sheet", "D", "permission.audit.read", self.checks.make_sheet),
            ("record.export", "E", "permission.audit.export", self.checks.export),
            ("record.mail", "M", "permission.channel.connect", self.checks.daily_mail),
        )

    def _press(self, right: str, act: Act) -> None:
        if self._may(right):
            act()

    def _may(self, right: str) -> bool:
        return self._seat.may(right.removeprefix("permission."))

    def _lay_out(self) -> None:
        head = row(self._title, self._state, self._stop, 1, gap=10, margins=(14, 0, 12, 0))
        head.addLayout(self._buttons)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(46)
        left = column(strip, self.checks.work.frame, self.filters, gap=0)
        left.addWidget(self._listing, 1)
        whole = row(gap=0)
        whole.addLayout(left, 1)
        whole.addWidget(self.side)
        self.side.setFixedWidth(SIDE)
        self.side.hide()
        self._stop.hide()
        self.setLayout(whole)

    def _wire(self) -> None:
        self.table.moved.connect(lambda _id: self._show_side())
        self.table.opened.connect(lambda _id: self._show_side())
        self.table.verticalScrollBar().valueChanged.connect(lambda _at: self._near_end())
        self.model.settled.connect(self._settled)
        self._seat.speech.changed.connect(self._say)
        self._seat.look.changed.connect(self._say)

    def _settled(self) -> None:
        self._listing.settle()
        self._show_side()

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "search", say("empty.record"), say("empty.record_text")

    def _show_side(self) -> None:
        entry = self.current()
        if entry is not None:
            self.side.show_entry(entry.line)
        self.side.setVisible(not self._tight and self.side.holds)

    def _say(self) -> None:
        say = self._seat.speech.say
        self._title.setText(say("nav.record"))
        self._stop.say(say("working.stop"))
        self.filters.say()
        self.checks.say()
        while (item := self._buttons.takeAt(0)) is not None:
            held = item.widget()
            if held is not None:
                held.deleteLater()
        for word, key, right, act in self._acts():
            allowed = self._may(right)
            button = KeyedButton(
                "" if allowed else "locked", say(word), key, act if allowed else None
            )
            button.setEnabled(allowed)
            self._buttons.addWidget(button)
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._say_state()
        self._listing.say()
        self._show_side()

    def _say_state(self) -> None:
        speech = self._seat.speech
        word = "record.count_more" if self._next is not None else "record.count"
        self._state.setText(speech.say(word, n=speech.count(len(self._entries))))
