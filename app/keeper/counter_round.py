"""Merges every night what the shops that sell offline sold (F023)."""

from dataclasses import dataclass
from functools import partial

from app.domain.states import LockMoment
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import counter_sales
from app.store import selling
from app.store.work import Work


@dataclass(frozen=True, slots=True)
class CounterRound:
    """Merges each such shop in small pieces, so that no command waits for a whole day's sales."""

    room: Room

    async def do(self, _due: int) -> None:
        """Merge all of them once."""
        for channel_id in await self.room.write(self._shops):
            while await self.room.write(partial(self._merge, channel_id), Turn.INTAKE):
                pass

    @staticmethod
    def _shops(work: Work) -> list[int]:
        return selling.with_moment(work, LockMoment.NIGHTLY)

    def _merge(self, channel_id: int, work: Work) -> bool:
        merged = counter_sales.merge(work, self.room.laws.now, channel_id)
        told = {"units": merged.units, "n": merged.orders, "conflicts": len(merged.conflicts)}
        work.tell("counter_merged", "channel", channel_id, **told)
        return merged.more
