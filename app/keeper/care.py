"""The shop's nightly care: each routine once a night, also when the computer was off then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

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
    """Something done once a night.

    Attributes:
        at: its time of day by the shop's clock, read from the shop's choices.
        do: does it; what it raises is its outcome, and the night counts as served all the same.
    """

    name: str
    at: Callable[[ShopPolicy], str]
    do: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Care:
    """Looks every minute what is due. A night is served before the work begins to be told.

    A shop's first night is the coming one: on its first day there is nothing to make up for.
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
            at, zone = routine.at(policy), policy.zone
            last = await self._last(routine.name, now, at, zone)
            if routines.is_due(last, now, at, zone):
                code = await self._do(routine)
                await self._serve(routine.name, routines.last_slot(now, at, zone), code)
                done.append(routine.name)
        return tuple(done)

    async def _last(self, name: str, now: int, at: str, zone: str) -> int:
        """The slot served last; what a wrong clock wrote is mended, a new shop's begins now."""
        known: Served = await self.room.write(lambda work: served(work, name))
        slot = routines.mended(known.slot, now, at, zone)
        if not known.slot:
            slot = routines.last_slot(now, at, zone)
        if slot != known.slot:
            await self._serve(name, slot, known.code)
        return slot

    async def _do(self, routine: Routine) -> str:
        try:
            await routine.do()
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
