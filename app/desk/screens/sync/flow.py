"""State health: how long orders stay in each state, how much is tried again, who waits for whom."""

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from app.commands.wire import Changed
from app.desk.line_chart import LineChart, Series
from app.desk.paged import Page
from app.desk.parts import Dot, boxed, clear, column, row
from app.desk.screens.sync.health_cells import percent
from app.desk.seat import Seat
from app.desk.speech import HOUR
from app.desk.text import TextLabel
from app.reads import sync_flow
from app.reads.sync_flow import LockRow, RetryRow, StateRow
from app.reads.sync_health import DAY_MS

WEEK_MS = 7 * DAY_MS
READ_ON = frozenset({"flow", "health"})
STATES = {"awaiting_payment": "warning", "paid": "bad", "allocated": "accent", "shipped": "good"}
"""The states orders wait in, and the tone of each one's line."""
RETRY_LIMIT = 0.03
LOW = 120


class FlowPage(Page):
    """Three gauges, each with its figure of now and its history."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self.states: tuple[StateRow, ...] = ()
        self.locks: tuple[LockRow, ...] = ()
        self.retries: tuple[RetryRow, ...] = ()
        self.dwell = LineChart(seat, self._said_dwell)
        self.again = LineChart(seat, self._said_again, LOW)
        self.wait = LineChart(seat, self._said_wait, LOW)
        self._titles = {name: TextLabel(face="title") for name in ("dwell", "again", "wait")}
        self._texts = {name: TextLabel(ink="second").wrapped() for name in self._titles}
        self._now = {name: column(gap=5) for name in self._titles}
        self._lay_out()

    def reload(self) -> None:
        """Read the history anew."""
        self._seat.spawn(self._read())

    def heard(self, changed: Changed) -> None:
        """Read again what was measured, while it is in sight."""
        if READ_ON & set(changed.rows) and self.isVisible():
            self.reload()

    def put_away(self) -> None:
        """Let go of every figure."""
        self.states, self.locks, self.retries = (), (), ()
        self.say()

    def say(self) -> None:
        """Put the words, the figures and the lines again."""
        say = self._seat.speech.say
        for name, title in self._titles.items():
            title.setText(say(f"flow.title_{name}"))
            self._texts[name].setText(say(f"flow.about_{name}"))
            clear(self._now[name])
        for one in self.latest():
            self._now["dwell"].addLayout(self._state(one))
        if self.locks:
            last = self.locks[-1]
            busy = say("flow.busy", rate=percent(last.busy), n=last.longest_ms)
            changed = say("flow.conflicts", n=last.conflicts)
            for text in (busy, changed):
                self._now["wait"].addWidget(TextLabel(text, ink="second").wrapped())
        self.dwell.show_series(*(self._dwells(state) for state in STATES))
        self.again.show_series(Series(tuple((r.at, 100 * r.rate) for r in self.retries)))
        self.wait.show_series(
            Series(tuple((r.at, 100 * r.index) for r in self.locks)),
            Series(tuple((r.at, 100 * r.busy) for r in self.locks), "warning", dashed=True),
        )

    def latest(self) -> tuple[StateRow, ...]:
        """Each state as it was last looked at."""
        last = max((one.at for one in self.states), default=0)
        return tuple(one for one in self.states if one.at == last)

    # --- inside -----------------------------------------------------------------------------------

    async def _read(self) -> None:
        now = self._seat.clock.now()
        self.states = await self._seat.see(sync_flow.states, now - WEEK_MS)
        self.locks = await self._seat.see(sync_flow.locks, now - WEEK_MS)
        self.retries = await self._seat.see(sync_flow.retries, now - DAY_MS)
        self.say()

    def _lay_out(self) -> None:
        first = self._dwell_card()
        second = row(self._card("again", self.again), self._card("wait", self.wait), gap=14)
        second.setStretch(0, 1)
        second.setStretch(1, 1)
        inside = column(first, gap=14, margins=(18, 16, 18, 16))
        inside.addLayout(second)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(boxed(inside, "ground"))
        self.setLayout(column(area, gap=0))

    def _dwell_card(self) -> QWidget:
        """The states beside their lines: a wide card, and not a high one."""
        words = column(self._titles["dwell"], self._texts["dwell"], gap=8)
        words.addLayout(self._now["dwell"])
        words.addStretch(1)
        both = row(gap=24, margins=(16, 14, 16, 14))
        both.addLayout(words, 4)
        both.addWidget(self.dwell, 5)
        return boxed(both, kind="card")

    def _card(self, name: str, chart: LineChart) -> QWidget:
        layout = column(self._titles[name], self._texts[name], gap=8, margins=(16, 14, 16, 14))
        layout.addLayout(self._now[name])
        layout.addWidget(chart)
        layout.addStretch(1)
        return boxed(layout, kind="card")

    def _state(self, one: StateRow) -> QHBoxLayout:
        speech = self._seat.speech
        name = TextLabel(speech.word("order", one.state))
        name.setFixedWidth(118)
        n = TextLabel(speech.say("flow.orders", n=speech.count(one.n)), ink="second")
        n.setFixedWidth(84)
        stands = ""
        if one.n:
            middle, oldest = speech.span(one.median_ms), speech.span(one.oldest_ms)
            stands = speech.say("flow.stands", median=middle, oldest=oldest)
        dot = Dot(self._seat.look, STATES.get(one.state, "quiet"))
        return row(dot, name, n, TextLabel(stands, ink="second"), 1, gap=10)

    def _dwells(self, state: str) -> Series:
        points = tuple((one.at, one.median_ms / HOUR) for one in self.states if one.state == state)
        return Series(points, STATES[state])

    def _said_dwell(self) -> str:
        return self._seat.speech.say("flow.dwell_axis" if self.states else "flow.none")

    def _said_again(self) -> str:
        speech = self._seat.speech
        asked, again = (sum(getattr(r, name) for r in self.retries) for name in ("asked", "again"))
        if not asked:
            return speech.say("flow.none")
        word = "flow.again_high" if again > RETRY_LIMIT * asked else "flow.again_now"
        return speech.say(word, rate=percent(again / asked), n=speech.count(asked))

    def _said_wait(self) -> str:
        speech = self._seat.speech
        if not self.locks:
            return speech.say("flow.none")
        last = self.locks[-1]
        return speech.say(
            "flow.wait_now", rate=percent(last.index), n=last.waiting, all=last.holding
        )
