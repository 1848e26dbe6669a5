"""The exceptions: what went wrong, the most urgent first, and who takes care of it."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from app.commands.cases import ClaimCase, PushAgain, Pushed, SettleCase
from app.commands.wire import Changed
from app.desk.case_cells import TONES, CaseCells, case_advice
from app.desk.dialogs import Field, Form, ask
from app.desk.listing import Listing
from app.desk.parts import Button, KeyedButton, boxed, clear, column, in_lines, row
from app.desk.rightful import rightful
from app.desk.rows import Feed, Rows, RowsModel, whole
from app.desk.screen import Act, Screen
from app.desk.seat import News, Seat
from app.desk.text import TextLabel
from app.desk.view import RowsView
from app.domain.cards import PUSHED, PUSHES
from app.reads import exceptions
from app.reads.exceptions import CaseRow

PRIORITIES = ("", "P0", "P1", "P2")
SIDE = 400
NARROW_SIDE = 330


class CasesScreen(Screen):
    """The list, and beside it the exception under the cursor in words."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("cases")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._seat = seat
        self._priority, self._mine, self._tight = "", False, False
        self._counts: dict[str, int] = {}
        self._cells = CaseCells(seat)
        self.model = RowsModel(self._cells.columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self._title, self._total = TextLabel(face="title"), TextLabel(ink="second")
        self._chips = QButtonGroup(self)
        self._mine_chip = Button("chip", self._toggle_mine)
        self._side = column(gap=12, margins=(18, 18, 18, 18))
        self._side_box = boxed(self._side, "panel")
        self._listing = Listing(seat, self.table, self._nothing)
        self._lay_out()
        self.table.moved.connect(lambda _id: self._show_side())
        self.table.opened.connect(lambda _id: self._show_side())
        self.model.settled.connect(self._settled)
        seat.speech.changed.connect(self._say)
        seat.look.changed.connect(self._say)
        self._say()

    # --- what the window asks ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list from its beginning."""
        self.model.show(self._feed())
        self._seat.spawn(self._count())

    def take_focus(self) -> None:
        """The keyboard goes to the rows."""
        self.table.setFocus()

    def open_at(self, what: str) -> None:
        """Show one exception."""
        if what.isdecimal():
            self.table.go_to(int(what))

    def shortcuts(self) -> Mapping[str, Act]:
        """Take it, settle it, open its order, push its upload again."""
        keys = {"C": self.claim, "S": self.settle, "O": self.open_order}
        return {**keys, "P": self.push_again}

    def heard(self, changed: Changed) -> None:
        """Read again when an exception changed."""
        if "cases" in changed.rows:
            self._seat.spawn(self._count())
            self.model.refresh()

    def tick(self) -> None:
        """The time moved on."""
        self.table.viewport().update()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the list on a small screen; on a very small one it stands alone."""
        self._tight = tight
        self._side_box.setVisible(not tight and self.current() is not None)
        self._side_box.setFixedWidth(NARROW_SIDE if narrow else SIDE)

    def put_away(self) -> None:
        """Let go of every exception."""
        self.model.clear()
        self._counts = {}
        self._say_counts()
        self._show_side()

    def current(self) -> CaseRow | None:
        """The exception under the cursor."""
        found = self.model.at_hand({self.table.current_id})
        return found[0] if found else None

    def claim(self) -> None:
        """Make the exception under the cursor mine."""
        case = self.current()
        if case is not None and self._seat.may("case.claim"):
            self._seat.spawn(self._seat.do(ClaimCase(case.id)))

    def settle(self) -> None:
        """Close the exception under the cursor with what was done."""
        case = self.current()
        if case is not None and self._seat.may("case.settle"):
            self._seat.spawn(self._settle(case))

    def push_again(self) -> None:
        """Try the upload of the exception under the cursor once more."""
        case = self.current()
        if case is not None and case.kind in PUSHED and self._seat.may(PUSHES):
            self._seat.spawn(self._push(case))

    def open_order(self) -> None:
        """Go to the order of the exception under the cursor."""
        case = self.current()
        if case is not None and case.order_id:
            self.wanted.emit(f"order/{case.order_id}")

    # --- inside --------------------------------------------------------------------------------

    async def _count(self) -> None:
        self._counts = await self._seat.see(exceptions.counts)
        self._say_counts()

    def _feed(self) -> Feed:
        seat, priority, mine = self._seat, self._priority, self._mine

        async def read() -> Rows:
            return await seat.see(exceptions.standing, priority, mine)

        return whole(read)

    def _lay_out(self) -> None:
        head = row(self._title, self._total, 1, gap=10, margins=(14, 0, 12, 0))
        for priority in PRIORITIES:
            chip = Button("chip")
            chip.setCheckable(True)
            chip.setChecked(not priority)
            chip.setProperty("priority", priority)
            chip.setFixedHeight(28)
            self._chips.addButton(chip)
            head.addWidget(chip)
        self._mine_chip.setCheckable(True)
        self._mine_chip.setFixedHeight(28)
        head.addWidget(self._mine_chip)
        self._chips.buttonClicked.connect(self._filter)
        strip = boxed(head, "headstrip")
        strip.setFixedHeight(46)
        left = column(strip, gap=0)
        left.addWidget(self._listing, 1)
        whole = row(gap=0)
        whole.addLayout(left, 1)
        whole.addWidget(self._side_box)
        self._side_box.setFixedWidth(SIDE)
        self.setLayout(whole)

    def _filter(self, chip: Button) -> None:
        self._priority = str(chip.property("priority"))
        self.reload()

    def _toggle_mine(self) -> None:
        self._mine = self._mine_chip.isChecked()
        self.reload()

    async def _settle(self, case: CaseRow) -> None:
        what = self._cells.title(case)
        asked = Field("reason", "sheet.settle_case_reason", lines=3, needed=True)
        form = Form(
            "sheet.settle_case", "sheet.plain", (asked,), "cases.settle", args={"what": what}
        )
        answer = await ask(self.window(), self._seat.speech, form)
        if answer is not None and await self._seat.do(SettleCase(case.id, answer["reason"])):
            said = self._seat.speech.say("done.settled", what=case.number)
            self._seat.news.emit(News(said, "", "good"))

    async def _push(self, case: CaseRow) -> None:
        told = await self._seat.ask(PushAgain(case.id), Pushed)
        if told is not None:
            word = "done.pushed" if told.again else "done.pushed_before"
            said = self._seat.speech.say(word, what=case.external_no or case.number)
            self._seat.news.emit(News(said, "", "good"))

    def _settled(self) -> None:
        self._listing.settle()
        self._say_counts()
        self._show_side()

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "calm", say("empty.cases"), say("empty.cases_text")

    def _say(self) -> None:
        say = self._seat.speech.say
        self._title.setText(say("cases.title"))
        self._mine_chip.say(say("cases.mine"))
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._say_counts()
        self._listing.say()
        self._show_side()

    def _say_counts(self) -> None:
        speech = self._seat.speech
        self._total.setText(speech.say("cases.count", n=sum(self._counts.values())))
        for chip in self._chips.buttons():
            priority = str(chip.property("priority"))
            n = self._counts.get(priority, 0)
            assert isinstance(chip, Button)  # noqa: S101 - made above
            chip.say(f"{priority} {n}" if priority else speech.say("views.all"))

    def _show_side(self) -> None:
        clear(self._side)
        case = self.current()
        self._side_box.setVisible(case is not None and not self._tight)
        if case is None:
            return
        speech = self._seat.speech
        self._side.addWidget(TextLabel(self._cells.title(case), face="headline").wrapped())
        tags = row(gap=8)
        tags.addWidget(
            TextLabel(
                f"{case.priority} · {speech.word('priority', case.priority)}",
                tag=TONES.get(case.priority, "info"),
            )
        )
        tags.addWidget(TextLabel(case.number, ink="second").faced(self._seat.look.faces.mono(12)))
        tags.addStretch(1)
        self._side.addLayout(tags)
        advice = TextLabel(case_advice(case.kind, case.args_json, speech)).wrapped()
        quiet = column(
            TextLabel(speech.say("cases.advice"), face="caption", ink="third"), advice, gap=4
        )
        quiet.setContentsMargins(12, 10, 12, 12)
        self._side.addWidget(boxed(quiet, kind="quiet"))
        self._side.addWidget(self._figures(case))
        self._side.addWidget(self._buttons(case))
        self._side.addStretch(1)

    def _figures(self, case: CaseRow) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        money = speech.money(case.amount_minor, case.currency)
        lines = (
            ("col.order", case.external_no),
            ("cases.buyer", speech.person(case.buyer_mask)),
            ("cases.shop", case.shop),
            ("col.amount", money if case.amount_minor is not None else ""),
            ("col.party", speech.word("responsible", case.party)),
            ("col.owner", case.owner or speech.say("cases.nobody")),
            ("cases.opened", speech.moment(case.opened_at, now)),
            ("col.due", speech.moment(case.due_at, now)),
        )
        layout = QVBoxLayout()
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        for word, value in lines:
            if value:
                name = TextLabel(speech.say(word), ink="second")
                name.setFixedWidth(104)
                layout.addLayout(row(name, TextLabel(value).copyable(), 1))
        return boxed(layout, kind="card")

    def _buttons(self, case: CaseRow) -> QWidget:
        make = partial(rightful, self._seat)
        made = [make(("cases.claim", "C"), "case.claim", self.claim)]
        made.append(make(("cases.settle", "S"), "case.settle", self.settle))
        if case.order_id:
            word = self._seat.speech.say("cases.open_order")
            made.insert(0, KeyedButton("primary", word, "O", self.open_order))
        if case.kind in PUSHED:
            made.insert(0, make(("cases.push_again", "P"), PUSHES, self.push_again))
        return in_lines(*made)
