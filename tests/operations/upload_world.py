"""A shop whose shipments are told to a real local WooCommerce shop by the real pump."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from app.commands.parcels import ScanLabel
from app.keeper.effect_pump import EffectPump, Outlet
from app.keeper.room import Room
from app.store.seal import Row
from app.store.tables import parcel
from app.store.tables_record import case, outbox
from app.store.work import Book
from sync.channels.woocommerce import WooCommerce, WooShop
from sync.channels.woocommerce_read import ReadAs
from sync.channels.woocommerce_sign import WooKey
from sync.engine import Gear
from sync.limits import Breaker, Unlimited
from sync.retry import Budget
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from sync.transport import Transport, TransportLimits
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.operations.press_world import make_live, number_of
from tests.worlds import FixedClock, SeededRng

KEY = ApiKey("ck_shop", "cs_shop")


@dataclass
class Uploads:
    """The shop, its platform, and the pump between them."""

    shop: Shop
    clock: FixedClock
    sandbox: WooSandbox
    server: LocalServer
    outlets: dict[int, Outlet]
    room: Room
    http: Transport

    def connect(self, address: str) -> None:
        """The shop's channel at this address."""
        nonces = count(random.Random(1).getrandbits(60))
        key = WooKey(KEY.key, KEY.secret, lambda: f"{next(nonces):x}")
        woo = WooShop(address, key, ReadAs("Asia/Shanghai"))
        channel = WooCommerce(woo, self.http, self.clock, Unlimited())
        gear = Gear(self.clock, SeededRng(), Breaker(self.clock, SeededRng()), Budget())
        self.outlets[self.shop.channel_id] = Outlet(channel, gear)

    def pump(self) -> EffectPump:
        """A pump as a keeper that has just started has it."""
        return EffectPump(self.room, self.outlets)

    def fail(self, *kinds: str, method: str = "PUT") -> None:
        self.sandbox.faults.plan(*(Fault(kind, method=method) for kind in kinds))

    async def order(self, number: int) -> None:
        """Let a buyer order, and the order come in by the channel itself."""
        self.sandbox.shop.place(seed(number))
        batch = await self.outlets[self.shop.channel_id].channel.pull("")
        self.shop.receive(*batch.records)
        self.shop.flow()

    def ship(self, number: int) -> None:
        """Everything up to the scan that ships."""
        make_live(self.shop, str(number))
        assert self.shop.do("packer", ScanLabel(number_of(str(number)), "weigh_out"))["shipped"]

    async def until(self, state: str, most_s: int = 7200, step_s: int = 20) -> None:
        """Let time pass until the newest effect is in this state."""
        pump = self.pump()
        for _ in range(most_s // step_s):
            await pump.round()
            if self.effect()["state"] == state:
                return
            self.clock.advance(step_s * 1000)
        raise AssertionError(f"{self.effect()['state']}, not {state}")

    def effect(self) -> Row:
        return self.shop.all(outbox)[-1]

    def shipped(self) -> dict[str, list[str]]:
        """What the platform has: numbers of each shipped order."""
        found: dict[str, list[str]] = self.sandbox.truth()["shipped"]
        return found

    def open_cases(self) -> set[str]:
        return {row["kind"] for row in self.shop.all(case) if row["state"] != "settled"}

    def told(self) -> list[bool]:
        return [row["written_back_at"] is not None for row in self.shop.all(parcel)]


def seed(number: int) -> dict[str, Any]:
    goods = [("LN-27", "亚麻遮光窗帘", 2, "100"), ("HK-01", "窗帘挂钩", 1, "50")]
    lines = [{"sku": s, "name": n, "quantity": q, "price": p} for s, n, q, p in goods]
    place = {"state": "浙江省", "city": "杭州市", "address_1": "市心中路 1 号", "country": "CN"}
    to = {"first_name": "", "last_name": "张小满", "phone": "13812345678", "postcode": "311200"}
    return {
        "id": number,
        "status": "processing",
        "line_items": lines,
        "payment_method": "alipay",
        "transaction_id": f"T{number}",
        "shipping": to | place,
    }


@asynccontextmanager
async def uploads(
    book: Book, clock: FixedClock, rates: dict[str, float] | None = None
) -> AsyncIterator[Uploads]:
    """A shop connected to its platform, with nothing ordered yet."""
    setup = WooSetup((KEY,))
    sandbox = WooSandbox(setup, lambda: clock.now() // 1000, random.Random(7), rates)
    for sku in ("LN-27", "HK-01"):
        sandbox.shop.stock_product(sku, sku, 100)
    server = sandbox.server()
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.15, total_s=5))
    shop = open_shop(book, "lead", "packer")
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _changed: None)  # type: ignore[arg-type]
    made = Uploads(shop, clock, sandbox, server, {}, room, http)
    made.connect(url)
    try:
        yield made
    finally:
        await http.close()
        await server.stop()
