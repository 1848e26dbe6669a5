"""Which word of a path leads to which shop or carrier account, as they are connected now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from app.keeper.bell import Bell
from app.keeper.push_desk import PushDesk
from app.keeper.room import Room
from app.store.push_paths import name_of, word_of
from app.store.work import Work
from sync.ports import Acknowledgement, TracksPushed

PUSH = "push"
LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Door:
    """Where a delivery for one shop or account goes in; `name` is what its owner calls it."""

    desk: PushDesk
    whose: str
    pk: int
    name: str

    async def take(self, headers: Mapping[str, str], body: bytes) -> Acknowledgement:
        """Keep one delivery and give the words its sender waits for; raises only sync.errors."""
        if self.whose == "carrier":
            return await self.desk.take_tracks(self.pk, headers, body)
        return await self.desk.take(self.pk, headers, body)


@dataclass(slots=True)
class PushDoors:
    """Who can call, by the word of the path; one that is not connected any more finds nobody in.

    `bell` is rung when a shop or carrier is connected: until its door is known its platform hears
    "no such path", and one that never calls again is heard of at the next reading only.
    """

    room: Room
    desk: PushDesk
    doors: dict[str, Door] = field(default_factory=dict)
    bell: Bell = field(default_factory=lambda: Bell(LOOK_S))

    async def look(self) -> bool:
        """Make a word for each that can call and has none; whether there are new doors."""
        able = [
            ("channel", pk)
            for pk, outlet in self.desk.outlets.items()
            if PUSH in outlet.channel.caps.flags
        ]
        able += [("carrier", pk) for pk, one in self.desk.carriers.items() if _calls(one)]
        known = {(door.whose, door.pk) for door in self.doors.values()}
        fresh = [one for one in able if one not in known]
        if fresh:
            self.doors |= await self.room.write(partial(self._open, fresh=fresh))
        return bool(fresh)

    def _open(self, work: Work, fresh: list[tuple[str, int]]) -> dict[str, Door]:
        made = {}
        for whose, pk in fresh:
            word = word_of(work, f"{whose}:{pk}", self.room.rng)
            made[word] = Door(self.desk, whose, pk, name_of(work, whose, pk))
        return made


def _calls(carrier: object) -> bool:
    return isinstance(carrier, TracksPushed)
