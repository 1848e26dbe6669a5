"""Watches how well each shop is read: alarms within a minute, figures for charts every five."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import Reading, SyncLoop, state_of
from app.keeper.writer import Turn
from app.operations import sync_watch
from app.operations.sync_watch import OFFSET, OVERDUE, RETRYING, STOPPED, Alarm, Args, Watched
from app.store import flow_figures, shops, sync_history
from app.store.flow_figures import HeldSoon
from app.store.seal import Row
from app.store.sync_history import packed
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
    _held_at: int = 0
    _rang: dict[int, frozenset[str]] = field(default_factory=dict)
    _silent: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Look until cancelled."""
        self._kept_at = self._held_at = self.room.clock.now()
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
        await self.room.write(self._overdue, Turn.INTAKE)
        if not due and rang == self._rang:
            return
        samples = self._samples(readings, now) if due else None
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

    def _held(self, work: Work) -> list[Row]:
        """How soon goods of paid orders were held since the last time, as a link of its shop."""
        limit_ms = 1000 * self.room.laws.now.policy.reserve_seconds
        since, self._held_at = self._held_at, work.now - limit_ms
        return [
            {"channel_id": pk, "span_ms": SPAN_MS, **held_row(found, limit_ms)}
            for pk, found in flow_figures.held_after(work, since, self._held_at).items()
        ]

    def _overdue(self, work: Work) -> None:
        """Alert, by their numbers, of what came in and is no booked order yet (F063)."""
        rules = self.room.laws.now
        limit_ms = MINUTE_MS * rules.policy.intake_minutes
        found = flow_figures.overdue(work, work.now - limit_ms)
        names = shops.names(work)
        for pk in sync_watch.standing(work, OVERDUE) - found.keys():
            sync_watch.settle(work, pk, OVERDUE)
        for pk, one in found.items():
            args = {**sync_watch.named(one.numbers), "minutes": rules.policy.intake_minutes}
            sync_watch.renew(work, rules, Alarm(OVERDUE, pk, names.get(pk, ""), args))
        if work.marked.get("cases"):
            work.tell("intake_looked_at", "channel", n=len(found))

    def _keep(
        self,
        work: Work,
        readings: tuple[tuple[int, Reading], ...],
        watched: tuple[Watched, ...],
        samples: list[Row] | None,
    ) -> None:
        moved = sync_watch.ring(work, self.room.laws.now, watched)
        for pk, one in readings:
            sync_history.put_state(work, pk, state_of(one, self.room.clock.mono()))
        rows = [] if samples is None else samples + self._held(work)
        sync_history.put_samples(work, rows)
        if rows or moved:
            work.tell("sync_measured", "channel", n=len(rows), alarms=moved)


def _silent_ms(one: Reading, now: int) -> int:
    return now - (one.health.last_success_ms or one.began_ms)


def _is_silent(one: Reading, now: int) -> bool:
    """Whether nothing was read for too long; a refused key is a case of its own, with a remedy."""
    longest = max(STOPPED_MS, round(3000 * one.every_s))
    return _silent_ms(one, now) > longest and not one.health.needs_person


def held_row(found: HeldSoon, limit_ms: int) -> Row:
    """How soon a shop's paid orders had their goods held, as a sample of its link."""
    waits = [wait for wait in found.waits if wait is not None]
    return {
        "link": "reserve",
        "asked": len(found.waits),
        "failed": found.breaches(limit_ms),
        "came": len(waits),
        "median_ms": rank(waits, 0.5),
        "p95_ms": rank(waits, 0.95),
        "delays_json": packed(waits),
    }


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
                "delays_json": packed(passed.delays_ms),
                "answer_ms": meter.answer_ms if meter else None,
                "offset_ms": meter.offset_ms if meter else None,
            }
        )
    return found
