"""One working day of the demonstration, done as people would do it: through the keeper's door.

Started by `waydesk demo` as a process of its own, so that it can be killed like a desk; started
again on the same folder it goes on where it was.
"""

import asyncio
import contextlib
import json
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.commands.channels import ConnectCarrier, ConnectChannel, SetSender
from app.commands.parcels import PerOrder, PrintLabels, ScanLabel, Scanned, TakeWaybills
from app.commands.people import Created, SignedIn, SignIn
from app.commands.stock import AddLocation, OpenStock
from app.compose.clock import SystemClock
from app.compose.demo_progress import Progress
from app.compose.house import BOOK_FILE
from app.compose.link import link_of
from app.compose.start import begin, flags_of
from app.desk.link import Link
from app.domain.board import Tab
from app.domain.demo import DEMO_LOGIN, DEMO_PASSPHRASE
from app.process.errors import Refused
from app.reads import board, house
from app.reads.board import BoardRow, View
from app.reads.book import ReadBook
from app.reads.house import Waiting
from app.reads.viewer import Viewer, viewer_of
from app.rulebook import Rulebook, load

AT_ONCE = 100
SCANS_AT_ONCE = 32
PAUSE_S = 0.1
LOOK_ANYWAY_S = 1.0
STUCK_S = 240.0
DONE, STUCK, STOPPED = 0, 7, 130


