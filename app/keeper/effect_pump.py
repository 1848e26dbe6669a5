"""Sends what the outbox holds to the platforms, each row under its own key."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from app.keeper.bell import Bell
from app.keeper.room import Room
from app.operations import effects, part_shipments
from app.operations.part_shipments import Telling
from app.store import outbox
from app.store.seal import Row
from app.store.work import Work
from sync.engine import Gear, Sent, Settled, send
from sync.meter import Meter
from sync.ports import Channel

AT_ONCE = 16
KINDS = tuple(effects.ASKS)
IDLE_S = 0.5
FOREVER_MS = 24 * 3_600_000
OFTEN_MS = 15 * 60_000
NOTHING_LEFT = frozenset(
    {"sync_unreachable", "sync_breaker_open", "sync_bad_address", "sync_tls_untrusted"}
)


@dataclass(frozen=True, slots=True)
class Outlet:
    """One shop's channel with the brakes of its host, and what measures its line."""

    channel: Channel
    gear: Gear
    meter: Meter | None = None


class EffectPump:
    """Works through the effects whose time has come."""

    def __init__(self, room: Room, outlets: Mapping[int, Outlet]) -> None:
        """Take the outlets by channel id; the mapping may grow while the pump runs."""
        self._room, self._outlets = room, outlets
        self._bell = Bell(IDLE_S)

    def wake(self) -> None:
        """Look now: something was put into the outbox."""
        self._bell.ring()

    async def run(self) -> None:
        """Work until cancelled; first take up what was being sent when Waydesk last ended."""
        await self._room.write(self._forget)
        await self._bell.rounds(self.round)

    @staticmethod
    def _forget(work: Work) -> None:
        found = outbox.forget_leases(work)
        if found:
            work.tell("effects_unknown", "outbox", n=found)

    async def round(self) -> int:
        """One pass over what is due; returns how many effects were tried: none before "go"."""
        if self._room.laws.now.policy.read_only:
            return 0
        # A side that asked for a pause is not even looked at; one that is paused by a person
        # meanwhile gets what was taken up for it.
        held = {pk for pk, outlet in self._outlets.items() if outlet.gear.breaker.left_s()}
        open_now = {pk: outlet for pk, outlet in self._outlets.items() if pk not in held}
        mine = await self._room.write(
            lambda work: outbox.due(work, AT_ONCE, KINDS, tuple(open_now))
        )
        if not mine:
            return 0
        sendings = await self._room.write(lambda work: self._lease(work, self._told(work, mine)))
        await asyncio.gather(
            *(self._send(sending, open_now[sending.row["channel_id"]]) for sending in sendings)
        )
        return len(sendings)

    def _told(self, work: Work, rows: list[Row]) -> list[Row]:
        """Those that may leave: a part of an order waits where a platform takes it whole."""
        leaving = []
        for row in rows:
            can = self._outlets[row["channel_id"]].channel.caps.flags
            telling = part_shipments.telling(work, self._room.laws.now, row, can)
            if telling is Telling.NOW:
                leaving.append(row)
            else:
                part_shipments.settle(work, row, telling)
        return leaving

    def _lease(self, work: Work, rows: list[Row]) -> list[effects.Sending]:
        for row in rows:
            outbox.lease(work, row)
        if rows:
            work.tell("effects_sent", "outbox", n=len(rows))
        return [effects.sending_of(work, row) for row in rows]

    async def _send(self, sending: effects.Sending, outlet: Outlet) -> None:
        row = sending.row
        first = row["first_sent_at"] or self._room.clock.now()
        sent = Sent(tries=row["attempts"], first_sent_ms=first)
        settled = await send(outlet.channel, sending.ask, sent, outlet.gear)
        await self._room.write(lambda work: self._settle(work, row, settled))

    def _settle(self, work: Work, row: Row, settled: Settled) -> None:
        wait = max(0, (settled.retry_at_ms or work.now + FOREVER_MS) - work.now)
        worn_out = settled.answered and row["failures"] + 1 >= effects.MOST_ANSWERED_FAILURES
        if settled.done is not None:
            effects.done(work, row, settled.done.external_ref, settled.done.already)
        elif worn_out:
            effects.refused(work, self._room.laws.now, row, settled.error, "")
        elif settled.outcome == "unknown" and settled.retry_at_ms is not None:
            effects.lost(work, row, settled.error, wait, settled.answered)
        elif settled.error in NOTHING_LEFT:
            effects.not_sent(work, row, settled.error, min(wait, OFTEN_MS))
        elif settled.outcome == "retry_at":
            effects.later(work, row, settled.error, wait, settled.answered)
        else:
            text = str(dict(settled.details).get("text", ""))
            effects.refused(work, self._room.laws.now, row, settled.error, text)
        work.tell("effect_settled", "outbox", row["id"], result_word=settled.outcome)
