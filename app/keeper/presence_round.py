"""Asks shops that list no deleted orders whether what is still to be shipped is still there."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.operations.intake_gone import void_deleted
from app.store import intake_rows
from sync.errors import SyncError
from sync.ports import Presence

LOG = logging.getLogger(__name__)

ROUND_S = 1800.0


class PresenceRound:
    """Goes through the open orders of such shops; a hundred in one question."""

    def __init__(self, room: Room, outlets: Mapping[int, Outlet]) -> None:
        """Take the shops that are connected now, by channel id; the mapping may change."""
        self._room, self._outlets = room, outlets

    async def run(self) -> None:
        """Go round until cancelled; the first time after half an hour, for the shops read first."""
        while True:
            await asyncio.sleep(ROUND_S)
            await self.round()

    async def round(self) -> int:
        """Ask once about every open order; returns how many were deleted."""
        voided = 0
        for channel_id, outlet in list(self._outlets.items()):
            shop = outlet.channel
            if not isinstance(shop, Presence) or outlet.gear.breaker.wait_s() > 0:
                continue
            try:
                voided += await self._ask(channel_id, shop)
            except SyncError as error:
                why = {"channel": channel_id, "why": error.code}
                LOG.warning("not asked which orders were deleted", extra=why)
        return voided

    async def _ask(self, channel_id: int, shop: Presence) -> int:
        since, after, voided = self._room.clock.now() - shop.sees_back_ms, 0, 0
        while True:
            look = partial(
                intake_rows.standing_orders, channel_id=channel_id, since=since, after=after
            )
            standing = await self._room.write(look, Turn.INTAKE)
            if not standing:
                return voided
            after = max(standing.values())
            gone = await shop.gone(tuple(standing))
            if gone:
                voided += await self._void(channel_id, gone)

    async def _void(self, channel_id: int, gone: frozenset[str]) -> int:
        rules = self._room.laws.now
        act = partial(void_deleted, rules=rules, channel_id=channel_id, gone=gone)
        return await self._room.write(act, Turn.INTAKE)
