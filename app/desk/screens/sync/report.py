"""The daily report: each day's links of each shop, what was below the line, and who is told."""

import math
from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.commands.notices import SetWecom
from app.commands.wire import Changed
from app.desk.columns import Cell, Column, Kind
from app.desk.dialogs import Field, Form, ask
from app.desk.line_chart import LineChart, Series
from app.desk.paged import ListPage
from app.desk.parts import boxed, column, in_lines, row
from app.desk.rightful import rightful
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.screens.sync.health_cells import percent
from app.desk.seat import News, Seat
from app.desk.speech import NONE
from app.desk.text import TextLabel
from app.domain.times import day_start
from app.reads import sync_flow
from app.reads.sync_flow import ReportRow
from app.reads.sync_health import RED_BELOW

CONNECTS = "channel.connect"
READ_ON = frozenset({"report", "channels"})
ORDERS, RESERVE = "orders", "reserve"
WAYS = ("mail", "wecom")
SECOND = 1000
LINE_FROM = 98.0
"""The least a pass rate's scale begins at, in %."""


class ReportPage(ListPage):
    """Every line of the last days' reports, red where a link was below 99.2 %."""

    def __init__(self, seat: Seat) -> None:
        self.all: tuple[ReportRow, ...] = ()
        self.told: tuple[str, ...] = ()
        self.chart = LineChart(seat, self._said_rates)
        self._rates = boxed(column(self.chart, margins=(12, 10, 12, 10)), kind="card")
        super().__init__(seat, self._columns())

    async def rows(self) -> Rows:
        """The reports, and who is told of a bad one."""
        self.told = await self._seat.see(sync_flow.told)
        self.all = await self._seat.see(sync_flow.reports)
        return self.all

    def heard(self, changed: Changed) -> None:
        """Read again when a report was made."""
        if READ_ON & set(changed.rows):
            self.model.refresh()

    def nothing(self) -> tuple[str, str, str]:
        """No night has passed yet."""
        say = self._seat.speech.say
        return "calm", say("report.empty"), say("report.empty_text")

    def shortcuts(self) -> Mapping[str, Act]:
        """Choose which group is told."""
        return {"G": self.choose_group}

    def choose_group(self) -> None:
        """Ask for the WeCom group that is told of a bad day."""
        if self._seat.may(CONNECTS):
            self._seat.spawn(self._choose_group())

    def show_side(self) -> None:
        """Show the line under the cursor; the chart is drawn anew, not made anew."""
        self._rates.setParent(None)
        super().show_side()

    def beside(self, shown: ReportRow) -> Iterable[QWidget]:
        """The line under the cursor: its figures, its days, and who is told."""
        speech = self._seat.speech
        yield TextLabel(
            f"{shown.shop} · {speech.word('link', shown.link)}", face="headline"
        ).wrapped()
        yield self._figures(shown)
        past = [one for one in self.all if (one.channel_id, one.link) == self._which(shown)]
        zone = speech.zone
        points = tuple((day_start(one.day, zone), 100 * one.rate) for one in reversed(past))
        line = tuple((at, 100 * RED_BELOW) for at, _ in points)
        self.chart.low = min((value for _, value in points), default=LINE_FROM)
        self.chart.low = min(LINE_FROM, math.floor(self.chart.low))
        self.chart.show_series(Series(line, "bad", dashed=True), Series(points))
        yield self._rates
        self._rates.show()
        yield self._ways()

    # --- inside -----------------------------------------------------------------------------------

    def _columns(self) -> tuple[Column[ReportRow], ...]:
        return (
            Column("day", "report.col_day", lambda one: Cell(one.day, mono=True), 104),
            Column("shop", "health.col_shop", self._shop, 170, Kind.TILE, grow=3),
            Column("link", "report.col_link", self._link, 140, grow=2),
            Column("rate", "health.col_pass", self._rate, 120, Kind.PILL, grow=1),
            Column("asked", "report.col_asked", self._asked, 90, right=True, drop=2),
            Column("median", "report.col_median", self._median, 104, Kind.PILL, grow=1),
            Column("p95", "report.col_p95", self._p95, 84, right=True, drop=1),
        )

    @staticmethod
    def _which(one: ReportRow) -> tuple[int, str]:
        return one.channel_id, one.link

    def _shop(self, one: ReportRow) -> Cell:
        platform = self._seat.speech.word("connection", one.platform) if one.platform else ""
        return Cell(one.shop, platform, mark=one.shop[:1].upper())

    def _link(self, one: ReportRow) -> Cell:
        return Cell(self._seat.speech.word("link", one.link))

    def _rate(self, one: ReportRow) -> Cell:
        said = percent(one.rate)
        if one.is_red:
            return Cell(self._seat.speech.say("health.red", rate=said), tone="bad")
        return Cell(said, tone="good")

    def _asked(self, one: ReportRow) -> Cell:
        return Cell(self._seat.speech.count(one.asked))

    def _median(self, one: ReportRow) -> Cell:
        if not one.came:
            return Cell(NONE, quiet=True)
        late = one.link == ORDERS and one.median_ms >= SECOND * self._seat.law.policy.delay_seconds
        return Cell(self._seconds(one.median_ms), tone="bad" if late else "")

    def _p95(self, one: ReportRow) -> Cell:
        return Cell(self._seconds(one.p95_ms)) if one.came else Cell(NONE, quiet=True)

    def _seconds(self, ms: int) -> str:
        return self._seat.speech.say("report.seconds", n=f"{ms / SECOND:.1f}")

    def _figures(self, shown: ReportRow) -> QWidget:
        speech, policy = self._seat.speech, self._seat.law.policy
        layout = column(gap=6, margins=(12, 10, 12, 10))
        worked = speech.count(shown.asked - shown.failed)
        said = speech.say("report.worked", n=worked, all=speech.count(shown.asked))
        below = speech.say("health.red_link", rate=percent(shown.rate))
        head = TextLabel(below if shown.is_red else percent(shown.rate), weight="medium")
        head.restyle(ink="bad" if shown.is_red else "good")
        layout.addWidget(head)
        layout.addWidget(TextLabel(said, ink="second").wrapped())
        lines = [("report.again", speech.count(shown.again))]
        if shown.link == RESERVE:
            lines = [("report.breaches", speech.count(shown.failed))]
            limit = speech.say("report.reserve", n=policy.reserve_seconds)
            layout.addWidget(TextLabel(limit, ink="second").wrapped())
        if shown.came:
            lines.append(("report.col_median", self._seconds(shown.median_ms)))
            lines.append(("report.col_p95", self._seconds(shown.p95_ms)))
        for word, value in lines:
            layout.addLayout(self._line(speech.say(word), value))
        return boxed(layout, kind="card")

    @staticmethod
    def _line(name: str, value: str) -> QHBoxLayout:
        line = row(TextLabel(name, ink="second"), 1, gap=8)
        line.addWidget(TextLabel(value), 0, Qt.AlignmentFlag.AlignRight)
        return line

    def _said_rates(self) -> str:
        shown = self.current()
        if shown is None:
            return ""
        days = sum(self._which(one) == self._which(shown) for one in self.all)
        return self._seat.speech.say("report.rates", n=days)

    def _ways(self) -> QWidget:
        say, limit = self._seat.speech.say, self._seat.law.policy.delay_seconds
        layout = column(gap=6, margins=(12, 10, 12, 12))
        layout.addWidget(TextLabel(say("report.told"), face="caption", ink="second"))
        layout.addWidget(TextLabel(say("report.told_text", n=limit), ink="second").wrapped())
        for way in WAYS:
            on = way in self.told
            mark = TextLabel(
                say("report.on" if on else "report.off"), tag="good" if on else "plain"
            )
            layout.addLayout(row(TextLabel(say(f"report.way_{way}")), 1, mark))
        group = rightful(self._seat, ("report.group", "G"), CONNECTS, self.choose_group)
        layout.addWidget(in_lines(group))
        return boxed(layout, kind="card")

    async def _choose_group(self) -> None:
        field = Field("address", "report.address", secret=True)
        form = Form("report.group", "report.group_text", (field,), "report.group_save")
        typed = await ask(self.window(), self._seat.speech, form)
        if typed is None:
            return
        if await self._seat.do(SetWecom(typed["address"])):
            word = "report.group_on" if typed["address"].strip() else "report.group_off"
            self._seat.news.emit(News(self._seat.speech.say(word), "", "good"))
            self.model.refresh()
