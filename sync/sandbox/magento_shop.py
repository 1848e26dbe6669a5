"""The sandbox shop's truth: orders in Magento's own form, shipments, credit memos, stock.

Field names are Adobe's REST schema of 2.4.8 and 2.4.9; amounts have four decimals as in its
database, times are UTC without a zone. With Inventory on, a placed order only reserves.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

STATUS_OF = {"new": "pending"}
OVER = frozenset({"complete", "closed", "canceled"})
PLACE = {
    "firstname": "伟",
    "lastname": "张",
    "street": ["中山路 1 号", "5 楼"],
    "city": "广州",
    "region": "广东省",
    "region_code": "GD",
    "postcode": "510000",
    "country_id": "CN",
    "telephone": "13800138000",
    "email": "zhang@example.com",
    "address_type": "shipping",
}

_OFF = "is_qty_decimal show_default_notification_message enable_qty_increments is_decimal_divided"
_ON = (
    "use_config_min_qty use_config_max_sale_qty use_config_backorders use_config_notify_stock_qty "
    "use_config_qty_increments use_config_enable_qty_inc use_config_manage_stock manage_stock"
)
STOCK_ITEM: Row = {
    "stock_id": 1,
    **dict.fromkeys(_OFF.split(), False),
    **dict.fromkeys(_ON.split(), True),
    "min_qty": 0,
    "min_sale_qty": 1,
    "max_sale_qty": 10000,
    "notify_stock_qty": 1.5,
    "qty_increments": 1,
    "use_config_min_sale_qty": 1,
    "backorders": 0,
    "stock_status_changed_auto": 0,
    "low_stock_date": "2026-11-20 00:00:00",
}


class MagentoTruth:
    """Everything the shop has. `msi` says whether Inventory is on."""

    def __init__(self, now_s: Callable[[], int], *, msi: bool = True) -> None:
        """Open an empty shop."""
        self._now_s = now_s
        self.msi = msi
        self.orders: dict[int, Row] = {}
        self.shipments: dict[int, Row] = {}
        self.memos: dict[int, Row] = {}
        self.products: dict[str, Row] = {}
        self.sources: dict[tuple[str, str], float] = {}
        self.reserved: Counter[str] = Counter()
        self.items: dict[str, Row] = {}
        self.links: list[Row] = [{"stock_id": 1, "source_code": "default", "priority": 1}]
        self.writes: Counter[str] = Counter()
        self._last = 0

    def number(self) -> int:
        """The next number of anything."""
        self._last += 1
        return self._last

    def now(self) -> str:
        """The shop's time as its database writes it."""
        return datetime.fromtimestamp(self._now_s(), UTC).strftime("%Y-%m-%d %H:%M:%S")

    def touch(self, order: Row) -> None:
        """An order changed."""
        order["updated_at"] = self.now()

    def stock_product(self, sku: str, name: str, quantity: int, kind: str = "simple") -> Row:
        """Put a product on sale."""
        number = self.number()
        made = {"id": number, "sku": sku, "name": name, "type_id": kind, "weight": 0.5}
        self.products[sku] = made
        self.sources["default", sku] = quantity
        self.items[sku] = {"item_id": number + 5000, "product_id": number, "qty": quantity}
        self.items[sku] |= {**STOCK_ITEM, "is_in_stock": quantity > 0}
        return made

    def salable(self, sku: str, stock: int) -> float:
        """What may be sold: what the stock's sources hold, less what is reserved."""
        mine = {row["source_code"] for row in self.links if row["stock_id"] == stock}
        held = sum(
            qty for (source, each), qty in self.sources.items() if each == sku and source in mine
        )
        return held - self.reserved[sku]

    def place(self, items: list[Row] | None = None, **more: Any) -> Row:
        """Take an order of two cups, or of these rows."""
        sold = items if items is not None else [{"sku": "CUP-1", "name": "青花茶杯"}]
        rows = [self._row(each) for each in sold]
        number, state = self.number(), more.get("state", "processing")
        subtotal = sum(row["row_total"] for row in rows)
        total = more.get("grand_total", round(subtotal + 8, 4))
        order = {
            "entity_id": number,
            "increment_id": f"{number:09d}",
            "state": state,
            "status": STATUS_OF.get(state, state),
            "created_at": self.now(),
            "updated_at": self.now(),
            "order_currency_code": "CNY",
            "grand_total": total,
            "shipping_amount": 8.0,
            "discount_amount": 0,
            "tax_amount": 0,
            "total_paid": total if state in ("processing", "complete") else None,
            "customer_email": "zhang@example.com",
            "items": rows,
            "billing_address": {**PLACE, "address_type": "billing"},
            "payment": {"method": "alipay", "last_trans_id": f"T{number}"},
            "status_histories": [],
            "extension_attributes": {"shipping_assignments": [{"shipping": {"address": PLACE}}]},
            **more,
        }
        for row in rows:
            row["order_id"] = number
        self.orders[number] = order
        return order

    def _row(self, told: Row) -> Row:
        qty, price = told.get("qty_ordered", 2), told.get("price", 9.9)
        row = {
            "item_id": self.number(),
            "product_type": "simple",
            "qty_ordered": qty,
            "qty_shipped": 0,
            "qty_refunded": 0,
            "qty_canceled": 0,
            "price": price,
            "row_total": round(qty * price, 4),
            "is_virtual": 0,
            **told,
        }
        if self.msi:
            self.reserved[row["sku"]] += qty
        elif row["sku"] in self.items:
            self.items[row["sku"]]["qty"] -= qty
        return row

    def ship(self, order: Row, taken: dict[int, float], tracks: list[Row], source: str) -> Row:
        """Make a shipment; what it holds leaves its source."""
        number = self.number()
        for item in order["items"]:
            qty = taken.get(item["item_id"], 0)
            item["qty_shipped"] += qty
            if self.msi and qty:
                self.reserved[item["sku"]] -= int(qty)
                self.sources[source, item["sku"]] = self.sources.get((source, item["sku"]), 0) - qty
        self.shipments[number] = {
            "entity_id": number,
            "order_id": order["entity_id"],
            "items": [{"order_item_id": row, "qty": qty} for row, qty in taken.items()],
            "tracks": [{"entity_id": self.number(), **each} for each in tracks],
            "comments": [],
        }
        sold = [item for item in order["items"] if not item.get("parent_item_id")]
        done = all(item["qty_shipped"] >= item["qty_ordered"] for item in sold)
        order["state"] = "complete" if done and order["total_paid"] else "processing"
        order["status"] = order["state"]
        self.touch(order)
        return self.shipments[number]

    def refund(self, order: Row, amount: float, taken: dict[int, float], **more: Any) -> Row:
        """Give money back by a credit memo."""
        number = self.number()
        for item in order["items"]:
            item["qty_refunded"] += taken.get(item["item_id"], 0)
        price = {item["item_id"]: item["price"] for item in order["items"]}
        rows = [
            {"order_item_id": row, "qty": qty, "row_total_incl_tax": round(qty * price[row], 4)}
            for row, qty in taken.items()
        ]
        memo = {
            "entity_id": number,
            "order_id": order["entity_id"],
            "grand_total": amount,
            "state": 2,
            "created_at": self.now(),
            "items": rows,
            "comments": [],
            **more,
        }
        self.memos[number] = memo
        order["total_refunded"] = round((order.get("total_refunded") or 0) + amount, 4)
        if order["total_refunded"] >= order["grand_total"]:
            order["state"] = order["status"] = "closed"
        self.touch(order)
        return memo

    def set_state(self, order: Row, state: str) -> None:
        """Hold, cancel or move an order as its admin does."""
        if state == "holded":
            order |= {"hold_before_state": order["state"], "hold_before_status": order["status"]}
        if state == "canceled":
            for item in order["items"]:
                item["qty_canceled"] = item["qty_ordered"] - item["qty_shipped"]
                self.reserved[item["sku"]] -= item["qty_canceled"] if self.msi else 0
        order["state"], order["status"] = state, STATUS_OF.get(state, state)
        self.touch(order)
