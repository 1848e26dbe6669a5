"""Everything behind the keeper's door, running: commands, sync, waybills, prints, timers."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from app.commands import wire
from app.commands.approvals import CodesHanded, PutCodesOnPaper
from app.commands.cases import Exported
from app.commands.catalogue_import import Brought, TakenBack
from app.commands.channels import Imported, PrintersSeen, PrintTestPage, ProofPage, ReadPrinters
from app.commands.founding import Tried, TryCarrier, TryChannel
from app.commands.masters import MastersRead, ReadMasters
from app.commands.numbers import NumbersSeen, NumbersTaken
from app.commands.packing import FinishPacking, OpenParcel
from app.commands.parcels import ScanLabel
from app.commands.people import Tokenise
from app.commands.schedule import CheckConnection
from app.commands.shippable import AskShippable
from app.domain.approval import ApprovalNeeded
from app.domain.errors_away import BookAway
from app.keeper.bell import Bell
from app.keeper.export_desk import ASKS as EXPORT_ASKS
from app.keeper.export_desk import ExportDesk
from app.keeper.fresh_desk import FreshDesk, Passing
from app.keeper.master_desk import MasterDesk
from app.keeper.number_desk import ASKS as NUMBER_ASKS
from app.keeper.number_desk import NumberDesk
from app.keeper.order_file_desk import ASKS as ORDER_FILE_ASKS
from app.keeper.order_file_desk import OrderFileDesk
from app.keeper.press_link import PressLink
from app.keeper.printer_list import printers_seen
from app.keeper.printer_test import PrinterTest
from app.keeper.product_desk import ASKS as PRODUCT_ASKS
from app.keeper.product_desk import ProductDesk
from app.keeper.record_desk import ASKS as RECORD_ASKS
from app.keeper.record_desk import RecordDesk
from app.keeper.room import Room
from app.keeper.running_desk import ASKS as RUNNING_ASKS
from app.keeper.running_desk import RunningDesk
from app.keeper.search_desk import SearchDesk
from app.keeper.server import Answer, Ask
from app.keeper.writer import Turn
from app.operations import allocation, approvals, credentials, listings, reviews, tracking
from app.operations.door import Answer as Done
from app.operations.door import Door
from app.store import stock_release
from app.store.work import Work

LOG = logging.getLogger(__name__)

FILE_ASKS = (*PRODUCT_ASKS, *EXPORT_ASKS, *ORDER_FILE_ASKS, *NUMBER_ASKS, ReadMasters)
FileAnswer = (
    Brought | TakenBack | Exported | Imported | NumbersSeen | NumbersTaken | MastersRead | None
)
FLOW_S = 1.0
MINUTE_S = 60.0
AGAIN_S = 2.0


class Trials(Protocol):
    """Tries keys at the other end; each raises what is wrong with them."""

    async def channel(self, ask: TryChannel) -> tuple[str, ...]:
        """Try a shop's address and keys; codes of what is worth knowing though they work."""
        ...

    async def carrier(self, ask: TryCarrier) -> None:
        """Try a carrier account."""
        ...


@dataclass(frozen=True, slots=True)
class Beside:
    """Who answers what no transaction can: search tokens, printers, keys tried, the record."""

    search: SearchDesk
    press: PressLink
    trials: Trials
    record: RecordDesk
    test: PrinterTest
    running: RunningDesk
    products: ProductDesk
    fresh: FreshDesk
    exports: ExportDesk
    order_files: OrderFileDesk
    numbers: NumberDesk
    masters: MasterDesk


