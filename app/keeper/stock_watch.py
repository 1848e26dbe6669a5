"""Looks what runs low, and tells shops what they may sell of it (F016, F021, F069, F123).

Every minute; every five seconds where a shop wants to hear of every change.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from app.domain.breakers import HOUR_MS, Figures
from app.domain.policy import ShopPolicy
from app.keeper.reading import read_only
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import exposure, replenishment
from app.store import exposure as told
from app.store import replenishment as tickets
from app.store import selling
from app.store.work import Work

FIRST_S, LOOK_S, SOON_S = 45.0, 60.0, 5.0
AT_ONCE = 50
"""Codes in one transaction: a shop that opens with thousands low is told in small pieces."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found: codes whose shops hear something new, and codes that run low."""

    tell: tuple[str, ...]
    low: Mapping[str, int]
    moved: bool


@dataclass(slots=True)
class Memory:
    """What lay of each code when its shops were last looked at, and under which choices."""

    figures: Mapping[str, Figures] = field(default_factory=dict)
    policy: ShopPolicy | None = None
    selling: tuple[int, ...] = ()
    whole_at: int = 0
    uploads: bool = False


@dataclass(frozen=True, slots=True)
class StockWatch:
    """Reads beside the writer, and writes only what is new; ``wake`` is called when it told.

    A code that lies as it did a minute ago is looked at again once an hour, for what changed of its
    listings.
    """

    room: Room
    wake: Callable[[], None]
    memory: Memory = field(default_factory=Memory)

    async def run(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            await self.round()
            await asyncio.sleep(SOON_S if self.memory.uploads else LOOK_S)

    async def round(self) -> int:
        """Look once; how many listings shops were told of."""
        found = await asyncio.to_thread(self._read)
        if found.moved:
            await self.room.write(lambda work: self._follow(work, found.low), Turn.INTAKE)
        n = 0
        for start in range(0, len(found.tell), AT_ONCE):
            some = found.tell[start : start + AT_ONCE]
            n += await self.room.write(partial(self._tell, some), Turn.INTAKE)
        if n:
            self.wake()
        return n

    def _read(self) -> Found:
        rules = self.room.laws.now
        with read_only(self.room.book) as book, book.work(self.room.actor) as work:
            known = told.all_figures(work)
            self.memory.uploads = bool(selling.uploading(work))
            new = self._new(known, selling.standing(work), work.now)
            due = exposure.due(work, rules, new & set(exposure.to_look_at(work, rules, known)))
            low = replenishment.low_of(rules, known)
            moved = low.keys() != tickets.open_tickets(work).keys()
            return Found(tuple(dict.fromkeys(one.sku for one in due)), low, moved)

    def _new(self, known: Mapping[str, Figures], law: tuple[int, ...], now: int) -> set[str]:
        """The codes that may have something new to tell."""
        before, policy = self.memory, self.room.laws.now.policy
        other = before.policy != policy or before.selling != law
        whole = other or now - before.whole_at >= HOUR_MS
        new = {sku for sku, one in known.items() if whole or before.figures.get(sku) != one}
        self.memory.figures, self.memory.policy, self.memory.selling = known, policy, law
        self.memory.whole_at = now if whole else before.whole_at
        return new

    def _tell(self, skus: tuple[str, ...], work: Work) -> int:
        n = exposure.tell(work, self.room.laws.now, skus)
        if n:
            work.tell("shops_told_stock", "stock", n=n)
        return n

    @staticmethod
    def _follow(work: Work, low: Mapping[str, int]) -> None:
        opened, closed = replenishment.follow(work, low)
        work.tell("replenishment_followed", "stock", opened=opened, closed=closed)
