"""Reads every shop for as long as the keeper runs; commands never wait for more than one piece."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from app.commands import wire
from app.domain.errors import WaydeskError
from app.keeper.effect_pump import Outlet
from app.keeper.room import Room
from app.keeper.token_shelf import BookShelf
from app.keeper.writer import Turn
from app.operations import intake, retake
from app.store import cases, inbox, intake_rows, shops, sync_history
from app.store.seal import Row
from app.store.shops import ShopAccess
from app.store.work import Work
from sync.engine import ORDERS, SPREAD_S, Health, Source
from sync.errors import SyncError
from sync.known import AsksKnown
from sync.records import Batch

PIECE = 20  # records in one transaction: about 10 ms, and a command goes first after each
EVERY_S = 30.0  # lists lag ten seconds, a page takes some: 19 of 20 orders are here in a minute
LOOK_S = 5.0
CALLED_MS = 3_600_000  # a platform that called within the hour may have called in vain meanwhile

FILES = "file:"  # a shop that is only read from files

LOG = logging.getLogger(__name__)

Connect = Callable[[ShopAccess, BookShelf], Outlet | None]


class ShopBook:
    """Where one shop's records go: into the book, a small piece at a time (sync.engine.Book)."""

    def __init__(self, room: Room, channel_id: int, came: Callable[[], None]) -> None:
        """``came`` is called when orders came in: the rules may let them go on."""
        self._room, self._id, self._came = room, channel_id, came
        self.late: Callable[[tuple[int, ...]], None] = lambda _delays: None
        """Hears how long each new order was under way, in milliseconds."""
        self.last_event_ms: int | None = None

    async def cursor(self) -> str:
        """How far the shop has been read."""
        return await self._room.write(
            lambda work: intake_rows.cursor_of(work, self._id), Turn.INTAKE
        )

    async def known(self, versions: Mapping[str, int]) -> frozenset[str]:
        """Which of these orders stand as they are listed (sync.known.Known)."""
        return await self._room.write(
            lambda work: intake_rows.standing_so(work, self._id, versions), Turn.INTAKE
        )

    async def take(self, batch: Batch) -> None:
        """Take a page in; the cursor moves with its last piece, so that a kill loses nothing.

        A shop read to its end is told to the screens: how old what they show is (F048).
        """
        for piece in intake.split(batch, PIECE):
            await self.take_piece(piece)
        if not batch.more:
            self._room.announce(wire.Changed({"read": (self._id,)}))

    async def take_piece(self, piece: Batch) -> intake.Taken:
        """Take a few records in, in one transaction."""
        way = intake.Way(self._room.book, self._room.laws.now, self._id, self._room.actor)
        act = partial(intake.take_part, way, piece)
        taken = await self._room.writer.do(Turn.INTAKE, act)
        if taken.rows:
            self._room.announce(wire.Changed(dict(taken.rows)))
        self.late(taken.delays_ms)
        if taken.new or taken.changed:
            self.last_event_ms = self._room.clock.now()
            self._came()
        return taken


