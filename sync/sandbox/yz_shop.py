"""What the sandbox shop on Youzan holds: its own truth of orders, refunds and stock.

What is changed is seen late: every change leaves a copy, and the interfaces show the newest one
that is old enough. `update_time` moves with the state, the price and the memo, not with a refund
that is asked for nor with an address (doc.youzanyun.com, questions on orders).
"""

import base64
import copy
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

UNPAID, CONFIRM, TO_SHIP = "WAIT_BUYER_PAY", "WAIT_CONFIRM", "WAIT_SELLER_SEND_GOODS"
SHIPPED, DONE, CLOSED = "WAIT_BUYER_CONFIRM_GOODS", "TRADE_SUCCESS", "TRADE_CLOSED"
COMPANIES = (
    (1, "申通快递"),
    (2, "圆通速递"),
    (3, "中通快递"),
    (4, "韵达快递"),
    (7, "顺丰速运"),
    (138, "京东快递"),
)
# A refund's word in its own interfaces, and its number in the order.
STATES = {
    "WAIT_SELLER_AGREE": 1,
    "SELLER_REFUSE_BUYER": 10,
    "WAIT_BUYER_RETURN_GOODS": 20,
    "WAIT_SELLER_CONFIRM_GOODS": 30,
    "SELLER_REFUSE_BUYER_RETURN_GOODS": 40,
    "CLOSED": 50,
    "SUCCESS": 60,
}


@dataclass(slots=True)
class YzSku:
    """A thing on sale: numbers of item and SKU (0: the item has none), the code, its price."""

    item_id: int
    sku_id: int
    code: str
    name: str
    fen: int
    stock: int
    synced: bool = False


@dataclass(slots=True)
class YzItem:
    """One item of an order."""

    oid: str
    sku: YzSku
    count: int
    sent: int = 0
    gift: bool = False
    back: bool = False


@dataclass(slots=True)
class YzParcel:
    """A parcel that was told: its items with their units, and how often it was changed."""

    dist_id: str
    number: str
    company: int
    units: dict[str, int]
    sent_s: int
    changes: int = 0


@dataclass(slots=True)
class YzRefund:
    """One refund; `version` moves with every state."""

    refund_id: str
    status: str
    demand: int
    fen: int
    oids: list[str]
    created_s: int
    modified_s: int
    version: int
    words: str = ""


@dataclass(slots=True)
class YzOrder:
    """One order. `receiver` is the truth; `told` replaces or adds printed parts, for a test."""

    tid: str
    created_s: int
    updated_s: int
    items: list[YzItem]
    receiver: dict[str, str]
    status: str = TO_SHIP
    pay_s: int = 0
    success_s: int = 0
    post_fen: int = 0
    off_fen: int = 0
    express_type: int = 0
    close_type: int = 0
    refund_state: int = 0
    message: str = ""
    memo: str = ""
    star: int = 0
    risk: str = ""
    parcels: list[YzParcel] = field(default_factory=list)
    refunds: list[YzRefund] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def goods_fen(self) -> int:
        """What the goods cost before anything is taken off."""
        return sum(item.sku.fen * item.count for item in self.items if not item.gift)

    @property
    def pay_fen(self) -> int:
        """What the buyer paid."""
        return self.goods_fen + self.post_fen - self.off_fen

    def item(self, oid: str) -> YzItem | None:
        """The item of this number."""
        return next((each for each in self.items if each.oid == oid), None)

    @property
    def numbers(self) -> list[str]:
        """The numbers of its parcels."""
        return [each.number for each in self.parcels]


