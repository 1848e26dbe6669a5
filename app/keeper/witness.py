"""Keeps the record's heads outside the book: every quarter of an hour, or a thousand entries."""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.audit import Head
from app.keeper.room import Room
from app.store import witnesses

LOG = logging.getLogger(__name__)

LOOK_S = 60.0
EVERY_MS = 15 * 60_000
ENTRIES = 1_000


@dataclass(slots=True)
class Witness:
    """Writes heads to files: in the data folder, and in the folder the shop chose.

    Whoever then cuts the record, writes it anew with the key, or puts an older book in its place is
    found by the next verification, as far back as the last head kept.
    """

    room: Room
    folder: Path
    _kept: dict[int, Head] = field(default_factory=dict)
    _at: int = 0

    async def run(self) -> None:
        """Look every minute until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> bool:
        """Keep the heads when it is time; whether it was."""
        heads = await self.room.write(witnesses.heads_now)
        now = self.room.clock.now()
        grown = sum(h.seq - self._kept.get(c, Head()).seq for c, h in heads.items())
        if not grown or (grown < ENTRIES and now - self._at < EVERY_MS):
            return False
        moved = [(chain, head) for chain, head in heads.items() if self._kept.get(chain) != head]
        await asyncio.to_thread(self._keep, now, moved)
        self._kept, self._at = heads, now
        return True

    def _keep(self, now: int, heads: list[tuple[int, Head]]) -> None:
        for path in witnesses.files(self.folder, self.room.laws.now.policy.heads_folder):
            try:
                witnesses.keep(path, now, heads)
            except OSError:
                LOG.exception("heads of the record were not kept")