class Commands:
    """Takes the desk's calls to the door, on the writer's thread, before everything else."""

    def __init__(self, room: Room, door: Door, beside: Beside, wake: Callable[[], None]) -> None:
        """``wake`` is called after every command: it may have made work for the pumps."""
        self._room, self._door, self._wake = room, door, wake
        self._search, self._press = beside.search, beside.press
        self._trials = beside.trials
        self._record, self._test = beside.record, beside.test
        self._running = beside.running
        self._products = beside.products
        self._fresh, self._exports = beside.fresh, beside.exports
        self._order_files, self._numbers = beside.order_files, beside.numbers
        self._masters = beside.masters

    async def handle(self, ask: Ask) -> Answer:
        """Do one command; raises its Refusal or Fault."""
        if isinstance(ask.command, Tokenise) and self._search.knows(ask.session):
            return Answer(self._search.tokens(ask.session, ask.command))
        if isinstance(ask.command, ScanLabel | OpenParcel | FinishPacking):
            return await self._scanned(ask, ask.command)
        done = await self._through_the_door(ask)
        for session_id in done.changed.get("sessions", ()):
            self._search.shut(str(session_id))
        if isinstance(ask.command, Tokenise):
            self._search.let_in(ask.session)
        beside = await self._beside(ask, done.result)
        if beside is not None:
            return beside
        self._wake()
        return Answer(msgspec.Raw(done.result), wire.Changed(dict(done.changed)))

    async def _scanned(self, ask: Ask, command: Passing) -> Answer:
        """A scan passes the gate first; the screen hears what it did and as of when that holds."""
        doors: list[Done] = []

        async def scan() -> bytes:
            doors.append(await self._through_the_door(ask))
            return doors[0].result

        told = await self._fresh.scanned(command, ask.session, scan)
        self._wake()
        return Answer(told, wire.Changed(dict(doors[0].changed)))

    async def _beside(self, ask: Ask, let_in: bytes) -> Answer | None:
        """What is answered beside the book, once the door has let it in."""
        if isinstance(ask.command, ReadPrinters | PrintTestPage | PutCodesOnPaper):
            return Answer(await self._at_a_printer(ask, let_in))
        if isinstance(ask.command, FILE_ASKS):
            return Answer(await self._files(ask, let_in))
        if isinstance(ask.command, TryChannel | TryCarrier | CheckConnection):
            return Answer(await self._tried(ask.command))
        if isinstance(ask.command, AskShippable):
            return Answer(await self._fresh.answer(ask.command, let_in))
        return await self._looked_at(ask)

    async def _files(self, ask: Ask, let_in: bytes) -> FileAnswer:
        """What comes in from a file, or goes out to one."""
        if isinstance(ask.command, ReadMasters):
            return await self._masters.answer(ask, let_in)
        if isinstance(ask.command, NUMBER_ASKS):
            answer = await self._numbers.answer(ask, let_in)
            self._wake()
            return answer
        if isinstance(ask.command, ORDER_FILE_ASKS):
            return await self._order_files.answer(ask, let_in)
        desk = self._products if isinstance(ask.command, PRODUCT_ASKS) else self._exports
        return await desk.answer(ask, let_in)

    async def _looked_at(self, ask: Ask) -> Answer | None:
        if isinstance(ask.command, RECORD_ASKS):
            return Answer(await self._record.answer(ask))
        if isinstance(ask.command, RUNNING_ASKS):
            return Answer(await self._running.answer(ask))
        return None

    async def _tried(self, ask: TryChannel | TryCarrier | CheckConnection) -> Tried | None:
        if isinstance(ask, CheckConnection):
            kept = ask
            typed = await self._room.write(lambda work: credentials.as_typed(work, kept))
            return await self._tried(typed) or Tried()
        if isinstance(ask, TryChannel):
            return Tried(await self._trials.channel(ask))
        await self._trials.carrier(ask)
        return None

    async def _at_a_printer(
        self, ask: Ask, let_in: bytes
    ) -> PrintersSeen | ProofPage | CodesHanded:
        """What only this computer's printers can answer, once the door has let it in."""
        if isinstance(ask.command, PrintTestPage):
            return await self._test.print(wire.unpack(let_in, ProofPage), ask.call_id)
        if isinstance(ask.command, PutCodesOnPaper):
            handed = wire.unpack(let_in, CodesHanded)
            return await self._test.print_codes(ask.command.codes, handed, ask.call_id)
        return await printers_seen(self._press, self._room.laws.now.policy.label_printer)

    async def _through_the_door(self, ask: Ask) -> Done:
        """Do it; a request that waits for somebody's consent by now is told to the screens."""
        try:
            return await self._room.writer.do(
                Turn.COMMAND, lambda: self._door.do(ask.call_id, ask.command, ask.session)
            )
        except ApprovalNeeded:
            self._room.announce(wire.Changed({"approvals": ()}))
            raise


@dataclass(frozen=True, slots=True)
class Job:
    """A worker that runs as long as the keeper does."""

    name: str
    run: Callable[[], Awaitable[None]]


class Workers:
    """Keeps the jobs running; one that fails is logged and begun again, the others go on."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = tuple(jobs)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin all jobs."""
        self._tasks = [asyncio.create_task(self._keep(job), name=job.name) for job in self._jobs]

    async def stop(self) -> None:
        """End all jobs; what they had in hand is in the book."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _keep(self, job: Job) -> None:
        while True:
            try:
                await job.run()
            except Exception as problem:
                if _is_away(problem):
                    LOG.warning("the server with the shop's data is away", extra={"job": job.name})
                else:
                    LOG.exception("a worker failed and begins again", extra={"job": job.name})
                await asyncio.sleep(AGAIN_S)
            else:
                return


def _is_away(problem: Exception) -> bool:
    """Whether all that went wrong is that the server of a shared book is not reached."""
    if isinstance(problem, ExceptionGroup):
        return all(isinstance(one, Exception) and _is_away(one) for one in problem.exceptions)
    return isinstance(problem, BookAway)


class Timers:
    """What the shop's rules do by themselves: allocate, expire, look for overdue pickups."""

    def __init__(self, room: Room, search: SearchDesk, wake: Callable[[], None]) -> None:
        self._room, self._search, self._wake = room, search, wake
        self._bell = Bell(FLOW_S)

    def wake(self) -> None:
        """Look now: orders came in."""
        self._bell.ring()

    async def flow(self) -> None:
        """Allocate what may go on by itself, in small pieces."""
        while True:
            moved = await self._room.write(self._allocate, Turn.INTAKE)
            moved += await self._room.write(self._catch_up, Turn.INTAKE)
            if moved:
                self._wake()
                continue
            await self._bell.rest()

    def _allocate(self, work: Work) -> int:
        return allocation.flow(work, self._room.laws.now, limit=5)

    def _catch_up(self, work: Work) -> int:
        return listings.catch_up(work, self._room.laws.now, limit=5)

    async def minutes(self) -> None:
        """Once a minute: soft reservations whose time is over, pickups that did not come."""
        while True:
            await self._room.write(self._expire, Turn.INTAKE)
            await asyncio.sleep(MINUTE_S)

    def _expire(self, work: Work) -> None:
        freed = stock_release.expire(work)
        if freed:
            work.tell("reservations_expired", "order", n=len(freed))
        if reviews.remind(work, self._room.laws.now):
            work.tell("review_due", "case")
        approvals.expire(work)
        self._search.write_down(work)
        before = len(work.marked.get("cases", ()))
        tracking.overdue(work, self._room.laws.now)
        found = len(work.marked.get("cases", ())) - before
        if found:
            work.tell("pickups_overdue", "order", n=found)
