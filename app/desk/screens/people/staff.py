"""The list of staff, and beside it the person under the cursor with what can be done."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from app.commands.wire import Changed
from app.desk.paged import ListPage
from app.desk.parts import Button, boxed, column, in_lines, row
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.screens.people.cells import StaffCells
from app.desk.screens.people.deeds import Deeds
from app.desk.screens.people.roles import RolesCard
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads import people
from app.reads.people import PlaceRow, StaffRow

SIDES = (400, 340)
ACTIVE = "active"
Begin = Callable[[], Coroutine[Any, Any, None]]


class StaffPage(ListPage):
    """Everybody in one list; those who have left stand behind those who are in."""

    def __init__(self, seat: Seat) -> None:
        self.cells, self.deeds = StaffCells(seat), Deeds(seat, self)
        self.places: tuple[PlaceRow, ...] = ()
        self.roles_card: RolesCard | None = None
        super().__init__(seat, self.cells.columns(), SIDES)

    def heard(self, changed: Changed) -> None:
        """Read again when somebody's account, roles or sessions changed."""
        if {"people", "sessions"} & set(changed.rows):
            self.model.refresh()

    def put_away(self) -> None:
        """Let go of every name."""
        self.places = ()
        super().put_away()

    def shortcuts(self) -> Mapping[str, Act]:
        """Add somebody."""
        return {"N": self.add}

    def add(self) -> None:
        """Add somebody, and go to them."""
        self._seat.spawn(self._add())

    async def rows(self) -> Rows:
        """Everybody, and the places they can have a role for."""
        self.places = await self._seat.see(people.places)
        return await self._seat.see(people.staff, self._seat.clock.now())

    def nothing(self) -> tuple[str, str, str]:
        """There is always somebody, once it was read."""
        say = self._seat.speech.say
        return "people", say("people.empty"), say("people.empty_text")

    def beside(self, shown: StaffRow) -> Iterable[QWidget]:
        """The person under the cursor: how they stand, their roles, what can be done."""
        yield TextLabel(shown.name, face="headline").wrapped()
        standing = self.cells.standing(shown)
        yield boxed(row(TextLabel(standing.text, tag=standing.tone or "plain"), 1))
        yield self._facts(shown)
        self.roles_card = RolesCard(self._seat, shown, self.places, self._save_roles)
        yield self.roles_card
        yield self._buttons(shown)

    # --- inside --------------------------------------------------------------------------------

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
        make, deeds = self._button, self.deeds
        if person.state != ACTIVE:
            return in_lines(make("people.back", lambda: deeds.back(person), "primary"))
        made = [
            make("people.reset", lambda: deeds.reset(person)),
            make("people.badge", lambda: deeds.badge(person)),
        ]
        if person.pin or person.badge:
            made.append(make("people.drop", lambda: deeds.drop(person)))
        if person.factor:
            made.append(make("people.factor", lambda: deeds.factor(person)))
        made.append(make("people.rename", lambda: deeds.rename(person)))
        made.append(make("people.left", lambda: deeds.left(person), "danger"))
        return in_lines(*made)

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