class Order(msgspec.Struct, frozen=True):
    """What the supervisor tells the day on its standard input.

    Attributes:
        whole: work the day; else the shop is only set up.
    """

    whole: bool
    offered: int
    shop: dict[str, str]
    carrier: dict[str, str]
    currency: str
    zone: str
    codes: tuple[tuple[str, str, int, int], ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look at the board shows: orders of each tab, and what waits for the outside."""

    tabs: dict[str, int]
    waiting: Waiting


@dataclass(slots=True)
class Day:
    """A person's day at the desk, at machine speed."""

    link: Link
    folder: Path
    order: Order
    clock: SystemClock = field(default_factory=SystemClock)
    progress: Progress = field(default_factory=lambda: Progress(sys.stderr, SystemClock()))
    law: Rulebook = field(default_factory=load)
    asked: set[int] = field(default_factory=set)
    printed: set[int] = field(default_factory=set)
    scanned: set[int] = field(default_factory=set)

    async def run(self) -> int:
        """Do the whole job; gives 0 when all orders went out or stand as exceptions."""
        self.link.start()
        await self.link.ready()
        await self._sign_in()
        reader = ReadBook(self.folder / BOOK_FILE)
        try:
            if not house.shops(reader):
                await self._set_up()
            return await self._work(reader) if self.order.whole else DONE
        finally:
            self.progress.end()
            reader.close()
            await self.link.close()

    async def _sign_in(self) -> None:
        signed = await self.link.ask(SignIn(DEMO_LOGIN, DEMO_PASSPHRASE), SignedIn)
        self.link.session = signed.session

    async def _set_up(self) -> None:
        """Connect what the supervisor started, and count the stock."""
        order = self.order
        place = await self.link.ask(AddLocation("主仓 Main"), Created)
        await self.link.ask(OpenStock(place.id, order.codes), type(None))
        carrier = ConnectCarrier("sf", "顺丰 SF", order.carrier)
        await self.link.ask(carrier, Created)
        sender = SetSender(
            "织物小铺", "057188886666", "织物小铺", "浙江省", "杭州市", "萧山区", "仓前路 9 号"
        )
        await self.link.ask(sender, type(None))
        shop = ConnectChannel("woocommerce", "织物小铺", order.zone, order.currency, order.shop)
        await self.link.ask(shop, Created)

    async def _work(self, reader: ReadBook) -> int:
        last, since = None, self.clock.mono()
        while True:
            if self.link.reason is not None:  # nobody works any more, though nothing is asked
                raise self.link.reason
            viewer = viewer_of(reader, self.law.roles, self.link.session, self.clock.now())
            if viewer is not None:
                now = self._look(reader, viewer)
                idle = self.clock.mono() - since
                if now != last or idle > LOOK_ANYWAY_S:
                    await self._act(reader, viewer, now)
                    if self._is_done(reader, viewer, self._look(reader, viewer)):
                        return DONE
                if idle > STUCK_S:
                    return STUCK
                last, since = (now, since if now == last else self.clock.mono())
                self.progress.show(self._told(now))
            await asyncio.sleep(PAUSE_S)

    @staticmethod
    def _look(reader: ReadBook, viewer: Viewer) -> Sight:
        return Sight({t.tab: t.n for t in board.tabs(reader, viewer)}, house.waiting(reader))

    async def _act(self, reader: ReadBook, viewer: Viewer, now: Sight) -> None:
        if now.tabs.get(Tab.TO_PRINT):
            rows = self._open(reader, viewer, Tab.TO_PRINT)
            await self._take_waybills(rows)
            await self._print(rows)
        if now.tabs.get(Tab.TO_SHIP):
            await self._scan(self._open(reader, viewer, Tab.TO_SHIP))

    async def _take_waybills(self, rows: list[BoardRow]) -> None:
        wanted = [r.id for r in rows if not r.waybill_no and r.id not in self.asked][:AT_ONCE]
        if wanted:
            await self.link.ask(TakeWaybills(tuple(wanted)), PerOrder)
            self.asked.update(wanted)

    async def _print(self, rows: list[BoardRow]) -> None:
        ready = [r for r in rows if r.waybill_no and not r.print_state and r.id not in self.printed]
        if ready:
            wanted = tuple(r.id for r in ready[:AT_ONCE])
            await self.link.ask(PrintLabels(wanted, f"pdf:{self.folder / 'labels'}"), PerOrder)
            self.printed.update(wanted)

    async def _scan(self, rows: list[BoardRow]) -> None:
        fresh = [row for row in rows if row.id not in self.scanned]
        for start in range(0, len(fresh), SCANS_AT_ONCE):
            some = fresh[start : start + SCANS_AT_ONCE]
            await asyncio.gather(*(self._weigh(row) for row in some))
            self.scanned.update(row.id for row in some)

    async def _weigh(self, row: BoardRow) -> None:
        weight = 400 * max(1, row.items)
        try:
            await self.link.ask(ScanLabel(row.waybill_no, "weigh_out", weight), Scanned)
        except Refused as no:
            title, _ = self.law.words.told(no, self.order.language)
            facts = {"number": row.external_no, "title": title}
            said = self.law.words.say("demo.scan_refused", self.order.language, **facts)
            self.progress.note(said)

    @staticmethod
    def _open(reader: ReadBook, viewer: Viewer, tab: Tab) -> list[BoardRow]:
        """Orders of a tab that nobody stops and that wait for no exception."""
        view = View(tab=tab.value, sort="placed_at", descending=False)
        rows = board.page(reader, viewer, view, None, 2_000)
        return [row for row in rows if not row.held and not row.open_cases]

    def _is_done(self, reader: ReadBook, viewer: Viewer, now: Sight) -> bool:
        waiting = now.waiting
        if sum(now.tabs.values()) < self.order.offered:
            return False
        if waiting.uploads or waiting.prints or waiting.waybills:
            return False
        to_review = board.page(reader, viewer, View(tab=Tab.TO_REVIEW.value), None, 2_000)
        moving = [row for row in to_review if not row.held]
        return not (
            moving
            or self._open(reader, viewer, Tab.TO_PRINT)
            or self._open(reader, viewer, Tab.TO_SHIP)
        )

    def _told(self, now: Sight) -> str:
        return self.law.words.say(
            "demo.progress",
            self.order.language,
            orders=sum(now.tabs.values()),
            offered=self.order.offered,
            to_print=now.tabs.get(Tab.TO_PRINT, 0),
            to_ship=now.tabs.get(Tab.TO_SHIP, 0),
            shipped=now.tabs.get(Tab.SHIPPED, 0),
            uploads=now.waiting.uploads,
        )


def main(arguments: Sequence[str]) -> int:
    """Do the day the supervisor tells on standard input; give the exit code."""
    settings = begin("demo-day", flags_of("demo-day", "A part of the demo.").parse_args(arguments))
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    day = Day(link_of(settings), settings.folder, order)
    try:
        return asyncio.run(_until_left(day))
    except asyncio.CancelledError:
        return STOPPED


async def _until_left(day: Day) -> int:
    """Work the day until it is done, or until the supervisor is no more: then end in order."""
    loop, task = asyncio.get_running_loop(), asyncio.create_task(day.run())

    def wait_for_the_end() -> None:
        # Not through sys.stdin: a thread in its lock would spoil the end of the process.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        with contextlib.suppress(RuntimeError):  # the day is over: nobody is left to tell
            loop.call_soon_threadsafe(task.cancel)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    return await task


def told(offered: int, more: dict[str, object], *, whole: bool = True) -> bytes:
    """What to write to the day's standard input: one line of JSON."""
    return json.dumps({"whole": whole, "offered": offered, **more}).encode() + b"\n"
