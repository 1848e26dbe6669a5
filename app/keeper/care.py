"""The shop's daily care: one verified backup a day, made while people work."""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import WaydeskError
from app.keeper.room import Room
from app.store.backup import BOOK_FILE, FOLDER, drop_old, list_backups, make_backup
from app.store.work import Work

LOG = logging.getLogger(__name__)

LOOK_S = 600.0
DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Care:
    """Looks every ten minutes whether a backup is due; a shared PostgreSQL has its own."""

    room: Room
    folder: Path

    async def run(self) -> None:
        """Look until cancelled; a backup that fails is said once an hour, work goes on."""
        while self.room.book.dialect == "sqlite":
            await asyncio.sleep(LOOK_S)
            if await asyncio.to_thread(self.is_due):
                await self.back_up()

    def is_due(self) -> bool:
        """Whether the newest backup is older than a day, or there is none."""
        newest = list_backups(self.folder / FOLDER)[:1]
        return not newest or self.room.clock.now() - newest[0].made_at >= DAY_MS

    async def back_up(self) -> None:
        """Make one verified backup and drop what is too old; the record says how it ended."""
        result = "ok"
        try:
            await asyncio.to_thread(self._make)
        except WaydeskError as problem:
            LOG.exception("no backup was made")
            result = problem.code

        def act(work: Work) -> None:
            work.tell("backup_made", "book", 0, code=result)

        await self.room.write(act)

    def _make(self) -> None:
        hands = (self.room.clock, self.room.rng)
        target = self.folder / FOLDER
        make_backup(self.folder / BOOK_FILE, target, self.room.book.keys, "daily", hands)
        drop_old(target)
