"""Sync health: the gap radar of every shop, its delays over a day, and the dead letters."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.commands.wire import Changed
from app.desk.paged import ListPage
from app.desk.parts import boxed, column, row
from app.desk.rows import Rows
from app.desk.screen import Act
from app.desk.screens.sync.chart import DelayChart
from app.desk.screens.sync.dead_letters import DeadLetters
from app.desk.screens.sync.health_cells import RadarCells, percent
from app.desk.screens.sync.radar import Watched, watched
from app.desk.seat import Seat
from app.desk.text import TextLabel
from app.domain.sync_causes import Cause
from app.reads.sync_health import PassRow

SIDES = (420, 368)
READ_ON = frozenset({"health", "channels", "kept", "outbox"})
MOST_NAMED = 40


class HealthPage(ListPage):
    """What is missing, how late it comes, and what failed for good."""

    def __init__(self, seat: Seat) -> None:
        self.cells = RadarCells(seat)
        self.chart, self.letters = DelayChart(seat), DeadLetters(seat)
        self._delay = TextLabel(face="caption", ink="second")
        self._delays = boxed(
            column(self._delay, self.chart, gap=6, margins=(12, 10, 12, 10)), kind="card"
        )
        super().__init__(seat, self.cells.columns(), SIDES)
        self._left.addWidget(self.letters, 2)

    def reload(self) -> None:
        """Read everything from its beginning."""
        super().reload()
        self.letters.reload()

    def heard(self, changed: Changed) -> None:
        """Read again what was measured, counted, or failed."""
        if READ_ON & set(changed.rows):
            self.model.refresh()
        self.letters.heard(changed)

    def put_away(self) -> None:
        """Let go of everything that was shown."""
        super().put_away()
        self.letters.put_away()

    def shortcuts(self) -> Mapping[str, Act]:
        """Replay the dead letter under the cursor, or all of them."""
        return {"R": self.letters.replay, "Shift+R": self.letters.replay_all}

    def say(self) -> None:
        """Put the words again."""
        super().say()
        self.letters.say()

    async def rows(self) -> Rows:
        """Every shop, with how its links did in the last 24 hours."""
        return await watched(self._seat)

    def nothing(self) -> tuple[str, str, str]:
        """No shop is read."""
        say = self._seat.speech.say
        return "health", say("health.empty"), say("health.empty_text")

    def show_side(self) -> None:
        """Show the shop under the cursor; the chart is drawn anew, not made anew."""
        self._delays.setParent(None)
        super().show_side()

    def beside(self, shown: Watched) -> Iterable[QWidget]:
        """The shop under the cursor: what is missing, its delays, its links, its line."""
        yield TextLabel(shown.radar.name, face="headline").wrapped()
        if shown.causes is not None:
            yield self._causes(shown.causes)
        yield self._gap(shown)
        self._delay.setText(self._seat.speech.say("health.delay_title"))
        self.chart.show_rows(shown.samples)
        yield self._delays
        self._delays.show()
        yield self._links(shown)
        yield self._state(shown)

    # --- inside --------------------------------------------------------------------------------

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

    def _causes(self, causes: tuple[Cause, ...]) -> QWidget:
        """Which of the four causes hold it up, and what to do about each; or that none does."""
        say = self._seat.speech.say
        layout = column(gap=6, margins=(12, 10, 12, 10))
        layout.addWidget(TextLabel(say("health.causes"), face="caption", ink="second"))
        if not causes:
            layout.addWidget(TextLabel(say("health.causes_none"), ink="second").wrapped())
        for cause in causes:
            name = self._seat.speech.word("sync_cause", cause.value)
            layout.addWidget(TextLabel(name, ink="warning", weight="medium").wrapped())
            layout.addWidget(TextLabel(say(f"health.cause_{cause}"), ink="second").wrapped())
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
