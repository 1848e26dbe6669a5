"""A Douyin shop on loopback with its e-waybill, and a connector that takes its numbers."""

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sync.carriers.douyin_ewaybill import DouyinLabels
from sync.carriers.douyin_ewaybill_account import DouyinLabelAccount
from sync.gateways.douyin_calls import DouyinHands
from sync.gateways.douyin_sign import DouyinKeys
from sync.limits import Unlimited
from sync.ports import Http
from sync.sandbox.douyin import DySandbox
from sync.sandbox.dy_shop import DyOrder
from sync.sandbox.faults import Fault
from sync.transport import Transport, TransportLimits
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk
from tests.sync.douyin_world import HOST, KEY, SECRET, Straight, sandbox, seed
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

SENDER = PartyRecord(
    "顺小丰", "13480155048", "CN", "广东省", "深圳市", "南山区", "软件产业基地11栋"
)
REFERENCE = "WD1-3W5E11264SGSF-1"


def sealed(box: DySandbox, order: DyOrder) -> str:
    """What the channel keeps of a hidden receiver."""
    told = {
        "encrypt_post_receiver": box.shop.cipher(order, "name"),
        "encrypt_post_tel": box.shop.cipher(order, "phone"),
        "encrypt_detail": box.shop.cipher(order, "detail"),
        "doudian_open_id": "1@#x",
    }
    return json.dumps(told)


def ask_for(box: DySandbox, order: DyOrder, **changed: Any) -> WaybillAsk:
    """A number for an order of a hidden buyer in Hangzhou."""
    to = PartyRecord("张**", "138****5678", "CN", "浙江省", "杭州市", "萧山区", "北干街道****")
    told = {
        "reference": REFERENCE,
        "sender": SENDER,
        "receiver": to,
        "goods": (GoodsRecord("青花茶杯", 2), GoodsRecord("紫砂壶", 1)),
        "weight_g": 900,
        "parcels": 1,
        "service": "",
        "monthly_account": "",
        "platform": "douyin",
        "order_id": order.number,
        "receiver_cipher": sealed(box, order),
    }
    return WaybillAsk(**(told | changed))


def connector(box: DySandbox, http: Http, clock: HandClock, **more: Any) -> DouyinLabels:
    """A connector of an app of the shop's own."""
    names = {"app_key": KEY, "app_secret": SECRET, "shop_id": box.setup.app.shop_id}
    given = {name: more.pop(name) for name in DouyinKeys.__slots__ if name in more}
    keys = DouyinKeys(**{**names, **given})
    account = DouyinLabelAccount(keys, more.pop("company", "zhongtong"), **more)
    return DouyinLabels(account, DouyinHands(http, clock, Shelf(), Unlimited(), HOST))


@dataclass
class LabelWorld:
    clock: HandClock
    box: DySandbox
    carrier: DouyinLabels
    http: Http

    def place(self, **more: Any) -> DyOrder:
        return self.box.shop.place(seed(**more))

    def fail_next(self, kind: str, part: str = "newCreateOrder") -> None:
        self.box.faults.plan(Fault(kind, part=part))

    def as_account(self, **more: Any) -> DouyinLabels:
        return connector(self.box, self.http, self.clock, **more)

    async def take(self, order: DyOrder, reference: str = REFERENCE, **changed: Any) -> Any:
        ask = ask_for(self.box, order, reference=reference, **changed)
        return await self.carrier.create(reference, self.carrier.prepare(ask))

    def given(self) -> int:
        return self.box.labels.truth()["numbers_given"]


def label_world() -> LabelWorld:
    """Without a socket: the sandbox is called straight."""
    clock = HandClock()
    box = sandbox(clock)
    http = Straight(box)
    return LabelWorld(clock, box, connector(box, http, clock), http)


@asynccontextmanager
async def socket_world() -> Any:
    """Over real HTTP, for what can go wrong on the way."""
    clock = HandClock()
    box = sandbox(clock)
    server = box.server()
    url = await server.start()
    http = Transport(TransportLimits(connect_s=2, read_s=0.15, total_s=5))
    names = DouyinKeys(KEY, SECRET, box.setup.app.shop_id)
    hands = DouyinHands(http, clock, Shelf(), Unlimited(), url)
    carrier = DouyinLabels(DouyinLabelAccount(names, "zhongtong"), hands)
    try:
        yield LabelWorld(clock, box, carrier, http)
    finally:
        await http.close()
        await server.stop()
