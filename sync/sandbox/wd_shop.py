"""What the sandbox shop on Weidian holds: its own truth of orders and stock.

Every change moves when an order was updated, which the list tells and the order itself does not.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

UNPAID, PAID, SHIPPED, DONE, CLOSED = "unpay", "pay", "ship", "finish", "close"
ASKED, ASKED_AFTER = "unship_refunding", "shiped_refunding"
COMPANIES = (("1", "顺丰速运"), ("2", "申通快递"), ("3", "圆通速递"), ("5", "中通快递"))
# The list's numbers and the order's own words for how far it is.
NUMBERS = {UNPAID: 1, PAID: 2, SHIPPED: 3, ASKED: 7, ASKED_AFTER: 7, DONE: 3, CLOSED: 8}
ORI = {UNPAID: "10", PAID: "20", SHIPPED: "30", ASKED: "20", ASKED_AFTER: "30", DONE: "50"}


@dataclass(slots=True)
class WdSku:
    """A thing on sale: numbers of item and SKU ("0": none), the code, its price in fen."""

    item_id: str
    sku_id: str
    code: str
    name: str
    fen: int
    stock: int


@dataclass(slots=True)
class WdItem:
    """One item of an order."""

    sub: str
    sku: WdSku
    count: int
    deliver_id: str = "0"
    number: str = ""
    refund_no: str = ""
    refund_status: str = ""
    refund_fen: int = 0


@dataclass(slots=True)
class WdOrder:
    """One order. `told` replaces or adds printed fields, for a test."""

    number: str
    created_s: int
    updated_s: int
    items: list[WdItem]
    receiver: dict[str, str]
    status: str = PAID
    refund: str = "0"
    pay_s: int = 0
    send_s: int = 0
    post_fen: int = 0
    off_fen: int = 0
    note: str = ""
    memo: str = ""
    kind: str = "3"
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def goods_fen(self) -> int:
        """What the goods cost before anything is taken off."""
        return sum(item.sku.fen * item.count for item in self.items)

    @property
    def pay_fen(self) -> int:
        """What the buyer paid."""
        return self.goods_fen + self.post_fen - self.off_fen

    @property
    def numbers(self) -> list[str]:
        """The numbers of its parcels, each once."""
        return list(dict.fromkeys(item.number for item in self.items if item.number))


class WdTruth:
    """Orders and stock, and what was done to them."""

    def __init__(self, now_s: Callable[[], int], chance: random.Random) -> None:
        """Start empty."""
        self.now_s, self._chance = now_s, chance
        self.orders: dict[str, WdOrder] = {}
        self.skus: dict[str, WdSku] = {}
        self.companies = list(COMPANIES)
        self.writes: Counter[str] = Counter()
        self.changed: list[tuple[str, str]] = []
        self._last = 0

    def number(self) -> int:
        """The next number of anything."""
        self._last += 1
        return 824_123_248_000_000 + self._last

    def stock_sku(
        self, code: str, name: str, fen: int, stock: int, *, plain: bool = False
    ) -> WdSku:
        """Put an item with one SKU on sale, or with `plain` one without SKUs."""
        sku = "0" if plain else str(self.number())
        self.skus[code] = WdSku(str(self.number()), sku, code, name, fen, stock)
        return self.skus[code]

    def place(self, seed: Mapping[str, Any]) -> WdOrder:
        """Take an order, paid and to be sent unless the seed says otherwise.

        Keys, all optional: items [(code, count)], receiver, created_s, updated_s, and every other
        field of WdOrder.
        """
        more = dict(seed)
        created = int(more.pop("created_s", self.now_s()))
        told = more.pop("items", [("CUP-1", 1)])
        items = [WdItem(str(self.number()), self.skus[code], count) for code, count in told]
        order = WdOrder(
            number=str(self.number()),
            created_s=created,
            updated_s=int(more.pop("updated_s", created)),
            items=items,
            receiver=more.pop("receiver", {}),
        )
        unpaid = more.get("status") == UNPAID
        order.pay_s = int(more.pop("pay_s", 0 if unpaid else created))
        for name, value in more.items():
            setattr(order, name, value)
        self.orders[order.number] = order
        kind = "non_payment" if unpaid else "already_payment"
        self.changed.append((f"weidian.order.{kind}", order.number))
        return order

    def touch(self, order: WdOrder, kind: str = "") -> None:
        """Note that an order changed now, and what its message is."""
        order.updated_s = max(order.updated_s, self.now_s())
        if kind:
            self.changed.append((f"weidian.order.{kind}", order.number))

    def change(self, order: WdOrder, **fields: Any) -> None:
        """Change fields of an order, now."""
        for name, value in fields.items():
            setattr(order, name, value)
        self.touch(order)

    def ask_back(self, order: WdOrder, item: WdItem, fen: int = 0) -> None:
        """The buyer asks for the money of an item."""
        item.refund_no, item.refund_status = str(self.number()), "1"
        item.refund_fen = fen or item.sku.fen * item.count
        order.refund = "1"
        order.status = ASKED if order.status == PAID else ASKED_AFTER
        self.touch(order, "buyers_apply_refund")

    def settle(self, order: WdOrder, item: WdItem, *, paid: bool) -> None:
        """The refund ends: paid out, or closed; an order with nothing left to send closes."""
        item.refund_status = "2" if paid else "3"
        order.status = PAID if order.status == ASKED else SHIPPED
        order.refund = "2" if paid else "3"
        if paid and all(each.refund_status == "2" for each in order.items):
            order.status = CLOSED
        self.touch(order, "refund_success" if paid else "sellers_refused_refund")
