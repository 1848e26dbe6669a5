"""Fetches the labels that a platform gives apart from their numbers, and keeps them."""

import asyncio
import logging
from collections.abc import Mapping

from app.keeper.bell import Bell
from app.keeper.room import Room
from app.operations import waybill_answers
from app.store import label_data
from app.store.seal import Row
from app.store.work import Work
from sync.errors import Rejected, SyncError
from sync.ports import Carrier, LabelSource

LOG = logging.getLogger(__name__)

AT_ONCE = 8
IDLE_S = 2.0
WAITS_MS = (5_000, 30_000, 120_000, 600_000, 3_600_000)


class LabelRound:
    """Asks for the labels that are missing, more and more rarely where the platform is away."""

    def __init__(self, room: Room, carriers: Mapping[int, Carrier]) -> None:
        """Take the carriers by account id; the mapping may grow."""
        self._room, self._carriers = room, carriers
        self._bell = Bell(IDLE_S)

    def wake(self) -> None:
        """Look now: a number came."""
        self._bell.ring()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._bell.rounds(self.round)

    async def round(self) -> int:
        """One pass over the labels that are due; returns how many were asked for."""
        rows = await self._room.write(lambda work: label_data.due(work, AT_ONCE))
        asked = [(row, source) for row in rows if (source := self._source(row)) is not None]
        await asyncio.gather(*(self._ask(row, source) for row, source in asked))
        return len(asked)

    def _source(self, row: Row) -> LabelSource | None:
        carrier: object = self._carriers.get(int(row["carrier_account"].split(":")[1]))
        return carrier if isinstance(carrier, LabelSource) else None

    async def _ask(self, row: Row, source: LabelSource) -> None:
        try:
            told = await source.print_data(row["intent_key"], row["carrier_no"])
        except SyncError as error:
            await self._failed(row, error)
            return

        def act(work: Work) -> None:
            waybill_answers.keep_label(work, self._room.laws.now, row, told)
            work.tell("label_kept", "waybill", row["id"])

        await self._room.write(act)

    async def _failed(self, row: Row, error: SyncError) -> None:
        """Only a definite no ends it, and becomes a case; all else is tried again."""

        def act(work: Work) -> None:
            if isinstance(error, Rejected):
                label_data.later(work, row["id"], None)
                text = error.text or error.code
                waybill_answers.label_not_given(work, self._room.laws.now, row, text)
            else:
                wait = WAITS_MS[min(label_data.tries(work, row["id"]), len(WAITS_MS) - 1)]
                label_data.later(work, row["id"], wait)
            work.tell("label_not_given", "waybill", row["id"], code=error.code)

        LOG.warning("no label", extra={"waybill": row["id"], "why": error.code})
        await self._room.write(act)
