"""Platforms with an e-waybill of their own, each on loopback: its shop, its order, its account.

A platform's row in ``SIDES`` is all the batch test needs of it: add one, and the promise is held
against that platform too.
"""

import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from app.compose.connectors import channel_of
from app.compose.makers.tools import Shop as Keys
from app.compose.makers.tools import Tools
from sync.records import OrderRecord
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from sync.sandbox.pdd_gate import App
from sync.sandbox.pdd_waybills import Branch
from sync.sandbox.pinduoduo import PATH as PDD_PATH
from sync.sandbox.pinduoduo import PddSandbox, PddSetup
from sync.sandbox.taobao import PATH as TOP_PATH
from sync.sandbox.taobao import TaobaoSandbox
from sync.sandbox.taobao_gate import TopApp
from sync.sandbox.taobao_waybills import CpBranch
from tests.sync.taobao_world import RECEIVER

# The sender of tests.operations.outbound_world.open_shop, as the shop subscribed to it.
HOME = {"province": "浙江省", "city": "杭州市", "district": "萧山区", "detail": "仓前路 9 号"}
LEFT = 40


class Side(Protocol):
    """One platform while a test runs."""

    def place(self) -> str:
        """A buyer pays for one curtain; the platform's number of the order."""
        ...

    def keys(self, address: str) -> tuple[dict[str, str], dict[str, str]]:
        """What its shop and its e-waybill account are connected with."""
        ...

    def taken(self) -> Mapping[str, str]:
        """The live numbers of its e-waybill, and for which order each is."""
        ...

    def label(self, number: str) -> str:
        """What its print component would draw the number from."""
        ...

    def left(self) -> int:
        """How many numbers its branch has left."""
        ...

    def lose_an_answer(self) -> None:
        """The next number is taken, and nobody hears of it."""
        ...


class Pinduoduo:
    """Pinduoduo and its e-waybill."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        setup = PddSetup(App("client", "secret"))
        self.box = PddSandbox(setup, lambda: now_ms() / 1000, random.Random(7))
        self.box.shop.stock_goods("LN-27", "亚麻遮光窗帘", 990, 100)
        self.box.waybills.subscribe(Branch("ZTO", left=LEFT, senders=[HOME]))
        self.handler = self.box.handle

    def place(self) -> str:
        receiver = {"name": "张小满", "phone": "13812345678", "province": "浙江省"}
        receiver |= {"city": "杭州市", "town": "萧山区", "address": "市心中路 1 号"}
        return self.box.shop.place({"items": [("LN-27", 1)], "receiver": receiver}).sn

    def keys(self, address: str) -> tuple[dict[str, str], dict[str, str]]:
        shop = {"client_id": "client", "client_secret": "secret", "gateway": address + PDD_PATH}
        account = shop | {"wp_code": "ZTO", "user_id": "100001"}
        return (
            shop | {"access_token": self.box.gate.token()},
            account | {"access_token": self.box.gate.token()},
        )

    def taken(self) -> Mapping[str, str]:
        found = self.box.waybills.taken.values()
        return {one.number: one.sn for one in found if not one.cancelled}

    def label(self, number: str) -> str:
        return self.box.waybills.taken[number].label

    def left(self) -> int:
        return self.box.waybills.branches["ZTO"].left

    def lose_an_answer(self) -> None:
        self.box.faults.plan(Fault("reset_after", part="waybill.get"))


class Taobao:
    """Taobao and Cainiao."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.box = TaobaoSandbox(TopApp("12345678", "helloworld"), now_ms, random.Random(7))
        self.box.waybills.subscribe(CpBranch("YTO", left=LEFT, senders=[HOME]))
        self.handler = self.box

    def place(self) -> str:
        row = {"outer_sku_id": "LN-27", "num": 1, "price": "9.90", "divide_order_fee": "9.90"}
        trade = self.box.shop.sell(payment="9.90", post_fee="0.00", orders=[row], **RECEIVER)
        return str(trade.tid)

    def keys(self, address: str) -> tuple[dict[str, str], dict[str, str]]:
        shop = {"app_key": "12345678", "app_secret": "helloworld", "gateway": address + TOP_PATH}
        account = shop | {"cp_code": "YTO", "user_id": "2088001"}
        return (
            shop | {"session": self.box.gate.session()},
            account | {"session": self.box.gate.session()},
        )

    def taken(self) -> Mapping[str, str]:
        found = self.box.waybills.taken.values()
        return {one.number: one.tid for one in found if not one.cancelled}

    def label(self, number: str) -> str:
        return self.box.waybills.taken[number].label

    def left(self) -> int:
        return self.box.waybills.branches["YTO"].left

    def lose_an_answer(self) -> None:
        self.box.faults.plan(Fault("reset_after", part="ii.get"))


@dataclass(frozen=True, slots=True)
class Row:
    """A platform, its e-waybill's name, and what opens it."""

    platform: str
    carrier: str
    opened: Callable[[Callable[[], int]], Any]


SIDES = (
    Row("pinduoduo", "pdd_ewaybill", Pinduoduo),
    Row("taobao", "cainiao", Taobao),
)


@asynccontextmanager
async def listening(row: Row, now_ms: Callable[[], int]) -> AsyncIterator[tuple[Side, str]]:
    """The platform on a port of this computer, and its address."""
    side = row.opened(now_ms)
    server = LocalServer(side.handler)
    address = await server.start()
    try:
        yield side, address
    finally:
        await server.stop()


async def read(row: Row, keys: dict[str, str], number: str, tools: Tools) -> OrderRecord:
    """An order as the platform's channel reads it."""
    shop = Keys(row.platform, "Asia/Shanghai", keys)
    return await channel_of(shop, tools).detail(number)
