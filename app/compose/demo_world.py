"""The world of the demonstration: a shop and a carrier on loopback, that refuse as real ones do."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.compose.clock import SystemClock
from sync.sandbox.faults import Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.sf import SfSandbox, SfSetup
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup

WOO_KEY = ApiKey("ck_demo", "cs_demo_secret")
PARTNER, CHECKWORD = "WAYDESKDEMO", "demo-checkword-0001"
MONTHLY = "7551234567"


@dataclass
class World:
    """Both sandboxes, while they run.

    Attributes:
        shop_url, carrier_url: where they listen; empty before `start`.
    """

    seed: int
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"
    shop_url: str = ""
    carrier_url: str = ""
    _servers: list[LocalServer] = field(default_factory=list)

    def __post_init__(self) -> None:
        clock, chance = SystemClock(), random.Random(self.seed)  # noqa: S311 - repeatable, not secret
        woo = WooSetup((WOO_KEY,), zone=self.zone, currency=self.currency)
        self.shop = WooSandbox(woo, lambda: clock.now() // 1000, chance)
        setup = SfSetup({PARTNER: CHECKWORD}, per_second=None, per_day=None)
        self.carrier = SfSandbox(setup, clock.now, chance, Faults(chance))

    async def start(self) -> None:
        """Open both on ports the computer chooses."""
        shop, carrier = self.shop.server(), LocalServer(self.carrier)
        self._servers += [shop, carrier]
        self.shop_url = (await shop.start()).rstrip("/")
        self.carrier_url = (await carrier.start()).rstrip("/") + "/std/service"

    async def stop(self) -> None:
        """Close both."""
        for server in self._servers:
            await server.stop()

    def stock(self, codes: Iterable[tuple[str, str, int, int]]) -> None:
        """Put the shop's goods on sale."""
        for sku, title, quantity, _ in codes:
            self.shop.shop.stock_product(sku, title, quantity)

    def place(self, seed: dict[str, Any]) -> None:
        """Let a buyer order."""
        self.shop.shop.place(seed)

    def offered(self) -> int:
        """How many orders buyers have placed."""
        return int(self.shop.truth()["orders"])

    def connections(self) -> dict[str, Any]:
        """What the day needs to connect."""
        return {
            "shop": {"address": self.shop_url, "key": WOO_KEY.key, "secret": WOO_KEY.secret},
            "carrier": {
                "partner_id": PARTNER,
                "checkword": CHECKWORD,
                "monthly_account": MONTHLY,
                "url": self.carrier_url,
            },
            "currency": self.currency,
            "zone": self.zone,
        }

    def shipped_at_channel(self) -> dict[str, list[str]]:
        """Which orders the shop counts as shipped, each with its waybill numbers."""
        shipped: dict[str, list[str]] = self.shop.truth()["shipped"]
        return shipped

    def waybills_at_carrier(self) -> int:
        """How many waybills stand at the carrier: made and not given back."""
        return int(self.carrier.truth()["live"])