class YzTruth:
    """Orders and stock, and what was done to them."""

    def __init__(self, now_s: Callable[[], int], chance: random.Random) -> None:
        """Start empty."""
        self.now_s, self._chance = now_s, chance
        self.orders: dict[str, YzOrder] = {}
        self.skus: dict[str, YzSku] = {}
        self.companies = list(COMPANIES)
        self.writes: Counter[str] = Counter()
        self.changed: list[tuple[str, str, dict[str, Any]]] = []
        self._seen: dict[str, list[tuple[int, YzOrder]]] = {}
        self._last = 0
        self._ciphers: dict[tuple[str, str, str], str] = {}

    def number(self) -> int:
        """The next number of anything."""
        self._last += 1
        return 1_507_387_350_277_000_000 + self._last

    def stock_sku(
        self, code: str, name: str, fen: int, stock: int, *, plain: bool = False
    ) -> YzSku:
        """Put an item with one SKU on sale, or with `plain` one without SKUs."""
        numbers = (self.number() // 10**9 + self._last, 0 if plain else 36_157_000 + self._last)
        self.skus[code] = YzSku(*numbers, code, name, fen, stock)
        return self.skus[code]

    def place(self, seed: Mapping[str, Any]) -> YzOrder:
        """Take an order, paid and to be sent unless the seed says otherwise.

        Keys, all optional: items [(code, count)], gifts, receiver, created_s, updated_s, and every
        other field of YzOrder.
        """
        more = dict(seed)
        created = int(more.pop("created_s", self.now_s()))
        told = [(code, count, False) for code, count in more.pop("items", [("CUP-1", 1)])]
        told += [(code, count, True) for code, count in more.pop("gifts", [])]
        items = [
            YzItem(str(self.number()), self.skus[code], count, gift=gift)
            for code, count, gift in told
        ]
        status = str(more.get("status", TO_SHIP))
        order = YzOrder(
            tid=f"E2025{self.number():019d}",
            created_s=created,
            updated_s=int(more.pop("updated_s", created)),
            items=items,
            receiver=more.pop("receiver", {}),
        )
        order.pay_s = int(more.pop("pay_s", 0 if status == UNPAID else created))
        for name, value in more.items():
            setattr(order, name, value)
        self.orders[order.tid] = order
        kind = "trade_TradeCreate" if status == UNPAID else "trade_TradeBuyerPay"
        self._say(order, kind, {"full_order_info": {"order_info": {"tid": order.tid}}})
        self._seen[order.tid] = [(created, copy.deepcopy(order))]
        return order

    def _say(self, order: YzOrder, kind: str, msg: Mapping[str, Any]) -> None:
        self.changed.append((kind, order.tid, {"tid": order.tid, **msg}))

    def keep(self, order: YzOrder) -> None:
        """Note how an order stands now; whoever asks late enough sees it."""
        self._seen[order.tid].append((self.now_s(), copy.deepcopy(order)))

    def touch(self, order: YzOrder, kind: str = "") -> None:
        """Note that an order changed now, and what its message is."""
        order.updated_s = max(order.updated_s, self.now_s())
        self.keep(order)
        if kind:
            self._say(order, kind, {"update_time": order.updated_s})

    def seen(self, tid: str, lag_s: int) -> YzOrder | None:
        """An order as it stood `lag_s` ago; with no lag, as it stands."""
        if not lag_s:
            return self.orders.get(tid)
        upto = self.now_s() - lag_s
        found = [each for at, each in self._seen.get(tid, []) if at <= upto]
        return found[-1] if found else None

    def change(self, order: YzOrder, **fields: Any) -> None:
        """Change fields of an order, now."""
        for name, value in fields.items():
            setattr(order, name, value)
        self.touch(order)

    def move(self, order: YzOrder, **receiver: str) -> None:
        """The buyer gives another address: the order's own time stands still."""
        order.receiver = {**order.receiver, **receiver}
        self.keep(order)
        self._say(order, "youzan_trade_MessagesTheChangeAddressesByBuyer", {"address": "sealed"})

    def ask_back(
        self, order: YzOrder, items: list[YzItem], fen: int = 0, demand: int = 1
    ) -> YzRefund:
        """The buyer asks for the money of items: 1 only that, 2 sending them back, 3 others."""
        now, number = self.now_s(), self.number()
        amount = fen or sum(item.sku.fen * item.count for item in items)
        oids = [item.oid for item in items]
        made = YzRefund(
            str(number), "WAIT_SELLER_AGREE", demand, amount, oids, now, now, number % 10**13
        )
        order.refunds.append(made)
        self.keep(order)
        told = {"refund_id": made.refund_id, "version": made.version}
        self._say(order, "youzan_trade_RefundCreated", told)
        return made

    def settle(self, order: YzOrder, refund: YzRefund, status: str) -> None:
        """A refund goes on; SUCCESS pays it out, and of all the money closes the order."""
        refund.status, refund.modified_s = status, self.now_s()
        refund.version += 1
        if status != "SUCCESS":
            self.keep(order)
            self._say(order, "youzan_trade_RefundClosed", {"refund_id": refund.refund_id})
            return
        for oid in refund.oids:
            item = order.item(oid)
            if item is not None and not item.sent:
                item.back = True
        back = sum(each.fen for each in order.refunds if each.status == "SUCCESS")
        order.refund_state = 12 if back >= order.pay_fen else 2
        if order.refund_state == 12:
            order.status, order.close_type = CLOSED, 2
        self.touch(order, "youzan_trade_RefundSuccess")

    def cipher(self, order: YzOrder, name: str) -> str:
        """The ciphertext of a field of the receiver; the same as long as the field is."""
        plain = order.receiver.get(name, "")
        key = (order.tid, name, plain)
        if plain and key not in self._ciphers:
            self._ciphers[key] = f"${base64.b64encode(self._chance.randbytes(33)).decode()}$1$"
        return self._ciphers.get(key, "")

    def open(self, words: str) -> str | None:
        """What a ciphertext stands for, as long as it is of this shop; plain words as they are."""
        if not words.endswith("$1$"):
            return words
        return next((plain for (_, _, plain), made in self._ciphers.items() if made == words), None)
