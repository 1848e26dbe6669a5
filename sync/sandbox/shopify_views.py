"""How the sandbox shop shows itself: the fields of the official schema, from its own truth.

Statuses are worked out as Shopify's admin shows them (shopify.dev: OrderDisplayFulfillmentStatus).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from sync.sandbox.shopify_execute import Thing, connection
from sync.sandbox.shopify_shop import (
    SHIPPABLE,
    Fulfilment,
    Line,
    Piece,
    ShopifyOrder,
    ShopifyTruth,
    Variant,
)

_NO_DECIMALS = frozenset({"JPY", "KRW", "VND"})
_NAMED = ("name", "firstName", "lastName", "company", "phone", "address1", "address2")
_ADDRESS = (*_NAMED, "city", "province", "provinceCode", "zip", "countryCodeV2")


def gid(kind: str, number: object) -> str:
    """A global id."""
    return f"gid://shopify/{kind}/{number}"


def stamp(at_s: int | None) -> str | None:
    """A time as the API writes it: UTC, whole seconds."""
    return None if at_s is None else f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def money(shop: ShopifyTruth, order: ShopifyOrder, amount: object) -> Thing:
    """An amount in the shop's currency and in the one the buyer saw."""
    value = Decimal(str(amount))
    seen = str(order.told.get("presentment", shop.currency))
    rate = Decimal(str(order.told.get("rate", 1)))
    return {
        "shopMoney": _money(value, shop.currency),
        "presentmentMoney": _money(value * rate, seen),
    }


def _money(value: Decimal, currency: str) -> Thing:
    """Shopify writes at least one decimal, also of a currency that has none: 1200.0 yen."""
    cents = Decimal("1.0") if currency in _NO_DECIMALS else Decimal("0.01")
    told = str(value.quantize(cents, ROUND_HALF_UP))
    short = told[:-1] if told.endswith("0") and not told.endswith(".0") else told
    return {"amount": short, "currencyCode": currency}


def order_view(shop: ShopifyTruth, order: ShopifyOrder) -> Thing:
    """One order."""
    told = order.told
    view = {
        "__typename": "Order",
        "id": gid("Order", order.number),
        "name": order.name,
        "createdAt": stamp(order.created_s),
        "processedAt": stamp(order.created_s),
        "updatedAt": stamp(order.updated_s),
        "cancelledAt": stamp(order.cancelled_s),
        "cancelReason": "CUSTOMER" if order.cancelled_s else None,
        "closed": order.closed,
        "test": bool(told.get("test")),
        "note": order.note,
        "tags": sorted(order.tags),
        "email": told.get("email"),
        "phone": told.get("phone"),
        "currencyCode": shop.currency,
        "presentmentCurrencyCode": told.get("presentment", shop.currency),
        "displayFinancialStatus": order.financial,
        "displayFulfillmentStatus": shipping_status(order),
        "requiresShipping": any(line.ships for line in order.lines),
        "totalPriceSet": money(shop, order, shop.total(order)),
        "totalShippingPriceSet": money(shop, order, told.get("shipping", 0)),
        "totalDiscountsSet": money(shop, order, told.get("discounts", 0)),
        "totalTaxSet": money(shop, order, told.get("tax", 0)),
        "shippingAddress": _address(told.get("address")),
        "transactions": lambda args: [_transaction(t) for t in order.transactions][: _first(args)],
        "refunds": lambda args: [refund_view(shop, order, r) for r in order.refunds][
            : _first(args)
        ],
        "fulfillments": lambda args: [fulfilment_view(order, f) for f in order.fulfilments][
            : _first(args)
        ],
        "fulfillmentOrders": partial(_pieces, order),
        "lineItems": partial(_lines, shop, order),
    }
    return {**view, **told.get("as_told", {})}


def _first(args: Mapping[str, Any]) -> int:
    return int(args.get("first") or 250)


def _address(told: Any) -> Thing | None:
    return None if told is None else {name: told.get(name) for name in _ADDRESS}


def shipping_status(order: ShopifyOrder) -> str:
    """The word the admin shows for how far an order is sent."""
    rows = [row for piece in order.pieces for row in piece.rows.values()]
    sent = any(line.fulfilled for line in order.lines)
    if not rows or not any(row[2] for row in rows):
        return "FULFILLED" if sent or not rows else "UNFULFILLED"
    if sent:
        return "PARTIALLY_FULFILLED"
    waiting = [piece for piece in order.pieces if piece.status not in ("CLOSED", "CANCELLED")]
    states = {piece.status for piece in waiting}
    asked = {piece.request for piece in waiting}
    for state in ("ON_HOLD", "SCHEDULED"):
        if states == {state}:
            return state
    words = {"ACCEPTED": "IN_PROGRESS", "SUBMITTED": "PENDING_FULFILLMENT"}
    words["REJECTED"] = "REQUEST_DECLINED"
    return next((word for key, word in words.items() if key in asked), "UNFULFILLED")


def _transaction(told: Mapping[str, Any]) -> Thing:
    return {
        "id": gid("OrderTransaction", told["id"]),
        "kind": told["kind"],
        "status": told["status"],
        "processedAt": stamp(told["at_s"]),
        "manualPaymentGateway": told["manual"],
    }


