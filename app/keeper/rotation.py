"""Brings the book under its newest data key while people work, a piece at a time."""

import asyncio
from dataclasses import dataclass

from app.domain.personal_data import backups_gone_after_ms
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations import tampered
from app.store import rotation
from app.store.work import Work

PIECE = 25  # rows in one transaction: about 10 ms, and a command goes first after each
LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Rotation:
    """Looks every few seconds whether rows are to be closed with a newer key."""

    room: Room
    piece: int = PIECE

    async def run(self) -> None:
        """Move rows until cancelled; what was cut off goes on where it stood."""
        while True:
            if not await self.round():
                await asyncio.sleep(LOOK_S)

    async def round(self) -> bool:
        """Move one piece; whether there may be more."""
        return await self.room.write(self._some, Turn.INTAKE)

    def _some(self, work: Work) -> bool:
        """One piece, with an exception for each row that was altered."""
        policy = self.room.laws.now.policy
        kept = backups_gone_after_ms(policy.backup_days, policy.backup_weeks)
        if rotation.look_again(work, kept):
            work.tell("key_checked_again", "data_key", work.keys.current)
            return True
        step = rotation.move_some(work, self.piece)
        if step is None:
            return False
        for found in step.trouble:
            tampered.open_case(work, self.room.laws.now, found)
        said = {"n": step.looked, "left": len(step.trouble)}
        work.tell("key_moved", "data_key", work.keys.current, **said)
        if step.ended:
            work.tell(f"key_{step.ended}", "data_key", work.keys.current)
        return not step.ended
