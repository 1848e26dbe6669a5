"""What the sandbox seller has sold: trades, refunds, items and carriers, and what was done to them.

It follows the platform's pages: a trade's modified second moves with every change, whole rows are
shipped, receivers are masked for everyone, `oaid` stands for seller, app, receiver and week.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.taobao_gate import beijing

SENT = "WAIT_BUYER_CONFIRM_GOODS"
WEEK_MS = 7 * 86_400_000
COMPANIES = (
    ("SF", "顺丰速运"),
    ("ZTO", "中通快递"),
    ("YTO", "圆通速递"),
    ("POSTB", "邮政快递包裹"),
    ("EMS", "EMS"),
)


@dataclass(slots=True)
class SoldTrade:
    """One trade. `told` are its fields as they are told; times are kept apart, in milliseconds."""

    tid: int
    created_ms: int
    modified_ms: int
    told: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    as_raw: bytes | None = None


@dataclass(slots=True)
class StockedItem:
    """An item on sale; `skus` is sku id → [merchant's code, figure]."""

    num_iid: int
    outer_id: str
    quantity: int
    skus: dict[int, list[Any]] = field(default_factory=dict)


class TaobaoShop:
    """The seller's truth. `now_ms` is the platform's clock."""

    def __init__(self, now_ms: Callable[[], int], seller: str = "测试店铺") -> None:
        """Start empty."""
        self.now_ms, self.seller = now_ms, seller
        self.trades: dict[int, SoldTrade] = {}
        self.refunds: dict[int, dict[str, Any]] = {}
        self.items: dict[int, StockedItem] = {}
        self.writes: Counter[str] = Counter()
        # Real numbers have nineteen digits, more than 2^53.
        self._last = 3_141_592_653_589_793_000

    def number(self) -> int:
        """The next number."""
        self._last += 1
        return self._last

    def stock_item(self, outer_id: str, quantity: int, **skus: int) -> StockedItem:
        """Put an item on sale; `skus` is the merchant's code of each variant → its figure."""
        item = StockedItem(self.number(), outer_id, quantity)
        for code, figure in skus.items():
            item.skus[self.number()] = [code.replace("_", "-"), figure]
        self.items[item.num_iid] = item
        return item

    def sell(self, **seed: Any) -> SoldTrade:
        """Sell; `orders` is a list of rows (title, outer_sku_id, num, price, …), the rest fields.

        `created_ms`, `modified_ms` place it in time; `receiver_*` are told in clear and masked.
        """
        now = self.now_ms()
        rows = [dict(row) for row in seed.pop("orders", ({},))]
        created = int(seed.pop("created_ms", now))
        trade = SoldTrade(
            self.number(), created, int(seed.pop("modified_ms", created)), _trade(seed, created)
        )
        alone = len(rows) == 1
        trade.rows = [_row(trade.tid if alone else self.number(), row, trade.told) for row in rows]
        self.trades[trade.tid] = trade
        return trade

    def touch(self, trade: SoldTrade, **changed: Any) -> None:
        """Something of the trade changed now."""
        trade.told |= changed
        trade.modified_ms = max(trade.modified_ms, self.now_ms())

    def refund(self, trade: SoldTrade, at: int, fee: str, status: str = "SUCCESS") -> int:
        """The buyer wants money back for a row; SUCCESS before it left closes the row."""
        row = trade.rows[at]
        number = self.number()
        self.refunds[number] = {
            "refund_id": str(number),
            "tid": trade.tid,
            "oid": row["oid"],
            "status": status,
            "refund_fee": fee,
            "num": row["num"],
            "reason": "不想要了",
            "created": beijing(self.now_ms()),
            "modified": beijing(self.now_ms()),
            "refund_version": self.now_ms(),
            "refund_phase": "onsale" if row["status"] == "WAIT_SELLER_SEND_GOODS" else "aftersale",
            "dispute_type": "REFUND",
        }
        row["refund_id"] = str(number)
        self.settle(self.refunds[number], status)
        return number

    def settle(self, refund: dict[str, Any], status: str) -> None:
        """A refund comes into a state; paid out before the row left, it closes the row."""
        trade = self.trades[refund["tid"]]
        row = next(each for each in trade.rows if each["oid"] == refund["oid"])
        row["refund_status"] = status
        refund |= {"status": status, "modified": beijing(self.now_ms())}
        refund["refund_version"] += 1
        if status == "SUCCESS" and row["status"] == "WAIT_SELLER_SEND_GOODS":
            row["status"] = "TRADE_CLOSED"
            if all(each["status"] == "TRADE_CLOSED" for each in trade.rows):
                trade.told["status"] = "TRADE_CLOSED"
        self.writes[f"refund {status}"] += 1
        self.touch(trade)

    def send(self, trade: SoldTrade, oids: set[int], company: str, number: str) -> None:
        """Ship these rows; the trade is sent when nothing of it waits any more."""
        for row in trade.rows:
            if row["oid"] in oids:
                row |= {"status": SENT, "invoice_no": number, "logistics_company": company}
        waits = any(row["status"] == "WAIT_SELLER_SEND_GOODS" for row in trade.rows)
        self.touch(trade, status="SELLER_CONSIGNED_PART" if waits else SENT)
        trade.told.setdefault("consign_time", beijing(self.now_ms()))

    def printed(self, trade: SoldTrade, app_key: str) -> dict[str, Any]:
        """The trade as the platform tells it: masked, with everything that may be asked for."""
        told = dict(trade.told) | {
            "tid": trade.tid,
            "tid_str": str(trade.tid),
            "created": beijing(trade.created_ms),
            "modified": beijing(trade.modified_ms),
            "oaid": oaid_of(self.seller, app_key, trade),
            "orders": {"order": [{**row, "oid_str": str(row["oid"])} for row in trade.rows]},
        }
        return told | _masked(trade.told)


def _trade(seed: Mapping[str, Any], created_ms: int) -> dict[str, Any]:
    status = seed.get("status", "WAIT_SELLER_SEND_GOODS")
    unpaid = status in ("WAIT_BUYER_PAY", "TRADE_NO_CREATE_PAY", "TRADE_CLOSED_BY_TAOBAO")
    told = {
        "status": status,
        "type": "fixed",
        "shipping_type": "express",
        "payment": "0.00",
        "post_fee": "0.00",
        "buyer_nick": "b**1",
        "seller_flag": 0,
        **seed,
    }
    if not unpaid and told["type"] != "cod":
        told.setdefault("pay_time", beijing(created_ms + 60_000))
        told.setdefault("alipay_no", f"2025{created_ms}")
    return told


def _row(oid: int, seed: Mapping[str, Any], trade: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "oid": oid,
        "num_iid": 520_813_250_000,
        "title": "青花茶杯",
        "outer_sku_id": "CUP-1",
        "num": 1,
        "price": "10.00",
        "divide_order_fee": "10.00",
        "status": trade["status"],
        "refund_status": "NO_REFUND",
        **seed,
    }


def _masked(told: Mapping[str, Any]) -> dict[str, str]:
    """The receiver as everyone sees it, app or seller."""
    found = {}
    for name, keep in (("name", 1), ("address", 3)):
        clear = str(told.get(f"receiver_{name}", ""))
        if clear:
            found[f"receiver_{name}"] = clear[:keep] + "*" * max(1, len(clear) - keep)
    mobile = str(told.get("receiver_mobile", ""))
    if mobile:
        found["receiver_mobile"] = "*" * 7 + mobile[-4:]
    return found


def oaid_of(seller: str, app_key: str, trade: SoldTrade) -> str:
    """What stands for the receiver: by seller, app, receiver and the week of the order."""
    who = [str(trade.told.get(f"receiver_{name}", "")) for name in ("name", "mobile", "address")]
    said = "\0".join((seller, app_key, *who, str(trade.created_ms // WEEK_MS)))
    return hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest()
