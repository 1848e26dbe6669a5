"""A seller on Taobao whose e-waybill a carrier account takes numbers of, without a socket."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sync.carriers.cainiao import Cainiao, CainiaoHands
from sync.carriers.cainiao_ask import CainiaoAccount
from sync.gateways.taobao_access import SellerKeys
from sync.gateways.taobao_sign import TaobaoApp
from sync.limits import Unlimited
from sync.records import ReceiverRecord
from sync.sandbox.taobao import TaobaoSandbox
from sync.sandbox.taobao_shop import SoldTrade
from sync.sandbox.taobao_waybills import CpBranch
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock
from tests.sync.taobao_world import GATEWAY, Straight, sandbox, sold, straight

HOME = {"province": "浙江省", "city": "杭州市", "district": "萧山区", "detail": "仓前路 9 号"}
SENDER = PartyRecord(
    "仓库", "057188886666", "CN", HOME["province"], HOME["city"], HOME["district"], HOME["detail"]
)


@dataclass
class World:
    """The platform, its seller, and one account at its e-waybill."""

    clock: HandClock
    box: TaobaoSandbox
    shelf: Shelf = field(default_factory=Shelf)

    def account(self, http: Any = None, **other: Any) -> Cainiao:
        """The connector as the seller's keys make it."""
        app = TaobaoApp("12345678", other.pop("app_secret", "helloworld"))
        keys = SellerKeys(
            other.pop("session", None) or self.box.gate.session(), other.pop("refresh_token", "")
        )
        told = {"cp_code": "ZTO", "user_id": "2088001"} | other
        hands = CainiaoHands(
            http or Straight(self.box), self.clock, Unlimited(), self.shelf, GATEWAY
        )
        return Cainiao(CainiaoAccount(**told), app, keys, hands)

    def trade(self, **more: Any) -> SoldTrade:
        """A paid trade of a hidden buyer."""
        return sold(self.box, **more)

    async def receiver(self, trade: SoldTrade) -> ReceiverRecord:
        """What the shop's channel read of who receives it."""
        return (await straight(self.box, self.clock).detail(str(trade.tid))).receiver

    async def ask(self, trade: SoldTrade, reference: str = "WD5-1A-1", **more: Any) -> WaybillAsk:
        """What the shop asks for a trade, as its channel read it."""
        to = await self.receiver(trade)
        values: dict[str, Any] = {
            "reference": reference,
            "sender": SENDER,
            "receiver": PartyRecord(
                *(to.name, to.phone, to.country, to.province, to.city, to.district, to.address)
            ),
            "goods": (GoodsRecord("青花茶杯", 2),),
            "weight_g": 500,
            "parcels": 1,
            "service": "",
            "monthly_account": "",
            "platform": "taobao",
            "order_id": str(trade.tid),
            "receiver_cipher": to.cipher,
        }
        return WaybillAsk(**(values | more))

    def sent(self) -> list[dict[str, Any]]:
        """The texts of cainiao.waybill.ii.get that arrived."""
        name = "param_waybill_cloud_print_apply_new_request"
        return [json.loads(one.params[name]) for one in self.box.asked if name in one.params]


@asynccontextmanager
async def world(**more: Any) -> AsyncIterator[World]:
    """A seller who subscribed to ZTO and YTO (numbers ahead) and SF (paid afterwards)."""
    clock = HandClock()
    box = sandbox(clock)
    box.waybills.subscribe(CpBranch("ZTO", left=more.pop("left", 50), senders=[HOME]))
    box.waybills.subscribe(CpBranch("YTO", code="571099", name="滨江分部", senders=[HOME]))
    box.waybills.subscribe(CpBranch("SF", kind=1, senders=[HOME]))
    yield World(clock, box)
