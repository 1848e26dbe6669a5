"""Watches how well each shop is read: alarms within a minute, figures for charts every five."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import Reading, SyncLoop
from app.keeper.writer import Turn
from app.operations import sync_watch
from app.operations.sync_watch import OFFSET, RETRYING, STOPPED, Args, Watched
from app.store import sync_history
from app.store.seal import Row
from app.store.work import Work
from sync.tally import rank

LOOK_S = 60.0
SPAN_MS = 300_000
MOST_OFFSET_MS = 300_000  # either way (F088)
STOPPED_MS = 900_000
MINUTE_MS = 60_000


@dataclass(slots=True)
class HealthWatch:
    """Looks every minute; writes when five have passed or an alarm began or ended."""

    room: Room
    shops: SyncLoop
    _kept_at: int = 0
    _rang: dict[int, frozenset[str]] = field(default_factory=dict)
    _silent: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Look until cancelled."""
        self._kept_at = self.room.clock.now()
        while True:
            await asyncio.sleep(LOOK_S)
            await self.round()

    async def round(self) -> None:
        """Look once."""
        readings, now = self.shops.readings(), self.room.clock.now()
        silent = frozenset(pk for pk, one in readings if _is_silent(one, now))
        # A computer that slept finds everything long ago; a minute later it was read again.
        stopped, self._silent = silent & self._silent, silent
        watched = tuple(
            Watched(pk, one.name, self._alarms(one, now, stopped=pk in stopped))
            for pk, one in readings
        )
        rang = {one.channel_id: frozenset(one.alarms) for one in watched}
        due = now - self._kept_at >= SPAN_MS
        if not due and rang == self._rang:
            return
        samples = self._samples(readings, now) if due else []
        await self.room.write(
            lambda work: self._keep(work, readings, watched, samples), Turn.INTAKE
        )
        self._rang = rang

    def _alarms(self, one: Reading, now: int, *, stopped: bool) -> Mapping[str, Args]:
        found: dict[str, Args] = {}
        offset = one.outlet.meter.offset_ms if one.outlet.meter else None
        if offset is not None and abs(offset) > MOST_OFFSET_MS:
            found[OFFSET] = {"minutes": round(abs(offset) / MINUTE_MS)}
        if one.outlet.gear.tally.is_retrying(self.room.clock.mono()):
            found[RETRYING] = {}
        if stopped:
            minutes = _silent_ms(one, now) // MINUTE_MS
            found[STOPPED] = {"minutes": minutes, "code": one.health.error}
        return found

    def _samples(self, readings: tuple[tuple[int, Reading], ...], now: int) -> list[Row]:
        span, self._kept_at = now - self._kept_at, now
        return [
            {"channel_id": pk, "span_ms": span, **row}
            for pk, one in readings
            for row in samples_of(one.outlet)
        ]

    def _keep(
        self,
        work: Work,
        readings: tuple[tuple[int, Reading], ...],
        watched: tuple[Watched, ...],
        samples: list[Row],
    ) -> None:
        moved = sync_watch.ring(work, self.room.laws.now, watched)
        for pk, one in readings:
            sync_history.put_state(work, pk, state_of(one, self.room.clock.mono()))
        sync_history.put_samples(work, samples)
        if samples or moved:
            work.tell("sync_measured", "channel", n=len(samples), alarms=moved)


def _silent_ms(one: Reading, now: int) -> int:
    return now - (one.health.last_success_ms or one.began_ms)


def _is_silent(one: Reading, now: int) -> bool:
    """Whether nothing was read for too long; a refused key is a case of its own, with a remedy."""
    longest = max(STOPPED_MS, round(3000 * one.every_s))
    return _silent_ms(one, now) > longest and not one.health.needs_person


def samples_of(outlet: Outlet) -> list[Row]:
    """What passed over each link of a shop since this was last asked."""
    meter, found = outlet.meter, []
    for link, passed in sorted(outlet.gear.tally.taken().items()):
        found.append(
            {
                "link": link,
                "asked": passed.asked,
                "failed": passed.failed,
                "again": passed.again,
                "came": len(passed.delays_ms),
                "median_ms": rank(passed.delays_ms, 0.5),
                "p95_ms": rank(passed.delays_ms, 0.95),
                "answer_ms": meter.answer_ms if meter else None,
                "offset_ms": meter.offset_ms if meter else None,
            }
        )
    return found


def state_of(one: Reading, mono: float) -> Row:
    """How a shop stands now, as its row says it."""
    meter, health = one.outlet.meter, one.health
    return {
        "up": int(health.up),
        "needs_person": int(health.needs_person),
        "error": health.error,
        "last_success_at": health.last_success_ms,
        "down_since": health.down_since_ms,
        "last_event_at": one.last_event_ms,
        "offset_ms": meter.offset_ms if meter else None,
        "answer_ms": meter.answer_ms if meter else None,
        "limit_left": meter.limit_left if meter else None,
        "retrying": int(one.outlet.gear.tally.is_retrying(mono)),
    }
