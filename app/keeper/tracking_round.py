"""Asks the carriers where the parcels are, a few at a time, round and round."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import tracking
from app.store.seal import Row
from app.store.work import Work
from sync.errors import SyncError
from sync.ports import Carrier, TracksFollowed
from sync.waybill_records import TrackingRecord

LOG = logging.getLogger(__name__)

AT_ONCE = 10  # numbers in one question (SF takes ten)
PAUSE_S = 0.05
ROUND_S = 600.0
FORGET_MS = 24 * 3_600_000  # no carrier wants a number left alone for longer


class TrackingRound:
    """Goes through the parcels under way; each is asked about once a round."""

    def __init__(
        self, room: Room, carriers: Mapping[int, Carrier], round_s: float = ROUND_S
    ) -> None:
        """Take the carriers by account id; the mapping may grow."""
        self._room, self._carriers, self._round_s = room, carriers, round_s
        self._asked: dict[int, int] = {}

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(self._round_s)

    async def round(self) -> int:
        """Ask about every parcel under way once; returns how many scans were new."""
        after, fresh = 0, 0
        while True:
            ask = partial(tracking.awaited, limit=AT_ONCE, after=after)
            rows = await self._room.write(ask, Turn.INTAKE)
            if not rows:
                return fresh
            after = rows[-1]["id"]
            fresh += await self._ask(rows)
            await asyncio.sleep(PAUSE_S)

    async def _ask(self, rows: list[Row]) -> int:
        groups: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            groups[int(row["carrier_account"].split(":")[1])].append(row)
        fresh = 0
        for account, mine in groups.items():
            carrier = self._carriers.get(account) or self._any_of(mine[0])
            due = self._due(carrier, mine) if carrier is not None else []
            if carrier is not None and due:
                fresh += await self._ask_carrier(carrier, due)
        return fresh

    def _due(self, carrier: Carrier, rows: list[Row]) -> list[Row]:
        """Those the carrier may be asked about again already."""
        before = self._room.clock.now() - carrier.caps.track_every_ms
        return [row for row in rows if self._asked.get(row["id"], before) <= before]

    def _remember(self, carrier: Carrier, rows: list[Row]) -> None:
        """Note when they were asked about; an answer that failed counts at the carrier too."""
        now = self._room.clock.now()
        self._asked = {pk: at for pk, at in self._asked.items() if at > now - FORGET_MS}
        if carrier.caps.track_every_ms:
            self._asked |= dict.fromkeys((row["id"] for row in rows), now)

    def _any_of(self, row: Row) -> Carrier | None:
        """A number typed by hand is no account's: any account of its carrier may be asked."""
        code = row["carrier_account"].split(":")[0]
        return next((one for one in self._carriers.values() if one.code == code), None)

    async def _ask_carrier(self, carrier: Carrier, rows: list[Row]) -> int:
        tail = await self._room.write(tracking.sender_tail, Turn.INTAKE)
        numbers = tuple(row["carrier_no"] for row in rows)
        self._remember(carrier, rows)
        await self._follow(carrier, numbers, tail)
        try:
            scans = await carrier.routes(numbers, tail)
        except SyncError as error:
            LOG.warning("no scans", extra={"carrier": carrier.code, "why": error.code})
            return 0
        by_number: dict[str, list[TrackingRecord]] = defaultdict(list)
        for scan in scans:
            by_number[scan.waybill_no].append(scan)

        def act(work: Work) -> int:
            fresh = 0
            for row in rows:
                told = tuple(by_number[row["carrier_no"]])
                fresh += tracking.take(work, self._room.laws.now, row, told)
            if fresh:
                work.tell("scans_taken", "waybill", n=fresh)
            return fresh

        return await self._room.write(act, Turn.INTAKE)

    @staticmethod
    async def _follow(carrier: Carrier, numbers: tuple[str, ...], tail: str) -> None:
        """Let a carrier that calls know of them; if it will not, asking does all, as before."""
        if not isinstance(carrier, TracksFollowed):
            return
        try:
            await carrier.follow(numbers, tail)
        except SyncError as error:
            LOG.warning("not followed", extra={"carrier": carrier.code, "why": error.code})
