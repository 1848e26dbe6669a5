"""Opens the shop's house behind the keeper's door: book, law, connectors, workers."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import or_
from typing import Any

from app import __version__
from app.commands import wire
from app.commands.approvals import PutCodesOnPaper
from app.commands.channels import PrintTestPage, ReadPrinters
from app.commands.founding import (
    Founding,
    FoundShop,
    KitMade,
    PrintKit,
    ReadFounding,
    ReadKit,
    TryCarrier,
    TryChannel,
)
from app.commands.packing import FinishPacking, OpenParcel
from app.commands.parcels import ScanLabel
from app.commands.people import Tokenise, UnlockVault
from app.commands.schedule import CheckConnection
from app.commands.shippable import AskShippable
from app.compose.clock import Snowflakes, SystemClock, SystemRng
from app.compose.connectors import makers_of
from app.compose.makers.tools import Tools
from app.compose.trials import Trials
from app.compose.update_line import LIMITS, fetch_over
from app.config import Settings, address_of
from app.domain.errors import VaultLocked
from app.domain.policy import ShopPolicy
from app.domain.recovery_kit import make_kit
from app.keeper import probe as probes
from app.keeper.care import Care, Routine
from app.keeper.chat_pump import ChatPump
from app.keeper.counter_round import CounterRound
from app.keeper.credential_watch import CredentialWatch
from app.keeper.export_desk import ASKS as EXPORT_ASKS
from app.keeper.export_desk import ExportDesk
from app.keeper.flow_watch import FlowWatch
from app.keeper.gap_radar import GapRadar
from app.keeper.health_watch import HealthWatch
from app.keeper.house import Beside, Commands, Job, Timers, Workers
from app.keeper.life import Announce
from app.keeper.mail_pump import MailPump
from app.keeper.master_desk import MasterDesk
from app.keeper.number_desk import NumberDesk
from app.keeper.offices import Offices, Pace
from app.keeper.order_file_desk import OrderFileDesk
from app.keeper.outside_watch import OutsideWatch
from app.keeper.press_link import PressLink
from app.keeper.print_pump import PrintPump
from app.keeper.printer_test import PrinterTest
from app.keeper.probe import Probe
from app.keeper.product_desk import ASKS as PRODUCT_ASKS
from app.keeper.product_desk import ProductDesk
from app.keeper.raw_printing import RawPrinting
from app.keeper.record_desk import ASKS as RECORD_ASKS
from app.keeper.record_desk import RecordDesk
from app.keeper.retention import Retention
from app.keeper.room import Room
from app.keeper.rotation import Rotation
from app.keeper.running_desk import ASKS as RUNNING_ASKS
from app.keeper.running_desk import RunningDesk
from app.keeper.search_desk import SearchDesk
from app.keeper.server import Answer, Ask, Surface
from app.keeper.stock_audit import StockAudit
from app.keeper.stock_snapshots import StockSnapshots
from app.keeper.stock_watch import StockWatch
from app.keeper.sync_reporter import SyncReporter
from app.keeper.updates import Updates
from app.keeper.witness import Witness
from app.keeper.writer import Turn, Writer
from app.operations import founding, stock_truth, sync_report
from app.operations.all_verbs import VERBS
from app.operations.door import Door
from app.operations.laws import Laws
from app.rulebook import RESOURCES
from app.store.backup_check import keys_in
from app.store.chest import Chest
from app.store.engine import postgres_engine, sqlite_engine
from app.store.opening import Opener
from app.store.os_keyring import OsKeyring, pinned_backend
from app.store.vault import (
    has_vault,
    is_demo,
    new_in_keyring,
    new_with_passphrase,
)
from app.store.work import Book, Place
from sync.mail_transport import MailTransport
from sync.notices.wecom import GroupRobot
from sync.outside import Listening, Outside
from sync.transport import Transport

BOOK_FILE = "book.db"
KEYRING = "keyring"
PATHS_FILE = "push-addresses.txt"
QUICK = (
    ScanLabel,
    OpenParcel,
    FinishPacking,
    Tokenise,
    TryChannel,
    TryCarrier,
    CheckConnection,
    AskShippable,
    ReadPrinters,
    PrintTestPage,
    PutCodesOnPaper,
    *RECORD_ASKS,
    *RUNNING_ASKS,
    *PRODUCT_ASKS,
    *EXPORT_ASKS,
)
"""Commands that wait for no other: they wait for a line's other end, or read the whole book."""


