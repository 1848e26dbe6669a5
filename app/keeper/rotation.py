"""Brings the book under its newest data key while people work, a piece at a time."""

import asyncio
from dataclasses import dataclass, field

from app.domain.personal_data import backups_gone_after_ms
from app.domain.pieces import PieceSize
from app.keeper.room import Room
from app.operations import tampered
from app.store import rotation
from app.store.rotation import Step
from app.store.work import Work

LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Rotation:
    """Looks every few seconds whether rows are to be closed with a newer key."""

    room: Room
    size: PieceSize = field(default_factory=PieceSize)

    async def run(self) -> None:
        """Move rows until cancelled; what was cut off goes on where it stood."""
        while True:
            if not await self.round():
                await asyncio.sleep(LOOK_S)

    async def round(self) -> bool:
        """Move one piece; whether there may be more."""
        step: Step | None = None

        def some(work: Work, rows: int) -> int:
            nonlocal step
            step = self._some(work, rows)
            return step.looked if step is not None else 0

        await self.room.piece(some, self.size)
        return step is not None and not step.ended

    def _some(self, work: Work, rows: int) -> Step | None:
        """One piece, with an exception for each row that was altered."""
        policy = self.room.laws.now.policy
        kept = backups_gone_after_ms(policy.backup_days, policy.backup_weeks)
        if rotation.look_again(work, kept):
            work.tell("key_checked_again", "data_key", work.keys.current)
            return Step(0)
        step = rotation.move_some(work, rows)
        if step is None:
            return None
        for found in step.trouble:
            tampered.open_case(work, self.room.laws.now, found)
        said = {"n": step.looked, "left": len(step.trouble)}
        work.tell("key_moved", "data_key", work.keys.current, **said)
        if step.ended:
            work.tell(f"key_{step.ended}", "data_key", work.keys.current)
        return step
