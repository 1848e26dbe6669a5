"""Says the outbox's messages into the shop's WeCom group."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from app.keeper.mail_pump import settled
from app.keeper.room import Room
from app.operations import notices
from app.operations.notices import WECOM, Said
from app.store import outbox
from app.store.work import Work
from sync.errors import SyncError

LOOK_S = 30.0
AT_ONCE = 4


class Robot(Protocol):
    """Speaks into a group; raises only sync.errors."""

    async def say(self, address: str, text: str) -> None:
        """Put one message into the group."""
        ...


@dataclass(frozen=True, slots=True)
class ChatPump:
    """Looks twice a minute; a message that cannot leave waits, one refused is an exception."""

    room: Room
    robot: Robot

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(LOOK_S)

    async def round(self) -> int:
        """One pass over what is due; returns how many messages were tried."""
        messages = await self.room.write(self._lease)
        for message in messages:
            await self._send(message)
        return len(messages)

    def _lease(self, work: Work) -> list[Said]:
        found = []
        for row in outbox.due(work, AT_ONCE, (WECOM,)):
            message = notices.spoken(work, row)
            if message is None:
                notices.dropped(work, row)
            else:
                outbox.lease(work, row)
                found.append(message)
            work.tell("chat_sent" if message else "chat_dropped", "outbox", row["id"])
        return found

    async def _send(self, message: Said) -> None:
        error: SyncError | None = None
        try:
            await self.robot.say(message.address, message.text)
        except SyncError as failed:
            error = failed
        rules = self.room.laws.now
        await self.room.write(lambda work: settled(work, rules, message.row, error))
