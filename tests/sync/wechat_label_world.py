"""A WeChat shop on loopback with its e-waybill, and a connector that takes its numbers."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sync.carriers.wechat_ewaybill import WechatLabels
from sync.carriers.wechat_ewaybill_account import WechatLabelAccount
from sync.gateways.wechat_access import WechatKeys
from sync.gateways.wechat_calls import HOST, WechatHands
from sync.limits import Unlimited
from sync.ports import Http
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.http import LocalServer
from sync.sandbox.wechat import WxApp, WxSandbox
from sync.transport import Transport, TransportLimits
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAnswer, WaybillAsk
from tests.sync.platform_world import Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

SENDER = PartyRecord(
    "仓库", "18154639524", "CN", "浙江省", "嘉兴市", "海宁市", "长安镇越川路 1958 号"
)
MASKED = PartyRecord("梅**", "133****1155", "CN", "山东省", "青岛市", "崂山区", "****")
BUYER = "梅小满 13312341155 崂山路 1 号"
REFERENCE = "WD5-1A-1"
ORDER = 3727256321654030342


@dataclass
class LabelWorld:
    """The shop, its one order, and one account at its e-waybill."""

    clock: HandClock
    box: WxSandbox
    http: Http
    host: str = HOST
    shelf: Shelf = field(default_factory=Shelf)

    def account(self, **other: Any) -> WechatLabels:
        """The connector as the shop's keys make it."""
        secret = other.pop("app_secret", self.box.app.secret)
        keys = WechatKeys(other.pop("app_id", self.box.app.app_id), secret)
        http = other.pop("http", self.http)
        hands = WechatHands(http, self.clock, self.shelf, Unlimited(), self.host)
        return WechatLabels(WechatLabelAccount(keys, **({"delivery_id": "ZTO"} | other)), hands)

    def place(self, number: int = ORDER, buyer: str = BUYER) -> int:
        """An order of this shop."""
        self.box.labels.orders[number] = buyer
        return number

    def ask(self, order: int = ORDER, reference: str = REFERENCE, **more: Any) -> WaybillAsk:
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
            "platform": "file:wechat_shop",
            "order_id": str(order),
            "receiver_cipher": "梅**\n133****1155\n****",
        }
        return WaybillAsk(**(values | more))

    async def take(self, reference: str = REFERENCE, **more: Any) -> WaybillAnswer:
        """One number for one order."""
        one = self.account(**more.pop("account", {}))
        return await one.create(reference, one.prepare(self.ask(reference=reference, **more)))

    def fail_next(self, kind: str, part: str = "order/create") -> None:
        self.box.faults.plan(Fault(kind, part=part))

    def sent(self, part: str = "order/create") -> list[dict[str, Any]]:
        """The bodies that arrived at one interface."""
        return [asked for where, asked in self.box.heard if where == part]


def sandbox(clock: HandClock) -> WxSandbox:
    """A shop with agreements for ZTO (numbers ahead) and SF (paid afterwards)."""
    return WxSandbox(WxApp(), clock.now, Faults(random.Random(7)))


def label_world() -> LabelWorld:
    """Without a socket: the sandbox is called straight."""
    clock = HandClock()
    box = sandbox(clock)
    made = LabelWorld(clock, box, Straight(box))
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
    made = LabelWorld(clock, box, http, url)
    made.place()
    try:
        yield made
    finally:
        await http.close()
        await server.stop()
