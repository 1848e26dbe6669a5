"""A Pinduoduo shop whose e-waybill a carrier account takes numbers of, without a socket."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sync.carriers.pdd_ewaybill import PddEwaybill
from sync.carriers.pdd_ewaybill_ask import PddAccount
from sync.channels.pinduoduo_read import receiver_of
from sync.gateways.pinduoduo_calls import PinduoduoHands
from sync.gateways.pinduoduo_sign import PinduoduoKeys
from sync.limits import Unlimited
from sync.sandbox.pdd_shop import PddOrder
from sync.sandbox.pdd_views import order_view
from sync.sandbox.pdd_waybills import Branch
from sync.sandbox.pinduoduo import PddSandbox
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk
from tests.sync.pinduoduo_world import GATEWAY, sandbox
from tests.sync.platform_world import Straight
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

HOME = {"province": "浙江省", "city": "杭州市", "district": "萧山区", "detail": "仓前路 9 号"}
SENDER = PartyRecord(
    "仓库", "057188886666", "CN", HOME["province"], HOME["city"], HOME["district"], HOME["detail"]
)


RECEIVER = {
    "name": "张小满",
    "phone": "13812345678",
    "province": "浙江省",
    "city": "杭州市",
    "town": "萧山区",
    "address": "市心中路 1 号",
}


@dataclass
class World:
    """The platform, its shop, and one account at its e-waybill."""

    clock: HandClock
    box: PddSandbox
    http: Straight
    shelf: Shelf = field(default_factory=Shelf)

    def account(self, http: Any = None, **other: Any) -> PddEwaybill:
        """The connector as the shop's keys make it."""
        keys = PinduoduoKeys(
            *("client", other.pop("client_secret", "secret")),
            other.pop("access_token", None) or self.box.gate.token(),
            self.box.gate.refresh_token(),
        )
        told = {"wp_code": "ZTO", "user_id": "100001"} | other
        hands = PinduoduoHands(
            http or self.http, self.clock, self.shelf, lambda _: Unlimited(), GATEWAY
        )
        return PddEwaybill(PddAccount(**told), keys, hands)

    def order(self, **more: Any) -> PddOrder:
        """A paid order of a hidden buyer."""
        return self.box.shop.place({"receiver": RECEIVER, **more})

    def ask(self, order: PddOrder, reference: str = "WD5-1A-1", **more: Any) -> WaybillAsk:
        """What the shop asks for an order, as its channel read it."""
        to = receiver_of(order_view(self.box.shop, order))
        party = PartyRecord(
            *(to.name, to.phone, to.country, to.province, to.city, to.district, to.address)
        )
        values: dict[str, Any] = {
            "reference": reference,
            "sender": SENDER,
            "receiver": party,
            "goods": (GoodsRecord("青花茶杯", 2),),
            "weight_g": 500,
            "parcels": 1,
            "service": "",
            "monthly_account": "",
            "platform": "pinduoduo",
            "order_id": order.sn,
            "receiver_cipher": to.cipher,
        }
        return WaybillAsk(**(values | more))

    def sent(self) -> list[dict[str, Any]]:
        """The texts of pdd.waybill.get that arrived."""
        name = "param_waybill_cloud_print_apply_new_request"
        return [json.loads(one[name]) for one in self.box.heard if name in one]


@asynccontextmanager
async def world(**more: Any) -> AsyncIterator[World]:
    """A shop that subscribed to ZTO (numbers ahead), YTO and SF (paid afterwards)."""
    clock = HandClock()
    box = sandbox(clock)
    box.waybills.subscribe(Branch("ZTO", left=more.pop("left", 50), senders=[HOME]))
    box.waybills.subscribe(Branch("YTO", code="571099", name="滨江分部", senders=[HOME]))
    box.waybills.subscribe(Branch("SF", kind=1, senders=[HOME]))
    yield World(clock, box, Straight(box))
