"""What the sandbox shop on Pinduoduo holds: its own truth of orders, after-sales and goods.

Rules of the platform's pages (open.pinduoduo.com): every change moves `updated_at`; an order shows
its receiver in ciphertext only while it is to be sent and not under review; money back before it
left ends it. Amounts are fen, times whole epoch seconds.
"""

import base64
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TO_SHIP, SHIPPED, SIGNED = 1, 2, 3
# Number, name, code, and whether it is taken.
COMPANIES = (
    (44, "顺丰快递", "SF", 1),
    (115, "中通快递", "ZTO", 1),
    (85, "圆通快递", "YTO", 1),
    (121, "韵达快递", "YUNDA", 1),
    (384, "极兔速递", "JTSD", 1),
    (3, "旧时快递", "OLDEX", 0),
)


@dataclass(slots=True)
class PddItem:
    """A sold thing: numbers of goods and SKU, the shop's own code, how many, at how many fen."""

    goods_id: int
    sku_id: int
    outer_id: str
    name: str
    spec: str
    count: int
    fen: int


@dataclass(slots=True)
class PddRefund:
    """One after-sale."""

    number: int
    status: int
    kind: int
    fen: int
    sku_id: int
    count: int
    created_s: int
    updated_s: int
    reason: str = "不想要了"


@dataclass(slots=True)
class PddOrder:
    """One order. `receiver` is the truth: name, phone, province, city, town, address.

    `told` replaces or adds printed fields, as a test wants them.
    """

    sn: str
    created_s: int
    updated_s: int
    items: list[PddItem]
    receiver: dict[str, str]
    gifts: list[PddItem] = field(default_factory=list)
    order_status: int = TO_SHIP
    refund_status: int = 1
    after_sales_status: int = 0
    confirm_status: int = 1
    group_status: int = 1
    risk: int = 0
    confirm_s: int = 0
    pay_s: int = 0
    shipping_s: int = 0
    receive_s: int = 0
    discount_fen: int = 0
    postage_fen: int = 0
    buyer_memo: str = ""
    remark: str = ""
    tag: int = 0
    tag_name: str = ""
    company: int = 0
    tracking: str = ""
    extra: list[tuple[int, str, int]] = field(default_factory=list)
    refunds: list[PddRefund] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def goods_fen(self) -> int:
        """What the goods cost."""
        return sum(item.fen * item.count for item in self.items)

    @property
    def pay_fen(self) -> int:
        """What the buyer paid."""
        return self.goods_fen - self.discount_fen + self.postage_fen

    @property
    def numbers(self) -> list[str]:
        """Every waybill number told of it, the main one first."""
        main = [self.tracking] if self.tracking else []
        return main + [number for _, number, _ in self.extra]


class PddTruth:
    """Orders and goods, and what was done to them."""

    def __init__(self, now_s: Callable[[], int], chance: random.Random) -> None:
        """Start empty."""
        self.now_s, self._chance = now_s, chance
        self.orders: dict[str, PddOrder] = {}
        self.stock: dict[tuple[str, str], int] = {}
        self.goods: dict[str, PddItem] = {}
        self.off_sale: set[str] = set()
        self.companies = list(COMPANIES)
        self.sealed: dict[str, tuple[str, str]] = {}
        self.writes: Counter[str] = Counter()
        self._last = 452_750_000
        self._ciphers: dict[tuple[str, str, str], str] = {}

    def number(self) -> int:
        """The next number of anything."""
        self._last += 1
        return self._last

    def stock_goods(self, code: str, name: str, fen: int, quantity: int) -> PddItem:
        """Put goods with one SKU on sale."""
        item = PddItem(self.number(), self.number(), code, name, "默认", 1, fen)
        self.goods[code] = item
        self.stock[(str(item.goods_id), str(item.sku_id))] = quantity
        return item

    def place(self, seed: Mapping[str, Any]) -> PddOrder:
        """Take an order as a completed group does.

        Keys, all optional: sn, items [(code, count)], gifts, receiver, created_s, updated_s,
        confirm_s, and every other field of PddOrder.
        """
        now = self.now_s()
        more = dict(seed)
        created = int(more.pop("created_s", now))
        items = [self._item(code, count) for code, count in more.pop("items", [("CUP-1", 1)])]
        gifts = [self._item(code, count) for code, count in more.pop("gifts", [])]
        sn = more.pop("sn", "") or f"251124-{self.number():09d}{self._chance.randrange(10**6):06d}"
        order = PddOrder(
            sn=sn,
            created_s=created,
            updated_s=int(more.pop("updated_s", created)),
            items=items,
            gifts=gifts,
            receiver=more.pop("receiver", {}),
        )
        is_deal = more.get("confirm_status", 1) == 1 and more.get("group_status", 1) == 1
        order.confirm_s = int(more.pop("confirm_s", created if is_deal else 0))
        order.pay_s = int(more.pop("pay_s", created))
        for name, value in more.items():
            setattr(order, name, value)
        self.orders[sn] = order
        return order

    def _item(self, code: str, count: int) -> PddItem:
        sold = self.goods[code]
        return PddItem(
            sold.goods_id, sold.sku_id, sold.outer_id, sold.name, sold.spec, count, sold.fen
        )

    def touch(self, order: PddOrder) -> None:
        """Note that an order changed now."""
        order.updated_s = max(order.updated_s, self.now_s())

    def change(self, order: PddOrder, **fields: Any) -> None:
        """Change fields of an order, now."""
        for name, value in fields.items():
            setattr(order, name, value)
        self.touch(order)

    def ask_refund(self, order: PddOrder, fen: int = 0, status: int = 2) -> PddRefund:
        """The buyer asks for money back: 2 the money alone, 3 with the goods returned."""
        now, item = self.now_s(), order.items[0]
        amount = fen or order.pay_fen
        refund = PddRefund(
            self.number(), status, 2, amount, item.sku_id, item.count, created_s=now, updated_s=now
        )
        order.refunds.append(refund)
        self.change(order, refund_status=2, after_sales_status=status)
        return refund

    def settle_refund(self, order: PddOrder, refund: PddRefund, status: int = 10) -> None:
        """An after-sale goes on: 10 the money went back, 11 the buyer withdrew, 9 refused."""
        refund.status, refund.updated_s = status, self.now_s()
        word = {10: 4, 4: 3, 5: 3}.get(status, 1 if status in (9, 11, 12, 13) else 2)
        self.change(order, refund_status=word, after_sales_status=status)

    def cipher(self, order: PddOrder, name: str) -> str:
        """The ciphertext of a field of the receiver; the same as long as the field is."""
        plain = order.receiver.get(name, "")
        key = (order.sn, name, plain)
        if plain and key not in self._ciphers:
            noise = base64.b64encode(self._chance.randbytes(33)).decode()
            self._ciphers[key] = f"~AgAAAAOPqZUF{noise}~0~"
            self.sealed[self._ciphers[key]] = (order.sn, plain)
        return self._ciphers.get(key, "")

    def shows_receiver(self, order: PddOrder) -> bool:
        """Whether the ciphertexts are told."""
        return order.order_status == TO_SHIP and order.risk == 0
