"""What the sandbox shop holds: its own truth of orders, fulfilment orders, stock and refunds.

It follows Shopify's rules: an order is split into fulfilment orders by location, a fulfilment uses
up their lines, a refund takes unfulfilled things off them, every change moves `updatedAt`, and the
search index hears of it later (shopify.dev: FulfillmentOrder, Refund, "search is eventually
consistent"). Amounts are Decimal in the shop's own currency; times are whole epoch seconds.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

SHIPPABLE = frozenset({"OPEN", "IN_PROGRESS"})
FIRST_LOCATION = 9001


@dataclass(slots=True)
class Variant:
    """A variant and its inventory item; `levels` = location → available.

    `weight` = (figure, unit of Shopify's); `options` = (name, value) of each.
    """

    number: int
    sku: str
    title: str
    item: int
    tracked: bool = True
    levels: dict[int, int] = field(default_factory=dict)
    barcode: str | None = None
    weight: tuple[float, str] = (0.0, "KILOGRAMS")
    options: tuple[tuple[str, str], ...] = (("Title", "Default Title"),)
    hs_code: str | None = None
    origin: str | None = None
    ships: bool = True
    parts: bool = False


@dataclass(slots=True)
class Line:
    """One line of an order. `removed` are units taken off by edits and refunds."""

    number: int
    told: dict[str, Any]
    quantity: int
    variant: Variant | None
    removed: int = 0
    fulfilled: int = 0

    @property
    def ships(self) -> bool:
        """Whether it is a thing that is sent."""
        return bool(self.told.get("requires_shipping", True))


@dataclass(slots=True)
class Piece:
    """One fulfilment order; `rows` = line number → [its own number, total, remaining]."""

    number: int
    location: int
    rows: dict[int, list[int]]
    status: str = "OPEN"
    request: str = "UNSUBMITTED"
    holds: list[str] = field(default_factory=list)
    fulfill_at: int | None = None
    fulfill_by: int | None = None


@dataclass(slots=True)
class Fulfilment:
    """What was sent: line number → units, and under which numbers."""

    number: int
    lines: dict[int, int]
    numbers: list[str]
    company: str = ""
    status: str = "SUCCESS"
    notified: bool = False


@dataclass(slots=True)
class ShopifyOrder:
    """One order. `told` is what it was placed with; `index` what the search knows since when."""

    number: int
    name: str
    created_s: int
    updated_s: int
    told: dict[str, Any]
    lines: list[Line]
    financial: str
    pieces: list[Piece] = field(default_factory=list)
    fulfilments: list[Fulfilment] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    transactions: list[dict[str, Any]] = field(default_factory=list)
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    cancelled_s: int | None = None
    closed: bool = False
    index: list[tuple[int, int]] = field(default_factory=list)

    def found_at(self, now_s: int) -> int | None:
        """The update time the search index knows now; None while it knows nothing of the order."""
        known = [updated for visible, updated in self.index if visible <= now_s]
        return known[-1] if known else None


class ShopifyTruth:
    """Orders and variants of one shop. `lag_s` is how far the search index lags."""

    def __init__(self, now_s: Callable[[], int], currency: str = "USD", lag_s: int = 0) -> None:
        """Start empty, with one location."""
        self.now_s, self.currency, self.lag_s = now_s, currency, lag_s
        self.orders: dict[int, ShopifyOrder] = {}
        self.variants: dict[int, Variant] = {}
        self.locations = [FIRST_LOCATION]
        self.writes: Counter[str] = Counter()
        self.changed: list[tuple[str, int]] = []
        self._last = 5_000_000

    def number(self) -> int:
        """The next number; everything shares one row."""
        self._last += 1
        return self._last

    def stock_variant(self, sku: str, title: str, available: int | None, **more: Any) -> Variant:
        """Put a variant on sale at the first location; None = its stock is not kept."""
        levels = {} if available is None else {FIRST_LOCATION: available}
        counted = available is not None
        made = Variant(self.number(), sku, title, self.number(), counted, levels, **more)
        self.variants[made.number] = made
        return made

    def place(self, seed: Mapping[str, Any]) -> ShopifyOrder:
        """Take an order as a checkout would.

        Keys, all optional: id, name, created_s, updated_s, lines (sku, title, variant, quantity,
        price, requires_shipping, location, image), address, email, phone, note, tags, financial,
        gateway (false = a manual payment), shipping, discounts, tax, total, rate (presentment per
        shop unit) with presentment (its currency), test, fulfill_at, fulfill_by.
        """
        now = int(seed.get("created_s") or self.now_s())
        number = int(seed.get("id") or self.number())
        lines = [self._line(told) for told in seed.get("lines", ())]
        order = ShopifyOrder(
            number=number,
            name=str(seed.get("name", f"#{1001 + len(self.orders)}")),
            created_s=now,
            updated_s=int(seed.get("updated_s") or now),
            told=dict(seed),
            lines=lines,
            financial=str(seed.get("financial", "PAID")),
            note=seed.get("note"),
            tags=list(seed.get("tags", ())),
        )
        if order.financial in ("PAID", "PARTIALLY_REFUNDED", "REFUNDED", "PARTIALLY_PAID"):
            order.transactions.append(self._paid(order))
        elif order.financial in ("AUTHORIZED", "EXPIRED", "VOIDED"):
            order.transactions.append({**self._paid(order), "kind": "AUTHORIZATION"})
        self._split(order)
        self.orders[number] = order
        self._indexed(order)
        self.changed.append(("orders/create", number))
        return order

    def _paid(self, order: ShopifyOrder) -> dict[str, Any]:
        return {
            "id": self.number(),
            "kind": "SALE",
            "status": "SUCCESS",
            "at_s": order.created_s,
            "manual": not order.told.get("gateway", True),
        }

    def _line(self, told: Mapping[str, Any]) -> Line:
        sku = told.get("sku")
        variant = next((v for v in self.variants.values() if v.sku == sku), None)
        return Line(self.number(), dict(told), int(told.get("quantity", 1)), variant)

    def _split(self, order: ShopifyOrder) -> None:
        """One fulfilment order for each location that sends some of it."""
        at: dict[int, dict[int, list[int]]] = {}
        for line in order.lines:
            if line.ships:
                place = int(line.told.get("location", FIRST_LOCATION))
                row = [self.number(), line.quantity, line.quantity]
                at.setdefault(place, {})[line.number] = row
        for place, rows in at.items():
            piece = Piece(self.number(), place, rows, fulfill_by=order.told.get("fulfill_by"))
            if order.told.get("fulfill_at"):
                piece.status, piece.fulfill_at = "SCHEDULED", int(order.told["fulfill_at"])
            order.pieces.append(piece)

    def touch(self, order: ShopifyOrder, topic: str = "orders/updated") -> None:
        """Note that an order changed now; the search hears of it after its lag."""
        order.updated_s = max(order.updated_s, self.now_s())
        self._indexed(order)
        self.changed.append((topic, order.number))

    def _indexed(self, order: ShopifyOrder) -> None:
        order.index.append((self.now_s() + self.lag_s, order.updated_s))

    def total(self, order: ShopifyOrder) -> Decimal:
        """What the buyer pays, before returns."""
        if "total" in order.told:
            return Decimal(str(order.told["total"]))
        items = sum(
            (Decimal(str(x.told.get("price", 0))) * x.quantity for x in order.lines), Decimal(0)
        )
        parts = (order.told.get(name, 0) for name in ("shipping", "tax"))
        off = Decimal(str(order.told.get("discounts", 0)))
        return items - off + sum((Decimal(str(each)) for each in parts), Decimal(0))

    # --- what happens to an order ---

    def fulfil(
        self, order: ShopifyOrder, taken: Mapping[int, Mapping[int, int]], numbers: list[str]
    ) -> Fulfilment:
        """Send: fulfilment order number → line number → units. The caller has checked them."""
        lines: Counter[int] = Counter()
        for piece in order.pieces:
            for line, units in taken.get(piece.number, {}).items():
                piece.rows[line][2] -= units
                lines[line] += units
            if not any(row[2] for row in piece.rows.values()):
                piece.status = "CLOSED"
        for each in order.lines:
            each.fulfilled += lines[each.number]
        made = Fulfilment(self.number(), dict(lines), numbers)
        order.fulfilments.append(made)
        if not any(row[2] for piece in order.pieces for row in piece.rows.values()):
            order.closed = order.financial == "PAID"
        self.touch(order, "orders/fulfilled")
        return made

    def fulfil_all(self, order: ShopifyOrder, *numbers: str) -> Fulfilment:
        """Send all that is left, as a person at the shop's own screen does."""
        taken = {
            piece.number: {line: row[2] for line, row in piece.rows.items() if row[2]}
            for piece in order.pieces
        }
        return self.fulfil(order, taken, list(numbers))

    def take_off(self, order: ShopifyOrder, units: Mapping[int, int]) -> None:
        """Edit: fewer of some lines, before they are sent."""
        for line in order.lines:
            line.removed += units.get(line.number, 0)
        for piece in order.pieces:
            for number, count in units.items():
                if number in piece.rows:
                    row = piece.rows[number]
                    row[1], row[2] = row[1] - count, max(0, row[2] - count)
        self.touch(order, "orders/edited")

    def add_line(self, order: ShopifyOrder, told: Mapping[str, Any]) -> Line:
        """Edit: one more line."""
        made = self._line(told)
        order.lines.append(made)
        row = [self.number(), made.quantity, made.quantity]
        order.pieces.append(Piece(self.number(), FIRST_LOCATION, {made.number: row}))
        self.touch(order, "orders/edited")
        return made

    def refund(
        self, order: ShopifyOrder, amount: str, note: str = "", units: Mapping[int, int] = {}
    ) -> dict[str, Any]:
        """Give money back, and with `units` things too; those not sent yet need no sending."""
        made = {
            "id": self.number(),
            "at_s": self.now_s(),
            "amount": Decimal(amount),
            "note": note,
            "units": dict(units),
        }
        order.refunds.append(made)
        back = sum((each["amount"] for each in order.refunds), Decimal(0))
        whole = back >= self.total(order)
        order.financial = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
        self.take_off(order, units)
        return made

    def cancel(self, order: ShopifyOrder) -> None:
        """Cancel: nothing is left to send."""
        order.cancelled_s = self.now_s()
        for piece in order.pieces:
            if piece.status != "CLOSED":
                piece.status = "CANCELLED"
        self.touch(order, "orders/cancelled")

    def delete(self, order: ShopifyOrder) -> None:
        """Delete for ever; no list tells of it, only a webhook."""
        del self.orders[order.number]
        self.changed.append(("orders/delete", order.number))

    def hold(self, order: ShopifyOrder, reason: str, pieces: int = 99) -> None:
        """Hold the first fulfilment orders."""
        for piece in order.pieces[:pieces]:
            piece.status, piece.holds = "ON_HOLD", [reason]
        self.touch(order)

    def release(self, order: ShopifyOrder) -> None:
        """Let held and scheduled fulfilment orders go."""
        for piece in order.pieces:
            if piece.status in ("ON_HOLD", "SCHEDULED"):
                piece.status, piece.holds = "OPEN", []
        self.touch(order)

    def move(self, order: ShopifyOrder, location: int) -> None:
        """Move what is left to another location: the old ones close, new ones open."""
        for piece in [each for each in order.pieces if each.status == "OPEN"]:
            rows = {k: [self.number(), r[2], r[2]] for k, r in piece.rows.items() if r[2]}
            piece.status = "CLOSED"
            for row in piece.rows.values():
                row[2] = 0
            order.pieces.append(Piece(self.number(), location, rows))
        self.touch(order)
