"""The sandbox server's truth: orders in Vendure's own form, their fulfilments, refunds and stock.

The rules are those of `defaultOrderProcess` and `defaultFulfillmentProcess` of @vendure/core 3.7.3.
What stamps an order's `updatedAt` and what does not is as measured at that server, on SQLite and on
PostgreSQL: cancelling does; being placed, shipped, edited, refunded or noted does not.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

# What an order may become, as far as fulfilments move it.
NEXT = {
    "PaymentAuthorized": (),
    "PaymentSettled": ("PartiallyShipped", "Shipped"),
    "PartiallyShipped": ("Shipped",),
    "Modifying": ("PartiallyShipped", "Shipped"),
    "ArrangingAdditionalPayment": ("PartiallyShipped", "Shipped"),
}
MOVES = {
    "Created": ("Pending",),
    "Pending": ("Shipped", "Delivered", "Cancelled"),
    "Shipped": ("Delivered", "Cancelled"),
    "Delivered": ("Cancelled",),
    "Cancelled": (),
}
PLACE: Row = {
    "fullName": "Zoë O'Neil",
    "company": None,
    "streetLine1": "1 Main St",
    "streetLine2": "Apt 4",
    "city": "San José",
    "province": "California",
    "postalCode": "95112",
    "countryCode": "US",
    "phoneNumber": "+1 408 555 0100",
}
FREIGHT = 500


class VendureTruth:
    """Everything the server has. `now_ms` is its clock."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """Open an empty shop with one stock location."""
        self._now_ms = now_ms
        self.orders: dict[str, Row] = {}
        self.variants: dict[str, Row] = {}
        self.places = ["1"]
        self.tracks = True
        self.precision = 2
        self.writes: dict[str, int] = {}
        self._last = 0

    def number(self) -> str:
        """The next id of anything."""
        self._last += 1
        return str(self._last)

    def now(self) -> str:
        """The server's time as it tells it."""
        told = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        return f"{told:%Y-%m-%dT%H:%M:%S}.{told.microsecond // 1000:03d}Z"

    def count(self, what: str) -> None:
        """One more of a kind of write."""
        self.writes[what] = self.writes.get(what, 0) + 1

    def stock_variant(self, sku: str, name: str, on_hand: int, price: int = 1250) -> Row:
        """Put a variant on sale."""
        number = self.number()
        level = {"stockLocationId": "1", "stockOnHand": on_hand, "stockAllocated": 0}
        made = {
            "id": number,
            "sku": sku,
            "name": name,
            "price": price,
            "product": {"name": name},
            "options": [],
            "trackInventory": "TRUE",
            "stockLevels": [level],
        }
        self.variants[number] = made
        return made

    def level(self, variant: Row, place: str = "1") -> Row:
        """A variant's stock at a location."""
        levels: list[Row] = variant["stockLevels"]
        for each in levels:
            if each["stockLocationId"] == place:
                return each
        made = {"stockLocationId": place, "stockOnHand": 0, "stockAllocated": 0}
        levels.append(made)
        return made

    def cart(self, *items: tuple[Row, int], **more: Any) -> Row:
        """An order that nobody paid yet."""
        number, now = self.number(), self.now()
        lines = [self._line(variant, many) for variant, many in items]
        total = sum(line["proratedLinePriceWithTax"] for line in lines) + FREIGHT
        order: Row = {
            "id": number,
            "code": f"CODE{int(number):06d}",
            "type": "Regular",
            "state": "ArrangingPayment",
            "createdAt": now,
            "updatedAt": now,
            "orderPlacedAt": None,
            "currencyCode": "USD",
            "total": total,
            "totalWithTax": total,
            "shippingWithTax": FREIGHT,
            "customer": {
                "firstName": "Zoë",
                "lastName": "O'Neil",
                "emailAddress": "zoe@example.com",
                "phoneNumber": None,
            },
            "shippingAddress": dict(PLACE),
            "discounts": [],
            "lines": lines,
            "payments": [],
            "fulfillments": [],
            "entries": [],
            **more,
        }
        self.orders[number] = order
        return order

    def _line(self, variant: Row, many: int) -> Row:
        return {
            "id": self.number(),
            "quantity": many,
            "orderPlacedQuantity": 0,
            "unitPriceWithTax": variant["price"],
            "proratedUnitPriceWithTax": variant["price"],
            "proratedLinePriceWithTax": variant["price"] * many,
            "featuredAsset": None,
            "productVariant": variant,
        }

    def pay(self, order: Row, state: str = "Settled") -> Row:
        """The buyer pays: the order is placed and its goods are allocated; no stamp moves."""
        payment = {
            "id": self.number(),
            "state": state,
            "amount": order["totalWithTax"],
            "transactionId": f"T{order['id']}",
            "createdAt": self.now(),
            "updatedAt": self.now(),
            "refunds": [],
        }
        order["payments"].append(payment)
        order["orderPlacedAt"] = self.now()
        for line in order["lines"]:
            line["orderPlacedQuantity"] = line["quantity"]
            self.level(line["productVariant"])["stockAllocated"] += line["quantity"]
        self.turn(order, f"Payment{state}")
        return payment

    def place(self, *items: tuple[Row, int], **more: Any) -> Row:
        """Take a paid order of two of the first variant, or of these."""
        sold = items or ((next(iter(self.variants.values())), 2),)
        order = self.cart(*sold, **more)
        self.pay(order)
        return order

    def turn(self, order: Row, state: str) -> None:
        """Another state, with its entry in the history; the order's own stamp stays."""
        entry = {"from": order["state"], "to": state}
        order["state"] = state
        self.note_down(order, "ORDER_STATE_TRANSITION", entry)

    def note_down(self, order: Row, kind: str, data: Row, *, public: bool = True) -> Row:
        """An entry of an order's history."""
        now = self.now()
        made = {"id": self.number(), "type": kind, "isPublic": public, "data": data}
        made |= {"createdAt": now, "updatedAt": now}
        order["entries"].append(made)
        return made

    def fulfil(self, order: Row, taken: Iterable[tuple[Row, int]], code: str | None) -> Row:
        """A fulfilment, Pending: its goods leave the stock on hand. The order is not stamped."""
        lines = [{"orderLineId": line["id"], "quantity": many} for line, many in taken]
        made = {
            "__typename": "Fulfillment",
            "id": self.number(),
            "state": "Pending",
            "trackingCode": code,
            "updatedAt": self.now(),
            "lines": lines,
        }
        order["fulfillments"].append(made)
        self._shift(order, made, -1)
        self.note_down(order, "ORDER_FULFILLMENT", {"fulfillmentId": made["id"]})
        return made

    def _shift(self, order: Row, fulfilment: Row, sign: int) -> None:
        by_id = {line["id"]: line for line in order["lines"]}
        for held in fulfilment["lines"]:
            level = self.level(by_id[held["orderLineId"]]["productVariant"])
            level["stockOnHand"] += sign * held["quantity"]
            level["stockAllocated"] += sign * held["quantity"]

    def move(self, order: Row, fulfilment: Row, state: str) -> None:
        """Move a fulfilment on; the order follows where its process allows it."""
        fulfilment["state"], fulfilment["updatedAt"] = state, self.now()
        self.note_down(order, "ORDER_FULFILLMENT_TRANSITION", {"to": state})
        if state == "Cancelled":
            self._shift(order, fulfilment, 1)
        if state == "Shipped":
            whole = all(self.taken(order, line) >= line["quantity"] for line in order["lines"])
            wanted = "Shipped" if whole else "PartiallyShipped"
            if wanted in NEXT.get(order["state"], ()):
                self.turn(order, wanted)

    @staticmethod
    def taken(order: Row, line: Row) -> int:
        """How many of a line are in fulfilments that were not cancelled."""
        held = [
            row["quantity"]
            for each in order["fulfillments"]
            if each["state"] != "Cancelled"
            for row in each["lines"]
            if row["orderLineId"] == line["id"]
        ]
        return sum(held)

    def cancel(self, order: Row, line: Row | None = None, many: int = 0) -> None:
        """Cancel a part of a line, or the whole order; this stamps the order."""
        for each in order["lines"] if line is None else [line]:
            off = each["quantity"] if line is None else many
            free = max(0, each["quantity"] - self.taken(order, each))
            self.level(each["productVariant"])["stockAllocated"] -= min(off, free)
            each["quantity"] -= off
            each["proratedLinePriceWithTax"] = each["unitPriceWithTax"] * each["quantity"]
        goods = sum(each["proratedLinePriceWithTax"] for each in order["lines"])
        order["total"] = order["totalWithTax"] = goods + order["shippingWithTax"]
        order["updatedAt"] = self.now()
        self.note_down(order, "ORDER_CANCELLATION", {})
        if not any(each["quantity"] for each in order["lines"]):
            self.turn(order, "Cancelled")

    def refund(self, order: Row, amount: int, *lines: tuple[Row, int], state: str = "") -> Row:
        """Give money back; the order is not stamped."""
        now = self.now()
        made = {
            "id": self.number(),
            "state": state or "Settled",
            "total": amount,
            "reason": "asked for it",
            "createdAt": now,
            "updatedAt": now,
            "lines": [{"orderLineId": each["id"], "quantity": many} for each, many in lines],
        }
        order["payments"][0]["refunds"].append(made)
        self.note_down(order, "ORDER_REFUND_TRANSITION", {"to": made["state"]})
        return made
