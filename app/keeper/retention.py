"""Once a day: what was kept long enough goes, and the record says how much of what."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.domain.errors import RetentionTooShort
from app.domain.personal_data import DAY_MS, OpenBecause
from app.keeper.room import Room
from app.keeper.writer import Turn
from app.store import erasure, expiry, inbox, sync_history
from app.store.engine import fold_journal
from app.store.expiry import Run
from app.store.retention import prune
from app.store.seal import Row
from app.store.tables import orders
from app.store.work import Work

LOG = logging.getLogger(__name__)

LOOK_S = 300.0
PIECE = 10  # orders in one transaction
LABELS = "labels"

Piece = Callable[[Work, int], tuple[int, int]]
"""Does a piece behind an id; gives how many went, and where to go on (0: all was looked at)."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Looks every few minutes whether today's run is still to come; a closed shop runs it late."""

    room: Room
    folder: Path

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            if await self.room.write(self._is_due, Turn.INTAKE):
                await self.round()
            await asyncio.sleep(LOOK_S)

    def _is_due(self, work: Work) -> bool:
        return work.now - expiry.last_run(work).at >= DAY_MS

    async def round(self) -> Run:
        """One run, in small pieces; commands go first after each."""
        policy = self.room.laws.now.policy
        asked = await self._through(self._asked)
        expired = await self._through(self._expired) if policy.personal_data_days else 0
        kept = await self._through(self._kept) if policy.personal_data_days else 0
        run = Run(
            at=self.room.clock.now(),
            asked=asked,
            expired=expired,
            kept=kept,
            lines=await self.room.writer.do(Turn.INTAKE, self._prune),
            files=await asyncio.to_thread(self._drop_labels, policy.personal_data_days),
        )
        await self.room.write(self._forget_figures, Turn.INTAKE)
        await self.room.write(lambda work: expiry.write_run(work, run), Turn.INTAKE)
        await self.room.writer.do(Turn.INTAKE, lambda: fold_journal(self.room.book.engine))
        return run

    async def _through(self, piece: Piece) -> int:
        gone, after = 0, 0
        while True:
            some, after = await self.room.write(partial(_behind, piece, after), Turn.INTAKE)
            gone += some
            if not after:
                return gone

    def _asked(self, work: Work, after: int) -> tuple[int, int]:
        """Orders whose buyer asked before they were over."""
        ids = erasure.next_wanted(work, after, PIECE)
        gone = self._erase(work, [work.row(orders, pk) for pk in ids], "asked")
        return gone, ids[-1] if len(ids) == PIECE else 0

    def _expired(self, work: Work, after: int) -> tuple[int, int]:
        days = self.room.laws.now.policy.personal_data_days
        rows, go_on = expiry.expired(work, days, after, PIECE)
        return self._erase(work, rows, "retention"), go_on

    def _erase(self, work: Work, rows: list[Row], cause: str) -> int:
        days = self.room.laws.now.policy.after_sale_days
        over = [row for row in rows if erasure.why_open(work, row, days) is OpenBecause.NOTHING]
        for row in over:
            erasure.erase(work, row["id"], cause)
        return len(over)

    def _kept(self, work: Work, _after: int) -> tuple[int, int]:
        before = work.now - self.room.laws.now.policy.personal_data_days * DAY_MS
        gone = erasure.forget_kept(work, before, PIECE)
        if gone:
            work.tell("kept_forgotten", "kept", 0, n=gone)
        return gone, int(gone == PIECE)

    @staticmethod
    def _forget_figures(work: Work) -> None:
        gone = sync_history.forget_old(work) + inbox.forget_old(work)
        if gone:
            work.tell("figures_forgotten", "channel", n=gone)

    def _prune(self) -> int:
        try:
            return prune(
                self.room.book, self.room.actor, self.room.laws.now.policy.audit_days
            ).entries
        except RetentionTooShort:
            LOG.warning("the activity log is kept: fewer days than the law asks were chosen")
            return 0

    def _drop_labels(self, days: int) -> int:
        """Label files saved here show where parcels went, and go with the orders they are of."""
        before = self.room.clock.now() - days * DAY_MS
        old = [
            file
            for file in (self.folder / LABELS).glob("*.pdf")
            if days and file.stat().st_mtime * 1000 < before
        ]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)


def _behind(piece: Piece, after: int, work: Work) -> tuple[int, int]:
    return piece(work, after)
