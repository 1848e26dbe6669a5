"""The roles of one person, gathered and sent as one change, which is what a second one sees."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QWidget

from app.desk.parts import Button, boxed, column, row
from app.desk.screens.people.cells import StaffCells
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads.people import GrantRow, PlaceRow, StaffRow

EVERYWHERE = PlaceRow("everywhere", 0, "")
Save = Callable[[StaffRow, tuple[str, ...]], None]


class RolesCard(QWidget):
    """Shows what somebody holds, takes away, adds, and saves all of it together."""

    def __init__(
        self, seat: Seat, person: StaffRow, places: tuple[PlaceRow, ...], save: Save
    ) -> None:
        super().__init__()
        self._seat, self._person, self._save = seat, person, save
        self._cells = StaffCells(seat)
        self.wanted = list(person.grants)
        self.role, self.where = QComboBox(), QComboBox()
        for role in seat.law.roles.roles.values():
            if role.grantable:
                self.role.addItem(seat.speech.word("role", role.name), role.name)
        for place in (EVERYWHERE, *places):
            word = seat.speech.word("scope", place.scope)
            self.where.addItem(f"{word} {place.name}".strip(), place)
        self.add, self.save = Button("", self._add), Button("primary", self._send)
        self.add.say(seat.speech.say("people.add_role"))
        self.save.say(seat.speech.say("sheet.done"))
        self._lines = column(gap=4)
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        say = self._seat.speech.say
        may = self._seat.may("role.grant")
        inner = column(gap=8, margins=(12, 10, 12, 12))
        inner.addWidget(TextLabel(say("people.roles"), face="caption", ink="third"))
        inner.addLayout(self._lines)
        self._more = QWidget()
        more = column(gap=6)
        more.addWidget(TextLabel(say("people.roles_text"), face="caption", ink="second").wrapped())
        for word, box in (("people.role", self.role), ("people.where", self.where)):
            name = TextLabel(say(word), ink="second")
            name.setFixedWidth(64)
            line = row(name, gap=8)
            line.addWidget(box, 1)
            more.addLayout(line)
        more.addLayout(row(1, self.add, self.save))
        more.setContentsMargins(0, 6, 0, 0)
        self._more.setLayout(more)
        inner.addWidget(self._more)
        self.setLayout(column(boxed(inner, kind="card"), gap=0))
        self._more.setVisible(may and self._person.state == "active" and not self._mine)

    @property
    def _mine(self) -> bool:
        signed = self._seat.signed
        return signed is not None and signed.operator_id == self._person.id

    def _show(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for grant in self.wanted:
            self._lines.addWidget(self._line(grant))
        if not self.wanted:
            self._lines.addWidget(TextLabel(self._seat.speech.say("people.no_role"), ink="third"))
        self.save.setEnabled(tuple(self.wanted) != self._person.grants)

    def _line(self, grant: GrantRow) -> QWidget:
        text = self._cells.grant(grant)
        line = row(TextLabel(text).wrapped(), gap=6)
        line.setStretch(0, 1)
        if self._more.isVisibleTo(self):
            away = Button("ghost", lambda: self._take(grant))
            away.setIcon(self._seat.look.icon("close"))
            away.setFixedSize(26, 24)
            away.setAccessibleName(self._seat.speech.say("people.take_role", what=text))
            line.addWidget(away)
        return boxed(line)

    def _take(self, grant: GrantRow) -> None:
        self.wanted.remove(grant)
        self._show()

    def _add(self) -> None:
        place: PlaceRow = self.where.currentData()
        role = str(self.role.currentData())
        new = GrantRow(self._person.id, role, place.scope, place.id, place.name)
        if new not in self.wanted:
            self.wanted.append(new)
            self._show()

    def _send(self) -> None:
        self._save(self._person, tuple(str(grant) for grant in self.wanted))
