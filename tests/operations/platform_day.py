"""A shop on a platform: the real connector, shelf, engine and intake against local interfaces."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from app.commands.channels import ConnectChannel
from app.commands.parcels import ScanLabel, TypeWaybill
from app.compose.connectors import makers_of
from app.compose.makers.tools import Tools
from app.domain.actor import worker
from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.keeper.sync_loop import ShopBook, SyncLoop
from app.store import shops
from app.store.seal import Row
from app.store.tables_record import case, outbox
from app.store.work import Book
from sync.engine import Health, Source
from sync.transport import Transport, TransportLimits
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.worlds import CountingIds, FixedClock, SeededRng

NUMBER = "SF1426008000001"


@dataclass
class PlatformDay:
    """The shop, its platform, and everything between them."""

    shop: Shop
    clock: FixedClock
    box: Any
    loop: SyncLoop
    room: Room

    async def read(self) -> Health:
        """Ten minutes later, one round of the real engine, its records through the real intake."""
        self.clock.advance(600_000)
        with self.shop.book.work(worker("test")) as work:
            access = next(s for s in shops.shops(work) if s.id == self.shop.channel_id)
        outlet = self.loop.outlets.get(access.id)
        if outlet is None:
            made = self.loop._outlet(access)
            assert made is not None
            gear = replace(made.gear, sleep=self._pass_time)
            outlet = self.loop.outlets[access.id] = Outlet(made.channel, gear)
        book = ShopBook(self.room, access.id, lambda: None)
        health = await Source("here", outlet.channel, book, outlet.gear, lambda _: None).round()
        self.shop.flow()
        return health

    async def _pass_time(self, seconds: float) -> None:
        self.clock.advance(round(seconds * 1000))

    async def upload(self) -> str:
        """Let the pump work until the newest effect is settled; its state."""
        pump = EffectPump(self.room, self.loop.outlets)
        for _ in range(200):
            await pump.round()
            state = str(self.shop.all(outbox)[-1]["state"])
            if state in ("done", "dead"):
                return state
            self.clock.advance(20_000)
        raise AssertionError("the effect does not settle")

    def label(self, order: Any) -> str:
        """Its number, from the platform's back office: the label is made."""
        ask = TypeWaybill(self.row(order)["id"], "sf", NUMBER, "platform e-waybill")
        self.shop.do("lead", ask)
        return NUMBER

    def pack(self, order: Any) -> str:
        """Everything up to the scan that ships; the number."""
        self.label(order)
        assert self.shop.do("packer", ScanLabel(NUMBER, "weigh_out"))["shipped"]
        return NUMBER

    def row(self, order: Any) -> Row:
        """The order as the book has it."""
        truth = self.box.shop.orders.items()
        return self.shop.order(next(number for number, each in truth if each is order))

    def open_cases(self) -> set[str]:
        return {row["kind"] for row in self.shop.all(case) if row["state"] != "settled"}


@asynccontextmanager
async def platform_day(
    book: Book,
    clock: FixedClock,
    platform: str,
    box: Any,
    fields_at: Callable[[str], Mapping[str, str]],
) -> AsyncIterator[PlatformDay]:
    """A shop connected to a sandbox that listens, with nothing ordered yet.

    `fields_at` gives what its owner would type, by the sandbox's address.
    """
    server = box.server()
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.3, total_s=5))
    shop = open_shop(book, "owner", "lead", "packer", platform=platform)
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    tools = Tools(http, clock, CountingIds(), SeededRng())  # type: ignore[arg-type]
    loop = SyncLoop(room, makers_of(tools, shop.door.laws).channel, lambda: None)
    ask = ConnectChannel(platform, "Loom", "Asia/Shanghai", "CNY", dict(fields_at(url)))
    shop.channel_id = shop.do("owner", ask)["id"]
    try:
        yield PlatformDay(shop, clock, box, loop, room)
    finally:
        await http.close()
        await server.stop()
