"""What the gap radar says of each shop: what is missing, how old, how far clocks and limits are."""

import math
from collections.abc import Iterable

from app.desk.columns import Cell, Column, Kind
from app.desk.screens.sync.radar import Watched
from app.desk.seat import Seat
from app.desk.speech import NONE, SECOND
from app.reads.sync_health import DeadRow, PassRow

CLOCK_APART_MS = 300_000
"""Clocks further apart than this make times wrong (the platforms allow five minutes)."""


def percent(rate: float) -> str:
    """A share to the hundredth, never rounded up: what is below a threshold reads below it."""
    return f"{math.floor(rate * 10_000 + 1e-6) / 100:.2f} %"


class RadarCells:
    """Turns a shop on the radar into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[Watched], ...]:
        """The columns, widths as they stand at 1366 pixels."""
        return (
            Column("shop", "health.col_shop", self._shop, 170, Kind.TILE, grow=3),
            Column("auth", "health.col_auth", self._auth, 122, Kind.PILL, grow=1),
            Column("event", "health.col_event", self._event, 84, grow=1, drop=2),
            Column("day", "health.col_day", self._day, 138, Kind.PILL, grow=1),
            Column("hour", "health.col_hour", self._hour, 112, Kind.PILL, grow=1, drop=1),
            Column("passes", "health.col_pass", self._pass, 96, Kind.PILL, grow=1),
            Column("clock", "health.col_clock", self._clock, 78, Kind.PILL, grow=1, drop=3),
            Column("left", "health.col_left", self._left, 66, right=True, drop=4),
        )

    def counted(self, there: int | None, here: int | None) -> Cell:
        """Orders there against orders here; what is missing is said, not only coloured."""
        if there is None or here is None:
            return Cell(NONE, quiet=True)
        say, lack = self._seat.speech.say, there - here
        if lack > 0:
            return Cell(say("health.missing", here=here, there=there, n=lack), tone="bad")
        return Cell(say("health.all_here", n=there), tone="good")

    def worst(self, passes: Iterable[PassRow]) -> PassRow | None:
        """The link of a shop that did worst."""
        return min(passes, key=lambda one: one.rate, default=None)

    # --- inside --------------------------------------------------------------------------------

    def _shop(self, row: Watched) -> Cell:
        shop = row.radar
        platform = self._seat.speech.word("connection", shop.platform)
        return Cell(shop.name, platform, mark=shop.name[:1].upper())

    def _auth(self, row: Watched) -> Cell:
        say, shop = self._seat.speech.say, row.radar
        if shop.state != "on":
            return Cell(say(f"sync.state_{shop.state}"), tone="warning")
        if shop.up is None and self._seat.fresh.at(shop.channel_id, None) is None:
            return Cell(say("sync.state_waiting"), tone="info")
        if shop.needs_person:
            return Cell(say("sync.state_refused"), tone="bad")
        word, tone = ("accepted", "good") if shop.up in {1, None} else ("failing", "warning")
        return Cell(say(f"health.auth_{word}"), tone=tone)

    def _event(self, row: Watched) -> Cell:
        at = row.radar.last_event_at
        if at is None:
            return Cell(NONE, quiet=True)
        return Cell(self._seat.speech.span(self._seat.clock.now() - at))

    def _day(self, row: Watched) -> Cell:
        return self.counted(row.radar.day_there, row.radar.day_here)

    def _hour(self, row: Watched) -> Cell:
        return self.counted(row.radar.hour_there, row.radar.hour_here)

    def _pass(self, row: Watched) -> Cell:
        worst = self.worst(row.passes)
        if worst is None:
            return Cell(NONE, quiet=True)
        if worst.is_red:
            return Cell(self._seat.speech.say("health.red", rate=percent(worst.rate)), tone="bad")
        return Cell(percent(worst.rate))

    def _clock(self, row: Watched) -> Cell:
        ms = row.radar.offset_ms
        if ms is None:
            return Cell(NONE, quiet=True)
        apart = abs(ms) > CLOCK_APART_MS
        text = f"{ms / SECOND:+.1f} s" if abs(ms) < 100 * SECOND else f"{ms // SECOND:+,} s"
        return Cell(text, tone="bad" if apart else "")

    def _left(self, row: Watched) -> Cell:
        left = row.radar.limit_left
        if left is None:
            return Cell(NONE, quiet=True)
        return Cell(self._seat.speech.count(left))


class DeadCells:
    """Turns a dead letter into cells."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def columns(self) -> tuple[Column[DeadRow], ...]:
        """The columns of the dead letters."""
        return (
            Column("about", "health.col_about", self._about, 200, grow=2),
            Column("why", "health.col_why", self._why, 260, grow=4),
            Column("tries", "health.col_tries", self._tries, 70, right=True, drop=1),
            Column("at", "health.col_at", self._at, 100, drop=2),
        )

    def _about(self, row: DeadRow) -> Cell:
        kind = self._seat.speech.word("dead_kind", row.kind)
        return Cell(row.about or kind, f"{kind} · {row.shop}" if row.about else row.shop)

    def _why(self, row: DeadRow) -> Cell:
        title, remedy = self._seat.speech.refusal(row.code, {"host": row.shop})
        return Cell(title, remedy)

    def _tries(self, row: DeadRow) -> Cell:
        return Cell(self._seat.speech.count(row.failures))

    def _at(self, row: DeadRow) -> Cell:
        return Cell(self._seat.speech.moment(row.at or None, self._seat.clock.now()))
