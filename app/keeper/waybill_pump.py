"""Buys, looks up and voids waybills, driven from their rows (consistency.md 2.2).

The exact bytes of a request are committed before the first one leaves. A lost answer is looked up
under the same key; never is a second waybill asked for by guess.
"""

import asyncio
import logging
from collections.abc import Mapping
from hashlib import sha256

from app.domain.states import WaybillState
from app.domain.waybill_plan import Lost, Next, Promise, plan
from app.keeper.room import Room
from app.operations import waybill_answers, waybill_intents
from app.store.seal import Row
from app.store.work import Work
from sync.errors import Ambiguous, Malformed, Rejected, SyncError, Throttled, Unreachable
from sync.ports import Carrier
from sync.records import NotFound, WaybillAnswer

LOG = logging.getLogger(__name__)

AT_ONCE = 16
IDLE_S = 0.5
UNREACHABLE_MS = 15_000
THROTTLED_MS = 2_000


class WaybillPump:
    """Works through the waybills something can be done about."""

    def __init__(self, room: Room, carriers: Mapping[int, Carrier]) -> None:
        """Take the carriers by account id; the mapping may grow while the pump runs."""
        self._room, self._carriers = room, carriers
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look now: somebody asked for a waybill."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._room.write(waybill_answers.forget_requesting)
        while True:
            if not await self.round():
                await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), IDLE_S)
        except TimeoutError:
            return
        self._woken.clear()

    async def round(self) -> int:
        """One pass over what is due; returns how many waybills were worked on."""
        rows = await self._room.write(lambda work: waybill_answers.due(work, AT_ONCE))
        mine = [row for row in rows if self._account(row) in self._carriers]
        fresh = [row for row in mine if row["state"] == WaybillState.INTENT]
        prepared = await self._room.write(lambda work: self._prepare(work, fresh)) if fresh else {}
        sends = [self._create(row, prepared[row["id"]]) for row in fresh if row["id"] in prepared]
        others = [self._settle(row) for row in mine if row["state"] != WaybillState.INTENT]
        await asyncio.gather(*sends, *others)
        return len(mine)

    @staticmethod
    def _account(row: Row) -> int:
        return int(row["carrier_account"].split(":")[1])

    def _prepare(self, work: Work, rows: list[Row]) -> dict[int, bytes]:
        """Write the exact bytes of every request; a receiver a carrier cannot take is refused."""
        out: dict[int, bytes] = {}
        for row in rows:
            carrier = self._carriers[self._account(row)]
            try:
                prepared = carrier.prepare(waybill_intents.wanted(work, row).ask)
            except Rejected as no:
                code, text = no.foreign_code or no.code, no.text
                waybill_answers.rejected(work, self._room.laws.now, row["id"], code, text)
                continue
            waybill_answers.begin(work, row, prepared, sha256(prepared).digest())
            out[row["id"]] = prepared
        work.tell("waybills_asked", "waybill", n=len(out))
        return out

    async def _create(self, row: Row, prepared: bytes) -> None:
        carrier = self._carriers[self._account(row)]
        try:
            answer = await carrier.create(row["intent_key"], prepared)
        except SyncError as error:
            await self._failed(row, error)
        else:
            await self._live(row, answer)

    async def _live(self, row: Row, answer: WaybillAnswer) -> None:
        def act(work: Work) -> None:
            waybill_answers.made_live(work, self._room.laws.now, row["id"], answer)
            work.tell("waybill_live", "waybill", row["id"], waybill_no=answer.waybill_no)

        await self._room.write(act)

    async def _failed(self, row: Row, error: SyncError) -> None:
        """Only a definite no ends a waybill; whatever may have arrived stays unknown."""

        def act(work: Work) -> None:
            if isinstance(error, Rejected):
                code, text = error.foreign_code or error.code, error.text
                waybill_answers.rejected(work, self._room.laws.now, row["id"], code, text)
            elif isinstance(error, Ambiguous | Malformed):
                waybill_answers.lost(work, row["id"], self._room.spread())
            else:
                waybill_answers.not_sent(work, row["id"], _wait_of(error))
            work.tell("waybill_unanswered", "waybill", row["id"], code=error.code)

        await self._room.write(act)

    async def _settle(self, row: Row) -> None:
        if row["state"] == WaybillState.VOIDING:
            await self._void(row)
            return
        act = plan(self._lost(row), self._promise(row))
        if act is Next.LOOK_UP:
            await self._look_up(row)
        elif act is Next.RESEND:
            await self._resend(row)
        else:
            await self._ask_person(row)

    def _lost(self, row: Row) -> Lost:
        now = self._room.clock.now()
        return Lost(row["first_sent_at"] or now, row["lookups"], row["not_found_at"], now)

    def _promise(self, row: Row) -> Promise:
        caps = self._carriers[self._account(row)].caps
        return Promise(caps.idem_window_ms, caps.lookup_by_ref, caps.not_found_is_final_after_ms)

    async def _look_up(self, row: Row) -> None:
        carrier = self._carriers[self._account(row)]
        try:
            found = await carrier.lookup(row["intent_key"])
        except SyncError as error:
            await self._failed_lookup(row, error)
            return
        if isinstance(found, WaybillAnswer):
            await self._live(row, found)
            return

        def act(work: Work) -> None:
            waybill_answers.not_found(work, row["id"], self._room.spread())
            work.tell("waybill_not_found", "waybill", row["id"])

        assert isinstance(found, NotFound)  # noqa: S101 - the port's other answer
        await self._room.write(act)

    async def _failed_lookup(self, row: Row, error: SyncError) -> None:
        def act(work: Work) -> None:
            waybill_answers.look_again(work, row["id"], self._room.spread())
            work.tell("waybill_lookup_failed", "waybill", row["id"], code=error.code)

        await self._room.write(act)

    async def _resend(self, row: Row) -> None:
        """The same bytes under the same key: the carrier has said twice that it has nothing."""

        def act(work: Work) -> bytes:
            waybill_answers.send_again(work, row)
            work.tell("waybill_resent", "waybill", row["id"])
            return waybill_answers.prepared_of(work, row)

        prepared = await self._room.write(act)
        await self._create(row, prepared)

    async def _ask_person(self, row: Row) -> None:
        def act(work: Work) -> None:
            waybill_answers.ask_person(work, self._room.laws.now, row["id"])
            work.tell("waybill_needs_person", "waybill", row["id"])

        await self._room.write(act)

    async def _void(self, row: Row) -> None:
        carrier = self._carriers[self._account(row)]
        error: SyncError | None = None
        try:
            await carrier.void(row["intent_key"], row["carrier_no"] or "")
        except SyncError as problem:
            error = problem

        def act(work: Work) -> None:
            if error is None:
                waybill_answers.voided(work, row["id"])
            elif isinstance(error, Rejected):
                text = error.text
                waybill_answers.void_failed(work, self._room.laws.now, row["id"], text)
            else:
                waybill_answers.void_again(work, row["id"], _wait_of(error))
            work.tell("waybill_voided", "waybill", row["id"], code=error.code if error else "")

        await self._room.write(act)


def _wait_of(error: SyncError) -> int:
    if isinstance(error, Throttled):
        return error.retry_after_ms or THROTTLED_MS
    return UNREACHABLE_MS if isinstance(error, Unreachable) else THROTTLED_MS
