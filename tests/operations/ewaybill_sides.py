"""Platforms with an e-waybill of their own, each on loopback: its shop, its order, its account.

A platform's row in ``SIDES`` is all the batch test needs of it: add one, and the promise is held
against that platform too.
"""

import json
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from app.compose.connectors import channel_of
from app.compose.makers.tools import Shop as Keys
from app.compose.makers.tools import Tools
from sync.records import OrderRecord
from sync.sandbox.douyin import DySandbox, DySetup
from sync.sandbox.dy_gate import App as DyApp
from sync.sandbox.dy_labels import DyBranch
from sync.sandbox.faults import Fault
from sync.sandbox.http import LocalServer
from sync.sandbox.jd import PATH as JD_PATH
from sync.sandbox.jd import RENEWAL, JdSandbox
from sync.sandbox.jd_gate import JdApp
from sync.sandbox.jd_labels import VENDOR, JdBranch
from sync.sandbox.pdd_gate import App
from sync.sandbox.pdd_waybills import Branch
from sync.sandbox.pinduoduo import PATH as PDD_PATH
from sync.sandbox.pinduoduo import PddSandbox, PddSetup
from sync.sandbox.taobao import PATH as TOP_PATH
from sync.sandbox.taobao import TaobaoSandbox
from sync.sandbox.taobao_gate import TopApp
from sync.sandbox.taobao_waybills import CpBranch
from tests.sync.douyin_world import PLACE
from tests.sync.platform_world import RECEIVER as BUYER
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
        """The next number is taken, and nobody hears of it, where it may be asked for again."""
        ...

    def foreign(self, number: str) -> str:
        """An order of another shop, in this platform's form; by default one of another's."""
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

    def foreign(self, number: str) -> str:
        return number


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

    def foreign(self, number: str) -> str:
        return number


class Douyin:
    """Douyin and its e-waybill."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        setup = DySetup(DyApp("7000000000000000001", "test-app-secret"))
        self.box = DySandbox(setup, lambda: now_ms() / 1000, random.Random(7))
        self.box.shop.stock_sku("LN-27", "亚麻遮光窗帘", 990, 100)
        place = ("province", "city", "district", "detail")
        names = ("province_name", "city_name", "district_name", "detail_address")
        home = dict(zip(names, (HOME[one] for one in place), strict=True))
        self.branch = DyBranch("zhongtong", "57101", "杭州萧山", left=LEFT, senders=[home])
        self.box.labels.branches = [self.branch]
        self.handler = self.box.handle

    def place(self) -> str:
        sold = {"items": [("LN-27", 1)], "receiver": {**BUYER, **PLACE}, "post_fen": 0}
        return self.box.shop.place(sold).number

    def keys(self, address: str) -> tuple[dict[str, str], dict[str, str]]:
        app = self.box.setup.app
        shop = {"app_key": app.app_key, "app_secret": app.app_secret, "shop_id": app.shop_id}
        shop |= {"gateway": address}
        return shop, shop | {"company": "zhongtong"}

    def taken(self) -> Mapping[str, str]:
        found = self.box.labels.by_number.items()
        return {number: one.order for number, one in found if not one.cancelled}

    def label(self, number: str) -> str:
        named = {"logistics_code": "zhongtong", "track_no": number}
        (told,) = self.box.labels.apply({"waybill_applies": [named]})["waybill_infos"]
        sealed = {"encryptedData": told["print_data"], "signature": told["sign"]}
        return json.dumps(sealed, separators=(",", ":"))

    def left(self) -> int:
        return self.branch.left

    def lose_an_answer(self) -> None:
        self.box.faults.plan(Fault("reset_after", part="newCreateOrder"))

    def foreign(self, number: str) -> str:
        del number  # its own numbers have another form
        self.box.labels.others.add("6917000000000000009")
        return "6917000000000000009"


class Jd:
    """JD and its e-waybill."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.box = JdSandbox(JdApp("appkey", "appsecret"), now_ms, random.Random(7))
        self.box.shop.offer("LN-27", "亚麻遮光窗帘", "9.90", 100)
        self.branch = JdBranch("YUNDA", "A0001", "萧山网点", left=LEFT)
        self.box.labels.branches = [self.branch]
        self.handler = self.box.handle

    def place(self) -> str:
        return str(self.box.shop.sell([("LN-27", 1)]).number)

    def keys(self, address: str) -> tuple[dict[str, str], dict[str, str]]:
        app = {"app_key": "appkey", "app_secret": "appsecret"}
        app |= {"gateway": address + JD_PATH, "renewal": address + RENEWAL}
        account = {"vendor": VENDOR, "vendor_name": "茶具店"}
        account |= {"provider": "YUNDA", "branch": "A0001"}
        return app | self._pair(), app | self._pair() | account

    def _pair(self) -> dict[str, str]:
        token, refresh = self.box.gate.pair()
        return {"access_token": token, "refresh_token": refresh}

    def taken(self) -> Mapping[str, str]:
        found = self.box.labels.bills.values()
        return {one.number: one.order for one in found if not one.unbound}

    def label(self, number: str) -> str:
        return self.box.labels.sealed(number)

    def left(self) -> int:
        return self.branch.left

    def lose_an_answer(self) -> None:
        """Nothing: JD promises no answer twice, so a lost one waits for a person."""

    def foreign(self, number: str) -> str:
        del number  # its own numbers have another form
        self.box.labels.others.add("280000009999")
        return "280000009999"


@dataclass(frozen=True, slots=True)
class Row:
    """A platform, its e-waybill's name, and what opens it."""

    platform: str
    carrier: str
    opened: Callable[[Callable[[], int]], Any]
    # Whether its print component must be told the address of a form.
    form: bool = True


SIDES = (
    Row("pinduoduo", "pdd_ewaybill", Pinduoduo),
    Row("taobao", "cainiao", Taobao),
    Row("douyin", "douyin_ewaybill", Douyin),
    Row("jd", "jd_ewaybill", Jd, form=False),
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
