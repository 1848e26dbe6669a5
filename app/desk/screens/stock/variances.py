"""The page of a month's differences: why each was, whose task it is, and what is left to do."""

from collections import Counter
from collections.abc import Iterable, Mapping

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.commands.stock_truth import ExplainVariance, FinishVariance
from app.commands.wire import Changed
from app.desk.columns import Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.paged import ListPage
from app.desk.parts import Button, boxed, column, in_lines, row
from app.desk.rightful import may, rightful
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.screens.stock.report import percent
from app.desk.seat import News, Seat
from app.desk.speech import NONE
from app.desk.text import TextLabel, plain_tip
from app.domain.spreadsheet import harmless
from app.domain.stock_truth import GOOD_PPM, VarianceCause
from app.domain.times import local, month_of
from app.reads import stock_truth
from app.reads.stock_truth import DifferenceRow, Month

RIGHT = "permission.stock.adjust"
HEADS = ("at", "sku", "product", "place", "units", "cause", "owner", "action", "due", "done")


class VariancesPage(ListPage):
    """What nobody explained stands first, then what is still to do."""

    def __init__(self, seat: Seat) -> None:
        self._back = 0
        self.all: tuple[DifferenceRow, ...] = ()
        self.sums = Month()
        super().__init__(seat, self._columns(seat))
        self._month, self._said = TextLabel(weight="medium"), TextLabel(ink="second")
        self.earlier, self.later = Button("chip", self.go_back), Button("chip", self.go_on)
        self.copy = Button("", self.copy_all)
        line = row(self.earlier, self._month, self.later, self._said, 1, self.copy, gap=10)
        line.setContentsMargins(14, 0, 12, 0)
        strip = boxed(line, "headstrip")
        strip.setFixedHeight(44)
        for button in (self.earlier, self.later, self.copy):
            button.setFixedHeight(28)
        self._left.insertWidget(0, strip)

    async def rows(self) -> Rows:
        """The differences of the month in sight."""
        span = self._span()
        self.all = await self._seat.see(stock_truth.differences, *span)
        self.sums = await self._seat.see(stock_truth.month, self._name())
        self._put_words()
        return self.all

    def heard(self, changed: Changed) -> None:
        """Read again when something was counted, reported or explained."""
        if {"stock_report", "stock"} & set(changed.rows):
            self.model.refresh()

    def nothing(self) -> tuple[str, str, str]:
        """No count of the month found anything else than the book had."""
        say = self._seat.speech.say
        return "calm", say("variance.empty"), say("variance.empty_text")

    def shortcuts(self) -> Mapping[str, Act]:
        """A month back and on, why, done, and the list for a spreadsheet."""
        return {
            "[": self.go_back,
            "]": self.go_on,
            "E": self.explain,
            "D": self.finish,
            "C": self.copy_all,
        }

    def go_back(self) -> None:
        """Show the month before."""
        self._back += 1
        self.reload()

    def go_on(self) -> None:
        """Show the month after, no further than this one."""
        self._back = max(0, self._back - 1)
        self.reload()

    def explain(self) -> None:
        """Ask why the difference under the cursor was, whose task it is and what is done."""
        shown = self.current()
        if shown is not None and may(self._seat, RIGHT):
            self._seat.spawn(self._explain(shown))

    def finish(self) -> None:
        """Ask for the result, then say that it is done."""
        shown = self.current()
        if shown is not None and shown.cause and shown.done_at is None and may(self._seat, RIGHT):
            self._seat.spawn(self._finish(shown))

    def copy_all(self) -> None:
        """Copy the month's differences with causes and actions, for a spreadsheet."""
        say = self._seat.speech.say
        head = [say(f"variance.head_{name}") for name in HEADS]
        lines = [head, *([harmless(text) for text in self._line(one)] for one in self.all)]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))
        self._seat.news.emit(News(say("truth.copied", n=len(self.all)), "", "good"))

    def say(self) -> None:
        """Put the words again."""
        super().say()
        self._put_words()

    def beside(self, shown: DifferenceRow) -> Iterable[QWidget]:
        """The difference under the cursor, and how the month's are spread over the causes."""
        yield TextLabel(f"{shown.title} · {shown.sku}", face="headline").wrapped()
        yield self._card(shown)
        yield self._causes()

    # --- inside -----------------------------------------------------------------------------------

    def _columns(self, seat: Seat) -> tuple[Column[DifferenceRow], ...]:
        say, speech = seat.speech.say, seat.speech

        def code(one: DifferenceRow) -> Cell:
            return Cell(one.title, f"{one.sku} · {one.place}", mark=one.title[:1])

        def units(one: DifferenceRow) -> Cell:
            return Cell(f"{one.units:+,}", tone="bad" if one.units < 0 else "warning")

        def cause(one: DifferenceRow) -> Cell:
            if not one.cause:
                return Cell(say("variance.none"), tone="bad")
            return Cell(say(f"variance.{one.cause}"), one.action, "good" if one.done_at else "")

        def owner(one: DifferenceRow) -> Cell:
            return Cell(one.owner or NONE, one.due, quiet=not one.owner)

        def done(one: DifferenceRow) -> Cell:
            if one.done_at is None:
                return Cell(say("variance.open") if one.cause else NONE, quiet=True)
            return Cell(speech.moment(one.done_at, seat.clock.now()), one.done_by)

        return (
            Column("code", "stopped.col_code", code, 220, Kind.TILE, grow=4),
            Column("units", "variance.head_units", units, 90, Kind.PILL, grow=1),
            Column("cause", "variance.head_cause", cause, 190, Kind.DOT, grow=4),
            Column("owner", "variance.head_owner", owner, 110, grow=1),
            Column("done", "variance.head_done", done, 110, grow=1, drop=1),
        )

    def _span(self) -> tuple[int, int]:
        return month_of(self._seat.clock.now(), self._seat.speech.zone, self._back)

    def _name(self) -> str:
        return f"{local(self._span()[0], self._seat.speech.zone):%Y-%m}"

    def _put_words(self) -> None:
        say, speech = self._seat.speech.say, self._seat.speech
        self._month.setText(self._name())
        self.earlier.say("‹")
        self.later.say("›")
        self.later.setEnabled(self._back > 0)
        plain_tip(self.earlier, say("carriers.earlier"))
        plain_tip(self.later, say("carriers.later"))
        self.copy.say(say("truth.copy"))
        unclassified = sum(not one.cause for one in self.all)
        said = say("variance.count", n=len(self.all), open=speech.count(unclassified))
        ppm = self.sums.accuracy_ppm
        if ppm is not None:
            said = f"{said} · {say('variance.accuracy', rate=percent(ppm))}"
        self._said.setText(said)
        self._said.restyle(ink="bad" if ppm is not None and ppm <= GOOD_PPM else "second")

    def _card(self, shown: DifferenceRow) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        layout = column(gap=6, margins=(12, 10, 12, 12))
        layout.addWidget(TextLabel(f"{shown.units:+,}", face="title"))
        at = speech.moment(shown.at, now)
        counted = speech.say("truth.counted_by", who=shown.counted_by or NONE, at=at)
        layout.addWidget(TextLabel(f"{shown.place} · {counted}", ink="second").wrapped())
        number = speech.say("variance.number", n=shown.number)
        layout.addWidget(TextLabel(number, face="caption", ink="third").wrapped())
        for word, text in (("cause", self._cause(shown)), ("owner", shown.owner)):
            name = TextLabel(speech.say(f"variance.head_{word}"), ink="second")
            layout.addLayout(row(name, 1, TextLabel(text or NONE)))
        if shown.action:
            layout.addWidget(TextLabel(shown.action).wrapped())
        if shown.due:
            layout.addWidget(TextLabel(speech.say("variance.until", day=shown.due), ink="second"))
        kind = "" if shown.cause else "primary"
        why = rightful(self._seat, ("variance.explain", "E"), RIGHT, self.explain, kind)
        buttons = [why]
        if shown.cause and shown.done_at is None:
            buttons.append(rightful(self._seat, ("variance.finish", "D"), RIGHT, self.finish))
        layout.addWidget(in_lines(*buttons))
        return boxed(layout, kind="card")

    def _cause(self, shown: DifferenceRow) -> str:
        return self._seat.speech.say(f"variance.{shown.cause or 'none'}")

    def _causes(self) -> QWidget:
        say = self._seat.speech.say
        layout = column(gap=6, margins=(12, 10, 12, 12))
        layout.addWidget(TextLabel(say("variance.causes"), weight="medium"))
        spread = Counter(one.cause for one in self.all)
        for cause in (*VarianceCause, ""):
            word = say(f"variance.{cause or 'none'}")
            figure = TextLabel(self._seat.speech.count(spread[cause]), weight="medium")
            layout.addLayout(row(TextLabel(word, ink="second"), 1, figure))
        return boxed(layout, kind="card")

    def _line(self, one: DifferenceRow) -> tuple[str, ...]:
        speech = self._seat.speech
        done = speech.stamp(one.done_at) if one.done_at is not None else ""
        place = (speech.stamp(one.at), one.sku, one.title, one.place, str(one.units))
        return (*place, self._cause(one), one.owner, one.action, one.due, done)

    async def _explain(self, shown: DifferenceRow) -> None:
        speech = self._seat.speech
        causes = tuple((str(one), speech.say(f"variance.{one}")) for one in VarianceCause)
        fields = (
            Field("cause", "variance.head_cause", shown.cause or causes[0][0], causes, needed=True),
            Field("owner", "variance.head_owner", shown.owner, needed=True),
            Field("reason", "variance.head_action", shown.action, lines=2, needed=True),
            Field("due", "variance.due", shown.due),
        )
        args: dict[str, str | int] = {"sku": shown.sku, "units": f"{shown.units:+,}"}
        form = Form("variance.title", "variance.text", fields, "variance.save", args=args)
        typed = await ask(self.window(), speech, form)
        if typed is not None:
            why = (typed["cause"], typed["owner"], typed["reason"], typed["due"])
            if await self._seat.do(ExplainVariance(shown.id, *why)):
                self.model.refresh()

    async def _finish(self, shown: DifferenceRow) -> None:
        speech = self._seat.speech
        args: dict[str, str | int] = {"sku": shown.sku}
        fields = (Field("reason", "variance.result", needed=True),)
        form = Form("variance.finish_title", "", fields, "variance.finish", args=args)
        typed = await ask(self.window(), speech, form)
        if typed is not None and await self._seat.do(FinishVariance(shown.id, typed["reason"])):
            self.model.refresh()
