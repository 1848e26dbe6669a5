"""The page of daily reports: how true the figures were, and which counts found otherwise."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.commands.wire import Changed
from app.desk.columns import Cell, Column, Kind
from app.desk.paged import ListPage
from app.desk.parts import KeyedButton, boxed, column, in_lines, row
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.seat import News, Seat
from app.desk.speech import NONE
from app.desk.text import TextLabel
from app.domain.spreadsheet import harmless
from app.domain.stock_truth import GOOD_PPM
from app.domain.times import day_start
from app.reads import stock_truth
from app.reads.stock_truth import DayRow, DifferenceRow

MOST_SHOWN = 20


def percent(ppm: int) -> str:
    """A share in millionths as it is shown, never rounded up."""
    return f"{ppm // 10 / 1000:.3f} %"


def rate(part: int, whole: int) -> int:
    """A share in millionths, rounded up: what must be zero never reads as zero while it is not."""
    return -(-part * 1_000_000 // whole) if whole else 0


class ReportPage(ListPage):
    """A line for each day, also where nothing differed."""

    def __init__(self, seat: Seat) -> None:
        self._of = ""
        self.all: tuple[DayRow, ...] = ()
        self.differences: tuple[DifferenceRow, ...] = ()
        super().__init__(seat, self._columns(seat))

    async def rows(self) -> Rows:
        """The reports."""
        self.all = await self._seat.see(stock_truth.days)
        return self.all

    def heard(self, changed: Changed) -> None:
        """Read again when a report was made or a difference explained."""
        if {"stock_report"} & set(changed.rows):
            self._of = ""
            self.model.refresh()

    def nothing(self) -> tuple[str, str, str]:
        """No night has passed yet."""
        say = self._seat.speech.say
        return "calm", say("truth.empty"), say("truth.empty_text")

    def shortcuts(self) -> Mapping[str, Act]:
        """The reports for a spreadsheet."""
        return {"C": self.copy_all}

    def moved(self) -> None:
        """Another day: read which counts found otherwise."""
        self.show_side()
        shown = self.current()
        if shown is not None and shown.day != self._of:
            self._of = shown.day
            self._seat.spawn(self._read(shown.day))

    def copy_all(self) -> None:
        """Copy the reports, a line each with its heading, for a spreadsheet."""
        say = self._seat.speech.say
        head = [say(f"truth.{name}") for name in HEADS]
        lines = [head, *([harmless(text) for text in _line(one)] for one in self.all)]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))
        self._seat.news.emit(News(say("truth.copied", n=len(self.all)), "", "good"))

    def beside(self, shown: DayRow) -> Iterable[QWidget]:
        """The day under the cursor."""
        yield TextLabel(shown.day, face="headline")
        yield self._figures(shown)
        if shown.day == self._of:
            yield self._differences()
        copy = KeyedButton("", self._seat.speech.say("truth.copy"), "C", self.copy_all)
        yield in_lines(copy)

    # --- inside -----------------------------------------------------------------------------------

    def _columns(self, seat: Seat) -> tuple[Column[DayRow], ...]:
        say, count = seat.speech.say, seat.speech.count

        def accuracy(one: DayRow) -> Cell:
            if one.accuracy_ppm is None:
                return Cell(say("truth.not_counted"), quiet=True)
            good = one.accuracy_ppm > GOOD_PPM
            return Cell(percent(one.accuracy_ppm), tone="good" if good else "bad")

        def differences(one: DayRow) -> Cell:
            return Cell(count(one.differences), say("truth.of_counts", n=count(one.counts)))

        def oversold(one: DayRow) -> Cell:
            tone = "bad" if one.oversold else "good"
            return Cell(percent(rate(one.oversold, one.orders_in)), tone=tone)

        def unmatched(one: DayRow) -> Cell:
            return Cell(count(one.unmatched), tone="bad" if one.unmatched else "")

        def drifts(one: DayRow) -> Cell:
            return Cell(count(one.drifts), tone="bad" if one.drifts else "")

        return (
            Column("day", "truth.day", lambda one: Cell(one.day, mono=True), 110),
            Column("accuracy", "truth.accuracy", accuracy, 130, Kind.PILL, grow=1),
            Column("differences", "truth.differences", differences, 130, grow=2),
            Column("oversold", "truth.oversold", oversold, 110, Kind.PILL, grow=1),
            Column("unmatched", "truth.unmatched", unmatched, 110, Kind.PILL, grow=1, drop=1),
            Column("drifts", "truth.drifts", drifts, 100, Kind.PILL, grow=1, drop=2),
        )

    async def _read(self, day: str) -> None:
        zone, first = self._seat.speech.zone, date.fromisoformat(day)
        span = day_start(first, zone), day_start(first + timedelta(days=1), zone)
        self.differences = await self._seat.see(stock_truth.differences, *span)
        if day == self._of:
            self.show_side()

    def _figures(self, shown: DayRow) -> QWidget:
        speech = self._seat.speech
        layout = column(gap=6, margins=(12, 10, 12, 12))
        figures = (
            ("truth.counts", speech.count(shown.counts)),
            ("truth.units", speech.count(shown.units)),
            ("truth.units_off", speech.count(shown.units_off)),
            ("truth.orders_in", speech.count(shown.orders_in)),
            ("truth.oversold_orders", speech.count(shown.oversold)),
            ("truth.unmatched", speech.count(shown.unmatched)),
            ("truth.drifts", speech.count(shown.drifts)),
        )
        for word, figure in figures:
            name = TextLabel(speech.say(word), ink="second")
            layout.addLayout(row(name, 1, TextLabel(figure, weight="medium")))
        layout.addWidget(TextLabel(speech.say("truth.goal"), face="caption", ink="third").wrapped())
        return boxed(layout, kind="card")

    def _differences(self) -> QWidget:
        speech, now = self._seat.speech, self._seat.clock.now()
        layout = column(gap=7, margins=(12, 10, 12, 12))
        layout.addWidget(TextLabel(speech.say("truth.found"), weight="medium"))
        if not self.differences:
            layout.addWidget(TextLabel(speech.say("truth.none"), ink="third").wrapped())
        for one in self.differences[:MOST_SHOWN]:
            figure = TextLabel(f"{one.units:+,}", weight="medium")
            layout.addLayout(row(TextLabel(f"{one.title} · {one.sku}"), 1, figure))
            cause = speech.say(f"variance.{one.cause or 'none'}")
            at = speech.moment(one.at, now)
            by = speech.say("truth.counted_by", who=one.counted_by or NONE, at=at)
            ink = "second" if one.cause else "warning"
            layout.addWidget(TextLabel(f"{cause} · {by}", face="caption", ink=ink).wrapped())
        return boxed(layout, kind="card")


HEADS = (
    *("day", "counts", "differences", "units", "units_off", "accuracy"),
    *("orders_in", "oversold_orders", "oversold", "unmatched", "drifts"),
)


def _line(one: DayRow) -> tuple[str, ...]:
    accuracy = percent(one.accuracy_ppm) if one.accuracy_ppm is not None else ""
    figures = (one.counts, one.differences, one.units, one.units_off)
    oversold = (str(one.orders_in), str(one.oversold), percent(rate(one.oversold, one.orders_in)))
    return (
        *(one.day, *map(str, figures), accuracy, *oversold),
        *(str(one.unmatched), str(one.drifts)),
    )
