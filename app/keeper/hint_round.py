"""Reads the orders again that platforms said had changed, soon and from the platform itself.

All that waits about one order is one reading. A keeper that is killed meanwhile reads them at its
next start, for they wait in the book. One that cannot be read five times is kept aside with a case,
where a person can have it read again.
"""

import asyncio
import logging

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


class HintRound:
    """Works through what waits in the inbox."""

    def __init__(self, room: Room, shops: SyncLoop) -> None:
        """Take the shops that are read now."""
        self._room, self._shops = room, shops
        self._bell = Bell(REST_S)

    def wake(self) -> None:
        """Look now: something came."""
        self._bell.ring()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._bell.rounds(self.round)

    async def round(self) -> int:
        """Read what is due once, a few orders at a time; how many orders were asked for."""
        open_now = {
            pk: outlet
            for pk, outlet in self._shops.outlets.items()
            if not outlet.gear.breaker.left_s()
        }
        if not open_now:
            return 0

        def due(work: Work) -> list[Hint]:
            # Shop by shop, so that one that does not answer never stands in another's way.
            return [hint for pk in open_now for hint in inbox.due(work, pk, AT_ONCE)]

        hints = await self._room.write(due, Turn.INTAKE)
        tried = await asyncio.gather(
            *(self._try(hint, open_now[hint.channel_id]) for hint in hints)
        )
        return sum(tried)

    async def _try(self, hint: Hint, outlet: Outlet) -> bool:
        """Read one, if its shop may be asked; a repeat also needs the shop's budget of repeats."""
        gear = outlet.gear
        if hint.failed and not gear.budget.spend(gear.clock.mono()):
            return False
        if gear.breaker.wait_s() > 0:
            return False
        gear.budget.sent(gear.clock.mono())
        gear.tally.asked(ORDERS, gear.clock.mono(), again=hint.failed)
        await self._read(hint, outlet)
        return True

    async def _read(self, hint: Hint, outlet: Outlet) -> None:
        gear = outlet.gear
        try:
            record = await outlet.channel.detail(hint.external_id)
        except NoSuchOrder as gone:
            gear.breaker.worked()
            await self._missing(hint, outlet, gone)
        except SyncError as error:
            note(gear.breaker, error)
            gear.tally.failed(ORDERS)
            await self._failed(hint, error)
        except BaseException:
            gear.breaker.released()
            raise
        else:
            gear.breaker.worked()
            await self._taken(hint, record)

    async def _taken(self, hint: Hint, record: OrderRecord) -> None:
        book = self._shops.book_of(hint.channel_id)
        # Read again once more, should the keeper die between these two: that changes nothing.
        await book.take_piece(Batch((record,), (), "", False))
        await self._settle(hint, "hint_read", state=inbox.DONE, last_error="")

    async def _missing(self, hint: Hint, outlet: Outlet, gone: NoSuchOrder) -> None:
        """Deleted there: cancelled here, once it was not there twice."""
        if not hint.fails:
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
