"""What the sandbox shop holds: its own truth of orders, stock, notes and refunds.

It follows the rules of a real WooCommerce 10.5 shop (channels.md 2, traps 4, 8 and 10): paying
takes stock, cancelling gives it back, deleting trashes, every write moves the modified second.
Amounts are Decimal in the shop's own currency; times are whole epoch seconds.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

TAKES_STOCK = frozenset(("processing", "completed", "on-hold"))
GIVES_BACK = frozenset(("cancelled", "pending", "trash"))
_CORE = "pending processing on-hold completed cancelled refunded failed checkout-draft"
STATUSES = frozenset(_CORE.split())


@dataclass(slots=True)
class ShopProduct:
    """A product or, with `parent` set, a variation. `stock` None = not managed.

    `weight` is in the shop's own unit, as typed; `options` are a variation's (name, choice);
    `kind` is what the product is sold as; `shared`: a variation whose stock its parent counts.
    """

    number: int
    sku: str
    name: str
    stock: int | None
    parent: int = 0
    weight: str = ""
    barcode: str = ""
    options: tuple[tuple[str, str], ...] = ()
    kind: str = "simple"
    shared: bool = False
    status: str = "publish"


@dataclass(slots=True)
class ShopOrder:
    """One order. `told` are the fields that are kept as they were given."""

    number: int
    status: str
    created_s: int
    modified_s: int
    told: dict[str, Any]
    lines: list[dict[str, Any]]
    paid_s: int | None = None
    completed_s: int | None = None
    stock_taken: bool = False
    meta: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    cached: bytes | None = None


class Shop:
    """Orders and products, and what was done to them. `now_s` is the shop server's clock."""

    def __init__(self, now_s: Callable[[], int], currency: str = "CNY", decimals: int = 2) -> None:
        """Start empty."""
        self.now_s = now_s
        self.currency = currency
        self.decimals = decimals
        self.orders: dict[int, ShopOrder] = {}
        self.products: dict[int, ShopProduct] = {}
        self.statuses = set(STATUSES)
        self.weight_unit = "kg"
        self.writes: Counter[str] = Counter()
        self.changed: list[tuple[str, int]] = []
        self._last = 700
        self._highest = 0

    def number(self) -> int:
        """The next number: orders, products, notes and meta share one row, as in WordPress."""
        self._last += 1
        return self._last

    def money(self, amount: object) -> str:
        """An amount as the shop prints it."""
        return f"{Decimal(str(amount)):.{self.decimals}f}"

    def stock_product(
        self, sku: str, name: str, stock: int | None, parent: int = 0, **more: Any
    ) -> ShopProduct:
        """Put a product on sale, or a variation of one."""
        product = ShopProduct(self.number(), sku, name, stock, parent, **more)
        self.products[product.number] = product
        return product

    def by_sku(self, sku: str) -> ShopProduct | None:
        """The product with this SKU."""
        return next((each for each in self.products.values() if each.sku == sku), None)

    def place(self, seed: Mapping[str, Any]) -> ShopOrder:
        """Take an order as a checkout would.

        Keys, all optional: id, number, status, created_s, modified_s, currency, line_items (sku,
        name, quantity, price, total, total_tax, image, meta_data), shipping, billing, total,
        shipping_total, discount_total, customer_id, customer_note, payment_method,
        transaction_id; `as_told` replaces fields of the printed order, `as_raw` all of it.
        """
        now = self.now_s()
        number = int(seed.get("id") or self.number())
        self._last = max(self._last, number)
        created = int(seed.get("created_s") or now)
        order = ShopOrder(
            number=number,
            status="pending",
            created_s=created,
            modified_s=int(seed.get("modified_s") or created),
            told=dict(seed),
            lines=[self._line(line) for line in seed.get("line_items", ())],
        )
        self.orders[number] = order
        if number < self._highest:
            self.orders = dict(sorted(self.orders.items()))  # lists go by number
        self._highest = max(self._highest, number)
        self._settle(order, str(seed.get("status", "processing")), created)
        self.changed.append(("order.created", number))
        return order

    def _line(self, told: Mapping[str, Any]) -> dict[str, Any]:
        quantity = told.get("quantity", 1)
        price = Decimal(str(told.get("price", "0")))
        total = told.get("total", price * Decimal(str(quantity)))
        product = self.by_sku(str(told.get("sku", ""))) if told.get("sku") else None
        parent = product.parent if product else 0
        return {
            "id": self.number(),
            "name": str(told.get("name", product.name if product else "")),
            "sku": str(told.get("sku", "")),
            "product_id": (parent or product.number) if product else told.get("product_id", 0),
            "variation_id": product.number if product and parent else 0,
            "quantity": quantity,
            "price": price,
            "total": self.money(total),
            "total_tax": self.money(told.get("total_tax", "0")),
            "image": str(told.get("image", "")),
            "meta_data": [dict(meta) for meta in told.get("meta_data", ())],
        }

    def _settle(self, order: ShopOrder, status: str, at_s: int) -> None:
        """Let a status take effect: stamps, stock. The caller moves the modified second."""
        order.status = status
        unpaid_method = order.told.get("payment_method") == "cod" and status == "processing"
        if status in ("processing", "completed") and order.paid_s is None and not unpaid_method:
            order.paid_s = at_s
        if status == "completed":
            order.completed_s = at_s
        self._move_stock(order, status)
        order.cached = None

    def _move_stock(self, order: ShopOrder, status: str) -> None:
        takes = status in TAKES_STOCK and not order.stock_taken
        gives = status in GIVES_BACK and order.stock_taken
        if not takes and not gives:
            return
        order.stock_taken = takes
        for line in order.lines:
            product = self.products.get(line["variation_id"] or line["product_id"])
            if product is not None and product.stock is not None:
                product.stock += -line["quantity"] if takes else line["quantity"]

    def touch(self, order: ShopOrder) -> None:
        """Note that an order changed now."""
        order.modified_s = max(order.modified_s, self.now_s())
        order.cached = None
        self.changed.append(("order.updated", order.number))

    def set_status(self, order: ShopOrder, status: str) -> None:
        """Change an order's status, as a person or the API does."""
        if status != order.status:
            words = f"Order status changed from {order.status} to {status}."
            self._settle(order, status, self.now_s())
            self.add_note(order, words, for_buyer=False, author="system")
        self.touch(order)

    def set_meta(self, order: ShopOrder, key: str, value: Any) -> None:
        """Set one meta value; the same key is replaced, as the real API does."""
        for meta in order.meta:
            if meta["key"] == key:
                meta["value"] = value
                return
        order.meta.append({"id": self.number(), "key": key, "value": value})

    def add_note(
        self, order: ShopOrder, words: str, *, for_buyer: bool, author: str = "WooCommerce"
    ) -> dict[str, Any]:
        """Add a note; it does not count as a change of the order."""
        note = {
            "id": self.number(),
            "author": author,
            "at_s": self.now_s(),
            "note": words,
            "customer_note": for_buyer,
        }
        order.notes.append(note)
        return note

    def change_lines(self, order: ShopOrder, lines: list[Mapping[str, Any]]) -> None:
        """Edit what was ordered, as the shop's staff can."""
        order.lines = [self._line(line) for line in lines]
        self.touch(order)

    def refund(
        self,
        order: ShopOrder,
        amount: str,
        reason: str = "",
        lines: Mapping[int, int] | None = None,
    ) -> dict[str, Any]:
        """Give money back; `lines` = line id → quantity. All of it makes the order refunded."""
        refund = {
            "id": self.number(),
            "at_s": self.now_s(),
            "amount": self.money(amount),
            "reason": reason,
            "lines": dict(lines or {}),
        }
        order.refunds.append(refund)
        back = sum((Decimal(each["amount"]) for each in order.refunds), Decimal(0))
        if back >= self.total(order):
            self.set_status(order, "refunded")
        self.touch(order)
        return refund

    def total(self, order: ShopOrder) -> Decimal:
        """What the buyer pays: items, shipping and their taxes."""
        if "total" in order.told:
            return Decimal(str(order.told["total"]))
        items = sum(
            (Decimal(line["total"]) + Decimal(line["total_tax"]) for line in order.lines),
            Decimal(0),
        )
        return items + Decimal(str(order.told.get("shipping_total", "0")))

    def trash(self, order: ShopOrder) -> None:
        """Delete as the shop's screen does: into the trash."""
        self._settle(order, "trash", self.now_s())
        self.touch(order)
        self.changed.append(("order.deleted", order.number))

    def forget(self, order: ShopOrder) -> None:
        """Delete for ever; no list shows it again."""
        del self.orders[order.number]
        self.changed.append(("order.deleted", order.number))
