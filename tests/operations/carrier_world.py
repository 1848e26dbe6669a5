"""A shop whose waybills are bought from a real local SF by the real pump, on a clock tests turn."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from app.commands.channels import ConnectCarrier
from app.commands.parcels import TakeWaybills
from app.domain.actor import worker
from app.keeper.room import Room
from app.keeper.waybill_pump import WaybillPump
from app.store import accounts
from app.store.seal import Row
from app.store.tables import waybill
from app.store.tables_record import case
from app.store.work import Book
from sync.carriers.sf import SfCarrier, SfHands
from sync.carriers.sf_account import SfAccount
from sync.limits import Unlimited
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.sf import PATH, SfSandbox, SfSetup
from sync.transport import Transport, TransportLimits
from tests.operations.outbound_world import Shop, open_shop, record
from tests.worlds import FixedClock, SeededRng

WORD = "a checkword of the shop 0123456789"
PARTNER = "WAYDESK1"


class AtOnce:
    """The writer without its thread: what is handed over is done."""

    async def do(self, _turn: Any, work: Callable[[], Any]) -> Any:
        return work()


class Watched:
    """The real connector, counting what leaves by it."""

    def __init__(self, carrier: SfCarrier) -> None:
        self._carrier = carrier
        self.code, self.caps = carrier.code, carrier.caps
        self.sent: list[tuple[str, bytes]] = []
        self.lookups: list[int] = []
        self.now: Callable[[], int] = lambda: 0

    def prepare(self, ask: Any) -> bytes:
        return self._carrier.prepare(ask)

    async def create(self, reference: str, prepared: bytes) -> Any:
        self.sent.append((reference, prepared))
        return await self._carrier.create(reference, prepared)

    async def lookup(self, reference: str) -> Any:
        self.lookups.append(self.now())
        return await self._carrier.lookup(reference)

    async def void(self, reference: str, waybill_no: str) -> None:
        await self._carrier.void(reference, waybill_no)

    async def routes(self, waybill_nos: tuple[str, ...], phone_tail: str) -> Any:
        return await self._carrier.routes(waybill_nos, phone_tail)


@dataclass
class Dispatch:
    """The shop, its carrier, and the pump between them."""

    shop: Shop
    clock: FixedClock
    sandbox: SfSandbox
    carriers: dict[int, Watched]
    room: Room
    url: str
    http: Transport
    account_id: int
    ids: Any = field(default_factory=lambda: count(1))

    def connect(self, word: str = WORD) -> None:
        """The carrier's connector, made from the keys the shop has now."""
        account = SfAccount(PARTNER, word, "7551234567", self.url)
        hands = SfHands(self.http, self.clock, lambda: next(self.ids), lambda _name: Unlimited())
        made = Watched(SfCarrier(account, hands))
        made.now = self.clock.now
        self.carriers[self.account_id] = made

    @property
    def carrier(self) -> Watched:
        return self.carriers[self.account_id]

    def pump(self) -> WaybillPump:
        """A pump as a keeper that has just started has it."""
        return WaybillPump(self.room, self.carriers)

    def fail(self, *kinds: str, service: str = "CREATE_ORDER") -> None:
        self.sandbox.faults.plan(*(Fault(kind, part=service) for kind in kinds))

    def take(self, *external_ids: str) -> None:
        ids = tuple(self.shop.order(one)["id"] for one in external_ids or ("501",))
        self.shop.do("lead", TakeWaybills(ids))

    async def until(self, state: str, most_s: int = 4000) -> None:
        """Let time pass, five seconds at a time, until the newest waybill is in this state."""
        pump = self.pump()
        for _ in range(most_s // 5):
            await pump.round()
            if self.label()["state"] == state:
                return
            self.clock.advance(5_000)
        raise AssertionError(f"{self.label()['state']}, not {state}")

    def label(self) -> Row:
        return self.shop.all(waybill)[-1]

    def labels(self) -> list[tuple[int, str]]:
        return [(row["generation"], row["state"]) for row in self.shop.all(waybill)]

    def open_cases(self) -> set[str]:
        return {row["kind"] for row in self.shop.all(case) if row["state"] != "settled"}

    def at_carrier(self) -> int:
        return int(self.sandbox.truth()["live"])

    def renew_key(self, word: str) -> None:
        fields = {"partner_id": PARTNER, "checkword": word}
        self.shop.prove("owner")
        self.shop.do("owner", ConnectCarrier("sf", "SF", fields))
        self.connect(word)


@asynccontextmanager
async def dispatch(
    book: Book, clock: FixedClock, orders: tuple[str, ...] = ("501",), **more: Any
) -> AsyncIterator[Dispatch]:
    """A shop with paid, allocated orders and a carrier; ``more``: rates of faults, receiver."""
    chance = random.Random(7)
    setup = SfSetup({PARTNER: WORD}, per_second=None, per_day=None)
    sandbox = SfSandbox(setup, clock.now, chance, Faults(chance, more.pop("rates", None)))
    server = LocalServer(sandbox)
    url = await server.start() + PATH
    http = Transport(TransportLimits(connect_s=2, read_s=0.15, total_s=5))
    shop = open_shop(book, "lead", "packer")
    shop.receive(*(record(one, **more) for one in orders))
    shop.flow()
    with book.work(worker("test")) as work:
        account_id = accounts.carriers(work)[0]["id"]
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    made = Dispatch(shop, clock, sandbox, {}, room, url, http, account_id)
    made.connect()
    try:
        yield made
    finally:
        await http.close()
        await server.stop()