def _lines(shop: ShopifyTruth, order: ShopifyOrder, args: Mapping[str, Any]) -> Thing:
    views = [line_view(shop, order, line) for line in order.lines]
    return connection(views, [f"{line.number:012}" for line in order.lines], args)


def line_view(shop: ShopifyTruth, order: ShopifyOrder, line: Line) -> Thing:
    """One line of an order."""
    price = Decimal(str(line.told.get("price", 0)))
    now = line.quantity - line.removed
    return {
        "__typename": "LineItem",
        "id": gid("LineItem", line.number),
        "sku": line.told.get("sku"),
        "title": str(line.told.get("title", "")),
        "variantTitle": line.told.get("variant"),
        "quantity": line.quantity,
        "currentQuantity": now,
        "unfulfilledQuantity": max(0, now - line.fulfilled),
        "requiresShipping": line.ships,
        "variant": None if line.variant is None else variant_view(line.variant),
        "image": {"url": line.told["image"]} if line.told.get("image") else None,
        "originalUnitPriceSet": money(shop, order, price),
        "discountedTotalSet": money(shop, order, price * line.quantity),
    }


def _pieces(order: ShopifyOrder, args: Mapping[str, Any]) -> Thing:
    views = [piece_view(order, piece) for piece in order.pieces]
    return connection(views, [f"{piece.number:012}" for piece in order.pieces], args)


def piece_view(order: ShopifyOrder, piece: Piece) -> Thing:
    """One fulfilment order."""
    actions = ["CREATE_FULFILLMENT"] if piece.status in SHIPPABLE and _ours(piece) else []
    return {
        "__typename": "FulfillmentOrder",
        "id": gid("FulfillmentOrder", piece.number),
        "status": piece.status,
        "requestStatus": piece.request,
        "assignedLocation": {"location": {"id": gid("Location", piece.location)}},
        "supportedActions": [{"action": action} for action in actions],
        "fulfillAt": stamp(piece.fulfill_at),
        "fulfillBy": stamp(piece.fulfill_by),
        "fulfillmentHolds": [{"reason": reason} for reason in piece.holds],
        "lineItems": lambda args: connection(
            [_piece_line(order, number, row) for number, row in piece.rows.items()],
            [f"{row[0]:012}" for row in piece.rows.values()],
            args,
        ),
    }


def _ours(piece: Piece) -> bool:
    """Whether the merchant sends it himself, and no fulfilment service does."""
    return piece.request in ("UNSUBMITTED", "REJECTED", "CANCELLATION_ACCEPTED")


def _piece_line(order: ShopifyOrder, number: int, row: list[int]) -> Thing:
    del order
    return {
        "id": gid("FulfillmentOrderLineItem", row[0]),
        "remainingQuantity": row[2],
        "lineItem": {"id": gid("LineItem", number)},
    }


def fulfilment_view(order: ShopifyOrder, made: Fulfilment) -> Thing:
    """One fulfilment."""
    del order
    rows = [
        {"quantity": units, "lineItem": {"id": gid("LineItem", line)}}
        for line, units in made.lines.items()
    ]
    keys = [f"{line:012}" for line in made.lines]
    return {
        "__typename": "Fulfillment",
        "id": gid("Fulfillment", made.number),
        "status": made.status,
        "trackingInfo": lambda args: [{"number": n} for n in made.numbers][: _first(args)],
        "fulfillmentLineItems": lambda args: connection(rows, keys, args),
    }


def refund_view(shop: ShopifyTruth, order: ShopifyOrder, told: Mapping[str, Any]) -> Thing:
    """One refund."""
    lines = {line.number: line for line in order.lines}
    rows = [
        {
            "quantity": units,
            "lineItem": {"id": gid("LineItem", number)},
            "subtotalSet": money(
                shop, order, Decimal(str(lines[number].told.get("price", 0))) * units
            ),
            "totalTaxSet": money(shop, order, 0),
        }
        for number, units in told["units"].items()
    ]
    keys = [f"{number:012}" for number in told["units"]]
    return {
        "__typename": "Refund",
        "id": gid("Refund", told["id"]),
        "createdAt": stamp(told["at_s"]),
        "note": told["note"],
        "totalRefundedSet": money(shop, order, told["amount"]),
        "refundLineItems": lambda args: connection(rows, keys, args),
    }


def variant_view(variant: Variant) -> Thing:
    """One variant with its inventory item."""

    def level(args: Mapping[str, Any]) -> Thing | None:
        at = int(str(args["locationId"]).rpartition("/")[2])
        if at not in variant.levels:
            return None
        return {"quantities": lambda _args: [{"quantity": variant.levels[at]}]}

    item = {
        "id": gid("InventoryItem", variant.item),
        "tracked": variant.tracked,
        "inventoryLevel": level,
        "requiresShipping": variant.ships,
        "harmonizedSystemCode": variant.hs_code,
        "countryCodeOfOrigin": variant.origin,
        "measurement": {"weight": dict(zip(("value", "unit"), variant.weight, strict=True))},
    }
    return {
        "__typename": "ProductVariant",
        "id": gid("ProductVariant", variant.number),
        "sku": variant.sku,
        "barcode": variant.barcode,
        "selectedOptions": [{"name": n, "value": v} for n, v in variant.options],
        "requiresComponents": variant.parts,
        "product": {"title": variant.title},
        "inventoryItem": item,
    }
