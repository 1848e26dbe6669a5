"""A JD shop on loopback with its e-waybill, and a connector that takes its numbers."""

import json
from dataclasses import replace
from typing import Any

from sync.carriers.jd_ewaybill import JdLabels
from sync.carriers.jd_ewaybill_account import JdLabelAccount
from sync.gateways.jd_calls import JdHands
from sync.gateways.jd_sign import JdKeys
from sync.limits import Unlimited
from sync.ports import Http
from sync.sandbox.jd import PATH, RENEWAL, JdSandbox
from sync.sandbox.jd_shop import RECEIVER, JdOrder
from sync.waybill_records import GoodsRecord, PartyRecord, WaybillAsk
from tests.sync.jd_world import ORIGIN, Straight, sandbox
from tests.sync.shopify_world import Shelf
from tests.sync.sync_world import HandClock

REFERENCE = "WD1-3W5E11264SGSF-1"
CIPHER = json.dumps({"oaid": RECEIVER["oaid"]})
SENDER = PartyRecord("仓库", "13480155048", "CN", "浙江", "杭州市", "萧山区", "市心中路 9 号")
TO = PartyRecord("张**", "138****5678", "CN", "浙江", "杭州市", "萧山区", "浙江杭州市萧山区****")
ACCOUNT = JdLabelAccount(JdKeys("appkey", "appsecret"), "100001", "茶具店", "YUNDA", "A0001")


def ask_for(order: JdOrder, **changed: Any) -> WaybillAsk:
    told = {
        "reference": REFERENCE,
        "sender": SENDER,
        "receiver": TO,
        "goods": (GoodsRecord("青花茶杯", 2), GoodsRecord("紫砂壶", 1)),
        "weight_g": 905,
        "parcels": 1,
        "service": "",
        "monthly_account": "",
        "platform": "jd",
        "order_id": str(order.number),
        "receiver_cipher": CIPHER,
    }
    return WaybillAsk(**(told | changed))


def carrier_for(box: JdSandbox, http: Http, clock: HandClock, **more: Any) -> JdLabels:
    token, refresh = box.gate.pair()
    keys = JdKeys(more.pop("app_key", "appkey"), more.pop("secret", "appsecret"), token, refresh)
    origin = more.pop("origin", ORIGIN)
    hands = JdHands(http, clock, Unlimited(), Shelf(), origin + PATH, origin + RENEWAL)
    return JdLabels(replace(ACCOUNT, keys=keys, **more), hands)


class LabelWorld:
    """Without a socket: the sandbox is called straight."""

    def __init__(self, **app: Any) -> None:
        self.clock = HandClock()
        self.box = sandbox(self.clock, **app)
        self.http = Straight(self.box)
        self.carrier = carrier_for(self.box, self.http, self.clock)

    def as_account(self, **more: Any) -> JdLabels:
        return carrier_for(self.box, self.http, self.clock, **more)

    async def take(self, order: JdOrder, carrier: JdLabels | None = None, **changed: Any) -> Any:
        whose = carrier or self.carrier
        ask = ask_for(order, **changed)
        return await whose.create(ask.reference, whose.prepare(ask))

    def given(self) -> int:
        return int(self.box.labels.truth()["numbers_given"])
