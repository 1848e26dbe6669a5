"""One working day of the demonstration, done as people would do it: through the keeper's door.

Started by `waydesk demo` as a process of its own, so that it can be killed like a desk; started
again on the same folder it goes on where it was.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from app.commands.channels import ConnectCarrier, ConnectChannel, SetSender
from app.commands.parcels import PerOrder, PrintLabels, ScanLabel, Scanned, TakeWaybills
from app.commands.people import Created, SignedIn, SignIn
from app.commands.stock import AddLocation, OpenStock
from app.compose.clock import SystemClock
from app.compose.desk import link_of
from app.compose.house import BOOK_FILE
from app.compose.start import begin, flags_of
from app.desk.link import Link
from app.domain.board import Tab
from app.process.errors import Refused
from app.reads import board, house
from app.reads.board import BoardRow, View
from app.reads.book import ReadBook
from app.reads.viewer import Viewer, viewer_of
from app.rulebook import load

OWNER, LEAD = "demo", "lead"
PASSPHRASE = "waydesk-demo"  # noqa: S105 - published, as the vault's
AT_ONCE = 100
SCANS_AT_ONCE = 32
PAUSE_S = 0.1
STUCK_S = 240.0
DONE, STUCK = 0, 7


class Order(msgspec.Struct, frozen=True):
    """What the supervisor tells the day on its standard input."""

    offered: int
    shop: dict[str, str]
    carrier: dict[str, str]
    currency: str
    zone: str
    codes: tuple[tuple[str, str, int, int], ...]


@dataclass(slots=True)
class Day:
    """A person's day at the desk, at machine speed."""

    link: Link
    folder: Path
    order: Order
    clock: SystemClock = field(default_factory=SystemClock)
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
            return await self._work(reader)
        finally:
            reader.close()
            await self.link.close()

    async def _sign_in(self) -> None:
        signed = await self.link.ask(SignIn(OWNER, PASSPHRASE), SignedIn)
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
        last, since = "", self.clock.mono()
        while True:
            viewer = self._viewer(reader)
            if viewer is not None:
                await self._take_waybills(reader, viewer)
                await self._print(reader, viewer)
                await self._scan(reader, viewer)
                if self._is_done(reader, viewer):
                    return DONE
                now = self._progress(reader, viewer)
                last, since = (last, since) if now == last else (now, self.clock.mono())
                sys.stderr.write(f"\r{now}   ")
                if self.clock.mono() - since > STUCK_S:
                    return STUCK
            await asyncio.sleep(PAUSE_S)

    def _viewer(self, reader: ReadBook) -> Viewer | None:
        return viewer_of(reader, load().roles, self.link.session, self.clock.now())

    async def _take_waybills(self, reader: ReadBook, viewer: Viewer) -> None:
        rows = self._open(reader, viewer, Tab.TO_PRINT)
        wanted = [r.id for r in rows if not r.waybill_no and r.id not in self.asked][:AT_ONCE]
        if wanted:
            await self.link.ask(TakeWaybills(tuple(wanted)), PerOrder)
            self.asked.update(wanted)

    async def _print(self, reader: ReadBook, viewer: Viewer) -> None:
        rows = self._open(reader, viewer, Tab.TO_PRINT)
        ready = [r for r in rows if r.waybill_no and not r.print_state and r.id not in self.printed]
        if ready:
            wanted = tuple(r.id for r in ready[:AT_ONCE])
            await self.link.ask(PrintLabels(wanted, f"pdf:{self.folder / 'labels'}"), PerOrder)
            self.printed.update(wanted)

    async def _scan(self, reader: ReadBook, viewer: Viewer) -> None:
        rows = [r for r in self._open(reader, viewer, Tab.TO_SHIP) if r.id not in self.scanned]
        for start in range(0, len(rows), SCANS_AT_ONCE):
            some = rows[start : start + SCANS_AT_ONCE]
            await asyncio.gather(*(self._weigh(row) for row in some))
            self.scanned.update(row.id for row in some)

    async def _weigh(self, row: BoardRow) -> None:
        weight = 400 * max(1, row.items)
        try:
            await self.link.ask(ScanLabel(row.waybill_no, "weigh_out", weight), Scanned)
        except Refused as no:
            sys.stderr.write(f"\n{row.external_no}: {no.code}\n")

    def _open(self, reader: ReadBook, viewer: Viewer, tab: Tab) -> list[BoardRow]:
        """Orders of a tab that nobody stops and that wait for no exception."""
        view = View(tab=tab.value, sort="placed_at", descending=False)
        rows = board.page(reader, viewer, view, None, 2_000)
        return [row for row in rows if not row.held and not row.open_cases]

    def _is_done(self, reader: ReadBook, viewer: Viewer) -> bool:
        tabs = {t.tab: t.n for t in board.tabs(reader, viewer)}
        waiting = house.waiting(reader)
        busy = waiting.uploads + waiting.prints + waiting.waybills
        if sum(tabs.values()) < self.order.offered or busy:
            return False
        to_review = board.page(reader, viewer, View(tab=Tab.TO_REVIEW.value), None, 2_000)
        moving = [row for row in to_review if not row.held]
        return not (
            moving
            or self._open(reader, viewer, Tab.TO_PRINT)
            or self._open(reader, viewer, Tab.TO_SHIP)
        )

    def _progress(self, reader: ReadBook, viewer: Viewer) -> str:
        tabs = {t.tab: t.n for t in board.tabs(reader, viewer)}
        waiting = house.waiting(reader)
        words = " · ".join(f"{tab} {n}" for tab, n in tabs.items() if n)
        return f"{words} · uploads {waiting.uploads} · waybills {waiting.waybills}"


def main(arguments: Sequence[str]) -> int:
    """Do the day the supervisor tells on standard input; give the exit code."""
    settings = begin("demo-day", flags_of("demo-day", "A part of the demo.").parse_args(arguments))
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    day = Day(link_of(settings), settings.folder, order)
    return asyncio.run(day.run())


Codes = Iterable[tuple[str, str, int, int]]


def told(offered: int, connections: dict[str, Any], codes: Codes) -> bytes:
    """What to write to the day's standard input."""
    return json.dumps({"offered": offered, "codes": list(codes), **connections}).encode()
