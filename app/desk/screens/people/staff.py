"""The list of staff, and beside it the person under the cursor with what can be done."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QScrollArea, QWidget

from app.commands.wire import Changed
from app.desk.listing import Listing
from app.desk.parts import Button, Flow, boxed, clear, column, row
from app.desk.rows import Feed, Rows, RowsModel
from app.desk.screen import Screen
from app.desk.screens.people.cells import StaffCells
from app.desk.screens.people.deeds import Deeds
from app.desk.screens.people.roles import RolesCard
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.desk.view import RowsView
from app.reads import people
from app.reads.people import PlaceRow, StaffRow

SIDE, NARROW_SIDE = 400, 340
ACTIVE = "active"
Begin = Callable[[], Coroutine[Any, Any, None]]


class StaffPage(Screen):
    """Everybody in one list; those who have left stand behind those who are in."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._tight = seat, False
        self.cells, self.deeds = StaffCells(seat), Deeds(seat, self)
        self.model = RowsModel(self.cells.columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self.places: tuple[PlaceRow, ...] = ()
        self.roles_card: RolesCard | None = None
        self._side = column(gap=12, margins=(18, 18, 18, 18))
        self._area = QScrollArea()
        self._listing = Listing(seat, self.table, self._nothing)
        self._lay_out()
        self.table.moved.connect(lambda _id: self.show_side())
        self.table.opened.connect(lambda _id: self.show_side())
        self.model.settled.connect(self._settled)

    def reload(self) -> None:
        """Read the list from its beginning."""
        self.model.show(self._feed())

    def heard(self, changed: Changed) -> None:
        """Read again when somebody's account, roles or sessions changed."""
        if {"people", "sessions"} & set(changed.rows):
            self.model.refresh()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the list on a small screen; on a very small one it stands alone."""
        self._tight = tight
        self._area.setFixedWidth(NARROW_SIDE if narrow else SIDE)
        self.show_side()

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.table.setFocus()

    def put_away(self) -> None:
        """Let go of every name."""
        self.places = ()
        self.model.clear()
        self.show_side()

    def say(self) -> None:
        """Put the words again."""
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._listing.say()
        self.show_side()

    def current(self) -> StaffRow | None:
        """The person under the cursor."""
        found = self.model.at_hand({self.table.current_id})
        return found[0] if found else None

    def add(self) -> None:
        """Add somebody, and go to them."""
        self._seat.spawn(self._add())

    def show_side(self) -> None:
        """Show the person under the cursor beside the list."""
        clear(self._side)
        person, self.roles_card = self.current(), None
        self._area.setVisible(person is not None and not self._tight)
        if person is None:
            return
        self._side.addWidget(TextLabel(person.name, face="headline").wrapped())
        standing = self.cells.standing(person)
        tag = TextLabel(standing.text, tag=standing.tone or "plain")
        self._side.addLayout(row(tag, 1))
        self._side.addWidget(self._facts(person))
        self.roles_card = RolesCard(self._seat, person, self.places, self._save_roles)
        self._side.addWidget(self.roles_card)
        self._side.addWidget(self._buttons(person))
        self._side.addStretch(1)

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setObjectName("panel")
        self._area.setWidget(boxed(self._side, "panel"))
        self._area.setFixedWidth(SIDE)
        whole = row(gap=0)
        whole.addWidget(self._listing, 1)
        whole.addWidget(self._area)
        self.setLayout(whole)
        self._area.hide()

    def _feed(self) -> Feed:
        seat = self._seat
        kept: list[Rows] = []

        async def count() -> int:
            self.places = await seat.see(people.places)
            kept[:] = [await seat.see(people.staff, seat.clock.now())]
            return len(kept[0])

        async def page(offset: int, limit: int, _before: StaffRow | None) -> Rows:
            return kept[0][offset : offset + limit] if kept else ()

        return Feed(count, page)

    def _settled(self) -> None:
        self._listing.settle()
        self.show_side()

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "people", say("people.empty"), say("people.empty_text")

    def _facts(self, person: StaffRow) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        both = ("both", "badge", "pin", "none")
        quick = both[(not person.pin) + 2 * (not person.badge)]
        lines = (
            ("people.login", person.login),
            ("people.seen", speech.moment(person.seen_at, now)),
            ("people.quick", speech.say(f"people.quick_{quick}")),
            ("people.left_on", speech.moment(person.left_at, now) if person.left_at else ""),
        )
        layout = column(gap=6, margins=(12, 10, 12, 10))
        for word, value in lines:
            if value:
                name = TextLabel(speech.say(word), ink="second")
                name.setFixedWidth(112)
                layout.addLayout(row(name, TextLabel(value).copyable(), 1))
        return boxed(layout, kind="card")

    def _buttons(self, person: StaffRow) -> QWidget:
        flow, deeds = Flow(8), self.deeds
        if person.state != ACTIVE:
            flow.addWidget(self._button("people.back", lambda: deeds.back(person), "primary"))
        else:
            flow.addWidget(self._button("people.reset", lambda: deeds.reset(person)))
            flow.addWidget(self._button("people.badge", lambda: deeds.badge(person)))
            if person.pin or person.badge:
                flow.addWidget(self._button("people.drop", lambda: deeds.drop(person)))
            if person.factor:
                flow.addWidget(self._button("people.factor", lambda: deeds.factor(person)))
            flow.addWidget(self._button("people.rename", lambda: deeds.rename(person)))
            flow.addWidget(self._button("people.left", lambda: deeds.left(person), "danger"))
        holder = QWidget()
        holder.setLayout(flow)
        return holder

    def _button(self, word: str, begin: Begin, kind: str = "") -> Button:
        button = Button(kind, lambda: self._seat.spawn(begin()))
        button.say(self._seat.speech.say(word))
        return button

    def _save_roles(self, person: StaffRow, wanted: tuple[str, ...]) -> None:
        self._seat.spawn(self._set_roles(person, wanted))

    async def _set_roles(self, person: StaffRow, wanted: tuple[str, ...]) -> None:
        await self.deeds.roles(person, wanted)

    async def _add(self) -> None:
        added = await self.deeds.add()
        if added:
            self.table.current_id = added
            self.reload()