@dataclass(slots=True)
class House:
    """The house, shut until its key is at hand, then open until the keeper ends."""

    settings: Settings
    announce: Announce
    press: PressLink
    stack: AsyncExitStack
    clock: SystemClock = field(default_factory=SystemClock)
    rng: SystemRng = field(default_factory=SystemRng)
    commands: Commands | None = None
    room: Room | None = None
    paper: PrinterTest | None = None
    closers: list[Callable[[], None]] = field(default_factory=list)

    def key(self, passphrase: str | None = None) -> bytes:
        """The shop's key. Raises :class:`VaultLocked` or ``WrongPassphrase``."""
        if not has_vault(self.settings.folder):
            raise VaultLocked(why="no_vault")
        chest, given = self._chest(), passphrase or ""
        return chest.settle(chest.open(given), given, self._opens_book)

    @staticmethod
    def _keyring() -> OsKeyring | None:
        backend = pinned_backend()
        return OsKeyring(backend) if backend else None

    def _chest(self) -> Chest:
        return Chest(self.settings.folder, self.clock, self.rng, self._keyring())

    def _opens_book(self, kek: bytes) -> bool:
        path = self.settings.folder / BOOK_FILE
        try:
            return not path.exists() or bool(keys_in(path, kek, self.rng))
        except VaultLocked:
            return False

    def pace(self) -> Pace:
        """How often the world is asked; a demonstration has no neighbours to spare."""
        return Pace(1.0, 0.0, 5.0) if is_demo(self.settings.folder) else Pace()

    async def open(self, kek: bytes) -> None:
        """Open the book with the shop's key and start everything that runs by itself."""
        writer = Writer(self.clock.mono)
        # Closed last: whatever the writer's thread still has in hand stands on the connection.
        self.stack.callback(self._close_book)
        self.stack.callback(writer.close)
        book = await writer.do(Turn.COMMAND, lambda: self._book(kek))
        laws = await writer.do(Turn.COMMAND, lambda: Laws(book))
        room = self.room = Room(book, writer, laws, self.clock, self.rng, self.announce)
        transport = Transport()
        self.stack.push_async_callback(transport.close)
        outside = Outside()
        heard = Listening(transport, outside, self.clock)
        tools = Tools(heard, self.clock, book.ids, self.rng)
        offices = Offices(room, makers_of(tools, laws), self.pace())
        record = RecordDesk(room, self.press, self.settings.folder)
        products = ProductDesk(room, offices.shops.outlets)
        usual = f"pdf:{self.settings.folder / 'labels'}"
        test = self.paper = PrinterTest(room, self.press, RawPrinting(RESOURCES), usual)
        running = await self._running(room, kek)
        found = SearchDesk(room)
        exports, files = ExportDesk(room), OrderFileDesk(room)
        await exports.begin()
        self.stack.push_async_callback(exports.close)
        beside = Beside(
            *(found, self.press, Trials(tools), record, test, running, products, offices.fresh),
            *(exports, files, NumberDesk(room), MasterDesk(room)),
        )
        self._start(room, offices, (beside, tools, outside))
        self.commands = Commands(room, Door(book, laws, VERBS), beside, offices.wake)

    def _start(self, room: Room, offices: Offices, hands: tuple[Beside, Tools, Outside]) -> None:
        beside, tools, outside = hands
        prints = PrintPump(room, self.press, beside.test.raw, beside.test.usual)
        prints.guard(offices.fresh.gate)
        timers = Timers(room, beside.search, offices.wake)
        offices.wakers += [prints.wake, timers.wake]
        workers = Workers(
            (
                *_abroad(offices),
                *self._relay(offices),
                Job("prints", prints.run),
                Job("flow", timers.flow),
                Job("minutes", timers.minutes),
                Job("care", _care(room, beside, Probe(room, offices.shops)).run),
                Job("health", HealthWatch(room, offices.shops).run),
                Job("snapshots", StockSnapshots(room, offices.shops).run),
                Job("outside", OutsideWatch(room, outside).run),
                Job("radar", GapRadar(room, offices.shops).run),
                Job("witness", Witness(room, self.settings.folder).run),
                Job("record", beside.record.nightly),
                Job("mail", MailPump(room, MailTransport()).run),
                Job("chat", ChatPump(room, GroupRobot(tools.http)).run),
                Job("state", FlowWatch(room).run),
                Job("stock", StockWatch(room, offices.wake).run),
                Job("cancellations", StockAudit(room).run),
                Job("rotation", Rotation(room).run),
                Job("credentials", CredentialWatch(room, offices.shops.health).run),
                Job("retention", Retention(room, self.settings.folder).run),
            )
        )
        if not self.settings.safe:  # in safe mode the book is served and nothing runs by itself
            workers.start()
        self.stack.push_async_callback(workers.stop)
        self.stack.callback(beside.record.close)

    def _relay(self, offices: Offices) -> tuple[Job, ...]:
        """Where platforms call; its web server is loaded only where it is asked for."""
        address = address_of(self.settings.relay)
        if address is None:
            return ()
        from app.compose.relay import listen  # noqa: PLC0415 - a desk's keeper starts lean

        paper = self.settings.folder / PATHS_FILE
        return (Job("relay", partial(listen, offices.doors, address, paper)),)

    async def _running(self, room: Room, kek: bytes) -> RunningDesk:
        """Who keeps Waydesk well; its line to the outside is short and has bounds of its own."""
        line = Transport(LIMITS)
        self.stack.push_async_callback(line.close)
        updates = Updates(room, fetch_over(line), RESOURCES / "updates" / "root.json")
        opener = Opener(kek, self.clock, room.book.ids, self.rng)
        running = RunningDesk(room, self.settings, kek, opener, updates.look)
        if room.book.chest is not None:
            room.book.chest.heard = running.use_key
        return running

    def _book(self, kek: bytes) -> Book:
        where = self.settings.book
        engine = postgres_engine(where) if where else self._file()
        self.closers.append(engine.dispose)
        ids = Snowflakes(self.clock, self.settings.desk)
        place = Place(self.settings.desk, socket.gethostname(), __version__)
        book = Opener(kek, self.clock, ids, self.rng).open(engine, place)
        book.chest = self._chest()
        return book

    def _close_book(self) -> None:
        for close in self.closers:
            close()

    def _file(self) -> Any:
        return sqlite_engine(self.settings.folder / BOOK_FILE)

    async def _founding(self) -> Founding:
        """How far the folder's shop is; one whose key is not at hand has its people."""
        folder, people = self.settings.folder, has_vault(self.settings.folder)
        if self.room is not None:
            book = self.room.book
            people = await self.room.writer.do(Turn.COMMAND, lambda: founding.has_people(book))
        return Founding(people, is_demo(folder), pinned_backend() is not None)

    async def _found(self, ask: FoundShop) -> KitMade:
        """Make key, book and owner; what was begun before and cut off goes on from there.

        Raises a Refusal before anything is made when an answer does not fit.
        """
        founding.check(ask)
        if self.room is None:
            if not has_vault(self.settings.folder):
                await asyncio.to_thread(self._new_key, ask)
            await self.open(await asyncio.to_thread(self.key, ask.vault_passphrase or None))
        room = self.room
        assert room is not None  # noqa: S101 - opened above
        await room.writer.do(Turn.COMMAND, lambda: founding.found_shop(room.book, ask))
        await room.writer.do(Turn.COMMAND, room.laws.renew)
        return await self._kit(ask.vault_passphrase)

    async def _kit(self, passphrase: str) -> KitMade:
        return KitMade(make_kit(await asyncio.to_thread(self.key, passphrase or None)))

    def _new_key(self, ask: FoundShop) -> None:
        folder, backend = self.settings.folder, pinned_backend()
        if ask.keep_in == KEYRING and backend is not None:
            new_in_keyring(folder, OsKeyring(backend), self.rng)
        else:
            new_with_passphrase(folder, ask.vault_passphrase, self.rng)

    async def handle(self, ask: Ask) -> Answer:
        """Do one command; before the house is open only its key is taken."""
        if isinstance(ask.command, ReadFounding):
            return Answer(await self._founding())
        if isinstance(ask.command, FoundShop):
            return Answer(await self._found(ask.command))
        if self.commands is not None:
            answer = await self.commands.handle(ask)
            if isinstance(ask.command, ReadKit):
                return Answer(await self._kit(ask.command.vault_passphrase), answer.changed)
            if isinstance(ask.command, PrintKit) and self.paper is not None:
                made = await self._kit(ask.command.vault_passphrase)
                await self.paper.print_kit(made.kit, ask.command.printer, ask.call_id)
            return answer
        if not isinstance(ask.command, UnlockVault):
            raise VaultLocked(why="passphrase_needed")
        await self.open(await asyncio.to_thread(self.key, ask.command.passphrase))
        return Answer()


