"""Buys, looks up and voids waybills, driven from their rows (consistency.md 2.2).

The exact bytes of a request are committed before the first one leaves. A lost answer is looked up
under the same key; never is a second waybill asked for by guess.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from hashlib import sha256

from app.domain.errors import RowChanged, WaydeskError
from app.domain.states import WaybillState
from app.domain.waybill_plan import Lost, Next, Promise, is_final, plan, wait_after_no, wait_ms
from app.keeper.bell import Bell
from app.keeper.fresh_desk import Gate, no_gate
from app.keeper.room import Room
from app.operations import shippable, waybill_answers, waybill_intents
from app.operations.waybill_answers import CarrierNo
from app.store import events, label_data
from app.store.seal import Row
from app.store.work import Work
from sync.carriers.duplicate import AlreadyThere
from sync.errors import (
    Ambiguous,
    Malformed,
    PermissionMissing,
    Rejected,
    SyncError,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sync.ports import Carrier, LabelSource
from sync.waybill_records import NotFound, WaybillAnswer

LOG = logging.getLogger(__name__)

AT_ONCE = 16
IDLE_S = 0.5
UNREACHABLE_MS = 15_000
THROTTLED_MS = 2_000
TROUBLE_MS = 600_000
FOR_A_PERSON = (TokenExpired, PermissionMissing)


class WaybillPump:
    """Works through the waybills something can be done about."""

    def __init__(self, room: Room, carriers: Mapping[int, Carrier], gate: Gate = no_gate) -> None:
        """Take the carriers by account id, which may grow, and what reads orders again first."""
        self._room, self._carriers, self._gate = room, carriers, gate
        self._bell = Bell(IDLE_S)

    def wake(self) -> None:
        """Look now: somebody asked for a waybill."""
        self._bell.ring()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._room.write(waybill_answers.forget_requesting)
        await self._bell.rounds(self.round)

    async def round(self) -> int:
        """One pass over what is due; returns how many were worked on: none before "go"."""
        if self._room.laws.now.policy.read_only:
            return 0
        rows = await self._room.write(self._due)
        mine = [row for row in rows if self._account(row) in self._carriers]
        fresh = [row for row in mine if row["state"] == WaybillState.INTENT]
        await self._gate(tuple(row["order_id"] for row in fresh))
        prepared = await self._room.write(lambda work: self._prepare(work, fresh)) if fresh else {}
        asked = [row for row in fresh if row["id"] in prepared]
        sends = [self._alone(row, self._create(row, prepared[row["id"]])) for row in asked]
        waiting = [row for row in mine if row["state"] != WaybillState.INTENT]
        others = [self._alone(row, self._settle(row)) for row in waiting]
        await asyncio.gather(*sends, *others)
        return len(mine)

    @staticmethod
    def _due(work: Work) -> list[Row]:
        return waybill_answers.due(work, AT_ONCE, waybill_answers.stopped(work))

    @staticmethod
    def _account(row: Row) -> int:
        return int(row["carrier_account"].split(":")[1])

    async def _alone(self, row: Row, act: Awaitable[None]) -> None:
        """One order's trouble (a row somebody altered) is not the others': it is unknown so far."""
        try:
            await act
        except WaydeskError as trouble:
            LOG.exception("an answer could not be written", extra={"waybill": row["id"]})
            code = trouble.code

            def put_off(work: Work) -> None:
                waybill_answers.lost(work, row["id"], TROUBLE_MS)
                work.tell("waybill_unanswered", "waybill", row["id"], code=code)

            await self._room.write(put_off)

    def _prepare(self, work: Work, rows: list[Row]) -> dict[int, bytes]:
        """Write the exact bytes of every request; what cannot be asked for is refused here."""
        out: dict[int, bytes] = {}
        for row in rows:
            try:
                prepared = self._prepared(work, row)
            except Rejected as no:
                self._reject(work, row, no)
            except RowChanged as altered:
                waybill_answers.altered(work, self._room.laws.now, row["id"], altered)
            except WaydeskError as no:
                said = CarrierNo(no.code, str(no), no.code, dict(no.details))
                waybill_answers.rejected(work, self._room.laws.now, row["id"], said)
            else:
                if prepared is not None:
                    out[row["id"]] = prepared
        work.tell("waybills_asked", "waybill", n=len(out))
        return out

    def _prepared(self, work: Work, row: Row) -> bytes | None:
        """The bytes of one request, committed with this transaction; None where none is wanted."""
        stop = shippable.stop_of(work, row["order_id"])
        if stop:
            waybill_answers.not_wanted(work, row)
            why = {"gate": "number", "why": stop}
            events.note(work, row["order_id"], "gate_stopped", "bad", **why)
            return None
        carrier = self._carriers[self._account(row)]
        prepared = carrier.prepare(waybill_intents.wanted(work, row).ask)
        waybill_answers.begin(work, row, prepared, sha256(prepared).digest())
        return prepared

    def _reject(self, work: Work, row: Row, no: Rejected) -> None:
        # The bare class says no more than that it was a no: then the carrier's words are better.
        error = "" if no.code == Rejected.code else no.code
        said = CarrierNo(no.foreign_code or no.code, no.text or no.code, error, no.details)
        waybill_answers.rejected(work, self._room.laws.now, row["id"], said)

    async def _create(self, row: Row, prepared: bytes) -> None:
        carrier = self._carriers[self._account(row)]
        try:
            answer = await carrier.create(row["intent_key"], prepared)
        except SyncError as error:
            await self._failed(row, error)
        else:
            await self._adopt(row, answer)

    def _want_label(self, work: Work, row: Row, answer: WaybillAnswer) -> None:
        """A platform that gives its label apart is asked for it next (`LabelRound`)."""
        carrier: object = self._carriers.get(self._account(row))
        if answer.print_data is None and isinstance(carrier, LabelSource):
            label_data.want(work, row["id"])

    async def _failed(self, row: Row, error: SyncError) -> None:
        """Only a definite no ends a waybill; whatever may have arrived stays unknown."""

        def act(work: Work) -> None:
            if isinstance(error, Rejected):
                self._reject(work, row, error)
            elif isinstance(error, Ambiguous | Malformed):
                self._doubt(work, row, isinstance(error, AlreadyThere))
            else:
                waybill_answers.not_sent(work, row, _wait_of(error))
                self._stop_account(work, row, error)
            work.tell("waybill_unanswered", "waybill", row["id"], code=error.code)

        await self._room.write(act)

    def _doubt(self, work: Work, row: Row, known: bool) -> None:
        """Nobody knows so far; "you asked that before" (``known``) is looked up at once.

        Where nothing can be looked up it is there all the same, and only a person can read its
        number; what is merely lost is repeated there, more and more rarely.
        """
        by_ref = self._promise(row).lookup_by_ref
        wait = 0 if known else wait_ms(0 if by_ref else row["lookups"], self._room.spread())
        waybill_answers.lost(work, row["id"], wait)
        if known and not by_ref:
            waybill_answers.ask_person(work, self._room.laws.now, row["id"])

    def _stop_account(self, work: Work, row: Row, error: SyncError) -> None:
        if isinstance(error, FOR_A_PERSON):
            waybill_answers.key_refused(work, self._room.laws.now, row)

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
        return Lost(row["first_sent_at"] or now, row["not_found_at"], now)

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
        if isinstance(found, NotFound):
            await self._not_found(row)
        else:
            await self._adopt(row, found)

    async def _adopt(self, row: Row, found: WaybillAnswer) -> None:
        """Take a number, made or found, unless it is another parcel's."""

        def act(work: Work) -> None:
            digest = self._digest(work, row) if found.receiver_digest is not None else ""
            rules = self._room.laws.now
            ours = waybill_answers.adopt(work, rules, row["id"], found, digest)
            if ours:
                self._want_label(work, row, found)
            said = "waybill_live" if ours else "waybill_needs_person"
            work.tell(said, "waybill", row["id"], waybill_no=found.waybill_no)

        await self._room.write(act)

    @staticmethod
    def _digest(work: Work, row: Row) -> str:
        return waybill_intents.receiver_digest(waybill_intents.wanted(work, row).ask.receiver)

    async def _not_found(self, row: Row) -> None:
        """The carrier does not know it: the second time, a minute later, that is believed."""
        lost, promise = self._lost(row), self._promise(row)
        if is_final(lost, promise):
            await self._resend(row)
            return
        wait = wait_after_no(lost, promise, row["lookups"] + 1, self._room.spread())

        def act(work: Work) -> None:
            waybill_answers.not_found(work, row["id"], wait)
            work.tell("waybill_not_found", "waybill", row["id"])

        await self._room.write(act)

    async def _failed_lookup(self, row: Row, error: SyncError) -> None:
        def act(work: Work) -> None:
            spread = self._room.spread()
            waybill_answers.look_again(work, self._room.laws.now, row["id"], spread)
            self._stop_account(work, row, error)
            work.tell("waybill_lookup_failed", "waybill", row["id"], code=error.code)

        await self._room.write(act)

    async def _resend(self, row: Row) -> None:
        """The same bytes under the same key.

        The carrier has said twice that it has nothing, or promises the first answer to a repeat.
        """
        looked_up = self._promise(row).lookup_by_ref
        again = waybill_answers.send_again if looked_up else waybill_answers.repeat

        def act(work: Work) -> bytes:
            again(work, row)
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
                self._stop_account(work, row, error)
            work.tell("waybill_voided", "waybill", row["id"], code=error.code if error else "")

        await self._room.write(act)


def _wait_of(error: SyncError) -> int:
    if isinstance(error, Throttled):
        return error.retry_after_ms or THROTTLED_MS
    return UNREACHABLE_MS if isinstance(error, Unreachable) else THROTTLED_MS
