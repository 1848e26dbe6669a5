"""What a JD shop of the newer gateway's sandbox truly holds: orders, after-sales, stock, memos."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CARRIERS: dict[int, tuple[str, str]] = {
    463: ("圆通快递", "YTO"),
    467: ("顺丰快递", "SF"),
    470: ("申通快递", "STO"),
    1274: ("厂家自送", ""),
    1499: ("中通速递", "ZTO"),
    2087: ("京东快递", "JD"),
}
RECEIVER = {
    "fullName": "张**",
    "mobile": "138****5678",
    "telephone": "",
    "fullAddress": "浙江杭州市萧山区****",
    "provinceName": "浙江",
    "cityName": "杭州市",
    "countyName": "萧山区",
    "townName": "城厢街道",
    "provinceId": 15,
    "cityId": 1213,
    "countyId": 3411,
    "townId": 59342,
    "oaid": "oaid-7c1f0d",
}


@dataclass(slots=True)
class SpItem:
    """One sold thing: its own number, its SKU, how many, and how many of them left."""

    uuid: str
    sku: int
    count: int


@dataclass(slots=True)
class SpShipment:
    """One parcel that was told: of a part its items, else none."""

    number: int
    company: str
    waybill: str
    at_ms: int
    units: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class SpOrder:
    """One order. `told` is what is told of it besides; `raw` replaces its whole text."""

    number: int
    items: list[SpItem]
    placed_ms: int
    changed_ms: int
    state: str = "WAIT_SELLER_STOCK_OUT"
    shipments: list[SpShipment] = field(default_factory=list)
    memo: str = ""
    flag: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    raw: str = ""

    def left(self) -> dict[str, int]:
        """How many of each item are still here."""
        here = {item.uuid: item.count for item in self.items}
        for shipment in self.shipments:
            for uuid, count in (shipment.units or dict(here)).items():
                here[uuid] -= count
        return here


@dataclass(slots=True)
class SpAfterSale:
    """One after-sale. `refund` 20: the money went back."""

    number: int
    order: int
    item: SpItem
    yuan: float
    applied_ms: int
    changed_ms: int
    expect: tuple[int, str] = (10, "退货")
    state: tuple[int, int] = (10, 1000)
    refund: int = 0
    waybill: str = ""


@dataclass(slots=True)
class SpSku:
    """One thing on sale."""

    sku: int
    code: str
    name: str
    price: float
    stock: int


class JdSpTruth:
    """The shop. `now_ms` is the platform's clock."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """Open it empty."""
        self.now_ms = now_ms
        self.orders: dict[str, SpOrder] = {}
        self.after_sales: dict[int, SpAfterSale] = {}
        self.skus: dict[int, SpSku] = {}
        self.writes: Counter[str] = Counter()
        self.stock_keys: set[str] = set()
        self._made = 0

    def offer(self, code: str, name: str, price: float, stock: int) -> SpSku:
        """Put something on sale."""
        sku = SpSku(10_020_000_000_000 + len(self.skus), code, name, price, stock)
        self.skus[sku.sku] = sku
        return sku

    def by_code(self, code: str) -> SpSku:
        """The SKU of a merchant's code."""
        return next(each for each in self.skus.values() if each.code == code)

    def place(self, told: dict[str, Any]) -> SpOrder:
        """An order that was paid a minute after it was placed; `created_s` is when."""
        told = dict(told)
        placed = round(told.pop("created_s", self.now_ms() / 1000) * 1000)
        number = 280_000_000_001 + len(self.orders)
        items = [self._item(code, count) for code, count in told.pop("items")]
        order = SpOrder(number, items, placed, told.pop("changed_ms", placed))
        for name in ("state", "memo", "flag", "raw"):
            setattr(order, name, told.pop(name, getattr(order, name)))
        order.told = told
        self.orders[str(number)] = order
        return order

    def _item(self, code: str, count: int) -> SpItem:
        self._made += 1
        return SpItem(f"u{self._made:07d}", self.by_code(code).sku, count)

    def move(self, order: SpOrder, state: str) -> None:
        """Change where an order stands."""
        order.state = state
        self.touch(order)

    def touch(self, order: SpOrder) -> None:
        """Let an order count as changed."""
        order.changed_ms = self.now_ms()

    def ship(self, order: SpOrder, company: str, waybill: str, units: dict[str, int]) -> None:
        """A parcel leaves; no units means all of it."""
        number = 9001 + sum(len(each.shipments) for each in self.orders.values())
        order.shipments.append(SpShipment(number, company, waybill, self.now_ms(), units))
        over = not any(order.left().values())
        self.move(order, "WAIT_GOODS_RECEIVE_CONFIRM" if over else order.state)

    def ask_back(self, order: SpOrder, yuan: float, **more: Any) -> SpAfterSale:
        """A buyer asks for money back for the first item; what has not left is locked meanwhile."""
        now = self.now_ms()
        made = SpAfterSale(
            70_001 + len(self.after_sales), order.number, order.items[0], yuan, now, now, **more
        )
        self.after_sales[made.number] = made
        waits = order.state == "WAIT_SELLER_STOCK_OUT"
        self.move(order, "LOCKED" if waits else order.state)
        return made

    def settle(self, made: SpAfterSale, refund: int, state: str = "") -> None:
        """It is decided: 20 pays back; `state` is what becomes of the order."""
        made.refund, made.changed_ms, made.state = refund, self.now_ms(), (100, 1000)
        order = self.orders[str(made.order)]
        self.move(order, state or order.state)
