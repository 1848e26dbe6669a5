"""Carriers: how well each takes parcels over in a month, the worst first, and what none scanned."""

from collections.abc import Mapping

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.commands.carriers import ChooseCarriers
from app.commands.wire import Changed
from app.desk.dialogs import Field, Form, ask
from app.desk.listing import Listing
from app.desk.paged import Page
from app.desk.parts import Button, boxed, column, row
from app.desk.rows import RowsModel, fixed
from app.desk.screen import Act
from app.desk.screens.sync.carrier_cells import CarrierCells, UnscannedCells
from app.desk.seat import News, Seat
from app.desk.text import TextLabel, plain_tip
from app.desk.view import RowsView
from app.domain.times import local, month_of
from app.reads import carriers
from app.reads.carriers import CarrierRow, Chosen, Span, UnscannedRow

READ_ON = frozenset({"orders", "waybills", "carriers", "tracking"})
RIGHT = "permission.sync.schedule"
REASON = Field("reason", "sheet.reason", lines=2, needed=True)


class CarriersPage(Page):
    """A month's carriers above, the parcels of that month without a scan below."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._back = seat, 0
        self._rows: tuple[CarrierRow, ...] = ()
        self._late: tuple[UnscannedRow, ...] = ()
        self._chosen = Chosen()
        cells = CarrierCells(seat, lambda: self._chosen)
        self.model = RowsModel(cells.columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self.late = RowsModel(UnscannedCells(seat).columns(), seat.speech, seat.spawn)
        self.late_table = RowsView(self.late, seat.look)
        self._listing = Listing(seat, self.table, self._nothing)
        self._late_listing = Listing(seat, self.late_table, self._none_late)
        self._month, self._worst = TextLabel(weight="medium"), TextLabel(ink="second")
        self._late_title, self._late_total = TextLabel(weight="medium"), TextLabel(ink="second")
        self.earlier, self.later = Button("chip", self.go_back), Button("chip", self.go_on)
        self.choose, self.copy = Button("", self.pick), Button("", self.copy_list)
        self._lay_out()
        self.model.settled.connect(self._listing.settle)
        self.late.settled.connect(self._late_listing.settle)

    def reload(self) -> None:
        """Read the month in sight."""
        self._seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """Read again when parcels or accounts changed, while the page is in sight."""
        if READ_ON & set(changed.rows) and self.isVisible():
            self.reload()

    def tick(self) -> None:
        """Waits grow."""
        self.late.repaint_all()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Columns drop by themselves."""

    def take_focus(self) -> None:
        """The keyboard goes to the carriers."""
        self.table.setFocus()

    def put_away(self) -> None:
        """Let go of every number."""
        self._rows, self._late = (), ()
        self.model.clear()
        self.late.clear()

    def shortcuts(self) -> Mapping[str, Act]:
        """A month back and on, the account to take numbers from, the list for a spreadsheet."""
        return {"[": self.go_back, "]": self.go_on, "B": self.pick, "C": self.copy_list}

    def go_back(self) -> None:
        """Show the month before."""
        self._back += 1
        self.reload()

    def go_on(self) -> None:
        """Show the month after, no further than this one."""
        self._back = max(0, self._back - 1)
        self.reload()

    def pick(self) -> None:
        """Choose which account numbers are taken from, and its back-up."""
        if self._seat.may(RIGHT.removeprefix("permission.")) and self._chosen.accounts:
            self._seat.spawn(self._pick())

    def copy_list(self) -> None:
        """Copy the parcels without a scan, a line each, for a spreadsheet."""
        speech = self._seat.speech
        lines = [
            "\t".join(
                (
                    speech.word("carrier", one.carrier),
                    one.branch,
                    one.waybill_no,
                    one.external_no,
                    f"{local(one.shipped_at, speech.zone):%Y-%m-%d %H:%M}",
                )
            )
            for one in self._late
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))
            self._seat.news.emit(News(speech.say("carriers.copied", n=len(lines)), "", "good"))

    def say(self) -> None:
        """Put the words again."""
        say, speech = self._seat.speech.say, self._seat.speech
        since = self._span().since
        self._month.setText(f"{local(since, speech.zone):%Y-%m}")
        self.earlier.say("‹")
        self.later.say("›")
        plain_tip(self.earlier, say("carriers.earlier"))
        plain_tip(self.later, say("carriers.later"))
        self.later.setEnabled(self._back > 0)
        worst = carriers.worst(self._rows)
        named = "、" if speech.lang == "zh" else ", "
        names = named.join(one.branch or speech.word("carrier", one.carrier) for one in worst)
        self._worst.setText(say("carriers.worst", names=names) if worst else "")
        self.choose.say(say("carriers.choose"))
        self.copy.say(say("carriers.copy"))
        self.copy.setVisible(bool(self._late))
        may = self._seat.may(RIGHT.removeprefix("permission."))
        self.choose.setEnabled(may and bool(self._chosen.accounts))
        plain_tip(self.choose, "B" if may else say("act.no_right", right=say(RIGHT)))
        self._late_title.setText(say("carriers.unscanned"))
        self._late_total.setText(say("carriers.parcels", n=len(self._late)) if self._late else "")
        for table in (self.table, self.late_table):
            table.horizontalHeader().viewport().update()
        for model in (self.model, self.late):
            model.repaint_all()
        self._listing.say()
        self._late_listing.say()

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._worst.setMinimumWidth(0)
        head = self._strip(self.earlier, self._month, self.later, self._worst, last=self.choose)
        below = self._strip(self._late_title, self._late_total, last=self.copy)
        whole = column(head, gap=0)
        whole.addWidget(self._listing, 2)
        whole.addWidget(below)
        whole.addWidget(self._late_listing, 3)
        self.setLayout(whole)
        for button in (self.earlier, self.later, self.choose, self.copy):
            button.setFixedHeight(28)

    @staticmethod
    def _strip(*parts: QWidget, last: QWidget) -> QWidget:
        line = row(*parts, 1, last, gap=10, margins=(14, 0, 12, 0))
        strip = boxed(line, "headstrip")
        strip.setFixedHeight(44)
        return strip

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "truck", say("carriers.empty"), say("carriers.empty_text")

    def _none_late(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "calm", say("carriers.none_late"), say("carriers.none_late_text")

    def _span(self) -> Span:
        now = self._seat.clock.now()
        since, until = month_of(now, self._seat.speech.zone, self._back)
        return Span(since, until, now)

    async def _read(self) -> None:
        span = self._span()
        self._chosen = await self._seat.see(carriers.chosen)
        self._rows = await self._seat.see(carriers.standing, span)
        self._late = await self._seat.see(carriers.unscanned, span)
        self.model.show(fixed(self._rows))
        self.late.show(fixed(self._late))
        self.say()

    async def _pick(self) -> None:
        say, word = self._seat.speech.say, self._seat.speech.word
        accounts = tuple(
            (str(one.id), f"{word('carrier', one.carrier)} · {one.name}")
            for one in self._chosen.accounts
        )
        usual = self._chosen.usual or self._chosen.accounts[0].id
        nobody = (("0", say("carriers.no_backup")),)
        fields = (
            Field("usual", "carriers.usual", str(usual), accounts),
            Field("backup", "carriers.backup", str(self._chosen.backup), nobody + accounts),
            REASON,
        )
        form = Form("carriers.choose_title", "carriers.choose_text", fields, "sync.keep")
        answer = await ask(self.window(), self._seat.speech, form)
        if answer is None:
            return
        wish = ChooseCarriers(int(answer["usual"]), int(answer["backup"]), answer["reason"])
        if await self._seat.do(wish):
            self._seat.news.emit(News(say("carriers.chosen"), "", "good"))
            await self._read()
