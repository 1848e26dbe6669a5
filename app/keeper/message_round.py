"""Asks platforms that keep messages what they have; confirms only what stands in the book."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations.inbox import receive
from app.store.inbox import Delivery
from app.store.work import Work
from sync.engine import note
from sync.errors import PermissionMissing, Rejected, SyncError, TokenExpired
from sync.ports import Message, Messages

LOG = logging.getLogger(__name__)

EVERY_S = 8.0
MOST_PAGES = 10
FOR_A_PERSON_MS = 3_600_000


class MessageRound:
    """Goes round the shops whose platform keeps messages for them."""

    def __init__(self, room: Room, outlets: Mapping[int, Outlet], wake: Callable[[], None]) -> None:
        """Take the shops that are connected now; ``wake`` is called when an order is to be read."""
        self._room, self._outlets, self._wake = room, outlets, wake
        self._not_before: dict[int, int] = {}

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(EVERY_S)

    async def round(self) -> int:
        """Ask each once, for as much as there is; how many messages were kept."""
        kept = 0
        for pk, outlet in list(self._outlets.items()):
            channel, now = outlet.channel, self._room.clock.now()
            asks = isinstance(channel, Messages) and channel.listens
            if not asks or self._not_before.get(pk, 0) > now or outlet.gear.breaker.wait_s() > 0:
                continue
            try:
                kept += await self._empty(pk, outlet)
            except SyncError as error:
                note(outlet.gear.breaker, error)
                self._left_alone(pk, error)
            except BaseException:
                outlet.gear.breaker.released()
                raise
        return kept

    async def _empty(self, pk: int, outlet: Outlet) -> int:
        channel, kept = outlet.channel, 0
        if not isinstance(channel, Messages):
            return 0
        for _ in range(MOST_PAGES):
            told = await channel.messages()
            outlet.gear.breaker.worked()
            if not told:
                break
            await self._keep(pk, told)
            self._wake()
            # Not before this: what is confirmed never comes again.
            await channel.confirm(tuple(message.id for message in told))
            kept += len(told)
        return kept

    async def _keep(self, pk: int, told: tuple[Message, ...]) -> None:
        rules = self._room.laws.now

        def act(work: Work) -> None:
            for message in told:
                hint = message.hint
                if hint.external_id:
                    whose = f"channel:{pk}", hint.event_id, message.content
                    receive(work, rules, Delivery(*whose, pk, hint.external_id, hint.topic))

        await self._room.write(act, Turn.INTAKE)

    def _left_alone(self, pk: int, error: SyncError) -> None:
        """What only a person can mend is not asked for every few seconds; orders are polled."""
        LOG.warning("no messages", extra={"channel": pk, "why": error.code})
        if isinstance(error, PermissionMissing | TokenExpired | Rejected):
            self._not_before[pk] = self._room.clock.now() + FOR_A_PERSON_MS