@dataclass(slots=True)
class _Reader:
    """One shop being read."""

    shop: ShopAccess
    version: int
    source: Source
    book: ShopBook
    task: asyncio.Task[None]
    began_ms: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How the reading of one shop stands, for whoever watches it."""

    name: str
    every_s: float
    began_ms: int
    health: Health
    outlet: Outlet
    last_event_ms: int | None


@dataclass(slots=True)
class SyncLoop:
    """Keeps one reader for each shop that is on; a new shop or new key needs no restart.

    Attributes:
        connect: makes the connector of a shop; None for one that is only read from files.
        came: called when orders came in.
        opened: called when a shop begins to be read.
        outlets: each shop's channel with its brakes, for the uploads too.
        every_s, spread_s: how often a shop is read, and over how long the first reads are spread.
    """

    room: Room
    connect: Connect
    came: Callable[[], None]
    opened: Callable[[], None] = lambda: None
    outlets: dict[int, Outlet] = field(default_factory=dict)
    every_s: float = EVERY_S
    spread_s: float = SPREAD_S
    _readers: dict[int, _Reader] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _bad: dict[int, int] = field(default_factory=dict)
    _was: dict[int, Health] = field(default_factory=dict)
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    def wake(self) -> None:
        """Look now whether a shop was added, changed or asked for."""
        self._woken.set()

    def health(self) -> dict[int, Health]:
        """How each shop is doing, by channel id."""
        return {pk: reader.source.health for pk, reader in self._readers.items()}

    def book_of(self, channel_id: int) -> ShopBook:
        """Where one shop's records go, whoever brings them."""
        reader = self._readers.get(channel_id)
        return reader.book if reader else ShopBook(self.room, channel_id, self.came)

    def readings(self) -> tuple[tuple[int, Reading], ...]:
        """Every shop that is read now, by channel id."""
        return tuple(
            (
                pk,
                Reading(
                    one.shop.name,
                    one.shop.every_s or self.every_s,
                    one.began_ms,
                    one.source.health,
                    self.outlets[pk],
                    one.book.last_event_ms,
                ),
            )
            for pk, one in self._readers.items()
        )

    async def run(self) -> None:
        """Read all shops until cancelled."""
        try:
            while True:
                await self.look()
                try:
                    await asyncio.wait_for(self._woken.wait(), LOOK_S)
                except TimeoutError:
                    continue
                self._woken.clear()
        finally:
            await self.close()

    async def close(self) -> None:
        """End all readers; what they had in hand is in the book."""
        for pk in list(self._readers):
            await self._stop(pk)

    async def look(self) -> None:
        """Start, restart, stop and wake readers as the book says."""
        standing, wanted, kept, read_at = await self.room.write(
            lambda work: (
                shops.shops(work),
                shops.wanted_pulls(work),
                intake_rows.wanted_records(work),
                intake_rows.read_at(work),
            ),
            Turn.ANSWER,
        )
        on = {shop.id: shop for shop in standing}
        for pk, reader in list(self._readers.items()):
            if pk not in on or on[pk].version > reader.version or reader.task.done():
                await self._stop(pk)
        self._was = {pk: health for pk, health in self._was.items() if pk in on}
        for shop in [one for pk, one in on.items() if pk not in self._readers]:
            self._start(shop, await self._first(shop, read_at.get(shop.id, 0)))
        for pk in self._readers.keys() & on.keys():
            if wanted.get(pk, 0) > self._readers[pk].began_ms:
                self._readers[pk].began_ms = self.room.clock.now()
                self._readers[pk].source.wake()
        for row in kept:
            if row["channel_id"] in self.outlets:
                await self._retake(row)

    async def _retake(self, row: Row) -> None:
        """Ask the platform for one record that was kept aside, as it is now."""
        pk, code = row["channel_id"], ""
        try:
            record = await self.outlets[pk].channel.detail(row["external_id"])
        except SyncError as error:
            code = error.code
        else:
            taken = await self.book_of(pk).take_piece(Batch((record,), (), "", False))
            code = "" if taken.understood else "unreadable"
        await self.room.write(lambda work: retake.settle(work, row["id"], code))

    def _start(self, shop: ShopAccess, first: tuple[float, float]) -> None:
        """Begin to read; `first` are the seconds to wait, and those the start is spread over."""
        outlet = self._outlet(shop)
        if outlet is None:
            return
        self.outlets[shop.id] = outlet
        book = ShopBook(self.room, shop.id, self.came)
        if isinstance(outlet.channel, AsksKnown):
            outlet.channel.known = book.known

        def told(health: Health) -> None:
            task = asyncio.ensure_future(self._tell(shop, health))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

        source = Source(str(shop.id), outlet.channel, book, outlet.gear, told)
        book.late = partial(_count, source, outlet)
        every_s = shop.every_s or self.every_s
        rest_s, spread_s = first
        source.health = self._was.pop(shop.id, source.health)
        task = asyncio.create_task(source.run(every_s, spread_s, rest_s))
        now = self.room.clock.now()
        self._readers[shop.id] = _Reader(shop, shop.version, source, book, task, now)
        self.opened()

    async def _first(self, shop: ShopAccess, read_ms: int) -> tuple[float, float]:
        """When a shop is read first: seconds to wait, and over how many more that is spread.

        Whoever changed its keys or pace waits for it. A keeper that was killed a moment ago keeps
        to the pace, unless the platform calls: it may have called while nobody was there. Many that
        wake together after a pause must not all ask at once.
        """
        if shop.id in self._was:
            return 0.0, 0.0
        every_s, now = shop.every_s or self.every_s, self.room.clock.now()
        gone_s = (now - read_ms) / 1000
        if not 0 <= gone_s <= every_s + self.spread_s:
            return 0.0, self.spread_s
        calls = await self.room.write(
            lambda work: inbox.has_called(work, shop.id, now - CALLED_MS), Turn.ANSWER
        )
        return 0.0 if calls else max(0.0, every_s - gone_s), 0.0

    def _outlet(self, shop: ShopAccess) -> Outlet | None:
        """The shop's connector; one that cannot be made does not stop the other shops."""
        if shop.platform.startswith(FILES):
            return None
        try:
            return self.connect(shop, self._shelf(shop.id))
        except (WaydeskError, LookupError, ValueError):
            if self._bad.get(shop.id) != shop.version:
                LOG.exception("a shop cannot be connected", extra={"channel": shop.id})
                self._bad[shop.id] = shop.version
            return None

    def _shelf(self, pk: int) -> BookShelf:
        def kept(version: int) -> None:
            # A token renewed by the reader itself is no reason to begin the reader anew.
            if pk in self._readers:
                self._readers[pk].version = max(self._readers[pk].version, version)

        return BookShelf(self.room, pk, kept)

    async def _stop(self, pk: int) -> None:
        reader = self._readers.pop(pk)
        self.outlets.pop(pk, None)
        self._was[pk] = reader.source.health
        reader.task.cancel()
        await asyncio.wait({reader.task})
        if not reader.task.cancelled() and (problem := reader.task.exception()):
            # The book would not take a page (a full disk, a lost server): the cursor stands.
            LOG.error("a shop's reader ended", exc_info=problem, extra={"channel": pk})

    async def _tell(self, shop: ShopAccess, health: Health) -> None:
        """Tell the screens; a key that is refused becomes a case, and settles when it is good."""
        await self.room.write(lambda work: self._case(work, shop, health))

    def _case(self, work: Work, shop: ShopAccess, health: Health) -> None:
        reading = dict(self.readings()).get(shop.id)
        if reading is not None:
            sync_history.put_state(work, shop.id, state_of(reading, self.room.clock.mono()))
            work.tell("sync_measured", "channel", shop.id)
        standing = shops.open_cases_of(work, shop.id, "key_refused")
        if health.needs_person and not standing:
            notice = cases.Notice(
                "key_refused", 0, shop.id, subject=shop.name, args={"platform": shop.platform}
            )
            cases.open_case(work, self.room.laws.now.cases, notice)
            work.tell("key_refused", "channel", shop.id, code=health.error)
        for case_id in standing if health.up else ():
            cases.settle(work, case_id, "key_accepted", work.actor.name)
            work.tell("key_accepted", "channel", shop.id)


def state_of(one: Reading, mono: float) -> Row:
    """How a shop stands now, as its row says it."""
    meter, health = one.outlet.meter, one.health
    return {
        "up": int(health.up),
        "needs_person": int(health.needs_person),
        "error": health.error,
        "last_success_at": health.last_success_ms,
        "down_since": health.down_since_ms,
        "last_event_at": one.last_event_ms,
        "offset_ms": meter.offset_ms if meter else None,
        "answer_ms": meter.answer_ms if meter else None,
        "limit_left": meter.limit_left if meter else None,
        "retrying": int(one.outlet.gear.tally.is_retrying(mono)),
    }


def _count(source: Source, outlet: Outlet, delays_ms: tuple[int, ...]) -> None:
    """Count how late orders came; what was there before the first whole reading is no delay."""
    if source.health.last_success_ms is not None:
        outlet.gear.tally.came(ORDERS, delays_ms)
