"""What the sandbox shop on Douyin holds: its own truth of orders, after-sales and stock.

Every change moves `update_time`. Amounts are fen, times whole epoch seconds (op.jinritemai.com,
order.orderDetail).
"""

import base64
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

UNPAID, PAID, TO_SHIP, PART, SHIPPED, CANCELLED, DONE = 1, 105, 2, 101, 3, 4, 5
COMPANIES = (
    (12, "顺丰速运", "shunfeng"),
    (15, "中通快递", "zhongtong"),
    (7, "圆通快递", "yuantong"),
    (9, "韵达快递", "yunda"),
    (1053, "极兔速递", "jtexpress"),
)


@dataclass(slots=True)
class DySku:
    """A thing on sale: numbers of product and SKU, the shop's code, its price in fen."""

    product_id: int
    sku_id: int
    code: str
    name: str
    fen: int
    stock: int
    sku_type: int = 0


@dataclass(slots=True)
class DySub:
    """A sub-order: so many of one SKU, how far it is, its after-sale."""

    number: str
    sku: DySku
    count: int
    status: int = TO_SHIP
    sent: int = 0
    gift: bool = False
    after_status: int = 0
    after_type: int = 0
    refund_status: int = 0


@dataclass(slots=True)
class DyPack:
    """A parcel that was told: its units by sub-order; `whole` where the order went in one."""

    number: str
    tracking: str
    company: str
    units: dict[str, int]
    whole: bool
    sent_s: int


@dataclass(slots=True)
class DyAfterSale:
    """One after-sale."""

    number: str
    kind: int
    status: int
    fen: int
    units: dict[str, int]
    created_s: int
    updated_s: int
    refund_status: int = 1


@dataclass(slots=True)
class DyOrder:
    """One order. `receiver` is the truth: name, phone, province, city, town, street, detail.

    `told` replaces or adds printed fields, as a test wants them.
    """

    number: str
    created_s: int
    updated_s: int
    subs: list[DySub]
    receiver: dict[str, str]
    status: int = TO_SHIP
    main: int = 0
    pay_s: int = 0
    finish_s: int = 0
    post_fen: int = 0
    promotion_fen: int = 0
    buyer_words: str = ""
    seller_words: str = ""
    stars: int = 0
    packs: list[DyPack] = field(default_factory=list)
    after_sales: list[DyAfterSale] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def pay_fen(self) -> int:
        """What the buyer paid."""
        goods = sum(sub.sku.fen * sub.count for sub in self.subs if not sub.gift)
        return goods + self.post_fen - self.promotion_fen

    def sub(self, number: str) -> DySub | None:
        """The sub-order of this number."""
        return next((each for each in self.subs if each.number == number), None)


class DyTruth:
    """Orders and stock, and what was done to them."""

    def __init__(self, now_s: Callable[[], int], chance: random.Random) -> None:
        """Start empty."""
        self.now_s, self._chance = now_s, chance
        self.orders: dict[str, DyOrder] = {}
        self.skus: dict[str, DySku] = {}
        self.companies = list(COMPANIES)
        self.writes: Counter[str] = Counter()
        self.requests: dict[str, dict[str, Any]] = {}
        self.changed: list[tuple[str, str]] = []
        self._last = 0
        self._ciphers: dict[tuple[str, str, str], str] = {}

    def number(self) -> int:
        """The next number of anything."""
        self._last += 1
        return 4_781_320_682_406_000_000 + self._last

    def stock_sku(self, code: str, name: str, fen: int, stock: int) -> DySku:
        """Put a product with one SKU on sale."""
        self.skus[code] = DySku(self.number(), self.number() // 1000, code, name, fen, stock)
        return self.skus[code]

    def place(self, seed: Mapping[str, Any]) -> DyOrder:
        """Take an order, paid and to be sent unless the seed says otherwise.

        Keys, all optional: items [(code, count)], gifts, receiver, created_s, updated_s, and every
        other field of DyOrder.
        """
        more = dict(seed)
        created = int(more.pop("created_s", self.now_s()))
        told = [(code, count, False) for code, count in more.pop("items", [("CUP-1", 1)])]
        told += [(code, count, True) for code, count in more.pop("gifts", [])]
        status = int(more.get("status", TO_SHIP))
        subs = [
            DySub(str(self.number()), self.skus[code], count, status=status, gift=gift)
            for code, count, gift in told
        ]
        order = DyOrder(
            number=str(self.number()),
            created_s=created,
            updated_s=int(more.pop("updated_s", created)),
            subs=subs,
            receiver=more.pop("receiver", {}),
        )
        order.pay_s = int(more.pop("pay_s", 0 if status == UNPAID else created))
        for name, value in more.items():
            setattr(order, name, value)
        self.orders[order.number] = order
        self.changed.append(("100" if status == UNPAID else "101", order.number))
        return order

    def touch(self, order: DyOrder, tag: str = "") -> None:
        """Note that an order changed now, and what its message is."""
        order.updated_s = max(order.updated_s, self.now_s())
        if tag:
            self.changed.append((tag, order.number))

    def change(self, order: DyOrder, **fields: Any) -> None:
        """Change fields of an order, now."""
        for name, value in fields.items():
            setattr(order, name, value)
        self.touch(order)

    def ask_back(self, order: DyOrder, kind: int, subs: list[DySub], fen: int = 0) -> DyAfterSale:
        """The buyer asks for an after-sale of sub-orders: 0, 1, 2 money back, 3 an exchange."""
        now = self.now_s()
        amount = fen or sum(sub.sku.fen * sub.count for sub in subs)
        units = {sub.number: sub.count for sub in subs}
        made = DyAfterSale(str(self.number()), kind, 6, amount, units, now, now)
        order.after_sales.append(made)
        for sub in subs:
            sub.after_status, sub.after_type, sub.refund_status = 6, kind, 1
        self.touch(order, "200")
        return made

    def settle(self, order: DyOrder, asked: DyAfterSale, status: int) -> None:
        """An after-sale goes on: 12 done (the money goes back), 28 withdrawn, 27 refused."""
        asked.status, asked.updated_s = status, self.now_s()
        returns = status == 12 and asked.kind in (0, 1, 2, 6)
        asked.refund_status = 3 if returns else asked.refund_status
        for number in asked.units:
            sub = order.sub(number)
            if sub is not None:
                sub.after_status, sub.refund_status = status, asked.refund_status
                if returns and asked.kind == 2:
                    sub.status = CANCELLED
        if all(sub.status == CANCELLED for sub in order.subs):
            order.status, order.main = CANCELLED, 21
        self.touch(order, "206" if returns else "208")

    def cipher(self, order: DyOrder, name: str) -> str:
        """The ciphertext of a field of the receiver; the same as long as the field is."""
        plain = order.receiver.get(name, "")
        key = (order.number, name, plain)
        if plain and key not in self._ciphers:
            noise = base64.b64encode(self._chance.randbytes(33)).decode()
            mark = "$$" if name == "phone" else "##"
            self._ciphers[key] = f"{mark}{noise}*CgYIASAHKAE=#1{mark}"
        return self._ciphers.get(key, "")
