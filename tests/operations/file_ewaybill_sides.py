"""Platforms whose orders come from files alone, each with the e-waybill that prints them."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sync.sandbox.faults import Fault, Faults
from sync.sandbox.kuaishou import KsApp, KsSandbox
from sync.sandbox.wechat import WxApp, WxSandbox
from sync.sandbox.xhs import XhsApp, XhsSandbox

HOME = {"province": "浙江省", "city": "杭州市", "district": "萧山区", "detail": "仓前路 9 号"}
LEFT = 40


class FileSide(Protocol):
    """One platform while a test runs."""

    handler: Any

    def place(self, at: int) -> str:
        """A buyer buys; the platform's number of the order as its export shows it."""
        ...

    def fields(self, address: str) -> dict[str, str]:
        """What its e-waybill account is connected with."""
        ...

    def taken(self) -> Mapping[str, list[str]]:
        """The live numbers of every order."""
        ...

    def left(self) -> int:
        """How many numbers its branch has left."""
        ...

    def lose_an_answer(self) -> None:
        """The next number is taken, and nobody hears of it."""
        ...


class Wechat:
    """The WeChat shop."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.box = WxSandbox(WxApp(), now_ms, Faults(random.Random(7)))
        self.box.labels.branches[0].left = LEFT
        self.handler = self.box

    def place(self, at: int) -> str:
        number = 3727256321654030000 + at
        self.box.labels.orders[number] = "张小满 13812345678 市心中路 1 号"
        return str(number)

    def fields(self, address: str) -> dict[str, str]:
        app = {"app_id": self.box.app.app_id, "app_secret": self.box.app.secret}
        return app | {"delivery_id": "ZTO", "gateway": address}

    def taken(self) -> Mapping[str, list[str]]:
        return self.box.labels.truth()

    def left(self) -> int:
        return self.box.labels.branches[0].left

    def lose_an_answer(self) -> None:
        self.box.faults.plan(Fault("reset_after", part="order/create"))


class Kuaishou:
    """The Kuaishou shop."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.box = KsSandbox(KsApp(), now_ms, Faults(random.Random(7)))
        self.box.labels.branches[0].left = LEFT
        self.handler = self.box

    def place(self, at: int) -> str:
        number = 2133100012345000 + at
        self.box.labels.orders[number] = ("张小满", "13812345678", "市心中路 1 号")
        return str(number)

    def fields(self, address: str) -> dict[str, str]:
        app = self.box.app
        secrets = {"app_secret": app.secret, "sign_secret": app.sign_secret}
        tokens = dict(zip(("access_token", "refresh_token"), self.box.pair(), strict=True))
        here = {"courier": "ZTO", "site_code": "57101", "gateway": address}
        return {"app_key": app.app_key, "site_name": "萧山一部"} | secrets | tokens | here

    def taken(self) -> Mapping[str, list[str]]:
        return self.box.labels.truth()

    def left(self) -> int:
        return self.box.labels.branches[0].left

    def lose_an_answer(self) -> None:
        self.box.faults.plan(Fault("reset_after", part="open.express.ebill.get"))


class Xiaohongshu:
    """The Xiaohongshu shop."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.box = XhsSandbox(XhsApp(), now_ms, Faults(random.Random(7)))
        self.box.labels.branches[0].left = LEFT
        self.handler = self.box

    def place(self, at: int) -> str:
        number = f"P79060075524247{at:04d}"
        self.box.labels.orders[number] = "张小满 13812345678 市心中路 1 号"
        return number

    def fields(self, address: str) -> dict[str, str]:
        app = {"app_id": self.box.app.app_id, "app_secret": self.box.app.secret}
        tokens = dict(zip(("access_token", "refresh_token"), self.box.pair(), strict=True))
        return app | tokens | {"courier": "zto", "gateway": address}

    def taken(self) -> Mapping[str, list[str]]:
        return self.box.labels.truth()

    def left(self) -> int:
        return self.box.labels.branches[0].left

    def lose_an_answer(self) -> None:
        self.box.faults.plan(Fault("reset_after", part="express.createEbillOrders"))


@dataclass(frozen=True, slots=True)
class FileRow:
    """The name of a platform's mapping, its e-waybill, what opens it, what its export shows."""

    mapping: str
    carrier: str
    component: str
    opened: Callable[[Callable[[], int]], FileSide]
    receiver: str


MASKED = "张**,138****5678,浙江省,杭州市,萧山区,市**"
FILE_SIDES = (
    FileRow("wechat_shop", "wechat_ewaybill", "wechat", Wechat, MASKED),
    FileRow("kuaishou", "kuaishou_ewaybill", "kuaishou", Kuaishou, MASKED),
    FileRow("xiaohongshu", "xhs_ewaybill", "xiaohongshu", Xiaohongshu, MASKED),
)
