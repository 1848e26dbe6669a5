"""Sync health: the gap radar of every shop, its delays over a day, and the dead letters."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from app.commands.wire import Changed
from app.desk.listing import Listing
from app.desk.parts import boxed, clear, column, row
from app.desk.rows import Feed, Rows, RowsModel
from app.desk.screen import Act, Screen
from app.desk.screens.sync.chart import DelayChart
from app.desk.screens.sync.dead_letters import DeadLetters
from app.desk.screens.sync.health_cells import RadarCells, percent
from app.desk.screens.sync.radar import Watched, watched
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.desk.view import RowsView
from app.reads.sync_health import PassRow

SIDE, NARROW_SIDE = 420, 368
READ_ON = frozenset({"health", "channels"})
MOST_NAMED = 40


class HealthPage(Screen):
    """What is missing, how late it comes, and what failed for good."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._tight = seat, False
        self.cells = RadarCells(seat)
        self.model = RowsModel(self.cells.columns(), seat.speech, seat.spawn)
        self.table = RowsView(self.model, seat.look)
        self.chart, self.letters = DelayChart(seat), DeadLetters(seat)
        self._listing = Listing(seat, self.table, self._nothing)
        self._head, self._foot = column(gap=12), column(gap=12)
        self._delay = TextLabel(face="caption", ink="second")
        self._area = QScrollArea()
        self._lay_out()
        self.table.moved.connect(lambda _id: self.show_side())
        self.table.opened.connect(lambda _id: self.show_side())
        self.model.settled.connect(self._settled)

    def reload(self) -> None:
        """Read everything from its beginning."""
        self.model.show(self._feed())
        self.letters.reload()

    def heard(self, changed: Changed) -> None:
        """Read again what was measured, counted, or failed."""
        if READ_ON & set(changed.rows):
            self.model.refresh()
        self.letters.heard(changed)

    def tick(self) -> None:
        """Ages grow."""
        self.model.repaint_all()

    def narrow(self, narrow: bool, *, tight: bool = False) -> None:
        """Leave more room for the radar on a small screen; on a very small one it stands alone."""
        self._tight = tight
        self._area.setFixedWidth(NARROW_SIDE if narrow else SIDE)
        self.show_side()

    def take_focus(self) -> None:
        """The keyboard goes to the radar."""
        self.table.setFocus()

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        self.model.clear()
        self.letters.put_away()
        self.show_side()

    def shortcuts(self) -> Mapping[str, Act]:
        """Replay the dead letter under the cursor, or all of them."""
        return {"R": self.letters.replay, "Shift+R": self.letters.replay_all}

    def say(self) -> None:
        """Put the words again."""
        self.table.horizontalHeader().viewport().update()
        self.model.repaint_all()
        self._listing.say()
        self.letters.say()
        self.show_side()

    def current(self) -> Watched | None:
        """The shop under the cursor."""
        found = self.model.at_hand({self.table.current_id})
        return found[0] if found else None

    def show_side(self) -> None:
        """Show the shop under the cursor beside the radar."""
        clear(self._head)
        clear(self._foot)
        shown = self.current()
        self._area.setVisible(shown is not None and not self._tight)
        if shown is None:
            return
        say = self._seat.speech.say
        self._head.addWidget(TextLabel(shown.radar.name, face="headline").wrapped())
        self._head.addWidget(self._gap(shown))
        self._delay.setText(say("health.delay_title"))
        self.chart.show_rows(shown.samples)
        self._foot.addWidget(self._links(shown))
        self._foot.addWidget(self._state(shown))

    # --- inside --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inside = column(self._delay, self.chart, gap=6, margins=(12, 10, 12, 10))
        delays = boxed(inside, kind="card")
        side = column(gap=12, margins=(18, 18, 18, 18))
        side.addLayout(self._head)
        side.addWidget(delays)
        side.addLayout(self._foot)
        side.addStretch(1)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setObjectName("panel")
        self._area.setWidget(boxed(side, "panel"))
        self._area.setFixedWidth(SIDE)
        left = column(gap=0)
        left.addWidget(self._listing, 3)
        left.addWidget(self.letters, 2)
        whole = row(gap=0)
        whole.addLayout(left, 1)
        whole.addWidget(self._area)
        self.setLayout(whole)
        self._area.hide()

    def _feed(self) -> Feed:
        kept: list[Rows] = []

        async def count() -> int:
            kept[:] = [await watched(self._seat)]
            return len(kept[0])

        async def page(offset: int, limit: int, _before: Watched | None) -> Rows:
            return kept[0][offset : offset + limit] if kept else ()

        return Feed(count, page)

    def _settled(self) -> None:
        self._listing.settle()
        self.show_side()

    def _nothing(self) -> tuple[str, str, str]:
        say = self._seat.speech.say
        return "health", say("health.empty"), say("health.empty_text")

    def _gap(self, shown: Watched) -> QWidget:
        """What is missing, each by its number; or that all is here, and since when."""
        speech, radar = self._seat.speech, shown.radar
        layout = column(gap=6, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(speech.say("health.gap"), face="caption", ink="second"))
        if radar.counted_at is None:
            layout.addWidget(TextLabel(speech.say("health.not_counted"), ink="second").wrapped())
            return boxed(layout, kind="card")
        ago = speech.span(self._seat.clock.now() - radar.counted_at)
        if radar.missing:
            n = len(radar.missing)
            said = TextLabel(speech.say("health.lacks", n=n, ago=ago), ink="bad", weight="medium")
            layout.addWidget(said.wrapped())
            named = "  ".join(radar.missing[:MOST_NAMED])
            numbers = TextLabel(named).wrapped().copyable()
            layout.addWidget(numbers.faced(self._seat.look.faces.mono()))
        else:
            said = TextLabel(speech.say("health.lacks_none", ago=ago), ink="good", weight="medium")
            layout.addWidget(said.wrapped())
        return boxed(layout, kind="card")

    def _links(self, shown: Watched) -> QWidget:
        """How each link did in the last 24 hours; one below the line says so."""
        speech = self._seat.speech
        layout = column(gap=5, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(speech.say("health.links"), face="caption", ink="second"))
        if not shown.passes:
            layout.addWidget(TextLabel(speech.say("health.no_links"), ink="second").wrapped())
        for link in shown.passes:
            layout.addLayout(self._link(link))
        return boxed(layout, kind="card")

    def _link(self, link: PassRow) -> QHBoxLayout:
        speech = self._seat.speech
        name = TextLabel(speech.word("link", link.link))
        asked = TextLabel(speech.say("health.asked", n=speech.count(link.asked)), ink="second")
        line = row(name, asked, 1, gap=8)
        if link.is_red:
            red = speech.say("health.red_link", rate=percent(link.rate))
            line.addWidget(TextLabel(red, tag="bad"))
        else:
            line.addWidget(TextLabel(percent(link.rate)))
        return line

    def _state(self, shown: Watched) -> QWidget:
        """The other end's answers: why it is down, its clock, its limit, how fast it answers."""
        speech, radar = self._seat.speech, shown.radar
        layout = column(gap=6, margins=(12, 10, 12, 10))
        if radar.error and not radar.up:
            title, remedy = speech.refusal(radar.error, {"host": radar.name})
            layout.addWidget(TextLabel(title, ink="bad", weight="medium").wrapped())
            layout.addWidget(TextLabel(remedy, ink="second").wrapped())
        answer = speech.say("health.ms", n=radar.answer_ms) if radar.answer_ms else ""
        unused = radar.is_unused(self._seat.clock.now())
        lines = (
            ("health.answer", answer),
            (
                "sync.col_keys",
                speech.say("sync.keys_days", n=radar.key_days(self._seat.clock.now())),
            ),
            ("health.retrying", speech.count(radar.retrying or 0)),
            ("health.unused", speech.say("health.unused_text") if unused else ""),
        )
        for word, value in lines:
            if value:
                name = TextLabel(speech.say(word), ink="second")
                line = row(name, 1, gap=8)
                line.addWidget(TextLabel(value), 0, Qt.AlignmentFlag.AlignRight)
                layout.addLayout(line)
        return boxed(layout, kind="card")
