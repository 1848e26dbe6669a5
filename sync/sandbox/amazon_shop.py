"""What the sandbox seller on Amazon holds: its own truth of orders, packages and listings.

Rules of the platform's pages: every change moves lastUpdatedTime; a package is one by its reference
within the order, and the same reference again replaces it; a unit cannot be sent twice; orders
Amazon fulfils take no confirmation. Amounts are text, times epoch seconds.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.amazon_gate import AmazonNo

ADDRESS = {
    "name": "Ada Lovelace",
    "addressLine1": "1 Main St",
    "addressLine2": "Apt 4",
    "city": "Seattle",
    "stateOrRegion": "WA",
    "postalCode": "98101",
    "countryCode": "US",
    "phone": "+1 206 555 0100",
}


@dataclass(slots=True)
class AmazonItem:
    """A sold thing; `asked_to_cancel` by the buyer, `cancelled_by` whoever did it."""

    number: str
    sku: str
    quantity: int
    price: str
    sent: int = 0
    asked_to_cancel: bool = False
    cancelled_by: str = ""


@dataclass(slots=True)
class AmazonOrder:
    """One order. `told` replaces or adds printed fields; `as_raw` all of it, as bytes."""

    number: str
    status: str
    by: str
    created_s: int
    updated_s: int
    items: list[AmazonItem]
    address: dict[str, str] = field(default_factory=lambda: dict(ADDRESS))
    level: str = "STANDARD"
    ship_by_s: int = 0
    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    as_raw: bytes | None = None


def clock_text(at_s: int) -> str:
    """A time as Amazon prints it."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class AmazonTruth:
    """One seller in one marketplace; `now_s` is Amazon's clock."""

    def __init__(self, now_s: Callable[[], int], marketplace: str, currency: str) -> None:
        """Start without orders."""
        self.now_s, self.marketplace, self.currency = now_s, marketplace, currency
        self.orders: dict[str, AmazonOrder] = {}
        self.listings: dict[str, dict[str, Any]] = {}
        self.writes: Counter[str] = Counter()
        self._made = 0

    def sell(self, *items: tuple[str, int, str], **more: Any) -> AmazonOrder:
        """Take an order of (sku, quantity, price); a paid one the seller sends, unless told."""
        self._made += 1
        now = self.now_s()
        made = [
            AmazonItem(f"{self._made:06d}{n:08d}", sku, quantity, price)
            for n, (sku, quantity, price) in enumerate(items or (("CUP-1", 2, "9.90"),), 1)
        ]
        settings = {"status": "UNSHIPPED", "by": "MERCHANT", "created_s": now, **more}
        settings.setdefault("updated_s", settings["created_s"])
        settings.setdefault("ship_by_s", settings["created_s"] + 2 * 86_400)
        order = AmazonOrder(f"114-{self._made:07d}-1000000", items=made, **settings)
        self.orders[order.number] = order
        return order

    def list_sku(self, sku: str, quantity: int, channel: str = "DEFAULT", **more: Any) -> None:
        """Put a listing on sale; `more` stands beside its quantity (handling time)."""
        place = {"fulfillment_channel_code": channel, "quantity": quantity, **more}
        self.listings[sku] = place

    def touch(self, order: AmazonOrder) -> None:
        """Note that an order changed now."""
        order.updated_s = max(order.updated_s, self.now_s())

    def confirm(self, order: AmazonOrder, package: dict[str, Any]) -> None:
        """One package left, or is put right; raises AmazonNo for what cannot be."""
        reference = package["packageReferenceId"]
        items = {item.number: item for item in order.items}
        before = order.packages.get(reference)
        for row in before["orderItems"] if before else ():
            items[row["orderItemId"]].sent -= row["quantity"]
        try:
            for row in package["orderItems"]:
                self._send(items.get(row["orderItemId"]), row["quantity"])
        except AmazonNo:
            self._recount(order)
            raise
        order.packages[reference] = {**package, "at": self.now_s()}
        self._recount(order)
        self.writes["confirmShipment"] += 1
        self.touch(order)

    def _send(self, item: AmazonItem | None, quantity: int) -> None:
        if item is None or quantity < 1:
            raise AmazonNo(400, "InvalidInput", "Invalid order item.")
        if item.sent + quantity > item.quantity:
            message = "Failed to create package due to not finding a matching package or order"
            raise AmazonNo(400, "InvalidInput", f"{message} already fulfilled.")
        item.sent += quantity

    def _recount(self, order: AmazonOrder) -> None:
        sent: Counter[str] = Counter()
        for package in order.packages.values():
            for row in package["orderItems"]:
                sent[row["orderItemId"]] += row["quantity"]
        for item in order.items:
            item.sent = sent[item.number]
        if order.packages:
            whole = all(item.sent == item.quantity for item in order.items)
            order.status = "SHIPPED" if whole else "PARTIALLY_SHIPPED"
