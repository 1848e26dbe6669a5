"""The departments: some shops under one name, for which people have roles."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from app.commands.people import Created
from app.commands.staff import (
    AddDepartment,
    RemoveDepartment,
    RenameDepartment,
    SetDepartmentShops,
)
from app.commands.wire import Changed
from app.desk.dialogs import Field, Form, ask
from app.desk.paged import Page
from app.desk.parts import Button, boxed, clear, column, empty_state, in_lines, row
from app.desk.screen import Act
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.reads import house, people
from app.reads.house import ShopRow
from app.reads.people import DepartmentRow


class DepartmentsPage(Page):
    """A card for each department; its shops are ticked on it and sent as one change."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self.rows: tuple[DepartmentRow, ...] = ()
        self.shops: tuple[ShopRow, ...] = ()
        self._cards = column(gap=12, margins=(18, 16, 18, 16))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(boxed(self._cards, "ground"))
        self.setLayout(column(area, gap=0))

    def reload(self) -> None:
        """Read the departments and the shops there are."""
        self._seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """Read again when people or shops changed."""
        if {"people", "channels"} & set(changed.rows):
            self.reload()

    def put_away(self) -> None:
        """Let go of every name."""
        self.rows, self.shops = (), ()
        clear(self._cards)

    def add(self) -> None:
        """Add a department."""
        self._seat.spawn(self._add())

    def shortcuts(self) -> Mapping[str, Act]:
        """Add one."""
        return {"N": self.add}

    def say(self) -> None:
        """Draw the cards again."""
        clear(self._cards)
        if not self.rows:
            say = self._seat.speech.say
            words = (say("people.dep_empty"), say("people.dep_empty_text"))
            self._cards.addWidget(empty_state(self._seat.look, "people", *words), 1)
            return
        for department in self.rows:
            self._cards.addWidget(self._card(department))
        self._cards.addStretch(1)

    # --- inside --------------------------------------------------------------------------------

    async def _read(self) -> None:
        self.rows = await self._seat.see(people.departments)
        self.shops = await self._seat.see(house.shops_seen)
        self.say()

    def _card(self, department: DepartmentRow) -> QWidget:
        speech = self._seat.speech
        head = row(TextLabel(department.name, face="title"), gap=10)
        people_in = TextLabel(speech.say("people.dep_people", n=department.people), tag="plain")
        head.addWidget(people_in, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        shops = self._button("people.dep_shops", lambda: self._seat.spawn(self._shops(department)))
        shops.setEnabled(self._seat.may("role.grant"))
        head.addWidget(shops)
        head.addWidget(
            self._button("people.rename", lambda: self._seat.spawn(self._rename(department)))
        )
        remove = self._button(
            "people.dep_remove", lambda: self._seat.spawn(self._remove(department)), "danger"
        )
        remove.setEnabled(not department.people)
        head.addWidget(remove)
        names = {shop.id: shop.name for shop in self.shops}
        tags = (TextLabel(names.get(pk, ""), tag="info") for pk in department.shops)
        holder = in_lines(*tags, gap=6)
        none = TextLabel(speech.say("people.dep_no_shop"), ink="warning").wrapped()
        layout = column(gap=10, margins=(16, 12, 16, 14))
        layout.addLayout(head)
        layout.addWidget(holder if department.shops else none)
        return boxed(layout, kind="card")

    def _button(self, word: str, pressed: Act, kind: str = "") -> Button:
        button = Button(kind, pressed)
        button.say(self._seat.speech.say(word))
        return button

    async def _add(self) -> None:
        asked = Field("name", "people.name", needed=True)
        answer = await self._asked(Form("people.dep_add", fields=(asked,)))
        if answer is not None:
            await self._seat.ask(AddDepartment(answer["name"]), Created)

    async def _rename(self, department: DepartmentRow) -> None:
        asked = Field("name", "people.name", department.name, needed=True)
        answer = await self._asked(Form("people.rename", fields=(asked,)))
        if answer is not None:
            await self._seat.do(RenameDepartment(department.id, answer["name"]))

    async def _shops(self, department: DepartmentRow) -> None:
        options = tuple((str(shop.id), shop.name) for shop in self.shops)
        chosen = ",".join(str(pk) for pk in department.shops)
        fields = (
            Field("shops", "people.dep_shops", chosen, options, many=True),
            Field("reason", "people.reason", lines=2, needed=True),
        )
        form = Form("people.dep_shops_of", fields=fields, args={"name": department.name})
        answer = await self._asked(form)
        if answer is not None:
            wanted = tuple(int(pk) for pk in answer["shops"].split(",") if pk)
            await self._seat.do(SetDepartmentShops(department.id, wanted, answer["reason"]))

    async def _remove(self, department: DepartmentRow) -> None:
        args: dict[str, str | int] = {"name": department.name}
        form = Form("people.dep_remove_text", "", (), "people.dep_remove", "danger", args)
        if await self._asked(form) is not None:
            await self._seat.do(RemoveDepartment(department.id))

    async def _asked(self, form: Form) -> dict[str, str] | None:
        return await ask(self.window(), self._seat.speech, form)