def _abroad(offices: Offices) -> tuple[Job, ...]:
    """What talks to platforms and carriers, each a job that fails by itself."""
    return (
        Job("offices", offices.run),
        Job("shops", offices.shops.run),
        Job("waybills", offices.waybills.run),
        Job("labels", offices.labels.run),
        Job("effects", offices.effects.run),
        Job("hints", offices.hints.run),
        Job("messages", offices.messages.run),
        Job("pushes", offices.pushes.run),
        Job("presence", offices.presence.run),
        Job("tracking", offices.tracking.run),
        Job("after_sales", offices.after_sales.run),
        Job("outlets", offices.outlets.run),
    )


def _care(room: Room, beside: Beside, probe: Probe) -> Care:
    """What is done every day; a shared PostgreSQL is backed up by its server."""
    running, sheets = beside.running, beside.record.sheets()
    own = room.book.dialect == "sqlite"
    backup = Routine("backup", lambda p: p.backup_at, lambda _: running.make("daily", "timer", ""))
    updates = Routine("updates", lambda p: p.backup_at, lambda _: running.look())
    sheet = Routine("sheet", ShopPolicy.sheet_time, sheets.by_itself, lambda p: p.calendar().works)
    probing = Routine("probe", lambda _policy: probes.AT, lambda _: probe.do())
    report = Routine("report", lambda _policy: sync_report.AT, SyncReporter(room).do)
    stock = Routine("stock_report", lambda _policy: stock_truth.AT, StockAudit(room).report)
    counter = Routine("counter", lambda p: p.counter_at, CounterRound(room).do)
    every = (counter, updates, sheet, probing, report, stock)
    return Care(room, (*((backup,) if own else ()), *every))


@asynccontextmanager
async def open_house(
    settings: Settings, announce: Announce, press: PressLink, *, alone: bool = False
) -> AsyncIterator[Surface]:
    """Open the house as far as its key allows; leaving it closes everything in order.

    Raises :class:`VaultLocked` where it serves alone and nobody will bring the key.
    """
    async with AsyncExitStack() as stack:
        stack.push_async_callback(press.close)
        house = House(settings, announce, press, stack)
        try:
            await house.open(house.key(settings.passphrase))
        except VaultLocked as locked:
            if alone or locked.details.get("why") not in {"passphrase_needed", "no_vault"}:
                raise
        asks = reduce(or_, (verb.ask for verb in VERBS), UnlockVault | ReadFounding | FoundShop)
        yield Surface(wire.decoder(asks), house.handle, quick=QUICK)
