"""A Xiaohongshu shop on loopback with its e-waybill, and a connector that takes its numbers."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sync.carriers.xhs_ewaybill import XhsLabels
from sync.carriers.xhs_ewaybill_account import XhsLabelAccount
from sync.gateways.xhs_calls import XhsHands
from sync.gateways.xhs_sign import HOST, XhsKeys
from sync.limits import Unlimited
from sync.ports import Http
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.xhs import XhsApp, XhsSandbox
from sync.transport import Transport, TransportLimits
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAnswer, WaybillAsk
from tests.sync.platform_world import Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

SENDER = PartyRecord("仓库", "18154639524", "CN", "浙江省", "杭州市", "萧山区", "临浦镇仓前路 9 号")
MASKED = PartyRecord("梅**", "133****1155", "CN", "山东省", "青岛市", "崂山区", "****")
BUYER = "梅小满 13312341155 崂山路 1 号"
REFERENCE = "WD5-1A-1"
ORDER = "P790600755242471711"


@dataclass
class LabelWorld:
    """The shop, its one order, and one account at its e-waybill."""

    clock: HandClock
    box: XhsSandbox
    http: Http
    host: str = HOST
    shelf: Shelf = field(default_factory=Shelf)
    tokens: tuple[str, str] = ("", "")

    def account(self, **other: Any) -> XhsLabels:
        """The connector as the shop's keys make it."""
        app = self.box.app
        mine = {"app_id": app.app_id, "app_secret": app.secret}
        mine |= {"access_token": self.tokens[0], "refresh_token": self.tokens[1]}
        keys = XhsKeys(**{name: other.pop(name, value) for name, value in mine.items()})
        http = other.pop("http", self.http)
        hands = XhsHands(http, self.clock, self.shelf, Unlimited(), self.host)
        return XhsLabels(XhsLabelAccount(keys, **({"courier": "zto"} | other)), hands)

    def place(self, number: str = ORDER) -> str:
        """An order of this shop."""
        self.box.labels.orders[number] = BUYER
        return number

    def ask(self, order: str = ORDER, reference: str = REFERENCE, **more: Any) -> WaybillAsk:
        """What the shop asks for an order, as its export showed it."""
        values: dict[str, Any] = {
            "reference": reference,
            "sender": SENDER,
            "receiver": MASKED,
            "goods": (GoodsRecord("休闲裤", 1),),
            "weight_g": 500,
            "parcels": 1,
            "service": "",
            "monthly_account": "",
            "platform": "file:xiaohongshu",
            "order_id": order,
            "receiver_cipher": "梅**\n133****1155\n****",
        }
        return WaybillAsk(**(values | more))

    async def take(self, reference: str = REFERENCE, **more: Any) -> WaybillAnswer:
        """One number for one order."""
        one = self.account(**more.pop("account", {}))
        return await one.create(reference, one.prepare(self.ask(reference=reference, **more)))

    def fail_next(self, kind: str, part: str = "express.createEbillOrders") -> None:
        self.box.faults.plan(Fault(kind, part=part))

    def sent(self, part: str = "express.createEbillOrders") -> list[dict[str, Any]]:
        """What arrived at one interface."""
        return [asked for where, asked in self.box.heard if where == part]


def sandbox(clock: HandClock) -> XhsSandbox:
    """A shop with agreements for ZTO (numbers ahead) and SF (paid afterwards)."""
    return XhsSandbox(XhsApp(), clock.now, Faults(random.Random(7)))


def label_world() -> LabelWorld:
    """Without a socket: the sandbox is called straight."""
    clock = HandClock()
    box = sandbox(clock)
    made = LabelWorld(clock, box, Straight(box), tokens=box.pair())
    made.place()
    return made


@asynccontextmanager
async def socket_world() -> AsyncIterator[LabelWorld]:
    """Over real HTTP, for what can go wrong on the way."""
    clock = HandClock()
    box = sandbox(clock)
    server = LocalServer(box)
    url = await server.start()
    http = Transport(TransportLimits(connect_s=5, read_s=5, total_s=20))
    made = LabelWorld(clock, box, http, url, tokens=box.pair())
    made.place()
    try:
        yield made
    finally:
        await http.close()
        await server.stop()
