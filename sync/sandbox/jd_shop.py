"""What a JD shop of the sandbox truly holds: orders, requests to cancel, stock, memos."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

NO_TIME = "0001-01-01 00:00:00"
CARRIERS = {463: "圆通快递", 465: "邮政EMS", 467: "顺丰快递", 1274: "厂家自送", 1327: "韵达快递"}
CARRIERS |= {470: "申通快递", 1499: "中通速递", 2087: "京东快递", 3046: "德邦快递"}
_CHINA = timezone(timedelta(hours=8), "CST")


def clock_text(ms: int | None) -> str:
    """A moment as the platform tells it."""
    if ms is None:
        return NO_TIME
    return datetime.fromtimestamp(ms // 1000, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(slots=True)
class JdOrder:
    """One order. `told` is what is told of it besides; `raw` replaces its whole text."""

    number: int
    items: list[tuple[str, int]]
    placed_ms: int
    changed_ms: int
    state: str = "WAIT_SELLER_STOCK_OUT"
    waybill: str = ""
    carrier: str = ""
    memo: str = ""
    flag: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    raw: str = ""


@dataclass(slots=True)
class JdRequest:
    """One request to cancel an order. Status 0 waits, 1 is agreed, 2 refused, 3 paid back."""

    number: int
    order: int
    fen: int
    applied_ms: int
    status: int = 0
    checked_ms: int | None = None
    reply: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class JdSku:
    """One thing on sale."""

    sku: int
    code: str
    name: str
    price: str
    stock: int


class JdTruth:
    """The shop. `now_ms` is the platform's clock."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """Open it empty."""
        self.now_ms = now_ms
        self.orders: dict[int, JdOrder] = {}
        self.requests: dict[int, JdRequest] = {}
        self.skus: dict[int, JdSku] = {}
        self.writes: Counter[str] = Counter()
        self.stock_keys: set[str] = set()

    def offer(self, code: str, name: str, price: str, stock: int) -> JdSku:
        """Put something on sale."""
        sku = JdSku(10_020_000_000_000 + len(self.skus), code, name, price, stock)
        self.skus[sku.sku] = sku
        return sku

    def sell(self, items: list[tuple[str, int]], **more: Any) -> JdOrder:
        """An order that was paid a minute after it was placed (or is paid at the door)."""
        placed = more.pop("placed_ms", self.now_ms())
        changed = more.pop("changed_ms", placed)
        number = 280_000_000_001 + len(self.orders)
        order = JdOrder(number, items, placed, changed)
        for name in ("state", "waybill", "memo", "raw", "flag"):
            setattr(order, name, more.pop(name, getattr(order, name)))
        order.told = more
        self.orders[number] = order
        return order

    def move(self, order: JdOrder, state: str, **more: Any) -> None:
        """Change an order's state: that is what the list of changes is about."""
        order.state, order.changed_ms = state, self.now_ms()
        order.told |= more

    def touch(self, order: JdOrder) -> None:
        """Let an order count as changed."""
        order.changed_ms = self.now_ms()

    def ask_back(self, order: JdOrder, fen: int) -> JdRequest:
        """The buyer wants an order cancelled before it left: it is locked meanwhile."""
        request = JdRequest(7001 + len(self.requests), order.number, fen, self.now_ms())
        self.requests[request.number] = request
        self.move(order, "LOCKED")
        return request

    def settle(self, request: JdRequest, status: int) -> None:
        """Somebody looked at a request: 2 lets the order go on, 1 and 3 end it."""
        request.status, request.checked_ms = status, self.now_ms()
        ends = "WAIT_SELLER_STOCK_OUT" if status == 2 else "TRADE_CANCELED"
        self.move(self.orders[request.order], ends)

    def by_code(self, code: str) -> JdSku:
        """The SKU of a merchant's code."""
        return next(each for each in self.skus.values() if each.code == code)


def order_view(shop: JdTruth, order: JdOrder) -> dict[str, Any]:
    """An order as both methods tell it: every value is text."""
    items = [_item(shop.by_code(code), count) for code, count in order.items]
    goods = sum(round(float(row["jdPrice"]) * 100) * int(row["itemTotal"]) for row in items)
    at_the_door = order.told.get("payType", "4-在线支付").startswith("1")
    return {
        "orderId": str(order.number),
        "venderId": "100001",
        "orderType": "22",
        "payType": "4-在线支付",
        "orderTotalPrice": f"{goods / 100:.2f}",
        "orderSellerPrice": f"{goods / 100:.2f}",
        "orderPayment": f"{goods / 100:.2f}",
        "freightPrice": "0.00",
        "sellerDiscount": "0.00",
        "balanceUsed": "0.00",
        "taxFee": "",
        "orderState": order.state,
        "orderStateRemark": order.state,
        "orderRemark": "",
        "orderStartTime": clock_text(order.placed_ms),
        "orderEndTime": clock_text(order.changed_ms if order.state == "FINISHED_L" else None),
        "modified": clock_text(order.changed_ms),
        "paymentConfirmTime": clock_text(None if at_the_door else order.placed_ms + 60_000),
        "consigneeInfo": dict(RECEIVER),
        "itemInfoList": items,
        "venderRemark": order.memo,
        "waybill": order.waybill,
        "logisticsId": order.carrier,
        "parentOrderId": "0",
        "storeOrder": "",
        "pin": "jd_5f2a**",
        "xid_buyer": "o*AARx",
        **order.told,
    }


def _item(sku: JdSku, count: int) -> dict[str, str]:
    return {
        "skuId": str(sku.sku),
        "outerSkuId": sku.code,
        "skuName": sku.name,
        "jdPrice": sku.price,
        "itemTotal": str(count),
        "wareId": str(sku.sku // 7),
        "giftPoint": "0",
        "productNo": "",
        "serviceName": "",
        "newStoreId": "0",
    }


RECEIVER = {
    "fullname": "张**",
    "mobile": "138****5678",
    "telephone": "",
    "fullAddress": "浙江杭州市萧山区****",
    "province": "浙江",
    "city": "杭州市",
    "county": "萧山区",
    "town": "城厢街道",
    "provinceId": "15",
    "cityId": "1213",
    "countyId": "3411",
    "townId": "59342",
    "oaid": "oaid-7c1f0d",
}


def request_view(request: JdRequest) -> dict[str, Any]:
    """A request to cancel as the list tells it: its amount is fen."""
    return {
        "id": str(request.number),
        "orderId": str(request.order),
        "buyerId": "jd_5f2a**",
        "buyerName": "张**",
        "applyTime": clock_text(request.applied_ms),
        "applyRefundSum": str(request.fen),
        "checkTime": "" if request.checked_ms is None else clock_text(request.checked_ms),
        "checkUserName": "",
        "status": request.status,
        "reason": "不想要了",
    }
