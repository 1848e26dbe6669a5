"""The shop's care: each routine once a day at its time, also when the computer was off then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from app.domain import routines
from app.domain.errors import WaydeskError
from app.domain.policy import ShopPolicy
from app.keeper.room import Room
from app.store.routines import Served, serve, served
from app.store.work import Work

LOG = logging.getLogger(__name__)

FIRST_S = 30.0
"""How long the first look waits, so that it is not in the way of people who just came in."""
LOOK_S = 60.0


@dataclass(frozen=True, slots=True)
class Routine:
    """Something done once a day.

    Attributes:
        at: its time of day by the shop's clock, read from the shop's choices; "" while it is off.
        do: does it, given the moment it was due, UTC ms; what it raises is its outcome, and the
            day counts as served all the same.
        works: which days have it.
    """

    name: str
    at: Callable[[ShopPolicy], str]
    do: Callable[[int], Awaitable[object]]
    works: Callable[[ShopPolicy], Callable[[date], bool]] = lambda _policy: routines.every_day

    def slot(self, policy: ShopPolicy, now: int) -> int:
        """The latest moment it was to begin, UTC ms; 0 while it is off."""
        at = self.at(policy)
        return routines.last_slot(now, at, policy.zone, self.works(policy)) if at else 0


@dataclass(frozen=True, slots=True)
class Care:
    """Looks every minute what is due. A night is served before the work begins to be told.

    A shop's first night is the coming one: on its first day there is nothing to make up for. The
    same holds for a routine that is switched on.
    """

    room: Room
    routines: tuple[Routine, ...]

    async def run(self) -> None:
        """Look until cancelled; a routine that fails is said, and comes again the next night."""
        await asyncio.sleep(FIRST_S)
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> tuple[str, ...]:
        """Do what is due, one after the other; give the names of what was done."""
        done = []
        for routine in self.routines:
            policy, now = self.room.laws.now.policy, self.room.clock.now()
            slot = routine.slot(policy, now)
            if routines.is_due(await self._last(routine.name, now, slot), slot):
                await self._serve(routine.name, slot, await self._do(routine, slot))
                done.append(routine.name)
        return tuple(done)

    async def _last(self, name: str, now: int, slot: int) -> int:
        """The slot served last; what a wrong clock wrote is mended, a new shop's begins now."""
        known: Served = await self.room.write(lambda work: served(work, name))
        begun = bool(known.slot and slot)
        last = routines.mended(known.slot, now, slot) if begun else slot
        if last != known.slot:
            await self._serve(name, last, known.code)
        return last

    async def _do(self, routine: Routine, slot: int) -> str:
        try:
            await routine.do(slot)
        except WaydeskError as problem:
            LOG.warning("a nightly routine failed", extra={"routine": routine.name}, exc_info=True)
            return problem.code
        except Exception as problem:
            LOG.exception("a nightly routine broke", extra={"routine": routine.name})
            return type(problem).__name__
        return "ok"

    async def _serve(self, name: str, slot: int, code: str) -> None:
        def act(work: Work) -> None:
            serve(work, name, slot, code)
            work.tell("routine_served", "setting", 0, routine=name, code=code)

        await self.room.write(act)
