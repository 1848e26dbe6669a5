"""Reads the orders again that platforms said had changed, soon and from the platform itself.

All that waits about one order is one reading. A keeper that is killed meanwhile reads them at its
next start, for they wait in the book. One that cannot be read five times is kept aside with a case,
where a person can have it read again.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from app.keeper.bell import Bell
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import SyncLoop
from app.keeper.writer import Turn
from app.operations.intake_gone import void_deleted
from app.operations.retake import MOST_FAILURES, NOT_ITS_FAULT
from app.store import inbox, intake_rows
from app.store.inbox import Hint
from app.store.work import Work
from sync.engine import ORDERS, note
from sync.errors import Malformed, NoSuchOrder, SyncError
from sync.ports import Presence
from sync.records import Batch, KeptAside, OrderRecord, Problem

LOG = logging.getLogger(__name__)

REST_S = 2.0
AT_ONCE = 20
AGAIN_MS = 2_000  # then 8, 32 and 128 seconds: an order may be told of before it can be read
LONGEST_AGAIN_MS = 900_000


@dataclass(slots=True)
class _Lane:
    """One shop's readings under way, and what came of them and waits to be written."""

    outlet: Outlet
    read: list[tuple[Hint, OrderRecord]] = field(default_factory=list)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)


class HintRound:
    """Works through what waits in the inbox, each shop's at the pace of its own platform."""

    def __init__(self, room: Room, shops: SyncLoop) -> None:
        """Take the shops that are read now."""
        self._room, self._shops = room, shops
        self._bell = Bell(REST_S)
        self._under_way: set[int] = set()

    def wake(self) -> None:
        """Look now: something came."""
        self._bell.ring()

    async def run(self) -> None:
        """Work until cancelled; a shop that answers slowly holds up no other one."""
        async with asyncio.TaskGroup() as lanes:
            while True:
                for pk, hints in (await self._waiting()).items():
                    self._under_way.add(pk)
                    lanes.create_task(self._in_lane(pk, hints))
                await self._bell.rest()

    async def round(self) -> int:
        """Read what is due once, a few orders at a time; how many orders were asked for."""
        waiting = await self._waiting()
        tried = await asyncio.gather(*(self._go(pk, hints) for pk, hints in waiting.items()))
        return sum(tried)

    async def _in_lane(self, pk: int, hints: list[Hint]) -> None:
        try:
            tried = await self._go(pk, hints)
        finally:
            self._under_way.discard(pk)
        if tried:
            self.wake()

    async def _waiting(self) -> dict[int, list[Hint]]:
        """What is due of each shop that may be asked and is not being asked."""
        open_now = [
            pk
            for pk, outlet in self._shops.outlets.items()
            if pk not in self._under_way and not outlet.gear.breaker.left_s()
        ]
        if not open_now:
            return {}

        def due(work: Work) -> dict[int, list[Hint]]:
            return {pk: inbox.due(work, pk, AT_ONCE) for pk in open_now}

        found = await self._room.write(due, Turn.INTAKE)
        return {pk: hints for pk, hints in found.items() if hints}

    async def _go(self, pk: int, hints: list[Hint]) -> int:
        """Read one shop's hints side by side; how many were asked for."""
        outlet = self._shops.outlets.get(pk)
        if outlet is None:
            return 0
        lane = _Lane(outlet)
        return sum(await asyncio.gather(*(self._try(hint, lane) for hint in hints)))

    async def _try(self, hint: Hint, lane: _Lane) -> bool:
        """Read one, if its shop may be asked; a repeat also needs the shop's budget of repeats."""
        gear = lane.outlet.gear
        if hint.failed and not gear.budget.spend(gear.clock.mono()):
            return False
        if gear.breaker.wait_s() > 0:
            return False
        gear.budget.sent(gear.clock.mono())
        gear.tally.asked(ORDERS, gear.clock.mono(), again=hint.failed)
        await self._read(hint, lane)
        return True

    async def _read(self, hint: Hint, lane: _Lane) -> None:
        gear = lane.outlet.gear
        try:
            record = await lane.outlet.channel.detail(hint.external_id)
        except NoSuchOrder as gone:
            gear.breaker.worked()
            await self._missing(hint, lane.outlet, gone)
        except SyncError as error:
            note(gear.breaker, error)
            gear.tally.failed(ORDERS)
            await self._failed(hint, error)
        except BaseException:
            gear.breaker.released()
            raise
        else:
            gear.breaker.worked()
            lane.read.append((hint, record))
            await self._write(hint.channel_id, lane)

    async def _write(self, pk: int, lane: _Lane) -> None:
        """Write what was read by now in one go: what comes meanwhile is the next one's."""
        async with lane.writing:
            read, lane.read = lane.read, []
            if not read:
                return
            book = self._shops.book_of(pk)
            # Read again once more, should the keeper die between these two: that changes nothing.
            await book.take_piece(Batch(tuple(record for _, record in read), (), "", False))

            def act(work: Work) -> None:
                for hint, _record in read:
                    inbox.settle(work, hint, state=inbox.DONE, last_error="")
                    _tell(work, "hint_read", hint, "")

            await self._room.write(act, Turn.INTAKE)

    async def _missing(self, hint: Hint, outlet: Outlet, gone: NoSuchOrder) -> None:
        """Deleted there: cancelled here, once it was not there twice.

        One that nobody knows may be told of before it can be read: it is asked for as often as
        one that cannot be read, and is then a case, some three minutes after it was told of.
        """
        if not hint.fails or not (hint.deletions or await self._is_here(hint)):
            await self._failed(hint, gone)
            return
        rules, channel = self._room.laws.now, outlet.channel
        back = channel.sees_back_ms if isinstance(channel, Presence) else 0
        since = self._room.clock.now() - back if back else 0

        def act(work: Work) -> None:
            # One too old for the key to see may well be there.
            if _placed_since(work, hint, since):
                void_deleted(work, rules, hint.channel_id, (hint.external_id,))
            inbox.settle(work, hint, state=inbox.DONE, last_error=gone.code)
            _tell(work, "hint_read", hint, gone.code)

        await self._room.write(act, Turn.INTAKE)

    async def _is_here(self, hint: Hint) -> bool:
        ids = [hint.external_id]
        known = await self._room.write(
            lambda work: intake_rows.known_orders(work, hint.channel_id, ids), Turn.INTAKE
        )
        return bool(known)

    async def _failed(self, hint: Hint, error: SyncError) -> None:
        own = error.code not in NOT_ITS_FAULT
        fails = hint.fails + own
        if fails >= MOST_FAILURES:
            await self._dead(hint, error)
            return
        wait = min(AGAIN_MS * 4 ** max(fails - 1, 0), LONGEST_AGAIN_MS)
        if not own:
            wait = max(wait, getattr(error, "retry_after_ms", None) or 0, 15_000)
        spread = round(wait * self._room.spread())
        at = self._room.clock.now() + wait + spread
        await self._settle(hint, "hint_waits", fail_count=fails, next_at=at, last_error=error.code)

    async def _dead(self, hint: Hint, error: SyncError) -> None:
        """Kept aside with a case: what fails at itself must not be asked for for ever."""
        LOG.warning("an order told of cannot be read", extra={"why": error.code})
        why = "unreadable" if isinstance(error, Malformed) else error.code
        aside = KeptAside(
            hint.external_id, Problem(why, "order", error.code), str(hint.upto).encode()
        )
        await self._shops.book_of(hint.channel_id).take_piece(Batch((), (aside,), "", False))
        await self._settle(hint, "hint_dead", state=inbox.DEAD, last_error=error.code)

    async def _settle(self, hint: Hint, said: str, **values: str | int) -> None:
        def act(work: Work) -> None:
            inbox.settle(work, hint, **values)
            _tell(work, said, hint, str(values.get("last_error", "")))

        await self._room.write(act, Turn.INTAKE)


def _placed_since(work: Work, hint: Hint, since: int) -> bool:
    found = intake_rows.known_orders(work, hint.channel_id, [hint.external_id])
    return any((row["placed_at"] or 0) >= since for row in found.values())


def _tell(work: Work, said: str, hint: Hint, code: str) -> None:
    work.tell(said, "channel", hint.channel_id, external_id=hint.external_id, n=hint.n, code=code)
